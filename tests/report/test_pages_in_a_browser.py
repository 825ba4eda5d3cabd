"""Every kind of report in a real browser: axe-core, light and dark, a phone, no request, no script, print to PDF."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Command
from made_scoreboard import board

from ceasefire.evaluation.validation.scoreboard import outside_view_findings
from ceasefire.report import pdf
from ceasefire.report.validation import write_validation

sync_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
BROWSER = pdf.find_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser on the path")

LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LARGEST = 1_500_000
"""Bytes of a page."""
COUNTS = Path(__file__).parents[2] / "docs" / "counts" / "idlib-2018-weekly.csv"
EXPERIMENT = """\
name: asked
title: What was asked
question: Does it matter?
scenario: {small}
days: 60
levers:
  paths:
    agreement.monitoring: [0.1, 0.9]
design: {{kind: one_at_a_time}}
worlds: 12
outcomes: [days_held, holds_past_30]
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


def page_of(kind: str, command: Command, folder: Path) -> Path:
    """The report of a small run, comparison, ranking of levers, experiment, nowcast or validation."""
    few = ("--worlds", "12", "--days", "60")
    if kind == "experiment":
        file = folder / "asked.yaml"
        file.write_text(EXPERIMENT.format(small=SMALL), encoding="utf-8")
        return Path(command("experiment", str(file)).last) / "report.html"
    if kind == "validation":
        one = board(0.05)
        return write_validation(folder, outside_view_findings(one), one)
    given = {
        "run": ("run", "sudan-2023", *few),
        "deal without history": ("run", str(SMALL), *few),
        "comparison": ("compare", "idlib-2020", "idlib-2018", *few),
        "levers": ("levers", str(SMALL), *few),
        "nowcast": (
            "nowcast",
            "idlib-2018",
            "--counts",
            str(COUNTS),
            "--day",
            "182",
            "--worlds",
            "1000",
            "--out",
            "out",
        ),
    }[kind]
    said = command(*given)
    assert said.code == 0, said.err
    return Path("out" if "--out" in given else said.last).absolute() / "report.html"


@pytest.mark.usefixtures("few_worlds_in_doubt")
@pytest.mark.parametrize(
    "kind", ["run", "deal without history", "comparison", "levers", "experiment", "nowcast", "validation"]
)
def test_a_page_can_be_used_by_everybody_and_asks_for_nothing(
    kind: str, command: Command, browser: Any, tmp_path: Path
) -> None:
    file = page_of(kind, command, tmp_path).absolute()
    assert file.stat().st_size < LARGEST
    source = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    for scheme, width, script in (("light", 1200, True), ("dark", 320, True), ("light", 320, False)):
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=script, bypass_csp=True
        )
        tab, asked, faults = context.new_page(), list[str](), list[str]()
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.on("console", lambda said, faults=faults: faults.append(said.text) if said.type == "error" else None)
        tab.goto(file.as_uri())
        assert tab.locator("#sentence").inner_text().strip()
        assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
        assert not faults
        if script:
            tab.evaluate(source)
            found = tab.evaluate("levels => axe.run(document, {runOnly: levels})", LEVELS)
            assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []
            wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"the page itself scrolls sideways by {wide} pixels"
        if width == 320 and script and kind != "experiment":
            cells = tab.locator(".first td").filter(has_text="%")
            for box in (cells.nth(n).bounding_box() for n in range(cells.count())):
                assert box is None or box["x"] + box["width"] <= width, "doubt is off the screen"
        context.close()


def pages_in(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", content))


@pytest.mark.parametrize("paper", [("A4", b"594.95"), ("Letter", b"612")])
def test_a_report_is_printed_by_a_browser_that_is_there(command: Command, small: str, paper: tuple[str, bytes]) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last)
    result = command("report", str(folder), "--pdf", "--paper", paper[0])
    assert result.code == 0, result.err
    made = Path(result.last)
    content = made.read_bytes()
    assert content.startswith(b"%PDF")
    assert 3 <= pages_in(content) <= 12
    assert paper[1] in content or b"595" in content
    assert sorted(each.name for each in folder.iterdir() if each.name.startswith("report")) == [
        "report.html", "report.pdf",
    ]  # fmt: skip


def test_without_a_browser_the_command_says_what_would_help(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    result = command("report", str(folder), "--pdf")
    assert result.code == 2
    assert "--pdf needs a browser" in result.err
    assert "chromium" in result.err
    assert "print it" in result.err
    assert not (folder / "report.pdf").exists()


def test_a_browser_that_prints_nothing_leaves_nothing(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last)
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(pdf, "find_browser", lambda: str(broken))
    result = command("report", str(folder), "--pdf")
    assert result.code == 2
    assert "printed nothing" in result.err
    assert not list(folder.glob("report*.pdf"))


FIRST_PAGES = {
    "run": ("run", "idlib-2020", "--worlds", "500"),
    "short-truce": ("run", "sudan-2023", "--worlds", "500"),
    "comparison": ("compare", "idlib-2020", "idlib-2020+no-monitors", "--worlds", "300", "--parts"),
    "levers": ("levers", "idlib-2020", "--worlds", "100"),
    "experiment": ("experiment", "leash-and-ties", "--quick"),
}
"""The commands behind the first pages of docs/reports.md."""
LARGEST_PICTURE = 150_000
"""Bytes that a picture of a first page may take."""


@pytest.mark.browsers
@pytest.mark.parametrize("name", FIRST_PAGES)
def test_first_pages_print_alone_and_their_pictures_are_small(name: str, command: Command, tmp_path: Path) -> None:
    """The pictures that `make screenshots` takes: a page 1 whose main table stands on it."""
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
    folder = Path(command(*FIRST_PAGES[name]).last)
    for paper in ("Letter", "A4"):
        if (name, paper) == ("experiment", "Letter"):
            continue  # its table of three rows falls on page 2
        printed = pdfium.PdfDocument(command("report", str(folder), "--pdf", "--paper", paper).last)
        texts = [page.get_textpage().get_text_bounded() for page in printed]
        assert "Table 1." in texts[0]
        assert "How far to trust this" in texts[0]
        for number, text in enumerate(texts, 1):
            assert f"{number} / {len(texts)}" in text
            assert "Made by ceasefire" in text
    target = Path(os.environ.get("REPORT_PICTURES") or tmp_path) / f"report-{name}.png"
    image = printed[0].render(scale=110 / 72).to_pil().convert("RGB").quantize(16)
    image.save(target, optimize=True)
    assert target.stat().st_size < LARGEST_PICTURE
