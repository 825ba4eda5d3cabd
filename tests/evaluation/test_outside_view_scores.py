"""The forecasters beside the outside view are what they say they are, and scores of made data come out as they must."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from ceasefire.analysis.interval_censored import BINS, EDGES, surviving
from ceasefire.evaluation.validation.outside_view_baselines import (
    BASELINES,
    COVARIATES,
    Coded,
    by_class,
    fit_conflict_effect,
    lognormal,
    one_curve,
)
from ceasefire.evaluation.validation.outside_view_scores import (
    CONFLICT,
    NAMES,
    OUTSIDE,
    countries_left_out,
    markdown,
    read_deals,
    score_table,
)
from ceasefire.reference_class.outside_view.coded_deals import Durations, Ending


def sample(seed: int, n: int) -> tuple[Coded, Durations, np.ndarray]:
    """Deals whose log days are N(3 + 1.5 written + effect of the conflict, 1.2), some of them censored."""
    dice = np.random.default_rng(seed)
    x = np.zeros((n, len(COVARIATES)))
    x[:, 0] = 1
    x[:, COVARIATES.index("written")] = dice.random(n) < 0.5
    conflict = dice.integers(0, n // 8, n)
    effect = 0.9 * dice.standard_normal(n // 8)[conflict]
    days = np.floor(np.exp(3 + 1.5 * x[:, COVARIATES.index("written")] + effect + 1.2 * dice.standard_normal(n)))
    until = dice.choice([40.0, 400.0, 1e9], n)
    names = conflict.astype(np.str_)
    durations = Durations(np.minimum(days, until), np.where(days < until, days + 1, np.inf))
    return Coded(x, np.arange(n, dtype=np.float64), np.full(n, "Here"), names), durations, days


def test_every_forecaster_gives_masses_that_add_up() -> None:
    deals, durations, _ = sample(1, 160)
    assert len(BASELINES) == 6
    for name, baseline in BASELINES.items():
        mass = baseline(deals, durations, deals)
        assert mass.shape == (160, BINS), name
        assert np.allclose(mass.sum(axis=1), 1.0), name
        assert mass.min() >= 0, name


def test_the_lognormal_regression_finds_its_numbers() -> None:
    """n = 4,000: the spread with the effect of conflicts is sqrt(1.2^2 + 0.9^2) = 1.5, survival known to .03."""
    deals, durations, _ = sample(3, 4000)
    mass = lognormal(deals, durations, deals.take(np.arange(20)))
    for one, row in zip(deals.x[:20], mass, strict=True):
        mean = 3 + 1.5 * one[COVARIATES.index("written")]
        assert surviving(row, 30.0) == pytest.approx(norm.sf((np.log(30) - mean) / 1.5), abs=0.04)


def test_one_curve_without_censoring_is_the_share_that_held() -> None:
    deals, _, days = sample(4, 500)
    mass = one_curve(deals, Durations(days, days + 1), deals.take(np.arange(1)))
    for day in EDGES[1:-1:6]:
        assert surviving(mass[0], day) == pytest.approx((days >= day).mean(), abs=0.02)


def test_a_class_with_no_deals_gets_the_curve_of_all() -> None:
    deals, durations, _ = sample(5, 100)
    other = deals.x[:1].copy()
    other[0, COVARIATES.index("definitive")] = 1
    wanted = Coded(other, deals.start[:1], deals.country[:1], deals.conflict[:1])
    assert by_class(deals, durations, wanted) == pytest.approx(one_curve(deals, durations, wanted))


def test_an_effect_of_the_conflict_is_found_and_used() -> None:
    deals, durations, days = sample(6, 1600)
    result = fit_conflict_effect(deals, durations)
    assert result.spread == pytest.approx(0.9, abs=0.15)
    assert result.noise == pytest.approx(1.2, abs=0.1)
    endings = [
        Ending(float(low), bool(np.isfinite(high))) for low, high in zip(durations.low, durations.high, strict=True)
    ]
    late = np.arange(1500, 1600)
    mass = np.array([result.forecast(deals.take(np.array([k])), deals, endings, "mid") for k in late])
    alone = lognormal(deals, durations, deals.take(late))
    held = np.clip(np.searchsorted(EDGES, days[late], side="right") - 1, 0, BINS - 1)
    rows = np.arange(100)
    assert np.log(mass[rows, held]).mean() > np.log(alone[rows, held]).mean()


def test_scores_of_a_data_folder_name_every_forecaster(tmp_path: Path) -> None:
    dice = np.random.default_rng(9)
    columns = "ceasefire_id,location,conflict,start,ceasefire_class,sides,local,written,fixed_term,planned_days"
    columns += ",mechanism,enforcement,mediated,prior_ceasefires,days_upper,broke,end_date_known"
    lines = [columns]
    for k in range(60):
        start = f"{2000 + k // 6}-{1 + k % 12:02}-10"
        cells = [k, f"c{k % 6}", k % 2, start, "cessation", "bilateral", 0, k % 3 == 0, 0, "", 0, "none", k % 2, k,
                 int(np.exp(3 + 1.5 * dice.standard_normal())), 1, int(dice.random() < 0.5)]  # fmt: skip
        lines.append(",".join(str(int(c)) if isinstance(c, bool) else str(c) for c in cells))
    (tmp_path / "ceasefire_durations.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    scored = countries_left_out(read_deals(tmp_path), "mid", repeats=1, folds=2)
    assert set(scored.masses) == set(NAMES)
    for masses in scored.masses.values():
        assert np.allclose(masses.sum(axis=2), 1.0, atol=1e-6)
    rows = score_table(scored)
    assert [row["outside view better by"] for row in rows if row["forecaster"] == OUTSIDE] == [None]
    text = markdown("Made", rows)
    assert all(f"| {name} |" in text for name in (OUTSIDE, CONFLICT, *BASELINES))
