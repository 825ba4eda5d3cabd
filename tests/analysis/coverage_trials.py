"""Made samples of known truth for every kind of interval that is printed and does not rest on draws of assumed numbers.

Each trial makes a sample, and says whether the interval of it held the truth; `measure_coverage.py` counts them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.analysis.causes_over_draws import cause_curves
from ceasefire.analysis.deciders import deciders
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.forecast_scores import calibration, concordance_gain, mean_by_group
from ceasefire.analysis.hazard import hazard, hazard_table, weibull_shape
from ceasefire.analysis.interval_censored import masses
from ceasefire.analysis.interval_rules import bounded_mean_interval
from ceasefire.analysis.linear_pool import weight_from
from ceasefire.analysis.losses import a_year_held
from ceasefire.analysis.mixing_check import halves_check
from ceasefire.analysis.mixing_distribution import world_distribution
from ceasefire.analysis.paired_differences import paired_difference, unpaired_difference
from ceasefire.analysis.regret import regret
from ceasefire.analysis.scenario_discovery import corner_of_failure
from ceasefire.analysis.screening import morris_effects, rank_screening
from ceasefire.analysis.sensitivity import sobol
from ceasefire.analysis.shapley import Subset, attribution
from ceasefire.analysis.survival import restricted_mean, survival
from ceasefire.analysis.talks_effect import around_talks
from ceasefire.evaluation.validation.idlib_patterns import bootstrap_interval
from ceasefire.observations.nowcast.agreement import weights
from ceasefire.observations.nowcast.shares import quantiles, share
from ceasefire.observations.nowcast.skill import Trial as NowcastTrial

Floats = NDArray[np.float64]
Dice = np.random.Generator
Trial = Callable[[Dice], bool]

HAZARD, HORIZON = 0.006, 180
"""A day's chance of an end, and the days that worlds are followed: a third of them hold."""


def holds(found: Interval, truth: float) -> bool:
    """Whether an interval holds a truth."""
    return bool(found.low <= truth <= found.high)


def _lives(dice: Dice, worlds: int, hazard_a_day: float | Floats = HAZARD) -> pd.DataFrame:
    days = dice.geometric(hazard_a_day, worlds) - 1
    return pd.DataFrame({"days_held": np.minimum(days, HORIZON), "ended": days < HORIZON, "failed": False})


def holding(worlds: int, day: int) -> Trial:
    """The survival curve on a day."""

    def trial(dice: Dice) -> bool:
        curve = survival(_lives(dice, worlds))
        known = min(day, len(curve.days) - 1)
        return bool(curve.low[known] <= (1 - HAZARD) ** (day + 1) <= curve.high[known])

    return trial


def breakdown(dice: Dice) -> bool:
    """The curve of a deal that cannot expire, where a third of the ends are expiries, which are censored."""
    table = _lives(dice, 200)
    table["cause"] = np.where(dice.random(200) < 1 / 3, "expiry", "offensive")
    curve = survival(table, "breakdown")
    known = min(120, len(curve.days) - 1)
    return bool(curve.low[known] <= (1 - 2 / 3 * HAZARD) ** 121 <= curve.high[known])


def mean_days(worlds: int, hazard_a_day: float) -> Trial:
    """Mean days held up to the horizon."""
    truth = float(((1 - hazard_a_day) ** np.arange(1, HORIZON + 1)).sum())
    return lambda dice: holds(restricted_mean(_lives(dice, worlds, hazard_a_day), HORIZON), truth)


def cause(dice: Dice) -> bool:
    """The share of 300 worlds that one cause, a fifth of all ends, had ended by day 90."""
    table = _lives(dice, 300)
    table["cause"] = np.where(dice.random(300) < 0.2, "spiral", "offensive")
    curves = cause_curves(table, None, HORIZON).curves
    own = next(curve for curve in curves if curve.ending.cause == "spiral")
    return bool(own.chance_low[90] <= 0.2 * (1 - (1 - HAZARD) ** 91) <= own.chance_high[90])


def hazard_by_age(dice: Dice) -> bool:
    """Ends a year at risk, between days 30 and 90 of 300 worlds."""
    row = hazard_table(_lives(dice, 300), (0, 30, 90, 180)).iloc[1]
    return bool(row["low"] <= HAZARD * 365.25 <= row["high"])


def smooth_hazard(dice: Dice) -> bool:
    """The smoothed hazard on day 60 of 300 worlds."""
    found = hazard(_lives(dice, 300))
    return bool(found.low[60] <= HAZARD <= found.high[60])


def shape(dice: Dice) -> bool:
    """The Weibull shape, 0.7, of 200 worlds."""
    days = np.floor(150 * dice.weibull(0.7, 200)).astype(np.int64)
    return holds(weibull_shape(pd.DataFrame({"days_held": np.minimum(days, 180), "ended": days < 180})), 0.7)


def toll(worlds: int) -> Trial:
    """Mean deaths of a world, lognormal counts with a long tail."""
    truth = float(np.exp(4 + 1.0**2 / 2))
    return lambda dice: holds(bounded_mean_interval(dice.lognormal(4, 1.0, worlds), 0.0), truth)


def toll_a_year(dice: Dice) -> bool:
    """Deaths a year held of 300 worlds, each with a rate of its own."""
    years = (_lives(dice, 300)["days_held"].to_numpy(float) + 1) / 365.25
    return holds(a_year_held(dice.poisson(years * dice.gamma(2, 60, 300)).astype(float), years), 120.0)


def decider(drawn: bool) -> Trial:
    """The share of ends that one actor decides; over draws of assumed numbers it differs from draw to draw."""

    def trial(dice: Dice) -> bool:
        table = _lives(dice, 600).assign(point=np.repeat(np.arange(60), 10), deciding_motive="", deciding_sector="")
        own = np.repeat(dice.beta(2, 3, 60), 10) if drawn else np.full(600, 0.4)
        table["deciding_actor"] = np.where(dice.random(600) < own, "north", "south")
        found = deciders(table, table if drawn else None)
        return found is not None and holds(found.choices["north", ""], 0.4)

    return trial


def paired(worlds: int) -> Trial:
    """A mean difference on the same worlds; six worlds in ten do not differ."""

    def trial(dice: Dice) -> bool:
        base = dice.exponential(400, worlds)
        change = np.where(dice.random(worlds) < 0.4, dice.normal(-100, 200, worlds), 0.0)
        found = paired_difference(base + change, base)
        return bool(found.low <= -40 <= found.high)

    return trial


def paired_shares(dice: Dice) -> bool:
    """A difference of shares that hold, on 300 worlds: 6 % are saved, 2 % lost."""
    kind = dice.choice(4, 300, p=(0.06, 0.02, 0.62, 0.3))
    found = paired_difference(np.isin(kind, (0, 2)).astype(float), np.isin(kind, (1, 2)).astype(float))
    return bool(found.low <= 0.04 <= found.high)


def unpaired(dice: Dice) -> bool:
    """A mean difference of worlds that are not the same: 100 against 60, of unlike spread."""
    found = unpaired_difference(dice.exponential(400, 100), dice.exponential(300, 60))
    return bool(found.low <= 100 <= found.high)


def part_over_worlds(dice: Dice) -> bool:
    """A part of a difference at the values as written, on 200 worlds."""
    base = dice.exponential(400, 200)
    a, b, both = (dice.normal(mean, 150, 200) for mean in (250, 200, 30))
    outcomes = {Subset(): base, Subset("a"): base + a, Subset("b"): base + b, Subset("ab"): base + a + b + both}
    parts = attribution(outcomes).parts
    return holds(next(each for each in parts if each.name == "a").mean, 265.0)


def morris(dice: Dice) -> bool:
    """The mean size of a factor's effect, over 20 trajectories and the 50 worlds that all points share."""
    places, values = [], []
    own = dice.normal(0, 40, (50, 2))
    for _ in range(20):
        at = dice.integers(0, 2, 2) / 3.0
        rows = [at.copy()]
        for k in dice.permutation(2):
            at = at.copy()
            at[k] += 2 / 3
            rows.append(at)
        places += rows
        values += [(90 + own[:, 0]) * r[0] + (30 + own[:, 1]) * r[1] + 60 * r[0] * r[1] for r in rows]
    worlds = np.array(values)
    found = morris_effects(("a", "b"), np.array(places), worlds.mean(axis=1), worlds=worlds)
    return holds(next(each for each in found if each.name == "a").size, 90 + 60 * 0.5)


def sobol_index(which: str) -> Trial:
    """The index of the second factor of a + 2 b + a b, from 64 blocks of a Sobol design with a start of its own."""
    variances = np.array([1.5**2, 2.5**2]) / 12, 1 / 144
    whole = variances[0].sum() + variances[1]
    truth = (variances[0][1] + (variances[1] if which == "total" else 0.0)) / whole

    def trial(dice: Dice) -> bool:
        from scipy.stats.qmc import Sobol

        blocks = Sobol(4, scramble=True, rng=dice).random(64)
        one, other = blocks[:, :2], blocks[:, 2:]
        a = np.column_stack([other[:, 0], one[:, 1]])
        b = np.column_stack([one[:, 0], other[:, 1]])
        points = np.stack([one, a, b, other], axis=1).reshape(-1, 2)
        found = sobol(("a", "b"), points[:, 0] + 2 * points[:, 1] + points[:, 0] * points[:, 1])
        own = next(each for each in found.factors if each.name == "b")
        return holds(own.total if which == "total" else own.first, truth)

    return trial


def rank(dice: Dice) -> bool:
    """A rank correlation of 200 points."""
    x = dice.normal(size=200)
    row = rank_screening(x[:, None], 0.5 * x + np.sqrt(0.75) * dice.normal(size=200), ("x",)).table.iloc[0]
    return bool(row["low"] <= 6 / np.pi * np.arcsin(0.25) <= row["high"])


def regretted(dice: Dice) -> bool:
    """The mean regret of one of two levers, over 100 draws of 10 worlds."""
    effect = dice.normal(30, 100, 100)
    outcomes = {"none": dice.normal(0, 150, (100, 10)), "lever": effect[:, None] + dice.normal(0, 150, (100, 10))}
    found = next(each for each in regret(outcomes).levers if each.lever == "lever").mean
    return holds(found, 100 * 0.38138781546 - 30 * 0.38208857782)


def talks(dice: Dice) -> bool:
    """Violations two days after talks, means over 100 worlds of one to four rounds."""
    series = []
    for _ in range(100):
        rate = np.full(200, 5.0 * dice.gamma(4, 0.25))
        days = [int(day) for day in 40 * np.arange(1, dice.integers(2, 6))]
        for day in days:
            rate[day + 1 : day + 8] /= 2
        series.append((dice.poisson(rate).astype(float), days))
    found = around_talks(series, before=7, after=14)
    place = int(np.flatnonzero(found.days == 2)[0])
    return bool(found.mean_low[place] <= 2.5 <= found.mean_high[place])


def corner(which: str) -> Trial:
    """The corner of failure of 200 draws of 10 worlds; what is true of it is what its own limits say."""

    def trial(dice: Dice) -> bool:
        numbers = dice.random((200, 3))
        chance = np.where((numbers[:, 0] > 0.6) & (numbers[:, 1] < 0.5), 0.6, 0.2)
        found = corner_of_failure(("a", "b", "c"), numbers, dice.random((200, 10)) < chance[:, None])
        many = np.random.default_rng(1).random((20_000, 3))
        chances = np.where((many[:, 0] > 0.6) & (many[:, 1] < 0.5), 0.6, 0.2)
        inside = np.ones(len(many), dtype=bool)
        for each in found.conditions:
            column = many[:, "abc".index(each.name)]
            inside &= (column > each.low) & (column <= each.high)
        density = float(chances[inside].mean())
        truth = {"density": density, "coverage": float(chances[inside].sum() / chances.sum())}[which]
        return holds(found.density if which == "density" else found.coverage, truth)

    return trial


def _deals(dice: Dice, countries: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Ten deals in each country: two signs of how long each holds, the better first, and days held on a log scale."""
    country = np.repeat(np.arange(countries), 10)
    signs = dice.normal(size=(len(country), 2))
    logs = 4 + signs @ [1.0, 0.3] + 0.5 * dice.normal(size=countries)[country] + dice.normal(size=len(country))
    return signs, np.floor(np.exp(logs)), country


def concordance_gained(dice: Dice) -> bool:
    """What one forecast orders better than another, over 30 countries; the truth by 40,000 pairs of other deals."""
    signs, days, country = _deals(dice, 30)
    found = concordance_gain(signs[:, 0], signs[:, 1], days, days + 1, [str(each) for each in country])
    return holds(found, CONCORDANCE_GAIN)


def _concordance_gain() -> float:
    dice = np.random.default_rng(3)
    signs, days, _ = _deals(dice, 40_000)
    first, second = np.arange(0, len(days) - 10), np.arange(10, len(days))
    known = days[first] != days[second]
    right = [((s[first] < s[second]) == (days[first] < days[second]))[known].mean() for s in signs.T]
    return float(right[0] - right[1])


CONCORDANCE_GAIN = _concordance_gain()


def score_by_country(dice: Dice) -> bool:
    """A mean score over 30 countries of unlike size, each with an effect of its own."""
    country = np.repeat(np.arange(30), dice.integers(1, 12, 30))
    scores = dice.normal(0.2, 0.3, 30)[country] + dice.normal(0, 0.5, len(country))
    return holds(mean_by_group(scores, [str(each) for each in country]), 0.2)


def calibrated(dice: Dice) -> bool:
    """The observed share of the middle fifth of 200 deals whose chance was forecast rightly."""
    scale = np.exp(dice.normal(5, 1, 200))
    days = np.floor(scale * dice.exponential(1, 200))
    quantiles_of_each = -np.log1p(-(np.arange(400) + 0.5) / 400)
    mass = np.array([masses(one * quantiles_of_each) for one in scale])
    found = calibration(mass, days, days + 1, 90)[2]
    return found.low <= found.forecast <= found.high


def nowcast_share(dice: Dice) -> bool:
    """A chance from 4,000 worlds that are weighted by how near they come to what was seen."""
    index = dice.normal(size=4000)
    own = weights(index, 0.7)
    ends = dice.random(4000) < 1 / (1 + np.exp(1 - index))
    truth = float(own @ (1 / (1 + np.exp(1 - index))))
    return holds(share(own, ends, np.arange(4000)), truth)


def nowcast_skill(dice: Dice) -> bool:
    """The Brier skill on 1,000 histories kept apart."""
    chance = dice.beta(1, 3, 1000)
    left = np.where(dice.random(1000) < chance, 10, 100)
    found = NowcastTrial(left, {30: (0.25, chance)}, np.zeros(1000)).skill(30)
    return bool(found.low <= 1 - (0.25 * 0.75 - 0.25 * 0.75 / 5) / (0.25 * 0.75) <= found.high)


def resampled_mean(dice: Dice) -> bool:
    """A mean over 100 worlds by resampling them, as rows of `validate` have it."""
    low, high = bootstrap_interval(dice.gamma(2, 0.03, 100))
    return bool(low <= 0.06 <= high)


def weight_of_a_forecast(dice: Dice) -> bool:
    """The weight of one of two forecasts from 23 cases, the true weight drawn from its prior: 90 % is meant."""
    true = float(dice.beta(2, 2))
    outcomes = np.where(dice.random(23) < true, 0.0, 1.5) + dice.normal(size=23)
    found = weight_from(-(outcomes**2) / 2, -((outcomes - 1.5) ** 2) / 2, 2.0)
    return bool(found.low <= true <= found.high)


def halves(dice: Dice) -> bool:
    """The spread over 200 draws that halves of the worlds agree on."""
    values = dice.normal(20, 100, 200)[:, None] + dice.normal(0, 300, (200, 10))
    return holds(halves_check(world_distribution(values), values).from_halves, 100.0)


def fan(dice: Dice) -> bool:
    """Whether a new world's week lies in the 90 % band of 200 worlds: 90 % is meant."""
    low, high = quantiles(dice.negative_binomial(2, 0.1, 200).astype(float), np.full(200, 1 / 200), (0.05, 0.95))
    return bool(low <= dice.negative_binomial(2, 0.1) <= high)


TRIALS: tuple[tuple[str, Trial], ...] = (
    ("survival on day 90, 100 worlds", holding(100, 90)),
    ("survival on day 5, 1,000 worlds", holding(1000, 5)),
    ("survival without expiry (censored), day 120, 200 worlds", breakdown),
    ("mean days held, 100 worlds", mean_days(100, HAZARD)),
    ("mean days held, 100 worlds that nearly all hold", mean_days(100, 0.0003)),
    ("share of a cause by day 90, 300 worlds", cause),
    ("ends a year between two ages, 300 worlds", hazard_by_age),
    ("smoothed hazard on day 60, 300 worlds", smooth_hazard),
    ("Weibull shape, 200 worlds", shape),
    ("deaths of a world, lognormal, 300 worlds", toll(300)),
    ("deaths of a world, lognormal, 1,000 worlds", toll(1000)),
    ("deaths a year held, 300 worlds", toll_a_year),
    ("share of ends that one actor decides, 600 worlds", decider(False)),
    ("share of ends that one actor decides, 60 draws x 10", decider(True)),
    ("difference on the same 50 worlds", paired(50)),
    ("difference on the same 300 worlds", paired(300)),
    ("difference of shares on the same 300 worlds", paired_shares),
    ("difference of worlds that are not the same, 100 and 60", unpaired),
    ("part of a difference as written, 200 worlds", part_over_worlds),
    ("size of a Morris effect, 20 trajectories, 50 worlds", morris),
    ("Sobol index alone, 64 blocks", sobol_index("first")),
    ("Sobol index in all, 64 blocks", sobol_index("total")),
    ("rank correlation, 200 points", rank),
    ("mean regret of a lever, 100 draws x 10", regretted),
    ("violations two days after talks, 100 worlds", talks),
    ("corner of failure: density, 200 draws x 10", corner("density")),
    ("corner of failure: coverage, 200 draws x 10", corner("coverage")),
    ("concordance gained, 300 deals in 30 countries", concordance_gained),
    ("mean score, 30 countries of unlike size", score_by_country),
    ("observed share of a fifth of 200 deals", calibrated),
    ("chance of a nowcast, 4,000 weighted worlds", nowcast_share),
    ("skill of nowcasts, 1,000 histories", nowcast_skill),
    ("spread over draws from halves, 200 x 10", halves),
    ("mean by resampling 100 worlds", resampled_mean),
    ("weight of one of two forecasts, 23 cases (90 %)", weight_of_a_forecast),
    ("a new world's week in the 90 % band of 200 worlds (90 %)", fan),
)
