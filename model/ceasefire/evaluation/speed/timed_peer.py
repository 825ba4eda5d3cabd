"""The independent model with a clock inside: each world reports the seconds that it took in its process."""

from __future__ import annotations

import time

import mesa

from ceasefire.evaluation.independent_model.model import REPORTERS, PeerModel
from ceasefire.scenario.schema import Scenario


class TimedPeer(PeerModel):
    """One world of the independent model; `seconds` is the wall time since it was begun [s]."""

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self.began = time.perf_counter()
        super().__init__(scenario, seed)
        self.datacollector = mesa.DataCollector(model_reporters={**REPORTERS, "seconds": "seconds"})

    @property
    def seconds(self) -> float:
        """Wall time since this world was begun [s]."""
        return time.perf_counter() - self.began
