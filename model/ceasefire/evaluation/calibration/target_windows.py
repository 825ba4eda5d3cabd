"""Stretches of days that are counted and simulated: two truces while they held, and the fighting before one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ceasefire.ensemble.parameter_draws import assumed_ranges, assumed_values
from ceasefire.evaluation.calibration import summary_statistics
from ceasefire.evaluation.calibration.priors import COUNTING, priors
from ceasefire.evaluation.calibration.simulated_counts import record
from ceasefire.evaluation.calibration.target_counts import War
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled.recorded_counts import Counts
from ceasefire.simulation.engine import many_points
from ceasefire.simulation.initial_state import initial_state

Columns = dict[str, NDArray[np.float64]]

TRIES = 8
"""Worlds that are tried, for each draw, until a truce holds through its window: how long truces last is not fitted."""


@dataclass(frozen=True)
class Window:
    """Days that were counted, the scenario that is simulated beside them, and the figures that both are summed up by.

    `settings` are scenario settings, `pinned` numbers that overrule every draw. With `must_hold`, worlds whose truce
    ends within the window are replaced by the draw's next world, so that nothing is learnt from how many end.
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

    def counted(self, war: War) -> summary_statistics.Figures:
        """What was counted, shape (1, figures)."""
        return self.summary(war.days(self.start, self.days))

    def simulated(self, numbers: NDArray[np.float64], seed: int) -> summary_statistics.Figures:
        """The figures of one world at each row of free numbers; NaN where no world held. Shape (rows, figures)."""
        scenario = load(self.scenario, (), dict(self.settings)).scenario
        opening = initial_state(scenario)
        columns = self.columns(numbers, assumed_ranges(scenario), set(opening.slots), seed)
        recorded = numbers[:, [prior.name for prior in priors()].index(COUNTING)]
        everything = many_points(opening, columns, 1, seed)
        found = np.full((len(numbers), len(self.names)), np.nan)
        waiting = np.arange(len(numbers))
        for attempt in range(TRIES if self.must_hold else 1):
            batch = replace(everything, points=waiting, worlds=waiting + attempt * len(numbers))
            counts, held = record(batch, recorded, self.days)
            good = held >= self.days if self.must_hold else np.ones(len(held), bool)
            found[waiting[good]] = self.summary(counts[good])
            waiting = waiting[~good]
            if not len(waiting):
                break
        return found

    def columns(
        self, numbers: NDArray[np.float64], ranges: dict[str, tuple[float, float]], known: set[str], seed: int
    ) -> Columns:
        """Free numbers as drawn; every other ASSUMED number of the scenario over its range; pinned ones last."""
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
        summary_statistics.of_a_truce,
    ),
    Window(
        "truce of 31 August 2019",
        "idlib-2019-08-31",
        date(2019, 8, 31),
        90,
        summary_statistics.TRUCE,
        summary_statistics.of_a_truce,
    ),
    Window(
        "offensive of August 2019",
        "idlib-2019-08",
        date(2019, 8, 8),  # the ground offensive began on 8 August (AFP, 30 August 2019)
        23,
        summary_statistics.FIGHTING,
        summary_statistics.of_fighting,
        must_hold=False,
        settings=(
            ("actors.syria.posture", "offensive"),
            ("actors.russia.posture", "strike"),
            ("actors.opposition.posture", "strike"),
            ("actors.hts.posture", "strike"),
        ),
        pinned=(  # nobody changes posture, nothing calls the fire off, and the war goes on
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
    """Every figure with its window, in order."""
    return [f"{window.name}: {name}" for window in WINDOWS for name in window.names]


def counted(war: War) -> NDArray[np.float64]:
    """Every counted figure as it is, shape (figures,)."""
    return np.concatenate([window.counted(war)[0] for window in WINDOWS])


def simulated(numbers: NDArray[np.float64], seed: int, tell: Callable[[str], None]) -> NDArray[np.float64]:
    """Every figure at each row of free numbers, shape (rows, figures)."""
    parts = []
    for window in WINDOWS:
        tell(f"{len(numbers):,} worlds of the {window.name}")
        parts.append(window.simulated(numbers, seed))
    return np.concatenate(parts, axis=1)


def compared(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Figures of shape (rows, figures) on the scale on which they are compared."""
    parts, at = [], 0
    for window in WINDOWS:
        parts.append(summary_statistics.compared(window.names, found[:, at : at + len(window.names)]))
        at += len(window.names)
    return np.concatenate(parts, axis=1)
