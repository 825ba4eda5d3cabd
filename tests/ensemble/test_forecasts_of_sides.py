"""Which sides of a comparison get a forecast: scenarios as their files state them, with their own draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ceasefire.analysis.mixing_distribution import effect_over_draws
from ceasefire.ensemble.compare import Side, compare_sides, views_of_sides
from ceasefire.ensemble.run_plan import Plan
from ceasefire.scenario.load import load


def side(reference: str, days: np.ndarray) -> Side:
    """A side whose worlds held so many days."""
    plan = Plan(load(reference), len(days), 1)
    rows = {
        "world": range(len(days)),
        "days_held": days,
        "ended": days < plan.horizon,
        "failed": False,
        "deaths_combatant": 0,
        "deaths_civilian": 0,
        "cause": "spiral",
    }
    return Side(plan, pd.DataFrame({**rows, "by": ""}))


def test_a_side_with_a_change_has_no_forecast_and_the_others_have_their_own() -> None:
    generator = np.random.default_rng(5)
    draws = np.floor(np.exp(generator.normal(6, 1, (40, 10)))).clip(max=1825)
    first, changed, other = (
        side(name, draws[:, k]) for k, name in enumerate(("idlib-2020", "idlib-2020+no-monitors", "idlib-2018"))
    )
    shorter = np.floor(draws / 2)
    pairs = [
        replace(
            compare_sides(replace(first, at_draws=draws), replace(one, at_draws=there)),
            over_draws=effect_over_draws(there, draws, limit=1825.0),
        )
        for one, there in ((changed, shorter), (other, shorter))
    ]
    found = views_of_sides(first, pairs)
    assert [one.label for one, _ in found] == ["idlib-2020", "idlib-2018"]
    for (_, views), held in zip(found, (draws, shorter), strict=True):
        assert views.scenario.mean[365] == pytest.approx(np.mean(held > 365))
        assert views.pooled is not None
