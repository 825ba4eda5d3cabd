"""The days of every world of a run, as Parquet files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ceasefire.ensemble.run_plan import Plan
from ceasefire.simulation.compiled.day_loop import no_records
from ceasefire.simulation.compiled.recorded_counts import CIVILIAN, DEATHS, EVENTS, FIRST_SIDE, SECOND_SIDE
from ceasefire.simulation.engine import cores, one_scenario, simulate
from ceasefire.simulation.initial_state import initial_state

FOLDER = "daily"

ALL = 1.0 - 1e-12
"""Share of deaths that is recorded: every one."""

WORLDS_PER_PART = 500

FIGURES = {
    "incidents": EVENTS,
    "deaths": DEATHS,
    "civilians": CIVILIAN,
    "deaths_a": FIRST_SIDE,
    "deaths_b": SECOND_SIDE,
}
"""Deadly incidents, deaths, civilians among these, and the dead of the first and the second side."""


def write_daily(plan: Plan, folder: Path, workers: int | None) -> None:
    """Write part-0000.parquet and so on into a folder: a row for each world and day on which its deal held."""
    batch = one_scenario(initial_state(plan.scenario), plan.worlds, plan.seed)

    def one(part: int) -> None:
        first = part * WORLDS_PER_PART
        last = min(first + WORLDS_PER_PART, plan.worlds)
        weekly, daily, share, branches = no_records(last - first, days=plan.horizon)
        rows = simulate(batch, first, last, records=(weekly, daily, share + ALL, branches))
        days = np.arange(plan.horizon)
        lived = (days >= plan.scenario.day) & (days < rows["days_held"][:, None]) & (rows["failed"] == 0)[:, None]
        world, day = np.nonzero(lived)
        columns = {name: daily[world, day, figure].astype(np.int32) for name, figure in FIGURES.items()}
        table = pd.DataFrame({"world": rows["world"][world], "day": day, **columns})
        file = folder / f"part-{part:04d}.parquet"
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(), file,
                       compression="zstd", store_schema=False)  # fmt: skip

    with ThreadPoolExecutor(cores(workers)) as pool:
        list(pool.map(one, range(-(-plan.worlds // WORLDS_PER_PART))))
