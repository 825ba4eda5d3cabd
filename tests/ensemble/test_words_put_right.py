"""Words that were put right are the words that are shown, and the worlds stay: titles, sources, notes, questions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Command

WORDS = re.compile(
    r"^(\s*(?:- )?(?:title|summary|source|note): )(?!ASSUMED)(.+)$|(\b(?:source|note): )\"(?!ASSUMED)([^\"]*)\""
)
"""A word of a scenario file: an entry on a line of its own, or in quotes within braces."""


def with_other_words(text: str, mark: str) -> tuple[str, int]:
    """A scenario with every title, summary, source and note marked, and how many there are."""
    count = 0
    lines = []
    for line in text.splitlines():

        def marked(found: re.Match[str]) -> str:
            nonlocal count
            count += 1
            return f'{found[1] or found[3]}"{mark}-{count}"'

        lines.append(WORDS.sub(marked, line))
    return "\n".join(lines) + "\n", count


def put(file: Path, mark: str) -> int:
    """The small scenario under this name, with these words."""
    text, count = with_other_words(SMALL.read_text(encoding="utf-8"), mark)
    text = re.sub(r"^name: .*$", f"name: {file.stem}", text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")
    return count


def shown(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file of a folder that people read, as text."""
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".html", ".svg", ".csv", ".json", ".yaml"):
            yield file, file.read_text(encoding="utf-8")


def tables(folder: Path) -> dict[str, str]:
    """Hashes of the stored worlds."""
    files = [file for file in sorted(folder.rglob("*.parquet")) if file.name != "scenarios.parquet"]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def manifest(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return content


def test_a_run_shows_every_word_of_the_file_just_read_and_keeps_its_worlds(
    command: Command, few_worlds_in_doubt: None
) -> None:
    file = Path("mine.yaml")
    assert put(file, "tpyo") >= 3
    first = Path(command("run", "mine", "--worlds", "20", "--days", "40").last)
    before, old = tables(first), manifest(first)
    assert any("tpyo" in text for _, text in shown(first))
    put(file, "fixed")
    again = command("run", "mine", "--worlds", "20", "--days", "40")
    assert Path(again.last) == first
    assert tables(first) == before
    assert [str(path) for path, text in shown(first) if "tpyo" in text] == []
    new = manifest(first)
    assert (new["digest"], new["identity"]) == (old["digest"], old["identity"])
    assert new["digest_words"] != old["digest_words"]
    assert new["title"].startswith("fixed")
    fresh = Path(command("run", "mine", "--worlds", "20", "--days", "40", "--out", "fresh").last)
    for part in ("scenario.resolved.yaml", "figures/survival.svg"):
        assert (first / part).read_bytes() == (fresh / part).read_bytes(), part
    assert {k: v for k, v in new.items() if k.startswith(("digest", "title", "scenario", "name"))} == {
        k: v for k, v in manifest(fresh).items() if k.startswith(("digest", "title", "scenario", "name"))
    }
    assert command("world", str(first), "--world", "0").out.count("tpyo") == 0
    assert command("report", str(first)).code == 0
    assert [str(path) for path, text in shown(first) if "tpyo" in text] == []


def test_words_that_stay_leave_the_manifest_as_it_is(command: Command, few_worlds_in_doubt: None) -> None:
    put(Path("mine.yaml"), "word")
    folder = Path(command("run", "mine", "--worlds", "5", "--days", "9").last)
    before = (folder / "manifest.json").read_bytes()
    command("run", "mine", "--worlds", "5", "--days", "9")
    assert (folder / "manifest.json").read_bytes() == before


EXPERIMENT = """name: asked
title: {mark} title
question: Does {mark} help?
scenario: ./mine.yaml
levers:
  paths:
    agreement.monitoring: [0.1, 0.9]
design: {{kind: grid}}
worlds: 10
days: 40
outcomes: [days_held]
"""


def test_an_experiment_shows_every_word_of_the_files_just_read_and_keeps_its_worlds(command: Command) -> None:
    folders = []
    for mark in ("tpyo", "fixed"):
        put(Path("mine.yaml"), mark)
        Path("asked.yaml").write_text(EXPERIMENT.format(mark=mark), encoding="utf-8")
        answer = command("experiment", "asked.yaml")
        assert answer.code == 0, answer.err
        folders.append(Path(answer.last))
        if mark == "tpyo":
            before, old = tables(folders[0]), manifest(folders[0])
    assert folders[0] == folders[1]
    assert tables(folders[0]) == before
    new = manifest(folders[0])
    assert [str(path) for path, text in shown(folders[0]) if "tpyo" in text] == []
    assert new["question"] == "Does fixed help?"
    assert new["title"] == "fixed title"
    assert (new["digest"], new["identity"]) == (old["digest"], old["identity"])
    assert new["digest_words"] != old["digest_words"]


@pytest.mark.parametrize("kind", ["compare", "levers"])
def test_comparisons_show_the_words_of_the_file_just_read(
    command: Command, few_worlds_in_doubt: None, kind: str
) -> None:
    arguments = ["compare", "mine", "mine+half"] if kind == "compare" else ["levers", "mine"]
    kept = []
    for mark in ("tpyo", "fixed"):
        put(Path("mine.yaml"), mark)
        Path("changes").mkdir(exist_ok=True)
        Path("changes/half.yaml").write_text(
            f"name: half\ntitle: {mark} half\nsentence: s\nkind: lever\nmultiply: {{agreement.monitoring: 0.5}}\n"
        )
        answer = command(*arguments, "--worlds", "6", "--days", "30")
        assert answer.code == 0, answer.err
        kept.append((Path(answer.last), json.loads((Path(answer.last) / "asked.json").read_text())))
    assert kept[0][0] == kept[1][0]
    assert kept[0][1]["identity"] == kept[1][1]["identity"]
    assert kept[0][1]["digest_words"] != kept[1][1]["digest_words"]
    assert [str(path) for path, text in shown(kept[0][0]) if "tpyo" in text] == []


def test_the_words_of_a_base_and_of_a_change_are_shown_as_put_right(
    command: Command, few_worlds_in_doubt: None
) -> None:
    Path("scenarios/changes").mkdir(parents=True)
    ground, change = Path("scenarios/ground.yaml"), Path("scenarios/changes/firm.yaml")
    Path("scenarios/child.yaml").write_text("name: child\nbase: ground\ntitle: Child\n", encoding="utf-8")
    told = {}
    for word in ("wrogn", "right"):
        text = f"name: ground\nbase: idlib-2018\ntitle: Ground\nsummary: The {word} summary.\n"
        ground.write_text(text, encoding="utf-8")
        text = f"name: firm\ntitle: A {word} Turkey\nsentence: s\nkind: lever\nset: {{agreement.clarity: 0.9}}\n"
        change.write_text(text, encoding="utf-8")
        folder = Path(command("run", "child+firm", "--worlds", "6", "--days", "20").last)
        files = [folder / name for name in ("report.html", "manifest.json", "scenario.resolved.yaml")]
        told[word] = "".join(file.read_text(encoding="utf-8") for file in files)
    assert list(Path("results").iterdir()) == [folder]
    assert "A right Turkey" in told["right"]
    assert "The right summary" in told["right"]
    assert "The wrogn" not in told["right"]
    assert "A wrogn" not in told["right"]
