"""Figures of the outside view."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.outside_view import ForecastCurve, forecast_chart
from ceasefire.charts.style import COMPARISON_COLOURS, save
from ceasefire.reference_class.outside_view.deal_files import days_exactly
from ceasefire.reference_class.outside_view.forecast import LAST_DAY, DealForecast, Forecast
from ceasefire.wording import GAP, span_words, whole_percent

POINTS = 240
FIGURE = "survival"


def draw_forecast(result: Forecast, folder: Path) -> list[Path]:
    """Write survival.png and survival.svg."""
    return save(forecast_figure(result), folder, FIGURE)


def forecast_figure(result: Forecast) -> Figure:
    """One deal with its range, or the first six of several."""
    deals = result.deals[: len(COMPARISON_COLOURS)]
    last = max(_last_day(one) for one in deals)
    curves = [_curve(one, last) for one in deals]
    footer = f"the outside view  ·  {deals[0].view.source}"
    if len(result.deals) == 1:
        title, finding = _one(deals[0])
    else:
        title = "How long these deals last, by the outside view"
        shown = f" The first {len(deals)} of {len(result.deals)} are drawn." if len(result.deals) > len(deals) else ""
        last = min(row.day for deal in deals for row in deal.rows[-1:])
        ranked = sorted(deals, key=lambda deal: -deal.at(last))
        most, least = (_held(deal, last) for deal in (ranked[0], ranked[-1]))
        finding = f"Longest {most}; shortest {least}. Undated ends in the middle of their gap.{shown}"
    return forecast_chart(curves, title, finding, footer)


def _held(deal: DealForecast, day: int) -> str:
    """The chance of one of several deals to be unbroken for so many days, with its range."""
    row = next(row for row in deal.rows if row.day == day)
    span = span_words(Interval(row.unbroken, row.low, row.high), whole_percent)
    return (
        f"{deal.request.facts.name}, {whole_percent(row.unbroken)} unbroken for {days_exactly(day)} (90{GAP}%: {span})"
    )


def _one(deal: DealForecast) -> tuple[str, str]:
    facts = deal.request.facts
    day = min(deal.days, key=lambda each: abs(deal.at(each) - 0.5))
    row = next(row for row in deal.rows if row.day == day)
    held = f", given that it has held {days_exactly(deal.request.held_days)}" if deal.request.held_days else ""
    finding = (
        f"{whole_percent(row.unbroken)} of such deals are unbroken for {days_exactly(day)} (90{GAP}%: "
        f"{span_words(Interval(row.unbroken, row.low, row.high), whole_percent)})"
        f"{held}; "
        f"{whole_percent(row.readings[0])} to {whole_percent(row.readings[1])} over the readings of undated ends."
    )
    where = f", {facts.country}" if facts.country else ""
    return f"{facts.name}{where}: how long it lasts, by the outside view", finding


def _last_day(deal: DealForecast) -> int:
    """End of the axis: the day on which a tenth is left, no later than is told apart."""
    least = max(30.0, 3.0 * (deal.planned or 0.0), 1.5 * deal.request.held_days)
    return int(min(float(LAST_DAY), max(least, deal.headline.quantile(0.85))))


def _curve(deal: DealForecast, last: int) -> ForecastCurve:
    days = np.unique(np.concatenate([np.linspace(0, last, POINTS), np.geomspace(0.05, last, POINTS // 2)]))
    if deal.planned is not None:
        around = deal.planned + np.arange(-3, 5)
        days = np.unique(np.concatenate([days, around[(around > 0) & (around < last)]]))
    low, high = deal.band(days)
    return ForecastCurve(
        deal.request.facts.name,
        days,
        deal.headline.holds(days),
        low,
        high,
        deal.curves["third"].holds(days),
        deal.curves["upper"].holds(days),
        None if deal.planned is None else deal.in_force(days),
        deal.median,
    )
