"""A results folder from a stranger: whatever is edited in it, the answer is the folder's error, never a traceback."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Tried

from ceasefire.ensemble.output_folder import FolderError, open_results
from ceasefire.errors import ScenarioError
from ceasefire.scenario.compose import change_name

TAMPERED = int(os.environ.get("TAMPERED_FOLDERS", "20"))
WRONG: tuple[Any, ...] = (None, True, -1, 1.5, 2**70, "x", "", [], [1], ["x"], {}, {"x": 1}, "../../x", "\ud800")


@pytest.fixture
def folder(command: Command, small: str, without_figures: None) -> Path:
    """The folder of a small run."""
    return Path(command("run", small, "--worlds", "4", "--days", "5").last).absolute()


def refusal(folder: Path) -> str | None:
    """Why a folder cannot be opened; None when it can."""
    try:
        results = open_results(folder)
        results.plan.fingerprint  # noqa: B018
    except (FolderError, ScenarioError) as error:
        return str(error)
    return None


def test_every_edit_of_a_field_of_the_manifest_gives_the_error_of_the_folder(folder: Path, tried: Tried) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    free = {
        "title", "scenario", "settings", "changes", "change_titles", "command", "started", "wall_seconds", "reasons",
        "program",
    }  # fmt: skip
    assert refusal(folder) is None
    edits = 0
    for name, value in manifest.items():
        for wrong in WRONG:
            if type(wrong) is type(value) and name in free | {"worlds_done", "worlds_failed", "failed", "name"}:
                continue
            if wrong == value or (name == "doubt" and wrong is None):
                continue
            edits += 1
            (folder / "manifest.json").write_text(json.dumps({**manifest, name: wrong}))
            assert refusal(folder) is not None, (name, wrong)
    for name in set(manifest) - {"doubt", "reasons", "change_titles", "digest_words", "weekly_sha256"}:
        (folder / "manifest.json").write_text(json.dumps({k: v for k, v in manifest.items() if k != name}))
        assert refusal(folder) is not None, name
    for name, other in (("seed", 2), ("days", 6), ("worlds", 5), ("engine", "mesa"), ("digest", "0" * 64)):
        (folder / "manifest.json").write_text(json.dumps({**manifest, name: other}))
        assert "was edited" in str(refusal(folder)), name
    tried("edits of the manifest of a run", edits, refused=edits)
    assert edits > 250


@pytest.mark.parametrize("text", ["", "[]", "1", "{", "[" * 100_000, "\x00", '{"format": 1e999}', '{"format": true}'])
def test_a_manifest_that_is_none_is_the_error_of_the_folder(text: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(text)
    assert "manifest.json" in str(refusal(folder))


def test_tables_that_were_tampered_with_are_never_loaded_as_they_are(
    folder: Path, tmp_path: Path, tried: Tried
) -> None:
    rng, changed = random.Random(3), 0
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in (".parquet", ".yaml")]
    assert len(files) >= 2
    for _ in range(TAMPERED):
        other = tmp_path / "copy"
        shutil.copytree(folder, other)
        file = other / rng.choice(files).relative_to(folder)
        content = bytearray(file.read_bytes())
        kind = rng.randrange(4)
        if kind == 0:
            del content[rng.randrange(len(content)) :]
        elif kind == 1:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        elif kind == 2:
            content *= 2
        else:
            file.unlink()
            os.mkfifo(file) if rng.random() < 0.5 else file.symlink_to("/dev/zero")
        if file.is_file():
            file.write_bytes(bytes(content))
        changed += refusal(other) is not None
        shutil.rmtree(other)
    tried("tampered folders of a run", TAMPERED, refused=changed, read_the_same=TAMPERED - changed)
    assert changed > TAMPERED // 3


def test_an_edited_scenario_is_noticed(folder: Path) -> None:
    file = folder / "scenario.resolved.yaml"
    text = file.read_text(encoding="utf-8")
    assert "value: 200" in text
    file.write_text(text.replace("value: 200", "value: 201"), encoding="utf-8")
    assert "was edited" in str(refusal(folder))


def test_the_name_of_a_change_at_a_path_leads_nowhere() -> None:
    names = [change_name(reference) for reference in ("no-monitors", "a/b", "../../x", "/etc/x.yaml")]
    assert names == ["no-monitors", "b", "x", "x"]


def test_edited_folders_are_messages_of_the_commands(folder: Path, command: Command) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    edits: tuple[dict[str, Any], ...] = ({"seed": 7}, {"failed": "x"}, {"doubt": {}}, {"changes": 3})
    for edit in edits:
        (folder / "manifest.json").write_text(json.dumps(copy.deepcopy(manifest) | edit))
        for typed in (
            ("report", str(folder)),
            ("world", str(folder), "--world", "0"),
            ("replay", str(folder), "--world", "0"),
        ):
            answer = command(*typed)
            assert answer.code == 2, (typed[0], edit)
            assert "manifest.json" in answer.err
