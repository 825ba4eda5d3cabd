"""The rows of `ceasefire validate`, in order: each makes findings from the evidence."""

from __future__ import annotations

from collections.abc import Callable

from ceasefire.evaluation.validation.check_result import Finding
from ceasefire.evaluation.validation.data_used import Evidence
from ceasefire.evaluation.validation.forecast_scores import forecast_skill
from ceasefire.evaluation.validation.idlib_patterns import (
    bursts,
    directions,
    five_deals,
    monitors_alone,
    sawtooth,
    two_roads,
    violations_rarely_end_it,
)
from ceasefire.evaluation.validation.reference_class_patterns import class_order, hazard_falls, survival_by_class

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
