"""The charts of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ceasefire.ensemble.run import ProgressCallback, RunResult, no_progress
from ceasefire.ensemble.run_plan import Plan

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.narrative.story import Story
    from ceasefire.narrative.world_notes import Decision
    from ceasefire.scenario.load import Loaded


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


def draw(plan: Plan, outcome: RunResult, folder: Path) -> None:
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


def _draw_survival(plan: Plan, outcome: RunResult, folder: Path) -> None:
    from ceasefire.analysis.parameter_uncertainty import uncertainty_band
    from ceasefire.analysis.survival import survival
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.charts.survival import survival_chart

    band = uncertainty_band(outcome.doubt) if outcome.doubt is not None else None
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
    from ceasefire.simulation.initial_state import initial_state
    from ceasefire.simulation.trajectory import trajectory
    from ceasefire.wording import titled

    opening = initial_state(plan.scenario)
    label = plan.loaded.label
    lives = [trajectory(plan.scenario, opening, label, plan.seed, world) for world in sample(worlds)]
    title = titled(plan.scenario.title, f"{len(lives)} worlds, spread from the shortest-lived to the longest")
    save(histories_chart(lives, Caption(title, label, plan.seed)), folder, LAST_OF_WORLDS)


WATCHED = 60
"""Worlds that are lived day by day for the figures of a run."""

CAPTIONS = "captions.json"
"""What the figures of a run show, in a sentence each, for its report."""


def worlds_by_day(outcome: RunResult) -> list[int]:
    """Numbers of the worlds that `draw_more` simulates day by day."""
    return [int(world) for world in outcome.worlds.loc[~outcome.worlds["failed"], "world"].head(WATCHED)]


def draw_more(plan: Plan, outcome: RunResult, folder: Path, progress: ProgressCallback = no_progress) -> None:
    """The danger by age; the front and violations around talks over the first worlds; and what these show."""
    from ceasefire.analysis.front_line import front_of
    from ceasefire.analysis.talks_effect import around_talks, violations_and_talks
    from ceasefire.charts.front_line import front_chart, front_finding
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.charts.talks_effect import sawtooth_chart, sawtooth_finding
    from ceasefire.simulation.initial_state import initial_state
    from ceasefire.simulation.trajectory import trajectory
    from ceasefire.wording import titled

    opening, label, title = initial_state(plan.scenario), plan.loaded.label, plan.scenario.title
    worlds = worlds_by_day(outcome)
    if not worlds:
        return
    found = {"hazard": _draw_hazard(plan, outcome, folder)}
    life = front_of(plan.scenario, opening, plan.seed, worlds)
    save(
        front_chart(life, Caption(titled(title, "the front"), label, plan.seed), horizon=plan.horizon), folder, "front"
    )
    found["front"] = front_finding(life)
    lives = []
    for world in worlds:
        lives.append(violations_and_talks(trajectory(plan.scenario, opening, label, plan.seed, world)))
        progress(1)
    try:
        talks = around_talks(lives)
    except ValueError:
        talks = None
    if talks is not None:
        save(sawtooth_chart(talks, Caption(titled(title, "what talks do"), label, plan.seed)), folder, "talks")
        found["talks"] = sawtooth_finding(talks)
    (folder / CAPTIONS).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _draw_hazard(plan: Plan, outcome: RunResult, folder: Path) -> str:
    """The danger of ending by age; what it shows."""
    from ceasefire.analysis.hazard import hazard, weibull_shape
    from ceasefire.charts.hazard import hazard_chart, hazard_finding
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.wording import titled

    curve = hazard(outcome.worlds)
    try:
        shape = weibull_shape(outcome.worlds)
    except ValueError:
        shape = None
    caption = Caption(titled(plan.scenario.title, "the danger of ending"), plan.loaded.label, plan.seed)
    save(hazard_chart(curve, shape, caption), folder, "hazard")
    return hazard_finding(curve, shape)


def draw_world(story: Story, folder: Path) -> list[Path]:
    """The front of a recorded world, the pulls behind the choice that ended it, if one did, and its days; the files."""
    from ceasefire.analysis.front_line import front_of_log
    from ceasefire.charts.front_line import front_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.charts.world_timeline import history_chart
    from ceasefire.narrative.world_notes import WorldNotes, choices_behind
    from ceasefire.wording import titled

    scenario, recorded, number = story.loaded.scenario, story.recorded, story.world
    caption = Caption(titled(scenario.title, f"the front in world {number:,}"), story.loaded.label, story.seed)
    front = front_of_log(scenario, recorded.log, recorded.record)
    files = save(front_chart(front, caption, horizon=scenario.horizon_days), folder, f"world-{number}-front")
    choices = [choice for choice in choices_behind(WorldNotes(recorded)).values() if choice]
    for choice in choices[:1]:
        files += _draw_choice(story.loaded, story.seed, number, choice, folder)
    return files + save(history_chart(story.trajectory), folder, f"world-{number}")


def _draw_choice(loaded: Loaded, seed: int, number: int, choice: Decision, folder: Path) -> list[Path]:
    from ceasefire.charts.decisions import Choice, pulls_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.scenario.schema import ladder_of
    from ceasefire.wording import day_of, titled

    scenario = loaded.scenario
    actor = scenario.actors[choice.actor]
    titles = {name: motive.title for name, motive in scenario.motives.items()}
    when = day_of(scenario, choice.day)
    told = Choice(actor.title, when, ladder_of(actor.role), choice.old, choice.new, titles)
    caption = Caption(titled(scenario.title, f"the choice behind the end of world {number:,}"), loaded.label, seed)
    return save(pulls_chart(choice.pulls, told, caption), folder, f"world-{number}-why")
