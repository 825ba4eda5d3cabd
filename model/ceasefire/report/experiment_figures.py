"""The figures of an experiment: one for each outcome, of the kind that suits the design."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.screening import MorrisEffect
from ceasefire.analysis.sensitivity import Influence
from ceasefire.array_types import FloatArray
from ceasefire.charts.forecast_scores import Deal, calibration_chart, cases_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.ranking import Bar, Gain, Key, bars_chart, levers_chart
from ceasefire.charts.response_surface import Field, Line, field_chart, lines_chart, phase_chart
from ceasefire.charts.sensitivity import Swing, morris_chart, sobol_chart, tornado_chart
from ceasefire.charts.style import save
from ceasefire.ensemble.output_folder import FIGURES, new_figures
from ceasefire.ensemble.parameter_draws import WORLDS_PER_DRAW
from ceasefire.experiments import hindcast
from ceasefire.experiments.outcome_definitions import OutcomeVariable, outcome
from ceasefire.report.experiment_tables import answer_to, contrast_sentence, part_words, renamed
from ceasefire.report.hindcast import hindcast_sentence
from ceasefire.report.scenario_discovery import CORNER, corner_figure, first_corner
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.wording import ILLUSTRATIVE, how_many, titled

if TYPE_CHECKING:
    from ceasefire.experiments.factors import Factor
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_tables import ResultTables

MOST_LINES = 6
"""Largest number of lines in a figure; a factor with more settings gets a grid of cells."""


def draw(prepared: PreparedExperiment, results: ResultTables, folder: Path) -> None:
    """A figure for each outcome under its name, as PNG and SVG; figures in the folder are replaced."""
    with new_figures(folder) as aside:
        for name in prepared.experiment.spec.outcomes:
            figure = _figure(prepared, results, outcome(name))
            if figure is not None:
                save(figure, aside, name)
        if (corner := _corner(prepared, results)) is not None:
            save(corner, aside, CORNER)
        if "cases" in results.tables:
            save(_cases(prepared, results), aside, "cases")
            _draw_calibration(prepared, results, aside)
    (folder / FIGURES).mkdir(exist_ok=True)


def outcome_figure(prepared: PreparedExperiment, results: ResultTables, name: str) -> Figure | None:
    """The figure of one outcome; None when there are no results."""
    return _figure(prepared, results, outcome(name))


def _figure(prepared: PreparedExperiment, results: ResultTables, wanted: OutcomeVariable) -> Figure | None:
    """The figure for the design; None when there are no results."""
    if wanted.name in results.effects and "attribution" not in results.tables:
        return _levers(prepared, results, wanted)
    for name, make in (("attribution", _attribution), ("sensitivity", _sensitivity)):
        table = results.tables.get(name)
        if table is not None and (rows := table[table["outcome"] == wanted.name]).notna().any().any():
            return make(prepared, rows, wanted, _finding(prepared, results, wanted))
    if not prepared.experiment.crossed and prepared.experiment.spec.design.kind == "grid":
        figure = _grid(prepared, results, wanted)
        if figure is not None:
            return figure
    return _differences(prepared, results, wanted)


def _corner(prepared: PreparedExperiment, results: ResultTables) -> Figure | None:
    """Where the deal fails most often; None where no corner stands out."""
    rows = first_corner(results.tables)
    if rows is None:
        return None
    caption = _caption(prepared, outcome(str(rows["outcome"].iloc[0])))
    footer = "  ·  ".join((_made_of(prepared), f"seed {caption.seed}", caption.label, caption.note))
    return corner_figure(rows, _titles(prepared), caption.title, footer)


def _cases(prepared: PreparedExperiment, results: ResultTables) -> Figure:
    """The past deals with their forecasts."""
    curves = {str(name): rows for name, rows in results.tables["case_curves"].groupby("case", sort=False)}
    deals = []
    for row in results.tables["cases"].to_dict("records"):
        days, holding, stated = (curves[row["case"]][column].tolist() for column in ("day", "holding", "stated"))
        held = row["held_low"], row["held_high"]
        deals.append(
            Deal(
                row["title"],
                days,
                holding,
                stated,
                held,
                row["shorter"],
                row["longer"],
                bool(row["hindsight"]),
                bool(row["holding"]),
            )
        )
    note = f"ROUGH, {ILLUSTRATIVE}" if prepared.quick else ILLUSTRATIVE
    caption = Caption(
        prepared.experiment.spec.title, prepared.experiment.base.loaded.label, prepared.records.seed, note
    )
    worlds, draws = hindcast.sample_sizes(prepared.quick)
    made_of = (
        f"{worlds:,} worlds of each with the numbers as written, {draws * WORLDS_PER_DRAW:,} with assumed numbers drawn"
    )
    return cases_chart(deals, caption, hindcast_sentence(results.tables), made_of)


def _draw_calibration(prepared: PreparedExperiment, results: ResultTables, folder: Path) -> None:
    """How often past deals held against how often that was forecast; not drawn for a few deals."""
    forecasts = results.tables.get("case_forecasts")
    groups = hindcast.calibration_of_cases(forecasts) if forecasts is not None else {}
    if forecasts is None or not groups:
        return
    title = titled(prepared.experiment.spec.title, "do deals hold as often as forecast?")
    caption = Caption(title, prepared.experiment.base.loaded.label, prepared.records.seed, ILLUSTRATIVE)
    deals, (worlds, _) = forecasts["case"].nunique(), hindcast.sample_sizes(prepared.quick)
    save(calibration_chart(groups, caption, deals, worlds), folder, "calibration")


def _caption(prepared: PreparedExperiment, wanted: OutcomeVariable) -> Caption:
    label = prepared.experiment.base.loaded.label
    note = f"ROUGH, {ILLUSTRATIVE}" if prepared.quick else ILLUSTRATIVE
    return Caption(titled(prepared.experiment.spec.title, wanted.words), label, prepared.records.seed, note)


def _made_of(prepared: PreparedExperiment) -> str:
    return f"{how_many(len(prepared.points.distinct), 'point')}, {how_many(prepared.worlds, 'world')} each"


def _change_of(wanted: OutcomeVariable) -> str:
    unit = {"days": "days", "share": "percentage points"}.get(wanted.unit)
    return f"difference in {wanted.in_a_sentence}" + (f" [{unit}]" if unit else "")


def _levers(prepared: PreparedExperiment, results: ResultTables, wanted: OutcomeVariable) -> Figure | None:
    """Levers over the draws of the uncertain numbers: mean over draws, and the middle 90 % of draws."""
    names, points = _titles(prepared), prepared.points
    gains = []
    for combination, effect in results.effects[wanted.name].items():
        label = str(prepared.design["label"].iloc[int(np.flatnonzero(points.levers_at == combination)[0])])
        over = effect.scaled(_scale(wanted))
        gains.append(Gain(label, names.get(label, label), over.mean, over.band, over=over))
    if not gains:
        return None
    return levers_chart(
        gains, _caption(prepared, wanted), worlds=prepared.worlds, horizon=prepared.horizon, axis=_change_of(wanted),
        finding=_finding(prepared, results, wanted),
    )  # fmt: skip


def _attribution(prepared: PreparedExperiment, rows: pd.DataFrame, wanted: OutcomeVariable, finding: str) -> Figure:
    scale, names = _scale(wanted), _titles(prepared)
    columns = ["contribution", "low", "high", "least", "most", "alone"]
    bars = [
        Bar(names.get(str(part), str(part)).strip('"'), value, (low, high), (least, most), alone)
        for part, (value, low, high, least, most, alone) in zip(
            rows["part"], (scale * rows[columns].to_numpy(float)).tolist(), strict=True
        )
    ]
    unit = _change_of(wanted)
    key = Key("mean over all orders", "its 95 % interval", "after any set of others", "exchanged first, alone")
    return bars_chart(bars, _caption(prepared, wanted), finding, unit, key, _made_of(prepared))


def _sensitivity(prepared: PreparedExperiment, rows: pd.DataFrame, wanted: OutcomeVariable, finding: str) -> Figure:
    if "effect" in rows:
        return _morris(prepared, rows, wanted, finding)
    if "in_all" in rows:
        return _sobol(prepared, rows, wanted, finding)
    names = _titles(prepared)
    bars = [Bar(names.get(f, f), rho, (low, high)) for f, rho, low, high in
            rows[["factor", "correlation", "low", "high"]].itertuples(index=False)]  # fmt: skip
    key, axis = Key("rank correlation", "its 95 % interval"), f"correlation with {wanted.words}"
    line = float(rows["line"].iloc[0])
    if math.isfinite(line):
        axis += " (dotted: beyond it a number stands out)"
    return bars_chart(
        bars, _caption(prepared, wanted), finding, axis, key, _made_of(prepared),
        line=line if math.isfinite(line) else None,
    )  # fmt: skip


def _morris(prepared: PreparedExperiment, rows: pd.DataFrame, wanted: OutcomeVariable, finding: str) -> Figure:
    scale = _scale(wanted)
    effects = [
        MorrisEffect(
            name, Interval(*(scale * v for v in span)), scale * mean, scale * spread, scale * chance, steps, 0, inert
        )
        for name, *span, mean, spread, chance, steps, inert in rows[
            ["factor", "effect", "low", "high", "direction", "uneven", "by_chance", "steps", "inert"]
        ].itertuples(index=False)
    ]
    return morris_chart(
        effects, _caption(prepared, wanted), finding, unit=_change_of(wanted), made_of=_made_of(prepared),
        titles=_titles(prepared),
    )  # fmt: skip


def _sobol(prepared: PreparedExperiment, rows: pd.DataFrame, wanted: OutcomeVariable, finding: str) -> Figure:
    spans = [
        [Interval(*row) for row in rows[[n, f"{n}_low", f"{n}_high"]].to_numpy(float)] for n in ("alone", "in_all")
    ]
    influences = [Influence(str(name), *both) for name, *both in zip(rows["factor"], *spans, strict=True)]
    return sobol_chart(
        influences,
        _caption(prepared, wanted),
        finding,
        outcome=wanted.words,
        made_of=_made_of(prepared),
        titles=_titles(prepared),
    )


def _titles(prepared: PreparedExperiment) -> dict[str, str]:
    """The readers' names of the factors: titles of changes, paths in words."""
    titles = {}
    for factor in prepared.experiment.factors:
        if factor.kind == "change":
            titles[factor.name] = factor.title
        elif factor.kind == "part":
            titles[factor.name] = part_words(factor.name)
        else:
            titles[factor.name] = path_words(factor.name, prepared.experiment.base.loaded.scenario)
    return titles


def _scale(wanted: OutcomeVariable) -> float:
    """Scale of the figure: 100 for shares, whose differences are in percentage points."""
    return 100.0 if wanted.is_share else 1.0


def _differences(prepared: PreparedExperiment, results: ResultTables, wanted: OutcomeVariable) -> Figure | None:
    """The effect of each factor in a one-at-a-time design, otherwise the difference at each point."""
    table = results.tables["differences"]
    if not len(table):
        return None
    rows = table[table["outcome"] == wanted.name].sort_values("difference", ascending=False, kind="stable")
    if prepared.experiment.spec.design.kind == "one_at_a_time" and prepared.experiment.spec.draws is None:
        return _one_at_a_time(prepared, rows, wanted, _finding(prepared, results, wanted))
    rows = rows.sort_values("difference", key=lambda column: column.abs(), ascending=False, kind="stable")
    scale = _scale(wanted)
    bars = [Bar(label, scale * value, (scale * low, scale * high)) for label, value, low, high in
            rows[["label", "difference", "low", "high"]].itertuples(index=False)]  # fmt: skip
    key = Key("difference from the scenario without changes", "its 95 % interval")
    return bars_chart(
        bars, _caption(prepared, wanted), _finding(prepared, results, wanted), _change_of(wanted), key,
        _made_of(prepared),
    )  # fmt: skip


def _one_at_a_time(
    prepared: PreparedExperiment, rows: pd.DataFrame, wanted: OutcomeVariable, finding: str
) -> Figure | None:
    """A ranking when every factor is a change; a tornado when some take several settings."""
    names, scale = _titles(prepared), _scale(wanted)
    settings: dict[str, list[tuple[float, str, Interval]]] = {}
    for point, *span in rows[["point", "difference", "low", "high"]].to_numpy(float):
        for factor, code in zip(prepared.experiment.factors, prepared.points.codes[int(point)], strict=True):
            if not math.isnan(code) and code != factor.off:
                words = "on" if factor.kind == "change" else _setting(factor, factor.value(code))
                settings.setdefault(factor.name, []).append((code, words, Interval(*(scale * v for v in span))))
    if not settings:
        return None
    if all(factor.kind == "change" for factor in prepared.experiment.factors):
        gains = [Gain(name, names.get(name, name), effects[0][2]) for name, effects in settings.items()]
        chance = f"chance in {prepared.worlds:,} worlds or more"
        return levers_chart(
            gains,
            _caption(prepared, wanted),
            worlds=prepared.worlds,
            horizon=prepared.horizon,
            axis=_change_of(wanted),
            chance=chance,
            finding=finding,
        )
    swings = [
        Swing(names.get(name, name), tuple((words, span) for _, words, span in sorted(effects, key=lambda one: one[0])))
        for name, effects in settings.items()
    ]
    return tornado_chart(swings, _caption(prepared, wanted), finding, unit=_change_of(wanted), worlds=prepared.worlds)


def _grid(prepared: PreparedExperiment, results: ResultTables, wanted: OutcomeVariable) -> Figure | None:
    """Lines over one number, or cells over two factors; None for a grid of more factors."""
    own = _with_doubt(prepared, results, wanted)
    factors = list(prepared.experiment.factors)
    if len(factors) == 1 and factors[0].kind == "number":
        return _lines(prepared, own, wanted, factors[0], None)
    if len(factors) != 2:
        return None
    along = [factor for factor in factors if factor.kind == "number"]
    if len(along) == 1:
        other = next(factor for factor in factors if factor is not along[0])
        if len(other.levels()) <= MOST_LINES:
            return _lines(prepared, own, wanted, along[0], other)
    return _field(prepared, own, wanted, factors[0], factors[1])


def _with_doubt(prepared: PreparedExperiment, results: ResultTables, wanted: OutcomeVariable) -> pd.DataFrame:
    """The points of the grid; `unclear` is 1 where the difference from the scenario as it is may be chance."""
    points = results.tables["points"]
    points = points[points["point"] >= prepared.points.before]
    differences = results.tables["differences"]
    rows = differences[differences["outcome"] == wanted.name]
    clear = rows.loc[(rows["low"] > 0) | (rows["high"] < 0), "point"]
    unclear = (~points["point"].isin(clear)).astype(float)
    return points.assign(unclear=unclear, finding=_finding(prepared, results, wanted))


def _finding(prepared: PreparedExperiment, results: ResultTables, wanted: OutcomeVariable) -> str:
    """What the report answers, with the readers' names of the factors."""
    if not results.complete:
        return "Not finished: worlds are missing, and there is no answer yet."
    tables = renamed(results.tables, _titles(prepared))
    return contrast_sentence(tables, wanted) or answer_to(tables, wanted, prepared.experiment.spec.design.kind)


def _lines(
    prepared: PreparedExperiment, points: pd.DataFrame, wanted: OutcomeVariable, along: Factor, other: Factor | None
) -> Figure:
    lines: dict[str, Any] = {}
    groups = points.groupby(other.name, sort=False) if other is not None else [("", points)]
    for setting, group in groups:
        rows = group.sort_values(along.name)
        spans = [
            rows[column].to_list() for column in (along.name, wanted.name, f"{wanted.name}_low", f"{wanted.name}_high")
        ]
        lines[_setting(other, setting)] = Line(*spans)
    words = (_titles(prepared).get(along.name, along.name), wanted.words)
    return lines_chart(
        lines, _caption(prepared, wanted), str(points["finding"].iloc[0]), words, _made_of(prepared),
        as_it_is=_own_value(prepared, along), shares=wanted.is_share,
    )  # fmt: skip


def _field(
    prepared: PreparedExperiment, points: pd.DataFrame, wanted: OutcomeVariable, across: Factor, up: Factor
) -> Figure:
    columns, rows = (list(dict.fromkeys(points[factor.name])) for factor in (across, up))
    if across.kind == up.kind == "number":
        columns, rows = sorted(columns), sorted(rows)
    table = np.full((len(rows), len(columns)), np.nan)
    unclear = table.copy()
    for _, point in points.iterrows():
        cell = rows.index(point[up.name]), columns.index(point[across.name])
        table[cell], unclear[cell] = point[wanted.name], point["unclear"]
    if across.kind == up.kind == "number" and min(len(rows), len(columns)) > 1:
        words = str(points["finding"].iloc[0])
        return _phase(prepared, wanted, (across, columns), (up, rows), (table, unclear), words)
    names = _titles(prepared)
    axes = names.get(across.name, across.name), names.get(up.name, up.name)
    own = _own_place(_own_value(prepared, across), columns), _own_place(_own_value(prepared, up), rows)
    return field_chart(
        table, [_setting(across, v) for v in columns], [_setting(up, v) for v in rows], _caption(prepared, wanted),
        str(points["finding"].iloc[0]), axes, _made_of(prepared), shares=wanted.is_share,
        own=None if own[0] is None or own[1] is None else (own[0], own[1]),
    )  # fmt: skip


def _phase(
    prepared: PreparedExperiment,
    wanted: OutcomeVariable,
    across: tuple[Factor, list[float]],
    up: tuple[Factor, list[float]],
    cells: tuple[FloatArray, FloatArray],
    finding: str,
) -> Figure:
    """Cells over two numbers, at their values, with the contour of one half."""
    names = _titles(prepared)
    own = _own_value(prepared, across[0]), _own_value(prepared, up[0])
    inside = all(
        value is not None and min(settings) <= value <= max(settings)
        for value, (_, settings) in zip(own, (across, up), strict=True)
    )
    field = Field(
        across[1], up[1], cells[0], names[across[0].name], names[up[0].name],
        (own[0], own[1]) if inside and own[0] is not None and own[1] is not None else None,
        cells[1],
    )  # fmt: skip
    caption, made_of = _caption(prepared, wanted), _made_of(prepared)
    return phase_chart(field, caption, finding, figure=wanted.words, made_of=made_of, shares=wanted.is_share)


def _setting(factor: Factor | None, value: Any) -> str:
    if factor is None:
        return ""
    if factor.kind in ("change", "part"):
        name = f'"{factor.title}"' if factor.title else factor.name
        return f"with {name}" if value else f"without {name}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _own_value(prepared: PreparedExperiment, factor: Factor) -> float | None:
    """The scenario's own value of a number that has exactly one place in the record."""
    if factor.kind != "number":
        return None
    slots = prepared.records.slots[0][prepared.experiment.factors.index(factor)]
    if len(slots) != 1:
        return None
    return float(prepared.records.initial_states[0].record.view(np.float64)[slots[0]])


def _own_place(value: float | None, values: list[Any]) -> float | None:
    """Position of a value among increasing ones, in steps from the first; None when it is outside."""
    if value is None or not min(values) <= value <= max(values) or list(values) != sorted(values):
        return None
    return float(np.interp(value, values, range(len(values))))
