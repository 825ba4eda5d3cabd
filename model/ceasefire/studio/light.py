"""What the studio says at once, before the model is loaded and the rules are compiled."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ceasefire.scenario.find_scenarios import headline, list_scenarios, shipped

CURVES = Path(__file__).parent / "curves.json"
"""Curves of the shipped scenarios, to show while the rules are compiled; by `python -m ceasefire.studio.curves`."""

STAGES = (25, 200)
"""Worlds of the first answers; the last answer has all worlds of the state."""


def hello(scenario: str) -> dict[str, Any]:
    """What the first message says besides the state of the server."""
    return {
        "folder": str(Path.cwd()), "scenario": scenario, "stages": [*STAGES, 1000],
        "note": "Illustrative: durations are not calibrated.",
    }  # fmt: skip


def light_reply(request: Any) -> dict[str, Any] | None:
    """The reply to a request that needs no model; None for any other."""
    return {"scenarios": scenarios()} if request.type == "scenarios" else None


def scenarios() -> list[dict[str, Any]]:
    """Every scenario, with its title and, when it was shipped, its curve."""
    known, own = shipped_curves(), shipped("scenarios").resolve()
    rows = []
    for name, file in list_scenarios().items():
        came_with = file.resolve().parent == own
        curve = known.get(name) if came_with else None
        rows.append(
            {
                "name": name, "title": headline(file).get("title") or "(cannot be read; try `ceasefire check`)",
                "start": curve["start"] if curve else "", "shipped": came_with,
                "curve": curve and {key: curve[key] for key in ("days", "share", "worlds")},
            }
        )  # fmt: skip
    return rows


@cache
def shipped_curves() -> dict[str, Any]:
    """The curves of the shipped scenarios, by name; empty when they were not made."""
    try:
        content = json.loads(CURVES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
