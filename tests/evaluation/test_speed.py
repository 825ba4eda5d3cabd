"""The engine agrees with the independent model; fronts of any length; the arithmetic of the benchmark."""

from __future__ import annotations

import pytest
from model_vs_independent_model import compared, engine_worlds, peer_worlds

from ceasefire.evaluation.independent_model.model import PeerModel
from ceasefire.evaluation.speed import cost
from ceasefire.evaluation.speed.bench import compare_with_independent_model, exponent, sentences, table, time_in_words
from ceasefire.evaluation.speed.long_fronts import front_of
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import initial_state
from ceasefire.world_state import CAUSES, VIOLATION_KINDS

PEERS = 300
FALSE_ALARM = 0.001
"""Probability that two correct programs differ significantly in any figure, over all figures together."""

TENSE = {
    "horizon_days": 100, "war.toll_14d": 120, "agreement.term_days": 70, "agreement.renewal_days": 30,
    "mechanisms.offensive_days": 3, "mechanisms.clash_deaths": 2, "mechanisms.abrogation_rate": 0.02,
    "mechanisms.inertia": 0.1, "mechanisms.prep": 0.1, "actors.bear.exposure": 1.0, "actors.wolf.exposure": 1.0,
    "actors.bear.motives.avenge": 0.9, "actors.wolf.motives.avenge": 0.9,
}  # fmt: skip
"""Settings under which ceasefires of the small front end in every possible way within a hundred days."""


def test_the_independent_model_and_the_engine_agree_in_every_figure_of_a_tense_front() -> None:
    scenario = small_front(TENSE)
    worlds = engine_worlds(scenario, 10_000)
    assert set(worlds["cause"]) == set(CAUSES)
    comparison = compared(worlds, peer_worlds(scenario, PEERS))
    differing = comparison[comparison["p"] < FALSE_ALARM / len(comparison)]
    assert differing.empty, differing.to_string()


@pytest.mark.parametrize(
    ("path", "value"),
    [("mechanisms.branching_rest", 0.62), ("mechanisms.inertia", 0.2), ("mechanisms.deaths_mean_strike", 2.6)],
)
def test_so_many_worlds_of_the_independent_model_are_enough_to_see_one_parameter_moved(path: str, value: float) -> None:
    right, wrong = engine_worlds(small_front(TENSE), 10_000), engine_worlds(small_front({**TENSE, path: value}), PEERS)
    comparison = compared(right, wrong)
    assert comparison["p"].min() < FALSE_ALARM / len(comparison)


def test_the_same_seed_gives_the_independent_model_the_same_world() -> None:
    models = [PeerModel(small_front(TENSE), seed) for seed in (5, 5, 6)]
    for model in models:
        model.run_model()
    assert models[0].counts == models[1].counts
    assert models[0].counts != models[2].counts


def test_a_front_of_n_sectors_has_n_sectors_in_a_chain_with_the_forces_of_its_kinds() -> None:
    flagship = load("idlib-2020").scenario
    own = list(flagship.front.sectors.values())
    front = list(front_of(flagship, 30).front.sectors.values())
    assert len(front) == 30
    assert [sector.presence for sector in front] == [own[k % len(own)].presence for k in range(30)]
    assert [len(sector.neighbours) for sector in front] == [1] * 29 + [0]


def test_a_front_twice_as_long_has_twice_the_violations_and_ends_as_early() -> None:
    # On a shorter front a few days' dead vary more, and reach the measure of a bombardment sooner.
    short, long = (engine_worlds(front_of(small_front(TENSE), sectors), 3_000) for sectors in (18, 36))
    kinds = [f"violations_{kind}" for kind in VIOLATION_KINDS]
    assert long[kinds].to_numpy().sum() / short[kinds].to_numpy().sum() == pytest.approx(2.0, rel=0.05)
    assert long["days_held"].mean() == pytest.approx(short["days_held"].mean(), rel=0.03)


def test_a_front_of_five_hundred_sectors_fits_a_size_class() -> None:
    assert len(initial_state(front_of(load("idlib-2020").scenario, 500)).sectors) == 500


def test_cost_that_doubles_with_the_sectors_has_exponent_one() -> None:
    assert exponent([{"sectors": n, "ns_per_world_day": 7.0 * n} for n in (12, 100, 500)]) == pytest.approx(1.0)
    assert exponent([{"sectors": 12, "ns_per_world_day": 7.0}]) is None


def test_engine_and_independent_model_are_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = {"ns_per_world_day": 1_000.0, "worlds_per_second_all_cores": 50.0, "days_per_world": 1_000.0}
    monkeypatch.setattr(cost, "compiled_cost", lambda *_: engine)
    monkeypatch.setattr(cost, "independent_model_cost", lambda _, seed: 1e5 * (seed + 1))
    batches: list[int] = []

    def batch(scenario: Scenario, worlds: int, processes: int, first: int = 0) -> tuple[float, float]:
        batches.append(first)
        return 2.0, 500.0

    monkeypatch.setattr(cost, "independent_model_batch", batch)
    measured = compare_with_independent_model(load("idlib-2020").scenario, quick=True)
    assert measured["times_as_fast_as_the_peer"] == {
        "pairs": 3, "one_core": 200.0, "one_core_range": [100.0, 300.0], "all_cores": 50.0,
        "all_cores_range": [50.0, 50.0],
    }  # fmt: skip
    assert (measured["peer"]["ns_per_world_day"], measured["peer"]["worlds_per_second"]) == (2e5, 2.0)
    assert batches == [0, 2, 4], "each pair simulates worlds of its own"


def test_a_busy_host_makes_no_impossible_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of this process jumps, as when others take its time: figures come from inside the processes."""
    now = iter(range(0, 10**6, 977))
    monkeypatch.setattr("ceasefire.evaluation.speed.cost.time.perf_counter", lambda: float(next(now)))
    rows = [{"Step": 99, "seconds": 0.5}, {"Step": 199, "seconds": 1.5}]
    monkeypatch.setattr(cost, "independent_model_rows", lambda *given: rows)
    assert cost.independent_model_batch(small_front(), 2, 2) == (2.0, 150.0)


def test_worlds_are_timed_inside_their_process() -> None:
    rows = cost.independent_model_rows(cost.days_of(small_front(), 20), 2, 1)
    assert all(0 < row["seconds"] < 60 for row in rows)
    rate, days = cost.independent_model_batch(cost.days_of(small_front(), 20), 2, 1)
    assert rate > 0
    assert 0 < days <= 21


@pytest.mark.parametrize("low", [-1094.0, 0.0, float("nan")])
def test_a_range_that_reaches_nought_is_too_noisy_to_tell(low: float) -> None:
    times = {
        "pairs": 3,
        "one_core": 5.0,
        "one_core_range": [low, 9.0],
        "all_cores": -9.0,
        "all_cores_range": [low, 9.0],
    }
    measured = {
        "times_as_fast_as_the_peer": times, "cost_per_sector_exponent": None, "seconds_cold": None, "seconds_warm": 1.0,
        "peak_mb_by_worlds": {},
    }  # fmt: skip
    text = " ".join(sentences(measured))
    assert text.count("too noisy to tell") == 2
    assert "-" not in text


def test_a_time_is_written_in_the_unit_that_suits_it() -> None:
    assert [time_in_words(t) for t in (870.0, 1_540.0, 2.5e6, 3e9)] == ["870 ns", "1.54 µs", "2.5 ms", "3 s"]


def test_a_benchmark_without_cold_start_and_memory_has_no_sentence_on_them() -> None:
    took = {"ns_per_world_day": 1_500.0, "worlds_per_second_one_core": 400.0, "worlds_per_second_all_cores": 790.0}
    measured = {
        "scenario": "idlib-2020", "engine": took, "fronts": [{**took, "sectors": 12}], "cost_per_sector_exponent": None,
        "mesa_ns_per_world_day": 9e4, "mesa_collecting_ns_per_world_day": 1.2e5, "interpreted_ns_per_world_day": 8e6,
        "peer": {
            "processes": 2, "ns_per_world_day": 6e5, "worlds_per_second": 1.58, "worlds_per_second_range": [1.5, 1.6],
        },
        "times_as_fast_as_the_peer": {
            "pairs": 7, "one_core": 400.0, "one_core_range": [380.0, 410.0], "all_cores": 1500.0,
            "all_cores_range": [1400.0, 1600.0],
        },
        "seconds_cold": None, "seconds_warm": 1.25, "peak_mb_by_worlds": {},
    }  # fmt: skip
    assert table(measured)[1] == ("compiled engine, idlib-2020", "1.5 µs", "400 / 790")
    text = " ".join(sentences(measured))
    assert "1,500 (1,400 to 1,600) times on all cores, in 7 measurements" in text
    assert "400 (380 to 410) times the days of the same model in ordinary Mesa on one core" in text
    assert "1.2 s" in text
    assert "compiled first" not in text
    assert "memory" not in text.lower()
    everything = {
        **measured,
        "cost_per_sector_exponent": 1.01,
        "seconds_cold": 14.0,
        "peak_mb_by_worlds": {"1000": 210.0},
        "peak_mb_of_design": 201.4,
    }
    full_text = " ".join(sentences(everything))
    assert all(
        part in full_text
        for part in (
            "power 1.01",
            "14.0 s when the rules must be compiled first",
            "memory: 210 MB for 1,000 worlds",
            "10,000 points, each with 100 numbers of its own: 201 MB",
        )
    )
