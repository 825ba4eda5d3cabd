"""The main figures of a run over draws of the assumed numbers, from the table of worlds at draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ceasefire.analysis.bands_over_draws import survival_bands
from ceasefire.analysis.summary import summary
from ceasefire.analysis.survival import EndingCause
from ceasefire.analysis.worlds_by_draw import worlds_by_draw

HORIZON = 400


def worlds(chance_of_holding: np.ndarray, each: int, seed: int) -> pd.DataFrame:
    """Draws with a chance to hold to the horizon; the worlds that end do so on an even day of the time."""
    dice = np.random.default_rng(seed)
    ended = dice.random((len(chance_of_holding), each)) >= chance_of_holding[:, None]
    days = np.where(ended, dice.integers(0, HORIZON, ended.shape), HORIZON)
    return pd.DataFrame(
        {
            "point": np.repeat(np.arange(len(ended)), each), "world": np.arange(ended.size), "days_held": days.ravel(),
            "ended": ended.ravel(), "failed": False, "cause": np.where(ended.ravel(), "offensive", ""), "actor": "",
        }
    )  # fmt: skip


def test_the_worlds_of_a_draw_stand_in_one_row_in_whatever_order_the_table_has_them() -> None:
    table = worlds(np.linspace(0.1, 0.9, 9), 5, 3)
    table.loc[7, "failed"] = True
    drawn = worlds_by_draw(table, HORIZON)
    mixed = worlds_by_draw(table.iloc[::-1], HORIZON)
    assert np.isnan(drawn.days[1, 2])
    for row in range(9):
        known = table[(table["point"] == row) & ~table["failed"]]
        for arrays in (drawn, mixed):
            assert sorted(arrays.days[row][np.isfinite(arrays.days[row])]) == sorted(known["days_held"])
        assert np.nanmean(drawn.holds_past(200)[row]) == (~(known["ended"] & (known["days_held"] <= 200))).mean()


def test_draws_that_share_worlds_or_have_no_number_are_refused() -> None:
    table = worlds(np.full(4, 0.5), 5, 1)
    with pytest.raises(ValueError, match="draws share worlds"):
        worlds_by_draw(table.assign(world=np.tile(np.arange(5), 4)), HORIZON)
    with pytest.raises(ValueError, match="no column 'point'"):
        worlds_by_draw(table.drop(columns="point"), HORIZON)
    with pytest.raises(ValueError, match="two draws"):
        worlds_by_draw(table[table["point"] == 0], HORIZON)


def test_a_coin_that_decides_between_three_and_nine_in_ten_is_told_in_the_summary() -> None:
    """The edges are near the two true shares; a Beta with the same variance would lie at 0.08 and 0.99."""
    edges = []
    for seed in range(6):
        chance = np.where(np.random.default_rng(seed).random(200) < 0.5, 0.3, 0.9)
        table = worlds(chance, 10, seed)
        figure = summary(worlds(np.full(100, 0.9), 10, 9), table, HORIZON).holding[HORIZON]
        assert figure.doubt is not None
        assert figure.verdict == ""
        assert figure.main == pytest.approx((~table["ended"]).mean())
        edges.append([figure.doubt.low, figure.doubt.high])
    assert np.mean(edges, axis=0) == pytest.approx([0.3, 0.9], abs=0.07)


def test_draws_that_chance_alone_could_spread_are_said_to_be_so_and_are_not_one_number() -> None:
    found = summary(worlds(np.full(100, 0.79), 10, 9), worlds(np.full(200, 0.79), 10, 4), HORIZON)
    figure = found.holding[HORIZON]
    assert figure.doubt is not None
    assert figure.verdict == "not told apart from chance with 10 worlds a draw"
    assert figure.doubt.low < 0.75 < 0.83 < figure.doubt.high
    content = found.as_content()["holding"][str(HORIZON)]
    assert content["doubt_note"] == figure.verdict
    assert content["mean_over_draws"] == pytest.approx(figure.main)
    assert content["value"] == figure.chance.value


def test_the_figures_of_the_summary_are_those_of_the_band_of_curves() -> None:
    table = worlds(np.random.default_rng(2).beta(2, 1, 200), 10, 2)
    found, bands = summary(table, table, HORIZON), worlds_by_draw(table, HORIZON).bands()
    for day, figure in found.holding.items():
        assert figure.doubt is not None
        if not figure.verdict:
            assert (figure.doubt.low, figure.doubt.high) == (bands.low[day], bands.high[day])
            assert figure.doubt.value == pytest.approx(bands.mean[day])
    still, to_the_end = found.causes[EndingCause("held")], found.holding[HORIZON]
    assert (still.chance, still.doubt) == (to_the_end.chance, to_the_end.doubt)
    assert list(found.causes)[-1] == EndingCause("held")


def test_a_band_of_deals_that_all_end_on_one_day_falls_on_that_day() -> None:
    """Straight lines from the last estimated day would let it fall slowly over the days before."""
    days, ended = np.full((200, 10), 7.0), np.ones((200, 10), dtype=bool)
    days[0, 0] = 1
    found = survival_bands(days, ended, HORIZON)
    assert found.low[6] > 0.9
    assert found.high[7] < 0.05
    assert found.mean[6] == pytest.approx(0.9995)
