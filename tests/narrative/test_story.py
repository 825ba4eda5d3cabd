"""A world's story says what happened in it, and its pulls sum to the choice that was made."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from conftest import Command

from ceasefire.analysis.decisions import HABIT, INTENT, LEASH, PREPARATION, REST, WORD
from ceasefire.narrative import story
from ceasefire.narrative.story import QUARTER, Story, pulls_of, record_story, spans, world_story
from ceasefire.narrative.turning_points import ALWAYS, TurningPoint
from ceasefire.narrative.world_notes import STRIKE, Decision, RecordedWorld, WorldNotes
from ceasefire.scenario.compose import parse_settings
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.engine import all_rows, one_scenario
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.mesa_model import CeasefireModel
from ceasefire.simulation.trajectory import step_through
from ceasefire.wording import short_name
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
    """U(new) - U(old) by the sum of pulls, and as the chances say."""
    chances = decision.pulls.chances
    said = math.log(chances[decision.new] / chances[decision.old])
    return sum(decision.pulls.difference(decision.new, decision.old).values()), said


def test_pulls_sum_to_the_odds_of_every_choice_of_a_life() -> None:
    told = flagship()
    temperature = float(told.witness.record["temperature"][0])
    assert len(told.decisions) > 100
    for decision in told.decisions:
        summed, said = difference(decision)
        assert summed == pytest.approx(said * temperature, abs=1e-9)


def test_every_hold_of_the_rules_has_a_name_of_its_own() -> None:
    found = {hold for decision in flagship().decisions for hold in decision.pulls.holds}
    assert found >= {WORD, LEASH, PREPARATION, HABIT, INTENT}
    assert REST not in found


def test_pulls_are_those_of_the_morning_before_the_choice_takes_effect() -> None:
    """Once it has taken effect, habit speaks for the new posture: the same record then says something else."""
    told = flagship()
    for decision in told.decisions[:50]:
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


def test_a_world_that_is_watched_lives_as_it_would_have() -> None:
    watched = flagship().witness
    alone = CeasefireModel(load("idlib-2020"), seed=SEED, world=3, collect=False)
    alone.live()
    assert watched.record.tobytes() == alone.record.tobytes()


def test_every_posture_change_is_a_choice_or_comes_of_talks() -> None:
    witness = flagship().witness
    rungs = witness.notes.column("rung")
    start = witness.opened["rung"]
    changed = {(int(d), int(a)) for d, a in zip(*np.nonzero(np.diff(rungs, axis=0, prepend=start)), strict=True)}
    actors = witness.opening.actors
    moved = {(d.day, actors.index(d.actor)) for d in witness.notes.decisions}
    stopped = {(day, actors.index(actor)) for day, actor, _, _ in witness.notes.stepped_down}
    assert changed <= moved | stopped
    assert moved - stopped <= changed


def test_notes_add_up_to_the_counters_of_the_world() -> None:
    witness = ended_by("").witness
    counter = witness.record["counter"][0]
    assert witness.notes.column("violations").sum(axis=0).tolist() == counter[: len(VIOLATION_KINDS)].tolist()
    assert witness.notes.column("deaths_today").sum() == counter[4] + counter[5] > 0
    assert witness.notes.column("killed_in").sum() == counter[4] + counter[5]
    assert witness.notes.column("civilians_killed").sum() == counter[5]


@pytest.mark.parametrize("cause", QUICK_TO_END)
def test_a_story_of_every_end_says_how_and_whose_choice_it_was(cause: str) -> None:
    text = ended_by(cause).text()
    words = {
        "": "Still holding after 120 days", "offensive": "a ground offensive by Syrian government ended it",
        "spoiler_offensive": "a party that the deal leaves out, ended it", "bombardment": "bombardment by",
        "spiral": "a spiral of violence ended it", "guarantor_clash": "the guarantors came to blows",
        "expiry": "it ran out, and", "abrogation": "called it off",
    }  # fmt: skip
    assert words[cause] in text.split("\n\n")[0].replace("\n", " ")
    last = text[text.rindex("\n\n") :]
    if cause == "abrogation":
        assert "declares the deal over on" in last
        assert "war is back" in last
    if cause in ("offensive", "spoiler_offensive", "guarantor_clash"):
        assert "The choice:" in last or "stands at" in last
    if cause == "guarantor_clash":
        assert "Russia" in last
        assert "Turkey" in last


def test_the_first_lines_say_scenario_world_seed_end_and_the_command_that_tells_it_again() -> None:
    loaded = load(
        "idlib-2020", changes=["no-monitors"], set={"actors.turkey.motives.domestic": 0.9, "horizon_days": 30}
    )
    head = world_story(loaded, 7, 12).split("\n\n")[0]
    assert "world 12 of idlib-2020+no-monitors, seed 7" in head
    assert "days, to " in head or "Still holding after 30 days" in head
    again = (
        "ceasefire world idlib-2020 --world 12 --seed 7 --change no-monitors --set actors.turkey.motives.domestic=0.9"
    )
    assert again in head
    assert "made by" in world_story(loaded, 7, 12, again="made by")


def test_a_story_fits_a_screen_or_two_whatever_the_length_of_the_life() -> None:
    for world in range(6):
        lines = flagship(world).text().splitlines()
        assert max(map(len, lines)) <= 100
        assert 20 <= len(lines) <= 140


def test_chapters_cover_every_day_once_and_add_up() -> None:
    told = flagship()
    days = len(told.witness.notes.days)
    covered = list(spans(days, told.told))
    assert [first for first, _ in covered] == [0, *(last for _, last in covered[:-1])]
    assert covered[-1][1] == days
    text = told.text(every=True)
    said = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) dead(?: \(|;|\.)", _chapters(text))]
    assert sum(said) == told.witness.notes.column("deaths_today").sum()


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


def test_what_is_left_out_weighs_less_than_what_is_told() -> None:
    told = flagship()
    left_out = [point for point in told.points if point not in told.told]
    assert left_out
    heavy = sorted(point.weight for point in told.told)
    assert max(point.weight for point in left_out) < ALWAYS
    assert np.median([point.weight for point in left_out]) < np.median(heavy)
    assert all(point in told.told for point in told.points if point.weight >= ALWAYS)


def test_what_must_be_told_is_told_even_without_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "FEWEST_LINES", 0)
    monkeypatch.setattr(story, "MOST_LINES", 0)
    cramped = replace(flagship())
    assert cramped.told == [point for point in cramped.points if point.weight >= ALWAYS]
    assert cramped.told


def test_with_every_nothing_is_left_out() -> None:
    told = flagship()
    assert told.text(every=True).count("Day ") >= len(told.points)


def test_deadlines_are_told_as_missed_on_their_day_and_as_done_when_they_are() -> None:
    told = flagship()
    missed = {point.day for point in told.points if point.headline.startswith("Missed: ")}
    met = told.witness.notes.column("deadline_met")
    due = told.witness.opened["deadline_due"][0]
    late = {int(due[d]) for d in range(2) if not met[int(due[d]), d]}
    assert missed == late
    done = [point.day for point in told.points if point.headline.startswith("Done: ")]
    assert sorted(done) == sorted(int(np.flatnonzero(met[:, d])[0]) for d in range(2) if met[-1, d])


def test_a_task_that_is_met_on_its_day_was_not_missed() -> None:
    tasks = {f"agreement.deadlines.{task}.{what}": number for task in ("corridor", "joint-patrols") for what, number in
             (("due_day", 0), ("ease", 1.0))}  # fmt: skip
    sides = {f"trust.{side}": 1.0 for side in ("government", "opposition")}
    told = record_story(load("idlib-2020", set={**tasks, **sides, "war.ongoing": 0, "horizon_days": 3}), SEED, 0)
    assert told.witness.notes.column("deadline_met")[0].sum() == 2
    heads = [point.headline for point in told.points]
    assert not [head for head in heads if head.startswith("Missed")]
    assert len([head for head in heads if head.startswith("Done") and "late" not in head]) == 2


def test_a_spell_of_strikes_lasts_from_its_choice_until_its_fire_ceases() -> None:
    witness = flagship().witness
    spells = list(_spells(witness))
    assert len(spells) > 5
    for actor, first, last in spells:
        rungs = witness.notes.column("rung")[:, witness.opening.actors.index(actor)]
        stopped = {(day, who) for day, who, _, _ in witness.notes.stepped_down}
        by_talks = (last - 1, actor) in stopped
        assert (rungs[first : last - by_talks] >= 2).all()
        assert last == len(rungs) or by_talks or rungs[last] < 2


def test_a_spell_that_talks_stop_takes_in_the_day_of_the_talks() -> None:
    """That day's fire came before the talks."""
    often = {
        "mechanisms.talks_rate": 1, "mechanisms.talks_at": 0.01, "horizon_days": 200, "agreement.talks_order": 1,
    }  # fmt: skip
    found = 0
    for world in range(6):
        witness = record_story(load("idlib-2018", set=often), SEED, world).witness
        begun = {(actor, last) for actor, _, last in _spells(witness)}
        stopped = [(actor, day + 1) for day, actor, old, new in witness.notes.stepped_down if old >= STRIKE > new]
        assert set(stopped) <= begun
        found += len(stopped)
    assert found > 0


def _spells(witness: RecordedWorld) -> Iterator[tuple[str, int, int]]:
    teller = WorldNotes(witness)
    for actor in teller.opening.actors:
        if teller.fighter(actor):
            yield from ((actor, spell.decision.day, spell.end) for spell in teller.spells(actor, STRIKE))


def test_the_same_world_is_told_in_the_same_words() -> None:
    assert world_story(load("idlib-2020"), SEED, 3) == flagship().text()


@pytest.mark.parametrize("cause", [cause for cause in QUICK_TO_END if cause])
def test_the_deciding_motive_of_the_story_is_that_of_the_results(cause: str) -> None:
    told = ended_by(cause)
    motive, text = int(told.witness.record["deciding_motive"][0]), " ".join(told.text().split())
    if motive >= 0:
        title = told.loaded.scenario.motives[told.witness.opening.motives[motive]].title
        assert f"Deciding motive, against honour: {title}" in text
    else:
        assert "Deciding motive" not in text


def test_some_ends_have_a_deciding_motive() -> None:
    found = {cause for cause in QUICK_TO_END if cause and ended_by(cause).witness.record["deciding_motive"][0] >= 0}
    assert {"expiry", "abrogation"} <= found


def test_a_term_that_ran_out_is_told_with_its_day_who_refused_and_how_long_it_was_still_observed() -> None:
    told = ended_by("expiry")
    w = told.witness.record[0]
    text = " ".join(told.text().split())
    assert "does not renew it. Nobody is bound from then on, and war is back" in text
    assert f"war is back {int(w['days_held'] - w['formal_end'])} day" in text


def test_nobody_climbs_two_rungs_at_once_but_an_army_that_stands_formed_up() -> None:
    told = flagship()
    opening = told.witness.opening
    evenings = [np.array([opening.record["mobilised"][0]])]
    step_through(told.loaded.scenario, opening, SEED, 3, lambda record: evenings.append(record["mobilised"].copy()))
    bound = [d for d in told.decisions if evenings[d.day].ravel()[opening.actors.index(d.actor)] <= 0.5]
    climbed = [d for d in bound if d.new > d.old]
    assert len(climbed) > 50
    assert {d.new - d.old for d in climbed} == {1}
    assert all(d.pulls.chances[rung] == 0 for d in bound for rung in range(d.old + 2, 4))


def test_the_first_breach_names_who_ordered_it_and_its_posture_of_the_day() -> None:
    told = flagship()
    notes, actors = told.witness.notes, told.witness.opening.actors
    (point,) = (point for point in told.points if point.headline.startswith("First breach"))
    ordered = notes.days[point.day]["ordered"]
    named = [a for a, actor in enumerate(actors) if ordered[a] and actor not in told.loaded.scenario.agreement.excludes]
    assert named
    for a in named:
        assert short_name(told.loaded.scenario, actors[a]) in point.headline
        assert notes.days[point.day]["stood"][a] >= 1
    assert notes.column("violations")[: point.day, 0].sum() == 0


def test_orders_of_all_actors_add_up_to_ordered_violations() -> None:
    notes = flagship().witness.notes
    kinds = notes.column("violations")
    ordered = kinds[:, VIOLATION_KINDS.index("strategic")] + kinds[:, VIOLATION_KINDS.index("spoiling")]
    assert notes.column("ordered").sum(axis=1).tolist() == ordered.tolist()
    assert ordered.sum() > 0


def test_numbers_that_were_drawn_for_a_world_are_told() -> None:
    drawn = {"agreement.monitoring": {"uniform": [0.2, 0.3]}, "horizon_days": 5}
    told = record_story(load("idlib-2020", set=drawn), SEED, 3)
    monitoring = float(told.witness.opened["monitoring"][0])
    assert 0.2 <= monitoring <= 0.3
    assert f"Drawn for this world: agreement.monitoring {monitoring:.3g}." in told.text()


def test_the_command_of_a_story_can_be_pasted_whatever_was_set() -> None:
    settings = {"agreement.excludes": [], "horizon_days": 30, "agreement.monitoring": {"uniform": [0.2, 0.3]}}
    words = shlex.split(story.again(load("idlib-2020", set=settings), 7, 12))
    texts = [text for flag, text in pairwise(words) if flag == "--set"]
    assert parse_settings(texts) == settings


@pytest.mark.usefixtures("without_figures")
def test_the_command_in_the_story_of_a_results_folder_tells_it_again(command: Command, small: str) -> None:
    """The run's days stand in the folder alone: the scenario by name would be another world."""
    folder = command("run", small, "--days", "60", "--worlds", "12", "--seed", "5").last
    told = command("world", folder, "--world", "3").out
    (again,) = re.findall(r"^The same world again: ceasefire (.*)$", told, re.MULTILINE)
    assert shlex.split(again) == ["world", folder, "--world", "3"]
    assert command(*shlex.split(again)).out == told


def test_the_command_in_the_story_of_a_file_tells_it_again(command: Command, small: str) -> None:
    asked = "--world 3 --seed 5 --set horizon_days=20 --set agreement.excludes=[]"
    told = command("world", small, *asked.split()).out
    (again,) = re.findall(r"^The same world again: ceasefire (.*)$", told, re.MULTILINE)
    assert shlex.split(again)[:2] == ["world", small]
    assert command(*shlex.split(again)).out == told
