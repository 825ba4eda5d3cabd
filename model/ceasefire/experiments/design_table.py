"""Reads a design from a CSV file: a column for each factor, a row for each point; empty cells change nothing.

Empty are blank cells, and NA, N/A and nan, as other programs write them, in any case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ceasefire.errors import Fault, ScenarioError
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.schema import MOST_POINTS, Spread
from ceasefire.scenario.parameter_paths import is_number
from ceasefire.scenario.yaml_with_lines import Place, read_value, shown_file, to_plain
from ceasefire.suggestions import did_you_mean

Row = tuple[float, ...]
"""Codes of the factors at a point."""

Refuse = Callable[[Factor, object], str | None]
"""Why a scenario cannot have a value of a factor, or None."""

ON_OFF = {"": False, "on": True, "off": False, "true": True, "false": False, "1": True, "0": False}


def read_points(
    file: Path, factors: Sequence[Factor], refuse: Refuse = lambda factor, value: None
) -> tuple[list[Factor], tuple[Row, ...], list[Fault]]:
    """The factors with their values in the table, the points, and all faults by line.

    `refuse` says why the scenario cannot have a value that is no number within limits.
    """
    from ceasefire.data_files.read_table import text_rows

    shown = shown_file(file)
    try:
        header, rows = text_rows(file, [factor.name for factor in factors], blank_rows=True)
    except ScenarioError as error:
        return list(factors), (), [replace(fault, file=shown) for fault in error.faults]
    faults = _heading_faults(shown, header, factors)
    if not rows:
        faults.append(Fault(shown, 1, "", "has no rows below its header"))
    if len(rows) > MOST_POINTS:
        faults.append(Fault(shown, None, "", f"has {len(rows):,} rows; at most {MOST_POINTS:,} are possible"))
    if faults:
        return list(factors), (), faults
    return _with_values(shown, rows, factors, refuse)


def _heading_faults(shown: str, heading: Sequence[str], factors: Sequence[Factor]) -> list[Fault]:
    wanted = [factor.name for factor in factors]
    unknown = [
        f"'{name}' is not a factor of the experiment{did_you_mean(name, wanted)}"
        for name in heading
        if name not in wanted
    ]
    missing = [f"lacks a column for '{name}'" for name in wanted if name not in heading]
    return [Fault(shown, 1, "", message) for message in (*unknown, *missing)]


def _with_values(
    shown: str, lines: Sequence[tuple[int, dict[str, str]]], factors: Sequence[Factor], refuse: Refuse
) -> tuple[list[Factor], tuple[Row, ...], list[Fault]]:
    faults: list[Fault] = []
    filled, columns = [], []
    for factor in factors:
        cells = [(at, line[factor.name]) for at, line in lines]
        if factor.kind == "change":
            new_factor, codes, column_faults = _switch_column(shown, factor, cells)
        else:
            new_factor, codes, column_faults = _value_column(shown, factor, cells, refuse)
        filled.append(new_factor)
        columns.append(codes)
        faults += column_faults
    return filled, () if faults else tuple(zip(*columns, strict=True)), faults


def _switch_column(
    shown: str, factor: Factor, cells: Sequence[tuple[int, str]]
) -> tuple[Factor, list[float], list[Fault]]:
    """The codes of a change: on or off in each row."""
    faults = [
        Fault(shown, at, factor.name, f"'{cell}' is neither on nor off")
        for at, cell in cells
        if cell.lower() not in ON_OFF
    ]
    return factor, [float(ON_OFF.get(cell.lower(), False)) for _, cell in cells], faults


def _value_column(
    shown: str, factor: Factor, cells: Sequence[tuple[int, str]], refuse: Refuse
) -> tuple[Factor, list[float], list[Fault]]:
    """The codes of a path, whose values are written as in a scenario file; words are coded by their position."""
    values: list[object] = []
    faults = []

    reasons: dict[str, str | None] = {}
    # by the text of the cell, which occurs often: a value may be a list or a mapping, and so no key

    def why_not(value: object) -> str | None:
        if value is None:
            return None
        if not is_number(value) or not math.isfinite(factor.low):
            return refuse(factor, value)
        within = factor.low <= float(value) <= factor.high  # type: ignore[arg-type]
        return None if within else f"{value} lies outside {factor.low:g} to {factor.high:g}"

    for at, cell in cells:
        try:
            value = to_plain(read_value(cell, Place(shown, at)))
        except ValueError as problem:
            faults.append(Fault(shown, at, factor.name, str(problem)))
            continue
        if cell not in reasons:
            reasons[cell] = why_not(value)
        message = reasons[cell]
        if message is not None:
            faults.append(Fault(shown, at, factor.name, message))
        values.append(value)
    listed = [value for value in values if value is not None]
    known = list(dict.fromkeys(map(str, listed)))
    by_text = {str(value): value for value in listed}
    if listed and not all(map(is_number, listed)):
        choice = replace(factor, kind="choice", spread=Spread(values=[by_text[text] for text in known]))
        return choice, [factor.off if v is None else float(known.index(str(v))) for v in values], faults
    number = replace(factor, kind="number", spread=Spread(values=listed or [0]))
    return number, [factor.off if v is None else float(v) for v in values], faults  # type: ignore[arg-type]
