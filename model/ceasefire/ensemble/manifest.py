"""The manifest of a results folder: the scenario, the plan, the versions of the software, and the outcome."""

from __future__ import annotations

import datetime
import hashlib
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW
from ceasefire.ensemble.run import RunResult
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import table_hash

FORMAT = 1
"""Format of results folders; raised when an older program could not read the new one."""

MANIFEST = "manifest.json"


def manifest(
    plan: Plan, result: RunResult, started: datetime.datetime, wall_seconds: float, command: Sequence[str]
) -> dict[str, Any]:
    """Everything that is needed to run the plan again, and what came out of it."""
    failed = result.failed
    return {
        "format": FORMAT,
        **words(plan),
        **{key: plan.identity[key] for key in ("digest", "worlds", "seed", "days", "engine")},
        "identity": plan.fingerprint,
        "worlds_done": plan.worlds - len(failed),
        "worlds_failed": len(failed),
        "failed": failed,
        **({"reasons": list(result.reasons)} if result.reasons else {}),
        "table_sha256": table_hash(result.worlds),
        "doubt": _doubt(result),
        **({"weekly_sha256": hashlib.sha256(result.weekly).hexdigest()} if result.weekly is not None else {}),
        "command": as_typed(command),
        "started": started.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 3),
        "program": {**versions(), "source": plan.identity["source"]},
    }


def words(plan: Plan) -> dict[str, Any]:
    """What a manifest says of the scenario that does not change its worlds; `digest_words` tells such changes."""
    loaded = plan.loaded
    return {
        "scenario": loaded.label,
        "title": loaded.scenario.title,
        "name": loaded.name,
        "changes": list(loaded.changes),
        "settings": loaded.settings,
        "change_titles": loaded.change_titles,
        "digest_words": loaded.words_digest,
    }


def _doubt(result: RunResult) -> dict[str, Any] | None:
    """How the assumed numbers were sampled; None when nothing is assumed."""
    if result.doubt is None:
        return None
    return {
        "assumed": result.assumed,
        "draws": DRAWS,
        "worlds_per_draw": WORLDS_PER_DRAW,
        "table_sha256": table_hash(result.doubt),
    }


def program_version() -> str:
    """The version of this program, as installed: the same as `ceasefire.__version__`."""
    return metadata.version("ceasefire")


def versions() -> dict[str, str]:
    """Versions of this program, of Python and of the packages that the numbers depend on."""
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "mesa")}
    return {"ceasefire": program_version(), "python": platform.python_version(), **packages}


def as_typed(command: Sequence[str]) -> str:
    """A command line as one string, quoted so that a shell splits it into the same arguments."""
    if sys.platform == "win32":
        return subprocess.list2cmdline(command)
    return shlex.join(command)
