"""The section of a page that puts the pooled forecast beside what it is pooled from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ceasefire.analysis.findings import Duration
from ceasefire.probability_words import CANNOT_TELL, Scale, confidence_words
from ceasefire.report.appendix import assumed_numbers
from ceasefire.report.html import Paragraph, Points, Section, Table
from ceasefire.report.sentences import day_or_beyond
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import upper, whole_percent

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


def words_rows(found: Duration, scale: Scale) -> list[list[str]]:
    """Each chance to be unbroken with its interval and the term of a scale: heads, and a row for each day."""
    rows = [["unbroken past day", "chance", "90 % from", "90 % to", "in words"]]
    for held in found.by_day:
        one = held.pooled or held.scenario or held.written
        ends = [whole_percent(end) for end in (one.value, one.low, one.high)]
        rows.append([f"{held.day:,}", *ends, scale.words(one)])
    if not found.is_drawn:
        rows[0][2:4] = ["95 % from", "95 % to"]
    return rows


def words_points(scale: Scale, scenario: Scenario) -> list[str]:
    """The scale itself, where it is from, and confidence, which is another matter."""
    terms = "; ".join(f"{term.words}: {term.range_words}" for term in scale.terms)
    assumed, numbers = len(assumed_numbers(scenario)), sum(1 for _ in quantities(scenario))
    unclear = f"Where no term holds the whole interval, {CANNOT_TELL}."
    return [f"{scale.title}. {upper(terms)}.", f"{unclear} {scale.source}", confidence_words(assumed, numbers)]


def words_section(found: Duration, scale: Scale, scenario: Scenario) -> Section:
    """The chances in words, with the scale."""
    heads, *rows = words_rows(found, scale)
    table = Table(f"The chance to be unbroken, in words: {scale.title}", heads, rows, frozenset({1, 2, 3}))
    return Section("in-words", "In words of probability", [table, Points(words_points(scale, scenario))])


def views_table(views: Views, days: Sequence[int]) -> Table:
    """The chance to hold by day, of each view with its 90 % range."""
    shown = {"pooled": views.pooled, "this scenario": views.scenario, "deals like it": views.such_deals}
    there = {name: view for name, view in shown.items() if view is not None}
    rows = []
    for day in days:
        name = f"holds past day {day:,}" if day < views.last else f"holds to day {day:,}"
        rows.append([name, *(part for view in there.values() for part in _cells(view, day, views.last))])
    halves = [part for view in there.values() for part in (day_or_beyond(view.median, views.last), "", "")]
    rows.append(["half ended by day", *halves])
    columns = ["", *(part for name in there for part in (name, "90 % from", "90 % to"))]
    return Table("The chance to be unbroken", columns, rows, frozenset(range(1, len(columns))))


def _cells(view: View, day: int, last: int) -> list[str]:
    if day > last:
        return ["", "", ""]
    return [whole_percent(float(each[day])) for each in (view.mean, view.low, view.high)]
