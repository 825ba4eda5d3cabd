"""Coverage of every interval rule on made samples of known truth, as a Markdown page: `make coverage`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from analysis.coverage_trials import TRIALS
from numpy.typing import NDArray
from scipy.stats import beta, binom

from ceasefire.analysis.estimates import mean_interval
from ceasefire.analysis.interval_rules import (
    bounded_mean_interval,
    replicated_mean_interval,
    share_limits,
)
from ceasefire.analysis.mixing_distribution import MixingDistribution, world_distribution
from ceasefire.analysis.selection import best_of, simultaneous_intervals
from ceasefire.analysis.shapley import Subset, attribution, parts_over_draws
from ceasefire.analysis.survival import survival, survival_quantile

Floats = NDArray[np.float64]
Dice = np.random.Generator

HORIZON = 1825.0
EDGES = (0.05, 0.95)
TRUTH_DRAWS = 200_000


@dataclass(frozen=True)
class Made:
    """A made world of draws: the true figure of each, what its worlds show, and the bounds of the figure."""

    name: str
    truth: Callable[[Dice, int], Floats]
    worlds: Callable[[Dice, Floats, int], Floats]
    bounds: tuple[float, float]
    unit: str

    def sample(self, dice: Dice, draws: int, worlds: int) -> Floats:
        """Worlds of so many draws, shape (draws, worlds)."""
        return self.worlds(dice, self.truth(dice, draws), worlds)


def coins(dice: Dice, share: Floats, worlds: int) -> Floats:
    return np.asarray((dice.random((len(share), worlds)) < share[:, None]).astype(float))


def _noisy(dice: Dice, mean: Floats, worlds: int) -> Floats:
    return np.asarray(mean[:, None] + dice.normal(0, 300, (len(mean), worlds)))


def _changes(dice: Dice, mean: Floats, worlds: int) -> Floats:
    """Paired differences: a share of worlds is changed, by a time of -300 days on average, some for the better."""
    changed = dice.random((len(mean), worlds)) < (-mean / 300.0)[:, None]
    size = np.where(dice.random((len(mean), worlds)) < 0.8, -1.0, 1.0) * dice.uniform(0, 1000, (len(mean), worlds))
    return np.asarray(np.where(changed, size, 0.0))


def _lives(dice: Dice, mean: Floats, worlds: int) -> Floats:
    """Days held at a constant hazard that has this mean up to the horizon."""
    rates = np.geomspace(1e-7, 1.0, 4000)
    rate = np.interp(-mean, -(1 - np.exp(-rates * HORIZON)) / rates, rates)
    return np.asarray(np.minimum(dice.exponential(1 / rate[:, None], (len(mean), worlds)), HORIZON))


def _held(hazard: Callable[[Dice, int], Floats]) -> Callable[[Dice, int], Floats]:
    def mean(dice: Dice, draws: int) -> Floats:
        rate = hazard(dice, draws)
        return np.asarray((1 - np.exp(-rate * HORIZON)) / rate)

    return mean


def _skewed_share(dice: Dice, draws: int) -> Floats:
    low = np.maximum(0.0, 0.97 - dice.exponential(0.25, draws))
    return np.asarray(np.where(dice.random(draws) < 0.6, 0.97, low))


def _skewed_effect(dice: Dice, draws: int) -> Floats:
    return np.asarray(np.where(dice.random(draws) < 0.6, 0.0, -300 * dice.beta(1.5, 2, draws)))


def _two_humps(dice: Dice, draws: int) -> Floats:
    return np.asarray(np.where(dice.random(draws) < 0.4, dice.beta(8, 24, draws), dice.beta(30, 5, draws)))


SHARE, ANY, DAYS, GAIN = (0.0, 1.0), (-np.inf, np.inf), (0.0, HORIZON), (-HORIZON, HORIZON)
MADE = (
    Made("share: 0.3 or 0.9 by a coin", lambda r, d: np.where(r.random(d) < 0.5, 0.3, 0.9), coins, SHARE, ""),
    Made("share: 0.97 in most, low in few", _skewed_share, coins, SHARE, ""),
    Made("share: two humps", _two_humps, coins, SHARE, ""),
    Made("share: Beta", lambda r, d: r.beta(2.7, 1.05, d), coins, SHARE, ""),
    Made("share: 0.79 in all", lambda r, d: np.full(d, 0.79), coins, SHARE, ""),
    Made("effect: nil in most, large in few", _skewed_effect, _changes, GAIN, "days"),
    Made("effect: -150 or 250 by a coin", lambda r, d: np.where(r.random(d) < 0.5, -150.0, 250.0), _noisy, ANY, "days"),
    Made("effect: normal", lambda r, d: r.normal(20, 100, d), _noisy, ANY, "days"),
    Made("effect: 20 in all", lambda r, d: np.full(d, 20.0), _noisy, ANY, "days"),
    Made(
        "days held: skewed hazards", _held(lambda r, d: np.exp(r.normal(np.log(1 / 3000), 1.2, d))), _lives, DAYS,
        "days",
    ),
    Made(
        "days held: two humps",
        _held(lambda r, d: np.where(r.random(d) < 0.4, 1 / 250, 1 / 8000) * np.exp(r.normal(0, 0.3, d))),
        _lives, DAYS, "days",
    ),
)  # fmt: skip
DESIGNS = ((200, 10), (200, 5))
MORE_DESIGNS = ((100, 10), (100, 20), (200, 2), (200, 5), (200, 10), (200, 20), (400, 2), (400, 5), (1000, 2))


def between_draw_variance(means: Floats, noise: Floats) -> tuple[float, float]:
    """The former rule: mean over draws and variance of the true means, the sampling variance taken off."""
    return float(means.mean()), max(0.0, float(means.var(ddof=1) - noise.mean()))


def beta_quantile(at: float, mean: float, variance: float) -> float:
    """The former rule: quantile of the Beta with this mean and variance; the mean where the variance is zero."""
    room = mean * (1 - mean)
    spread = variance / room if room > 0 else 0.0
    if spread < 1e-6:
        return mean
    weight = 1 / min(spread, 0.9999) - 1
    return float(beta.ppf(at, mean * weight, (1 - mean) * weight))


def shrunk(means: Floats, noise: Floats) -> Floats:
    """The former rule: means drawn towards their mean until their variance excludes the noise. Louis (1984)."""
    true = max(0.0, float(means.var(ddof=1) - noise.mean()))
    return np.asarray(means.mean() + (means - means.mean()) * np.sqrt(true / means.var(ddof=1)))


def wilson(share: Floats, number: float) -> tuple[Floats, Floats]:
    """The former limits of a share. Wilson (1927)."""
    z = 1.959963984540054
    centre = (share + z**2 / (2 * number)) / (1 + z**2 / number)
    half = z * np.sqrt(share * (1 - share) / number + z**2 / (4 * number**2)) / (1 + z**2 / number)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def linear(made: Made, values: Floats) -> Floats:
    """What the product did before: a Beta of the remaining variance for shares and days, draws shrunk for effects."""
    means, noise = values.mean(axis=1), values.var(axis=1, ddof=1) / values.shape[1]
    if made.bounds in (SHARE, DAYS):
        top = made.bounds[1]
        mean, between = between_draw_variance(means / top, noise / top**2)
        return np.array([beta_quantile(at, mean, between) * top for at in EDGES])
    return np.quantile(shrunk(means, noise), EDGES)


@dataclass
class Tally:
    """What repeats of one truth and design showed: edges by three methods, and whether limits held the truth."""

    new: list[Floats]
    linear: list[Floats]
    plain: list[Floats]
    held: list[list[bool]]
    told: list[bool]


def tally(made: Made, draws: int, worlds: int, repeats: int, seed: int, limits: bool = True) -> Tally:
    """Repeat one truth and design so many times."""
    dice = np.random.default_rng([seed, draws, worlds])
    every = made.truth(np.random.default_rng(0), TRUTH_DRAWS)
    truth = np.quantile(every, EDGES)
    found = Tally([], [], [], [], [])
    for _ in range(repeats):
        values = made.sample(dice, draws, worlds)
        fitted = world_distribution(values, *made.bounds)
        found.new.append(np.array([fitted.quantile(at) for at in EDGES]))
        found.linear.append(linear(made, values))
        found.plain.append(np.quantile(values.mean(axis=1), EDGES))
        found.told.append(fitted.told_apart)
        if limits:
            found.held.append(_held_by(fitted, made, every, truth))
    return found


def _held_by(fitted: MixingDistribution, made: Made, every: Floats, truth: Floats) -> list[bool]:
    """Whether the limits of both edges, of the mean, and of the share of draws below a threshold hold the truth.

    Half a step of the grid is allowed: no edge is known better. Where draws are not told apart from chance no edges
    are printed, only how far the band may reach at most, and that is to hold both.
    """
    edges = fitted.quantile_intervals(EDGES)
    grid = fitted.support
    held = []
    for at, true in zip(EDGES, truth, strict=True):
        place = int(np.searchsorted(grid, true).clip(1, len(grid) - 1))
        half = (grid[place] - grid[place - 1]) / 2
        low, high = (
            (edges[at].low, edges[at].high) if fitted.told_apart else (edges[EDGES[0]].low, edges[EDGES[1]].high)
        )
        held.append(bool(low - half <= true <= high + half))
    held.append(bool(fitted.mean.low <= every.mean() <= fitted.mean.high))
    threshold = {SHARE: 0.5, DAYS: 912.5}.get(made.bounds, 0.0)
    below = fitted.share_below(threshold)
    held.append(bool(below.low - 1e-3 <= (every < threshold).mean() <= below.high + 1e-3))
    return held


def content(made: Made, edges: list[Floats]) -> float:
    """Mean share of draws whose truth lies within the edges that were found; 0.90 is right."""
    every = np.sort(made.truth(np.random.default_rng(0), TRUTH_DRAWS))
    low, high = np.array(edges).T
    within = np.searchsorted(every, high + 1e-9, "right") - np.searchsorted(every, low - 1e-9, "left")
    return float(within.mean() / len(every))


def error(made: Made, edges: list[Floats]) -> float:
    """Root mean square error of both edges together."""
    truth = np.quantile(made.truth(np.random.default_rng(0), TRUTH_DRAWS), EDGES)
    return float(np.sqrt(((np.array(edges) - truth) ** 2).mean()))


def bands(repeats: int, chosen: slice = slice(None)) -> Iterator[str]:
    """The estimator of doubt against the former one and against plain quantiles, and how often its limits hold."""
    heads = ("truth", "draws x worlds", "repeats", "5 to 95 % holds: new", "former", "plain", "error of edges: new")
    more = ("former", "plain", "limits hold: 5 %", "95 %", "mean", "share of draws", "told apart")
    yield "| " + " | ".join(heads + more) + " |"
    yield "|---" * len(heads + more) + "|"
    for k, made in list(enumerate(MADE))[chosen]:
        for draws, worlds in DESIGNS:
            found = tally(made, draws, worlds, repeats, k)
            each = (found.new, found.linear, found.plain)
            form = ".3f" if made.bounds == SHARE else ".0f"
            cells = [made.name, f"{draws} x {worlds}", f"{repeats:,}"]
            cells += [f"{100 * content(made, one):.0f} %" for one in each]
            cells += [format(error(made, one), form) for one in each]
            cells += [f"{100 * one:.1f} %" for one in np.array(found.held).mean(axis=0)]
            yield "| " + " | ".join([*cells, f"{100 * np.mean(found.told):.0f} %"]) + " |"


def budgets(repeats: int) -> Iterator[str]:
    """How many draws and worlds: content and error of edges for each design, over the truths that vary."""
    varied = [made for made in MADE if "in all" not in made.name]
    yield "| draws x worlds | worlds | shares: holds | least | error | days and effects: holds | least | error [days] |"
    yield "|---|---|---|---|---|---|---|---|"
    for draws, worlds in MORE_DESIGNS:
        cells = []
        for shares in (True, False):
            chosen = [made for made in varied if (made.bounds == SHARE) == shares]
            each = [(made, tally(made, draws, worlds, repeats, 50, limits=False).new) for made in chosen]
            holds = [content(made, edges) for made, edges in each]
            wrong = float(np.mean([error(made, edges) for made, edges in each]))
            cells += [
                f"{100 * np.mean(holds):.0f} %",
                f"{100 * min(holds):.0f} %",
                f"{wrong:{'.3f' if shares else '.0f'}}",
            ]
        yield f"| {draws} x {worlds} | {draws * worlds:,} | " + " | ".join(cells) + " |"


def shares_exactly() -> Iterator[str]:
    """Coverage of limits of shares, by adding up binomial chances: no chance of its own."""
    yield "| trials | mean: mid-P | least | mean: Wilson | least |"
    yield "|---|---|---|---|---|"
    for n in (10, 20, 100, 300, 1000):
        k = np.arange(n + 1.0)
        true = np.unique(np.concatenate([np.linspace(0.001, 0.5, 500), np.geomspace(0.05 / n, 0.5, 300)]))
        chance = binom.pmf(k[:, None], n, true)
        cells = []
        for low, high in (share_limits(k, n), wilson(k / n, float(n))):
            covered = (chance * ((low[:, None] <= true) & (true <= high[:, None]))).sum(axis=0)
            cells += [f"{100 * covered.mean():.1f} %", f"{100 * covered.min():.1f} %"]
        yield f"| {n:,} | " + " | ".join(cells) + " |"


def coverage(trial: Callable[[Dice], bool], repeats: int, seed: int) -> float:
    """Share of repeats in which an interval held the truth."""
    dice = np.random.default_rng(seed)
    return float(np.mean([bool(trial(dice)) for _ in range(repeats)]))


def normal_mean(draws: int) -> Callable[[Dice], bool]:
    """The mean of a few normal draws."""

    def trial(dice: Dice) -> bool:
        found = bounded_mean_interval(dice.normal(3, 2, draws))
        return found.low <= 3 <= found.high

    return trial


def skewed_mean(draws: int) -> Callable[[Dice], bool]:
    """The mean of a few exponential draws."""

    def trial(dice: Dice) -> bool:
        found = bounded_mean_interval(dice.exponential(1.0, draws), 0.0)
        return found.low <= 1 <= found.high

    return trial


def _swapped(dice: Dice, draws: int, worlds: int, hypercube: bool = False) -> tuple[dict[Subset, Floats], float, float]:
    """Outcomes under every subset of two parts with an interaction; the true share of part a, and the true sum.

    Each draw has its own gains: 250 from a, 200 from b, spread by 80, and worlds spread by 150.
    """
    from scipy.special import ndtri

    place = (dice.permutation(draws) + dice.random(draws)) / draws if hypercube else dice.random(draws)
    a = 250 + 80 * np.asarray(ndtri(place))
    b, both = dice.normal(200, 80, draws), 30.0
    base = dice.normal(500, 100, draws)[:, None] + dice.normal(0, 300, (draws, worlds))
    own = [dice.normal(0, 150, (draws, worlds)) for _ in range(3)]
    gain = {"a": a[:, None] + own[0], "b": b[:, None] + own[1]}
    outcomes = {Subset(): base, Subset("a"): base + gain["a"], Subset("b"): base + gain["b"]}
    outcomes[Subset("ab")] = base + gain["a"] + gain["b"] + both + own[2]
    return outcomes, 265.0, 480.0


def part(draws: int, former: bool = False, total: bool = False) -> Callable[[Dice], bool]:
    """The interval of a part, or of the sum of parts; as formerly, worlds of all draws taken for independent."""

    def trial(dice: Dice) -> bool:
        outcomes, share, whole = _swapped(dice, draws, 100)
        if former:
            parts = attribution({key: each.ravel() for key, each in outcomes.items()}).parts
            own = next(each for each in parts if each.name == "a").mean
            return bool(own.low <= share <= own.high)
        found = parts_over_draws(outcomes)
        interval = found.total if total else next(each for each in found.parts if each.name == "a").mean
        true = whole if total else share
        return interval.low <= true <= interval.high

    return trial


def hypercube_mean(replicates: int, draws: int, by_replicate: bool) -> Callable[[Dice], bool]:
    """The mean of a smooth function over Latin hypercubes of two numbers, each replicate drawn anew."""

    def trial(dice: Dice) -> bool:
        u = np.concatenate([
            np.column_stack([(dice.permutation(draws) + dice.random(draws)) / draws for _ in range(2)])
            for _ in range(replicates)
        ])  # fmt: skip
        values = 100 * (u[:, 0] + u[:, 1] ** 2 + 2 * (u[:, 0] - 0.5) * (u[:, 1] - 0.5))
        true = 100 * (0.5 + 1 / 3)
        groups = np.repeat(np.arange(replicates), draws)
        found = replicated_mean_interval(values, groups) if by_replicate else mean_interval(values)
        return found.low <= true <= found.high

    return trial


def median_days(worlds: int) -> Callable[[Dice], bool]:
    """The median of days held, a third of worlds censored at the horizon."""

    def trial(dice: Dice) -> bool:
        days = dice.geometric(0.006, worlds) - 1
        table = pd.DataFrame({"days_held": np.minimum(days, 180), "ended": days < 180})
        found = survival_quantile(survival(table))
        true = float(np.flatnonzero(0.994 ** np.arange(1, 400) <= 0.5)[0])
        return found.low <= true <= found.high

    return trial


def best_lever(truths: Floats, kind: str, own: Floats | float = 80.0, worst: bool = False) -> Callable[[Dice], bool]:
    """The lever that looks best (or worst) of many on the same 200 draws: does its interval hold its own true effect?

    `own` is the spread over draws that a lever does not share with the others [days].
    """
    spread = np.broadcast_to(np.asarray(own, dtype=float), truths.shape)

    def trial(dice: Dice) -> bool:
        common = dice.normal(0, 80, 200)
        values = truths[:, None] + common + dice.normal(0, 1, (len(truths), 200)) * spread[:, None]
        if worst:
            selected = best_of(values, most=False)
            return bool(selected.chosen.low <= truths[int(selected.name)] <= selected.chosen.high)
        best = int(values.mean(axis=1).argmax())
        if kind == "simultaneous":
            found = simultaneous_intervals(values)[best]
        else:
            selected = best_of(values)
            found = selected.chosen if kind == "chosen" else selected.alone
        return bool(found.low <= truths[best] <= found.high)

    return trial


ALIKE, ONE_AHEAD, LADDER = np.zeros(21), np.append(np.zeros(20), 100.0), np.linspace(-20, 20, 21)
TWO_AHEAD, UNEQUAL = np.append(np.zeros(19), [40.0, 42.0]), np.linspace(1, 160, 21)
RULES: tuple[tuple[str, Callable[[Dice], bool]], ...] = (
    ("mean of 2 draws, normal", normal_mean(2)),
    ("mean of 8 draws, normal", normal_mean(8)),
    ("mean of 8 draws, exponential", skewed_mean(8)),
    ("mean of 200 draws, exponential", skewed_mean(200)),
    ("part of a difference, 2 draws x 100 worlds", part(2)),
    ("part of a difference, 8 draws x 100 worlds", part(8)),
    ("sum of the parts, 8 draws x 100 worlds", part(8, total=True)),
    ("part, 8 draws: former rule (all worlds as one sample)", part(8, former=True)),
    ("mean over one Latin hypercube of 32, draws taken for independent", hypercube_mean(1, 32, False)),
    ("mean over 4 Latin hypercubes of 8, by replicate", hypercube_mean(4, 8, True)),
    ("mean over 10 Latin hypercubes of 20, by replicate", hypercube_mean(10, 20, True)),
    ("median days held, 100 worlds", median_days(100)),
    ("median days held, 1,000 worlds", median_days(1000)),
)
SELECTION: tuple[tuple[str, Callable[[Dice], bool]], ...] = (
    ("best of 21 levers, all alike: as if not chosen", best_lever(ALIKE, "alone")),
    ("best of 21 levers, all alike: chosen", best_lever(ALIKE, "chosen")),
    ("best of 21 levers, a ladder: chosen", best_lever(LADDER, "chosen")),
    ("best of 21 levers, one ahead: chosen", best_lever(ONE_AHEAD, "chosen")),
    ("best of 21 levers, two ahead and alike: chosen", best_lever(TWO_AHEAD, "chosen")),
    ("best of 21 levers, a ladder of unequal spreads: chosen", best_lever(LADDER, "chosen", UNEQUAL)),
    ("best of 21 levers, two ahead, unequal spreads: chosen", best_lever(TWO_AHEAD, "chosen", UNEQUAL)),
    ("best of 3 levers, all alike: chosen", best_lever(np.zeros(3), "chosen")),
    ("worst of 21 levers, a ladder: chosen", best_lever(LADDER, "chosen", worst=True)),
    ("best of 21 levers, all alike: simultaneous", best_lever(ALIKE, "simultaneous")),
)


def rules(those: tuple[tuple[str, Callable[[Dice], bool]], ...], repeats: int) -> Iterator[str]:
    """Coverage of the other rules; 95 % is meant."""
    yield "| rule | repeats | held the truth |"
    yield "|---|---|---|"
    for k, (name, trial) in enumerate(those):
        yield f"| {name} | {repeats:,} | {100 * coverage(trial, repeats, k):.1f} % |"


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--only", choices=("shares", "rules", "chance", "selection", "bands", "budgets"))
    parser.add_argument("--truths", type=int, nargs=2, default=(0, len(MADE)), help="of the made truths, from and to")
    asked = parser.parse_args()
    parts: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
        "shares": ("Shares", shares_exactly),
        "rules": ("Means, parts, medians", lambda: rules(RULES, 5 * asked.repeats)),
        "chance": ("Other intervals", lambda: rules(TRIALS, asked.repeats)),
        "selection": ("The best of many", lambda: rules(SELECTION, 2 * asked.repeats)),
        "bands": ("Doubt", lambda: bands(asked.repeats, slice(*asked.truths))),
        "budgets": ("Draws and worlds", lambda: budgets(max(20, asked.repeats // 8))),
    }
    for name, (title, lines) in parts.items():
        if asked.only in (None, name):
            print(f"## {title}\n", flush=True)
            for line in lines():
                print(line, flush=True)
            print(flush=True)


if __name__ == "__main__":
    main()
