"""Every figure of every kind of report: its title is its finding, with the doubt of each day; its page repeats it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import SMALL, Command
from html_page import Element, read
from observations.made_files import SIGNED, day
from PIL import Image
from test_report_of_experiments import CASES, experiment

from ceasefire.charts.finding import HEAD, Finding

FEW = ("--worlds", "12", "--days", "60")
KINDS = [
    "run", "deal without history", "deal in which nothing ends", "world", "comparison", "of five", "levers", "forecast",
    "forecasts", "nowcast", *(f"experiment: {name}" for name in CASES),
]  # fmt: skip


def made(kind: str, command: Command, folder: Path) -> Path:
    """A folder with the figures of a kind of report."""
    if kind.startswith("experiment: "):
        return Path(command("experiment", str(experiment(folder, *CASES[kind[12:]]))).last)
    if kind == "nowcast":
        rows = "".join(f"{day(k)},{k % 2},{k % 2}\n" for k in range(50))
        (folder / "counts.csv").write_text(f"date,incidents,deaths\n{rows}", encoding="utf-8")
        term = ("--set", f"start={SIGNED}", "--set", "agreement.term_days=360")
        nowcast = ("nowcast", str(SMALL), "--counts", str(folder / "counts.csv"), "--out", "today")
        return Path(command(*nowcast, "--worlds", "1500", *term).last)
    more = ("idlib-2020+no-buffer", "idlib-2020+ties-deep", "idlib-2020+vague-terms", "idlib-2020+hotline-off")
    facts = ("--feature", "country=Syria", "--feature", "start=2020-03-06")
    (folder / "deals.csv").write_text("name,country,start\nA,Syria,2020-03-06\nB,Sudan,2023-05-22\n", encoding="utf-8")
    given = {
        "run": ("run", "sudan-2023", *FEW),
        "world": ("run", "sudan-2023", *FEW),
        "deal without history": ("run", str(SMALL), *FEW),
        "deal in which nothing ends": ("run", "idlib-2020", "--worlds", "12", "--days", "5"),
        "comparison": ("compare", "idlib-2020", "idlib-2018", *FEW),
        "of five": ("compare", "idlib-2020", *more, *FEW),
        "levers": ("levers", str(SMALL), *FEW),
        "forecast": ("forecast", *facts, "--out", "deal"),
        "forecasts": ("forecast", str(folder / "deals.csv"), "--out", "deals"),
    }[kind]
    answer = command(*given)
    assert answer.code == 0, answer.err
    found = Path(answer.last)
    if given[0] == "run":
        assert command("report", str(found), "--more").code == 0
    if kind == "world":
        assert command("world", str(found), "--world", "3", "--chart").code == 0
    return found


Words = dict[str, str]


def words_of(file: Path) -> Words:
    """What a picture says of itself."""
    with Image.open(file) as picture:
        return {str(key): " ".join(str(value).split()) for key, value in picture.info.items() if key != "dpi"}


TIME = re.compile(r"\b(?:days?|weeks?|years?)\b")
CHANCE = re.compile(r"([<>]?\d[\d.,]* %(?: to [<>]?\d[\d.,]* %)?)")


def undoubted(text: str) -> list[str]:
    """Chances outside brackets, in a text that names a time, which are no range and are not followed by one."""
    if not TIME.search(text):
        return []
    outside = re.sub(r"\([^()]*\d[^()]*\)", "()", text.replace("\u00a0", " "))
    pieces = CHANCE.split(outside)
    return [
        one for one, after in zip(pieces[1::2], pieces[2::2], strict=True) if " to " not in one and "()" not in after
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("53 % after one year (9 % to 99 %) and 30 % after five years", ["30 %"]),
        ("53 % after one year (9 % to 99 %) and 30 % after five years (<1 % to 86 %)", []),
        ("60 % for 30 days (22 % to 94 %); 52 % to 70 % over the readings", []),
        ("Of 20 patterns 17 lie within the middle 90 %", []),
    ],
)
def test_the_check_itself_refuses_a_day_without_its_doubt(text: str, expected: list[str]) -> None:
    assert undoubted(text) == expected


def test_a_title_is_the_first_sentence_in_whole_clauses_and_no_bracket_is_cut_open() -> None:
    text = 'Longest "A. B; C", 9 days (95 %: 1; 2). Against that. More.'
    assert Finding.of(text) == Finding('Longest "A. B; C", 9 days (95 %: 1; 2)', "Against that. More.")
    long = f"{'a' * 100} (1; 2); {'b' * 60}; c. D."
    assert Finding.of(long).title == f"{'a' * 100} (1; 2)"
    assert Finding.of(long).rest == f"{'B' + 'b' * 59}; c. D."
    assert len(Finding.of(f"{'word ' * 80}.").alt) < 150
    assert Finding(f"4 % ({'a' * 60}) and 5 % ({'b' * 90})").alt == f"4 % ({'a' * 60}) …", "no chance without its range"
    assert Finding(f"Longest: a, not told ({'9 ' * 90})").alt == "Longest: a, not told …", "no bracket is cut open"


@pytest.mark.usefixtures("few_worlds_in_doubt")
@pytest.mark.parametrize("kind", KINDS)
def test_the_title_of_a_figure_is_its_finding_and_page_and_alternative_text_repeat_it(
    kind: str, command: Command, tmp_path: Path
) -> None:
    folder = made(kind, command, tmp_path)
    pictures = sorted(folder.rglob("*.png"))
    assert len(pictures) >= {"run": 6, "world": 7}.get(kind, 1)
    for file in pictures:
        words = words_of(file)
        assert_fits(file, words)
        for text in (words["Title"], words["Comment"]):
            assert words["Source"].startswith(("1 world ", "world ")) or not undoubted(text), text
        assert 30 < len(words["Comment"]) < 150
        assert {"worlds", "draws", "points", "deals", "world", "view"} & set(re.findall(r"[a-z]+", words["Source"])), (
            words
        )
        root = ElementTree.parse(file.with_suffix(".svg")).getroot()
        assert " ".join(str(root.findtext("{http://www.w3.org/2000/svg}title")).split()) == words["Title"]
    if (folder / "report.html").exists():
        assert_repeated(read((folder / "report.html").read_text(encoding="utf-8")), [words_of(one) for one in pictures])


def assert_fits(file: Path, words: Words) -> None:
    """The head of a figure: nothing is cut, and nothing runs into the right edge."""
    assert "…" not in words["Title"]
    assert " …" not in words["Description"]
    with Image.open(file) as picture:
        grey = np.asarray(picture.convert("L"))
    head = grey[: round(float(words[HEAD]) * len(grey))]
    assert head.min() < 100, "there is text in it"
    assert head[:, -20:].min() > 250, "right edge"


def assert_repeated(page: Element, said: list[Words]) -> None:
    """Captions, alternative texts and numbers of a page, from what its pictures say of themselves."""
    figures = page.all("figure")
    assert figures
    by_title = {words["Title"] + "." * (words["Title"][-1:] not in ".?!"): words for words in said}
    for number, figure in enumerate(figures, start=1):
        (caption,), (image,) = figure.all("figcaption"), figure.all("img")
        (link,), (finding,) = caption.all("a"), caption.all("strong")
        words = by_title[finding.text]
        assert " ".join(image.attributes["alt"].split()) == words["Comment"]
        assert caption.text == f"Figure {number} . {finding.text} {words['Description']} {words['Source']}".strip()
        assert link.attributes["href"] == f"#{figure.attributes['id']}"
    tables: list[Any] = page.all("table")
    assert tables
    for number, table in enumerate(tables, start=1):
        (caption,) = table.all("caption")
        assert caption.text.startswith(f"Table {number}")
        assert caption.all("a")[0].attributes["href"] == f"#{table.attributes['id']}" == f"#table-{number}"
