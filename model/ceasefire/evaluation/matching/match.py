"""History matching: which draws of the numbers can make the patterns of real counts, and what follows from that.

A detector of misfit, not a sharpener. A draw is ruled out by a pattern when its emulated mean lies more than LIMIT
standard deviations from what was counted, one history's spread, the emulator's error and the discrepancy of the model
together; it is ruled out altogether when two patterns do so (Craig et al. 1997; Vernon, Goldstein and Bower 2010).
How long deals lasted is no pattern: past deals only judge what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ceasefire.analysis.bands_over_draws import share_bands
from ceasefire.analysis.forecast_scores import Forecast
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import joint_draws
from ceasefire.evaluation.calibration.simulated_counts import record_counts
from ceasefire.evaluation.matching.emulator import Emulated, emulate, standardised
from ceasefire.evaluation.matching.pattern_figures import FIGURES
from ceasefire.evaluation.matching.pattern_file import Pattern, Patterns
from ceasefire.experiments.hindcast import HORIZON
from ceasefire.scenario.load import Loaded
from ceasefire.simulation import engine
from ceasefire.simulation.compiled.recorded_counts import Counts
from ceasefire.simulation.initial_state import initial_state
from ceasefire.wording import percent_on_terminal

DRAWS, QUICK_DRAWS = 4000, 1000
WORLDS = 4
"""Worlds at each draw, for patterns and for past deals."""

TARGET_WORLDS = 10
"""Worlds at each draw of the scenario whose answer is asked."""

LIMIT = 3.0
"""Implausibility from which a draw is ruled out: a distribution with one peak has 95 % within it (Pukelsheim 1994)."""

LEAST_LEFT = 400
"""Draws that must be left, or nothing is said of what follows."""

STRUCTURE = 0.01
"""Where fewer draws than this share can make a pattern, the fault lies in the rules and not in the numbers."""

RECORDED = (0.47, 0.97)
"""Share of single deaths on record, 90 % interval of the fit; drawn evenly."""

DAYS = (30, 90, 365)
"""Days of the answer before and after, besides the last."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Simulated:
    """A pattern in the worlds: its figure on the compared scale (draws, WORLDS), and what the emulator makes of it."""

    pattern: Pattern
    figures: FloatArray
    emulated: Emulated

    @cached_property
    def spread(self) -> float:
        """Standard deviation of one history, given the numbers."""
        with np.errstate(invalid="ignore"):
            two = np.isfinite(self.figures).sum(axis=1) > 1
        return float(np.sqrt(np.nanvar(self.figures[two], axis=1, ddof=1).mean())) if two.any() else 0.0

    @cached_property
    def implausibility(self) -> FloatArray:
        """How many standard deviations each draw lies from what was counted, (draws,)."""
        everything = float(np.nanstd(self.figures))
        worlds = float(np.isfinite(self.figures).sum(axis=1)[np.isfinite(self.figures).any(axis=1)].mean())
        own = max(self.emulated.error - self.spread**2 / worlds, 0.0)
        variance = self.spread**2 + own + (self.pattern.discrepancy * everything) ** 2
        counted = float(FIGURES[self.pattern.figure].scaled(np.array([self.pattern.value]))[0])
        return np.asarray(np.abs(counted - self.emulated.mean) / np.sqrt(max(variance, 1e-12)))

    def row(self) -> dict[str, object]:
        """What the table of patterns says of it."""
        figure = FIGURES[self.pattern.figure]
        seen = self.figures[np.isfinite(self.figures)]
        counted = float(figure.scaled(np.array([self.pattern.value]))[0])
        low, middle, high = figure.unscaled(np.quantile(seen, [0.05, 0.5, 0.95]))
        below = float((seen < counted).mean() + 0.5 * (seen == counted).mean())
        can = float((self.implausibility <= LIMIT).mean())
        return {
            "pattern": self.pattern.name, "scenario": self.pattern.scenario, "figure": self.pattern.figure,
            "counted": self.pattern.value, "low": low, "median": middle, "high": high, "percentile": below,
            "worlds": len(seen), "explained": self.emulated.explained, "ruled_out": 1.0 - can,
            "verdict": self._verdict(can, below), "source": self.pattern.source,
        }  # fmt: skip

    def _verdict(self, can: float, below: float) -> str:
        if not self.pattern.like_for_like:
            return f"not like for like: counted on {self.pattern.measured_on}"
        if can < STRUCTURE:
            return "structure, not numbers"
        return "within the worlds" if 0.05 <= below <= 0.95 else "rare in the worlds"


@dataclass(frozen=True, eq=False)
class Match:
    """What matching found: a row for each pattern, the draws that are left, and answers and scores before and after.

    `patterns`: see `Simulated.row`. `answers`: day, chance that the target holds longer with 90 % of draws, before and
    after. `scores`: log score of each past deal before and after. `best`, `one_history`: share of the variance of the
    draws' chance to hold that the patterns would tell if known without noise, and that one history of each tells.
    """

    patterns: pd.DataFrame
    draws: int
    left: int
    answers: pd.DataFrame
    scores: pd.DataFrame
    best: float
    one_history: float

    @property
    def enough(self) -> bool:
        """Whether enough draws are left to say what follows."""
        return self.left >= LEAST_LEFT

    def words(self) -> list[str]:
        """What was found, in sentences."""
        said = [f"{self.left:,} of {self.draws:,} draws of the numbers are not ruled out by two patterns or more."]
        structure = self.patterns.loc[self.patterns["verdict"] == "structure, not numbers", "pattern"]
        said += [f"{name}: no draw can make it. The rules are at fault, not the numbers." for name in structure]
        if not self.enough:
            said.append(f"Nothing is said of what follows: fewer than {LEAST_LEFT} draws are left.")
        elif len(self.scores):
            before, after = (float(self.scores[name].sum()) for name in ("before", "after"))
            said.append(
                f"Past deals, in sample: log score {before:.2f} before, {after:.2f} after"
                f" ({'better' if after > before + 0.3 else 'worse' if after < before - 0.3 else 'no different'};"
                " 0.3 is within chance)."
            )
        known = "cannot be told" if np.isnan(self.one_history) else percent_on_terminal(self.one_history)
        most = percent_on_terminal(self.best)
        said.append(
            f"Known without any noise, these patterns would tell {most} of what the numbers say about the"
            f" answer; one history of those of worlds that held tells {known}."
        )
        return said


def match(patterns: Patterns, draws: int, seed: int, progress: Progress, workers: int | None = None) -> Match:
    """Simulate every pattern at `draws` joint draws of all numbers, rule draws out, and compare before and after.

    A number that scenarios share has one value in a draw, whichever scenario is simulated.
    """
    found = [
        each
        for name in dict.fromkeys(pattern.scenario for pattern in patterns.spec.patterns)
        for each in _patterns_of(patterns, name, draws, seed, progress, workers)
    ]
    worst = np.stack([each.implausibility for each in found if each.pattern.like_for_like] or [np.zeros(draws)])
    # one bad emulator must not decide alone
    second = np.sort(worst, axis=0)[-min(2, len(worst))]
    left = second <= LIMIT
    target = patterns.scenarios[patterns.spec.target]
    progress(f"{target.label}: {draws * TARGET_WORLDS:,} worlds")
    held = _days_held(target, target.scenario.horizon_days, draws, TARGET_WORLDS, seed, workers)
    scores = []
    for case in patterns.spec.judged:
        loaded = patterns.scenarios[case.scenario]
        progress(f"{loaded.label}: {draws * WORLDS:,} worlds")
        days = _days_held(loaded, HORIZON, draws, WORLDS, seed, workers)
        row: dict[str, object] = {"deal": loaded.label}
        for name, kept in (("before", np.ones(draws, bool)), ("after", left)):
            one = days[kept].ravel()
            row[name] = Forecast(one, one < HORIZON).log_score(*case.span, case.holding) if kept.any() else np.nan
        scores.append(row)
    best, one_history = _information(found, held, target, draws, seed)
    return Match(
        pd.DataFrame([each.row() for each in found]), draws, int(left.sum()),
        _answers(held, left, target.scenario.horizon_days), pd.DataFrame(scores, columns=["deal", "before", "after"]),
        best, one_history,
    )  # fmt: skip


def _numbers(loaded: Loaded, draws: int, seed: int) -> FloatArray:
    """The joint draws as standardised columns (draws, numbers)."""
    drawn = joint_draws(loaded.scenario, initial_state(loaded.scenario), draws, seed)
    return standardised(np.column_stack([np.asarray(values, dtype=float) for values in drawn.values()]))


def _batch(loaded: Loaded, horizon: int, draws: int, worlds: int, seed: int) -> engine.Batch:
    scenario = loaded.scenario.model_copy(update={"horizon_days": horizon})
    opening = initial_state(scenario)
    return engine.points_of_own_worlds(opening, joint_draws(scenario, opening, draws, seed), worlds, seed)


def _days_held(loaded: Loaded, horizon: int, draws: int, worlds: int, seed: int, workers: int | None) -> FloatArray:
    """Days held, shape (draws, worlds)."""
    rows = engine.all_rows(_batch(loaded, horizon, draws, worlds, seed), workers)
    return np.asarray(rows["days_held"].astype(np.float64).reshape(draws, worlds))


def _patterns_of(
    patterns: Patterns, name: str, draws: int, seed: int, progress: Progress, workers: int | None
) -> list[Simulated]:
    """The patterns of one scenario, simulated together."""
    loaded = patterns.scenarios[name]
    mine = [pattern for pattern in patterns.spec.patterns if pattern.scenario == name]
    days = 1 + max(int(max(each.days.last, *(each.ended_within or (0, 0)))) for each in mine)
    progress(f"{loaded.label}: {draws * WORLDS:,} worlds of {days:,} days")
    recorded = np.random.default_rng(seed).uniform(*RECORDED, draws)
    counts, held = record_counts(_batch(loaded, days, draws, WORLDS, seed), recorded, days, workers)
    numbers = _numbers(loaded, draws, seed)
    found = []
    for pattern in mine:
        figures = _figures(pattern, counts, held.astype(float)).reshape(draws, WORLDS)
        some = np.isfinite(figures).any(axis=1)
        mean = np.full(draws, np.nan)
        mean[some] = np.nanmean(figures[some], axis=1)
        found.append(Simulated(pattern, figures, emulate(numbers, mean)))
    return found


def _figures(pattern: Pattern, counts: Counts, held: FloatArray) -> FloatArray:
    """The figure of a pattern in each world (worlds,), scaled; not-a-number for worlds unlike the deal."""
    figure, first, last = FIGURES[pattern.figure], pattern.days.first, pattern.days.last
    values = np.full(len(held), np.nan)
    if pattern.ended_within is None:
        like = held > last
        values[like] = figure.of(counts[like, first : last + 1])
    else:
        low, high = pattern.ended_within
        for k in np.flatnonzero((held >= low) & (held <= high) & (held > first + 1)):
            values[k] = figure.of(counts[k : k + 1, first : min(last + 1, int(held[k]))])[0]
    return np.where(np.isfinite(values), figure.scaled(values), np.nan)


def _answers(held: FloatArray, left: np.ndarray, horizon: int) -> pd.DataFrame:
    """A row for each day: mean chance to hold so long with 90 % of draws, before and after."""
    rows: list[dict[str, object]] = []
    for day in (*(day for day in DAYS if day < horizon), horizon):
        row: dict[str, object] = {"day": day}
        for name, kept in (("before", np.ones(len(held), bool)), ("after", left)):
            if kept.sum() < LEAST_LEFT:
                row |= {name: np.nan, f"{name}_low": np.nan, f"{name}_high": np.nan}
                continue
            holding = (held[kept] >= day).sum(axis=1)[None]
            band = share_bands(holding, np.full(int(kept.sum()), TARGET_WORLDS))
            row |= {name: band.mean[0], f"{name}_low": band.low[0], f"{name}_high": band.high[0]}
        rows.append(row)
    return pd.DataFrame(rows)


def _information(
    found: list[Simulated], held: FloatArray, target: Loaded, draws: int, seed: int
) -> tuple[float, float]:
    """Share of the variance of the draws' chance to hold that patterns tell: known without noise, and from one history.

    The chance is emulated, so that chance between worlds plays no part. One history: of patterns of worlds that
    held; not-a-number where too few draws have one of each.
    """
    share = (held >= target.scenario.horizon_days).mean(axis=1)
    chance = emulate(_numbers(target, draws, seed), share).mean
    means = standardised(np.column_stack([each.emulated.mean for each in found]))
    best = emulate(means, chance).explained
    single = np.column_stack([each.figures[:, 0] for each in found if each.pattern.worlds == "held"] or [means[:, :0]])
    whole = np.isfinite(single).all(axis=1)
    if whole.sum() < LEAST_LEFT or not single.size:
        return best, float("nan")
    return best, emulate(standardised(single[whole]), chance[whole]).explained
