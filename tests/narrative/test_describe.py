"""A description says what a scenario says, and its chances are those of the rules."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pytest

from ceasefire.ensemble.parameter_draws import assumed_ranges
from ceasefire.narrative.choice_probabilities import (
    CALM,
    CRISIS,
    ChoiceProbabilities,
    breach_cost,
    central_record,
    crisis,
    leash_cost,
    probabilities_by_situation,
)
from ceasefire.narrative.describe import describe, salience_words
from ceasefire.rules.perceive import DISTRUST, FLIGHT, LOSSES, THREAT, VIOLENCE
from ceasefire.scenario.load import Loaded, load
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.mesa_model import CeasefireModel
from ceasefire.wording import percent_in_tables, table


@cache
def idlib(**settings: object) -> Loaded:
    """The flagship, with settings whose dots are written as double underscores."""
    return load("idlib-2020", set={path.replace("__", "."): value for path, value in settings.items()})


@cache
def text() -> str:
    """The flagship's description on one line."""
    return " ".join(describe(idlib()).split())


def of(loaded: Loaded, actor: str, situation: str) -> ChoiceProbabilities:
    """An actor's choice probabilities in a situation."""
    return next(each for each in probabilities_by_situation(loaded.scenario)[actor] if each.situation == situation)


def test_every_actor_motive_sector_deadline_and_event_is_described() -> None:
    scenario = idlib().scenario
    titles = [actor.title for actor in scenario.actors.values()]
    titles += [sector.title for sector in scenario.front.sectors.values()]
    titles += [deadline.title for deadline in scenario.agreement.deadlines.values()]
    titles += [event.title for event in scenario.events]
    titles += [side.title for side in scenario.sides.values()]
    used = {name for actor in scenario.actors.values() for name in actor.motives}
    titles += [scenario.motives[name].title for name in used] + [scenario.motives[name].source for name in used]
    assert len(titles) > 60
    assert [title for title in titles if title not in text()] == []


def test_a_description_fits_a_terminal_and_has_no_markup() -> None:
    described = describe(idlib())
    assert max(map(len, described.splitlines())) <= 100
    assert "\x1b" not in described
    assert described == describe(idlib())


def test_leanings_of_day_0_are_those_of_the_rules_in_a_world_without_hidden_intent() -> None:
    loaded = idlib(mechanisms__hidden_intent=0)
    model = CeasefireModel(loaded, seed=5, world=17, collect=False)
    python_rules.survey(model.record)
    for a, name in enumerate(model.opening.actors):
        python_rules.read_indicators(model.record, a)
        assert of(loaded, name, "day 0").probabilities == pytest.approx(
            python_rules.unrestricted_probabilities(model.record, a), rel=1e-12
        )


def test_leanings_are_not_the_chances_of_a_review_which_reaches_one_rung_up() -> None:
    model = CeasefireModel(
        idlib(mechanisms__hidden_intent=0, actors__syria__mobilised=0.5), seed=5, world=17, collect=False
    )
    syria = model.opening.actors.index("syria")
    python_rules.survey(model.record)
    python_rules.read_indicators(model.record, syria)
    assert python_rules.choice_probabilities(model.record, syria)[2] == 0
    assert of(idlib(), "syria", "day 0").probabilities[2] > 0.01


def test_leanings_sum_to_one_in_every_setting() -> None:
    every = [each for several in probabilities_by_situation(idlib().scenario).values() for each in several]
    assert {each.situation for each in every} == {"day 0", "calm", "crisis", "patron too"}
    assert all(sum(each.probabilities) == pytest.approx(1) for each in every)


def test_the_last_step_up_is_as_likely_as_the_rules_say_for_one_that_strikes_on_day_0() -> None:
    loaded = idlib(mechanisms__hidden_intent=0, actors__syria__posture="strike")
    model = CeasefireModel(loaded, seed=5, world=17, collect=False)
    syria = model.opening.actors.index("syria")
    python_rules.survey(model.record)
    python_rules.read_indicators(model.record, syria)
    wanted = python_rules.choice_probabilities(model.record, syria)[3]
    assert of(idlib(), "syria", "day 0").last_step == pytest.approx(wanted, rel=1e-12)
    assert 0 < wanted < 0.5


def test_who_lacks_the_means_for_the_last_step_is_said_to() -> None:
    assert idlib().scenario.actors["russia"].ceiling == "strike"
    assert of(idlib(), "russia", "crisis").last_step is None
    described = describe(idlib())
    part = described[described.index("\nRussia (russia)\n") : described.index("\nTurkey (turkey)\n")]
    assert part.count("no means") == len(probabilities_by_situation(idlib().scenario)["russia"])


def test_a_weight_moves_the_leanings_by_exactly_its_pull() -> None:
    """ln of the odds of two rungs changes by (change of weight) x salience x (profile step) / temperature."""
    before, after = idlib(actors__turkey__motives__domestic=0.2), idlib(actors__turkey__motives__domestic=0.9)
    old, new = of(before, "turkey", "crisis"), of(after, "turkey", "crisis")
    profile = before.scenario.motives["domestic"].profile
    pull = 0.7 * old.saliences["domestic"] * (profile[2] - profile[0])
    moved = math.log(new.probabilities[2] / new.probabilities[0]) - math.log(
        old.probabilities[2] / old.probabilities[0]
    )
    assert moved == pytest.approx(pull / before.scenario.mechanisms.temperature.centre, rel=1e-9)


def test_in_a_crisis_those_who_fight_lean_less_to_honouring_the_deal_than_in_calm() -> None:
    scenario = idlib().scenario
    fighters = [name for name, actor in scenario.actors.items() if actor.role != "outside"]
    assert len(fighters) == 5
    for name in fighters:
        assert of(idlib(), name, "crisis").probabilities[0] < of(idlib(), name, "calm").probabilities[0], name


def test_the_survival_of_a_side_is_at_stake_when_the_other_side_strikes() -> None:
    for name in ("syria", "opposition", "hts"):
        assert of(idlib(), name, "crisis").saliences["survive"] > of(idlib(), name, "calm").saliences["survive"]


def test_a_patron_that_strikes_takes_the_leash_off_its_client() -> None:
    for name in ("syria", "opposition", "hts"):
        held, loose = of(idlib(), name, "crisis").probabilities, of(idlib(), name, "patron too").probabilities
        assert loose[2] / loose[0] > held[2] / held[0]
        assert loose[3] / loose[0] > held[3] / held[0]


def test_a_crisis_is_felt_as_it_says() -> None:
    loaded = idlib()
    opening = initial_state(loaded.scenario)
    record = central_record(opening)
    turkey = opening.actors.index("turkey")
    crisis(record, turkey)
    python_rules.survey(record)
    python_rules.read_indicators(record, turkey)
    sight = record["sight"][0, turkey]
    assert sight[LOSSES] == pytest.approx(CRISIS["losses"])
    assert sight[FLIGHT] == pytest.approx(CRISIS["flight"])
    assert sight[VIOLENCE] == CRISIS["violence"]
    assert sight[DISTRUST] == pytest.approx(1 - CRISIS["trust"])
    assert sight[THREAT] == 0.5
    assert CALM["violence"] < CRISIS["violence"]


def test_describing_says_nothing_of_any_one_world() -> None:
    record = central_record(initial_state(idlib().scenario))
    assert not record["intent"].any()
    drawn = load("idlib-2020", set={"actors.turkey.capability": {"uniform": [0.6, 1.0]}})
    opening = initial_state(drawn.scenario)
    assert central_record(opening)["capability"][0, opening.actors.index("turkey")] == pytest.approx(0.8)
    assert "uniform [0.6, 1]" in " ".join(describe(drawn).split())


def test_the_price_of_the_leash_is_what_the_rules_ask() -> None:
    loaded = idlib()
    record = central_record(initial_state(loaded.scenario))
    syria = initial_state(loaded.scenario).actors.index("syria")
    free = record.copy()
    free["dependence"][0, syria] = 0.0
    cost = python_rules.costs_of_rung(record, syria, 3) - python_rules.costs_of_rung(free, syria, 3)
    assert leash_cost(loaded.scenario, "syria") == pytest.approx(cost)
    assert f"costs {cost:.2f}" in text()


def test_the_price_of_a_broken_word_is_what_the_rules_ask() -> None:
    """Syria is a party to the deal; the hardliners, left out of it, gave no word."""
    opening = initial_state(idlib().scenario)
    record = central_record(opening)
    free = record.copy()
    free["word"] = 0.0
    costs = {
        name: python_rules.costs_of_rung(record, a, 3) - python_rules.costs_of_rung(free, a, 3)
        for a, name in enumerate(opening.actors)
    }
    assert breach_cost(idlib().scenario) == pytest.approx(costs["syria"])
    assert costs["hts"] == 0
    assert f"costs a party {costs['syria']:.2f} in utility" in text()


def test_signatories_are_those_that_fight_are_bound_and_have_no_patron() -> None:
    assert "Signatories: Russia and Turkey." in text()
    alone = describe(idlib(agreement__term_days=90, actors__opposition__patron=None))
    assert "Signatories: Russia, Turkey and Opposition backed by Turkey." in " ".join(alone.split())
    assert "each must renew it when its term runs out" in " ".join(alone.split())


def test_numbers_that_are_drawn_in_doubt_are_counted_and_sourced_ones_show_their_range() -> None:
    opening = initial_state(idlib().scenario)
    drawn = {path: span for path, span in assumed_ranges(idlib().scenario).items() if path in opening.slots}
    assert f"{len(drawn)} are drawn over a range" in text()
    low, high = drawn["mechanisms.branching_rest"]
    assert f"mechanisms.branching_rest 0.42 ({low:g} to {high:g}): Lewis" in text()


def test_the_count_of_assumed_numbers_is_the_count() -> None:
    every = list(quantities(idlib().scenario))
    assumed = sum(number.assumed for _, number, _ in every)
    assert f"{len(every)} in all, {assumed} of them ASSUMED" in text()
    sourced = [(path, number.source) for path, number, _ in every if not number.assumed]
    assert len(sourced) > 10
    assert [path for path, source in sourced if f"{path} " not in text() or source not in text()] == []


def test_settings_of_the_command_line_are_said() -> None:
    described = describe(load("idlib-2020", set={"agreement.monitoring": 0.9}))
    assert "agreement.monitoring = 0.9" in described
    assert "Monitoring 0.9" in described


def test_a_motive_reads_as_its_formula() -> None:
    assert salience_words(idlib().scenario.motives["survive"]).startswith("-0.1 + 2.6 danger x odds")


def test_rare_chances_are_never_said_to_be_none() -> None:
    assert percent_in_tables(0.0) == "0 %"
    assert percent_in_tables(3e-7) == "<0.001 %"
    assert percent_in_tables(0.00012) == "0.012 %"
    assert percent_in_tables(0.123) == "12 %"


def test_a_table_keeps_its_columns_apart() -> None:
    lines = table([("a", "bb"), ("a long cell", "1")], "lr", (6, 3))
    assert lines == ["a       bb", "a long   1", "cell"]
    assert len({len(line) for line in lines[:2]}) == 1


def test_the_tiny_scenario_of_the_tests_can_be_described() -> None:
    tiny = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
    described = describe(load(tiny, set={"events": []}))
    assert "Events\n------\nNone." in described
    assert max(map(len, described.splitlines())) <= 100
