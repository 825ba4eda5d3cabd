"""Nowcasts of real truces day by day, scored beside forecasts that see less.

`python -m ceasefire.evaluation.nowcast_backtest` prints the tables of docs/nowcast.md: day by day with --data DIR, or
week by week with --weekly docs/counts.

The daily counts around Idlib of 2017 to 2019 (docs/calibration.md) are read as they would have been seen, a day more
each day. Compared are the scenario without counts (its worlds that hold on the day), the nowcast, and discrete-time
hazard regressions: on the same recent counts, fitted to the made histories; on age alone, without any counts, fitted to
the made histories; and on the same recent counts, fitted to the other truce of the file.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ceasefire.array_types import FloatArray
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.calibration import target_counts
from ceasefire.observations.counts import WEEK, Counts, place_of, read_counts
from ceasefire.observations.nowcast.agreement import effective, logistic
from ceasefire.observations.nowcast.figures import figures_on, seen_figures
from ceasefire.observations.nowcast.made_histories import Histories, founders, maker
from ceasefire.observations.nowcast.nowcast import HORIZONS, agreement
from ceasefire.observations.nowcast.seen import RECENT, seen
from ceasefire.scenario.load import load
from ceasefire.wording import how_many

LEAST, MOST = 0.002, 0.998
"""Chances are kept within these limits before their logarithm is taken."""


@dataclass(frozen=True)
class Truce:
    """A real truce: its scenario, and the day on which it ended [days since the start]."""

    scenario: str
    start: datetime.date
    ended: int


TRUCES = (
    Truce("idlib-2018", datetime.date(2018, 9, 17), 225),
    Truce("idlib-2019-08-31", datetime.date(2019, 8, 31), 110),
)
"""The two truces of the file that lasted longer than RECENT days. Both ended with an offensive of the army."""


def counts_of(war: target_counts.War, truce: Truce) -> Counts:
    """The counts of a truce while it held, as far as the file goes."""
    last = min(truce.start + datetime.timedelta(days=truce.ended - 1), war.daily.index[-1].date())
    days = (last - truce.start).days + 1
    rows = war.days(truce.start, days)[0]
    figures = {"incidents": rows[:, 0], "deaths": rows[:, 1]}
    return Counts(np.arange(days) + place_of(truce.start), figures)


def day_by_day(truce: Truce, counts: Counts, worlds: int, seed: int) -> pd.DataFrame:
    """A row for each day, or week, after the first RECENT days: chances of an end within HORIZONS, by forecast.

    `incidents` and `deaths` are of the last `recent_days` days: RECENT, or as many whole weeks.
    """
    last = len(counts) * counts.step_days
    making = maker(load(truce.scenario).scenario, worlds, seed, last + HORIZONS[-1] + 1, last)
    made = making.histories(founders(worlds))
    regressions = {name: HazardRegression.of(made, last, counted) for name, counted in REGRESSIONS.items()}
    rows = []
    first = -(-RECENT // counts.step_days) * counts.step_days
    for day in range(first, last + 1, counts.step_days):
        found = seen(counts, truce.start, day)
        agreed = agreement(found, made, np.arange(worlds))
        if agreed is None:
            break
        left = truce.ended - day
        row: dict[str, float] = {"day": day, "left": left, "effective": effective(agreed.weight)}
        figures = seen_figures(found)
        recent = RECENT // counts.step_days * counts.step_days
        incidents, deaths = np.expm1(figures[:2])
        row |= {"recent_days": recent, "incidents": float(incidents), "deaths": float(deaths)}
        row["percentile"] = float((agreed.index.at(agreed.figures) < agreed.index.at(agreed.seen)).mean())
        level = np.log1p(RECENT / recent * np.array([incidents, deaths]))
        at = np.array([[*level, np.log(day)]])
        for days in HORIZONS:
            row |= {f"{name}_{days}": float(one.chances(at, days)[0]) for name, one in regressions.items()}
            row[f"without_{days}"] = float((agreed.left < days).mean())
            row[f"with_{days}"] = float(agreed.weight[agreed.left < days].sum())
        rows.append(row)
    return pd.DataFrame(rows)


PERIOD = 10
"""Days of a period of the regressions on made histories."""

REGRESSIONS = {"regression": True, "age alone": False}
"""Regressions on made histories, and whether they see the counts."""


@dataclass(frozen=True, eq=False)
class HazardRegression:
    """Hazard of a period of PERIOD days, logistic in the level of the last RECENT days and in age, or in age alone."""

    coefficients: FloatArray
    counted: bool

    @classmethod
    def of(cls, made: Histories, last: int, counted: bool = True) -> HazardRegression:
        """Fitted to made histories, to every PERIOD days of each from day RECENT until `last`."""
        figures, ends = [], []
        for day in range(RECENT, last + 1, PERIOD):
            alive = np.flatnonzero((made.rows["days_held"] >= day) & (made.rows["failed"] == 0))
            figures.append(cls.figures(made.of(alive), day))
            ends.append(made.rows["days_held"][alive] - day < PERIOD)
        seen_by_it = np.concatenate(figures)[:, 0 if counted else 2 :]
        return cls(np.asarray(logistic(seen_by_it, np.concatenate(ends), 1.0)), counted)

    @staticmethod
    def figures(made: Histories, day: int) -> FloatArray:
        """Incidents and deaths of the last RECENT days, and age, of each history on a day, on a logarithmic scale."""
        return figures_on(made, ("incidents", "deaths"), day)[:, [0, 2, 4]]

    def chances(self, figures: FloatArray, days: int) -> FloatArray:
        """Chance of an end within `days`, shape (n,): the hazard of today is taken for that of all of them."""
        line = self.coefficients[0] + figures[:, 0 if self.counted else 2 :] @ self.coefficients[1:]
        return np.asarray(1.0 - (1.0 + np.exp(line)) ** (-days / PERIOD))


def hazard_regression(taught: pd.DataFrame, tried: pd.DataFrame, days: int) -> FloatArray:
    """Chance of an end within `days` from a daily hazard that is logistic in recent incidents and deaths and in age.

    Fitted to the days of another truce, with a ridge, and constant from the day of the forecast on.
    """

    def figures(table: pd.DataFrame) -> FloatArray:
        return np.asarray(np.log1p(table[["incidents", "deaths", "day"]].to_numpy(np.float64)))

    centre, scale = figures(taught).mean(axis=0), figures(taught).std(axis=0) + 1e-9
    found = logistic((figures(taught) - centre) / scale, taught["left"].to_numpy() <= 1)
    hazard = 1.0 / (1.0 + np.exp(-(found[0] + (figures(tried) - centre) / scale @ found[1:])))
    return np.asarray(1.0 - (1.0 - hazard) ** days)


def scores(tables: Sequence[pd.DataFrame], days: int) -> dict[str, dict[str, float]]:
    """Scores of an end within `days`, over all days of all truces, by forecast: mean Brier and logarithmic score.

    `level removed`: the Brier score if every chance were moved by the one figure that fits these days best. The
    regression on the other truce is fitted to those that it is not tried on; where they show no end it foretells none.
    """
    found: dict[str, dict[str, float]] = {}
    for name in ("without", "with", *REGRESSIONS, "other truce"):
        error, log = [], []
        for at, table in enumerate(tables):
            others = pd.concat([other for k, other in enumerate(tables) if k != at])
            chance = hazard_regression(others, table, days) if name == "other truce" else table[f"{name}_{days}"]
            ended = (table["left"] < days).to_numpy()
            kept = np.clip(np.asarray(chance, np.float64), LEAST, MOST)
            error.append(kept - ended)
            log.append(np.log(np.where(ended, kept, 1.0 - kept)))
        errors = np.concatenate(error)
        found[name] = {
            "brier": float((errors**2).mean()),
            "level removed": float(errors.var()),
            "log": float(np.concatenate(log).mean()),
        }
    return found


def backtest(data: Path | None, weekly: Path | None, worlds: int, seed: int) -> list[pd.DataFrame]:
    """The table of `day_by_day` for each truce, from daily counts or a folder of weekly ones.

    DataError or ScenarioError when a file is wrong.
    """
    war = target_counts.read(data) if data is not None else None
    tables = []
    for truce in TRUCES:
        print(f"{truce.scenario}: {worlds:,} worlds", file=sys.stderr)
        if war is not None:
            counts = counts_of(war, truce)
        else:
            counts = read_counts((weekly or Path()) / f"{truce.scenario}-weekly.csv", WEEK)
        tables.append(day_by_day(truce, counts, worlds, seed))
    return tables


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the backtest; prints its tables, and writes them with --out."""
    parser = argparse.ArgumentParser(prog="python -m ceasefire.evaluation.nowcast_backtest", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help=f"folder with {target_counts.DAILY}")
    source.add_argument("--weekly", type=Path, help="folder with idlib-2018-weekly.csv and idlib-2019-08-31-weekly.csv")
    parser.add_argument("--worlds", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for the tables and the figures")
    given = parser.parse_args(arguments)
    try:
        tables = backtest(given.data, given.weekly, given.worlds, given.seed)
    except (target_counts.DataError, ScenarioError) as fault:
        print(fault, file=sys.stderr)
        return 2
    for days in HORIZONS:
        for name, found in scores(tables, days).items():
            words = ", ".join(f"{score} {value:+.3f}" for score, value in found.items())
            print(f"ends within {days:3} days  {name:12}  {words}")
    for truce, table in zip(TRUCES, tables, strict=True):
        recent = how_many(int(table["recent_days"].iloc[0]), "day")
        print(f"\n{truce.scenario}, which ended on day {truce.ended}; counts of the last {recent}, and chances")
        print("to end within 90 days\n")
        shown = table.loc[
            table["day"] % 14 == (0 if given.data is None else 2),
            ["day", "incidents", "deaths", "percentile", "effective", "without_90", "with_90", "regression_90"],
        ]
        print(shown.round(3).to_string(index=False))
    if given.out is not None:
        from ceasefire.evaluation.figures import draw_walk_through

        given.out.mkdir(parents=True, exist_ok=True)
        for truce, table in zip(TRUCES, tables, strict=True):
            draw_walk_through(truce.scenario, truce.ended, table, given.worlds, given.seed, given.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
