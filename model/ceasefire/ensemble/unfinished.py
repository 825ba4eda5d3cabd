"""Files and folders that are written aside: their names, who is still writing them, and what a killed run left.

A writer holds a lock of the operating system on what it writes. The lock ends with its process, however that ends, so
whatever of such a name can be locked belongs to nobody. Where there are no such locks, nothing is deleted.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_NAME = re.compile(r"\..{1,40}-[0-9a-f]{8}\.part", re.DOTALL)


def aside_of(target: Path) -> Path:
    """A new name beside a target."""
    return target.absolute().parent / f".{target.name[:40]}-{secrets.token_hex(4)}.part"


@contextmanager
def folder_aside(target: Path) -> Iterator[Path]:
    """A new, empty folder beside a target, locked until the end of the block; the block moves or deletes it."""
    aside, lock = _new_folder(target)
    try:
        yield aside
    finally:
        os.close(lock)


def _new_folder(target: Path) -> tuple[Path, int]:
    while True:
        aside = aside_of(target)
        aside.mkdir()
        lock = _opened(aside)
        if lock is None:
            return aside, os.open(os.devnull, os.O_RDONLY)
        _locked(lock)
        if aside.exists():  # it may have been swept between the two calls
            return aside, lock
        os.close(lock)


@contextmanager
def file_aside(target: Path) -> Iterator[Path]:
    """A new, empty file beside a target, locked until the end of the block; it is deleted when it is not moved."""
    while True:
        aside = aside_of(target)
        lock = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        _locked(lock)
        if aside.exists():
            break
        os.close(lock)
    try:
        yield aside
    finally:
        os.close(lock)
        with suppress(OSError):
            aside.unlink()


def sweep(folder: Path) -> None:
    """Delete what killed runs left in a folder; what another process is writing stays."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and not entry.is_symlink():
                _delete_abandoned(Path(entry.path))


def _delete_abandoned(left: Path) -> None:
    lock = _opened(left)
    if lock is None:
        return
    try:
        if _locked(lock):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                with suppress(OSError):
                    left.unlink()
    finally:
        os.close(lock)


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None


def _locked(descriptor: int) -> bool:
    """Whether this process has the lock now."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
