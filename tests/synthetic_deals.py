"""Made-up ceasefires and a reference table with a known truth, for tests of the reference class and of validation."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from ceasefire.analysis.interval_censored import BINS, HORIZON, masses
from ceasefire.reference_class.coded_deals import Deal
from ceasefire.reference_class.features import Features, cell_of
from ceasefire.reference_class.fit import LEVELS
from ceasefire.reference_class.outside_view.data_folder import DURATIONS
from ceasefire.reference_class.reference_table import Table

SOUND = {
    "ceasefire_id": "1", "location": "Ruritania", "start": "1999-05-01", "ceasefire_class": "cessation",
    "sides": "bilateral", "local": "0", "written": "1", "fixed_term": "0", "planned_days": "", "mechanism": "1",
    "enforcement": "", "mediated": "0", "prior_ceasefires": "3", "days_mid": "10.5", "days_upper": "21.0",
    "broke": "1", "end_date_known": "0",
}  # fmt: skip
"""A valid row of a data file."""


def deals_of(n: int, seed: int = 1) -> list[Deal]:
    """Made-up deals of a few countries; a mechanism doubles the duration, and every third end is not dated."""
    generator = np.random.default_rng(seed)
    deals = []
    for k in range(n):
        features = Features(
            sides="unilateral" if k % 3 == 0 else "bilateral", mechanism=bool(k % 2), prior_ceasefires=k % 10
        )
        day = float(np.floor(generator.weibull(0.5) * (60 if features.mechanism else 30)))
        dated, broke = k % 3 != 1, k % 7 != 0
        upper = day if dated else 2 * day + 1
        deals.append(Deal(str(k), f"country {k % 8}", features, upper if dated else upper / 2, upper, broke, dated))
    return deals


def write_file(folder: Path, rows: list[dict[str, str]]) -> Path:
    """A data folder with these rows."""
    folder.mkdir(exist_ok=True)
    with (folder / DURATIONS).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(SOUND))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def as_row(deal: Deal) -> dict[str, str]:
    """The row of a made-up deal."""
    f = deal.features
    return SOUND | {
        "ceasefire_id": deal.name, "location": deal.country, "ceasefire_class": f.ceasefire_class, "sides": f.sides,
        "local": str(int(f.local)), "written": str(int(f.written)), "mechanism": str(int(f.mechanism)),
        "prior_ceasefires": str(f.prior_ceasefires), "days_mid": str(deal.days_mid), "days_upper": str(deal.days_upper),
        "broke": str(int(deal.broke)), "end_date_known": str(int(deal.dated)),
    }  # fmt: skip


def made_up_table() -> Table:
    """Exponential durations, not simulated by the model: a unit of z divides them by e; a mechanism doubles them."""
    generator = np.random.default_rng(5)
    cells = tuple(sorted({
        cell_of(Features(mechanism=m, sides=s, prior_ceasefires=p))
        for m in (False, True) for s in ("unilateral", "bilateral") for p in (0, 4, 16)
    }))  # fmt: skip
    mass = np.empty((len(cells), len(LEVELS), BINS))
    for row, cell in enumerate(cells):
        for column, z in enumerate(LEVELS):
            mean = (2.0 if cell.mechanism else 1.0) * 60.0 * np.exp(-z)
            mass[row, column] = masses(np.minimum(generator.exponential(mean, 4000), HORIZON))
    return Table(cells, (mass + 1e-5) / (1 + BINS * 1e-5), 4000, 5)
