"""Every invalid file gives exactly the faults that its comments expect, and never another exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from ceasefire.scenario.load import check_file

HERE = Path(__file__).parents[1]
BAD = sorted((HERE / "invalid").glob("*.yaml"))
GOOD = sorted((HERE / "valid").glob("*.yaml"))
MARK = "# expect: "


def expected(file: Path) -> list[str]:
    """The faults that the comments of an invalid file expect."""
    lines = file.read_bytes().decode("utf-8", errors="replace").splitlines()
    return [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]


def test_there_are_many_ways_to_be_wrong() -> None:
    assert len(BAD) >= 100
    assert len(GOOD) >= 8
    assert all(expected(file) for file in BAD)


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_file_gets_exactly_its_faults(file: Path) -> None:
    faults = [str(fault) for fault in check_file(file)]
    missed = [wanted for wanted in expected(file) if not any(wanted in fault for fault in faults)]
    assert not missed, faults
    assert len(faults) == len(expected(file)), faults


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_an_odd_but_sound_file_gets_none(file: Path) -> None:
    assert [str(fault) for fault in check_file(file)] == []


def test_a_missing_file_a_folder_and_an_unreadable_one_are_faults(tmp_path: Path) -> None:
    nowhere, folder, binary = tmp_path / "nowhere.yaml", tmp_path / "folder.yaml", tmp_path / "binary.yaml"
    folder.mkdir()
    binary.write_bytes(bytes(range(256)))
    messages = [check_file(file)[0].message for file in (nowhere, folder, binary)]
    assert messages[:2] == ["no such file", "is a folder; name a .yaml file"]
    assert messages[2] == "byte 0x80 is not UTF-8; save the file as UTF-8"
