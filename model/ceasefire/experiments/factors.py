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
from ceasefire.suggestions import comma_list

AS_IS = math.nan
"""The code of a factor that leaves the scenario unchanged."""

EDGE = 0.005
"""Normal and lognormal distributions are cut at this quantile and at 1 - EDGE: designs contain quantiles 0 and 1."""

IN_DOUBT = Spread(doubt=True)

Kind = Literal["change", "part", "number", "choice", "doubt"]


@dataclass(frozen=True)
class Factor:
    """One factor. `paths` are those that it sets; `low` and `high` are the limits of its field.

    `title` is what readers call a change; '' for others.
    """

    name: str
    kind: Kind
    lever: bool
    paths: tuple[str, ...] = ()
    spread: Spread = IN_DOUBT
    low: float = -math.inf
    high: float = math.inf
    title: str = ""

    @property
    def off(self) -> float:
        """Its code in the unchanged scenario."""
        return 0.0 if self.kind in ("change", "part") else AS_IS

    def content(self) -> dict[str, Any]:
        """The factor as plain content for the manifest; `factor_of` reads it back."""
        spread = None if self.spread == IN_DOUBT else self.spread.model_dump(mode="json", exclude_defaults=True)
        return {
            "name": self.name, "kind": self.kind, "lever": self.lever, "paths": list(self.paths),
            **({"spread": spread} if spread else {}),
            **({"limits": [self.low, self.high]} if math.isfinite(self.high - self.low) else {}),
            **({"title": self.title} if self.title else {}),
        }  # fmt: skip

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
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest code that a design may set; a step of a factor is measured against them."""
        codes = [self.at(0.0), self.at(1.0)] if self.spread.values is None else self.levels()
        return min(codes), max(codes)

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

    def code(self, setting: Any) -> float:
        """The code of a setting as a file writes it. ValueError, which says what would be right, when it has none."""
        if self.kind in ("change", "part"):
            if not isinstance(setting, bool):
                raise ValueError(f"{setting} is no setting of a {self.kind}; write true or false")
            return float(setting)
        if self.kind == "doubt":
            raise ValueError("is drawn over its range and has no settings that could be compared")
        known = [(self.value(code), code) for code in self.levels()]
        for value, code in known:
            both = _is_number(value) and _is_number(setting)
            if math.isclose(value, setting) if both else value == setting:
                return code
        settings = comma_list(dict.fromkeys(_short(value) for value, _ in known))
        raise ValueError(f"{setting} is not one of its settings: {settings}")

    def words(self, code: float) -> str:
        """A setting in words: `without no-monitors`, `agreement.clarity = 0.2`."""
        if self.kind in ("change", "part"):
            return f"{'with' if code == 1 else 'without'} {self.name}"
        return f"{self.name} {f'= {_short(self.value(code))}' if not math.isnan(code) else 'as it is'}"

    def _of_distribution(self, quantile: float) -> float:
        from ceasefire.compilation import random_streams

        for code, name in enumerate(DISTRIBUTIONS, start=1):
            shape = getattr(self.spread, name, None)
            if shape is not None:
                a, b, c = (*shape, 0.0)[:3]
                edge = EDGE if name in ("normal", "lognormal") else 0.0
                return float(random_streams.from_distribution(code, a, b, c, min(max(quantile, edge), 1 - edge)))
        raise AssertionError(f"{self.name} has no values")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    return f"{value:,g}" if _is_number(value) else str(value)


def factor_of(content: dict[str, Any]) -> Factor:
    """A factor from the manifest. KeyError, TypeError or ValueError when the content is none."""
    spread = Spread.model_validate(content["spread"]) if "spread" in content else IN_DOUBT
    low, high = content.get("limits", (-math.inf, math.inf))
    return Factor(
        str(content["name"]), content["kind"], bool(content["lever"]), tuple(map(str, content["paths"])), spread,
        float(low), float(high), str(content.get("title", "")),
    )  # fmt: skip
