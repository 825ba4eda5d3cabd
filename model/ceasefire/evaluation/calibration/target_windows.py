"""The windows of days that are compared: two truces while they held, and the fighting before one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ceasefire.ensemble.parameter_draws import assumed_ranges, assumed_values
from ceasefire.evaluation.calibration import summary_statistics
from ceasefire.evaluation.calibration.priors import COUNTING, priors
from ceasefire.evaluation.calibration.simulated_counts import record_counts
from ceasefire.evaluation.calibration.target_counts import War
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled.recorded_counts import Counts
from ceasefire.simulation.engine import many_points
from ceasefire.simulation.initial_state import initial_state

Columns = dict[str, NDArray[np.float64]]

TRIES = 8
"""Most worlds simulated for each draw until a truce holds through its window: durations of truces are not fitted."""


@dataclass(frozen=True)
class Window:
    """Observed days, the scenario that is simulated for them, and the summary figures of both.

    `settings` are scenario settings; `pinned` parameters have this value in every draw. With `must_hold`, a world whose
    truce ends within the window is replaced by the draw's next world, so that the fit does not use how many truces end.
    """

    name: str
    scenario: str
    start: date
    days: int
    names: tuple[str, ...]
    summary: Callable[[Counts], summary_statistics.Figures]
    must_hold: bool = True
    settings: tuple[tuple[str, str], ...] = ()
    pinned: tuple[tuple[str, float], ...] = ()

    def observed_figures(self, war: War) -> summary_statistics.Figures:
        """The observed figures, shape (1, figures)."""
        return self.summary(war.days(self.start, self.days))

    def simulated_figures(self, numbers: NDArray[np.float64], seed: int) -> summary_statistics.Figures:
        """The figures of one world for each row of parameters; NaN where no world held. Shape (rows, figures)."""
        scenario = load(self.scenario, (), dict(self.settings)).scenario
        opening = initial_state(scenario)
        columns = self.columns(numbers, assumed_ranges(scenario), set(opening.slots), seed)
        recorded = numbers[:, [prior.name for prior in priors()].index(COUNTING)]
        all_points = many_points(opening, columns, 1, seed)
        figures = np.full((len(numbers), len(self.names)), np.nan)
        waiting = np.arange(len(numbers))
        for attempt in range(TRIES if self.must_hold else 1):
            batch = replace(all_points, points=waiting, worlds=waiting + attempt * len(numbers))
            counts, held = record_counts(batch, recorded, self.days)
            good = held >= self.days if self.must_hold else np.ones(len(held), bool)
            figures[waiting[good]] = self.summary(counts[good])
            waiting = waiting[~good]
            if not len(waiting):
                break
        return figures

    def columns(
        self, numbers: NDArray[np.float64], ranges: dict[str, tuple[float, float]], known: set[str], seed: int
    ) -> Columns:
        """Values by path: calibrated parameters as drawn, other ASSUMED ones over their ranges, pinned ones last."""
        free = {f"mechanisms.{prior.name}": numbers[:, k] for k, prior in enumerate(priors()) if prior.name != COUNTING}
        others = {path: span for path, span in ranges.items() if path in known and path not in free}
        drawn = assumed_values(others, len(numbers), seed)
        pinned = {path: np.full(len(numbers), number) for path, number in self.pinned}
        return {**drawn, **free, **pinned}


WINDOWS = (
    Window(
        "truce of September 2018",
        "idlib-2018",
        date(2018, 9, 17),
        90,
        summary_statistics.TRUCE,
        summary_statistics.truce_figures,
    ),
    Window(
        "truce of 31 August 2019",
        "idlib-2019-08-31",
        date(2019, 8, 31),
        90,
        summary_statistics.TRUCE,
        summary_statistics.truce_figures,
    ),
    Window(
        "offensive of August 2019",
        "idlib-2019-08",
        date(2019, 8, 8),  # the ground offensive began on 8 August (AFP, 30 August 2019)
        23,
        summary_statistics.FIGHTING,
        summary_statistics.fighting_figures,
        must_hold=False,
        settings=(
            ("actors.syria.posture", "offensive"),
            ("actors.russia.posture", "strike"),
            ("actors.opposition.posture", "strike"),
            ("actors.hts.posture", "strike"),
        ),
        pinned=(  # postures stay, there is no order to cease fire, and the world does not end
            ("mechanisms.inertia", 100.0),
            ("mechanisms.talks_rate", 0.0),
            ("mechanisms.offensive_days", 1000.0),
            ("mechanisms.war_share", 1000.0),
            ("mechanisms.clash_deaths", 1e9),
            ("agreement.order", 0.0),
        ),
    ),
)


def all_names() -> list[str]:
    """Names of all figures with their windows, in order."""
    return [f"{window.name}: {name}" for window in WINDOWS for name in window.names]


def observed_figures(war: War) -> NDArray[np.float64]:
    """All observed figures, shape (figures,)."""
    return np.concatenate([window.observed_figures(war)[0] for window in WINDOWS])


def simulated_figures(numbers: NDArray[np.float64], seed: int, progress: Callable[[str], None]) -> NDArray[np.float64]:
    """All figures for each row of parameters, shape (rows, figures)."""
    parts = []
    for window in WINDOWS:
        progress(f"{len(numbers):,} worlds of the {window.name}")
        parts.append(window.simulated_figures(numbers, seed))
    return np.concatenate(parts, axis=1)


def comparison_scale(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Figures of shape (rows, figures) on the scale on which they are compared."""
    parts, at = [], 0
    for window in WINDOWS:
        parts.append(summary_statistics.comparison_scale(window.names, figures[:, at : at + len(window.names)]))
        at += len(window.names)
    return np.concatenate(parts, axis=1)
