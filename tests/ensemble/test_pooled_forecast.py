"""The pooled forecast: a weighted mean of two curves, an interval that holds the truth, and words for what it is."""

from __future__ import annotations

import numpy as np
import pytest

from ceasefire.analysis.bands_over_draws import survival_bands
from ceasefire.analysis.linear_pool import mixture_quantiles, pooled_log, weight_from, weights_left_out
from ceasefire.ensemble.pooled_forecast import CHANGED, NO_HISTORY, Views, changes_of, pool, views_of
from ceasefire.ensemble.run import run_plan
from ceasefire.ensemble.run_plan import Plan
from ceasefire.reference_class.outside_view.of_scenario import earlier_deals, outside_view_of, request_of
from ceasefire.reference_class.pooling_weight import PoolingWeight, shipped_weight, write_weight
from ceasefire.scenario.load import load

HALF = PoolingWeight(0.5, 0.5, 0.5, 0, 0.0, "half and half")


def views(weight: PoolingWeight = HALF, changed: str = "", last: int = 1825, horizon: int = 1825) -> Views:
    """Made worlds of a scenario, 40 draws of 10 worlds, beside the outside view of Idlib 2020."""
    generator = np.random.default_rng(3)
    mean = generator.normal(6.0, 1.0, (40, 1))
    days = np.floor(np.exp(generator.normal(mean, 1.0, (40, 10)))).clip(max=horizon)
    outside = outside_view_of(load("idlib-2020").scenario)
    return pool(survival_bands(days, days < horizon, horizon), outside, changed, last, weight)


def test_the_pooled_curve_is_the_weighted_mean_of_both() -> None:
    one = views(PoolingWeight(0.3, 0.1, 0.5, 9, 0.1, "made"))
    assert one.pooled is not None
    assert one.such_deals is not None
    np.testing.assert_allclose(one.pooled.mean, 0.3 * one.such_deals.mean + 0.7 * one.scenario.mean)
    assert (np.diff(one.pooled.mean) <= 1e-12).all()
    assert (one.pooled.low <= one.pooled.high).all()


def test_at_either_end_of_the_weight_the_pool_is_one_of_its_parts() -> None:
    alone, nothing = (
        views(PoolingWeight(1.0, 1.0, 1.0, 20, -0.1, "made")),
        views(PoolingWeight(0.0, 0, 0, 20, 1.0, "made")),
    )
    assert alone.pooled is not None
    assert nothing.pooled is not None
    assert alone.such_deals is not None
    np.testing.assert_allclose(alone.pooled.mean, alone.such_deals.mean)
    np.testing.assert_allclose(alone.pooled.high[[30, 400]], alone.such_deals.high[[30, 400]], atol=0.02)
    np.testing.assert_allclose(nothing.pooled.low[[30, 400]], nothing.scenario.low[[30, 400]], atol=0.03)
    assert "added nothing" in alone.why


def test_days_mean_the_same_on_both_sides() -> None:
    """Past day 30 means 31 days or more; the last day counts as reached."""
    one = views()
    outside = outside_view_of(load("idlib-2020").scenario)
    assert one.such_deals is not None
    assert outside is not None
    assert one.such_deals.mean[30] == pytest.approx(outside.at(31))
    assert one.such_deals.mean[1825] == pytest.approx(outside.at(1825))


def test_a_pooled_curve_ends_after_five_years() -> None:
    one = views(last=1825, horizon=3650)
    assert one.pooled is not None
    assert len(one.pooled.mean) == 1826
    assert one.as_content([365, 3650])["pooled"].keys() == {"365"}


def test_what_a_change_does_is_not_pooled() -> None:
    one = views(changed="no-monitors")
    assert one.pooled is None
    assert one.why == CHANGED.format(what="no-monitors")
    assert one.headline is one.scenario


def test_the_interval_holds_the_truth_as_often_as_it_says_and_that_of_averaged_draws_does_not() -> None:
    """Made data: with chance w the truth is one of such deals' values, otherwise one of the scenario's."""
    generator = np.random.default_rng(7)
    covered = {"mixture": 0, "averaged draws": 0}
    trials = 2000
    for _ in range(trials):
        weight = generator.uniform(0.2, 0.8)
        centres = generator.uniform(0.05, 0.95, 2)
        one, other = (generator.beta(10 * c, 10 * (1 - c), (300, 1)) for c in centres)
        chosen = centres[0] if generator.random() < weight else centres[1]
        truth = generator.beta(10 * chosen, 10 * (1 - chosen))
        low, high = mixture_quantiles(one, other, weight, (0.05, 0.95))[:, 0]
        covered["mixture"] += low <= truth <= high
        averaged = weight * one[:, 0] + (1 - weight) * other[:, 0]
        low, high = np.quantile(averaged, (0.05, 0.95))
        covered["averaged draws"] += low <= truth <= high
    # 2,000 trials: a true 90 % lies within 1.3 points at 95 %, plus a point for 300 draws
    assert covered["mixture"] / trials == pytest.approx(0.90, abs=0.023)
    assert covered["averaged draws"] / trials < 0.75


def test_the_weight_is_found_again_on_made_cases() -> None:
    """Cases of which a share w came from the one forecaster: the 90 % range holds w about so often."""
    generator = np.random.default_rng(11)
    inside = 0
    for _ in range(200):
        true = generator.beta(2, 2)  # as the prior has it
        first = generator.random(40) < true
        days = np.where(first, generator.normal(0, 1, 40), generator.normal(3, 1, 40))
        found = weight_from(-((days - 0) ** 2) / 2, -((days - 3) ** 2) / 2)
        inside += found.low <= true <= found.high
    assert 170 <= inside <= 191  # binomial(200, .9): 99.9 %


def test_a_weight_never_sees_the_case_that_it_is_for() -> None:
    one, other = np.array([-1.0, -2.0, -3.0]), np.array([-2.0, -2.0, -1.0])
    before = weights_left_out(one, other)
    changed = other.copy()
    changed[1] = -9.0
    after = weights_left_out(one, changed)
    assert after[1] == before[1]
    assert after[0] != before[0]


def test_no_case_leaves_half_and_half() -> None:
    assert weight_from(np.zeros(0), np.zeros(0)).value == pytest.approx(0.5)
    assert float(pooled_log(np.log([0.2]), np.log([0.4]), 0.5)[0]) == pytest.approx(np.log(0.3))


def test_the_shipped_weight_is_read_as_written(tmp_path: pytest.TempPathFactory) -> None:
    file = tmp_path / "weight.yaml"  # type: ignore[operator]
    write_weight(HALF, file)
    assert shipped_weight(file) == HALF
    assert 0 <= shipped_weight().weight <= 1
    assert shipped_weight().source


def test_history_is_what_the_list_of_a_forecast_is() -> None:
    scenario = load("idlib-2019-08-31").scenario
    assert scenario.history is not None
    deals = earlier_deals(scenario.history)
    assert [(record.facts.name, record.ending.days, record.ending.broke) for record in deals] == [
        ("Sochi memorandum", 225.0, True), ("conditional truce", 3.0, True)
    ]  # fmt: skip
    facts = request_of(scenario, scenario.history).facts
    assert (facts.country, facts.conflict, facts.ceasefire_class) == ("Syria", "299", "cessation")
    assert not facts.written
    assert not facts.fixed_term


def test_a_term_of_the_agreement_is_the_planned_term() -> None:
    outside = outside_view_of(load("gaza-2023").scenario)
    assert outside is not None
    assert outside.request.facts.planned_days == 4.0


def test_no_world_and_no_digest_knows_the_history() -> None:
    with_history, without = load("gaza-2023"), load("gaza-2023", set={"history": None})
    assert with_history.scenario.history is not None
    assert without.scenario.history is None
    assert with_history.digest == without.digest
    assert with_history.words_digest != without.words_digest
    rows = [run_plan(Plan(each, 20, 1)).worlds for each in (with_history, without)]
    assert rows[0].equals(rows[1])


def test_without_history_the_scenario_is_the_headline_and_a_line_says_how_to_add_it() -> None:
    from conftest import SMALL

    plan = Plan(load(SMALL), 20, 1, days=60)
    one = views_of(plan, run_plan(plan))
    assert one.such_deals is None
    assert one.pooled is None
    assert one.why == NO_HISTORY
    assert one.headline is one.scenario


def test_the_views_as_a_table_are_the_curves_and_end_on_the_last_day() -> None:
    one = views(last=400, horizon=400)
    table = one.by_day().set_index("day")
    assert list(table.index[:91]) == [*range(91)]
    assert (table.index[-1], len(table)) == (400, 90 + 63)
    assert one.pooled is not None
    for day in (0, 30, 365, 400):
        assert table["pooled"][day] == one.pooled.mean[day]
        assert (table["scenario_low"][day], table["scenario_high"][day]) == (
            one.scenario.low[day],
            one.scenario.high[day],
        )
    assert not any(str(name).startswith("pooled") for name in views(changed="a change").by_day())


def test_views_of_a_later_day_are_given_that_the_deal_has_held_until_then() -> None:
    signing = outside_view_of(load("idlib-2018").scenario)
    now = outside_view_of(load("idlib-2018", (), {"day": 180}).scenario)
    assert signing is not None
    assert now is not None
    assert now.at(365) == pytest.approx(signing.at(365) / signing.at(180))
    days = np.floor(np.exp(np.random.default_rng(3).normal(6.0, 1.0, (40, 10)))).clip(181, 1825)
    one = pool(survival_bands(days, days < 1825, 1825), now, "", 1825, HALF, 180)
    assert one.such_deals is not None
    assert one.such_deals.mean[90] == one.scenario.mean[90] == 1.0
    assert one.such_deals.mean[365] == pytest.approx(now.at(366))
    assert one.pooled is None
    assert "from the day of signing" in one.why
    assert "has held 180 days" in one.why
    assert one.by_day()["day"].min() == 180
    assert one.as_content([365])["held_days"] == 180
    assert "day=" not in changes_of(load("idlib-2018", (), {"day": 180}))


@pytest.mark.parametrize(("country", "end"), [("Siria", "did you mean 'Syria'?"), ("Mali", "that are known.")])
def test_notes_are_sentences_with_one_mark_at_the_end(country: str, end: str) -> None:
    loaded = load("idlib-2020")
    assert loaded.scenario.history is not None
    elsewhere = loaded.scenario.model_copy(
        update={"history": loaded.scenario.history.model_copy(update={"country": country, "deals": []})}
    )
    days = np.full((40, 10), 300.0)
    notes = pool(survival_bands(days, days < 400, 400), outside_view_of(elsewhere), "", 400, HALF).notes()
    assert [note for note in notes if note.startswith("Nothing is known") and note.endswith(end)]
