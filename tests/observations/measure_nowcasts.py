"""Nowcasts tried on made worlds kept apart, as a Markdown table: `make nowcasts`."""

from __future__ import annotations

import argparse

import numpy as np

from ceasefire.evaluation.nowcast_backtest import HazardRegression
from ceasefire.observations.nowcast.early_warning import early_warning
from ceasefire.observations.nowcast.figures import made_figures
from ceasefire.observations.nowcast.made_histories import Histories, founders, maker
from ceasefire.observations.nowcast.nowcast import HORIZONS
from ceasefire.observations.nowcast.seen import Seen
from ceasefire.observations.nowcast.skill import Trial, kept_apart, trial
from ceasefire.scenario.load import load
from ceasefire.wording import plain, signed_number

CASES = (("idlib-2018", (60, 120, 180, 225)), ("idlib-2019-08-31", (60, 90)), ("idlib-2020", (180, 365)))


def made_at(scenario: str, worlds: int, days: tuple[int, ...], seed: int) -> Histories:
    """Histories followed for a year after the last of these days."""
    making = maker(load(scenario).scenario, worlds, seed, days[-1] + HORIZONS[-1] + 1, days[-1])
    return making.histories(founders(worlds))


def tried(made: Histories, day: int, seed: int, *, shuffled: bool = False) -> Trial:
    """Nowcasts on a day of histories kept apart."""
    zeros = np.zeros(day)
    seen = Seen(day, 1, np.arange(day), {"incidents": zeros, "deaths": zeros})
    holds = np.flatnonzero(made.rows["days_held"] >= day)
    held = made.of(holds)
    return trial(made_figures(seen, held), held.rows["days_held"] - day, HORIZONS, seed, shuffled=shuffled)


def regression_skill(made: Histories, found: Trial, last: int, day: int, days: int, seed: int) -> float:
    """Brier skill on the same histories of a hazard regression fitted to the others, on the days until `last`."""
    holds = np.flatnonzero(made.rows["days_held"] >= day)
    apart = holds[kept_apart(len(holds), seed)[0]]
    chance = HazardRegression.of(made.of(np.setdiff1d(np.arange(len(made)), apart)), last).chances(
        HazardRegression.figures(made.of(apart), day), days
    )
    ended = found.left < days
    return float(1.0 - ((chance - ended) ** 2).sum() / ((found.chances[days][0] - ended) ** 2).sum())


def chi_square(found: Trial) -> float:
    """Of the deciles in which lives lie in their own forecasts; 9 degrees of freedom."""
    counts = np.histogram(found.place, 10, (0, 1))[0]
    return float(((counts - len(found.place) / 10) ** 2 / (len(found.place) / 10)).sum())


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    heads = " | ".join(f"skill, {days} days" for days in HORIZONS)
    regression = f"regression, {' / '.join(map(str, HORIZONS))} days"
    print(f"| scenario | day | {heads} | {regression} | shuffled, 90 days | deciles, chi-square |")
    print("|---|---|" + "---|" * (len(HORIZONS) + 3))
    for scenario, days in CASES:
        made = made_at(scenario, given.worlds, days, given.seed)
        for day in days:
            found = tried(made, day, given.seed)
            mixed = tried(made, day, given.seed, shuffled=True).skill(90)
            skills = (found.skill(each) for each in HORIZONS)
            cells = " | ".join(
                f"{signed_number(100 * one.value, 1)} ({plain(100 * one.low)} to {plain(100 * one.high)})"
                for one in skills
            )
            regression = " / ".join(
                f"{100 * regression_skill(made, found, days[-1], day, each, given.seed):+.1f}" for each in HORIZONS
            )
            last = f"{100 * mixed.value:+.1f} | {chi_square(found):.1f} |"
            print(f"| {scenario} | {day} | {cells} | {regression} | {last}", flush=True)
        warning = early_warning(made, ("incidents", "deaths"), given.seed)
        for row in warning.rows() if warning is not None else ():
            if row["days_before_the_end"] in (0, 7, 28, 56):
                print(f"<!-- {scenario} {row} -->")


if __name__ == "__main__":
    main()
