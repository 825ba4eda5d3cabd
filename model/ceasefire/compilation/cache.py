"""The folder of the compile cache, named by a hash of all that shapes compiled code, so that it is never stale."""

from __future__ import annotations

import hashlib
import sys
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


def cache_folder() -> Path:
    """Folder of the compile cache for these sources and versions."""
    return Path(platformdirs.user_cache_dir("ceasefire")) / f"compiled-{source_digest()[:16]}"
