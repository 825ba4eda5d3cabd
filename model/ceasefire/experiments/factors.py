"""Factors of an experiment: named changes, paths of the scenario, and parts exchanged between two scenarios.

The value of a factor at a point is one number, its code. Not-a-number leaves the scenario unchanged. The code of a
change or a part is 0 or 1; of a path with numbers, the number; of a path with words, the position among its values; of
an assumed number, a quantile of its range (the range depends on the changes that are applied with it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from ceasefire.experiments.schema import Spread
from ceasefire.parameters.sourced_value import DISTRIBUTIONS

AS_IS = math.nan
"""The code of a factor that leaves the scenario unchanged."""

EDGE = 0.005
"""Normal and lognormal distributions are cut at this quantile and at 1 - EDGE: designs contain quantiles 0 and 1."""

IN_DOUBT = Spread(doubt=True)

Kind = Literal["change", "part", "number", "choice", "doubt"]


@dataclass(frozen=True)
class Factor:
    """One factor. `paths` are those that it sets; `low` and `high` are the limits of its field."""

    name: str
    kind: Kind
    lever: bool
    paths: tuple[str, ...] = ()
    spread: Spread = IN_DOUBT
    low: float = -math.inf
    high: float = math.inf

    @property
    def off(self) -> float:
        """Its code in the unchanged scenario."""
        return 0.0 if self.kind in ("change", "part") else AS_IS

    def levels(self) -> list[float]:
        """Codes of its values in a grid."""
        if self.kind in ("change", "part"):
            return [0.0, 1.0]
        if self.kind == "choice":
            return [float(position) for position in range(len(self.values))]
        if self.spread.values is not None:
            return [float(value) for value in self.values]
        last = (self.spread.points or 2) - 1
        return [self.at(k / last) for k in range(last + 1)]

    def away(self) -> list[float]:
        """Codes of the values that change the scenario."""
        return [code for code in self.levels() if code != self.off]

    @property
    def values(self) -> list[Any]:
        """The values listed in the file."""
        return list(self.spread.values or ())

    def at(self, quantile: float) -> float:
        """The code at a quantile in [0, 1] of its values."""
        if self.kind == "doubt":
            return quantile
        if self.kind in ("change", "part"):
            return float(quantile >= 0.5)
        if self.spread.values is not None:
            position = min(int(quantile * len(self.values)), len(self.values) - 1)
            return float(position if self.kind == "choice" else self.values[position])
        if self.spread.range is not None:
            low, high = self.spread.range
            return low + (high - low) * quantile
        return min(max(self._of_distribution(quantile), self.low), self.high)

    def value(self, code: float) -> Any:
        """The value of a code, as in a scenario file (of an assumed number: its quantile); None: unchanged."""
        if self.kind in ("change", "part"):
            return code == 1
        if math.isnan(code):
            return None
        return self.values[int(code)] if self.kind == "choice" else code

    def _of_distribution(self, quantile: float) -> float:
        from ceasefire.compilation import random_streams

        for code, name in enumerate(DISTRIBUTIONS, start=1):
            shape = getattr(self.spread, name, None)
            if shape is not None:
                a, b, c = (*shape, 0.0)[:3]
                edge = EDGE if name in ("normal", "lognormal") else 0.0
                return float(random_streams.from_distribution(code, a, b, c, min(max(quantile, edge), 1 - edge)))
        raise AssertionError(f"{self.name} has no values")
