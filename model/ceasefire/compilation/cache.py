"""The folder of the compile cache, named by a hash of all that shapes compiled code, so that it is never stale."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import platformdirs

HASHED = ("compilation", "parameters", "rules", "simulation/compiled")
"""Folders that hold all compiled code and its constants, with world_state.py: a change in any of them compiles anew."""


def source_digest() -> str:
    """SHA-256 [hex] of the sources of compiled code and of the versions of Python, NumPy, numba and llvmlite."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for source in [*(f for name in HASHED for f in sorted((package / name).rglob("*.py"))), package / "world_state.py"]:
        digest.update(source.relative_to(package).as_posix().encode() + b"\0" + source.read_bytes())
    for name in ("numba", "numpy", "llvmlite"):
        digest.update(f"{name} {metadata.version(name)}".encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()


UNUSED_DAYS = 90
"""After so many days without use a cache of other sources or versions is deleted."""

_OURS = re.compile(r"compiled-[0-9a-f]{16}")


def cache_folder() -> Path:
    """Folder of the compile cache for these sources and versions; below NUMBA_CACHE_DIR where a user has set that."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    root = Path(given).absolute() / "ceasefire" if given else Path(platformdirs.user_cache_dir("ceasefire"))
    return root / f"compiled-{source_digest()[:16]}"


def usable_cache_folder() -> Path | None:
    """The folder, made if need be and marked as used today; None when nothing can be written to it.

    numba would then keep its code beside the sources, where it can be stale.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if time.time() - folder.stat().st_mtime > 86_400:
            os.utime(folder)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def prune_caches(folder: Path) -> None:
    """Delete the caches beside a folder that were not used for UNUSED_DAYS. Links are left alone."""
    with suppress(OSError):
        for other in folder.parent.iterdir():
            if other == folder or other.is_symlink() or not _OURS.fullmatch(other.name):
                continue
            with suppress(OSError):
                if time.time() - other.stat().st_mtime > UNUSED_DAYS * 86_400:
                    shutil.rmtree(other, ignore_errors=True)
