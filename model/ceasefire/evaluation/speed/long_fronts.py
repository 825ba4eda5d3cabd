"""Fronts of any length, made by repeating the sectors of a scenario, to measure the cost of a sector."""

from __future__ import annotations

from typing import Any

from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.schema import Scenario

WHOLE_FRONT_SCALES = (
    "war.toll_14d", "mechanisms.blame_scale", "mechanisms.inflow_scale", "mechanisms.clash_deaths",
)  # fmt: skip
"""Scales that refer to the whole front: on a front k times as long they are k times as large."""


def front_of(scenario: Scenario, sectors: int) -> Scenario:
    """The scenario on a chain of that many sectors: its own sectors repeated, each with its forces.

    Scales that refer to the whole front grow with it. So each sector is as violent, and the deal lasts as long, as on
    the short front. ValueError for fewer than one sector.
    """
    if sectors < 1:
        raise ValueError(f"a front of {sectors} sectors; the least is 1")
    content: dict[str, Any] = scenario.model_dump(by_alias=True, exclude_none=True)
    own = content["front"]["sectors"]
    content["front"]["sectors"] = chain(own, sectors)
    content["events"] = [event for event in content["events"] if not _names_a_sector(event)]
    _scale_with_front(content, sectors / len(own))
    for actor in content["actors"].values():
        if "campaign" in actor:
            objective = {f"{name}-1" for name in actor["campaign"]["sectors"]} & set(content["front"]["sectors"])
            actor["campaign"] = {**actor["campaign"], "sectors": sorted(objective)} if objective else None
    stretched: Scenario = Scenario.model_validate(content)
    return stretched


def chain(own: dict[str, Any], sectors: int) -> dict[str, Any]:
    """`sectors` sectors in a row: copies of the sectors of `own` in order, repeated."""
    kinds = list(own.items())
    names = [f"{kinds[k % len(kinds)][0]}-{k // len(kinds) + 1}" for k in range(sectors)]
    return {name: {**kinds[k % len(kinds)][1], "neighbours": names[k + 1 : k + 2]} for k, name in enumerate(names)}


def _names_a_sector(event: dict[str, Any]) -> bool:
    return any(path.startswith("front.") for kind in ("set", "add", "multiply") for path in event[kind])


def _scale_with_front(content: dict[str, Any], times: float) -> None:
    """Multiply the scales of the whole front by `times`."""
    for path in WHOLE_FRONT_SCALES:
        part, name = path.split(".")
        content[part][name] = {"value": times * _centre(content[part][name])}
    content["mechanisms"]["ties_hit"] = {"value": _centre(content["mechanisms"]["ties_hit"]) / times}
    for actor in content["actors"].values():
        for name in ("losses_scale", "recent_losses"):
            actor[name] = {"value": times * _centre(actor[name])}


def _centre(number: dict[str, Any]) -> float:
    return float(Quantity.model_validate(number).centre)
