"""The calibration and its result: prior and posterior of each parameter, observed and simulated figures, recovery."""

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
"""Rows of the posterior that are saved for scenarios to draw from."""

IDENTIFIED_FROM = 0.5
"""Correlation of fitted with true values above which the counts identify a parameter: a quarter of its variance."""

SHARES = [0.05, 0.5, 0.95]


@dataclass(frozen=True)
class Calibration:
    """The reference table, the fit, the observed figures, and the recovery of known parameters."""

    table: abc_fit.ReferenceTable
    simulated: NDArray[np.float64]
    counted: NDArray[np.float64]
    fit: abc_fit.Fit
    recovery: abc_fit.Recovery
    seed: int

    def numbers(self) -> pd.DataFrame:
        """A row per parameter. `width` is a share of the prior's width, `found_again` the correlation in the recovery.

        Columns name, low, high, q05, median, q95, width, found_again, coverage, informed, source; `position_*` are the
        quantiles as positions in the range, 0 to 1.
        """
        positions = self.fit.quantiles(SHARES)
        values = numbers_at(positions)
        width = (positions[2] - positions[0]) / (SHARES[2] - SHARES[0])
        correlation = self.recovery.correlation
        return pd.DataFrame(
            {
                "name": [prior.name for prior in priors()],
                "low": [prior.low for prior in priors()],
                "high": [prior.high for prior in priors()],
                "q05": values[0], "median": values[1], "q95": values[2],
                "position_q05": positions[0], "position_median": positions[1], "position_q95": positions[2],
                "width": width,
                "found_again": correlation,
                "coverage": self.recovery.coverage,
                "informed": correlation > IDENTIFIED_FROM,
                "source": [prior.source for prior in priors()],
            }
        )  # fmt: skip

    def figures(self) -> pd.DataFrame:
        """A row per figure: name, observed value (counted), and 5, 50, 95 % quantiles of all and accepted draws."""
        before = np.nanquantile(self.simulated, SHARES, axis=0)
        after = np.nanquantile(self.simulated[self.fit.accepted], SHARES, axis=0)
        return pd.DataFrame(
            {
                "name": target_windows.all_names(), "counted": self.counted,
                "prior_q05": before[0], "prior_median": before[1], "prior_q95": before[2],
                "kept_q05": after[0], "kept_median": after[1], "kept_q95": after[2],
            }
        )  # fmt: skip

    def rows(self) -> pd.DataFrame:
        """ROWS posterior draws of equal weight, a column for each parameter that the counts identify."""
        table = self.numbers()
        values = pd.DataFrame(numbers_at(self.fit.rows(ROWS, self.seed)), columns=list(table["name"]))
        return values[[name for name in table.loc[table["informed"], "name"] if name != COUNTING]]


def request(data: Path, draws: int, seed: int) -> Request:
    """Identifies a fit: its draws, the tables of a data folder, the priors, and the simulated scenarios."""
    scenarios = {w.name: load(w.scenario, (), dict(w.settings)).digest for w in target_windows.WINDOWS}
    files = digests([data / DAILY, data / MONTHLY, PRIORS])
    settings = {"command": "calibrate", "draws": draws, "seed": seed, "files": files, "scenarios": scenarios}
    return Request("calibration", settings)


def calibrate(war: War, draws: int, seed: int, progress: Callable[[str], None]) -> Calibration:
    """Fit the parameters to the counts: simulate `draws` draws of the prior, accept, adjust, and check recovery."""
    positions = draw_positions(draws, seed)
    simulated = target_windows.simulated_figures(numbers_at(positions), seed, progress)
    counted = target_windows.observed_figures(war)
    table = abc_fit.ReferenceTable(positions, target_windows.comparison_scale(simulated))
    progress("fitting, and checking the recovery of known parameters")
    fit = abc_fit.fit(table, target_windows.comparison_scale(counted[None, :])[0])
    return Calibration(table, simulated, counted, fit, abc_fit.recover(table, TRIALS, seed), seed)


def check_on_other_counts(war: War) -> tuple[float, float]:
    """A check on counts that are not fitted: monthly deaths in October and November 2018, as a share of the worst month
    of the year before.

    First in all Syria (where another war was fought in the east), then around Idlib.
    """
    truce, worst = war.monthly["2018-10":"2018-11"].mean(), war.monthly["2017-09":"2018-08"].max()
    around = war.daily["deaths_gov_opp"].resample("ME").sum()
    return float(truce / worst), float(around["2018-10":"2018-11"].mean() / around["2017-09":"2018-08"].max())
