"""Worker processes of the Mesa engine end with the process that started them, whatever ends it, and say nothing.

KILLS of the environment, or 4, runs are ended at random moments for each way to end.
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

KILLS = -(-int(os.environ.get("KILLS", "4")) // 4)

START = [*f"{sys.executable} -m ceasefire run --engine mesa --worlds 100000 --workers 2".split()]

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc")


def in_group(group: int) -> list[int]:
    """Living processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


WAYS = {
    "killed": (signal.SIGKILL, False, {-9}),
    "Ctrl-C on a terminal": (signal.SIGINT, True, {130}),
    "asked to end": (signal.SIGTERM, False, {143}),
    "all of the group asked to end": (signal.SIGTERM, True, {143, -15}),
}


@pytest.mark.parametrize("way", WAYS)
def test_workers_end_with_their_parent_and_print_nothing(way: str, tmp_path: Path, small: str, tried: Tried) -> None:
    sent, to_all, codes = WAYS[way]
    rng = random.Random(way)
    typed = [
        sys.executable,
        "-m",
        "ceasefire",
        "run",
        small,
        "--engine",
        "mesa",
        "--worlds",
        "100000",
        "--workers",
        "2",
    ]
    workers_seen = 0
    for _ in range(KILLS):
        with subprocess.Popen(
            typed, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as running:
            assert running.stderr is not None
            while "worlds of at most" not in running.stderr.readline():
                assert running.poll() is None
            time.sleep(rng.choice((0.02, 0.3, 1.0, 3.0)) * rng.random())
            workers_seen = max(workers_seen, len(in_group(running.pid)) - 1)
            os.killpg(running.pid, sent) if to_all else running.send_signal(sent)
            said = running.stderr.read()
        assert running.returncode in codes
        assert "Traceback" not in said
        assert "Error" not in said
        deadline = time.monotonic() + 20
        while in_group(running.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert in_group(running.pid) == []
    assert workers_seen > 0
    tried("ends of a run on Mesa's workers", KILLS)


def test_a_worker_that_is_killed_is_a_message(tmp_path: Path, small: str) -> None:
    typed = [
        sys.executable,
        "-m",
        "ceasefire",
        "run",
        small,
        "--engine",
        "mesa",
        "--worlds",
        "100000",
        "--workers",
        "2",
    ]
    with subprocess.Popen(typed, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True) as running:
        deadline = time.monotonic() + 60
        while len(in_group(running.pid)) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        os.kill(max(in_group(running.pid)), signal.SIGKILL)
        assert running.stderr is not None
        said = running.stderr.read()
    assert running.returncode == 1
    assert said.splitlines()[-1] == (
        "a worker process was ended from outside (a lack of memory?); try fewer --workers; "
        "no incomplete file was left behind"
    )
    assert os.listdir(tmp_path) == []
