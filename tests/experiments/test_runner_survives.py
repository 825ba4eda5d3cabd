"""Finished chunks are never lost: real processes are killed, run out of disk space, and compete for one folder."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ceasefire.ensemble.manifest_schema import hash_of
from ceasefire.experiments.executors import quiet_client_log

SMALL = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
TABLES = ("worlds", "tables", "design.parquet", "scenarios.parquet")
KILLS = 20
CHUNKS = 38

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and mounts of POSIX systems")


@pytest.fixture
def yaml_file(tmp_path: Path) -> Path:
    """An experiment of 38 chunks that takes a few seconds."""
    file = tmp_path / "watched.yaml"
    file.write_text(
        f"""
name: watched
title: Watched or not
question: Does it matter how well the line is watched?
scenario: {SMALL}
days: 40
levers:
  paths:
    agreement.monitoring: {{range: [0, 1], points: 9}}
design: {{kind: grid}}
worlds: 1900
outcomes: [days_held, deaths_civilian]
"""
    )
    return file


def start(yaml_file: Path, out: Path, *more: str, **options: Any) -> subprocess.Popen[str]:
    """The experiment, as a process of its own."""
    typed = [sys.executable, "-m", "ceasefire", "experiment", str(yaml_file), "--out", str(out), *more]
    return subprocess.Popen(typed, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, output and messages of a process, once it is over."""
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def ledger(out: Path) -> list[int]:
    """The chunks that the ledger has, one for each time that one was finished."""
    result = []
    with contextlib.suppress(FileNotFoundError):
        for line in (out / "chunks.jsonl").read_text().splitlines():
            with contextlib.suppress(ValueError, KeyError):
                result.append(json.loads(line)["chunk"])
    return result


def has_finished(out: Path, chunks: int) -> bool:
    """So many chunks are in the ledger."""
    return len(ledger(out)) >= chunks


def wait_for(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is true, or the process is over."""
    while process.poll() is None and not true():
        time.sleep(0.002)


def tables(out: Path) -> dict[str, bytes]:
    """Every table of a folder, by its path."""
    files = [file for name in TABLES for file in ([out / name] if (out / name).is_file() else (out / name).rglob("*"))]
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(files) if file.is_file()}


def parts(out: Path, numbers: list[int]) -> dict[int, tuple[int, int]]:
    """Inode and time of each chunk's file, which change when the file is written again."""
    files = {number: out / "worlds" / f"part-{number:06d}.parquet" for number in numbers}
    return {number: (file.stat().st_ino, file.stat().st_mtime_ns) for number, file in files.items()}


@pytest.fixture
def undisturbed(yaml_file: Path, tmp_path: Path) -> dict[str, bytes]:
    """The tables of a run that nobody disturbs, on one worker."""
    code, _, err = finish(start(yaml_file, tmp_path / "undisturbed", "--workers", "1"))
    assert code == 0, err
    result = tables(tmp_path / "undisturbed")
    assert len([name for name in result if name.startswith("worlds")]) == CHUNKS
    return result


@posix_only
def test_killed_at_twenty_moments_it_ends_with_the_same_bytes_and_does_nothing_twice(
    yaml_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out, chance, marks, kills = tmp_path / "killed", random.Random(7), dict[int, tuple[int, int]](), 0
    while kills < KILLS:
        wanted = len(ledger(out)) + chance.randint(0, 2)
        process = start(yaml_file, out, "--workers", "2")
        wait_for(partial(has_finished, out, wanted), process)
        time.sleep(chance.random() * 0.03)
        process.send_signal(signal.SIGKILL)
        finish(process)
        assert process.returncode == -signal.SIGKILL, "it was done before it was killed twenty times"
        kills += 1
        known = ledger(out) if (out / "chunks.jsonl").exists() else []
        now = parts(out, known)
        assert {number: now[number] for number in marks} == marks, "a finished chunk was written again"
        marks = now
    assert len(marks) > 5, "it was always killed before it had done anything"
    code, _, err = finish(start(yaml_file, out))
    assert code == 0, err
    assert "continuing:" in err
    assert sorted(ledger(out)) == list(range(CHUNKS)), "a chunk is missing, or was done twice"
    assert {number: parts(out, [number])[number] for number in marks} == marks
    assert tables(out) == undisturbed
    assert not list(out.rglob("*.part"))


def test_a_finished_experiment_does_nothing_when_run_again(yaml_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "twice"
    assert finish(start(yaml_file, out))[0] == 0
    marks, before = parts(out, list(range(CHUNKS))), tables(out)
    assert finish(start(yaml_file, out))[0] == 0
    assert parts(out, list(range(CHUNKS))) == marks
    assert tables(out) == before


@posix_only
def test_interrupted_it_says_what_is_saved_and_the_same_command_goes_on(
    yaml_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out = tmp_path / "interrupted"
    process = start(yaml_file, out)
    wait_for(lambda: len(ledger(out)) >= 3, process)
    process.send_signal(signal.SIGINT)
    code, answer, err = finish(process)
    assert code == 130
    assert "are saved; the same command continues from there" in err
    assert "Traceback" not in err
    assert answer == ""
    done = len(ledger(out))
    assert 3 <= done < CHUNKS
    assert finish(start(yaml_file, out))[0] == 0
    assert sorted(ledger(out)) == list(range(CHUNKS))
    assert tables(out) == undisturbed


def test_a_damaged_and_a_missing_chunk_are_done_again_and_no_other(
    yaml_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out = tmp_path / "damaged"
    shutil.copytree(tmp_path / "undisturbed", out)
    damaged, gone = out / "worlds" / "part-000005.parquet", out / "worlds" / "part-000011.parquet"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    gone.unlink()
    others = [number for number in range(CHUNKS) if number not in (5, 11)]
    marks = parts(out, others)
    code, _, err = finish(start(yaml_file, out))
    assert code == 0
    assert "2 chunks (5, 11) are damaged or missing, and will be simulated again" in err
    assert parts(out, others) == marks
    assert tables(out) == undisturbed


@posix_only
def test_a_second_run_on_the_same_folder_is_refused_while_the_first_goes_on(yaml_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "both"
    first = start(yaml_file, out)
    wait_for(lambda: len(ledger(out)) >= 1, first)
    first.send_signal(signal.SIGSTOP)
    code, answer, err = finish(start(yaml_file, out))
    status = finish(start(yaml_file, out, "--status"))
    first.send_signal(signal.SIGCONT)
    assert code == 2
    assert "another run is writing to" in err
    assert answer == ""
    assert "running now" in status[1]
    assert finish(first)[0] == 0
    assert sorted(ledger(out)) == list(range(CHUNKS))


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A small disk; the test is skipped where none can be mounted."""
    place.mkdir()
    prepared = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], capture_output=True)
    if prepared.returncode:
        pytest.skip("no disk of its own can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@posix_only
def test_on_a_full_disk_it_says_so_and_keeps_what_is_finished(
    yaml_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    with small_disk(tmp_path / "disk", "360k") as disk:
        out = disk / "out"
        code, _, err = finish(start(yaml_file, out))
        assert code == 1
        assert "the disk is full" in err
        assert "the same command continues" in err
        assert "Traceback" not in err
        done = ledger(out)
        assert 3 <= len(done) < CHUNKS
        assert not list(out.rglob("*.part"))
        marks = parts(out, done)
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert finish(start(yaml_file, out))[0] == 0
        assert parts(out, done) == marks
        assert sorted(ledger(out)) == list(range(CHUNKS))
        assert tables(out) == undisturbed


@posix_only
def test_where_files_may_not_grow_it_says_so_and_keeps_what_is_finished(yaml_file: Path, tmp_path: Path) -> None:
    import resource

    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))

    out = tmp_path / "starved"
    before = finish(start(yaml_file, out, "--status"))
    assert before[0] == 2
    assert "has not been started yet" in before[2]
    code, _, err = finish(start(yaml_file, out, preexec_fn=starve))
    assert code == 1, err
    assert "the disk is full" in err
    assert "Traceback" not in err
    assert not list(out.rglob("*.part"))


@contextlib.contextmanager
def read_only(place: Path) -> Iterator[None]:
    """A folder in which nothing can be written; root may write where others may not, and needs a disk of that kind."""
    if os.getuid() == 0:
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        yield
    else:
        for folder in (place, *(inner for inner in place.rglob("*") if inner.is_dir())):
            folder.chmod(0o555)
        yield
        for folder in (place, *(inner for inner in place.rglob("*") if inner.is_dir())):
            folder.chmod(0o755)


@posix_only
def test_a_read_only_folder_is_refused_in_a_line_and_what_is_there_stays(yaml_file: Path, tmp_path: Path) -> None:
    place = small_disk(tmp_path / "disk", "8m") if os.getuid() == 0 else contextlib.nullcontext(tmp_path / "disk")
    with place as disk:
        disk.mkdir(exist_ok=True)
        process = start(yaml_file, disk / "begun")
        wait_for(lambda: len(ledger(disk / "begun")) >= 2, process)
        process.send_signal(signal.SIGKILL)
        finish(process)
        before = tables(disk / "begun")
        with read_only(disk):
            for out in (disk / "new", disk / "begun"):
                code, answer, err = finish(start(yaml_file, out))
                assert code == 2
                assert "Read-only file system" in err or "Permission denied" in err
                assert "Traceback" not in err
                assert answer == ""
                assert len(err.splitlines()) == 1
            assert before
            assert tables(disk / "begun") == before


def test_another_design_or_seed_is_never_mixed_into_a_folder(yaml_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "kept"
    assert finish(start(yaml_file, out))[0] == 0
    before = tables(out)
    for old, new, why in (
        ("worlds: 1900", "worlds: 1901", "the number of worlds per point is different"),
        ("points: 9", "points: 5", "the points of the design are different"),
        ("days: 40", "days: 41", "the scenario or a change is different"),
        ("outcomes:", "seed: 2\noutcomes:", "the seed is different"),
    ):
        text = yaml_file.read_text()
        yaml_file.write_text(text.replace(old, new))
        code, _, err = finish(start(yaml_file, out))
        yaml_file.write_text(text)
        assert code == 2
        assert "results are never mixed" in err
        assert why in err
    answer = json.loads((out / "manifest.json").read_text())
    answer["identity_parts"]["source"] = "another program"
    answer["identity"] = hash_of(json.dumps(answer["identity_parts"], sort_keys=True).encode())
    (out / "manifest.json").write_text(json.dumps(answer))
    code, _, err = finish(start(yaml_file, out))
    assert code == 2
    assert "it was made by another version of the program" in err
    assert tables(out) == before


@posix_only
def test_on_a_cluster_that_loses_a_worker_it_ends_with_the_same_bytes(
    yaml_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    pytest.importorskip("distributed")
    where = tmp_path / "scheduler.json"
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", where)
    workers = [_dask("worker", "--scheduler-file", where, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    try:
        wait_for(lambda: _address(where) is not None, scheduler)
        address = _address(where)
        assert address is not None, "the scheduler ended before it wrote its address"
        process = start(yaml_file, tmp_path / "far", "--cluster", address)
        wait_for(lambda: len(ledger(tmp_path / "far")) >= 4, process)
        workers[0].kill()
        code, _, err = finish(process)
        assert code == 0, err
    finally:
        for started in (*workers, scheduler):
            started.kill()
            started.wait()
    assert sorted(ledger(tmp_path / "far")) == list(range(CHUNKS))
    assert tables(tmp_path / "far") == undisturbed


def _address(where: Path) -> str | None:
    """The address that a scheduler wrote to its file, once the file is whole: it is there before it is filled."""
    try:
        return str(json.loads(where.read_text())["address"])
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def _dask(role: str, *arguments: object) -> subprocess.Popen[str]:
    typed = [sys.executable, "-m", f"distributed.cli.dask_{role}", *map(str, arguments)]
    return subprocess.Popen(typed, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_without_a_scheduler_the_address_is_refused_in_a_line(yaml_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    code, _, err = finish(start(yaml_file, tmp_path / "far", "--cluster", "tcp://127.0.0.1:9"))
    assert code == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in err
    assert "Traceback" not in err


def test_the_client_of_a_cluster_writes_no_tracebacks_of_its_own() -> None:
    pytest.importorskip("distributed.client")  # it sets the levels of its logs when it is imported
    log = logging.getLogger("distributed.client")
    written: list[logging.LogRecord] = []
    before, handler = log.level, logging.Handler()
    handler.emit = written.append  # type: ignore[assignment,method-assign]
    log.addHandler(handler)
    try:
        log.error("connection refused")
        assert len(written) == 1
        quiet_client_log()
        log.error("connection refused")
        assert len(written) == 1
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _chunks_said_to_be_safe(err: str) -> int:
    """The number of chunks in the message; the command that goes on stands beside it."""
    assert "Traceback" not in err
    assert "this continues from there" in err
    assert "experiment" in err.rsplit(": ", 1)[1]
    found = re.search(r"([\d,]+) chunks with [\d,]+ worlds are saved", err)
    assert found is not None, err
    return int(found[1])


@posix_only
def test_a_scheduler_without_workers_and_one_that_is_gone_are_told_with_the_chunks_that_are_safe(
    yaml_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    pytest.importorskip("distributed")
    where, out = tmp_path / "scheduler.json", tmp_path / "far"
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", where)
    started = [scheduler]
    try:
        wait_for(lambda: _address(where) is not None, scheduler)
        address = _address(where)
        assert address is not None
        code, _, err = finish(start(yaml_file, out, "--cluster", address))
        assert code == 2
        assert f"the scheduler at {address} has no workers" in err
        assert _chunks_said_to_be_safe(err) == 0
        started.append(_dask("worker", "--scheduler-file", where, "--nthreads", "1", "--no-nanny"))
        process = start(yaml_file, out, "--cluster", address)
        wait_for(lambda: len(ledger(out)) >= 2, process)
        scheduler.kill()
        code, _, err = finish(process)
        assert code == 2
        assert f"the scheduler at {address} is gone" in err
        assert _chunks_said_to_be_safe(err) == len(ledger(out)) >= 2
    finally:
        for each in started:
            each.kill()
            each.wait()
    code, _, err = finish(start(yaml_file, out))
    assert code == 0, err
    assert tables(out) == undisturbed
