"""The model against answers that can be written down: survival, fire, answers to fire, deaths, draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation import random_streams
from ceasefire.compilation.name_keys import name_key
from ceasefire.evaluation.verification.check import CheckResult, near
from ceasefire.evaluation.verification.runs import SEED, lived
from ceasefire.evaluation.verification.synthetic_scenarios import MECHANISMS, duel

DAILY_CHANCE = 0.01
"""Chance h of an offensive each day, in the scenario whose survival is known."""

TEMPERATURE = 0.01

FACING = 1.0 / (1.0 + MECHANISMS["facing_half"])
"""Share of its fire for which a formation finds a target among one full enemy formation."""


def checks(quick: bool = True) -> list[CheckResult]:
    """Every comparison with a closed form."""
    worlds = 4_000 if quick else 20_000
    return [
        *constant_hazard(worlds),
        *localised_fire(worlds // 4),
        answers_to_fire(worlds // 2),
        mean_deaths(worlds // 4),
        *uniform_draws(400_000 if quick else 4_000_000),
    ]


def _wavering(chance: float) -> dict[str, Any]:
    """A motive that keeps to strikes, goes on the offensive with this chance a review, and never steps down."""
    gap = TEMPERATURE * math.log(chance / (1.0 - chance))
    return {
        "title": "wavers", "profile": [-1.0, -1.0, 0.0, gap], "salience": {"constant": 1.0}, "source": "made up"
    }  # fmt: skip


def constant_hazard(worlds: int, chance: float = DAILY_CHANCE) -> list[CheckResult]:
    """One party reviews daily and always weighs alike, so that P(the ceasefire sees t days out) = (1 - h)^t."""
    scenario = duel(
        {
            "motives.wavers": _wavering(chance), "actors.hawk.motives": {"wavers": 1.0},
            "mechanisms.review_days": 1, "mechanisms.offensive_days": 1, "mechanisms.inertia": 0.0,
            "mechanisms.prep": 0.0, "mechanisms.entrenched_price": 0.0, "mechanisms.abrogation_rate": 0.0,
            "mechanisms.strike_rate": 0.0, "actors.hawk.posture": "strike",
        }
    )  # fmt: skip
    table = lived(scenario, worlds)
    found = []
    for t in (1, 7, 30, 90, 250, 400):
        exact = (1.0 - chance) ** t
        outlived = float((table["days_held"] >= t).mean())
        error = math.sqrt(exact * (1.0 - exact) / worlds)
        says = f"share of {worlds} worlds that see {t} days out, with one constant daily chance of {chance:g}"
        found.append(near(f"constant hazard, day {t}", says, outlived, exact, error))
    return found


def _firing(changes: dict[str, object]) -> dict[str, object]:
    """The duel with fire that nobody ordered: two formations, no discipline, no memory of any order."""
    loose: dict[str, object] = {
        "actors.hawk.discipline": 0.0, "actors.dove.discipline": 0.0, "mechanisms.local_rate": 0.3,
        "mechanisms.branching_rest": 0.0, "mechanisms.branching_most": 0.0, "mechanisms.talks_rate": 0.0,
    }  # fmt: skip
    return {**loose, **changes}


def localised_fire(worlds: int) -> list[CheckResult]:
    """Fire that nobody ordered is Poisson: mean and variance are both rate x presence x days."""
    table = lived(duel(_firing({})), worlds)
    exact = 2 * 0.3 * FACING * 400
    counts = table["violations_localised"]
    kurtosis = 3.0 + 1.0 / exact
    spread = exact * math.sqrt((kurtosis - 1.0) / worlds)
    return [
        near("localised fire, mean", f"violations in 400 days, {worlds} worlds", float(counts.mean()), exact,
             math.sqrt(exact / worlds)),
        near("localised fire, variance", f"the same count's variance, {worlds} worlds", float(counts.var()), exact,
             spread),
    ]  # fmt: skip


def answers_to_fire(worlds: int, branching: float = 0.45) -> CheckResult:
    """With one branching number b, answers follow heat <- k heat + (1 - k) b (fire received): a sum known before."""
    same = {"mechanisms.branching_rest": branching, "mechanisms.branching_most": branching}
    table = lived(duel(_firing({**same})), worlds)
    keep, heat, exact = MECHANISMS["heat_kept"], 0.0, 0.0
    for _ in range(400):
        exact += 2 * heat
        heat = keep * heat + (1.0 - keep) * branching * (0.3 * FACING + heat)
    answers = table["violations_retaliatory"]
    error = float(answers.std(ddof=1)) / math.sqrt(worlds)
    return near("answers to fire, mean", f"answers in 400 days, {worlds} worlds", float(answers.mean()), exact, error)


def mean_deaths(worlds: int) -> CheckResult:
    """Whole deaths of a capped Lomax amount: mean = sum over k = 1 .. cap of (1 + k / scale)^-tail."""
    table = lived(duel(_firing({})), worlds)
    mean, tail, cap = (MECHANISMS[name] for name in ("deaths_mean_calm", "deaths_tail", "deaths_cap"))
    scale = mean * (tail - 1.0)
    reach = (1.0 + np.arange(1, int(cap) + 1) / scale) ** -tail
    exact = float(reach.sum())
    square = float(((2 * np.arange(1, int(cap) + 1) - 1) * reach).sum())
    shots = int(table["violations_localised"].sum())
    found = float(table["deaths_combatant"].sum()) / shots
    error = math.sqrt((square - exact**2) / shots)
    return near("deaths per violation, mean", f"{shots} violations in calm", found, exact, error, "deaths")


def uniforms(count: int, world: int = 0) -> NDArray[np.float64]:
    """`count` draws of one name on consecutive days."""
    out = np.zeros(count)
    with np.errstate(over="ignore"):
        random_streams.daily_uniforms(out, SEED, world, name_key("check"))
    return out


def uniform_draws(count: int) -> list[CheckResult]:
    """Draws fill [0, 1) evenly (Kolmogorov-Smirnov), and days and worlds next to each other are unrelated."""
    here, next_door = uniforms(count), uniforms(count, world=1)
    ordered = np.sort(here)
    steps = np.arange(1, count + 1) / count
    distance = float(np.maximum(steps - ordered, ordered - (steps - 1.0 / count)).max()) * math.sqrt(count)
    next_day = float(np.corrcoef(here[:-1], here[1:])[0, 1])
    next_world = float(np.corrcoef(here, next_door)[0, 1])
    error = 1.0 / math.sqrt(count)
    return [
        CheckResult(
            "draws fill the unit interval", f"Kolmogorov-Smirnov distance x root n, {count} draws", f"{distance:.2f}",
            "at most 1.95 (1 in 1,000 even draws would exceed it)", distance <= 1.95,
        ),
        near("draws of neighbouring days", f"correlation over {count} days", next_day, 0.0, error),
        near("draws of neighbouring worlds", f"correlation over {count} days", next_world, 0.0, error),
    ]  # fmt: skip
