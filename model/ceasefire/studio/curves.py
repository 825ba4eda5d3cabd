"""Makes the curves that the page shows while the rules are compiled: `python -m ceasefire.studio.curves`."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from ceasefire.analysis.survival import survival
from ceasefire.ensemble.run import run
from ceasefire.scenario.find_scenarios import list_scenarios, shipped
from ceasefire.scenario.load import load
from ceasefire.studio.answers import steps
from ceasefire.studio.light import CURVES

WORLDS, POINTS = 1000, 40
FIRST = 10
"""Worlds whose days held are kept beside each curve, so that a curve of other rules is soon found out."""


def shipped_curve(name: str) -> dict[str, Any]:
    """First day and curve of a scenario from its first WORLDS worlds, in at most POINTS steps."""
    loaded = load(shipped("scenarios") / f"{name}.yaml")
    worlds = run(loaded, WORLDS)
    curve = survival(worlds)
    stepped = steps(curve.days, {"share": curve.surviving.round(3)}, POINTS)
    return {"start": loaded.scenario.start.isoformat(), "worlds": WORLDS, **stepped, "first": _days(worlds)}


def first_worlds(name: str) -> list[int]:
    """Days held in the first FIRST worlds of a scenario under the rules as they are."""
    return _days(run(load(shipped("scenarios") / f"{name}.yaml"), FIRST))


def _days(worlds: pd.DataFrame) -> list[int]:
    return [int(days) for days in worlds["days_held"].head(FIRST)]


def shipped_names() -> list[str]:
    """The scenarios that came with the program."""
    own = shipped("scenarios").resolve()
    return [name for name, file in list_scenarios().items() if file.resolve().parent == own]


def main() -> None:
    """Write the curves of all shipped scenarios."""
    rows = [f"{json.dumps(name)}: {json.dumps(shipped_curve(name), separators=(',', ':'))}" for name in shipped_names()]
    CURVES.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
