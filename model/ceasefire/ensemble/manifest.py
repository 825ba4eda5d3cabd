"""What a results folder says of itself: what ran, with what, and what came out."""

from __future__ import annotations

import datetime
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import ceasefire
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW
from ceasefire.ensemble.run import RunResult
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import table_hash

FORMAT = 1
"""Raised when an older program could not read the folder."""

MANIFEST = "manifest.json"


def manifest(
    plan: Plan, outcome: RunResult, started: datetime.datetime, wall_seconds: float, command: Sequence[str]
) -> dict[str, Any]:
    """Everything that the run can be made from again, and what it made."""
    loaded, failed = plan.loaded, outcome.failed
    return {
        "format": FORMAT,
        "scenario": loaded.label,
        "title": loaded.scenario.title,
        "name": loaded.name,
        "changes": list(loaded.changes),
        "settings": loaded.settings,
        **{key: plan.identity[key] for key in ("digest", "worlds", "seed", "days", "engine")},
        "identity": plan.fingerprint,
        "worlds_done": plan.worlds - len(failed),
        "worlds_failed": len(failed),
        "failed": failed,
        "table_sha256": table_hash(outcome.worlds),
        "doubt": _doubt(outcome),
        "command": as_typed(command),
        "started": started.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 3),
        "program": {**versions(), "source": plan.identity["source"]},
    }


def _doubt(outcome: RunResult) -> dict[str, Any] | None:
    """How doubt about the assumed numbers was sampled; none when nothing is assumed."""
    if outcome.doubt is None:
        return None
    return {
        "assumed": outcome.assumed,
        "draws": DRAWS,
        "worlds_per_draw": WORLDS_PER_DRAW,
        "table_sha256": table_hash(outcome.doubt),
    }


def versions() -> dict[str, str]:
    """This program and what it computes with."""
    of = {name: metadata.version(name) for name in ("numpy", "numba", "mesa")}
    return {"ceasefire": ceasefire.__version__, "python": platform.python_version(), **of}


def as_typed(command: Sequence[str]) -> str:
    """A command line in one string that a shell would take apart again."""
    if sys.platform == "win32":
        return subprocess.list2cmdline(command)
    import shlex

    return shlex.join(command)
