"""Weekly counts that were seen, laid over the fans of a run: kept in its folder, drawn, and put on its page."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ceasefire.charts.layout import Caption
from ceasefire.charts.style import save
from ceasefire.charts.weeks import WeekPanel, weeks_chart
from ceasefire.ensemble.unfinished import file_aside
from ceasefire.ensemble.weekly_fans import fans_of
from ceasefire.errors import FolderError
from ceasefire.observations.counts import WEEK, Counts, read_counts
from ceasefire.observations.percentile import OUTSIDE, percentile_words
from ceasefire.observations.weeks import LAID_OVER, RECORDED, Weeks, among_fans, weekly_since
from ceasefire.report.html import Block, Folded, Paragraph, Points, Section, Table, picture
from ceasefire.spreadsheet_csv import csv_text
from ceasefire.wording import how_many, listed, titled, whole_percent

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan

FILE = "observed.csv"
"""The weekly counts in the folder of a run."""

FIGURE = "observed"

EXPECTED = 1.0 - (OUTSIDE[1] - OUTSIDE[0])
"""Share of the weeks of a world like the others that lies outside."""


@dataclass(frozen=True, eq=False)
class SeenWeeks:
    """What was seen among the worlds of a run, a figure each; `worlds`: how many the fans are of."""

    weeks: tuple[Weeks, ...]
    notes: tuple[str, ...]
    worlds: int


def seen_weeks(plan: Plan, outcome: RunResult, counts: Counts) -> SeenWeeks:
    """Counts since signing among the worlds of a run. ScenarioError when they cannot be laid over them.

    FolderError when the run has no weekly counts.
    """
    if outcome.weekly is None:
        raise FolderError(f"{plan.loaded.shown}: this run has no weekly counts to lay others over; run it again, with"
                          " the compiled engine")  # fmt: skip
    fans = fans_of(outcome.weekly)
    start = plan.scenario.start
    found, notes = among_fans(weekly_since(counts, start), start, fans)
    recorded = (
        f"the worlds count all deaths, and a source has {whole_percent(RECORDED[0])} to {whole_percent(RECORDED[1])} of"
        " them on record: the second percentile is for the lower share"
    )
    return SeenWeeks(found, (*notes, recorded), int(fans["worlds"].max()))


def keep(plan: Plan, outcome: RunResult, counts: Counts, folder: Path) -> None:
    """Write the weeks since signing of counts into the folder of a run, in place of earlier ones.

    ScenarioError or FolderError when they cannot be laid over its worlds.
    """
    seen_weeks(plan, outcome, counts)
    text = csv_text(weekly_since(counts, plan.scenario.start).table(), date_format="%Y-%m-%d")
    with file_aside(folder / FILE) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(folder / FILE)


def kept(plan: Plan, outcome: RunResult, folder: Path) -> SeenWeeks | None:
    """What was seen among the worlds of the run in a folder; None where nothing is kept there."""
    if not (folder / FILE).exists():
        return None
    return seen_weeks(plan, outcome, read_counts(folder / FILE, WEEK))


def draw_kept(plan: Plan, outcome: RunResult, folder: Path, figures: Path) -> None:
    """The figure of what was seen, where counts are kept in the folder of a run."""
    found = kept(plan, outcome, folder)
    if found is None:
        return
    caption = Caption(titled(plan.loaded.title, "what was counted, among the worlds"), plan.loaded.shown, plan.seed)
    save(figure_of_weeks(found.weeks, caption, finding(found), found.worlds), figures, FIGURE)


def figure_of_weeks(
    weeks: Sequence[Weeks], caption: Caption, words: str, worlds: int, day: int | None = None
) -> Figure:
    """What was counted by week among the worlds; with `day`, the fan of a nowcast from that day on."""
    panels = [WeekPanel(LAID_OVER[each.figure], each.first.astype(float), each.fan, each.seen) for each in weeks]
    return weeks_chart(panels, caption, words, worlds, day)


def finding(found: SeenWeeks) -> str:
    """How many weeks lie where, in a sentence."""
    parts = [
        f"{LAID_OVER[one.figure]} in {one.below + one.above:,} of {how_many(int(one.placed.sum()), 'week')}"
        for one in found.weeks
    ]
    return (
        f"Outside the 2nd to 98th percentile of the worlds lie {listed(parts)}; of a world like these,"
        f" {whole_percent(EXPECTED)} of the weeks would."
    )


def summary_rows(found: SeenWeeks) -> list[list[str]]:
    """Heads, and a row for each figure: weeks, those outside, and where the middle week lies."""
    least = f"if {whole_percent(RECORDED[0])} are on record"
    rows = [["a week", "weeks", "below the 2nd", "above the 98th", "middle percentile", least]]
    for one in found.weeks:
        middles = [_percent(one.middle), _percent(one.middle_if_least_recorded)]
        rows.append([LAID_OVER[one.figure], f"{one.placed.sum():,}", f"{one.below:,}", f"{one.above:,}", *middles])
    return rows


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{100 * share:.0f}"


def seen_frame(found: SeenWeeks) -> pd.DataFrame:
    """A row for each figure and week, for programs."""
    return pd.DataFrame([row for one in found.weeks for row in one.rows()])


def seen_section(plan: Plan, found: SeenWeeks, figures: Path) -> Section:
    """The section of a run's page."""
    rows = summary_rows(found)
    summary = Table("Where the weeks lie among the worlds", rows[0], rows[1:], frozenset(range(1, len(rows[0]))))
    chart = picture(figures / f"{FIGURE}.png")
    blocks: list[Block] = [chart] if chart is not None else []
    text = "A first check of the model: are the weeks of the deal, as counted, like those of the worlds that hold then?"
    folded = Folded("Week by week", [_by_week(plan, one) for one in found.weeks])
    return Section("seen", "What was counted, among the worlds",
                   [Paragraph(text), *blocks, summary, Points([_sentence(note) for note in found.notes]),
                    folded])  # fmt: skip


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."


def _by_week(plan: Plan, one: Weeks) -> Table:
    heads = ["week from", "seen", "median world", "2nd percentile of worlds", "98th", "seen at percentile"]
    rows = []
    for k in np.flatnonzero(one.placed):
        date = plan.scenario.start + datetime.timedelta(days=int(one.first[k]))
        low, median, high = one.fan[0, k], one.fan[len(one.fan) // 2, k], one.fan[-1, k]
        place = percentile_words(float(one.percentile[k]))
        rows.append([str(date), f"{one.seen[k]:,.0f}", f"{median:,.0f}", f"{low:,.0f}", f"{high:,.0f}", place])
    return Table(LAID_OVER[one.figure].capitalize(), heads, rows, frozenset(range(1, len(heads))))
