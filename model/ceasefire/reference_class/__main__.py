"""`python -m ceasefire.reference_class --data DIR`: fit intractability anew and write what is shipped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ceasefire.errors import ScenarioError
from ceasefire.reference_class.features import COVARIATES
from ceasefire.reference_class.reference_table import SEED, WORLDS
from ceasefire.reference_class.shipped_fit import FITTED, refit


def main() -> int:
    """Refit, and print free parameters and fitted figures side by side. Returns the exit code."""
    asked = argparse.ArgumentParser(
        prog="python -m ceasefire.reference_class", description="Fit intractability to data."
    )
    asked.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of ceasefire_durations.csv")
    asked.add_argument("--to", type=Path, default=FITTED, metavar="FILE", help="where to write the fit")
    asked.add_argument("--worlds", type=int, default=WORLDS, help="worlds for every kind of deal and level")
    asked.add_argument("--seed", type=int, default=SEED)
    given = asked.parse_args()
    done = [0]

    def told(more: int) -> None:
        done[0] += more
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done[0]} kinds of deals simulated")

    try:
        found = refit(given.data, given.to, given.worlds, given.seed, told)
    except ScenarioError as error:
        sys.stderr.write("\n".join(map(str, error.faults)) + "\n")
        return 2
    said = found.said
    for name in COVARIATES:
        b = said["intractability"][name]
        print(f"{name:12} {b['value']:+6.2f}   {b['low']:+6.2f} to {b['high']:+6.2f}")
    s = said["sigma"]
    print(f"{'sigma':12} {s['value']:6.2f}   {s['low']:6.2f} to {s['high']:6.2f}")
    print(f"{said['free_parameters']} free parameters, {said['fitted_figures']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
