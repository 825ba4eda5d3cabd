"""The charts of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ceasefire.ensemble.run import Outcome
from ceasefire.ensemble.run_plan import Plan

SAMPLE = 6
"""Single worlds that are shown."""

LAST_OF_WORLDS = "worlds"
"""The figure that is drawn last of those that say nothing of doubt."""


def sample(worlds: pd.DataFrame, count: int = SAMPLE) -> list[int]:
    """Worlds spread evenly over the days held: the middle one of each of `count` equal groups, shortest-lived first.

    With six, those at the 8th, 25th, 42nd, 58th, 75th and 92nd per cent.
    """
    lived = worlds.loc[~worlds["failed"]].sort_values(["days_held", "world"], kind="stable")["world"].to_numpy()
    count = min(count, len(lived))
    places = ((np.arange(count) + 0.5) / max(count, 1) * len(lived)).astype(int)
    return [int(world) for world in lived[places]]


def draw(plan: Plan, outcome: Outcome, folder: Path) -> None:
    """Survival, causes and a sample of single worlds, as PNG and SVG; no figure when every world failed."""
    if outcome.worlds["failed"].all():
        return
    if not (folder / f"{LAST_OF_WORLDS}.svg").exists():
        draw_worlds(plan, outcome.worlds, folder)
    _draw_survival(plan, outcome, folder)


def draw_worlds(plan: Plan, worlds: pd.DataFrame, folder: Path) -> None:
    """The figures that say nothing of doubt, and so can be drawn while worlds for doubt are lived."""
    if worlds["failed"].all():
        return
    _draw_causes(plan, worlds, folder)
    _draw_worlds(plan, worlds, folder)


def get_ready() -> None:
    """Import what draws and reports: it takes most of a second, which can be one in which worlds are lived."""
    import scipy.optimize
    import scipy.special  # noqa: F401

    import ceasefire.analysis.parameter_uncertainty
    import ceasefire.charts.cumulative_incidence
    import ceasefire.charts.survival
    import ceasefire.charts.world_sample
    import ceasefire.report  # noqa: F401


def _draw_survival(plan: Plan, outcome: Outcome, folder: Path) -> None:
    from ceasefire.analysis.parameter_uncertainty import doubt_band
    from ceasefire.analysis.survival import survival
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.charts.survival import survival_chart

    band = doubt_band(outcome.doubt) if outcome.doubt is not None else None
    caption = Caption(plan.scenario.title, plan.loaded.label, plan.seed)
    chart = survival_chart(
        survival(outcome.worlds), band, caption, assumed=outcome.assumed or None, horizon=plan.horizon
    )
    save(chart, folder, "survival")


def _draw_causes(plan: Plan, worlds: pd.DataFrame, folder: Path) -> None:
    from ceasefire.analysis.survival import cumulative_incidence
    from ceasefire.charts.cumulative_incidence import causes_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.wording import titled

    caption = Caption(titled(plan.scenario.title, "how it ends"), plan.loaded.label, plan.seed)
    titles = {name: actor.title for name, actor in plan.scenario.actors.items()}
    incidence = cumulative_incidence(worlds, by_actor=True)
    save(causes_chart(incidence, caption, actor_titles=titles, horizon=plan.horizon), folder, "causes")


def _draw_worlds(plan: Plan, worlds: pd.DataFrame, folder: Path) -> None:
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.charts.world_sample import histories_chart
    from ceasefire.simulation.initial_state import open_scenario
    from ceasefire.simulation.trajectory import history
    from ceasefire.wording import titled

    opening = open_scenario(plan.scenario)
    label = plan.loaded.label
    lives = [history(plan.scenario, opening, label, plan.seed, world) for world in sample(worlds)]
    title = titled(plan.scenario.title, f"{len(lives)} worlds, spread from the shortest-lived to the longest")
    save(histories_chart(lives, Caption(title, label, plan.seed)), folder, LAST_OF_WORLDS)
