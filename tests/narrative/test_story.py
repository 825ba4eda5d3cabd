"""The story of a world agrees with its record, and its pulls sum to the utility of each choice."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command

from ceasefire.analysis.decisions import HABIT, INTENT, LEASH, PREPARATION, REST, WORD, Pulls
from ceasefire.analysis.front_line import front_history, front_of_log
from ceasefire.narrative import story
from ceasefire.narrative.how_it_ended import _deciding
from ceasefire.narrative.story import QUARTER, Story, pulls_of, record_story, spans
from ceasefire.narrative.turning_points import ALWAYS, TurningPoint, decision_details
from ceasefire.narrative.world_notes import STRIKE, Decision, RecordedWorld, WorldNotes
from ceasefire.scenario.compose import parse_settings
from ceasefire.scenario.load import load
from ceasefire.simulation import engine
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.engine import all_rows, one_scenario
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.mesa_model import CeasefireModel
from ceasefire.simulation.trajectory import step_through, trajectory
from ceasefire.wording import ordinal, short_name
from ceasefire.world_state import CAUSES, VIOLATION_KINDS

SEED = 1
QUICK_TO_END: dict[str, dict[str, object]] = {
    "offensive": {"actors.syria.patron": None, "actors.syria.motives.deterrence": 0, "mechanisms.prep": 0},
    "spoiler_offensive": {"actors.hts.posture": "offensive", "mechanisms.review_days": 60},
    "bombardment": {
        "actors.hts.posture": "strike", "mechanisms.strike_rate": 8, "mechanisms.review_days": 60, "war.toll_14d": 200,
    },
    "spiral": {
        "mechanisms.local_rate": 5, "mechanisms.branching_rest": 0.99, "mechanisms.hidden_intent": 0,
        "war.toll_14d": 200,
    },
    "guarantor_clash": {
        "actors.turkey.posture": "strike", "actors.russia.posture": "strike", "mechanisms.clash_deaths": 1,
        "mechanisms.review_days": 60, "actors.russia.exposure": 1, "mechanisms.talks_rate": 0,
    },
    "expiry": {"agreement.term_days": 5, "mechanisms.temperature": 2},
    "abrogation": {"mechanisms.abrogation_rate": 1, "mechanisms.temperature": 2, "mechanisms.offensive_days": 60},
    "": {"horizon_days": 120, "mechanisms.war_share": 5, "mechanisms.offensive_days": 60},
}  # fmt: skip
"""For every cause, settings of the flagship under which worlds end so soon."""


@cache
def flagship(world: int = 3) -> Story:
    """A story of the flagship scenario."""
    return record_story(load("idlib-2020"), SEED, world)


@cache
def ended_by(cause: str) -> Story:
    """The story of the first of 200 worlds that ends so."""
    loaded = load("idlib-2020", set=QUICK_TO_END[cause])
    rows = all_rows(one_scenario(initial_state(loaded.scenario), 200, SEED))
    worlds = np.flatnonzero(rows["cause"] == CAUSES.index(cause))
    assert len(worlds), f"no world ends by {cause or 'reaching the horizon'}"
    return record_story(loaded, SEED, int(worlds[0]))


def difference(decision: Decision) -> tuple[float, float]:
    """U(new) - U(old) as the sum of the pulls, and from the log odds of the two rungs [temperatures]."""
    chances = decision.pulls.chances
    log_odds = math.log(chances[decision.new] / chances[decision.old])
    return sum(decision.pulls.difference(decision.new, decision.old).values()), log_odds


def test_pulls_sum_to_the_odds_of_every_choice_of_a_life() -> None:
    a_story = flagship()
    temperature = float(a_story.recorded.record["temperature"][0])
    assert len(a_story.decisions) > 100
    for decision in a_story.decisions:
        summed, log_odds = difference(decision)
        assert summed == pytest.approx(log_odds * temperature, abs=1e-9)


def test_every_hold_of_the_rules_has_a_name_of_its_own() -> None:
    holds = {hold for decision in flagship().decisions for hold in decision.pulls.holds}
    assert holds >= {WORD, LEASH, PREPARATION, HABIT, INTENT}
    assert REST not in holds


def test_pulls_are_those_of_the_morning_before_the_choice_takes_effect() -> None:
    """Once it has taken effect, habit favours the new posture, and the same record gives other pulls."""
    a_story = flagship()
    for decision in a_story.decisions[:50]:
        assert decision.pulls.rung == decision.old
        assert decision.pulls.holds[HABIT][decision.old] == 0
        assert decision.pulls.holds[HABIT][decision.new] < 0


def test_asking_for_pulls_changes_nothing_in_the_record() -> None:
    model = CeasefireModel(load("idlib-2020"), seed=SEED, world=3, collect=False)
    for _ in range(40):
        model.step()
    for a in range(len(model.actors)):
        python_rules.read_indicators(model.record, a)
        pulls_of(model.record, a, model.opening)
        before = model.record.tobytes()
        pulls_of(model.record, a, model.opening)
        assert model.record.tobytes() == before


def test_recording_a_world_changes_nothing_in_it() -> None:
    recorded = flagship().recorded
    alone = CeasefireModel(load("idlib-2020"), seed=SEED, world=3, collect=False)
    alone.live()
    assert recorded.record.tobytes() == alone.record.tobytes()


def test_every_posture_change_is_a_choice_or_comes_of_talks() -> None:
    recorded = flagship().recorded
    rungs = recorded.log.column("rung")
    start = recorded.initial_record["rung"]
    changed = {(int(d), int(a)) for d, a in zip(*np.nonzero(np.diff(rungs, axis=0, prepend=start)), strict=True)}
    actors = recorded.opening.actors
    moved = {(d.day, actors.index(d.actor)) for d in recorded.log.decisions}
    stopped = {(day, actors.index(actor)) for day, actor, _, _ in recorded.log.stepped_down}
    assert changed <= moved | stopped
    assert moved - stopped <= changed


def test_notes_add_up_to_the_counters_of_the_world() -> None:
    recorded = ended_by("").recorded
    counter = recorded.record["counter"][0]
    assert recorded.log.column("violations").sum(axis=0).tolist() == counter[: len(VIOLATION_KINDS)].tolist()
    assert recorded.log.column("deaths_today").sum() == counter[4] + counter[5] > 0
    assert recorded.log.column("killed_in").sum() == counter[4] + counter[5]
    assert recorded.log.column("civilians_killed").sum() == counter[5]


@pytest.mark.parametrize("cause", QUICK_TO_END)
def test_the_story_of_every_end_gives_the_cause_and_the_choice(cause: str) -> None:
    text = ended_by(cause).text()
    words = {
        "": "Still holding after 120 days", "offensive": "a ground offensive by Syrian government ended it",
        "spoiler_offensive": "a party that the deal leaves out, ended it", "bombardment": "bombardment by",
        "spiral": "a spiral of violence ended it", "guarantor_clash": "a clash of the guarantors ended it",
        "expiry": "its term ran out, and", "abrogation": "called it off",
    }  # fmt: skip
    assert words[cause] in text.split("\n\n")[0].replace("\n", " ")
    last = text[text.rindex("\n\n") :]
    if cause == "abrogation":
        assert "declares the deal over on" in last
        assert "war is back" in last
    if cause in ("offensive", "spoiler_offensive", "guarantor_clash"):
        assert "The choice:" in last or "has stood at" in last
    if cause == "guarantor_clash":
        assert "Russia" in last
        assert "Turkey" in last


def test_the_first_lines_give_scenario_world_seed_end_and_the_command_that_repeats_it() -> None:
    loaded = load(
        "idlib-2020", changes=["no-monitors"], set={"actors.turkey.motives.domestic": 0.9, "horizon_days": 30}
    )
    head = record_story(loaded, 7, 12).text().split("\n\n")[0]
    assert "world 12 of idlib-2020+no-monitors with actors.turkey.motives.domestic=0.9" in head
    assert "seed 7" in head
    assert "days, to " in head or "Still holding after 30 days" in head
    again = (
        "ceasefire world idlib-2020 --world 12 --seed 7 --change no-monitors --set actors.turkey.motives.domestic=0.9"
    )
    assert again in head
    assert "made by" in record_story(loaded, 7, 12, command="made by").text()


def test_a_story_fits_a_screen_or_two_whatever_the_length_of_the_life() -> None:
    for world in range(6):
        lines = flagship(world).text().splitlines()
        assert max(map(len, lines)) <= 100
        assert 20 <= len(lines) <= 140


def test_chapters_cover_every_day_once_and_add_up() -> None:
    a_story = flagship()
    days = len(a_story.recorded.log.days)
    covered = list(spans(days, a_story.selected_points))
    assert [first for first, _ in covered] == [0, *(last for _, last in covered[:-1])]
    assert covered[-1][1] == days
    text = a_story.text(every=True)
    dead = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) dead(?: \(|;|\.)", _chapters(text))]
    assert sum(dead) == a_story.recorded.log.column("deaths_today").sum()


def _chapters(text: str) -> str:
    """Only the summaries of the chapters, each on one line."""
    return "\n".join(
        " ".join(block.split("\n  ")[0].split()) for block in text.split("\n\n") if block.startswith("Days")
    )


def test_quiet_quarters_join_the_next_chapter() -> None:
    assert list(spans(400, [])) == [(0, 400)]
    loud = [TurningPoint(QUARTER + 5, 1.0, "")]
    assert list(spans(400, loud)) == [(0, 2 * QUARTER), (2 * QUARTER, 400)]
    assert list(spans(3, [])) == [(0, 3)]


def test_turning_points_that_are_left_out_weigh_less_than_those_that_are_selected() -> None:
    a_story = flagship()
    left_out = [point for point in a_story.points if point not in a_story.selected_points]
    assert left_out
    heavy = sorted(point.weight for point in a_story.selected_points)
    assert max(point.weight for point in left_out) < ALWAYS
    assert np.median([point.weight for point in left_out]) < np.median(heavy)
    assert all(point in a_story.selected_points for point in a_story.points if point.weight >= ALWAYS)


def test_the_heaviest_turning_points_are_selected_even_without_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "FEWEST_LINES", 0)
    monkeypatch.setattr(story, "MOST_LINES", 0)
    cramped = replace(flagship())
    assert cramped.selected_points == [point for point in cramped.points if point.weight >= ALWAYS]
    assert cramped.selected_points


def test_with_every_nothing_is_left_out() -> None:
    a_story = flagship()
    assert a_story.text(every=True).count("Day ") >= len(a_story.points)


def test_deadlines_are_missed_on_their_day_and_done_when_they_are() -> None:
    a_story = flagship()
    missed = {point.day for point in a_story.points if point.headline.startswith("Missed: ")}
    met = a_story.recorded.log.column("deadline_met")
    due = a_story.recorded.initial_record["deadline_due"][0]
    late = {int(due[d]) for d in range(2) if not met[int(due[d]), d]}
    assert missed == late
    done = [point.day for point in a_story.points if point.headline.startswith("Done: ")]
    assert sorted(done) == sorted(int(np.flatnonzero(met[:, d])[0]) for d in range(2) if met[-1, d])


def test_a_task_that_is_met_on_its_day_was_not_missed() -> None:
    tasks = {f"agreement.deadlines.{task}.{what}": number for task in ("corridor", "joint-patrols") for what, number in
             (("due_day", 0), ("ease", 1.0))}  # fmt: skip
    sides = {f"trust.{side}": 1.0 for side in ("government", "opposition")}
    a_story = record_story(load("idlib-2020", set={**tasks, **sides, "war.ongoing": 0, "horizon_days": 3}), SEED, 0)
    assert a_story.recorded.log.column("deadline_met")[0].sum() == 2
    heads = [point.headline for point in a_story.points]
    assert not [head for head in heads if head.startswith("Missed")]
    assert len([head for head in heads if head.startswith("Done") and "late" not in head]) == 2


def test_an_episode_of_strikes_lasts_from_its_choice_until_its_fire_ceases() -> None:
    recorded = flagship().recorded
    episodes = list(_episodes(recorded))
    assert len(episodes) > 5
    for actor, first, last in episodes:
        rungs = recorded.log.column("rung")[:, recorded.opening.actors.index(actor)]
        stopped = {(day, who) for day, who, _, _ in recorded.log.stepped_down}
        by_talks = (last - 1, actor) in stopped
        assert (rungs[first : last - by_talks] >= 2).all()
        assert last == len(rungs) or by_talks or rungs[last] < 2


def test_an_episode_that_talks_stop_includes_the_day_of_the_talks() -> None:
    """That day's fire came before the talks."""
    often = {
        "mechanisms.talks_rate": 1, "mechanisms.talks_at": 0.01, "horizon_days": 200, "agreement.talks_order": 1,
    }  # fmt: skip
    count = 0
    for world in range(6):
        recorded = record_story(load("idlib-2018", set=often), SEED, world).recorded
        begun = {(actor, last) for actor, _, last in _episodes(recorded)}
        stopped = [(actor, day + 1) for day, actor, old, new in recorded.log.stepped_down if old >= STRIKE > new]
        assert set(stopped) <= begun
        count += len(stopped)
    assert count > 0


def _episodes(recorded: RecordedWorld) -> Iterator[tuple[str, int, int]]:
    notes = WorldNotes(recorded)
    for actor in notes.opening.actors:
        if notes.is_fighter(actor):
            yield from ((actor, episode.decision.day, episode.end) for episode in notes.episodes(actor, STRIKE))


def test_the_same_world_has_the_same_story() -> None:
    assert record_story(load("idlib-2020"), SEED, 3).text() == flagship().text()


@pytest.mark.parametrize("cause", [cause for cause in QUICK_TO_END if cause])
def test_the_deciding_motive_of_the_story_is_that_of_the_results(cause: str) -> None:
    a_story = ended_by(cause)
    motive, text = int(a_story.recorded.record["deciding_motive"][0]), " ".join(a_story.text().split())
    if motive >= 0:
        title = a_story.loaded.scenario.motives[a_story.recorded.opening.motives[motive]].title
        assert re.search(f"(Deciding motive|Most in favour), compared with honour: {re.escape(title)}", text)
    else:
        assert "Deciding motive" not in text


def choice(chance: float, review: int) -> Decision:
    """A choice of an actor from strike to offensive with this chance."""
    pulls = Pulls("syria", 2, {"reclaim": (0.0, 0.0, 0.1, 0.4)}, {}, (0.0, 0.0, 1 - chance, chance))
    return Decision(10, "syria", 2, 3, pulls, "routine", review)


def test_chance_is_told_as_chance_and_a_motive_decides_only_where_it_explains_more_than_luck() -> None:
    notes = WorldNotes(flagship().recorded)
    rare = " ".join([*decision_details(notes, choice(0.004, 310)), _deciding(notes, choice(0.004, 310))])
    assert "chance at this review, the 310th at strike, 0.4 %" in rare
    assert "Chance decided more than any motive: this choice comes up about once in 250 such reviews" in rare
    assert "this was the 310th" in rare
    assert "Deciding motive" not in rare
    likely = _deciding(notes, choice(0.8, 2))
    assert likely.startswith("Deciding motive, compared with honour: ")
    assert [ordinal(k) for k in (1, 2, 3, 11, 22, 113)] == ["1st", "2nd", "3rd", "11th", "22nd", "113th"]


def test_reviews_are_counted_from_the_first_to_the_last() -> None:
    decisions = flagship().recorded.log.decisions
    assert decisions
    assert all(each.review >= 1 for each in decisions)
    for actor in {each.actor for each in decisions}:
        for rung in range(4):
            own = [each.review for each in decisions if (each.actor, each.old) == (actor, rung)]
            assert own == sorted(set(own))


def test_some_ends_have_a_deciding_motive() -> None:
    causes = {cause for cause in QUICK_TO_END if cause and ended_by(cause).recorded.record["deciding_motive"][0] >= 0}
    assert {"expiry", "abrogation"} <= causes


def test_the_story_of_an_expired_term_has_its_day_who_refused_and_how_long_it_was_still_observed() -> None:
    a_story = ended_by("expiry")
    w = a_story.recorded.record[0]
    text = " ".join(a_story.text().split())
    assert "does not renew it. Nobody is bound from then on, and war is back" in text
    waited = int(w["days_held"] - w["formal_end"])
    assert f"war is back {f'{waited} day' if waited else 'on the same day'}" in text


def test_nobody_climbs_two_rungs_at_once_but_an_army_that_stands_formed_up() -> None:
    a_story = flagship()
    opening = a_story.recorded.opening
    evenings = [np.array([opening.record["mobilised"][0]])]
    step_through(opening, SEED, 3, lambda record: evenings.append(record["mobilised"].copy()))
    bound = [d for d in a_story.decisions if evenings[d.day].ravel()[opening.actors.index(d.actor)] <= 0.5]
    climbed = [d for d in bound if d.new > d.old]
    assert len(climbed) > 50
    assert {d.new - d.old for d in climbed} == {1}
    assert all(d.pulls.chances[rung] == 0 for d in bound for rung in range(d.old + 2, 4))


def test_the_first_breach_names_who_ordered_it_and_its_posture_of_the_day() -> None:
    a_story = flagship()
    notes, actors = a_story.recorded.log, a_story.recorded.opening.actors
    (point,) = (point for point in a_story.points if point.headline.startswith("First breach"))
    ordered = notes.days[point.day]["ordered"]
    named = [
        a for a, actor in enumerate(actors) if ordered[a] and actor not in a_story.loaded.scenario.agreement.excludes
    ]
    assert named
    for a in named:
        assert short_name(a_story.loaded.scenario, actors[a]) in point.headline
        assert notes.days[point.day]["stood"][a] >= 1
    assert notes.column("violations")[: point.day, 0].sum() == 0


def test_orders_of_all_actors_add_up_to_ordered_violations() -> None:
    notes = flagship().recorded.log
    kinds = notes.column("violations")
    ordered = kinds[:, VIOLATION_KINDS.index("strategic")] + kinds[:, VIOLATION_KINDS.index("spoiling")]
    assert notes.column("ordered").sum(axis=1).tolist() == ordered.tolist()
    assert ordered.sum() > 0


def test_the_story_gives_the_numbers_that_were_drawn_for_a_world() -> None:
    drawn = {"agreement.monitoring": {"uniform": [0.2, 0.3]}, "horizon_days": 5}
    a_story = record_story(load("idlib-2020", set=drawn), SEED, 3)
    monitoring = float(a_story.recorded.initial_record["monitoring"][0])
    assert 0.2 <= monitoring <= 0.3
    assert f"Drawn for this world: agreement.monitoring {monitoring:.3g}." in a_story.text()


def test_the_command_of_a_story_can_be_pasted_whatever_was_set() -> None:
    settings = {"agreement.excludes": [], "horizon_days": 30, "agreement.monitoring": {"uniform": [0.2, 0.3]}}
    words = shlex.split(story.command_of(load("idlib-2020", set=settings), 7, 12))
    texts = [text for flag, text in pairwise(words) if flag == "--set"]
    assert parse_settings(texts) == settings


@pytest.mark.usefixtures("without_figures")
def test_the_command_in_the_story_of_a_results_folder_repeats_it(command: Command, small: str) -> None:
    """The run's days stand in the folder alone: the scenario by name would be another world."""
    folder = command("run", small, "--days", "60", "--worlds", "12", "--seed", "5").last
    text = command("world", folder, "--world", "3").out
    (again,) = re.findall(r"^The same world again: ceasefire (.*)$", text, re.MULTILINE)
    assert shlex.split(again) == ["world", folder, "--world", "3"]
    assert command(*shlex.split(again)).out == text


def test_the_command_in_the_story_of_a_file_repeats_it(command: Command, small: str) -> None:
    options = "--world 3 --seed 5 --set horizon_days=20 --set agreement.excludes=[]"
    text = command("world", small, *options.split()).out
    (again,) = re.findall(r"^The same world again: ceasefire (.*)$", text, re.MULTILINE)
    assert shlex.split(again)[:2] == ["world", small]
    assert command(*shlex.split(again)).out == text


def test_the_story_and_the_charts_of_a_world_simulate_it_once(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every world of every engine starts in `run_chunk`, with `begun` false."""
    started: list[int] = []
    run_chunk: Callable[..., None] = engine.run_chunk

    def counting(*arguments: Any) -> None:
        worlds, begun = arguments[7:9]
        started.extend([] if begun else worlds.tolist())
        run_chunk(*arguments)

    monkeypatch.setattr(engine, "run_chunk", counting)
    files = command("world", small, "--world", "2", "--seed", "3", "--chart").out.splitlines()
    assert [Path(file).name for file in files[-3:]] == ["world-2.png", "world-2.svg", "world-2.csv"]
    assert started == [2]


def test_the_trajectory_of_a_recorded_world_is_that_of_the_compiled_engine() -> None:
    a_story = flagship()
    scenario, opening = a_story.loaded.scenario, a_story.recorded.opening
    compiled = trajectory(scenario, opening, a_story.loaded.label, SEED, a_story.world)
    for name, values in vars(compiled).items():
        np.testing.assert_equal(getattr(a_story.trajectory, name), values, err_msg=name)


def test_the_front_of_a_recorded_world_is_that_of_the_compiled_engine() -> None:
    recorded = flagship().recorded
    from_log = front_of_log(recorded.spec, recorded.log, recorded.record)
    compiled = front_history(recorded.spec, recorded.opening, SEED, [3])
    for name, values in vars(compiled).items():
        np.testing.assert_equal(getattr(from_log, name), values, err_msg=name)
