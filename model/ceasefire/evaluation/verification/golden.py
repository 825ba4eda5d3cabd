"""Golden outcomes: what the shipped scenarios gave when somebody last said that it was right.

`python -m ceasefire.evaluation.verification.golden` compares; with `--update` it writes them anew, which belongs
in the changelog.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from ceasefire.evaluation.verification.runs import deaths, lived
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.scenario.find_scenarios import list_cases, list_scenarios, shipped
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario

WORLDS = 100
SEED = 1
FOLDER = Path(__file__).resolve().parents[4] / "tests" / "golden"
SMALL = "small-front"


def scenarios() -> dict[str, Path | None]:
    """Names of the scenarios with a golden outcome, with their files: the small front, and every shipped one but cases.

    Cases differ from the neutral base, which has an outcome, in a few numbers only.
    """
    folder, cases = shipped("scenarios").resolve(), list_cases()
    listed = list_scenarios().items()
    files = {name: path for name, path in listed if path.resolve().parent == folder and name not in cases}
    return {SMALL: None, **dict(sorted(files.items()))}


def outcome(name: str) -> dict[str, Any]:
    """A hash of the worlds table, and a few figures that say in which direction it moved."""
    file = scenarios()[name]
    scenario: Scenario = small_front() if file is None else load(file).scenario
    return summary(lived(scenario, WORLDS, SEED))


def summary(table: pd.DataFrame) -> dict[str, Any]:
    """The hash and the figures of a worlds table."""
    return {
        "worlds": len(table),
        "table": hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest(),
        "mean_days_held": round(float(table["days_held"].mean()), 1),
        "holding": int((~table["ended"]).sum()),
        "causes": {cause: int(n) for cause, n in sorted(table["cause"].value_counts().items()) if cause},
        "mean_deaths": round(float(deaths(table).mean()), 1),
        "mean_talks": round(float(table["talks"].mean()), 2),
        "mean_displaced": round(float(table["displaced"].mean())),
    }


def stored(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """What was written down; None when nothing was."""
    file = folder / f"{name}.json"
    found: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    return found


def update(folder: Path = FOLDER) -> list[str]:
    """Write every outcome down, and take away those of scenarios that are gone; the names that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(scenarios())
    changed = []
    for name in names:
        found = outcome(name)
        if found != stored(name, folder):
            (folder / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
            changed.append(name)
    for file in folder.glob("*.json"):
        if file.stem not in names:
            file.unlink()
            changed.append(file.stem)
    return changed


def differences(name: str, folder: Path = FOLDER) -> list[str]:
    """Figures that are not as written down, in words; empty when all are."""
    was, found = stored(name, folder), outcome(name)
    if was is None:
        return [f"{name}: nothing is written down"]
    return [f"{name}: {key} was {was.get(key)}, is {value}" for key, value in found.items() if was.get(key) != value]


def main(arguments: list[str] | None = None) -> int:
    """Compare or update; 1 when something differs."""
    parser = argparse.ArgumentParser(prog="python -m ceasefire.evaluation.verification.golden", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the outcomes of today down")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they are kept")
    parser.add_argument("names", nargs="*", help="the scenarios to compare; all when not given")
    asked = parser.parse_args(arguments)
    if asked.update:
        print("\n".join(f"changed: {name}" for name in update(asked.folder)) or "nothing changed")
        return 0
    found = [line for name in asked.names or scenarios() for line in differences(name, asked.folder)]
    print("\n".join(found) or "all as written down")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
