"""Reads coded ceasefires from a data folder, and reports every fault by file, line and column before any is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ceasefire.doc_pages import doc_page
from ceasefire.reference_class.features import CLASSES, ENFORCEMENTS, SIDES, Class, Enforcement, Features, Sides
from ceasefire.reference_class.outside_view.coded_deals import Durations, Ending, Reading, known_durations
from ceasefire.reference_class.outside_view.data_folder import durations_rows
from ceasefire.reference_class.outside_view.table_cells import Cells
from ceasefire.suggestions import comma_list

COLUMNS = {
    "ceasefire_id": "a name of the deal; each name occurs once",
    "location": "country: deals of one country are left out together when the fit is judged",
    "start": "first day [YYYY-MM-DD]",
    "ceasefire_class": "cessation, preliminary or definitive",
    "sides": "unilateral, bilateral or multilateral",
    "local": "1 when it covers a part of the territory",
    "written": "1 when there is a written text",
    "fixed_term": "1 when the deal set a last day",
    "planned_days": "length of the fixed term [days]; empty when open-ended or not known",
    "mechanism": "1 when the parties agreed how compliance is supervised",
    "enforcement": "none, international (an organisation) or external (a state); empty when not coded",
    "mediated": "1 when there was a mediator",
    "prior_ceasefires": "earlier ceasefires of the conflict",
    "days_mid": "days until the end or the last observation; where the end is not dated, half of days_upper",
    "days_upper": "the same; where the end is not dated, the longest possible duration",
    "broke": "1 when it broke down; 0 when it held until the last observation, completed its term or was replaced",
    "end_date_known": "1 when the last day is dated; otherwise the end lies in (0, days_upper]",
}
"""Columns of the file, in any order; other columns are ignored."""


@dataclass(frozen=True)
class Deal:
    """One ceasefire as coded: its features, and what is known about its duration [days]."""

    name: str
    country: str
    features: Features
    days_mid: float
    days_upper: float
    broke: bool
    dated: bool


WAYS = ("dated", "mid", "upper", "interval")
"""Four readings of an undated end: leave it out, put it at half of `days_upper`, at all of it, or anywhere between."""


def censored_durations(deals: Sequence[Deal], way: str = "interval") -> tuple[NDArray[np.int64], Durations]:
    """Positions of the deals that a way of reading uses, and their durations. ValueError for an unknown way."""
    if way not in WAYS:
        raise ValueError(f"no such way '{way}'; choose from {comma_list(WAYS)}")
    return known_durations([Ending(deal.days_upper, deal.broke, deal.dated) for deal in deals], cast(Reading, way))


def read_deals(folder: Path) -> list[Deal]:
    """The deals of a data folder. ScenarioError with every fault, by file, line and column."""
    return [_deal(cells) for cells in durations_rows(folder, COLUMNS, doc_page("validation.md"))]


def _deal(cells: Cells) -> Deal:
    cells.date("start", needed="the first day")
    fixed = cells.flag("fixed_term", default=None)
    planned = cells.days("planned_days", 0.5)
    features = Features(
        cast(Class, cells.one_of("ceasefire_class", CLASSES)), cast(Sides, cells.one_of("sides", SIDES)),
        cells.flag("local", default=None), cells.flag("written", default=None), fixed, planned if fixed else None,
        cells.flag("mechanism", default=None),
        cast(Enforcement, cells.one_of("enforcement", ENFORCEMENTS, default="none")),
        cells.flag("mediated", default=None), cells.count("prior_ceasefires"),
    )  # fmt: skip
    needed = "the days until it ended or was lost from sight"
    mid, upper = cells.days("days_mid", needed=needed), cells.days("days_upper", needed=needed)
    if mid is not None and upper is not None and mid > upper:
        cells.wrong("days_mid", f"{mid:g} is above days_upper, {upper:g}")
    return Deal(
        cells.text("ceasefire_id"), cells.needed("location", "the country"), features, mid or 0.0, upper or 0.0,
        cells.flag("broke", default=None), cells.flag("end_date_known", default=None),
    )  # fmt: skip
