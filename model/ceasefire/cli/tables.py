"""Results of a run or an experiment as tables on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import EndingCause
from ceasefire.cli.terminal import columns
from ceasefire.experiments.outcome_definitions import OutcomeVariable, outcome
from ceasefire.wording import (
    GAP,
    ending_words,
    followed_words,
    how_many,
    percent_on_terminal,
    share_of_worlds,
    share_with_limits,
    star_words,
    wrapped,
)
from ceasefire.wording import plain as plain_number

if TYPE_CHECKING:
    from ceasefire.ensemble.pooled_forecast import View, Views
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_tables import ResultTables
    from ceasefire.experiments.resume import Progress


def first_text(summary: Summary, drawn: str) -> str:
    """The figures of the worlds with the numbers as written, while those over draws are still simulated."""
    title = "first figures, with the numbers as written; their doubt follows"
    return f"{title}\n{_figures(summary, drawn)}\n"


def run_text(summary: Summary, plan: Plan, result: RunResult, views: Views) -> str:
    """The summary of a run: heading, finding, forecast and what it is pooled from, the scenario's figures, its ends."""
    from ceasefire.ensemble.pooled_forecast import duration_of
    from ceasefire.ensemble.run import numbers_drawn
    from ceasefire.report.sentences import duration_sentence

    far = followed_words(summary.first, summary.horizon)
    sample = f"{how_many(summary.worlds, 'world')}, seed {plan.seed}, followed {far}"
    found = "\n".join(wrapped(duration_sentence(duration_of(plan, result)).replace(GAP, " ")))
    heading = f"{plan.loaded.shown}: {plan.scenario.title}\n{sample}\n\n{found}"
    titles = plan.scenario.actor_titles
    own = f"{_figures(summary, numbers_drawn(plan.scenario))}\n\n{_endings(summary, titles)}"
    first = views_text(views, [*summary.holding])
    return (
        f"{heading}\n\n{first}\n\nthis scenario alone\n{own}"
        if views.such_deals is not None
        else f"{heading}\n\n{own}\n\n{first}"
    )


def words_text(plan: Plan, result: RunResult, words: str) -> str:
    """The chances in words of a scale, with the scale."""
    from ceasefire.ensemble.pooled_forecast import duration_of
    from ceasefire.probability_words import SCALES
    from ceasefire.report.forecast import words_points, words_rows

    scale = SCALES[words]
    rows = words_rows(duration_of(plan, result), scale)
    lines = [line for text in words_points(scale, plan.scenario) for line in wrapped(text)]
    return "\n" + "\n".join([columns(rows, right=(1, 2, 3)), *lines]).replace(GAP, " ")


def views_text(views: Views, days: list[int]) -> str:
    """The pooled forecast with its parts, what it leans on, and the weight; or why nothing is pooled."""
    shown = {"pooled": views.pooled, "this scenario": views.scenario, "such deals": views.such_deals}
    there = {name: view for name, view in shown.items() if view is not None}
    lines = [*views.leans_on(), *views.notes(), views.why]
    words = "\n".join(line for text in lines for line in wrapped(text))
    if views.such_deals is None:
        return words
    rows = [["unbroken", *(part for name in there for part in (name, "90 %"))]]
    for day in days:
        cells = [part for view in there.values() for part in _at_day(view, day, views.last)]
        rows.append([f"past day {day:,}" if day < views.last else f"to day {day:,}", *cells])
    halves = [part for view in there.values() for part in (_day(view.median, views.last), "")]
    rows.append(["half by day", *halves])
    return f"{columns(rows, right=range(1, 2 * len(there), 2))}\n{words}"


def _at_day(view: View, day: int, last: int) -> list[str]:
    """A chance and its range; nothing beyond the last day that is told apart."""
    if day > last:
        return ["-", ""]
    return [
        percent_on_terminal(float(view.mean[day])),
        _span(Interval(0.0, float(view.low[day]), float(view.high[day])), percent_on_terminal),
    ]


def _figures(summary: Summary, numbers: str) -> str:
    """The figures of a run; `numbers` says how many were drawn."""
    chance = f"chance in {how_many(summary.worlds, 'world')} (95 %)"
    figures = [*summary.holding.values(), summary.mean, summary.median]
    drawn = any(figure.doubt is not None for figure in figures)
    heads = ["mean over draws", "90 % of draws", "as written", chance] if drawn else ["worlds", chance]
    rows = [["", *heads]]
    for figure in summary.holding.values():
        rows.append(
            [
                _past(figure, summary.horizon),
                *_cells(figure, percent_on_terminal, drawn, _written_share(figure, summary.worlds)),
            ]
        )
    rows.append(["", "days", *[""] * (len(heads) - 1)])
    for figure in (summary.mean, summary.median):
        rows.append([figure.name, *_cells(figure, lambda day: _day(day, summary.horizon), drawn)])
    table = columns(rows, right=(1, 3) if drawn else (1,))
    if not drawn:
        return table
    verdict = next((figure.verdict for figure in figures if figure.verdict), "")
    star = f"\n{star_words(verdict)}" if verdict else ""
    return f"{table}{star}\n" + "\n".join(wrapped(f"draws: {numbers}"))


def _written_share(figure: Figure, worlds: int) -> str:
    return share_of_worlds(figure.chance.value, worlds).replace(GAP, " ")


def _past(figure: Figure, horizon: int) -> str:
    return f"{figure.name} (day {horizon:,})" if figure.name == "holds to the end" else figure.name


def _cells(figure: Figure, shown: Callable[[float], str], drawn: bool, written: str = "") -> list[str]:
    """A figure and its ranges; a range whose ends look the same is shown as one figure."""
    own = [written or shown(figure.chance.value), _span(figure.chance, shown)]
    if not drawn:
        return own
    if figure.doubt is None:
        return ["", "", *own]
    span = _span(figure.doubt, shown)
    within = "within " if " to " in span else ""
    return [shown(figure.doubt.value), f"{within}{span} *" if figure.verdict else span, *own]


def _span(span: Interval, shown: Callable[[float], str]) -> str:
    low, high = shown(span.low), shown(span.high)
    return low if low == high else f"{low} to {high}"


def _day(day: float, horizon: int) -> str:
    return f"{day:,.0f}" if day != float("inf") else f"beyond {horizon:,}"


def _endings(summary: Summary, titles: dict[str, str]) -> str:
    """Shares of worlds by ending, over draws and as written."""
    drawn = any(figure.doubt is not None for figure in summary.causes.values())
    chance = "chance (95 %)"
    rows = [["how it ends", *(["mean over draws", "90 % of draws", "as written", chance] if drawn else ["", chance])]]
    for ending, figure in summary.causes.items():
        if figure.main >= LEAST_SHOWN or figure.chance.value >= LEAST_SHOWN or ending == EndingCause("held"):
            own = _written_share(figure, summary.worlds)
            rows.append([ending_words(*ending, titles), *_cells(figure, percent_on_terminal, drawn, own)])
    verdict = next((figure.verdict for figure in summary.causes.values() if figure.verdict), "")
    starred = any(cell.endswith("*") for row in rows for cell in row)
    star = f"\n{star_words(verdict)}" if starred else ""
    return columns(rows, right=(1, 3) if drawn else (1,)) + star


LEAST_SHOWN = 0.005
"""Share of worlds from which an ending has a row; the report has all."""


Cell = tuple[str, str]
"""A column of a result table, and its heading here."""

SHOWN_COLUMNS = {
    "levers": (
        "label",
        (
            ("difference", "mean over draws"),
            ("low", "95 %"),
            ("draw_05", "90 % of draws"),
            ("share_above", "above 0 in draws (95 %)"),
        ),
    ),
    "attribution": (
        "part",
        (("contribution", "contribution"), ("low", "95 %"), ("alone", "alone"), ("last", "as the last")),
    ),
    "effect": ("factor", (("effect", "effect"), ("low", "95 %"), ("by_chance", "by chance alone"))),
    "in_all": ("factor", (("in_all", "in all"), ("in_all_low", "95 %"), ("alone", "alone"))),
    "correlation": (
        "factor",
        (("correlation", "correlation"), ("low", "95 %"), ("q", "false-discovery rate"), ("stands_out", "stands out")),
    ),
    "effects": ("factor", (("from", "from"), ("to", "to"), ("difference", "difference"), ("low", "95 %"))),
    "differences": ("label", (("difference", "difference"), ("low", "95 %"), ("saved", "saved"), ("lost", "lost"))),
}
"""For each kind of table: the column that names a row, and the columns shown. A column ending in low is an interval."""

MOST_RANKED = 40
"""Rows that are shown of a design that changes one thing at a time, so that the ranking is complete."""


def experiment_text(prepared: PreparedExperiment, progress: Progress, results: ResultTables, most: int) -> str:
    """The question, the worlds that were run, the answer, and the table of its outcome, `most` rows at most."""
    from ceasefire.report.experiment_tables import answer_of, leading

    spec = prepared.experiment.spec
    sample = (
        f"{how_many(len(prepared.points), 'point')}, {how_many(progress.done, 'world')}, seed {prepared.records.seed}"
    )
    heading = (
        f"{spec.question}\n{prepared.experiment.base.loaded.label}: {sample}, "
        f"followed for {how_many(prepared.horizon, 'day')}"
    )
    outcomes, asked = [outcome(name) for name in spec.outcomes], spec.answer.model_dump() if spec.answer else {}
    tables = _for_readers(prepared, results)
    answer = answer_of(tables, outcomes, asked, spec.design.kind) if progress.complete else "No answer yet."
    words = "\n".join(wrapped(answer.replace(GAP, " ")))
    table = _table(prepared, tables, leading(tables, outcomes, asked), most)
    return f"{heading}\n\n{words}\n\n{table}"


def _for_readers(prepared: PreparedExperiment, results: ResultTables) -> dict[str, pd.DataFrame]:
    """The tables with the names of factors that the page has."""
    from ceasefire.report.experiment_tables import reader_name, renamed

    scenario = prepared.experiment.base.loaded.scenario
    names = {
        factor.name: reader_name(factor.name, factor.kind, factor.title, scenario)
        for factor in prepared.experiment.factors
    }
    return renamed(results.tables, {name: words for name, words in names.items() if words})


def _table(
    prepared: PreparedExperiment, tables: Mapping[str, pd.DataFrame], variable: OutcomeVariable, most: int
) -> str:
    from ceasefire.report.experiment_tables import EXCHANGED

    for name in ("attribution", "levers", "sensitivity", "effects", "differences"):
        table = tables.get(name)
        ranked = prepared.experiment.spec.design.kind == "one_at_a_time"
        if table is None or (name == "differences" and len(prepared.points) > most and not ranked):
            continue
        table = table[table["outcome"] == variable.name]
        if name == "differences" and ranked:
            table, most = table.sort_values("difference", ascending=False, kind="stable"), max(most, MOST_RANKED)
        kind = name if name in SHOWN_COLUMNS else next(column for column in SHOWN_COLUMNS if column in table.columns)
        if len(table):
            note = "\n" + "\n".join(wrapped(EXCHANGED)) if kind == "attribution" else ""
            return _rows(table, variable, *SHOWN_COLUMNS[kind], most) + note
    return _points(tables["points"], variable, most)


def _rows(table: pd.DataFrame, variable: OutcomeVariable, who: str, cells: tuple[Cell, ...], most: int) -> str:
    there = [(column, heading) for column, heading in cells if column in table.columns]
    plain = "in_all" in table.columns or "correlation" in table.columns
    unit = " [percentage points]" if variable.is_share and not plain else ""
    rows = [[f"{variable.words}{unit}", *(heading for _, heading in there)]]
    for _, row in table.head(most).iterrows():
        rows.append([str(row[who]), *(_cell(row, column, variable, table) for column, _ in there)])
    more = len(table) - most
    rest = f"\n… and {more:,} more in tables/" if more > 0 else ""
    return columns(rows, right=(1,)) + rest


def _cell(row: Any, column: str, variable: OutcomeVariable, table: pd.DataFrame) -> str:
    from ceasefire.report.experiment_tables import setting_words

    plain = "in_all" in table.columns or "correlation" in table.columns
    if column == "share_above" and not pd.isna(row[column]):
        limits = Interval(row[column], row["share_above_low"], row["share_above_high"])
        return share_with_limits(limits).replace(GAP, " ")
    if column in ("saved", "lost", "share_above"):
        return "" if pd.isna(row[column]) else percent_on_terminal(row[column])
    if isinstance(row[column], str):
        return setting_words(row[column]) if column in ("from", "to") else str(row[column])
    if column == "stands_out":
        return "yes" if row[column] else ""
    if column == "draw_05" and not row["told_apart"]:
        return "not told apart from chance"
    if column == "low" and (row.get("moved", 1) == 0 or row.get("inert", False) is True):
        return "no world differs"
    high = {"low": "high", "in_all_low": "in_all_high", "draw_05": "draw_95"}.get(column)
    if high is not None:
        return f"{_number(row[column], variable, plain)} to {_number(row[high], variable, plain)}"
    return _number(row[column], variable, plain)


def _number(value: float, variable: OutcomeVariable, plain: bool) -> str:
    """A difference as the page has it; a share of variance or a correlation with two decimals."""
    from ceasefire.report.experiment_tables import gain_words

    if pd.isna(value):
        return "-"
    return plain_number(value, 2) if plain else gain_words(variable)(value)


def _value(value: float, variable: OutcomeVariable) -> str:
    if pd.isna(value):
        return "-"
    return percent_on_terminal(value) if variable.is_share else plain_number(value, 1)


def _points(points: pd.DataFrame, variable: OutcomeVariable, most: int) -> str:
    """The points themselves, in the order of the design when they are few, else the best and the worst."""
    few = len(points) <= 2 * most
    chosen = points if few else points.sort_values(variable.name, ascending=False, kind="stable")
    chosen = chosen if few else pd.concat([chosen.head(most), chosen.tail(most)])
    rows = [["point", variable.words, "95 %"]]
    for _, row in chosen.iterrows():
        span = " to ".join(_value(row[f"{variable.name}_{end}"], variable) for end in ("low", "high"))
        rows.append([str(row["label"]), _value(row[variable.name], variable), span])
    rest = "" if few else f"\nthe {most} highest and the {most} lowest of {len(points):,} points; all are in tables/"
    return columns(rows, right=(1,)) + rest
