"""From the engine's rows to a table of worlds that people read: names instead of positions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.start import Opening, WorldArray
from ceasefire.world import C_CIVILIAN, C_COMBATANT, C_DISPLACED, C_PEAK, C_TALKS, CAUSES, VIOLATION_KINDS

WORLD_COLUMNS = (
    "point", "world", "days_held", "ended", "cause", "cause_actor", "first_breach_day", "first_lethal_day",
    "operational_end_day", "formal_end_day", "state_at_end", "violations_strategic", "violations_retaliatory",
    "violations_spoiling", "violations_localised", "deaths_combatant", "deaths_civilian", "displaced", "talks",
    "peak_deaths_14d", "deciding_actor", "deciding_motive", "deciding_sector", "failed",
)  # fmt: skip
"""Columns of the worlds table, in order."""


STATES_AT_END = ("in force", "lapsed", "ended")
"""In what state a world's deal is when one stops looking: lapsed is one that has run out, or was renounced, and is
observed all the same."""


def worlds_frame(rows: WorldArray, opening: Opening) -> pd.DataFrame:
    """One row per world, with WORLD_COLUMNS; days not reached are missing, actors and causes are names."""
    counter = np.nan_to_num(rows["counter"], posinf=0, neginf=0)
    columns: dict[str, object] = {
        "point": rows["point"],
        "world": rows["world"],
        "days_held": rows["days_held"],
        "ended": rows["ended"] == 1,
        "cause": _named(rows["cause"], CAUSES),
        "cause_actor": _named(rows["cause_actor"], opening.actors),
    }
    for clock in ("first_breach", "first_lethal", "operational_end", "formal_end"):
        columns[f"{clock}_day"] = pd.array(rows[clock], dtype="Int64")
    columns["state_at_end"] = np.array(STATES_AT_END, dtype=object)[rows["state_at_end"]]
    for position, kind in enumerate(VIOLATION_KINDS):
        columns[f"violations_{kind}"] = counter[:, position].astype(np.int64)
    for name, position in (
        ("deaths_combatant", C_COMBATANT), ("deaths_civilian", C_CIVILIAN), ("displaced", C_DISPLACED),
        ("talks", C_TALKS), ("peak_deaths_14d", C_PEAK),
    ):  # fmt: skip
        columns[name] = np.rint(counter[:, position]).astype(np.int64)
    columns["deciding_actor"] = _named(rows["deciding_actor"], opening.actors)
    columns["deciding_motive"] = _named(rows["deciding_motive"], opening.motives)
    columns["deciding_sector"] = _named(rows["deciding_sector"], opening.sectors)
    columns["failed"] = rows["failed"] == 1
    frame = pd.DataFrame(columns, columns=list(WORLD_COLUMNS))
    for clock in ("first_breach_day", "first_lethal_day", "operational_end_day", "formal_end_day"):
        frame.loc[frame[clock] < 0, clock] = pd.NA
    return frame


def _named(positions: NDArray[np.int64], names: tuple[str, ...]) -> NDArray[np.object_]:
    """The name at each position; '' for -1."""
    table = np.array([*names, ""], dtype=object)
    return table[positions]
