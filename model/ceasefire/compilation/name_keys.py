"""Keys of names in random streams. Imports no numba, so that an initial state can be made without it."""

from __future__ import annotations

import hashlib

import numpy as np


def name_key(name: str) -> np.uint64:
    """A stable 64-bit hash of a name."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))
