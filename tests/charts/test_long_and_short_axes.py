"""Axes of days from 1 to 36,500: ticks that suit, labels that do not run together, no empty plot."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from ceasefire.analysis.causes_over_draws import cause_curves
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.hazard import hazard
from ceasefire.analysis.survival import restricted_mean, survival
from ceasefire.charts.comparison import Condition, comparison_chart
from ceasefire.charts.cumulative_incidence import causes_chart
from ceasefire.charts.hazard import hazard_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.survival import survival_chart
from ceasefire.charts.time_axis import calendar_ticks, day_ticks
from ceasefire.charts.world_sample import histories_chart
from ceasefire.charts.world_timeline import history_chart
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import trajectory

HORIZONS = (1, 2, 7, 30, 90, 365, 1825, 10_000, 36_500)
CAPTION = Caption("A deal that is followed for a while", "made-up", 1)


def worlds(horizon: int, count: int = 400) -> pd.DataFrame:
    """Made-up worlds of which two thirds hold to the horizon, by one cause or another."""
    rng = np.random.default_rng(horizon)
    ended = rng.uniform(size=count) < 1 / 3
    days = np.where(ended, rng.integers(0, horizon, count), horizon)
    cause = np.where(ended, rng.choice(["offensive", "spiral"], count), "")
    return pd.DataFrame({"days_held": days, "ended": ended, "cause": cause, "cause_actor": ""})


def beyond_the_scale(axes: Axes) -> list[Text]:
    """Labels of ticks outside the limits of their axis, which are not drawn."""
    labels = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            labels += [] if low - 1e-9 <= tick.get_loc() <= high + 1e-9 else [tick.label1, tick.label2]
    return labels


def drawn(figure: Figure) -> Any:
    """Draw a figure; returns what measures its texts."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def seen(figure: Figure) -> list[tuple[str, np.ndarray]]:
    """Every text that is drawn, with its box [pixels]."""
    renderer = drawn(figure)
    beyond = {id(label) for axes in figure.axes for label in beyond_the_scale(axes)}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    texts = [text for text in texts if id(text) not in beyond]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    return [(words, np.array([box.x0, box.y0, box.x1, box.y1])) for words, box in boxes if box.width > 0]


def run_together(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that overlap by more than a pixel."""
    pairs = []
    for (one, a), (other, b) in itertools.combinations(seen(figure), 2):
        across, up = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if across > 1 and up > 2 and one != other:
            pairs.append((one, other))
    return pairs


def test_ticks_are_few_round_and_reach_across_the_axis() -> None:
    for last in (*range(1, 400), *range(400, 36_501, 50), 36_500):
        ticks = day_ticks(last)
        assert 2 <= len(ticks) <= 9, last
        assert ticks[0] == 0
        assert len(ticks) >= 5 or last < 5 or ticks[-1] > 0.7 * last, last
        assert len(set(np.diff(ticks))) == 1, last
        unit, years = calendar_ticks(last)
        assert len(years) <= 11, last
        if last >= 62:
            assert unit in ("years", "months"), last
            assert len(years) >= 2, last
            assert years[-1][0] <= last


@pytest.mark.parametrize("horizon", HORIZONS)
def test_no_labels_run_together_on_charts_of_many_worlds(horizon: int) -> None:
    table = worlds(horizon)
    curve = survival(table)
    million = replace(curve, worlds=1_000_000, at_risk=2500 * curve.at_risk)
    mean = restricted_mean(table, horizon)
    charts = {
        "survival": survival_chart(curve, None, CAPTION, horizon=horizon),
        "survival of a million": survival_chart(million, None, CAPTION, horizon=horizon),
        "causes": causes_chart(cause_curves(table, None, horizon), CAPTION, "A finding.", horizon=horizon),
        "hazard": hazard_chart(hazard(table), None, CAPTION),
        "comparison": comparison_chart(
            [Condition("one", curve, mean), Condition("other", curve, mean)], CAPTION, horizon=horizon
        ),
    }
    found = {name: run_together(chart) for name, chart in charts.items()}
    assert not any(found.values()), found


@pytest.mark.parametrize("horizon", [1, 2, 30])
def test_no_two_ticks_of_days_gained_have_the_same_label(horizon: int) -> None:
    table = worlds(horizon)
    curve, mean = survival(table), restricted_mean(table, horizon)
    gain = Interval(0.1, -0.2, 0.4)
    chart = comparison_chart(
        [Condition("one", curve, mean), Condition("other", curve, mean, gain)], CAPTION, horizon=horizon
    )
    drawn(chart)
    for axes in chart.axes:
        labels = [label.get_text() for label in axes.get_xticklabels() if label.get_text()]
        assert len(labels) == len(set(labels)), labels


@pytest.mark.parametrize("horizon", [1, 2, 3, 7, 1825])
def test_a_hazard_is_never_an_empty_plot(horizon: int) -> None:
    (axes,) = [axes for axes in hazard_chart(hazard(worlds(horizon)), None, CAPTION).axes if axes.lines]
    (line,) = [line for line in axes.lines if line.get_gid() == "hazard"]
    x = np.asarray(line.get_xdata())
    low, high = axes.get_xlim()
    assert x.min() <= low + 0.5
    assert x.max() >= high - 0.5
    assert x.max() - x.min() >= 0.95 * (high - low)
    assert np.asarray(line.get_ydata()).max() <= axes.get_ylim()[1]


@pytest.mark.parametrize("horizon", [1, 2, 7, 30, 10_000])
def test_no_labels_run_together_on_charts_of_single_worlds(horizon: int) -> None:
    scenario = small_front({"horizon_days": horizon})
    opening = initial_state(scenario)
    told = [trajectory(scenario, opening, "small", 1, world) for world in range(4)]
    found = {
        "sample": run_together(histories_chart(told, CAPTION)),
        "one": run_together(history_chart(told[0])),
    }
    assert not any(found.values()), found
