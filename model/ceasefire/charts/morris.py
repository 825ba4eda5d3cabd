"""Morris screening: how far each factor moves an outcome over its range, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from ceasefire.analysis.sensitivity import Effect
from ceasefire.charts.layout import Caption, Page, page
from ceasefire.charts.rows import ROW_HEIGHT, Band, entitled, name_rows, rows_axes
from ceasefire.charts.style import BLUE, INK, QUIET, SMALL, TEXT, VERMILLION, house_style
from ceasefire.wording import days

LEFT, WIDTH = 2.76, 3.1
HEAD, FOOT = 0.42, 0.5
MOST_ROWS = 30

UP, DOWN, EITHER = BLUE, VERMILLION, "#6E6E6E"
"""Moves the outcome up, or down, or now up now down."""


@house_style()
def morris_chart(
    effects: Sequence[Effect],
    caption: Caption,
    *,
    unit: str,
    made_of: str,
    by_chance: float | None = None,
    titles: Mapping[str, str] | None = None,
) -> Figure:
    """A row for each factor: the mean size of its effects (mu*) with its interval, coloured by direction.

    `by_chance` is the size that a factor without any effect would show; a line marks it, and rows below it are not
    told from nothing; `titles` is what readers call the factors. Beyond MOST_ROWS the least are left out, and said.
    ValueError for none.
    """
    if not effects:
        raise ValueError("no factors: there is nothing to rank")
    ranked = sorted(effects, key=lambda each: (-each.size.value, each.name))
    shown = ranked[:MOST_ROWS]
    named = titles or {}
    rows = [entitled(each.name, named, each.size, direction(each)) for each in shown]
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(HEAD + ROW_HEIGHT * len(rows) + FOOT, caption.title, _finding(ranked, by_chance, unit, named), footer)
    band = Band(LEFT, WIDTH, sheet.height - sheet.top - HEAD)
    reach = max(1e-9, *(each.size.high for each in shown), by_chance or 0.0)
    axes = rows_axes(sheet, band, rows, (0, 1.04 * reach), f"{unit}, over a factor's whole range")
    if by_chance is not None:
        axes.axvline(by_chance, color=INK, linewidth=0.9, linestyle=":", zorder=1.6, gid="by chance")
    name_rows(sheet, band, rows)
    for place, each in enumerate(shown):
        _write(sheet, band, place, each)
    _heads(sheet, band, by_chance)
    return sheet.figure


def direction(effect: Effect) -> str:
    """The colour of a factor's direction; grey when its effects go both ways."""
    if abs(effect.mean) < 0.5 * effect.size.value:
        return EITHER
    return UP if effect.mean > 0 else DOWN


def _write(sheet: Page, band: Band, place: int, each: Effect) -> None:
    y, x = band.top - ROW_HEIGHT * (place + 0.5), band.left + band.width
    sheet.write(x + 0.6, y, days(each.size.value), size=TEXT, weight="bold", ha="right", va="center")
    sheet.write(x + 1.3, y, days(each.spread), size=SMALL + 0.5, color=QUIET, ha="right", va="center")


def _heads(sheet: Page, band: Band, by_chance: float | None) -> None:
    """What the marks and the columns are."""
    y, look = band.top + 0.09, {"size": SMALL, "color": QUIET, "va": "bottom"}
    dotted = "  dotted: what chance alone would show" if by_chance is not None else ""
    sheet.write(band.left, y + 0.15, f"dot: mean size of the effect; line: 95 %;{dotted}", **look)
    x = band.left
    for colour, words, wide in ((UP, "up", 0.42), (DOWN, "down", 0.56), (EITHER, "now up, now down", 0.0)):
        sheet.write(x, y, f"● {words}", size=SMALL, color=colour, va="bottom")
        x += wide
    sheet.write(band.left + band.width + 0.6, y, "size", ha="right", **look)
    sheet.write(band.left + band.width + 1.3, y, "spread", ha="right", **look)


def _finding(ranked: Sequence[Effect], by_chance: float | None, unit: str, named: Mapping[str, str]) -> str:
    """What matters most, and how many cannot be told from nothing."""
    most = ranked[0]
    what = unit.partition(" [")[0]
    said = f"Most hangs on {named.get(most.name, most.name)}: {days(most.size.value)} on average ({what})."
    if by_chance is not None:
        dull = sum(each.size.low <= by_chance for each in ranked)
        said += f" {dull} of {len(ranked)} factors cannot be told from one that does nothing."
    if len(ranked) > MOST_ROWS:
        said += f" The {len(ranked) - MOST_ROWS} least are not shown."
    return said
