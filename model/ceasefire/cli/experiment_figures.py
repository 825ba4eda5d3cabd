"""Which figure answers an experiment: by its design, one for each outcome."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ceasefire.experiment.outcomes import Outcome, outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ceasefire.charts.words import Caption
    from ceasefire.experiment.answer import Answer
    from ceasefire.experiment.factors import Factor
    from ceasefire.experiment.study import Study

MOST_LINES = 6


def draw(made: Study, found: Answer, folder: Path) -> None:
    """A figure for each outcome, as PNG and SVG, named for it; figures there were are replaced."""
    from ceasefire.charts.style import save
    from ceasefire.experiment.folder import FIGURES, new_figures

    with new_figures(folder) as aside:
        for name in made.asked.spec.outcomes:
            figure = _figure(made, found, outcome(name))
            if figure is not None:
                save(figure, aside, name)
    (folder / FIGURES).mkdir(exist_ok=True)


def _figure(made: Study, found: Answer, wanted: Outcome) -> Figure | None:
    """The figure of a kind of design; none when nothing was found."""
    for name, make in (("levers", _levers), ("attribution", _attribution), ("sensitivity", _sensitivity)):
        table = found.tables.get(name)
        if table is not None and (rows := table[table["outcome"] == wanted.name]).notna().any().any():
            return make(made, rows, wanted)
    if made.asked.spec.draws is None and made.asked.spec.design.kind == "grid":
        figure = _grid(made, found.tables["points"], wanted)
        if figure is not None:
            return figure
    return _differences(made, found, wanted)


def _caption(made: Study, wanted: Outcome) -> Caption:
    from ceasefire.charts.words import ILLUSTRATIVE, Caption

    label = made.asked.base.loaded.label
    note = f"ROUGH, {ILLUSTRATIVE}" if made.quick else ILLUSTRATIVE
    return Caption(f"{made.asked.spec.title}: {wanted.words}", label, made.recipe.seed, note)


def _made_of(made: Study) -> str:
    return f"{len(made.points):,} points, {made.worlds:,} worlds each"


def _change_of(wanted: Outcome) -> str:
    unit = {"days": "days", "share": "share of worlds", "number": wanted.words}[wanted.unit]
    return f"difference in {wanted.words} [{unit}]" if wanted.unit != "number" else f"difference in {wanted.words}"


def _levers(made: Study, rows: pd.DataFrame, wanted: Outcome) -> Figure:
    from ceasefire.charts.bars import Bar, Key, bars_chart

    bars = [
        Bar(row["label"], row["difference"], (row["low"], row["high"]), (row["draw_05"], row["draw_95"]))
        for _, row in rows.iterrows()
    ]
    key = Key("mean over draws", "its 95 % interval", "middle 90 % of draws")
    return bars_chart(bars, _caption(made, wanted), made.asked.spec.question, _change_of(wanted), key, _made_of(made))


def _attribution(made: Study, rows: pd.DataFrame, wanted: Outcome) -> Figure:
    from ceasefire.charts.bars import Bar, Key, bars_chart

    swap = made.asked.swap
    assert swap is not None
    bars = [
        Bar(row["part"], row["contribution"], (row["low"], row["high"]), (row["least"], row["most"]), row["alone"])
        for _, row in rows.iterrows()
    ]
    whole = rows["contribution"].sum()
    finding = f"{made.asked.spec.question} From {swap.here.label} to {swap.there.label} all parts together: {whole:+,.3g}."
    key = Key("mean over all orders", "its 95 % interval", "after any set of others", "exchanged first, alone")
    return bars_chart(bars, _caption(made, wanted), finding, _change_of(wanted), key, _made_of(made))


def _sensitivity(made: Study, rows: pd.DataFrame, wanted: Outcome) -> Figure:
    from ceasefire.charts.bars import Bar, Key, bars_chart

    if "effect" in rows:
        bars = [Bar(r["factor"], r["effect"], (r["low"], r["high"]), None, r["by_chance"]) for _, r in rows.iterrows()]
        key = Key("mean size of effects", "its 95 % interval", "", "what chance alone would show")
        axis = f"change in {wanted.words} over a factor's whole range"
    elif "in_all" in rows:
        bars = [
            Bar(r["factor"], r["in_all"], (r["in_all_low"], r["in_all_high"]), None, r["alone"])
            for _, r in rows.iterrows()
        ]
        key = Key("with its interplay", "its 95 % interval", "", "alone")
        axis = f"share of the variance of {wanted.words}"
    else:
        bars = [Bar(r["factor"], r["correlation"], (r["low"], r["high"])) for _, r in rows.iterrows()]
        key, axis = Key("rank correlation", "its 95 % interval"), f"correlation with {wanted.words}"
    bars = [bar for bar in bars if math.isfinite(bar.value)]
    return bars_chart(bars, _caption(made, wanted), made.asked.spec.question, axis, key, _made_of(made))


def _differences(made: Study, found: Answer, wanted: Outcome) -> Figure | None:
    from ceasefire.charts.bars import Bar, Key, bars_chart

    table = found.tables["differences"]
    if not len(table):
        return None
    rows = table[table["outcome"] == wanted.name].sort_values("difference", ascending=False, kind="stable")
    bars = [Bar(row["label"], row["difference"], (row["low"], row["high"])) for _, row in rows.iterrows()]
    key = Key("difference from the scenario as it is", "its 95 % interval")
    return bars_chart(bars, _caption(made, wanted), made.asked.spec.question, _change_of(wanted), key, _made_of(made))


def _grid(made: Study, points: pd.DataFrame, wanted: Outcome) -> Figure | None:
    """Lines along one number, or a field over two factors; none for a grid of more."""
    own = points.iloc[made.points.before :]
    factors = list(made.asked.factors)
    if len(factors) == 1 and factors[0].kind == "number":
        return _lines(made, own, wanted, factors[0], None)
    if len(factors) != 2:
        return None
    along = [factor for factor in factors if factor.kind == "number"]
    if len(along) == 1:
        other = next(factor for factor in factors if factor is not along[0])
        if len(other.levels()) <= MOST_LINES:
            return _lines(made, own, wanted, along[0], other)
    return _field(made, own, wanted, factors[0], factors[1])


def _lines(made: Study, points: pd.DataFrame, wanted: Outcome, along: Factor, other: Factor | None) -> Figure:
    from ceasefire.charts.lines import Line, lines_chart

    lines: dict[str, Any] = {}
    groups = points.groupby(other.name, sort=False) if other is not None else [("", points)]
    for setting, group in groups:
        rows = group.sort_values(along.name)
        spans = [rows[column].to_list() for column in (along.name, wanted.name, f"{wanted.name}_low", f"{wanted.name}_high")]
        lines[_setting(other, setting)] = Line(*spans)
    words = (along.name, wanted.words)
    return lines_chart(
        lines, _caption(made, wanted), made.asked.spec.question, words, _made_of(made),
        as_it_is=_own_value(made, along), shares=wanted.is_share,
    )  # fmt: skip


def _field(made: Study, points: pd.DataFrame, wanted: Outcome, across: Factor, up: Factor) -> Figure:
    from ceasefire.charts.field import field_chart

    columns, rows = (list(dict.fromkeys(points[factor.name])) for factor in (across, up))
    table = np.full((len(rows), len(columns)), np.nan)
    for _, point in points.iterrows():
        table[rows.index(point[up.name]), columns.index(point[across.name])] = point[wanted.name]
    own = _own_place(_own_value(made, across), columns), _own_place(_own_value(made, up), rows)
    return field_chart(
        table, [_setting(across, v) for v in columns], [_setting(up, v) for v in rows], _caption(made, wanted),
        made.asked.spec.question, (across.name, up.name), _made_of(made), shares=wanted.is_share,
        own=None if own[0] is None or own[1] is None else (own[0], own[1]),
    )  # fmt: skip


def _setting(factor: Factor | None, value: Any) -> str:
    if factor is None:
        return ""
    if factor.kind in ("change", "part"):
        return f"with {factor.name}" if value else f"without {factor.name}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _own_value(made: Study, factor: Factor) -> float | None:
    """The scenario's own value of a number that stands in one place."""
    if factor.kind != "number":
        return None
    slots = made.recipe.slots[0][made.asked.factors.index(factor)]
    if len(slots) != 1:
        return None
    return float(made.recipe.openings[0].record.view(np.float64)[slots[0]])


def _own_place(value: float | None, values: list[Any]) -> float | None:
    """Where a value stands among rising ones, in steps from the first; none when it lies outside."""
    if value is None or not min(values) <= value <= max(values) or list(values) != sorted(values):
        return None
    return float(np.interp(value, values, range(len(values))))
