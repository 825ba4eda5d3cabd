"""A run's figures as a table for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import Ending
from ceasefire.cli.terminal import columns
from ceasefire.wording import GAP, ending_words, whole_percent

if TYPE_CHECKING:
    from ceasefire.ensemble.output_folder import Results


def told(found: Summary, results: Results) -> str:
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
    shown = {ending: share for ending, share in found.endings.items() if share > 0 or ending == Ending("held")}
    return columns(
        [["how it ends", ""], *([ending_words(*e, titles), _share(s)] for e, s in shown.items())], right=(1,)
    )
