"""Every step of the day is missed when it is left out: what it alone moves stays as it was on the first morning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

import ceasefire.simulation.mesa_model
from ceasefire.evaluation.verification.runs import SEED, each_day, opened
from ceasefire.evaluation.verification.synthetic_scenarios import NEVER_OVER, small_front
from ceasefire.rules import THE_DAY
from ceasefire.simulation.mesa_model import CeasefireModel

Changes = Mapping[str, Any]


def without(step: str, monkeypatch: pytest.MonkeyPatch, days: int, changes: Changes | None = None) -> list[Any]:
    """Records of four worlds that lived some days without one step of the day."""
    assert step in [part.name for part in THE_DAY]
    monkeypatch.setattr(
        ceasefire.simulation.mesa_model, "THE_DAY", tuple(part for part in THE_DAY if part.name != step)
    )
    found = []
    for world in range(4):
        model = CeasefireModel(small_front(changes), SEED, world, collect=False)
        for _ in range(days):
            model.step()
        found.append(model.record[0])
    return found


def with_all(days: int, changes: Changes | None = None) -> list[Any]:
    """Records of the same worlds with every step."""
    found = []
    for world in range(4):
        last: Any = None
        for record in each_day(small_front(changes), world, days):
            last = record
        found.append(last[0])
    return found


WHAT_A_STEP_DOES: dict[str, Callable[[Any], Any]] = {
    "events": lambda w: int((w["event_on"] >= 0).sum()),
    "survey": lambda w: w["threat"].tolist(),
    "perceive": lambda w: int(w["moved_on"].max()),
    "decide": lambda w: int(w["moved_on"].max()),
    "settle": lambda w: int(w["moved_on"].max()),
    "exchange_fire": lambda w: float(w["counter"][:4].sum()),
    "advance": lambda w: w["held"].tolist(),
    "inflict_casualties": lambda w: float(w["counter"][4:6].sum()),
    "displace_civilians": lambda w: float(w["counter"][6]),
    "accuse": lambda w: w["felt_today"].tolist(),
    "update_trust": lambda w: w["trust"].tolist(),
    "carry_blame": lambda w: w["blame"].tolist(),
    "brace": lambda w: w["answers"].tolist(),
    "echo": lambda w: float(w["near"].sum()),
    "retaliate": lambda w: w["heat"].tolist(),
    "bear": lambda w: w["weariness"].tolist(),
    "commit": lambda w: float(w["order"]),
    "judge_end": lambda w: int(w["day"]),
}
"""What each step of the day alone moves; without it that stays what it was on the first morning."""


def test_what_each_step_of_the_day_does_is_known() -> None:
    assert list(WHAT_A_STEP_DOES) == [part.name for part in THE_DAY]


@pytest.mark.parametrize("step", [part.name for part in THE_DAY])
def test_every_step_of_the_day_is_missed(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    see = WHAT_A_STEP_DOES[step]
    changes = {**NEVER_OVER, "mechanisms.temperature": 0.4, "mechanisms.talks_rate": 0}
    first = [see(opened(small_front(changes), world)[0]) for world in range(4)]
    usual = [see(w) for w in with_all(80, changes)]
    assert [see(w) for w in without(step, monkeypatch, 80, changes)] == first
    assert all(there != at_first for there, at_first in zip(usual, first, strict=True))
