"""The outside view of a scenario: what deals like it did, from its `history:` and the shipped record."""

from __future__ import annotations

from ceasefire.reference_class.outside_view.coded_deals import DealFacts, Record
from ceasefire.reference_class.outside_view.deal_files import DealRequest, history_of
from ceasefire.reference_class.outside_view.forecast import LAST_DAY, DealForecast, forecast_one, numbers_of
from ceasefire.reference_class.outside_view.shipped_numbers import SHIPPED
from ceasefire.scenario.schema import History, Scenario


def outside_view_of(scenario: Scenario) -> DealForecast | None:
    """The forecast for deals with the scenario's coded facts that have held until the day of which it tells.

    None when the scenario has no `history:`, and from a day on beyond which the record tells nothing apart.
    """
    if scenario.history is None or scenario.day >= LAST_DAY:
        return None
    request = request_of(scenario, scenario.history)
    return forecast_one(numbers_of(SHIPPED), request, earlier_deals(scenario.history))


def request_of(scenario: Scenario, history: History) -> DealRequest:
    """The facts of the deal: those of `history:`, and those of the agreement where it states none.

    A scenario of a later day begins then: its deal has held so long.
    """
    planned = history.planned_days
    if planned is None and history.fixed_term is not False and scenario.agreement.term_days is not None:
        planned = float(scenario.agreement.term_days)
    fixed = history.fixed_term if history.fixed_term is not None else planned is not None
    kind = history.ceasefire_class or scenario.agreement.class_
    facts = DealFacts(
        scenario.title, history.country, history.conflict or "", scenario.start, kind, history.written, fixed,
        planned if fixed else None,
    )  # fmt: skip
    missing = [] if history.conflict else ["conflict"]
    known = tuple([*missing, "planned_days"] if fixed and planned is None else missing)
    return DealRequest(facts, known, held_days=float(scenario.day))


def earlier_deals(history: History) -> list[Record]:
    """The earlier deals as records, read as a list of `ceasefire forecast` is."""
    columns = (
        "name",
        "conflict",
        "start",
        "ceasefire_class",
        "written",
        "fixed_term",
        "planned_days",
        "outcome",
        "end",
    )
    rows = [{name: getattr(deal, name) for name in columns} for deal in history.deals]
    return history_of([{name: value for name, value in row.items() if value is not None} for row in rows])
