"""The lever chart: what each thing that somebody could decide does to the days held, the best on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.layout import Caption, Page, page
from ceasefire.charts.rows import ROW_HEIGHT, Band, Row, fair_limits, name_rows, rows_axes, write_figures
from ceasefire.charts.style import BLUE, QUIET, SMALL, VERMILLION, house_style
from ceasefire.wording import signed_days, span_words

LEFT, WIDTH = 2.76, 3.16
"""Where the scale begins, and its width [inches]."""

HEAD, LINE, FOOT = 0.26, 0.16, 0.5


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

    @property
    def reach(self) -> Interval:
        """From the lowest that chance or doubt may make of it to the highest."""
        both = [self.chance] if self.doubt is None else [self.chance, self.doubt]
        return Interval(self.chance.value, min(each.low for each in both), max(each.high for each in both))

    @property
    def hangs_on_doubt(self) -> bool:
        """Days gained at some draws of the assumed numbers, and lost at others."""
        return self.doubt is not None and self.doubt.low < 0 < self.doubt.high


SIGN_COLOURS = {1: BLUE, -1: VERMILLION, 0: "#6E6E6E"}
"""More days, fewer, and what chance may have made."""


@house_style()
def levers_chart(
    gains: Sequence[Gain],
    caption: Caption,
    *,
    worlds: int,
    horizon: int,
    axis: str = "",
    chance: str = "",
    doubt: str = "doubt about assumed numbers (90 %)",
) -> Figure:
    """A row for each change, from the most gained to the most lost.

    `worlds` is how many worlds each was tried on; no day past the horizon counts. `axis` says what is gained when it
    is not days, `chance` and `doubt` what line and band are when not these. ValueError for no change.
    """
    if not gains:
        raise ValueError("no changes: a ranking needs at least one")
    ranked = sorted(gains, key=lambda gain: (-gain.chance.value, gain.name))
    rows = [Row(g.title, g.name if g.name != g.title else "", g.chance, g.doubt, SIGN_COLOURS[g.sign]) for g in ranked]
    unit = _unit(axis)
    heads = [f"dot: mean, line: {chance or f'chance in {worlds:,} worlds'} (95 %)"]
    if any(gain.doubt is not None for gain in ranked):
        heads.append(f"wide band: {doubt}")
    heads.append("grey: chance alone may have made the difference")
    head = HEAD + LINE * (len(heads) - 1)
    sheet = page(
        head + ROW_HEIGHT * len(rows) + FOOT, caption.title, _finding(ranked, unit), caption.footer(worlds, each=True)
    )
    band = Band(LEFT, WIDTH, sheet.height - sheet.top - head)
    words = axis or f"days gained on the same worlds, of {horizon:,} at most"
    rows_axes(sheet, band, rows, fair_limits([gain.reach for gain in ranked]), words)
    name_rows(sheet, band, rows)
    write_figures(sheet, band, rows, [_figure(gain) for gain in ranked])
    _heads(sheet, band, heads, unit)
    return sheet.figure


def _unit(axis: str) -> str:
    """The unit that an axis says in brackets; days when it says nothing."""
    if not axis:
        return "days"
    return axis.partition("[")[2].rstrip("]")


def _figure(gain: Gain) -> tuple[str, str]:
    """Days gained and their range."""
    return signed_days(gain.chance.value), span_words(gain.chance, signed_days)


def _heads(sheet: Page, band: Band, lines: Sequence[str], unit: str) -> None:
    """What dots, bands and columns are, over them."""
    y, look = band.top + 0.09, {"size": SMALL, "color": QUIET, "va": "bottom"}
    for number, words in enumerate(reversed(lines)):
        sheet.write(band.left, y + LINE * number, words, **look)
    short = {"percentage points": "points"}.get(unit, unit)
    sheet.write(band.left + band.width + 0.62, y, short, ha="right", **look)
    sheet.write(band.left + band.width + 0.68, y, "95 %", **look)


def _finding(ranked: Sequence[Gain], unit: str) -> str:
    """The most that is gained and the most that is lost, beyond chance."""
    said = []
    best, worst = ranked[0], ranked[-1]
    if best.sign > 0:
        said.append(f"Most gained: {_in_words(best, unit)}.")
    if worst.sign < 0 and worst is not best:
        said.append(f"Most lost: {_in_words(worst, unit)}.")
    if not said:
        return "No change makes a difference beyond chance in this many worlds."
    unclear = sum(gain.sign == 0 for gain in ranked)
    if unclear:
        said.append(f"For {unclear} of {len(ranked)}, chance alone may have made the difference.")
    hangs = sum(gain.hangs_on_doubt for gain in ranked)
    if hangs:
        said.append(f"For {hangs} of {len(ranked)}, gain or loss hangs on assumed numbers.")
    return " ".join(said)


def _in_words(gain: Gain, unit: str) -> str:
    return f'"{gain.title}", {signed_days(gain.chance.value)} {unit}'.rstrip()
