"""One world: its life is that of the world behind its dot, and it parts where the command line says."""

from __future__ import annotations

from typing import Any

import numpy as np
from studio_page import Page

from ceasefire.analysis.first_divergence import first_divergence
from ceasefire.narrative.story import record_story
from ceasefire.scenario.load import load
from ceasefire.scenario.overrides import static_fault
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import trajectory
from ceasefire.studio.situation import layout
from ceasefire.wording import WIDTH

pytest_plugins = ("studio_page",)

STATE: dict[str, Any] = {"scenario": "idlib-2018", "worlds": 30}


def test_the_life_of_a_world_is_that_of_its_dot(page: Page) -> None:
    answer = page.answer(STATE)
    world = int(np.argsort(answer["dots"]["days"])[15])
    life = page.ask("world", state=STATE, world=world)["now"]
    assert life["days_held"] == answer["dots"]["days"][world]
    assert life["cause"] == answer["causes"][answer["dots"]["cause"][world]]["cause"]
    loaded = load("idlib-2018")
    whole = trajectory(loaded.scenario, initial_state(loaded.scenario), "", 1, world)
    for actor in life["actors"]:
        steps = dict(actor["steps"])
        rung, rungs = 0, []
        for day in range(life["days"]):
            rung = steps.get(day, rung)
            rungs.append(rung)
        assert rungs == whole.postures[actor["name"]].tolist()
    for kind in life["violations"]:
        assert sum(count for _, count in kind["days"]) == whole.violations[kind["kind"]].sum()
    assert life["toll"]["civilians"] == whole.deaths_civilian.sum()
    text = record_story(loaded, 1, world, life["command"]).text()
    assert life["story"]["text"] == text
    assert all(point["headline"] in " ".join(text.split()) for point in life["story"]["points"][:3])
    end = " ".join(text[text.rindex("\nThe end\n") :].split())
    assert len(life["story"]["end"]) > 3
    assert all(" ".join(sentence.split()) in end for sentence in life["story"]["end"])
    assert max(map(len, life["story"]["end"])) > WIDTH  # whole sentences, and not the lines of a terminal
    assert len(life["front"]) == len(loaded.scenario.front.sectors)


def test_a_world_parts_from_itself_under_another_state_where_somebody_decides_otherwise(page: Page) -> None:
    pinned = {"scenario": "idlib-2018", "changes": ["no-monitors"]}
    found = page.ask("world", state=STATE, world=2, pinned=pinned)
    one, other = load("idlib-2018").scenario, load("idlib-2018", ["no-monitors"]).scenario
    where = first_divergence((one, initial_state(one)), (other, initial_state(other)), 1, 2)
    assert where is not None
    assert found["parting"]["day"] == where.day
    assert f"is at {where.here}; when pinned, at {where.there}" in found["parting"]["words"]
    same = page.ask("world", state=STATE, world=2, pinned={"scenario": "idlib-2018"})
    assert same["parting"]["day"] is None
    assert same["now"]["actors"] == same["pinned"]["actors"]


def test_the_situation_holds_every_number_with_its_source(page: Page) -> None:
    state = {"scenario": "idlib-2018", "changes": ["no-monitors"], "set": {"agreement.clarity": 0.7}}
    found = page.ask("situation", state=state)["situation"]
    numbers = {number["path"]: number for number in found["numbers"]}
    assert len(numbers) > 200
    clarity = numbers["agreement.clarity"]
    assert clarity["value"] == 0.7
    assert clarity["base"] != 0.7
    assert {each["by"] for each in found["changed"]} == {"set", "no-monitors"}
    assert all(static_fault(path) is None for path in numbers)
    for number in numbers.values():
        assert number["from"] <= number["value"] <= number["to"], number
        assert number["from"] < number["to"], number
        assert number["source"]
        assert number["words"]
        assert number["assumed"] == number["source"].startswith("ASSUMED")
    motive = numbers["actors.turkey.motives.domestic"]
    assert motive["main"]
    assert "pulls towards" in motive["sentence"]
    assert {group["name"] for group in found["groups"]} >= {number["group"] for number in numbers.values()}
    levers = {lever["name"]: lever for lever in found["levers"]}
    assert levers["no-monitors"]["on"]
    assert sum(lever["on"] for lever in levers.values()) == 1
    for name in list(levers)[::9]:
        load("idlib-2018", [name])


def test_the_schematic_map_keeps_neighbours_near_and_sectors_apart() -> None:
    names = [f"s{k}" for k in range(9)]
    chain = [(names[k], names[k + 1]) for k in range(8)]
    spots = layout(names, chain)
    assert spots.min() >= 0
    assert spots.max() <= 1
    gaps = np.linalg.norm(np.diff(spots, axis=0), axis=1)
    assert np.allclose(gaps, 1 / 8, atol=1e-3)
    apart = layout([*names, "alone"], chain)
    assert np.linalg.norm(apart[9] - apart[:9], axis=1).min() > 0.1
    assert layout(["one"], []).tolist() == [[0.5, 0.5]]
