"""Deaths and violations compared fairly: no early collapse looks peaceful."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ceasefire.analysis.losses import COUNTS, a_year_held, count_of, over_fixed_time, war_rate, years_held
from ceasefire.analysis.summary import costs
from ceasefire.ensemble.run import deaths_after_end
from ceasefire.scenario.load import load
from ceasefire.wording import after_an_end, days, span_words

PATH = "war.deaths_after_end"
COLUMNS = sorted({column for columns in COUNTS.values() for column in columns})


def worlds(days: list[int], deaths: list[float], point: int = 0, first: int = 0) -> pd.DataFrame:
    table = pd.DataFrame(dict.fromkeys(COLUMNS, 0), index=range(len(days)))
    table["deaths_combatant"] = deaths
    held = np.array(days)
    number = np.arange(first, first + len(days))
    return table.assign(days_held=held, ended=held < 1000, point=point, world=number, failed=False)


def test_a_year_held_is_the_rate_of_all_worlds_together() -> None:
    """50 deaths in 100 days and 100 in 1,000: 150 in 1,100, and not the mean of the two rates, which is twice that."""
    table = worlds([99, 1000], [50, 100])
    found = a_year_held(count_of(table, "deaths"), years_held(table))
    assert found.value == pytest.approx(150 / 1100 * 365.25)
    none = a_year_held(np.zeros(2), np.zeros(2))
    assert np.isnan(none.value)


def test_a_deal_that_collapses_is_not_the_milder_one() -> None:
    """Two deals with a death a day while they hold, ten after: the first ends on day 100, the other never."""
    ended, holding = worlds([100] * 20, [100] * 20), worlds([1000] * 20, [1000] * 20)
    until_end = [count_of(each, "deaths").mean() for each in (ended, holding)]
    assert until_end[0] < until_end[1]
    a_year = [a_year_held(count_of(each, "deaths"), years_held(each)).value for each in (ended, holding)]
    assert a_year[0] == pytest.approx(a_year[1], rel=0.02)
    whole = [costs(each, None, 1000, war_rate(140, 1.0))["deaths_over_horizon"].main for each in (ended, holding)]
    assert whole == [100 + 900 * 10, 1000]
    assert "deaths_over_horizon" not in costs(ended, None, 1000, None)
    assert over_fixed_time(np.array([5.0]), np.array([1000.0]), 1000, 10).tolist() == [5]


def test_what_follows_an_end_is_stated_or_left_out() -> None:
    """The rate after an end is the war's own unless the scenario states one; 0 leaves it out."""
    own, stated, none = (load("idlib-2020", set=given) for given in ({}, {PATH: 7}, {PATH: 0}))
    war = own.scenario.war
    assert deaths_after_end(own.scenario) == war.ongoing.centre * war.toll_14d.centre / 14
    assert [deaths_after_end(each.scenario) for each in (stated, none)] == [7, 0]
    assert own.digest == stated.digest == none.digest, "no rule reads it: the worlds are the same"
    assert own.words_digest != none.words_digest
    table = worlds([100] * 20, [100] * 20)
    within = [costs(table, None, 1000, deaths_after_end(each.scenario)) for each in (stated, none)]
    assert [each["deaths_over_horizon"].main for each in within] == [100 + 900 * 7, 100]
    assert "as was set" in after_an_end(7, stated=True)
    assert after_an_end(0, stated=True) == "what follows an end is left out"


def test_one_world_has_no_interval_and_says_so() -> None:
    found = costs(worlds([100], [100]), None, 1000, 5.0)
    for figure in found.values():
        assert span_words(figure.chance, days) == "not known", figure.name


def test_costs_have_chance_and_the_doubt_of_draws() -> None:
    """Deaths a year differ by draw, from 36.5 to 365; ten worlds a draw are noisy."""
    dice = np.random.default_rng(4)
    drawn = pd.concat(
        worlds([999] * 10, dice.poisson(100 if k % 2 else 1000, 10).tolist(), k, 10 * k) for k in range(100)
    )
    found = costs(worlds([999] * 50, dice.poisson(100, 50).tolist()), drawn, 1000, None)
    figure = found["deaths_a_year_held"]
    assert figure.chance.value == pytest.approx(36.5, rel=0.1)
    assert figure.doubt is not None
    assert (figure.doubt.low, figure.doubt.value, figure.doubt.high) == pytest.approx((36.5, 201, 365), rel=0.08)
    until_end = found["deaths"].doubt
    assert until_end is not None
    assert (until_end.low, until_end.value, until_end.high) == pytest.approx((100, 550, 1000), rel=0.08)
