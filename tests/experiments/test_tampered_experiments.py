"""The folder of an experiment from a stranger: whatever is edited in it, commands answer, and touch nothing outside.

The number of folders is TAMPERED_FOLDERS of the environment, or 10.
"""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Tried
from mutations import around, mutated, parts_of

from ceasefire.ensemble.output_folder import FolderError, read_manifest
from ceasefire.experiments.result_store import Store

TAMPERED = int(os.environ.get("TAMPERED_FOLDERS", "10"))
ASKED = """\
name: asked
title: Asked
question: What does it do?
scenario: {small}
days: 30
worlds: 200
levers: {{paths: {{agreement.monitoring: [0, 1], agreement.class: [cessation, definitive]}}}}
design: {{kind: grid}}
outcomes: [days_held]
"""
WRONG: tuple[Any, ...] = (None, -1, 1.5, 2**70, "x", "", [], [1], ["x"], {}, {"x": 1}, "../../x", "\ud800")


@pytest.fixture
def folder(command: Command, small: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a small experiment, without figures."""
    monkeypatch.setattr("ceasefire.report.experiment_figures.draw", lambda prepared, results, folder: None)
    Path("asked.yaml").write_text(ASKED.format(small=small), encoding="utf-8")
    answer = command("experiment", "asked.yaml", "--out", "kept")
    assert answer.code == 0, answer.err
    return Path("kept").absolute()


def test_every_edit_of_the_manifest_gives_the_error_of_the_folder_or_changes_words_only(
    folder: Path, tried: Tried
) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    words = {
        "name", "title", "question", "scenario", "design", "command", "started", "digest", "digest_words", "reasons",
        "program", "experiment", "combinations", "failed", "towards", "codes",
    }  # fmt: skip
    numbers = {"points", "worlds", "worlds_done", "worlds_failed", "wall_seconds", "complete", "rough", "days", "seed"}
    edits = 0
    for steps in parts_of(manifest):
        if steps[0] in words and len(steps) > 1:
            continue
        for wrong in WRONG:
            edited = copy.deepcopy(manifest)
            old = around(edited, steps)[steps[-1]]
            if type(old) is type(wrong) and steps[0] in words | numbers | {"factors"}:
                continue
            if {"spread", "limits"} & set(steps) and isinstance(
                steps[-1], int
            ):  # any number is one that a factor may have
                continue
            if wrong == old or (steps[0] == "wall_seconds" and wrong == 1.5) or steps[-1] == "digest":
                continue
            around(edited, steps)[steps[-1]] = wrong
            (folder / "manifest.json").write_text(json.dumps(edited))
            edits += 1
            if steps[0] in ("digest", "digest_words", "combinations", "towards", "codes"):
                continue
            assert refused(folder), (steps, wrong)
    for name, other in (("seed", 7), ("worlds_per_point", 201)):
        (folder / "manifest.json").write_text(json.dumps({**manifest, name: other}))
        with pytest.raises(FolderError, match="was edited"):
            read_manifest(folder)
    tried("edits of the manifest of an experiment", edits)
    assert edits > 250


def refused(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except FolderError:
        return True
    return False


def tamper(folder: Path, outside: Path, rng: random.Random) -> str:
    """Change one file of a folder; returns what was done."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name not in (".lock", "report.html")]
    names = ("manifest.json", "chunks.jsonl", "design.parquet", "scenarios.parquet", "part-000000.parquet")
    file = rng.choice([f for f in files if f.name in names] if rng.random() < 0.8 else files)
    kind = rng.choice(("bytes", "cut", "twice", "pipe", "link", "folder", "gone", "device", "fields", "fields"))
    raw = file.read_bytes()
    if kind == "fields" and file.suffix in (".json", ".jsonl"):
        lines = [json.loads(line) for line in ([raw] if file.suffix == ".json" else raw.splitlines())]
        lines = [mutated(line, rng) for line in lines]
        file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    elif kind == "cut":
        file.write_bytes(raw[: rng.randrange(len(raw) or 1)])
    elif kind == "twice":
        file.write_bytes(raw * 2)
    elif kind in ("bytes", "fields"):
        content = bytearray(raw)
        for _ in range(rng.choice((1, 1, 30))):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        file.write_bytes(content)
    else:
        file.unlink()
        if kind == "pipe":
            os.mkfifo(file)
        elif kind == "link":
            file.symlink_to(outside)
        elif kind == "device":
            file.symlink_to("/dev/zero")
        elif kind == "folder":
            file.mkdir()
    return f"{file.name}: {kind}"


def test_commands_answer_whatever_stands_in_the_folder(
    folder: Path, command: Command, tmp_path: Path, tried: Tried
) -> None:
    outside = tmp_path / "outside.txt"
    sound = {file.name: file.read_bytes() for file in (folder / "worlds").iterdir()}
    fates: Counter[str] = Counter()
    failures = []
    for seed in range(TAMPERED):
        outside.write_text("not yours")
        other = tmp_path / "tampered"
        shutil.copytree(folder, other)
        done = tamper(other, outside, random.Random(seed))
        try:
            for typed in (
                ("experiment", "asked.yaml", "--status", "--out", "tampered"),
                ("replay", "tampered", "--point", "1", "--world", "3"),
                ("report", "tampered"),
                ("experiment", "asked.yaml", "--out", "tampered"),
            ):
                answer = command(*typed)
                assert answer.code in (0, 1, 2), typed
                assert answer.code == 0 or answer.err or answer.out
                assert "\x1b" not in answer.out + answer.err
                assert outside.read_text() == "not yours"
            fates["refused" if answer.code else "made_whole"] += 1
            if answer.code == 0:
                assert {file.name: file.read_bytes() for file in (other / "worlds").iterdir()} == sound
        except (Exception, SystemExit) as problem:
            failures.append(f"seed {seed} ({done}), {typed[0]}: {type(problem).__name__}: {str(problem)[:300]}")
        shutil.rmtree(other)
    tried("tampered folders of an experiment", TAMPERED, len(failures), **fates)
    assert failures == []


def test_a_line_of_the_ledger_that_is_none_is_passed_over(folder: Path) -> None:
    store = Store(folder)
    sound = store.ledger()
    lines = (folder / "chunks.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    values: tuple[object, ...] = (None, "x", -1, {})
    wrong = [{**first, name: value} for name in ("chunk", "sha256", "worlds", "failed", "at") for value in values]
    more = ["", "{", "[]", "1", "\x00", "[" * 100_000, *map(json.dumps, wrong)]
    (folder / "chunks.jsonl").write_text("\n".join([*lines, *more]) + "\n")
    assert store.ledger() == sound
    assert len(sound) >= 1
