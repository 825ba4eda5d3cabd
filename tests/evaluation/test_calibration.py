"""The fit recovers known parameters, worlds are counted like a war, and faults of a data file are reported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Command
from synthetic_counts import made_up

from ceasefire.evaluation.calibration import abc_fit, priors, summary_statistics, target_counts, target_windows
from ceasefire.evaluation.calibration.simulated_counts import record_counts
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled.recorded_counts import CIVILIAN, DEATHS, EVENTS, FIRST_SIDE, SECOND_SIDE
from ceasefire.simulation.engine import all_rows, one_scenario
from ceasefire.simulation.initial_state import initial_state


def gaussian_table(draws: int, seed: int) -> abc_fit.ReferenceTable:
    """Three uniform parameters: the first two are observed with noise, the third is not observed at all."""
    generator = np.random.default_rng(seed)
    positions = generator.random((draws, 3))
    noise = generator.normal(0.0, 0.1, (draws, 3))
    figures = np.stack([positions[:, 0], positions[:, 1] - positions[:, 0], np.zeros(draws)], axis=1) + noise
    return abc_fit.ReferenceTable(positions, figures)


def test_known_parameters_are_recovered_and_unobserved_ones_are_not() -> None:
    recovery = abc_fit.recover(gaussian_table(20000, 1), 100, 2)
    assert recovery.correlation[0] > 0.9
    assert recovery.correlation[1] > 0.85
    # 100 independent pairs: standard error 0.1.
    assert abs(recovery.correlation[2]) < 0.4
    # 90 % intervals over 100 trials: standard error 3 %.
    assert (np.abs(recovery.coverage - 0.9) < 4 * 0.03).all()


def test_an_unobserved_parameter_keeps_its_prior() -> None:
    fit = abc_fit.fit(gaussian_table(20000, 3), np.array([0.5, 0.0, 0.0]))
    low, middle, high = fit.quantiles([0.05, 0.5, 0.95])[:, 2]
    assert low == pytest.approx(0.05, abs=0.05)
    assert middle == pytest.approx(0.5, abs=0.1)
    assert high == pytest.approx(0.95, abs=0.05)


def test_the_posterior_of_a_gaussian_is_its_own() -> None:
    """A parameter observed at 0.5 with noise of 0.1, far from the ends: normal, mean 0.5, sd 0.1."""
    fit = abc_fit.fit(gaussian_table(60000, 4), np.array([0.5, 0.0, 0.0]))
    low, middle, high = fit.quantiles([0.05, 0.5, 0.95])[:, 0]
    assert middle == pytest.approx(0.5, abs=0.02)
    assert (high - low) == pytest.approx(2 * 1.645 * 0.1, rel=0.12)


def test_accepted_draws_that_are_far_off_are_adjusted() -> None:
    """With two fifths of the draws accepted, the interval would be half as wide again without the adjustment."""
    fit = abc_fit.fit(gaussian_table(8000, 5), np.array([0.5, 0.0, 0.0]), accepted_share=0.4)
    low, middle, high = fit.quantiles([0.05, 0.5, 0.95])[:, 0]
    assert middle == pytest.approx(0.5, abs=0.03)
    assert (high - low) == pytest.approx(2 * 1.645 * 0.1, rel=0.2)


def test_rows_of_the_posterior_have_its_weights() -> None:
    fit = abc_fit.Fit(np.array([[0.1], [0.9]]), np.array([0.8, 0.2]), np.array([0, 1]))
    # 4,000 draws: standard error 0.0063.
    assert (fit.rows(4000, 1) == 0.1).mean() == pytest.approx(0.8, abs=4 * 0.0063)


def test_counts_of_worlds_add_up_to_those_of_the_engine() -> None:
    """With every death recorded and every day of the world in the window, the counts add up to the world's own."""
    scenario = load("idlib-2018", (), {"horizon_days": 60}).scenario
    batch = one_scenario(initial_state(scenario), 40, 1)
    counts, held = record_counts(batch, np.array([1.0 - 1e-12]), 60)
    rows = all_rows(batch)
    through = rows["ended"] == 0
    assert 5 < through.sum() < 40
    assert (held == rows["days_held"]).all()
    combatant, civilian = rows["counter"][:, 4], rows["counter"][:, 5]
    assert (counts[through][:, :, CIVILIAN].sum(axis=1) == civilian[through]).all()
    assert (counts[through][:, :, [FIRST_SIDE, SECOND_SIDE]].sum(axis=(1, 2)) == combatant[through]).all()
    assert (counts[through][:, :, DEATHS].sum(axis=1) == (combatant + civilian)[through]).all()
    assert (counts[:, :, EVENTS] <= counts[:, :, DEATHS]).all()


def test_incidents_with_few_deaths_are_missing_from_the_records_more_often() -> None:
    opening = initial_state(load("idlib-2018").scenario)
    batch = one_scenario(opening, 60, 1)
    full, _ = record_counts(batch, np.array([1.0 - 1e-12]), 30)
    half, _ = record_counts(batch, np.array([0.5]), 30)
    events = half[:, :, EVENTS].sum() / full[:, :, EVENTS].sum()
    deaths = half[:, :, DEATHS].sum() / full[:, :, DEATHS].sum()
    assert 0.5 < events < 0.95
    assert deaths > events


def test_figures_of_a_made_up_truce() -> None:
    counts = np.zeros((1, 40, 5))
    counts[0, ::2, EVENTS] = 2
    counts[0, ::2, DEATHS] = 4
    counts[0, ::2, CIVILIAN] = 1
    counts[0, ::2, FIRST_SIDE] = 2
    counts[0, ::2, SECOND_SIDE] = 1
    figures = dict(zip(summary_statistics.TRUCE, summary_statistics.truce_figures(counts)[0], strict=True))
    assert figures["incidents a day, first 30 days"] == 1
    assert figures["incidents a day, later"] == 1
    assert figures["deaths a day, later"] == 2
    assert figures["dispersion of incidents"] == 1  # 2 or 0, mean 1, variance 1
    assert figures["days without deaths"] == 0.5
    assert figures["civilian share of deaths"] == 0.25
    assert figures["government share of fighters' deaths"] == pytest.approx(2 / 3)
    assert figures["worst day's share of deaths"] == pytest.approx(1 / 20)
    # Every second day is the same: +1 at even lags, -1 at odd ones, less the days that fall off the end.
    lags = [(-1) ** lag * (40 - lag) / 40 for lag in range(1, 8)]
    assert figures["autocorrelation over a week"] == pytest.approx(np.mean(lags))


def test_a_quiet_truce_has_figures_too() -> None:
    assert np.isfinite(
        summary_statistics.comparison_scale(
            summary_statistics.TRUCE, summary_statistics.truce_figures(np.zeros((1, 90, 5)))
        )
    ).all()


def test_the_fit_does_not_use_how_many_truces_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world whose truce ends is replaced, so a draw is dropped only when all its worlds end."""
    window = target_windows.WINDOWS[0]
    numbers = priors.numbers_at(priors.draw_positions(64, 1))
    monkeypatch.setattr(target_windows, "TRIES", 1)
    once = np.isnan(window.simulated_figures(numbers, 1)).any(axis=1)
    monkeypatch.setattr(target_windows, "TRIES", 8)
    often = np.isnan(window.simulated_figures(numbers, 1)).any(axis=1)
    assert set(np.flatnonzero(often)) < set(np.flatnonzero(once))
    assert 2 * often.sum() <= once.sum()


def test_pinned_parameters_replace_the_draws() -> None:
    numbers = priors.numbers_at(priors.draw_positions(4, 1))
    columns = target_windows.WINDOWS[2].columns(numbers, {}, set(), 1)
    assert (columns["mechanisms.talks_rate"] == 0).all()
    assert len(set(columns["mechanisms.local_rate"])) == 4


def test_a_position_of_a_value_is_the_inverse_of_the_value_at_a_position() -> None:
    for prior in priors.priors():
        assert prior.at(np.array([0.0, 1.0])) == pytest.approx([prior.low, prior.high])
        assert prior.position(prior.at(np.array([0.3]))) == pytest.approx([0.3])


def test_priors_are_not_centred_on_the_defaults() -> None:
    from ceasefire.parameters.mechanisms import Mechanisms

    named = [prior for prior in priors.priors() if prior.name != priors.COUNTING]
    inside = [prior.position(np.array([getattr(Mechanisms(), prior.name).centre]))[0] for prior in named]
    assert all(0.0 <= place <= 1.0 for place in inside)
    assert sum(abs(place - 0.5) < 0.05 for place in inside) < len(inside) / 2


def test_nothing_after_the_last_signing_is_read(tmp_path: Path) -> None:
    war = target_counts.read(made_up(tmp_path))
    assert war.daily.index.max() == pd.Timestamp("2020-03-05")
    assert war.monthly.index.max() == pd.Timestamp("2020-02-29")


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda text: text.replace("deaths_gov_opp", "dead", 1), ":1: column 'deaths_gov_opp' is missing"),
        (lambda text: text.replace("2018-01-03", "3 January"), ":4: date: '3 January' is not a day"),
        (lambda text: text.replace("2018-01-02,3", "2018-01-02,-3"), ":3: events_gov_opp: '-3' is not a count"),
        (lambda text: text.replace("2018-09-20", "2018-09-19"), "date: this day stands in line"),
        (lambda text: "", "is empty"),
    ],
)
def test_a_bad_data_file_is_named_with_its_line(tmp_path: Path, command: Command, break_it, says: str) -> None:  # type: ignore[no-untyped-def]
    file = made_up(tmp_path) / target_counts.DAILY
    file.write_text(break_it(file.read_text()))
    answer = command("calibrate", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--draws", "1000")
    assert answer.code == 2
    assert str(file) in answer.err
    assert says in answer.err


def test_a_folder_without_data_is_reported(tmp_path: Path, command: Command) -> None:
    answer = command("calibrate", "--data", str(tmp_path), "--out", str(tmp_path / "out"))
    assert answer.code == 2
    assert "there is no such file" in answer.err


def test_without_data_nothing_is_run(command: Command) -> None:
    answer = command("calibrate")
    assert answer.code == 2
    assert "not run: needs data" in answer.err


def test_calibrate_writes_its_results(tmp_path: Path, command: Command) -> None:
    out = tmp_path / "out"
    answer = command("calibrate", "--data", str(made_up(tmp_path)), "--out", str(out), "--draws", "1000", "--json")
    assert answer.code == 0
    assert {file.name for file in out.iterdir()} == {
        "asked.json", "datapackage.json", "numbers.csv", "figures.csv", "posterior.csv", "posterior.png",
        "posterior.svg",
    }  # fmt: skip
    described = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert [each["path"] for each in described] == ["numbers.csv", "figures.csv", "posterior.csv"]
    numbers = pd.read_csv(out / "numbers.csv").set_index("name")
    assert len(numbers) == len(priors.priors())
    assert (numbers["q05"] <= numbers["median"]).all()
    assert ((numbers["low"] <= numbers["q05"]) & (numbers["q95"] <= numbers["high"])).all()
