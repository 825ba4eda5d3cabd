"""The front by day and violations around talks, against worlds simulated step by step and known truths."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SMALL

from ceasefire.analysis.front_line import front_history
from ceasefire.analysis.talks_effect import around_talks, violations_and_talks
from ceasefire.scenario.load import load
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import step_through, trajectory

LOADED = load(SMALL)
OPENING = initial_state(LOADED.scenario)


def test_the_front_of_one_world_is_the_record_of_its_days() -> None:
    recorded: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    last = step_through(OPENING, 4, 2, lambda record: recorded.append(record["held"][0].copy()))[0]
    front = front_history(LOADED.scenario, OPENING, 4, [2])
    number = len(OPENING.sectors)
    assert front.held == pytest.approx(np.array(recorded)[:, :number])
    assert front.ended == (int(last["days_held"]) if last["ended"] else None)
    assert front.opened == pytest.approx([LOADED.scenario.front.sectors[s].held.centre for s in OPENING.sectors])


def test_a_mean_front_leaves_a_world_out_from_the_day_on_which_its_deal_ends() -> None:
    worlds = list(range(12))
    each = [front_history(LOADED.scenario, OPENING, 4, [world]) for world in worlds]
    mean = front_history(LOADED.scenario, OPENING, 4, worlds)
    lengths = [len(front.held) if front.ended is None else max(1, front.ended) for front in each]
    assert len(set(lengths)) > 1
    for day in (0, min(lengths), max(lengths) - 1):
        there = [front.held[day] for front, length in zip(each, lengths, strict=True) if length > day]
        assert mean.worlds[day] == len(there)
        assert mean.held[day] == pytest.approx(np.mean(there, axis=0))
    assert mean.ended is None
    with pytest.raises(ValueError, match="no worlds"):
        front_history(LOADED.scenario, OPENING, 4, [])


def test_a_known_sawtooth_is_found() -> None:
    rng = np.random.default_rng(1)
    since = np.arange(400) % 100
    truth = np.where(since == 0, 10.0, 10 * (1 - 0.8 * np.exp(-(since - 1) / 30)))
    series = [(rng.poisson(truth).astype(float), [100, 200, 300]) for _ in range(300)]
    result = around_talks(series)
    assert result.rounds[result.days == 0][0] == 900
    inside = (result.mean_low <= truth[(100 + result.days) % 100]) & (
        truth[(100 + result.days) % 100] <= result.mean_high
    )
    assert inside.mean() > 0.85
    week_before = truth[93:100].mean()
    assert result.drop() == pytest.approx(1 - truth[1:8].mean() / week_before, abs=0.01)
    assert result.days_to_half() == pytest.approx(27, abs=3)


def test_days_after_the_end_are_not_counted_as_days_without_violations() -> None:
    result = around_talks([(np.full(20, 4.0), [10]), (np.full(200, 4.0), [10])])
    assert result.mean == pytest.approx(np.full(len(result.days), 4.0))
    assert result.rounds[result.days == 5][0] == 2
    assert result.rounds[result.days == 60][0] == 1
    assert result.days[0] == -10


def test_quartiles_do_not_look_across_the_talks() -> None:
    daily = np.concatenate([np.full(30, 9.0), np.full(60, 1.0)])
    result = around_talks([(daily, [29])] * 3)
    assert set(result.quarter[result.days <= 0]) == {9.0}
    assert set(result.quarter[result.days > 0]) == {1.0}


def test_no_talks_are_no_sawtooth_and_one_world_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no talks"):
        around_talks([(np.ones(50), [])])
    with pytest.raises(ValueError, match="no talks"):
        around_talks([(np.ones(50), [0])])
    assert np.isnan(around_talks([(np.ones(50), [20])]).mean_low).all()


def test_a_worlds_violations_are_counted_while_its_deal_holds() -> None:
    for world in range(6):
        history = trajectory(LOADED.scenario, OPENING, "x", 4, world)
        daily, talks = violations_and_talks(history)
        assert len(daily) == (max(1, history.days_held) if history.ended else len(history.days))
        assert daily.sum() == sum(counts[: len(daily)].sum() for counts in history.violations.values())
        assert all(day < len(daily) for day in talks)
