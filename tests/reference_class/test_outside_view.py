"""The outside view: its arithmetic, that it finds what is there in made data, and that no forecast knows the future."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from outside_view_made_data import TRUTH, Made, made_deals, ranks, recovery
from scipy.integrate import dblquad, quad
from scipy.special import ndtr
from scipy.stats import norm

from ceasefire.errors import ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import (
    HEADLINE,
    DealFacts,
    Durations,
    Ending,
    Reading,
    Record,
    day_number,
    durations_known_on,
    known_durations,
    own_clock,
    table_of,
)
from ceasefire.reference_class.outside_view.deal_files import deal_of
from ceasefire.reference_class.outside_view.duration_curve import DurationCurve, curve
from ceasefire.reference_class.outside_view.effect_states import Effect, advanced, effect, nothing_known
from ceasefire.reference_class.outside_view.end_of_term import EndOfTerm, fit_end_of_term
from ceasefire.reference_class.outside_view.expectation_propagation import propagate
from ceasefire.reference_class.outside_view.fit import _Posterior, effect_covariance
from ceasefire.reference_class.outside_view.forecast import forecast_one
from ceasefire.reference_class.outside_view.interval_likelihood import interval_likelihood
from ceasefire.reference_class.outside_view.parameters import NAMES, parameters
from ceasefire.reference_class.outside_view.shipped_numbers import (
    CONFLICT_COLUMNS,
    CONFLICTS,
    COUNTRIES,
    COUNTRY_COLUMNS,
    SHIPPED,
    USED,
    OutsideView,
    load_numbers,
    refit,
    year_end,
)

MODEL = parameters(TRUTH)
DAY = datetime.date(2005, 6, 1)


@pytest.fixture(scope="module")
def made() -> Made:
    return made_deals(11, countries=12, deals_per_country=14)


@pytest.fixture(scope="module")
def view() -> OutsideView:
    return load_numbers()


def deal(**facts: object) -> DealFacts:
    return replace(DealFacts("a deal", "Here", "war", DAY), **facts)  # type: ignore[arg-type]


def test_the_chance_of_an_interval_is_right_in_the_far_tail_too() -> None:
    low, high = np.array([-math.inf, 0.0, 9.0, -9.5]), np.array([0.3, 1.0, 9.5, -9.0])
    result = interval_likelihood(low, high, np.zeros(4), np.ones(4))
    wanted = [ndtr(0.3), ndtr(1) - ndtr(0), norm.sf(9) - norm.sf(9.5), norm.sf(9) - norm.sf(9.5)]
    assert np.allclose(result.log_chance, np.log(wanted), rtol=1e-10)


def test_slopes_of_the_chance_of_an_interval_are_those_of_differences() -> None:
    low, high = np.array([-1.0, -math.inf, 2.0]), np.array([0.5, 1.0, math.inf])
    mean, sd, step = np.array([0.2, 0.4, 0.1]), np.array([0.7, 1.0, 1.3]), 1e-5
    result = interval_likelihood(low, high, mean, sd)

    def log_chance(m: float = 0.0, s: float = 0.0) -> np.ndarray:
        return interval_likelihood(low, high, mean + m, sd + s).log_chance

    assert np.allclose(result.slope_mean, (log_chance(step) - log_chance(-step)) / (2 * step), atol=1e-7)
    assert np.allclose(result.slope_sd, (log_chance(0, step) - log_chance(0, -step)) / (2 * step), atol=1e-7)
    curvature = (log_chance(step) - 2 * log_chance() + log_chance(-step)) / step**2
    assert np.allclose(result.curvature_mean, curvature, atol=1e-3)


def test_propagation_over_one_deal_is_exact() -> None:
    low, high, mean, noise, spread = 1.0, 2.5, 0.3, 0.9, 1.4

    def joint(u: float) -> float:
        return norm.pdf(u, 0, spread) * (ndtr((high - mean - u) / noise) - ndtr((low - mean - u) / noise))

    chance = quad(joint, -9, 9)[0]
    centre = quad(lambda u: u * joint(u), -9, 9)[0]
    result = propagate(np.array([[spread**2]]), np.array([mean]), np.array([noise]), np.array([low]), np.array([high]))
    assert result.log_evidence == pytest.approx(math.log(chance), abs=1e-7)
    assert spread**2 * result.weights[0] == pytest.approx(centre / chance, abs=1e-6)


def test_propagation_over_two_deals_is_within_a_hundredth_of_the_exact_evidence() -> None:
    covariance = np.array([[1.6, 1.1], [1.1, 1.6]])
    low, high, noise = np.array([2.0, -math.inf]), np.array([math.inf, 0.5]), np.array([1.2, 0.8])
    inverse = np.linalg.inv(covariance)
    scale = 1 / (2 * math.pi * math.sqrt(np.linalg.det(covariance)))

    def joint(u: float, v: float) -> float:
        both = np.array([u, v])
        return scale * math.exp(-0.5 * both @ inverse @ both) * ndtr((u - 2.0) / 1.2) * ndtr((0.5 - v) / 0.8)

    exact = dblquad(joint, -8, 8, -8, 8, epsabs=1e-7)[0]
    result = propagate(covariance, np.zeros(2), noise, low, high)
    assert result.log_evidence == pytest.approx(math.log(exact), abs=0.01)


def test_the_slope_of_the_log_posterior_is_that_of_differences(made: Made) -> None:
    table = table_of([record.facts for record in made.records])
    index, durations = known_durations([record.ending for record in made.records], HEADLINE)
    loss = _Posterior(table.take(index), durations, np.ones(len(NAMES), np.bool_))
    theta = TRUTH + 0.1 * np.sin(np.arange(len(NAMES)))
    slope = loss(theta)[1]
    for k in range(len(NAMES)):
        step = np.zeros(len(NAMES))
        step[k] = 1e-4
        assert slope[k] == pytest.approx((loss(theta + step)[0] - loss(theta - step)[0]) / 2e-4, abs=2e-3), NAMES[k]


def test_numbers_are_found_again_in_made_data() -> None:
    """Two samples of 14 numbers: under the model fewer than 22 of 28 intervals of 95 % cover once in 1,000 times."""
    result = recovery(2, countries=30, deals_per_country=16, seed=3)
    assert (np.abs(result.z) < 1.96).sum() >= 22
    assert np.abs(result.z).max() < 4.0


def test_forecasts_of_made_data_have_uniform_ranks() -> None:
    """Ten bins, n = 420: chi-square above 27.9 comes once in 1,000 times."""
    result = ranks(made_deals(21, countries=30, deals_per_country=14))
    assert len(result) > 350
    counts = np.histogram(result, 10, (0.0, 1.0))[0]
    expected = len(result) / 10
    assert ((counts - expected) ** 2 / expected).sum() < 27.9


def test_ranks_are_not_uniform_when_effects_are_forgotten() -> None:
    """The same test sees a wrong model: half the spread of log days."""
    wrong = TRUTH.copy()
    wrong[NAMES.index("log_sigma")] -= 0.7
    counts = np.histogram(ranks(made_deals(21, countries=30, deals_per_country=14), wrong), 10, (0.0, 1.0))[0]
    expected = counts.sum() / 10
    assert ((counts - expected) ** 2 / expected).sum() > 27.9


def test_states_at_the_end_of_a_year_forecast_as_all_the_deals_do(made: Made) -> None:
    table = table_of([record.facts for record in made.records])
    country = str(table.country[0])
    own = np.flatnonzero(table.country == country)
    endings = [made.records[int(k)].ending for k in own]
    end = year_end(2004)
    index, durations = durations_known_on(end, table.start[own], endings, HEADLINE)
    known = table.take(own[index])
    assert len(known) > 3
    later = table_of(
        [deal(country=country, conflict=str(known.conflict[-1]), start=DAY, fixed_term=True, planned_days=9.0)]
    )
    direct = effect(nothing_known(MODEL), MODEL, later, known, durations)
    state = advanced(nothing_known(MODEL), MODEL, known, durations, end)
    nothing = known.take(np.zeros(0, np.int64)), durations.take(np.zeros(0, np.int64))
    stepwise = effect(advanced(state, MODEL, *nothing, year_end(2004) + 90), MODEL, later, *nothing)
    assert stepwise.mean == pytest.approx(direct.mean, abs=1e-10)
    assert stepwise.variance == pytest.approx(direct.variance, abs=1e-10)


def test_an_effect_of_one_deal_is_that_of_the_prior_covariance() -> None:
    """With one deal known, mean and variance follow from the covariance by hand."""
    earlier = table_of([deal(start=DAY - datetime.timedelta(days=400))])
    later = table_of([deal()])
    both = table_of([deal(start=DAY - datetime.timedelta(days=400)), deal()])
    prior = effect_covariance(both, MODEL).total
    durations = Durations(np.array([5.0]), np.array([6.0]))
    from ceasefire.reference_class.outside_view.coded_deals import log_window

    low, high = log_window(durations, earlier.planned, 1.0)
    result = propagate(prior[:1, :1], MODEL.mean(earlier), MODEL.noise(earlier), low, high)
    one = effect(nothing_known(MODEL), MODEL, later, earlier, durations)
    assert one.mean == pytest.approx(float(prior[1, 0] * result.weights[0]))
    assert one.variance == pytest.approx(float(prior[1, 1] - prior[1, 0] ** 2 * result.reduction[0, 0]))
    assert one.mean < 0


# What nobody knew on the signing day


def unknown_altered(record: Record, day: float) -> Record:
    """The same deal with everything about its end altered that was not known on a day."""
    age, ending = day - day_number(record.facts.start), record.ending
    undated = ending.broke and not ending.dated
    if age <= 0:
        return replace(record, ending=Ending(ending.days + 77.0, not ending.broke, not ending.dated))
    if undated and ending.days > age:
        return replace(record, ending=Ending(ending.days + 500.0, True, False))
    if not undated and ending.days > age:
        return replace(record, ending=Ending(age + 1000.0, not ending.broke))
    return record


def some_undated(made: Made) -> list[Record]:
    """Every second broken deal with an undated end, the next deal coming after three times as long."""
    return [
        replace(r, ending=Ending(3 * r.ending.days + 1, True, False)) if r.ending.broke and k % 2 else r
        for k, r in enumerate(made.records)
    ]


@pytest.mark.parametrize("reading", USED)
def test_altering_everything_unknown_on_the_signing_day_moves_no_forecast(made: Made, reading: Reading) -> None:
    records = some_undated(made)
    table = table_of([record.facts for record in records])
    altered_any = 0
    for k in range(0, len(records), 4):
        one = table.take(np.array([k]))
        day = float(one.start[0])
        altered = [unknown_altered(record, day) for record in records]
        altered_any += sum(a != b for a, b in zip(altered, records, strict=True))
        assert _effect_of(records, one, reading) == _effect_of(altered, one, reading)
    assert altered_any > 1000


def test_what_was_known_on_the_signing_day_moves_forecasts(made: Made) -> None:
    """The test above sees what it should: a known end that is altered does move."""
    records = some_undated(made)
    table = table_of([record.facts for record in records])
    moved = 0
    for k in range(20, len(records), 20):
        one = table.take(np.array([k]))
        day = float(one.start[0])
        altered = [
            replace(r, ending=replace(r.ending, days=0.0)) if day_number(r.facts.start) + r.ending.days < day else r
            for r in records
        ]
        moved += _effect_of(records, one, HEADLINE) != _effect_of(altered, one, HEADLINE)
    assert moved >= 5


def _effect_of(records: list[Record], one: object, reading: Reading) -> Effect:
    table = table_of([record.facts for record in records])
    own = np.flatnonzero(table.country == one.country[0])  # type: ignore[attr-defined]
    endings = [records[int(j)].ending for j in own]
    index, durations = durations_known_on(float(one.start[0]), table.start[own], endings, reading)  # type: ignore[attr-defined]
    return effect(nothing_known(MODEL), MODEL, one, table.take(own[index]), durations)  # type: ignore[arg-type]


def test_an_undated_record_that_was_not_closed_tells_nothing() -> None:
    starts, endings = np.array([0.0]), [Ending(300.0, True, dated=False)]
    assert len(durations_known_on(299.0, starts, endings, "mid")[0]) == 0
    index, durations = durations_known_on(300.0, starts, endings, "mid")
    assert list(index) == [0]
    assert (durations.low[0], durations.high[0]) == (150.0, 151.0)


def test_a_deal_that_still_holds_counts_as_at_least_so_long() -> None:
    for ending in (Ending(5000.0, False), Ending(5000.0, True)):
        _, durations = durations_known_on(120.0, np.array([0.0]), [ending], "mid")
        assert (durations.low[0], durations.high[0]) == (120.0, math.inf)


def test_deals_of_the_same_day_and_later_are_not_known() -> None:
    index, _ = durations_known_on(10.0, np.array([9.0, 10.0, 11.0]), [Ending(0.0, True)] * 3, "mid")
    assert list(index) == [0]


def test_the_gap_to_the_next_deal_is_not_a_fact_of_the_deal(view: OutsideView) -> None:
    """`days_upper` of the deal that is forecast is the next ceasefire's day: a forecast from data must not use it."""
    request = deal_of({"country": "Here", "conflict": "war", "start": "2005-06-01"})
    result = []
    for days in (3.0, 3000.0):
        own = Record(deal(), Ending(days, True, dated=False))
        earlier = Record(deal(start=datetime.date(2003, 1, 1)), Ending(20.0, True))
        result.append([row for row in forecast_one(view, request, data=[own, earlier]).rows])
    assert result[0] == result[1]


@pytest.mark.parametrize(
    ("reading", "low", "high"),
    [("third", 33.0, 34.0), ("mid", 50.0, 51.0), ("upper", 100.0, 101.0), ("interval", 0.0, 101.0)],
)
def test_readings_place_an_undated_end(reading: Reading, low: float, high: float) -> None:
    _, durations = known_durations([Ending(100.0, True, dated=False)], reading)
    assert (durations.low[0], durations.high[0]) == (low, high)
    _, durations = known_durations([Ending(100.0, True)], reading)
    assert (durations.low[0], durations.high[0]) == (100.0, 101.0)


def test_the_dated_reading_leaves_undated_ends_out() -> None:
    index, _ = known_durations([Ending(10.0, True), Ending(10.0, True, dated=False), Ending(10.0, False)], "dated")
    assert list(index) == [0, 2]


# What forecasts do


def test_the_own_clock_runs_faster_after_the_planned_day_only() -> None:
    days, planned = np.array([5.0, 10.0, 30.0, math.inf]), np.full(4, 10.0)
    assert list(own_clock(days, planned, 3.0)) == [5.0, 10.0, 70.0, math.inf]
    assert list(own_clock(days, np.full(4, math.nan), 3.0)) == list(days)


def a_curve(**changes: object) -> DurationCurve:
    return replace(DurationCurve(4.0, 1.8, Effect(-0.5, 0.6), 2.0, 0.15), **changes)  # type: ignore[arg-type]


def test_having_held_divides_by_the_chance_to_have_held() -> None:
    fresh, held = a_curve(), a_curve(held=40.0)
    days = np.array([41.0, 90.0, 900.0])
    assert np.allclose(held.holds(days), fresh.holds(days) / fresh.holds(40.0))
    assert list(held.holds(np.array([0.0, 40.0]))) == [1.0, 1.0]
    assert held.median > fresh.median


def test_a_break_with_the_past_is_a_mixture_of_both_histories() -> None:
    days = np.array([3.0, 30.0, 300.0])
    known, fresh = a_curve(break_weight=0.0), a_curve(break_weight=1.0)
    assert np.allclose(a_curve().holds(days), 0.85 * known.holds(days) + 0.15 * fresh.holds(days))


def test_the_hazard_rises_when_a_term_has_lapsed() -> None:
    slow, fast = a_curve(planned=30.0, lapse_speed=1.0), a_curve(planned=30.0, lapse_speed=3.0)
    assert slow.holds(30.0) == fast.holds(30.0)
    assert slow.holds(40.0) > fast.holds(40.0)


def test_terms_end_by_a_rising_share_with_a_jump_on_the_planned_day(view: OutsideView) -> None:
    for planned in (1.0, 3.0, 14.0, 90.0, 365.0):
        days = np.linspace(0.0, 20 * planned, 2001)
        ended = view.term.ended(days, np.full(len(days), planned))
        assert ended[0] == 0
        assert np.all(np.diff(ended) >= -1e-12)
        assert ended[-1] > 0.9
        around = view.term.ended(np.array([planned - 1.5, planned + 1.5]), np.full(2, planned))
        assert around[1] - around[0] > 0.3
        assert view.term.weights(np.array([planned])).sum() == pytest.approx(1.0)


def test_the_mixture_of_terms_is_found_again() -> None:
    truth = EndOfTerm(np.array([-1.5, 0.0, -1.8, 0.3, 0.0, 0.0, 0.0, 0.5, 1.5]))
    dice = np.random.default_rng(4)
    planned = dice.choice([7.0, 30.0, 90.0, 180.0], 1500)
    days = np.arange(0.0, 3000.0)
    drawn = np.array(
        [np.searchsorted(truth.ended(days + 1, np.full(len(days), p)), dice.random()) for p in planned], float
    )
    result = fit_end_of_term(planned, drawn, drawn + 1)
    for each in (7.0, 30.0, 180.0):
        wanted, got = truth.weights(np.array([each])), result.weights(np.array([each]))
        assert np.allclose(wanted, got, atol=0.05)


# What is shipped


def test_shipped_tables_hold_effects_and_no_row_of_the_data() -> None:
    for name, columns in ((COUNTRIES, COUNTRY_COLUMNS), (CONFLICTS, CONFLICT_COLUMNS)):
        lines = (SHIPPED / name).read_text(encoding="utf-8").splitlines()
        assert tuple(lines[0].split(",")) == columns
        assert len(lines) > 1000
        assert not any("start" in column or "days" in column for column in columns)


def test_shipped_numbers_are_those_of_the_published_table(view: OutsideView) -> None:
    """Within a standard error of the table of estimates without a rise of the hazard after a lapse."""
    table = {
        "dated": (4.38, 2.14, 2.30),
        "mid": (4.13, 0.60, 1.29),
        "third": (3.83, 0.68, 1.26),
        "upper": (4.64, 0.49, 1.24),
    }
    for reading, wanted in table.items():
        errors = np.sqrt(np.diag(view.covariance[reading]))[:3]  # type: ignore[index]
        assert np.all(np.abs(view.theta[reading][:3] - wanted) < errors)  # type: ignore[index]


def test_a_state_is_never_of_a_day_after_the_one_asked_for(view: OutsideView) -> None:
    for year in (1995, 2010, 2020):
        day = day_number(datetime.date(year, 1, 1))
        assert view.state(HEADLINE, "Syria", day).day <= day
    assert view.state(HEADLINE, "Syria", day_number(datetime.date(1990, 1, 1))).deals == 0
    early, late = (view.state(HEADLINE, "Syria", day_number(datetime.date(y, 1, 1))) for y in (2013, 2020))
    assert 0 < early.deals < late.deals


def write_data(folder: Path, made: Made) -> None:
    names = "ceasefire_id,location,conflict,start,ceasefire_class,written,fixed_term,planned_days,days_upper"
    names += ",broke,end_date_known"
    lines = [names]
    for record in made.records:
        f, e = record.facts, record.ending
        cells = [f.name, f.country, f.conflict, f.start, f.ceasefire_class, int(f.written), int(f.fixed_term),
                 f.planned_days or "", e.days, int(e.broke), int(e.dated)]  # fmt: skip
        lines.append(",".join(map(str, cells)))
    (folder / "ceasefire_durations.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def refitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Path]:
    """A few made deals, and the folder that they and numbers fitted to them lie in."""
    few, folder = made_deals(5, countries=4, deals_per_country=10), tmp_path_factory.mktemp("data")
    write_data(folder, few)
    refit(folder, folder / "numbers")
    return few, folder


def test_a_refit_forecasts_from_its_files_as_from_the_data(refitted: tuple[Made, Path]) -> None:
    few, folder = refitted
    view = load_numbers(folder / "numbers")
    facts = {"country": few.records[0].facts.country, "conflict": "0", "start": "2021-01-01", "written": "yes"}
    shipped = forecast_one(view, deal_of(facts))
    data = forecast_one(view, deal_of(facts), data=few.records)
    assert shipped.known.state.deals == len(data.known.counted) > 5
    for one, other in zip(shipped.rows, data.rows, strict=True):
        assert one.unbroken == pytest.approx(other.unbroken, abs=2e-3)


def test_a_refit_is_the_same_to_the_last_byte(refitted: tuple[Made, Path], tmp_path: Path) -> None:
    _, folder = refitted
    refit(folder, tmp_path)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert len(files) == 4
    for name in files:
        assert (folder / "numbers" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_faults_of_a_data_folder_name_line_and_column(made: Made, tmp_path: Path) -> None:
    write_data(tmp_path, made)
    file = tmp_path / "ceasefire_durations.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[3], cells[4], cells[8] = "2005-13-01", "truce", "long"
    lines[3] = ",".join(cells)
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        refit(tmp_path, tmp_path / "numbers")
    messages = [str(fault) for fault in error.value.faults]
    assert len(messages) == 3
    for column, words in (("start", "2005-13-01"), ("ceasefire_class", "cessation"), ("days_upper", "long")):
        assert any(f"{file}:4: {column}: " in line and words in line for line in messages)
    assert not (tmp_path / "numbers").exists()


def test_numbers_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="--refit"):
        load_numbers(tmp_path)


def test_curve_of_a_deal_has_the_numbers_of_its_kind() -> None:
    one = table_of([deal(ceasefire_class="definitive", written=True, fixed_term=True, planned_days=28.0)])
    result = curve(MODEL, one, Effect(0.0, 0.0))
    slopes = dict(zip(NAMES, TRUTH, strict=True))
    wanted = sum(slopes[n] for n in ("constant", "not_cessation", "definitive", "fixed_term", "written"))
    assert result.mean == pytest.approx(wanted + slopes["log_planned"] * math.log(2))
    assert math.log(result.noise) == pytest.approx(sum(TRUTH[6:9]))
