"""Figures that not every run needs: the danger by age, the front, what talks do, and why one world ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ceasefire.cli.terminal import progress

if TYPE_CHECKING:
    from ceasefire.ensemble.run import Outcome
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.narrative.world_notes import Decision
    from ceasefire.scenario.load import Loaded

WATCHED = 60
"""Worlds that are lived day by day for the figures of a run."""

CAPTIONS = "captions.json"
"""What the figures of a run show, in a sentence each, for its report."""


def draw_more(plan: Plan, outcome: Outcome, folder: Path) -> None:
    """The danger by age; the front and violations around talks over the first worlds; and what these show."""
    from ceasefire.analysis.front_line import front_of
    from ceasefire.analysis.talks_effect import around_talks, violations_and_talks
    from ceasefire.charts.front_line import front_chart, front_finding
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.charts.talks_effect import sawtooth_chart, sawtooth_finding
    from ceasefire.simulation.initial_state import open_scenario
    from ceasefire.simulation.trajectory import history
    from ceasefire.wording import titled

    opening, label, title = open_scenario(plan.scenario), plan.loaded.label, plan.scenario.title
    worlds = [int(world) for world in outcome.worlds.loc[~outcome.worlds["failed"], "world"].head(WATCHED)]
    if not worlds:
        return
    found = {"hazard": _draw_hazard(plan, outcome, folder)}
    life = front_of(plan.scenario, opening, plan.seed, worlds)
    save(
        front_chart(life, Caption(titled(title, "the front"), label, plan.seed), horizon=plan.horizon), folder, "front"
    )
    found["front"] = front_finding(life)
    lives = []
    with progress(len(worlds), "worlds, day by day") as tell:
        for world in worlds:
            lives.append(violations_and_talks(history(plan.scenario, opening, label, plan.seed, world)))
            tell(1)
    try:
        talks = around_talks(lives)
    except ValueError:
        talks = None
    if talks is not None:
        save(sawtooth_chart(talks, Caption(titled(title, "what talks do"), label, plan.seed)), folder, "talks")
        found["talks"] = sawtooth_finding(talks)
    (folder / CAPTIONS).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _draw_hazard(plan: Plan, outcome: Outcome, folder: Path) -> str:
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


def draw_world(loaded: Loaded, seed: int, number: int, folder: Path) -> list[Path]:
    """The front of one world, and the pulls behind the choice that ended it, if a choice did; the files."""
    from ceasefire.analysis.front_line import front_of
    from ceasefire.charts.front_line import front_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.narrative.world_notes import Teller, choices_behind, live_through
    from ceasefire.simulation.initial_state import open_scenario
    from ceasefire.wording import titled

    scenario = loaded.scenario
    caption = Caption(titled(scenario.title, f"the front in world {number:,}"), loaded.label, seed)
    life = front_of(scenario, open_scenario(scenario), seed, [number])
    files = save(front_chart(life, caption, horizon=scenario.horizon_days), folder, f"world-{number}-front")
    behind = [choice for choice in choices_behind(Teller(live_through(loaded, seed, number))).values() if choice]
    for choice in behind[:1]:
        files += _draw_choice(loaded, seed, number, choice, folder)
    return files


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
