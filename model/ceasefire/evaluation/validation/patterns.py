"""The rows of `ceasefire validate`, in order. Each computes findings from the data."""

from __future__ import annotations

from collections.abc import Callable

from ceasefire.evaluation.validation.check_result import Finding
from ceasefire.evaluation.validation.data_used import Evidence
from ceasefire.evaluation.validation.forecast_scores import forecast_skill
from ceasefire.evaluation.validation.idlib_patterns import (
    expected_signs,
    five_deals,
    monitors_alone,
    two_ways_of_ending,
    violations_rarely_end_it,
)
from ceasefire.evaluation.validation.reference_class_patterns import class_order, hazard_falls, survival_by_class
from ceasefire.evaluation.validation.scoreboard import outside_view_findings
from ceasefire.evaluation.validation.violation_patterns import talks, violations

ROWS: tuple[Callable[[Evidence], list[Finding]], ...] = (
    hazard_falls,
    class_order,
    survival_by_class,
    violations_rarely_end_it,
    violations,
    talks,
    two_ways_of_ending,
    five_deals,
    expected_signs,
    monitors_alone,
    forecast_skill,
    lambda evidence: outside_view_findings(*evidence.scored),
)


def validate(evidence: Evidence) -> list[Finding]:
    """The findings of all rows."""
    return [finding for row in ROWS for finding in row(evidence)]
