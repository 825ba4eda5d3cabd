"""Fronts of any length, made from a scenario by repeating its sectors: what does one more sector cost?"""

from __future__ import annotations

from typing import Any

from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.schema import Scenario

GROWS_WITH_THE_FRONT = (
    "war.toll_14d", "mechanisms.blame_scale", "mechanisms.inflow_scale", "mechanisms.clash_deaths",
)  # fmt: skip
"""Yardsticks of the whole front: on one k times as long, k times as much is the same violence."""


def front_of(scenario: Scenario, sectors: int) -> Scenario:
    """The scenario on a chain of that many sectors: its own, over and over, each with its forces as they are.

    Yardsticks that count the whole front grow with it, so that a long front is as violent, sector by sector, and
    lives as long as the short one. Raises ValueError for fewer than one sector.
    """
    if sectors < 1:
        raise ValueError(f"a front of {sectors} sectors; at least 1")
    content: dict[str, Any] = scenario.model_dump(by_alias=True, exclude_none=True)
    own = content["front"]["sectors"]
    content["front"]["sectors"] = chain(own, sectors)
    content["events"] = [event for event in content["events"] if not _names_a_sector(event)]
    _stretch(content, sectors / len(own))
    for actor in content["actors"].values():
        if "campaign" in actor:
            wanted = {f"{name}-1" for name in actor["campaign"]["sectors"]} & set(content["front"]["sectors"])
            actor["campaign"] = {**actor["campaign"], "sectors": sorted(wanted)} if wanted else None
    stretched: Scenario = Scenario.model_validate(content)
    return stretched


def chain(own: dict[str, Any], sectors: int) -> dict[str, Any]:
    """`sectors` sectors in a row, the first like the first of `own`, and so on round and round."""
    kinds = list(own.items())
    names = [f"{kinds[k % len(kinds)][0]}-{k // len(kinds) + 1}" for k in range(sectors)]
    return {name: {**kinds[k % len(kinds)][1], "neighbours": names[k + 1 : k + 2]} for k, name in enumerate(names)}


def _names_a_sector(event: dict[str, Any]) -> bool:
    return any(path.startswith("front.") for kind in ("set", "add", "multiply") for path in event[kind])


def _stretch(content: dict[str, Any], times: float) -> None:
    """Multiply what counts the whole front."""
    for path in GROWS_WITH_THE_FRONT:
        part, name = path.split(".")
        content[part][name] = {"value": times * _centre(content[part][name])}
    content["mechanisms"]["ties_hit"] = {"value": _centre(content["mechanisms"]["ties_hit"]) / times}
    for actor in content["actors"].values():
        for name in ("losses_scale", "recent_losses"):
            actor[name] = {"value": times * _centre(actor[name])}


def _centre(number: dict[str, Any]) -> float:
    return float(Quantity.model_validate(number).centre)
