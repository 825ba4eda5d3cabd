"""Weekly fans of a run: the quantiles of the worlds themselves, whatever the workers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Command

from ceasefire.charts.layout import Caption
from ceasefire.ensemble.run import run_plan
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.weekly_fans import BINS, EXACT, LEVELS, WeeklyFans, _bin, _least, fans_of
from ceasefire.report.html import picture
from ceasefire.report.weekly_figures import draw_weekly
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled.day_loop import no_records
from ceasefire.simulation.compiled.recorded_counts import (
    ALL_DEATHS,
    CIVILIAN_DEATHS,
    DEATHS_OF,
    DISPLACED,
    SECTORS,
    VIOLATIONS,
    VIOLATIONS_BY,
)
from ceasefire.simulation.engine import one_scenario, simulate
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import trajectory
from ceasefire.world_state import C_DISPLACED


def test_weekly_counts_are_those_of_the_worlds_day_by_day(small: str) -> None:
    loaded = load(small)
    opening = initial_state(loaded.scenario)
    batch = one_scenario(opening, 20, 1)
    sides, sectors = (tuple(each) for each in (loaded.scenario.sides, loaded.scenario.front.sectors))
    records = no_records(20, weeks=57, sectors=len(sectors))
    rows = simulate(batch, 0, 20, records=records)
    fans = WeeklyFans(400, 0, sides, sectors)
    fans.add(rows, records[0])
    table = fans.table()
    whole, table = table, table[(table["week"] == 3) & (table["by"] == "all")].set_index("figure")
    series = [trajectory(loaded.scenario, opening, "", 1, world) for world in range(20)]
    week = 3
    lived = [one for one in series if one.days_held >= 7 * (week + 1)]
    days = slice(7 * week, 7 * week + 7)
    violations = [sum(int(kind[days].sum()) for kind in one.violations.values()) for one in lived]
    deaths = [int((one.deaths_combatant + one.deaths_civilian)[days].sum()) for one in lived]
    assert table["worlds"].tolist() == [len(lived)] * 5
    assert len(lived) > 10
    for name, counts in (("violations", violations), ("deaths", deaths)):
        expected = np.quantile(counts, LEVELS, method="inverted_cdf")
        assert [table.at[name, f"q{100 * level:02.0f}"] for level in LEVELS] == expected.tolist()
    assert set(whole.loc[whole["by"] == "side", "name"]) == set(sides)
    assert set(whole.loc[whole["by"] == "sector", "name"]) == set(sectors)


def test_counts_by_side_and_by_sector_sum_to_those_of_the_week(small: str) -> None:
    """Violations by either side, and those from each sector, are all violations; so are deaths by sector."""
    loaded = load(small)
    count = len(loaded.scenario.front.sectors)
    records = no_records(30, weeks=57, sectors=count)
    rows = simulate(one_scenario(initial_state(loaded.scenario), 30, 1), 0, 30, records=records, days=28)
    weeks = records[0]
    through = rows["ended"] == 0
    assert through.sum() > 10
    weeks = weeks[through, :4]
    total = {figure: weeks[:, 3, figure].sum() for figure in (VIOLATIONS, ALL_DEATHS, CIVILIAN_DEATHS, DISPLACED)}
    assert total[DISPLACED] == np.floor(rows["counter"][through, C_DISPLACED]).sum()
    assert min(total.values()) > 0
    by_side, of_side = weeks[:, :, VIOLATIONS_BY : VIOLATIONS_BY + 2], weeks[:, :, DEATHS_OF : DEATHS_OF + 2]
    from_sector, killed_from = weeks[:, :, SECTORS::2], weeks[:, :, SECTORS + 1 :: 2]
    assert by_side.sum() == from_sector.sum() == total[VIOLATIONS]
    assert killed_from.sum() == total[ALL_DEATHS] == of_side.sum() + total[CIVILIAN_DEATHS]
    for each in (by_side, of_side, from_sector, killed_from):
        assert (each.sum(axis=(0, 1)) > 0).all()


def test_large_counts_are_kept_to_one_per_cent() -> None:
    counts = np.array([0, 1, EXACT - 1, EXACT, 5_000, 123_456, 2**40])
    kept = [_least(int(place)) for place in _bin(counts)]
    assert kept[:4] == [0, 1, EXACT - 1, EXACT]
    assert kept[4:6] == pytest.approx([5_000, 123_456], rel=0.011)
    assert _bin(counts).max() == BINS - 1


def test_fans_do_not_depend_on_the_workers(small: str) -> None:
    one, two = (run_plan(Plan(load(small), 60, 1), workers=workers).weekly for workers in (1, 2))
    assert one == two


def test_a_run_has_its_weekly_fans_in_its_folder(command: Command, small: str, without_figures: None) -> None:
    assert command("run", small, "--worlds", "30", "--days", "40", "--out", "here").code == 0
    table = pd.read_parquet(Path("here/weekly.parquet"))
    assert table["week"].unique().tolist() == [0, 1, 2, 3, 4]
    assert set(table["figure"]) == {"incidents", "violations", "deaths", "civilians", "displaced"}
    assert (table["q02"] <= table["q50"]).all()
    assert (table["q50"] <= table["q98"]).all()
    assert set(table["numbers"]) <= {"as written", "drawn"}


def test_every_day_of_every_world_is_written_when_asked_for(
    command: Command, small: str, without_figures: None
) -> None:
    assert command("run", small, "--worlds", "30", "--days", "40", "--out", "here", "--daily").code == 0
    days = pd.read_parquet("here/daily/part-0000.parquet")
    worlds = pd.read_parquet(Path("here/worlds/part-0000.parquet")).set_index("world")
    assert days.groupby("world").size().to_dict() == worlds["days_held"].to_dict()
    dead = worlds["deaths_combatant"] + worlds["deaths_civilian"]
    through = worlds.index[~worlds["ended"]]
    assert days.groupby("world")["deaths"].sum()[through].tolist() == dead[through].tolist()
    assert (days["incidents"] <= days["deaths"]).all()


def test_weekly_counts_are_drawn_and_written_for_people_who_read_no_parquet(small: str, tmp_path: Path) -> None:
    plan = Plan(load(small), 60, 1, days=70)
    outcome = run_plan(plan)
    assert outcome.weekly is not None
    weekly = fans_of(outcome.weekly)
    draw_weekly(plan.scenario, weekly, lambda what: Caption(what, "small", 1), 70, tmp_path)
    assert (tmp_path / "weeks-by-sector.png").exists()
    table = pd.read_csv(tmp_path / "weeks.csv")
    first = table[(table["week"] == 0) & (table["figure"] == "violations") & (table["by"] == "all")].iloc[0]
    shown = picture(tmp_path / "weeks.png")
    assert shown is not None
    words = f"{first['q50']:,.0f} violations in the first week (90\u00a0% of worlds: {first['q05']:,.0f} to"
    assert words in shown.finding
    assert {"side", "sector"} <= set(table["by"])
