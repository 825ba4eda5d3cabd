"""Prior ranges of the calibrated parameters, read from priors.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

FILE = Path(__file__).parent / "priors.yaml"
COUNTING = "recorded"
"""The one parameter of the recording process; all others belong to the model."""


@dataclass(frozen=True)
class Prior:
    """A uniform prior on a linear or logarithmic scale, of a parameter of the rules or of the recording."""

    name: str
    low: float
    high: float
    log: bool
    source: str

    def at(self, position: NDArray[np.float64]) -> NDArray[np.float64]:
        """The value at a position in [0, 1] of the range."""
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** position)
        return np.asarray(self.low + (self.high - self.low) * position)

    def position(self, number: NDArray[np.float64]) -> NDArray[np.float64]:
        """The position of a value in the range, 0 to 1."""
        if self.log:
            return np.asarray(np.log(number / self.low) / np.log(self.high / self.low))
        return np.asarray((number - self.low) / (self.high - self.low))


@cache
def priors() -> tuple[Prior, ...]:
    """The priors, in the order of the file; `recorded` last."""
    content = YAML(typ="safe").load(FILE)
    return tuple(
        Prior(name, float(entry["low"]), float(entry["high"]), bool(entry.get("log", False)), str(entry["source"]))
        for part in ("numbers", "counting")
        for name, entry in content[part].items()
    )


def draw_positions(count: int, seed: int) -> NDArray[np.float64]:
    """`count` prior draws as positions in [0, 1], shape (count, parameters): a scrambled Sobol sequence."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(len(priors()), scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random_base2((count - 1).bit_length())[:count])


def numbers_at(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values at these positions, in the same shape."""
    return np.stack([prior.at(positions[:, k]) for k, prior in enumerate(priors())], axis=1)
