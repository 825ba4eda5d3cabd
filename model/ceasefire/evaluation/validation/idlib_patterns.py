"""Rows 4 and 7 to 10: violations and deaths while a deal holds, how deals end, and the five Idlib deals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.forecast_scores import pairing, score_table
from ceasefire.analysis.talks_effect import TalksEffect, around_talks, violations_and_talks
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import uncertainty_batch
from ceasefire.evaluation.calibration.simulated_counts import record_counts
from ceasefire.evaluation.validation.check_result import Finding, Verdict, band_verdict
from ceasefire.experiments.hindcast import REFERENCES, Hindcast, hindcast
from ceasefire.experiments.load import load_experiment
from ceasefire.scenario.load import load
from ceasefire.simulation import engine
from ceasefire.simulation.compiled.recorded_counts import DEATHS, Counts
from ceasefire.simulation.engine import Batch, one_scenario
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state
from ceasefire.simulation.trajectory import trajectory
from ceasefire.world_state import (
    BOMBARDMENT,
    C_CIVILIAN,
    C_COMBATANT,
    OFFENSIVE,
    SPIRAL,
    SPOILER_OFFENSIVE,
)

if TYPE_CHECKING:
    from ceasefire.evaluation.validation.data_used import Evidence

EXPERIMENT = "why-march-2020-held"
"""The experiment whose cases are scored; its file gives the observed duration of each deal."""

FLAGSHIP, EARLIER = "idlib-2020", "idlib-2018"
SEED = 1
EVERYTHING_RECORDED = 1.0 - 1e-12

WORLDS, QUICK_WORLDS = 1000, 200

SEEDS = 5
"""Seeds over which the five deals are scored."""

MEAN_OF_WORST = 1.67
"""Deaths in the worst fortnight of the offensive of 2019 over a mean fortnight (UCDP GED). `toll` is the worst."""

MANY_VIOLATIONS = 100
"""Violations per year from which a deal counts as often violated."""


@dataclass(frozen=True)
class IdlibWorlds:
    """Simulated worlds of the Idlib scenarios, `worlds` of each; a twentieth of them where every day is recorded."""

    worlds: int

    def opening(self, reference: str) -> InitialState:
        """The initial state of a scenario."""
        return initial_state(load(reference).scenario)

    def rows(self, reference: str) -> WorldArray:
        """A result row for each world of a scenario."""
        return engine.all_rows(one_scenario(self.opening(reference), self.worlds, SEED))

    @cached_property
    def flagship(self) -> WorldArray:
        """Result rows of the flagship."""
        return self.rows(FLAGSHIP)

    def talks_effect(self, reference: str) -> TalksEffect:
        """Violations before and after talks in some worlds of a scenario. ValueError when there were no talks."""
        scenario, opening = load(reference).scenario, self.opening(reference)
        trajectories = (
            trajectory(scenario, opening, reference, SEED, world) for world in range(max(10, self.worlds // 20))
        )
        return around_talks(violations_and_talks(each) for each in trajectories)

    def cases(self, seed: int) -> list[Hindcast]:
        """Forecasts of the deals, with other worlds for each seed; cases with hindsight are left out."""
        experiment = load_experiment(EXPERIMENT)
        pairs = zip(experiment.spec.cases, experiment.cases, strict=True)
        return [hindcast(case, loaded, self.worlds, seed) for case, loaded in pairs if not case.hindsight]

    def counts(self, reference: str, days: int) -> tuple[Counts, NDArray[np.int64], WorldArray]:
        """Daily counts of a scenario's worlds while they held, days held, and their result rows."""
        batch = one_scenario(self.opening(reference), self.worlds, SEED)
        counts, held = record_counts(batch, np.array([EVERYTHING_RECORDED]), days)
        return counts, held, engine.all_rows(batch)

    def counts_with_drawn_parameters(
        self, reference: str, recorded: tuple[float, float], days: int
    ) -> tuple[Counts, FloatArray]:
        """Recorded counts of a scenario's worlds with every assumed parameter drawn, and days held.

        `recorded` is the range of the share of single deaths on record.
        """
        scenario = load(reference).scenario
        batch = uncertainty_batch(scenario, initial_state(scenario), SEED)
        assert isinstance(batch, Batch)
        shares = np.random.default_rng(SEED).uniform(*recorded, len(batch.values))
        counts, held = record_counts(batch, shares, days)
        return counts, held.astype(np.float64)


def spike(deaths: FloatArray, held: int) -> float:
    """Mean daily deaths in the last 14 days over those in the 28 days before; NaN when it held less than 42 days."""
    if held < 42:
        return float("nan")
    last, before = deaths[held - 14 : held].mean(), deaths[held - 42 : held - 14].mean()
    return float(last / before) if before > 0 else float("nan")


def spikes(counts: Counts, held: NDArray[np.int64], chosen: NDArray[np.bool_]) -> FloatArray:
    """The ratios of `spike` for the chosen worlds that have one."""
    ratios = np.array([spike(counts[k, :, DEATHS], int(held[k])) for k in np.flatnonzero(chosen)])
    return ratios[np.isfinite(ratios)] if len(ratios) else ratios


@cache
def idlib_worlds(worlds: int) -> IdlibWorlds:
    """The simulated worlds, shared by the rows."""
    return IdlibWorlds(worlds)


def worlds_for(evidence: Evidence) -> IdlibWorlds:
    """The simulated worlds, fewer when quick."""
    return idlib_worlds(QUICK_WORLDS if evidence.quick else WORLDS)


def bootstrap_interval(values: FloatArray, draws: int = 400) -> tuple[float, float]:
    """95 % bootstrap interval of a mean over worlds."""
    chosen = np.random.default_rng(1).integers(len(values), size=(draws, len(values)))
    low, high = np.quantile(values[chosen].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def violations_rarely_end_it(evidence: Evidence) -> list[Finding]:
    """Row 4: a deal that holds has many violations, and 5 % to 10 % of the deaths of the war."""
    worlds = worlds_for(evidence)
    rows = worlds.flagship
    year = rows[rows["days_held"] >= 365]
    days = year["days_held"].astype(np.float64)
    fired = year["counter"][:, :4].sum(axis=1) / days * 365
    many = (fired >= MANY_VIOLATIONS).astype(np.float64)
    dead = (year["counter"][:, C_COMBATANT] + year["counter"][:, C_CIVILIAN]) / days
    toll = float(worlds.opening(FLAGSHIP).record["toll"][0])
    share = dead / (toll / MEAN_OF_WORST / 14)
    low, high = bootstrap_interval(share)
    sample = f"{FLAGSHIP}, worlds that held a year"
    return [
        Finding(
            "4", "a deal that holds is often violated", f"{MANY_VIOLATIONS} violations a year or more in most worlds",
            f"{many.mean():.0%} of worlds", f"{fired.min():,.0f} to {fired.max():,.0f} a year",
            "pass" if many.mean() > 0.5 else "miss", sample="out of sample", note=sample,
        ),
        Finding(
            "4", "deaths while it holds, as a share of the war's mean", "5 % to 10 % (Idlib 2021-24, Yemen 2022)",
            f"{share.mean():.1%}", f"{low:.1%} to {high:.1%}",
            band_verdict(float(share.mean()), low, high, (0.05, 0.10)), sample="out of sample",
            note=f"{sample}; the deadliness of fire was fitted to 2018 and 2019, not to these years",
        ),
    ]  # fmt: skip


def two_ways_of_ending(evidence: Evidence) -> list[Finding]:
    """Row 7: deaths rise before a deal ends by fire, and not before it ends by decision."""
    counts, held, rows = worlds_for(evidence).counts(EARLIER, 1825)
    by_fire = spikes(counts, held, np.isin(rows["cause"], (SPIRAL, BOMBARDMENT)))
    decided = spikes(counts, held, np.isin(rows["cause"], (OFFENSIVE, SPOILER_OFFENSIVE)))
    findings = []
    for name, ratios, target in (
        (
            "deaths rise before ends by fire",
            by_fire,
            "deaths more than doubled in the last 14 days, in the median world",
        ),
        (
            "deaths do not rise before decided ends",
            decided,
            "deaths not doubled in the last 14 days, in the median world",
        ),
    ):
        if len(ratios) < 5:
            few = f"{len(ratios)} such worlds that held six weeks"
            findings.append(Finding("7", name, target, few, "-", "undetermined"))
            continue
        middle = float(np.median(ratios))
        chosen = np.random.default_rng(1).integers(len(ratios), size=(400, len(ratios)))
        low, high = np.quantile(np.median(ratios[chosen], axis=1), [0.025, 0.975])
        good, bad = (low > 2, high < 2) if ratios is by_fire else (high < 2, low > 2)
        verdict: Verdict = "pass" if good else "miss" if bad else "undetermined"
        findings.append(
            Finding(
                "7", name, target, f"{middle:.1f} times", f"{low:.1f} to {high:.1f}", verdict, kind="verification",
                note=f"{EARLIER}, {len(ratios):,} worlds; deaths define an end by fire: a rise is partly built in",
            )
        )  # fmt: skip
    return findings


def five_deals(evidence: Evidence) -> list[Finding]:
    """Row 8: forecasts of the five Idlib deals over several seeds, with every assumed parameter drawn."""
    worlds = worlds_for(evidence)
    seeds = range(1, 2 if evidence.quick else SEEDS + 1)
    forecasts = [worlds.cases(seed) for seed in seeds]
    spans = [each.span for each in forecasts[0]]
    scores = [score_table([each.doubted for each in cases], spans) for cases in forecasts]
    stated = [float(np.trace(score_table([each.stated for each in cases], spans))) for cases in forecasts]
    totals, pairs = [float(np.trace(each)) for each in scores], [pairing(each) for each in scores]
    best, name = max((sum(curve.log_score(*span) for span in spans), name) for name, curve in REFERENCES.items())
    cases = forecasts[0]
    inside = sum(
        each.doubted.quantile(0.05) <= each.span[1] and each.span[0] <= each.doubted.quantile(0.95) for each in cases
    )
    known = f"n = {len(cases)}; weights of motives were set by people who knew the durations"
    note = f"{known}; {len(forecasts)} {'seed' if len(forecasts) == 1 else 'seeds'}, and each must pass"
    widths = [f"{e.loaded.label} {_day(e.doubted.quantile(0.05))} to {_day(e.doubted.quantile(0.95))}" for e in cases]
    good = [pair.as_good for pair in pairs]
    return [
        Finding(
            "8", "summed log score of the five durations", f"above {best:.1f}, the best single curve ({name})",
            f"{np.mean(totals):.1f}", f"{min(totals):.1f} to {max(totals):.1f}, by seed",
            _verdict_over_seeds([total > best for total in totals]), sample="in sample",
            note=f"{note}; {np.mean(stated):.1f} with parameters as written",
        ),
        Finding(
            "8", "each scenario fits its own deal", f"the true pairing among the best 5 % of {pairs[0].ways} pairings",
            f"{np.mean([pair.share for pair in pairs]):.1%}", f"{min(good)} to {max(good)} of {pairs[0].ways}, by seed",
            _verdict_over_seeds([pair.share <= 0.05 for pair in pairs]), sample="in sample", note=note,
        ),
        Finding(
            "8", "durations within the 90 % range", "for information; no verdict", f"{inside} of {len(cases)}",
            ", ".join(widths), "undetermined", sample="in sample",
            note="a curve that uses no information covers all five",
        ),
    ]  # fmt: skip


def _verdict_over_seeds(passed: list[bool]) -> Verdict:
    """Pass only if every seed passes; miss only if none does."""
    return "pass" if all(passed) else "undetermined" if any(passed) else "miss"


def _day(day: float) -> str:
    return f"{day:,.0f}" if np.isfinite(day) else "later"


def expected_signs(evidence: Evidence) -> list[Finding]:
    """Row 9: directions of effects on paired worlds; `ceasefire verify` lists each."""
    from ceasefire.evaluation.verification import model_vs_expected_signs

    checks = model_vs_expected_signs.checks()
    missed = [check.name for check in checks if not check.passed]
    return [
        Finding(
            "9", "directions that the literature reports, on paired worlds", "all of them",
            f"{len(checks) - len(missed)} of {len(checks)}", "each by its 95 % interval", "miss" if missed else "pass",
            kind="verification", note=f"missed: {'; '.join(missed)}" if missed else "",
        )
    ]  # fmt: skip


def monitors_alone(evidence: Evidence) -> list[Finding]:
    """Row 10: monitors gain much where no party has decided on war, and little against an army that has."""
    worlds = worlds_for(evidence)
    gains = {}
    for army, reference in (("decided", EARLIER), ("content", f"{EARLIER}+damascus-content")):
        monitored, unmonitored = (
            worlds.rows(f"{reference}+{change}")["days_held"].astype(np.float64)
            for change in ("wide-monitoring", "no-monitors")
        )
        chosen = np.random.default_rng(1).integers(len(unmonitored), size=(400, len(unmonitored)))
        ratios = monitored[chosen].mean(axis=1) / unmonitored[chosen].mean(axis=1) - 1
        gains[army] = (float(monitored.mean() / unmonitored.mean() - 1), ratios)
    difference = np.quantile(gains["content"][1] - gains["decided"][1], [0.025, 0.975])
    verdict: Verdict = "pass" if difference[0] > 0 else "miss" if difference[1] < 0 else "undetermined"
    return [
        Finding(
            "10", "monitors alone gain little against an army that has decided on war",
            "days gained by full over no monitoring, in per cent: more where the army is content",
            f"{gains['content'][0]:+.0%} content, {gains['decided'][0]:+.0%} decided",
            f"difference {difference[0]:+.0%} to {difference[1]:+.0%}", verdict, kind="verification",
            note=f"{EARLIER} with and without damascus-content, the same worlds; Hultman et al. (2014)",
        )
    ]  # fmt: skip
