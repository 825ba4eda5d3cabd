"""The rows of `ceasefire validate`, in order: each makes findings from the evidence."""

from __future__ import annotations

from collections.abc import Callable

from ceasefire.validation.check import Finding
from ceasefire.validation.evidence import Evidence
from ceasefire.validation.idlib_rows import (
    bursts,
    directions,
    five_deals,
    monitors_alone,
    sawtooth,
    two_roads,
    violations_rarely_end_it,
)
from ceasefire.validation.population_rows import class_order, hazard_falls, survival_by_class
from ceasefire.validation.skill_rows import forecast_skill

ROWS: tuple[Callable[[Evidence], list[Finding]], ...] = (
    hazard_falls,
    class_order,
    survival_by_class,
    violations_rarely_end_it,
    bursts,
    sawtooth,
    two_roads,
    five_deals,
    directions,
    monitors_alone,
    forecast_skill,
)


def validated(evidence: Evidence) -> list[Finding]:
    """Every finding."""
    return [finding for row in ROWS for finding in row(evidence)]
