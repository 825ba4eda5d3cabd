"""Mechanism numbers that were fitted to counts: rows that belong together, for doubt to draw from.

`fitted.csv` has a column for each number that the counts say something about and a row for each draw of the posterior,
all of equal weight; `ceasefire calibrate` makes it.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.scenario.schema import Scenario

FILE = Path(__file__).parent / "fitted.csv"


@cache
def fitted_rows() -> dict[str, tuple[float, ...]]:
    """The fitted numbers by name, each with as many values as there are rows."""
    with FILE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(float(row[name]) for row in rows) for name in rows[0]}


def fitted_paths(scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Rows of the fitted numbers that a scenario leaves as they were fitted, by path.

    A number that the scenario sets otherwise is the scenario's own and is doubted on its own.
    """
    as_fitted = Mechanisms()
    return {
        f"mechanisms.{name}": rows
        for name, rows in fitted_rows().items()
        if getattr(scenario.mechanisms, name) == getattr(as_fitted, name)
    }
