"""Nowcasts: which worlds agree with what was seen, how good that is on made histories, and what is refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from observations.made_histories_by_hand import histories, telling
from observations.measure_nowcasts import chi_square, made_at, tried

import ceasefire
from ceasefire.errors import ScenarioError
from ceasefire.observations.counts import Counts, place_of
from ceasefire.observations.nowcast import agreement as agreement_module
from ceasefire.observations.nowcast.agreement import effective, learnt_index, logistic, weights
from ceasefire.observations.nowcast.early_warning import early_warning
from ceasefire.observations.nowcast.figures import figure_names, made_figures, seen_figures
from ceasefire.observations.nowcast.made_histories import copied, founders, maker
from ceasefire.observations.nowcast.nowcast import HORIZONS, Place, conditioned, held_histories, with_events
from ceasefire.observations.nowcast.seen import Seen, seen
from ceasefire.observations.nowcast.shares import quantiles, share
from ceasefire.observations.nowcast.skill import Skill, trial
from ceasefire.observations.nowcast.watch import alarm
from ceasefire.observations.nowcast.weeks import weeks_of
from ceasefire.report.nowcast import skill_words
from ceasefire.scenario.load import load

START = datetime.date(2020, 1, 1)


def daily(incidents: object, deaths: object, first: datetime.date = START) -> Counts:
    """Counts of days on end."""
    figures = {"incidents": np.asarray(incidents, float), "deaths": np.asarray(deaths, float)}
    return Counts(np.arange(len(figures["incidents"])) + place_of(first), figures)


def quiet(days: int = 60) -> Seen:
    """Two incidents a week."""
    return seen(daily(np.arange(days) % 7 < 2, 2 * (np.arange(days) % 7 < 2)), START)


def test_a_logistic_regression_finds_the_coefficients_that_made_the_data() -> None:
    random = np.random.default_rng(1)
    figures = random.normal(size=(40_000, 2))
    ends = random.random(40_000) < 1 / (1 + np.exp(-(-1.0 + figures @ [0.8, -0.5])))
    # Standard error of each coefficient: 0.013.
    assert logistic(figures, ends, 0.0) == pytest.approx([-1.0, 0.8, -0.5], abs=0.05)
    twice = logistic(np.repeat(figures[:500], 2, axis=0), np.repeat(ends[:500], 2))
    assert logistic(figures[:500], ends[:500], weight=np.full(500, 2.0)) == pytest.approx(twice)


@pytest.mark.parametrize("at", [-1.0, 0.0, 0.5, 1.6])
def test_weights_add_up_and_their_mean_is_what_was_seen(at: float) -> None:
    index = np.random.default_rng(2).normal(size=8_000)
    weight = weights(index, at)
    assert weight.sum() == pytest.approx(1.0)
    assert (weight >= 0).all()
    assert weight @ index == pytest.approx(at, abs=1e-6)
    assert (np.abs(index[weight > 0] - at)).max() < 0.5
    assert effective(weight) > 400


def test_beyond_all_worlds_the_mean_stays_behind_rather_than_rest_on_a_few() -> None:
    index = np.random.default_rng(3).normal(size=8_000)
    weight = weights(index, 6.0)
    assert effective(weight) == pytest.approx(200, rel=0.01)
    assert 1.5 < weight @ index < 4


def test_copies_of_one_world_count_as_one() -> None:
    assert effective(np.full(10, 0.1), np.arange(10)) == pytest.approx(10)
    assert effective(np.full(10, 0.1), np.arange(10) // 2) == pytest.approx(5)


def test_shares_and_quantiles_of_equal_weights_are_the_plain_ones() -> None:
    values = np.random.default_rng(4).poisson(5, 1_000).astype(float)
    weight = np.full(1_000, 0.001)
    levels = (0.02, 0.25, 0.5, 0.9)
    assert quantiles(values, weight, levels) == pytest.approx(np.quantile(values, levels, method="inverted_cdf"))
    assert share(weight, values > 5, np.arange(1_000)).value == pytest.approx((values > 5).mean())


def test_made_histories_kept_apart_are_foretold_better_with_counts_and_are_calibrated(small: str) -> None:
    made = telling(small, 6_000, 60, 5)
    found = quiet()
    left = made.rows["days_held"] - 60
    holds = left >= 0
    tried = trial(made_figures(found, made)[holds], left[holds], HORIZONS, 1)
    assert len(tried.left) == len(left[holds]) // 5 > 300
    for days in HORIZONS:
        assert tried.skill(days).low > 0.05
        chance, ended = tried.chances[days][1], tried.left < days
        spread = np.sqrt((chance * (1 - chance)).sum())
        assert abs(chance.sum() - ended.sum()) < 3.5 * spread
    deciles = np.histogram(tried.place, 10, (0, 1))[0]
    # 9 degrees of freedom: 27.9 is exceeded once in a thousand.
    each = len(tried.left) / 10
    assert ((deciles - each) ** 2 / each).sum() < 27.9


def test_shuffled_counts_gain_nothing(small: str) -> None:
    made = telling(small, 6_000, 60, 6)
    left = made.rows["days_held"] - 60
    holds = left >= 0
    figures = made_figures(quiet(), made)[holds]
    assert all(trial(figures, left[holds], HORIZONS, 1, shuffled=True).skill(days).value < 0.0 for days in HORIZONS)
    random = np.random.default_rng(1).permutation(figures)
    assert all(trial(random, left[holds], HORIZONS, 1).skill(days).value < 0.02 for days in HORIZONS)


def test_counts_that_say_nothing_are_said_to_say_nothing(small: str) -> None:
    made = telling(small, 8_000, 60 + 91, 7, told=0.0)
    found = conditioned(load(small), quiet(), made, np.arange(len(made)), worlds=8_000, seed=1)
    assert all(found.counted[days].value == pytest.approx(found.without[days].value, abs=0.06) for days in HORIZONS)
    assert any("skill under 3 %" in words for words in found.warnings)


def test_more_than_nearly_all_worlds_saw_is_said_to_be_no_guide(small: str) -> None:
    made = telling(small, 8_000, 60 + 91, 8)
    stormy = seen(daily(np.full(60, 40), np.full(60, 90)), START)
    found = conditioned(load(small), stormy, made, np.arange(len(made)), worlds=8_000, seed=1)
    assert sum("no guide" in words for words in found.warnings) == 4
    assert all(place.percentile > 0.98 for place in found.places)
    usual = conditioned(load(small), quiet(), made, np.arange(len(made)), worlds=8_000, seed=1)
    assert found.counted[90].value > usual.counted[90].value + 0.2
    assert not any("no guide" in words for words in usual.warnings)


def test_with_fewer_than_200_effective_worlds_there_is_no_answer(small: str) -> None:
    made = telling(small, 300, 60 + 91, 9)
    with pytest.raises(ScenarioError, match=r"hold on day 60.*200 are needed: give more --worlds"):
        conditioned(load(small), quiet(), made, np.arange(len(made)), worlds=300, seed=1)
    large = telling(small, 2_000, 60 + 91, 9)
    with pytest.raises(ScenarioError, match=r"as good as [0-9]+ that agree"):
        conditioned(load(small), quiet(), large, np.arange(len(large)) // 100, worlds=2_000, seed=1)


def test_chances_are_those_of_the_curve_and_ends_add_up(small: str) -> None:
    made = telling(small, 8_000, 60 + 91, 10)
    found = conditioned(load(small), quiet(), made, np.arange(len(made)), worlds=8_000, seed=1)
    for days in HORIZONS:
        row = found.curve[found.curve["days"] == days].iloc[0]
        assert 1 - row["counted"] == pytest.approx(found.counted[days].value, abs=1e-5)
        assert 1 - row["without"] == pytest.approx(found.without[days].value, abs=1e-5)
    assert sum(each.counted.value for each in found.ends) == pytest.approx(1)
    assert sum(each.counted.value for each in found.deciders) == pytest.approx(1)
    assert found.table().columns.tolist()[:4] == ["days", "without", "without_low", "without_high"]


def test_an_alarm_has_the_odds_that_made_it(small: str) -> None:
    made = telling(small, 20_000, 60 + 91, 11)
    holds = np.flatnonzero(made.rows["days_held"] >= 60)
    held = made.of(holds)
    weight = np.full(len(held), 1 / len(held))
    one = alarm(held, weight, "incidents", 60, np.arange(len(held)))
    assert one is not None
    month = held.incidents[:, 60:90].sum(axis=1)
    left = held.rows["days_held"] - 90
    beyond = (left >= 0) & (month >= one.count)
    assert one.chance.value == pytest.approx((left[beyond] < 90).mean())
    assert one.preceded == pytest.approx((beyond & (left < 90)).sum() / ((left >= 0) & (left < 90)).sum())
    assert one.days == np.median(left[beyond & (left < 90)])
    assert one.chance.low > one.otherwise.high


def test_an_end_that_shows_four_weeks_before_is_foretold_four_weeks_before(small: str) -> None:
    random = np.random.default_rng(12)
    lives = 35 + random.exponential(90.0, 3_000).astype(np.int64)  # as likely to end at any age
    before = lives[:, None] - np.arange(260)
    incidents = random.poisson(np.where(before <= 28, 6.0, 0.3))
    found = early_warning(histories(small, lives, incidents), ("incidents", "deaths"), 1)
    assert found is not None
    at = {day: k for k, day in enumerate(found.days_before)}
    assert found.shares[1, at[7]] > 0.95
    assert found.shares[1, at[14]] > 0.8
    assert found.shares[1, at[49]] < 0.3
    assert (np.diff(found.shares, axis=0) >= 0).all()


def test_few_ends_give_no_curve(small: str) -> None:
    made = histories(small, np.full(500, 9_999), np.zeros((500, 120), np.int64))
    assert early_warning(made, ("incidents",), 1) is None


def test_seen_weeks_lie_where_they_lie_among_the_worlds(small: str) -> None:
    made = telling(small, 2_000, 60 + 91, 13)
    found = quiet()
    weeks = weeks_of(made, np.full(2_000, 1 / 2_000), found, "incidents")
    assert weeks.first.tolist()[:9] == [0, 7, 14, 21, 28, 35, 42, 49, 60]
    assert weeks.seen[:8].tolist() == [2.0] * 8
    assert np.isnan(weeks.seen[8:]).all()
    third = made.incidents[made.rows["days_held"] >= 21, 14:21].sum(axis=1)
    assert weeks.percentile[2] == pytest.approx((third < 2).mean() + 0.5 * (third == 2).mean())


def test_the_fan_is_of_all_worlds_before_the_day_and_of_those_that_agree_after_it(small: str) -> None:
    made = histories(small, np.full(400, 999), np.repeat([[1], [5]], 200, axis=0) * np.ones((1, 150), np.int64))
    weight = np.repeat([0.0, 1 / 200], 200)
    weeks = weeks_of(made, weight, quiet(), "incidents")
    past, ahead = weeks.fan[:, weeks.first < 60], weeks.fan[:, weeks.first >= 60]
    assert (past[0].tolist(), past[-1].tolist()) == ([7.0] * 8, [35.0] * 8)
    assert ahead.shape[1] == 12
    assert (ahead == 35.0).all()


def test_counts_are_put_beside_the_days_since_signing() -> None:
    counts = daily(np.ones(100), 2 * np.ones(100), START - datetime.timedelta(days=10))
    found = seen(counts, START)
    assert (found.day, len(found.first), found.recent.sum()) == (90, 90, 30)
    assert seen_figures(found) == pytest.approx(np.log1p([30, 60, 90, 180]))
    assert seen(counts, START, 20).day == 20
    weekly = counts.weekly(START)
    assert seen(weekly, START).day == 84
    assert seen_figures(seen(weekly, START)) == pytest.approx(np.log1p([28, 56, 84, 168]))


def test_no_window_is_longer_than_the_days_that_are_over() -> None:
    counts = daily(np.ones(100), 2 * np.ones(100))
    assert figure_names(seen(counts, START, 2)) == ["deadly incidents of the last 2 days", "deaths of the last 2 days"]
    assert figure_names(seen(counts, START, 1))[0] == "deadly incidents of the last 1 day"
    assert figure_names(seen(counts, START, 90))[0] == "deadly incidents of the last 30 days"
    assert figure_names(seen(counts.weekly(START), START, 90))[0] == "deadly incidents of the last 28 days"


def test_tables_and_notes_round_alike() -> None:
    shown, small = Skill(0.026, -0.004, 0.031, 400), Skill(-0.001, -0.004, 0.004, 400)
    assert (skill_words(shown), shown.is_small) == ("+3 % (0 to 3)", False)
    assert (skill_words(small), small.is_small) == ("0 % (0)", True)
    assert [Place("", 1, share).words for share in (0.0, 0.5, 0.98, 0.999, 1.0)] == ["0.1", "50", "98", "99.9", "99.9"]


def test_rows_of_sectors_are_added_up() -> None:
    days = np.repeat(np.arange(40), 2) + place_of(START)
    counts = Counts(days, {"incidents": np.ones(80), "deaths": np.ones(80)}, ("a", "b") * 40)
    assert seen_figures(seen(counts, START)) == pytest.approx(np.log1p([60, 60, 80, 80]))


def test_incidents_that_cannot_all_be_deadly_are_not_compared() -> None:
    found = seen(daily(np.full(60, 3), np.ones(60)), START)
    assert list(found.figures) == ["deaths"]
    assert "only deaths are compared" in found.notes[0]


def test_days_that_are_missing_long_ago_are_left_out_of_the_worlds_too(small: str) -> None:
    counts = daily(np.ones(80), np.ones(80))
    keep = np.r_[0:5, 12:80]
    gappy = Counts(counts.day[keep], {name: values[keep] for name, values in counts.figures.items()})
    found = seen(gappy, START)
    assert found.notes == ("7 days since signing without a row: left out, of the worlds too",)
    made = histories(small, np.full(3, 999), np.ones((3, 80), np.int64))
    assert made_figures(found, made)[0, 2] == pytest.approx(np.log1p(73))


@pytest.mark.parametrize(
    ("counts", "day", "message"),
    [
        (daily([1], [1], START - datetime.timedelta(days=9)), None, "end on 2019-12-23, before the ceasefire began"),
        (daily(np.ones(40), np.ones(40)), 90, "have no row in the 14 days before day 90 \\(2020-03-31\\)"),
        (daily(np.ones(40), np.ones(40)), 0, "day 0 is not within 1 to 36,500 days of the start"),
        (daily([np.nan] * 40, [np.nan] * 40), None, "neither incidents nor deaths are known on every day"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_used_are_refused(counts: Counts, day: int | None, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        seen(counts, START, day)


def test_days_that_are_missing_lately_are_refused() -> None:
    counts = daily(np.ones(60), np.ones(60))
    keep = np.r_[0:50, 52:60]
    with pytest.raises(ScenarioError, match="days are missing among the last weeks"):
        seen(Counts(counts.day[keep], {"incidents": np.ones(58), "deaths": np.ones(58)}), START)


def test_a_copy_has_the_past_of_its_world_and_a_future_of_its_own(small: str) -> None:
    making = maker(load(small, (), {"agreement.term_days": 350}).scenario, 40, 1, 300, 300)
    own = making.histories(founders(40))
    twice = copied(founders(40), np.arange(20), 60)
    assert twice.world.tolist() == sorted([*range(20), *range(20)])
    made = making.histories(twice)
    for k in range(40):
        parent = twice.world[k]
        assert (made.deaths[k, :60] == own.deaths[parent, :60]).all()
        assert (made.incidents[k, :60] == own.incidents[parent, :60]).all()
    assert any((made.deaths[k, 60:] != own.deaths[twice.world[k], 60:]).any() for k in range(0, 40, 2))
    assert any((made.deaths[k, 60:] != made.deaths[k + 1, 60:]).any() for k in range(0, 40, 2))


def test_copying_on_the_way_changes_no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many plain worlds give the same share as few that are copied where half have gone."""
    scenario, day = load("idlib-2019-08").scenario, 100
    plain = maker(scenario, 5_000, 2, day + 60, 1).histories(founders(5_000)).rows["days_held"]
    monkeypatch.setattr("ceasefire.observations.nowcast.nowcast.COPIED_BELOW", 1.0)
    made, family, stages = held_histories(maker(scenario, 2_500, 1, day + 60, 1), 2_500, day, lambda done: None)
    assert stages
    held = made.rows["days_held"]
    of_copies, of_plain = held[held >= day], plain[plain >= day]
    assert len(of_copies) / 2_500 > 1.5 * len(of_plain) / 5_000
    number = effective(np.ones(len(of_copies)), family[held >= day])
    chance = (of_plain < day + 30).mean()
    # four standard errors of both shares
    error = np.sqrt(chance * (1 - chance) * (1 / len(of_plain) + 1 / number))
    assert abs((of_copies < day + 30).mean() - chance) < 4 * error


def test_the_same_input_gives_the_same_answer_whatever_the_workers(small: str) -> None:
    counts = daily(np.ones(45), np.ones(45))
    one, two = (ceasefire.nowcast(small, counts, worlds=1_500, workers=workers) for workers in (1, 2))
    assert one.table().equals(two.table())
    assert one.curve.equals(two.curve)
    assert (one.effective, one.ends, one.alarms) == (two.effective, two.ends, two.alarms)
    other = ceasefire.nowcast(small, counts, worlds=1_500, seed=2)
    assert not other.table().equals(one.table())


def test_events_since_signing_are_part_of_the_worlds(small: str) -> None:
    told = with_events(load(small), {"2020-02-10": {"actors.north_army.capability": 0.9}})
    last = told.scenario.events[-1]
    assert last.day is not None
    assert (last.day.value, last.set["actors.north_army.capability"].value) == (40, 0.9)
    assert len(told.scenario.events) == 2
    with pytest.raises(ScenarioError, match=r"capabilitie'; did you mean 'actors.north_army.capability'"):
        with_events(load(small), {"2020-02-10": {"actors.north_army.capabilitie": 0.9}})
    with pytest.raises(ValueError, match="events: '10 February' is not a date"):
        with_events(load(small), {"10 February": {"actors.north_army.capability": 0.9}})


def test_an_index_of_worlds_that_all_end_is_the_mean_of_the_figures() -> None:
    figures = np.random.default_rng(14).normal(size=(50, 2))
    index = learnt_index(figures, np.ones(50, bool))
    assert index.coefficients[0] == pytest.approx(index.coefficients[1])
    assert agreement_module.LEAST_EFFECTIVE == 200


def test_three_hundred_days_of_real_looking_counts_are_a_file_away(small: str, tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    days = [START + datetime.timedelta(days=day) for day in range(50)]
    file.write_text("date,incidents,deaths\n" + "".join(f"{day},1,2\n" for day in days))
    found = ceasefire.nowcast(small, file, datetime.date(2020, 2, 15), worlds=1_000)
    assert found.seen.day == 45
    assert repr(found).startswith("<Nowcast two-sides, day 45: ends within 30 days")


def test_nowcasts_of_worlds_of_the_engine_are_calibrated_and_no_worse_than_none() -> None:
    """A slice of `make nowcasts`, which tries some thousand worlds of three scenarios and prints their skill."""
    made = made_at("idlib-2018", 2_500, (120,), 1)
    found, mixed = tried(made, 120, 1), tried(made, 120, 1, shuffled=True)
    assert len(found.left) > 200
    gains = [found.skill(days).value for days in HORIZONS]
    assert np.mean(gains) > 0.0
    assert np.mean(gains) > np.mean([mixed.skill(days).value for days in HORIZONS]) + 0.02
    # 9 degrees of freedom: 27.9 is exceeded once in a thousand.
    assert chi_square(found) < 27.9
