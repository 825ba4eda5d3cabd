"""What users write about deals: options, a form of ten facts, a table with a deal a row, a list of earlier deals."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from ceasefire.data_files.cells import MOST_DAYS
from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import CLASSES, Class, DealFacts, Ending, Record
from ceasefire.reference_class.outside_view.table_cells import (
    Cells,
    cells_of,
    missing_columns,
    unknown_columns,
)
from ceasefire.suggestions import did_you_mean

USED = {
    "country": "where the conflict is, as Syria; a conflict between states is a country of its own, as India/Pakistan",
    "conflict": "which conflict of that country: any name that your list of earlier deals uses too",
    "start": "first day of the deal [YYYY-MM-DD]",
    "ceasefire_class": "cessation (fighting stops, no more), preliminary (with ways to see to it) or definitive",
    "written": "is there a written text? yes or no",
    "fixed_term": "does the deal end on a planned day? yes or no; yes when planned_days is given",
    "planned_days": "length of the fixed term [days]",
}
"""Facts that the forecast uses."""

NOT_USED = ("sides", "local", "mediated", "mechanism", "enforcement", "ddr", "prior_ceasefires")
"""Facts that are coded of ceasefires and were found to add nothing: taken, and not used."""

FACTS = ("name", *USED, *NOT_USED, "held_days")
FORM = """\
# Ten facts about a ceasefire, as known on the day of signing. Leave empty what is not known.
# Then: ceasefire forecast THIS_FILE
country:              # as Syria; a conflict between states is a country of its own, as India/Pakistan
conflict:             # which conflict of that country; any name that your list of earlier deals uses too
start:                # first day, as 2020-03-06
ceasefire_class:      # cessation: fighting stops, no more; preliminary: with ways to see to it; definitive: with the end of the armed group or the war
written:              # yes or no
planned_days:         # length of a fixed term in days; empty when open-ended
fixed_term:           # yes or no; needed only when there is a fixed term of unknown length
mediated:             # yes or no (not used: it was found to add nothing to the facts above)
local:                # yes or no (not used, for the same reason)
mechanism:            # yes or no (not used, for the same reason)
"""  # noqa: E501

HISTORY_COLUMNS = {
    "name": "a name of the deal (optional)",
    "country": "its country (optional: that of the deal that is forecast)",
    "conflict": "its conflict (optional: that of the deal that is forecast)",
    "start": "its first day [YYYY-MM-DD]",
    "ceasefire_class": "cessation (when empty), preliminary or definitive",
    "written": "yes or no (when empty)",
    "fixed_term": "yes or no; yes when planned_days is given",
    "planned_days": "length of its fixed term [days]",
    "outcome": "broke; broke_by: it was over by `end`, nobody knows on which day; ran_out: its term ended, or it was "
    "renewed or replaced on `end`; holding",
    "end": "the day that `outcome` speaks of [YYYY-MM-DD]",
    "days": "instead of `end`: days from start to it",
}
OUTCOMES = ("broke", "broke_by", "ran_out", "holding")
NEVER = MOST_DAYS


@dataclass(frozen=True)
class DealRequest:
    """A deal as a user states it: its facts with defaults filled in, what was not said, and what is known since."""

    facts: DealFacts
    missing: tuple[str, ...] = ()
    held_days: float = 0.0
    not_used: tuple[str, ...] = ()


def days_exactly(number: float) -> str:
    """A length in days as it was given, with its noun: `1 day`, `0.5 days`, `1,826 days`."""
    return f"{number:,g} {'day' if number == 1 else 'days'}"


def deal_of(values: Mapping[str, Any], file: str = "", name: str = "The deal") -> DealRequest:
    """A deal from facts by name. Raises ScenarioError with every fault."""
    faults: list[Fault] = []
    deal = _deal(Cells(file, values, faults, lambda fact: None), name)
    _stop(faults)
    return deal


def read_form(file: Path) -> DealRequest:
    """A deal from a YAML file of facts. Raises ScenarioError with every fault by file and line."""
    content = _yaml_mapping(file)
    lines = {str(key): int(at[0]) + 1 for key, at in content.lc.data.items()}
    faults: list[Fault] = []
    deal = _deal(Cells(str(file), {str(k): v for k, v in content.items()}, faults, lines.get), file.stem)
    _stop(faults)
    return deal


def read_form_values(file: Path) -> dict[str, Any]:
    """The facts of a YAML file by name, as they stand there."""
    return {str(name): value for name, value in _yaml_mapping(file).items()}


def _yaml_mapping(file: Path) -> CommentedMap:
    """The content of a YAML file of facts. Raises ScenarioError when it is none."""
    try:
        content = YAML().load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        fault = Fault(str(file), None, "", f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        fault = Fault(str(file), None, "", f"is not text in UTF-8 (byte {error.start})")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else None
        fault = Fault(str(file), line, "", f"is no YAML: {error.problem or 'cannot be read'}")
    except (YAMLError, ValueError, RecursionError) as error:
        fault = Fault(str(file), None, "", f"is no YAML: {next(iter(str(error).splitlines()), 'cannot be read')}")
    else:
        if isinstance(content, CommentedMap):
            return content
        message = "holds no facts; write one as `country: Syria`, or begin with `ceasefire forecast --form`"
        fault = Fault(str(file), None, "", message)
    raise ScenarioError([fault])


def read_table(file: Path) -> list[DealRequest]:
    """Deals from a table with a deal a row. Raises ScenarioError with every fault by file, line and column."""
    from ceasefire.data_files.read_table import text_rows

    header, rows = text_rows(file, FACTS)
    faults = unknown_columns(file, header, FACTS)
    _stop(faults)
    deals = [_deal(cells, f"line {line}") for line, cells in cells_of(file, rows, faults)]
    _stop(faults)
    if not deals:
        raise ScenarioError([Fault(str(file), None, "", "holds no deals, only a header")])
    return deals


def _deal(cells: Cells, name: str) -> DealRequest:
    for fact in cells.values:
        if fact not in FACTS:
            cells.wrong(fact, f"no such fact{did_you_mean(fact, FACTS)}")
    planned = cells.days("planned_days", 0.5)
    fixed = cells.flag("fixed_term", default=planned is not None)
    if planned is not None and not fixed:
        cells.wrong("planned_days", "an open-ended deal has no planned days; leave them out, or set fixed_term to yes")
    klass = cells.one_of("ceasefire_class", CLASSES, "cessation")
    start = cells.date("start")
    written = cells.flag("written")
    held = cells.days("held_days") or 0.0
    missing = [fact for fact in ("country", "conflict", "start", "ceasefire_class", "written") if not cells.given(fact)]
    if fixed and planned is None:
        missing.append("planned_days")
    if not fixed and not cells.given("fixed_term") and "planned_days" not in cells.values:
        missing.append("fixed_term")  # where planned_days has a place and stands empty, the deal is open-ended
    facts = DealFacts(
        cells.text("name", name), cells.text("country"), cells.text("conflict"), start or datetime.date.min,
        cast(Class, klass), written, fixed, planned,
    )  # fmt: skip
    not_used = tuple(fact for fact in NOT_USED if cells.given(fact))
    return DealRequest(facts, tuple(missing), held, not_used)


def read_history(file: Path) -> list[Record]:
    """Earlier deals from a list. Country and conflict that are not said stay empty. Raises ScenarioError."""
    from ceasefire.data_files.read_table import text_rows

    header, rows = text_rows(file, HISTORY_COLUMNS)
    faults = unknown_columns(file, header, tuple(HISTORY_COLUMNS))
    faults += missing_columns(file, header, {"start": HISTORY_COLUMNS["start"]})
    _stop(faults)
    records = [record for line, cells in cells_of(file, rows, faults) if (record := _earlier(cells, f"line {line}"))]
    _stop(faults)
    return records


def history_of(rows: Sequence[Mapping[str, Any]]) -> list[Record]:
    """Earlier deals from mappings with the columns of the list."""
    faults: list[Fault] = []
    records = []
    for number, row in enumerate(rows, start=1):
        cells = Cells(f"history, deal {number}", row, faults, lambda column: None)
        for column in row:
            if column not in HISTORY_COLUMNS:
                cells.wrong(column, f"no such column{did_you_mean(column, HISTORY_COLUMNS)}")
        records.append(_earlier(cells, f"deal {number}"))
    _stop(faults)
    return [record for record in records if record is not None]


def _earlier(cells: Cells, name: str) -> Record | None:
    start, end = cells.date("start"), cells.date("end")
    if not cells.given("start"):
        cells.wrong("start", "is empty; give the first day as 2020-03-06")
    days = cells.days("days")
    if not cells.given("outcome") and end is None and days is None:
        cells.wrong("outcome", "neither `outcome` nor `end` is given; for a deal that still holds write 'holding'")
        return None
    outcome = cells.one_of("outcome", OUTCOMES, "broke")
    if start is not None and end is not None:
        if end < start:
            cells.wrong("end", f"{end} lies before the start, {start}")
        days = float((end - start).days)
    if outcome == "holding":
        days = NEVER
    elif days is None:
        cells.wrong("end", f"a deal of outcome '{outcome}' needs `end` or `days`")
    planned = cells.days("planned_days", 0.5)
    facts = DealFacts(
        cells.text("name", name), cells.text("country"), cells.text("conflict"), start or datetime.date.min,
        cast(Class, cells.one_of("ceasefire_class", CLASSES, "cessation")), cells.flag("written"),
        cells.flag("fixed_term", default=planned is not None), planned,
    )  # fmt: skip
    broke = outcome in ("broke", "broke_by")
    return Record(facts, Ending(days or 0.0, broke, outcome != "broke_by"))


def in_place_of(record: Record, facts: DealFacts) -> Record:
    """An earlier deal with the country and conflict of the deal that is forecast where it says none."""
    own = record.facts
    return replace(
        record, facts=replace(own, country=own.country or facts.country, conflict=own.conflict or facts.conflict)
    )


def _stop(faults: list[Fault]) -> None:
    if faults:
        raise ScenarioError(faults)
