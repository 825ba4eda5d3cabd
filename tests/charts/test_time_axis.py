"""The axis of days: logarithmic where most happens early, with calendar dates where they are asked for."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ceasefire.analysis.bands_over_draws import survival_bands
from ceasefire.analysis.causes_over_draws import cause_curves
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import survival
from ceasefire.charts.comparison import Condition, comparison_chart
from ceasefire.charts.cumulative_incidence import causes_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.style import house_style
from ceasefire.charts.survival import survival_chart
from ceasefire.charts.time_axis import TimeAxis, ends_early

CAPTION = Caption("A made-up deal", "made-up", 1)
HORIZON = 1000


def worlds(median: int) -> pd.DataFrame:
    """Worlds of which half have ended by a day, and all but one in a hundred by the horizon."""
    days = np.concatenate([np.linspace(0, median, 100), np.linspace(median + 1, HORIZON, 100)]).astype(int)
    ended = days < HORIZON
    cause = np.where(ended, "spiral", "")
    return pd.DataFrame({"days_held": days, "ended": ended, "cause": cause, "cause_actor": "", "failed": False})


def plot(figure: Figure) -> Axes:
    return figure.axes[0]


@pytest.mark.parametrize(("median", "scale"), [(60, "function"), (99, "function"), (105, "linear"), (600, "linear")])
def test_survival_is_logarithmic_when_half_of_the_worlds_end_in_the_first_tenth(median: int, scale: str) -> None:
    curve = survival(worlds(median))
    condition = Condition("a", curve, Interval(1, 1, 1))
    compared = comparison_chart([condition, condition], CAPTION, horizon=HORIZON)
    causes = causes_chart(cause_curves(worlds(median), None, HORIZON), CAPTION, "A finding.", horizon=HORIZON)
    for figure in (survival_chart(curve, None, CAPTION, horizon=HORIZON), compared, causes):
        axes = next(axes for axes in figure.axes if axes.get_xlabel())
        assert axes.get_xscale() == scale
        assert ("logarithmic" in axes.get_xlabel()) == (scale == "function")


def test_with_draws_the_mean_over_draws_decides_on_the_scale() -> None:
    late, early = (worlds(median) for median in (600, 60))
    bands = survival_bands(np.tile(early["days_held"], (3, 1)), np.tile(early["ended"], (3, 1)), HORIZON)
    assert plot(survival_chart(survival(late), bands, CAPTION, horizon=HORIZON)).get_xscale() == "function"


def test_short_axes_stay_even() -> None:
    shares = np.concatenate([[1.0], np.full(20, 0.2)])
    assert not ends_early([shares], 20)
    assert ends_early([np.concatenate([shares, np.full(20, 0.2)])], 40)


def test_labels_of_a_logarithmic_axis_stand_where_the_day_is_drawn() -> None:
    time = TimeAxis(1825, logarithmic=True)
    axes = Figure().add_subplot()
    time.below(axes)
    for day in time.ticks():
        across = axes.transAxes.inverted().transform(axes.transData.transform((day, 0)))[0]
        assert across == pytest.approx(time.place(day), abs=1e-9)
        assert time.days_at(np.array([time.place(day)]))[0] == pytest.approx(day)
    assert min(np.diff([time.place(day) for day in time.ticks()])) >= 0.07


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (1825, {"2021": 302, "2022": 667, "2023": 1032}),
        (120, {"Apr 2020": 27, "May": 57, "Jun": 88, "Jul": 118}),
        (14, {"5 Mar 2020": 0, "7 Mar": 2}),
    ],
)
def test_calendar_dates_stand_on_their_day(last: int, expected: dict[str, int]) -> None:
    with house_style():
        time, axes = TimeAxis(last, datetime.date(2020, 3, 5)), Figure().add_subplot()
        dates = {name: day for day, name in time.dates()}
        time.below(axes)
        time.above(axes)
    assert expected.items() <= dates.items()
    assert [label.get_text() for label in axes.child_axes[0].get_xticklabels()] == list(dates)


def test_dates_above_a_logarithmic_axis_are_those_of_the_days_below() -> None:
    time = TimeAxis(365, datetime.date(2023, 11, 24), logarithmic=True)
    axes = Figure().add_subplot()
    time.below(axes)
    time.above(axes)
    written = {text.get_text(): text.xy[0] for text in axes.texts}  # type: ignore[attr-defined]
    assert written["24 Nov 2023"] == 0
    assert written["27 Nov 2023"] == pytest.approx(time.place(3))
    assert written["23 Nov 2024"] == 1


def test_without_a_first_day_no_date_is_shown() -> None:
    assert TimeAxis(1825).dates() == []


def test_the_band_of_a_cause_holds_its_mean_on_every_day() -> None:
    """A cause that strikes within days: a band that is straight for months would leave its mean line aside."""
    rng = np.random.default_rng(3)
    chance = np.repeat(rng.uniform(0.2, 0.8, 60), 10)
    ended = rng.uniform(size=600) < chance
    days = np.where(ended, rng.integers(3, 9, 600), HORIZON)
    draws = pd.DataFrame(
        {
            "point": np.repeat(np.arange(60), 10), "world": np.arange(600), "days_held": days,
            "ended": ended, "cause": np.where(ended, "expiry", ""), "cause_actor": "", "failed": False,
        }
    )  # fmt: skip
    (curve,) = cause_curves(
        worlds(600).assign(cause=lambda each: np.where(each["ended"], "expiry", "")), draws, HORIZON
    ).curves
    assert curve.mean is not None
    assert curve.low is not None
    assert curve.high is not None
    assert (curve.low - 0.02 <= curve.mean).all()
    assert (curve.mean <= curve.high + 0.02).all()
