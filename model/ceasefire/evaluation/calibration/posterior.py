"""What a fit found: numbers before and after, figures counted and simulated, how well known numbers are found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.ensemble.output_folder import Request, digests
from ceasefire.evaluation.calibration import abc_fit, target_windows
from ceasefire.evaluation.calibration.priors import COUNTING, draw_positions, numbers_at, priors
from ceasefire.evaluation.calibration.priors import FILE as PRIORS
from ceasefire.evaluation.calibration.target_counts import DAILY, MONTHLY, War
from ceasefire.scenario.load import load

DRAWS = 65536
QUICK_DRAWS = 4096
TRIALS = 100
ROWS = 500
"""Rows of the posterior that are kept for scenarios to draw from."""

FOUND_AGAIN = 0.5
"""Correlation of fitted with known values from which the counts tell a number: a quarter of its variance."""

SHARES = [0.05, 0.5, 0.95]


@dataclass(frozen=True)
class Calibration:
    """The reference table, the fit, what was counted, and the recovery of known numbers."""

    table: abc_fit.Table
    simulated: NDArray[np.float64]
    counted: NDArray[np.float64]
    fit: abc_fit.Fit
    recovery: abc_fit.Recovery
    seed: int

    def numbers(self) -> pd.DataFrame:
        """A row per free number: name, low, high, q05, median, q95, width [of the prior], found_again, coverage,
        informed, source; `position_*` are the quantiles as places in the range."""
        positions = self.fit.quantiles(SHARES)
        values = numbers_at(positions)
        width = (positions[2] - positions[0]) / (SHARES[2] - SHARES[0])
        found = self.recovery.correlation
        return pd.DataFrame(
            {
                "name": [prior.name for prior in priors()],
                "low": [prior.low for prior in priors()],
                "high": [prior.high for prior in priors()],
                "q05": values[0], "median": values[1], "q95": values[2],
                "position_q05": positions[0], "position_median": positions[1], "position_q95": positions[2],
                "width": width,
                "found_again": found,
                "coverage": self.recovery.coverage,
                "informed": found > FOUND_AGAIN,
                "source": [prior.source for prior in priors()],
            }
        )  # fmt: skip

    def figures(self) -> pd.DataFrame:
        """A row per figure: name, counted, and the 5, 50 and 95 % points of all draws and of those kept."""
        before = np.nanquantile(self.simulated, SHARES, axis=0)
        after = np.nanquantile(self.simulated[self.fit.kept], SHARES, axis=0)
        return pd.DataFrame(
            {
                "name": target_windows.all_names(), "counted": self.counted,
                "prior_q05": before[0], "prior_median": before[1], "prior_q95": before[2],
                "kept_q05": after[0], "kept_median": after[1], "kept_q95": after[2],
            }
        )  # fmt: skip

    def rows(self) -> pd.DataFrame:
        """ROWS draws of equal weight of the numbers that the counts say something about, a column each."""
        table = self.numbers()
        values = pd.DataFrame(numbers_at(self.fit.rows(ROWS, self.seed)), columns=list(table["name"]))
        return values[[name for name in table.loc[table["informed"], "name"] if name != COUNTING]]


def request(data: Path, draws: int, seed: int) -> Request:
    """What is asked of a fit: its draws, the tables of a data folder, the priors, and the scenarios lived."""
    scenarios = {w.name: load(w.scenario, (), dict(w.settings)).digest for w in target_windows.WINDOWS}
    files = digests([data / DAILY, data / MONTHLY, PRIORS])
    asked = {"command": "calibrate", "draws": draws, "seed": seed, "files": files, "scenarios": scenarios}
    return Request("calibration", asked)


def calibrate(war: War, draws: int, seed: int, tell: Callable[[str], None]) -> Calibration:
    """Fit the free numbers to the counts: simulate `draws` draws of the prior, keep, adjust, and check by recovery."""
    positions = draw_positions(draws, seed)
    found = target_windows.simulated(numbers_at(positions), seed, tell)
    counted = target_windows.counted(war)
    table = abc_fit.Table(positions, target_windows.compared(found))
    tell("fitting, and fitting known numbers again")
    fit = abc_fit.fit(table, target_windows.compared(counted[None, :])[0])
    return Calibration(table, found, counted, fit, abc_fit.recover(table, TRIALS, seed), seed)


def elsewhere(war: War) -> tuple[float, float]:
    """A check that is not fitted: a month's deaths in autumn 2018 against the worst month of the year before. [share]

    In all Syria (which had another war in the east at the time), and around Idlib; months October and November.
    """
    truce, worst = war.monthly["2018-10":"2018-11"].mean(), war.monthly["2017-09":"2018-08"].max()
    around = war.daily["deaths_gov_opp"].resample("ME").sum()
    return float(truce / worst), float(around["2018-10":"2018-11"].mean() / around["2017-09":"2018-08"].max())
