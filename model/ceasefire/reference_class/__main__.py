"""`python -m ceasefire.reference_class --data DIR`: fit intractability again and write the shipped tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ceasefire.errors import ScenarioError
from ceasefire.reference_class.features import COVARIATES
from ceasefire.reference_class.reference_table import SEED, WORLDS
from ceasefire.reference_class.shipped_fit import FITTED, refit


def main() -> int:
    """Fit, and print each free parameter with its 95 % interval. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ceasefire.reference_class", description="Fit intractability to data."
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of ceasefire_durations.csv")
    parser.add_argument("--to", type=Path, default=FITTED, metavar="FILE", help="where to write the fit")
    parser.add_argument("--worlds", type=int, default=WORLDS, help="worlds for each kind of deal and each level")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    done = 0

    def show_progress(more: int) -> None:
        nonlocal done
        done += more
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} kinds of deals simulated")

    try:
        fit = refit(arguments.data, arguments.to, arguments.worlds, arguments.seed, show_progress)
    except ScenarioError as error:
        sys.stderr.write("\n".join(map(str, error.faults)) + "\n")
        return 2
    provenance = fit.provenance
    for name in COVARIATES:
        b = provenance["intractability"][name]
        print(f"{name:12} {b['value']:+6.2f}   {b['low']:+6.2f} to {b['high']:+6.2f}")
    s = provenance["sigma"]
    print(f"{'sigma':12} {s['value']:6.2f}   {s['low']:6.2f} to {s['high']:6.2f}")
    print(f"{provenance['free_parameters']} free parameters, {provenance['fitted_figures']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
