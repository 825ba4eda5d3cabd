"""The specification of a run (scenario, number of worlds, seed, engine, horizon) and its identity."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ceasefire.arguments import seed_number, shown, whole_number
from ceasefire.compilation.cache import source_digest
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.schema import Scenario

ENGINES = ("compiled", "mesa")
"""Two ways to simulate the same worlds: many at once in compiled code, or one Mesa model after another."""

MOST_WORLDS = 1_000_000
MOST_DAYS = 36_500


@dataclass(frozen=True)
class Plan:
    """Worlds 0 to worlds - 1 of a scenario, each followed for `days` (default: the scenario's horizon).

    Whole numbers of any type are taken, and kept as int. ValueError when a number is out of range, or the engine is
    unknown.
    """

    loaded: Loaded
    worlds: int = 1000
    seed: int = 1
    engine: str = "compiled"
    days: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "worlds", whole_number("worlds", self.worlds, 1, MOST_WORLDS))
        object.__setattr__(self, "seed", seed_number(self.seed))
        if self.days is not None:
            object.__setattr__(self, "days", whole_number("days", self.days, 1, MOST_DAYS))
        if not isinstance(self.engine, str) or self.engine not in ENGINES:
            raise ValueError(f"engine: {shown(self.engine)} is neither {' nor '.join(ENGINES)}")

    @property
    def horizon(self) -> int:
        """Days that each world is followed."""
        return self.loaded.scenario.horizon_days if self.days is None else self.days

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with the horizon of this run."""
        return self.loaded.scenario.model_copy(update={"horizon_days": self.horizon})

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What two runs must share to be the same run."""
        return {
            "digest": self.loaded.digest,
            "worlds": self.worlds,
            "seed": self.seed,
            "days": self.horizon,
            "engine": self.engine,
            "source": source_digest(),
        }

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the identity, in hex."""
        return hashlib.sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()
