"""What a killed run leaves is swept at the next start, and links lead nowhere.

KILLS of the environment, or 4, runs are killed at random moments.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Tried

from ceasefire.ensemble.output_folder import FolderError, new_figures, write_aside
from ceasefire.ensemble.unfinished import sweep
from ceasefire.experiments.result_store import Store, write_whole

KILLS = int(os.environ.get("KILLS", "6"))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks and signals of POSIX systems")

WRITERS = {
    "a folder beside": "with write_aside(folder / 'other') as aside:\n    wait(aside)",
    "figures inside": "with new_figures(folder) as aside:\n    wait(aside)",
    "a file inside": "with file_aside(folder / 'x') as aside:\n    wait(folder)",
}
START = """
import sys, time
from pathlib import Path
from ceasefire.ensemble.output_folder import new_figures, write_aside
from ceasefire.ensemble.unfinished import file_aside
folder = Path(sys.argv[1])
def wait(aside):
    (aside / "some").write_text("half")
    print("ready", flush=True)
    time.sleep(60)
"""


def left_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.part"))


@pytest.mark.parametrize("what", WRITERS)
def test_what_a_killed_writer_left_is_swept_and_what_a_living_one_writes_stays(what: str, tmp_path: Path) -> None:
    code = START + WRITERS[what]
    writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        sweep(tmp_path)
        assert len(left_in(tmp_path)) == 1
    finally:
        writer.kill()
        writer.wait()
    assert len(left_in(tmp_path)) == 1
    sweep(tmp_path)
    assert left_in(tmp_path) == []


def test_only_names_of_this_program_are_swept(tmp_path: Path) -> None:
    for name in ("mine.part", ".notes.part", ".x-12345678.part.txt", ".x-1234567g.part"):
        (tmp_path / name).write_text("mine")
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "mine").write_text("mine")
    (tmp_path / ".x-0123abcd.part").symlink_to(target)
    before = sorted(tmp_path.rglob("*"))
    sweep(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_that_was_killed_at_any_moment_leaves_nothing_after_the_next(
    tmp_path: Path, small: str, tried: Tried
) -> None:
    typed = [sys.executable, "-m", "ceasefire", "run", small, "--worlds", "40", "--days", "10"]
    rng = random.Random(5)
    found = 0
    for kill in range(KILLS):
        process = subprocess.Popen(typed, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience = rng.uniform(0.0, 1.5) if kill % 2 else 0.0
        while process.poll() is None and not left_in(tmp_path) and not kill % 2:
            time.sleep(0.01)
        time.sleep(patience)
        process.send_signal(signal.SIGKILL)
        process.wait()
        found += len(left_in(tmp_path)) > 0
    assert subprocess.run(typed, cwd=tmp_path, capture_output=True).returncode == 0
    tried("kills of a run", KILLS, left_litter=found)
    assert found > 0
    assert left_in(tmp_path) == []
    assert os.listdir(tmp_path / "results") == ["two-sides"]


@pytest.mark.parametrize("name", ["worlds", "figures", "tables", "chunks.jsonl", ".lock", "manifest.json"])
def test_nothing_is_written_through_a_link_in_a_folder_from_a_stranger(name: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    if "." in name:
        outside.write_text("precious")
    else:
        outside.mkdir()
    (folder / name).symlink_to(outside)
    with pytest.raises(FolderError, match="symbolic link"), Store(folder).locked():
        pass
    with pytest.raises(FolderError, match="symbolic link"):
        Store(folder).busy()
    with pytest.raises(FolderError, match="symbolic link"), new_figures(folder) as aside:
        (aside / "x.png").write_text("x")
    assert outside.read_text() == "precious" if outside.is_file() else list(outside.iterdir()) == []


def test_a_glance_at_the_status_never_gets_in_the_way_of_a_start(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from ceasefire.experiments.result_store import Store\n"
    code += "store = Store(Path(sys.argv[1])); print('ready', flush=True)\nwhile True: store.busy()"
    (tmp_path / ".lock").touch()
    watcher = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "ready\n"
        for _ in range(200):
            with Store(tmp_path).locked():
                pass
    finally:
        watcher.kill()
        watcher.wait()


def test_a_long_name_can_be_written_whole(tmp_path: Path) -> None:
    file = tmp_path / ("é" * 120)
    write_whole(file, b"x")
    with write_aside(tmp_path / ("ü" * 120)) as aside:
        (aside / "x").touch()
    assert len(list(tmp_path.iterdir())) == 2
