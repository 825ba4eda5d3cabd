"""The Idlib deals as worlds to be judged: lived once, looked at by several rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.talks_effect import Sawtooth, around_talks, violations_and_talks
from ceasefire.array_types import FloatArray
from ceasefire.calibration.recording import record
from ceasefire.ensemble.parameter_draws import doubt_batch
from ceasefire.experiments.hindcast import Hindcast, live
from ceasefire.experiments.load import load_experiment
from ceasefire.scenario.load import load
from ceasefire.simulation import engine
from ceasefire.simulation.compiled.recorded_counts import DEATHS, Counts
from ceasefire.simulation.engine import Batch, one_scenario
from ceasefire.simulation.initial_state import Opening, WorldArray, open_scenario
from ceasefire.simulation.trajectory import history

EXPERIMENT = "why-march-2020-held"
"""The experiment whose cases are judged: its file says how long each deal really held."""

FLAGSHIP, EARLIER = "idlib-2020", "idlib-2018"
SEED = 1
EVERYTHING_RECORDED = 1.0 - 1e-12


@dataclass(frozen=True)
class Idlib:
    """`worlds` of each kind that is lived; histories, which are slow, are a tenth of that."""

    worlds: int

    def opening(self, reference: str) -> Opening:
        """A scenario made ready."""
        return open_scenario(load(reference).scenario)

    def rows(self, reference: str) -> WorldArray:
        """Results of the worlds of a scenario."""
        return engine.all_rows(one_scenario(self.opening(reference), self.worlds, SEED))

    @cached_property
    def flagship(self) -> WorldArray:
        """Results of the flagship."""
        return self.rows(FLAGSHIP)

    def sawtooth(self, reference: str) -> Sawtooth:
        """Violations around talks in some worlds of a scenario. ValueError when nobody talked."""
        scenario, opening = load(reference).scenario, self.opening(reference)
        lives = (history(scenario, opening, reference, SEED, world) for world in range(max(10, self.worlds // 20)))
        return around_talks(violations_and_talks(life) for life in lives)

    def cases(self, seed: int) -> list[Hindcast]:
        """The deals side by side, with other worlds for each seed; those that know what came later are left out."""
        asked = load_experiment(EXPERIMENT)
        both = zip(asked.spec.cases, asked.cases, strict=True)
        return [live(case, loaded, self.worlds, seed) for case, loaded in both if not case.hindsight]

    def counts(self, reference: str, days: int) -> tuple[Counts, NDArray[np.int64], WorldArray]:
        """Every day of the worlds of a scenario while they held, days held, and their results."""
        batch = one_scenario(self.opening(reference), self.worlds, SEED)
        counts, held = record(batch, np.array([EVERYTHING_RECORDED]), days)
        return counts, held, engine.all_rows(batch)

    def counted_in_doubt(self, reference: str, recorded: tuple[float, float], days: int) -> tuple[Counts, FloatArray]:
        """Counts of a scenario's worlds with every assumed number drawn, as the records would have them; days held."""
        scenario = load(reference).scenario
        batch = doubt_batch(scenario, open_scenario(scenario), SEED)
        assert isinstance(batch, Batch)
        shares = np.random.default_rng(SEED).uniform(*recorded, len(batch.openings))
        counts, held = record(batch, shares, days)
        return counts, held.astype(np.float64)


def spike(deaths: FloatArray, held: int) -> float:
    """Deaths a day of the last fortnight of a world, against the four weeks before; NaN when it had no such weeks."""
    if held < 42:
        return float("nan")
    last, before = deaths[held - 14 : held].mean(), deaths[held - 42 : held - 14].mean()
    return float(last / before) if before > 0 else float("nan")


def spikes(counts: Counts, held: NDArray[np.int64], chosen: NDArray[np.bool_]) -> FloatArray:
    """The spike of every chosen world that has one."""
    found = np.array([spike(counts[k, :, DEATHS], int(held[k])) for k in np.flatnonzero(chosen)])
    return found[np.isfinite(found)] if len(found) else found
