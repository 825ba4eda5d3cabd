"""What the free numbers may be before any count is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

FILE = Path(__file__).parent / "priors.yaml"
COUNTING = "recorded"
"""The one number that belongs to the counting and not to the model."""


@dataclass(frozen=True)
class Prior:
    """A range, even on its scale: a mechanism number's, or (recorded) the counting's."""

    name: str
    low: float
    high: float
    log: bool
    source: str

    def at(self, position: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number at a position in [0, 1] of the range."""
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** position)
        return np.asarray(self.low + (self.high - self.low) * position)

    def position(self, number: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where in the range a number lies, 0 to 1."""
        if self.log:
            return np.asarray(np.log(number / self.low) / np.log(self.high / self.low))
        return np.asarray((number - self.low) / (self.high - self.low))


@cache
def priors() -> tuple[Prior, ...]:
    """The free numbers, in the order of the file; `recorded` last."""
    content = YAML(typ="safe").load(FILE)
    return tuple(
        Prior(name, float(said["low"]), float(said["high"]), bool(said.get("log", False)), str(said["source"]))
        for part in ("numbers", "counting")
        for name, said in content[part].items()
    )


def draw_positions(count: int, seed: int) -> NDArray[np.float64]:
    """`count` draws of all free numbers as positions in [0, 1], shape (count, numbers): a scrambled Sobol sequence."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(len(priors()), scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random_base2((count - 1).bit_length())[:count])


def numbers_at(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers at those positions, the same shape."""
    return np.stack([prior.at(positions[:, k]) for k, prior in enumerate(priors())], axis=1)
