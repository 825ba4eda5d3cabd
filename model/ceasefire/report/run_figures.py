"""The figures of a run and of one world: which are drawn, from which worlds, and under which titles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ceasefire.analysis.causes_over_draws import cause_curves
from ceasefire.analysis.front_line import front_history, front_of_log
from ceasefire.analysis.hazard import hazard, weibull_shape
from ceasefire.analysis.mixing_distribution import world_distribution
from ceasefire.analysis.survival import survival
from ceasefire.analysis.talks_effect import around_talks, violations_and_talks
from ceasefire.analysis.worlds_by_draw import worlds_by_draw
from ceasefire.array_types import IntArray
from ceasefire.charts.cumulative_incidence import causes_chart
from ceasefire.charts.decisions import Choice, pulls_chart
from ceasefire.charts.front_line import front_chart, front_moves
from ceasefire.charts.hazard import hazard_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.outside_view import views_chart
from ceasefire.charts.style import save
from ceasefire.charts.survival import survival_chart
from ceasefire.charts.talks_effect import talks_effect_chart
from ceasefire.charts.world_sample import histories_chart
from ceasefire.charts.world_timeline import history_chart
from ceasefire.ensemble.pooled_forecast import duration_of, views_of
from ceasefire.ensemble.run import ProgressCallback, no_progress, run_summary
from ceasefire.ensemble.weekly_fans import fans_of
from ceasefire.report.sentences import commonest_end, duration_sentence, scenario_sentence
from ceasefire.report.weekly_figures import draw_weekly
from ceasefire.scenario.schema import ladder_of
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import Trajectory, trajectory
from ceasefire.spreadsheet_csv import csv_text
from ceasefire.wording import ILLUSTRATIVE, RUNG_WORDS, day_of, how_many, titled

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.narrative.story import Story
    from ceasefire.narrative.world_notes import Decision
    from ceasefire.scenario.load import Loaded


SAMPLE = 6
"""Single worlds shown in the figure of a sample."""


def sample(worlds: pd.DataFrame, count: int = SAMPLE) -> list[int]:
    """Worlds spread evenly over the days held: the middle one of each of `count` equal groups, shortest-lived first.

    With six, those at the 8th, 25th, 42nd, 58th, 75th and 92nd per cent. Where some deals end and some hold, at least
    one of each is shown, of six at least two if there are so many.
    """
    complete = worlds.loc[~worlds["failed"]].sort_values(["days_held", "world"], kind="stable")
    count = min(count, len(complete))
    over = complete["ended"].to_numpy(bool) if "ended" in complete else np.ones(len(complete), dtype=bool)
    ended, held = complete["world"].to_numpy()[over], complete["world"].to_numpy()[~over]
    if count < 2 or not len(ended) or not len(held):
        return _evenly(complete["world"].to_numpy(), count)
    least = max(1, count // 3)
    some = round(count * len(ended) / len(complete))
    some = min(max(some, min(least, len(ended)), count - len(held)), count - min(least, len(held)), len(ended))
    return [*_evenly(ended, some), *_evenly(held, count - some)]


def _evenly(worlds: IntArray, count: int) -> list[int]:
    """The middle world of each of `count` equal groups."""
    positions = ((np.arange(count) + 0.5) / max(count, 1) * len(worlds)).astype(int)
    return [int(world) for world in worlds[positions]]


def draw(plan: Plan, outcome: RunResult, folder: Path, dates: bool = False) -> None:
    """Survival, causes and a sample of single worlds, as PNG and SVG; no figure when every world failed.

    With `dates`, calendar dates stand on the axes of time.
    """
    draw_worlds(plan, outcome.worlds, folder, dates)
    draw_survival(plan, outcome, folder, dates)
    draw_further(plan, outcome, folder, dates)


def draw_further(plan: Plan, outcome: RunResult, folder: Path, dates: bool = False) -> None:
    """What `draw` draws besides single worlds and survival."""
    if outcome.worlds["failed"].all():
        return
    _draw_causes(plan, outcome, folder, dates)
    draw_views(plan, outcome, folder, dates)


def draw_views(plan: Plan, outcome: RunResult, folder: Path, dates: bool = False) -> list[Path]:
    """The forecast beside what it is pooled from; nothing when the scenario names no `history:`."""
    views = views_of(plan, outcome)
    if views.such_deals is None:
        return []
    named = {"pooled forecast": views.pooled, "this scenario": views.scenario, "deals like it": views.such_deals}
    curves = [(name, view.mean) for name, view in named.items() if view is not None]
    footer = f"{plan.loaded.shown}  ·  seed {plan.seed}  ·  {ILLUSTRATIVE}"
    footer = f"{outcome.at_draws or how_many(plan.worlds, 'world')}  ·  {footer}"
    whose = (
        "pooled from this scenario and from deals like it" if views.pooled else "in this scenario and of deals like it"
    )
    held = f", given that it has held {how_many(views.first, 'day')}" if views.first else ""
    title = titled(plan.loaded.title, f"chance to be unbroken, by day, {whose}{held}")
    band = (views.headline.low, views.headline.high)
    start = plan.scenario.start if dates else None
    chart = views_chart(curves, band, title, duration_sentence(duration_of(plan, outcome)), footer, start)
    return save(chart, folder, "forecast")


def draw_worlds(plan: Plan, worlds: pd.DataFrame, folder: Path, dates: bool = False) -> None:
    """The figures without parameter uncertainty; they can be drawn while the parameter draws are simulated."""
    if worlds["failed"].all():
        return
    _draw_sample(plan, worlds, folder, dates)


def _caption(plan: Plan, what: str, dates: bool, at_draws: str = "") -> Caption:
    """Title and provenance of a figure of a run."""
    title = titled(plan.loaded.title, what) if what else plan.loaded.title
    start = plan.scenario.start if dates else None
    return Caption(title, plan.loaded.shown, plan.seed, start=start, at_draws=at_draws)


def draw_survival(plan: Plan, outcome: RunResult, folder: Path, dates: bool = False) -> None:
    """The share of worlds that hold, with both bands; nothing when every world failed."""
    if outcome.worlds["failed"].all():
        return
    drawn = worlds_by_draw(outcome.doubt, plan.horizon) if outcome.doubt is not None else None
    verdict = world_distribution(drawn.holds_past(plan.horizon), 0.0, 1.0).verdict if drawn is not None else ""
    chart = survival_chart(
        survival(outcome.worlds), drawn.bands() if drawn is not None else None,
        _caption(plan, "share of worlds still holding, by day", dates, outcome.at_draws),
        assumed=outcome.assumed or None, horizon=plan.horizon, verdict=verdict,
        finding=scenario_sentence(duration_of(plan, outcome)),
    )  # fmt: skip
    save(chart, folder, "survival")


def _draw_causes(plan: Plan, outcome: RunResult, folder: Path, dates: bool) -> None:
    caption = _caption(plan, "share of worlds ended by each day, by cause", dates, outcome.at_draws)
    titles = plan.scenario.actor_titles
    causes = cause_curves(outcome.worlds, outcome.doubt, plan.horizon)
    finding = commonest_end(run_summary(plan, outcome), titles)
    save(causes_chart(causes, caption, finding, actor_titles=titles, horizon=plan.horizon), folder, "causes")


def _draw_sample(plan: Plan, worlds: pd.DataFrame, folder: Path, dates: bool) -> None:
    opening = initial_state(plan.scenario)
    label = plan.loaded.shown
    histories = [trajectory(plan.scenario, opening, label, plan.seed, world) for world in sample(worlds)]
    what = f"{how_many(len(histories), 'world')}, from the shortest-lived to the longest-lived"
    save(histories_chart(histories, _caption(plan, what, dates)), folder, "worlds")


FEWEST_WITH_TALKS = 5
"""Worlds with talks from which their effect is shown; fewer say nothing of chance."""

SIMULATED_BY_DAY = 60
"""Worlds simulated again, with every day recorded, for the figures of the front and of talks."""


def worlds_by_day(outcome: RunResult) -> list[int]:
    """Numbers of the worlds that `draw_more` simulates day by day."""
    return [int(world) for world in outcome.worlds.loc[~outcome.worlds["failed"], "world"].head(SIMULATED_BY_DAY)]


def draw_more(
    plan: Plan,
    outcome: RunResult,
    folder: Path,
    progress: ProgressCallback = no_progress,
    dates: bool = False,
) -> None:
    """The additional figures: hazard by age, front line, violations around talks, weekly counts."""
    opening, label = initial_state(plan.scenario), plan.loaded.shown
    worlds = worlds_by_day(outcome)
    if not worlds:
        return
    if (
        plan.scenario.agreement.term_days is None and outcome.worlds["ended"].any()
    ):  # with a term, the hazard would only see the day of expiry
        _draw_hazard(plan, outcome, folder, dates)
    front = front_history(plan.scenario, opening, plan.seed, worlds)
    save(front_chart(front, _caption(plan, "share of each sector won since signing", dates)), folder, "front")
    series = []
    for world in worlds:
        series.append(violations_and_talks(trajectory(plan.scenario, opening, label, plan.seed, world)))
        progress(1)
    if sum(any(day > 0 for day in talks) for _, talks in series) >= FEWEST_WITH_TALKS:
        talks = around_talks(series)
        save(
            talks_effect_chart(talks, _caption(plan, "violations a day around rounds of talks", dates)), folder, "talks"
        )
    if outcome.weekly is not None:
        weekly = fans_of(outcome.weekly)
        draw_weekly(plan.scenario, weekly, lambda what: _caption(plan, what, dates), plan.horizon, folder)


def _draw_hazard(plan: Plan, outcome: RunResult, folder: Path, dates: bool) -> None:
    curve = hazard(outcome.worlds, since=plan.scenario.day)
    try:
        shape = weibull_shape(outcome.worlds, since=plan.scenario.day)
    except ValueError:
        shape = None
    save(hazard_chart(curve, shape, _caption(plan, "ends by age of the deal", dates)), folder, "hazard")


def draw_world(story: Story, folder: Path, dates: bool = False) -> list[Path]:
    """The front of a recorded world, the decision that ended it, if one did, its history, and its days as a table.

    Returns the files.
    """
    # Loads Mesa, which a run does not need.
    from ceasefire.narrative.world_notes import WorldNotes, choices_behind

    scenario, recorded, number = story.loaded.scenario, story.recorded, story.world
    start = scenario.start if dates else None
    title = titled(scenario.title, f"share of each sector won since signing, in world {number:,}")
    caption = Caption(title, story.loaded.shown, story.seed, start=start)
    front = front_of_log(scenario, recorded.log, recorded.record)
    files = []
    if front_moves(front):
        files = save(front_chart(front, caption), folder, f"world-{number}-front")
    behind = [choice for choice in choices_behind(WorldNotes(recorded)).values() if choice]
    for choice in behind[:1]:
        files += _draw_decision(story.loaded, story.seed, number, choice, folder)
    files += save(history_chart(story.trajectory, dates=dates), folder, f"world-{number}")
    table = folder / f"world-{number}.csv"
    table.write_text(csv_text(days_of(story.trajectory)), encoding="utf-8", newline="\n")
    return [*files, table]


def days_of(history: Trajectory) -> pd.DataFrame:
    """A row for each day of a world: what its chart shows; postures by the words of their ladder."""
    shown: dict[str, object] = {"day": history.days}
    for actor, rungs in history.postures.items():
        shown[f"posture_{actor}"] = np.array(RUNG_WORDS[history.ladders[actor]])[rungs]
    shown |= {f"violations_{kind}": daily for kind, daily in history.violations.items()}
    shown |= {"deaths_combatant": history.deaths_combatant, "deaths_civilian": history.deaths_civilian}
    shown |= {f"trust_{side}": values for side, values in history.trust.items()}
    shown |= {"guarantors_ties": history.ties, "world_attention": history.attention}
    shown |= {"talks": np.isin(history.days, history.talks_days)}
    return pd.DataFrame(shown)


def _draw_decision(loaded: Loaded, seed: int, number: int, decision: Decision, folder: Path) -> list[Path]:
    scenario = loaded.scenario
    actor = scenario.actors[decision.actor]
    titles = {name: motive.title for name, motive in scenario.motives.items()}
    day = day_of(scenario, decision.day)
    choice = Choice(actor.title, day, ladder_of(actor.role), decision.old, decision.new, titles)
    caption = Caption(titled(scenario.title, f"the choice behind the end of world {number:,}"), loaded.shown, seed)
    return save(pulls_chart(decision.pulls, choice, caption), folder, f"world-{number}-why")
