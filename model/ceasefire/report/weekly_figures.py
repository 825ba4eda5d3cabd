"""Figures and table of weekly counts over all worlds of a run: in all, by side and by sector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ceasefire.charts.layout import Caption
from ceasefire.charts.style import save
from ceasefire.charts.weekly_fans import Fan, sectors_finding, weekly_chart, weekly_finding
from ceasefire.scenario.schema import Scenario
from ceasefire.spreadsheet_csv import csv_text

TABLE = "weeks.csv"


def draw_weekly(
    scenario: Scenario, weekly: pd.DataFrame, caption: Callable[[str], Caption], horizon: int, folder: Path
) -> None:
    """Write weeks, weeks-by-sector and the table; none without a week, or for a table of an earlier version.

    Over draws of the assumed numbers where there are any, so that bands hold chance and doubt; `caption` gives the
    caption of a figure of what it is named.
    """
    if "by" not in weekly:
        return
    drawn = bool((weekly["numbers"] == "drawn").any())
    table = weekly[weekly["numbers"] == ("drawn" if drawn else "as written")].drop(columns="numbers")
    if table.empty:
        return
    (folder / TABLE).write_text(csv_text(table), encoding="utf-8", newline="\n")
    groups = table.groupby(["figure", "by", "name"], sort=False)
    counts = {(str(figure), str(by), str(name)): rows for (figure, by, name), rows in groups}
    in_all = {name: _fan(counts[name, "all", ""], f"{title} a week") for name, title in TITLES.items()}
    rows: dict[str, list[tuple[Fan, Fan | None]]] = {
        "weeks": [(in_all["violations"], in_all["deaths"]), *_by_side(scenario, counts), (in_all["displaced"], None)],
        "weeks-by-sector": _by_sector(scenario, counts),
    }
    worlds = counts["violations", "all", ""]["worlds"].to_numpy(float)
    fans = [row[0] for row in rows["weeks-by-sector"]]
    names = [sector.title for sector in scenario.front.sectors.values()]
    findings = {
        "weeks": weekly_finding(in_all["violations"], "violations", worlds),
        "weeks-by-sector": sectors_finding(fans, names, "violations"),
    }
    for name, each in rows.items():
        own = caption("counts of each week" + (", by sector" if name != "weeks" else ""))
        numbers = "assumed numbers drawn" if drawn else "numbers as written"
        own = replace(own, note=f"{numbers}  ·  {own.note}")
        save(weekly_chart(each, worlds, own, findings[name], horizon=horizon), folder, name)


TITLES = {"violations": "violations", "deaths": "deaths", "displaced": "people displaced"}

Counts = dict[tuple[str, str, str], pd.DataFrame]


def _by_side(scenario: Scenario, counts: Counts) -> list[tuple[Fan, Fan | None]]:
    """What each side commits, and those of its own who die fighting."""
    return [
        (
            _fan(counts["violations", "side", name], f"violations: {side.title}", "by side"),
            _fan(counts["deaths", "side", name], f"fighters killed: {side.title}", "of side"),
        )
        for name, side in scenario.sides.items()
    ]


def _by_sector(scenario: Scenario, counts: Counts) -> list[tuple[Fan, Fan | None]]:
    """Violations from each sector, and all whom they kill."""
    return [
        (
            _fan(counts["violations", "sector", name], f"violations: {sector.title}", "from"),
            _fan(counts["deaths", "sector", name], f"deaths: {sector.title}", "killed from"),
        )
        for name, sector in scenario.front.sectors.items()
    ]


def _fan(rows: pd.DataFrame, title: str, scale: str = "") -> Fan:
    """The quantiles of a weekly count."""
    low, quarter, median, three, high = (rows[f"q{level}"].to_numpy(float) for level in ("05", "25", "50", "75", "95"))
    return Fan(title, rows["first_day"].to_numpy(float), low, quarter, median, three, high, scale)
