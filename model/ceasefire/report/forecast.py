"""The section of a page that puts the pooled forecast beside what it is pooled from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ceasefire.report.html import Paragraph, Points, Section, Table
from ceasefire.report.sentences import day_or_beyond
from ceasefire.wording import whole_percent

if TYPE_CHECKING:
    from ceasefire.ensemble.pooled_forecast import View, Views

INTERVAL = (
    "The pooled value is the weighted mean of both chances; its range holds the middle 90 % of what either holds "
    "possible, each with its weight, so it is wide where the two disagree. Beyond five years deals like it tell "
    "nothing apart: the pooled forecast ends there, and the scenario's goes on alone."
)


def forecast_section(views: Views) -> Section:
    """What the forecast leans on; without `history:`, how to add it."""
    if views.such_deals is None:
        return Section("forecast", "The forecast", [Paragraph(views.why_not)])
    points = Points([*views.leans_on(), *views.notes(), views.why])
    return Section("forecast", "What the forecast leans on", [points, Paragraph(INTERVAL)])


def views_table(views: Views, days: Sequence[int]) -> Table:
    """The chance to hold by day, of each view with its 90 % range."""
    shown = {"pooled": views.pooled, "this scenario": views.scenario, "deals like it": views.such_deals}
    there = {name: view for name, view in shown.items() if view is not None}
    rows = []
    for day in days:
        name = f"holds past day {day:,}" if day < views.last else f"holds to day {day:,}"
        rows.append([name, *(part for view in there.values() for part in _cells(view, day, views.last))])
    halves = [part for view in there.values() for part in (day_or_beyond(view.median, views.last), "")]
    rows.append(["half ended by day", *halves])
    columns = ["", *(part for name in there for part in (name, "90 %"))]
    return Table("The chance to be unbroken", columns, rows, frozenset(range(1, len(columns))))


def _cells(view: View, day: int, last: int) -> list[str]:
    if day > last:
        return ["", ""]
    low, high = whole_percent(float(view.low[day])), whole_percent(float(view.high[day]))
    return [whole_percent(float(view.mean[day])), low if low == high else f"{low} to {high}"]
