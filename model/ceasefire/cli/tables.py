"""A run's figures as a table for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import EndingCause
from ceasefire.cli.terminal import columns
from ceasefire.wording import GAP, ending_words, whole_percent

if TYPE_CHECKING:
    from ceasefire.ensemble.output_folder import Results
from typing import TYPE_CHECKING, Any

import pandas as pd

from ceasefire.experiments.outcome_definitions import OutcomeVariable, outcome

if TYPE_CHECKING:
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_tables import ResultTables
    from ceasefire.experiments.runner import Progress


def run_text(found: Summary, results: Results) -> str:
    """The summary in words and aligned figures, heading first."""
    plan = results.plan
    seen = f"{found.worlds:,} worlds, seed {plan.seed}, followed for {found.horizon:,} days"
    heading = f"{plan.loaded.label}: {plan.scenario.title}\n{seen}"
    titles = {name: actor.title for name, actor in plan.scenario.actors.items()}
    return f"{heading}\n\n{_figures(found, results.outcome.assumed)}\n\n{_endings(found, titles)}"


def _figures(found: Summary, assumed: int) -> str:
    rows = [
        ["", "worlds", f"chance in {found.worlds:,} worlds (95 %)", f"doubt about {assumed:,} assumed numbers (90 %)"]
    ]
    for figure in found.holding.values():
        rows.append([_past(figure, found.horizon), *_cells(figure, _share)])
    rows.append(["", "days", "", ""])
    for figure in (found.mean, found.median):
        rows.append([figure.name, *_cells(figure, lambda day: _day(day, found.horizon))])
    return columns([row if assumed else row[:3] for row in rows], right=(1,))


def _past(figure: Figure, horizon: int) -> str:
    return f"{figure.name} (day {horizon:,})" if figure.name == "holds to the end" else figure.name


def _cells(figure: Figure, shown: Callable[[float], str]) -> list[str]:
    """A figure and the ranges it lies in; one figure stands for a range that has no width in words."""
    spans = [(shown(span.low), shown(span.high)) if span else ("", "") for span in (figure.chance, figure.doubt)]
    return [shown(figure.chance.value), *(low if low == high else f"{low} to {high}" for low, high in spans)]


def _share(share: float) -> str:
    return whole_percent(share).replace(GAP, " ")


def _day(day: float, horizon: int) -> str:
    return f"{day:,.0f}" if day != float("inf") else f"beyond {horizon:,}"


def _endings(found: Summary, titles: dict[str, str]) -> str:
    shown = {ending: share for ending, share in found.endings.items() if share > 0 or ending == EndingCause("held")}
    return columns(
        [["how it ends", ""], *([ending_words(*e, titles), _share(s)] for e, s in shown.items())], right=(1,)
    )


Cell = tuple[str, str]
"""The column of a table, and how a row of it is headed here."""

TOLD = {
    "levers": ("label", (("difference", "difference"), ("low", "95 %"), ("draw_05", "over draws (90 %)"))),
    "attribution": ("part", (("contribution", "contribution"), ("low", "95 %"), ("alone", "first"), ("last", "last"))),
    "effect": ("factor", (("effect", "effect"), ("low", "95 %"), ("by_chance", "by chance alone"))),
    "in_all": ("factor", (("in_all", "in all"), ("in_all_low", "95 %"), ("alone", "alone"))),
    "correlation": ("factor", (("correlation", "correlation"), ("low", "95 %"))),
    "differences": ("label", (("difference", "difference"), ("low", "95 %"), ("saved", "saved"), ("lost", "lost"))),
}
"""For each kind of table: what names a row, and what is said of it. A column whose name ends in low is a span."""

SHARES = frozenset({"in_all", "in_all_low", "alone_share", "correlation", "saved", "lost"})


MOST_RANKED = 40
"""Rows that are shown when one thing after another was changed: a ranking without its end is none."""


def experiment_text(made: PreparedExperiment, progress: Progress, found: ResultTables, most: int) -> str:
    """The question, what was run, and the table that answers it for the first outcome, `most` rows at most."""
    spec = made.asked.spec
    seen = f"{len(made.points):,} points, {progress.done:,} worlds, seed {made.recipe.seed}"
    heading = f"{spec.question}\n{made.asked.base.loaded.label}: {seen}, followed for {made.horizon:,} days"
    wanted = outcome(spec.outcomes[0])
    return f"{heading}\n\n{_table(made, found, wanted, most)}"


def _table(made: PreparedExperiment, found: ResultTables, wanted: OutcomeVariable, most: int) -> str:
    for name in ("levers", "attribution", "sensitivity", "differences"):
        table = found.tables.get(name)
        ranked = made.asked.spec.design.kind == "one_at_a_time"
        if table is None or (name == "differences" and len(made.points) > most and not ranked):
            continue
        table = table[table["outcome"] == wanted.name]
        if name == "differences" and ranked:
            table, most = table.sort_values("difference", ascending=False, kind="stable"), max(most, MOST_RANKED)
        kind = name if name in TOLD else next(column for column in TOLD if column in table.columns)
        if len(table):
            return _rows(table, wanted, *TOLD[kind], most)
    return _points(found.tables["points"], wanted, most)


def _rows(table: pd.DataFrame, wanted: OutcomeVariable, who: str, cells: tuple[Cell, ...], most: int) -> str:
    there = [(column, heading) for column, heading in cells if column in table.columns]
    rows = [[wanted.words, *(heading for _, heading in there)]]
    for _, row in table.head(most).iterrows():
        rows.append([str(row[who]), *(_cell(row, column, wanted, table) for column, _ in there)])
    more = len(table) - most
    rest = f"\n… and {more:,} more in tables/" if more > 0 else ""
    return columns(rows, right=(1,)) + rest


def _cell(row: Any, column: str, wanted: OutcomeVariable, table: pd.DataFrame) -> str:
    plain = "in_all" in table.columns or "correlation" in table.columns
    high = {"low": "high", "in_all_low": "in_all_high", "draw_05": "draw_95"}.get(column)
    if high is not None:
        return f"{_number(row[column], wanted, plain)} to {_number(row[high], wanted, plain)}"
    if column in ("saved", "lost"):
        return "" if pd.isna(row[column]) else f"{row[column] * 100:.1f} %"
    return _number(row[column], wanted, plain)


def _number(value: float, wanted: OutcomeVariable, plain: bool) -> str:
    if pd.isna(value):
        return "-"
    if plain:
        return f"{value:.2f}"
    return f"{value * 100:.1f} %" if wanted.is_share else f"{value:,.1f}"


def _points(points: pd.DataFrame, wanted: OutcomeVariable, most: int) -> str:
    """The points themselves, in the order of the design when they are few, else the best and the worst."""
    few = len(points) <= 2 * most
    chosen = points if few else points.sort_values(wanted.name, ascending=False, kind="stable")
    chosen = chosen if few else pd.concat([chosen.head(most), chosen.tail(most)])
    rows = [["point", wanted.words, "95 %"]]
    for _, row in chosen.iterrows():
        span = " to ".join(_number(row[f"{wanted.name}_{end}"], wanted, False) for end in ("low", "high"))
        rows.append([str(row["label"]), _number(row[wanted.name], wanted, False), span])
    rest = "" if few else f"\nthe {most} highest and the {most} lowest of {len(points):,} points; all are in tables/"
    return columns(rows, right=(1,)) + rest
