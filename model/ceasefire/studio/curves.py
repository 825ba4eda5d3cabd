"""Makes the curves that the page shows while the rules are compiled: `python -m ceasefire.studio.curves`."""

from __future__ import annotations

import json
from typing import Any

from ceasefire.analysis.survival import survival
from ceasefire.ensemble.run import run
from ceasefire.scenario.find_scenarios import list_scenarios, shipped
from ceasefire.scenario.load import load
from ceasefire.studio.answers import steps
from ceasefire.studio.light import CURVES

WORLDS, POINTS = 1000, 40


def shipped_curve(name: str) -> dict[str, Any]:
    """First day and curve of a scenario from its first WORLDS worlds, in at most POINTS steps."""
    loaded = load(shipped("scenarios") / f"{name}.yaml")
    curve = survival(run(loaded, WORLDS))
    stepped = steps(curve.days, {"share": curve.surviving.round(3)}, POINTS)
    return {"start": loaded.scenario.start.isoformat(), "worlds": WORLDS, **stepped}


def main() -> None:
    """Write the curves of all shipped scenarios."""
    own = shipped("scenarios").resolve()
    names = [name for name, file in list_scenarios().items() if file.resolve().parent == own]
    rows = [f"{json.dumps(name)}: {json.dumps(shipped_curve(name), separators=(',', ':'))}" for name in names]
    CURVES.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
