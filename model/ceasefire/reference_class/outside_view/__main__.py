"""`python -m ceasefire.reference_class.outside_view DIR`: fit to coded deals and write the shipped numbers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ceasefire.errors import ScenarioError
from ceasefire.reference_class.outside_view.parameters import NAMES
from ceasefire.reference_class.outside_view.shipped_numbers import SHIPPED, refit


def _progress(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def main() -> int:
    """Refit and print the estimates. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ceasefire.reference_class.outside_view", description="Fit the outside view to coded deals."
    )
    parser.add_argument("data", type=Path, metavar="DIR", help="folder of ceasefire_durations.csv")
    parser.add_argument("--to", type=Path, default=SHIPPED, metavar="FOLDER", help="where to write the numbers")
    given = parser.parse_args()
    try:
        fits = refit(given.data, given.to, _progress)
    except ScenarioError as error:
        sys.stderr.write("\n".join(map(str, error.faults)) + "\n")
        return 2
    print(f"{'number':26}" + "".join(f"{reading:>16}" for reading in fits))
    for at, name in enumerate(NAMES):
        cells = [f"{fitted.theta[at]:8.2f} ({fitted.errors[at]:.2f})" for fitted in fits.values()]
        print(f"{name:26}" + "".join(f"{cell:>16}" for cell in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
