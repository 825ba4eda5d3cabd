"""Whether rules run in plain Python: the same results, far slower, but nothing is compiled and numba is not loaded."""

from __future__ import annotations

import os

_own_process = False
_decided: bool | None = None


def process_is_ours() -> None:
    """This process ends with the command that it was started for."""
    global _own_process
    _own_process = True


def prefer_python() -> None:
    """Run rules in plain Python: for a command that calls few of them, once.

    Without effect where rules are there already, and where others may use this process for more.
    """
    global _decided
    if _own_process and _decided is None:
        _decided = True


def in_python() -> bool:
    """Whether rules run in plain Python; settled by the first question. NUMBA_DISABLE_JIT=1 switches compiling off."""
    global _decided
    if _decided is None:
        _decided = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
    return _decided
