"""The lever chart: what each thing that somebody could decide does to the days held, the best on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from ceasefire.analysis.interval import Interval
from ceasefire.charts.numbers import signed_days, span_words
from ceasefire.charts.page import Page, page
from ceasefire.charts.rows import ROW_HEIGHT, Band, Row, fair_limits, name_rows, rows_axes, write_figures
from ceasefire.charts.style import BLUE, QUIET, SMALL, VERMILLION, house_style
from ceasefire.charts.words import Caption

LEFT, WIDTH = 2.76, 3.16
"""Where the scale begins, and its width [inches]."""

HEAD, FOOT = 0.42, 0.5


@dataclass(frozen=True)
class Gain:
    """What a change adds to the mean days held, on the same worlds [days]: chance (95 %) and doubt (90 %)."""

    name: str
    title: str
    chance: Interval
    doubt: Interval | None = None

    @property
    def sign(self) -> int:
        """1 when it surely adds days, -1 when it surely takes days, 0 when chance may have made the difference."""
        return int(self.chance.low > 0) - int(self.chance.high < 0)


SIGN_COLOURS = {1: BLUE, -1: VERMILLION, 0: "#6E6E6E"}
"""More days, fewer, and what chance may have made."""


@house_style()
def levers_chart(gains: Sequence[Gain], caption: Caption, *, worlds: int, horizon: int) -> Figure:
    """A row for each change, from the most days gained to the most lost.

    `worlds` is how many worlds each was tried on; no day past the horizon counts. ValueError for no change.
    """
    if not gains:
        raise ValueError("no changes: a ranking needs at least one")
    ranked = sorted(gains, key=lambda gain: (-gain.chance.value, gain.name))
    rows = [Row(g.title, g.name, g.chance, g.doubt, SIGN_COLOURS[g.sign]) for g in ranked]
    sheet = page(
        HEAD + ROW_HEIGHT * len(rows) + FOOT, caption.title, _finding(ranked), caption.footer(worlds, each=True)
    )
    band = Band(LEFT, WIDTH, sheet.height - sheet.top - HEAD)
    spans = [g.chance for g in ranked] + [g.doubt for g in ranked if g.doubt is not None]
    rows_axes(sheet, band, rows, fair_limits(spans), f"days gained on the same worlds, of {horizon:,} at most")
    name_rows(sheet, band, rows)
    write_figures(sheet, band, rows, [_figure(gain) for gain in ranked])
    _heads(sheet, band, worlds, any(gain.doubt is not None for gain in ranked))
    return sheet.figure


def _figure(gain: Gain) -> tuple[str, str]:
    """Days gained and their range."""
    return signed_days(gain.chance.value), span_words(gain.chance, signed_days)


def _heads(sheet: Page, band: Band, worlds: int, doubted: bool) -> None:
    """What dots, bands and columns are, over them."""
    y = band.top + 0.09
    bands = f"line: chance in {worlds:,} worlds (95 %)" + (
        ", band: doubt about assumed numbers (90 %)" if doubted else ""
    )
    sheet.write(band.left, y + 0.16, f"dot: mean; {bands}", size=SMALL, color=QUIET, va="bottom")
    sheet.write(band.left, y, "grey: chance alone may have made the difference", size=SMALL, color=QUIET, va="bottom")
    sheet.write(band.left + band.width + 0.62, y, "days", size=SMALL, color=QUIET, ha="right", va="bottom")
    sheet.write(band.left + band.width + 0.68, y, "95 %", size=SMALL, color=QUIET, va="bottom")


def _finding(ranked: Sequence[Gain]) -> str:
    """The most that is gained and the most that is lost, beyond chance."""
    said = []
    best, worst = ranked[0], ranked[-1]
    if best.sign > 0:
        said.append(f"Most gained: {_in_words(best)}.")
    if worst.sign < 0 and worst is not best:
        said.append(f"Most lost: {_in_words(worst)}.")
    if not said:
        return "No change makes a difference beyond chance in this many worlds."
    unclear = sum(gain.sign == 0 for gain in ranked)
    if unclear:
        said.append(f"For {unclear} of {len(ranked)}, chance alone may have made the difference.")
    return " ".join(said)


def _in_words(gain: Gain) -> str:
    return f'"{gain.title}", {signed_days(gain.chance.value)} days'
