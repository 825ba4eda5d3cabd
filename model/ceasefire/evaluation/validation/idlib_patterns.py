"""Rows 4 to 8 and 10: what holding deals look like from within, how they end, and the Idlib deals themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ceasefire.analysis.forecast_scores import pairing, score_table
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.calibration import summary_statistics
from ceasefire.evaluation.calibration import target_counts as tables
from ceasefire.evaluation.validation.check_result import Finding, Verdict, in_band, not_run
from ceasefire.experiments.hindcast import REFERENCES
from ceasefire.world_state import (
    BOMBARDMENT,
    C_CIVILIAN,
    C_COMBATANT,
    OFFENSIVE,
    RETALIATORY,
    SPIRAL,
    SPOILER_OFFENSIVE,
)

if TYPE_CHECKING:
    from ceasefire.evaluation.validation.data_used import Evidence
from dataclasses import dataclass
from functools import cached_property

from numpy.typing import NDArray

from ceasefire.analysis.talks_effect import TalksEffect, around_talks, violations_and_talks
from ceasefire.ensemble.parameter_draws import doubt_batch
from ceasefire.evaluation.calibration.simulated_counts import record
from ceasefire.experiments.hindcast import Hindcast, live
from ceasefire.experiments.load import load_experiment
from ceasefire.scenario.load import load
from ceasefire.simulation import engine
from ceasefire.simulation.compiled.recorded_counts import DEATHS, Counts
from ceasefire.simulation.engine import Batch, one_scenario
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state
from ceasefire.simulation.trajectory import trajectory

EXPERIMENT = "why-march-2020-held"
"""The experiment whose cases are judged: its file says how long each deal really held."""

FLAGSHIP, EARLIER = "idlib-2020", "idlib-2018"
SEED = 1
EVERYTHING_RECORDED = 1.0 - 1e-12


@dataclass(frozen=True)
class Idlib:
    """`worlds` of each kind that is lived; histories, which are slow, are a tenth of that."""

    worlds: int

    def opening(self, reference: str) -> InitialState:
        """A scenario made ready."""
        return initial_state(load(reference).scenario)

    def rows(self, reference: str) -> WorldArray:
        """Results of the worlds of a scenario."""
        return engine.all_rows(one_scenario(self.opening(reference), self.worlds, SEED))

    @cached_property
    def flagship(self) -> WorldArray:
        """Results of the flagship."""
        return self.rows(FLAGSHIP)

    def sawtooth(self, reference: str) -> TalksEffect:
        """Violations around talks in some worlds of a scenario. ValueError when nobody talked."""
        scenario, opening = load(reference).scenario, self.opening(reference)
        lives = (trajectory(scenario, opening, reference, SEED, world) for world in range(max(10, self.worlds // 20)))
        return around_talks(violations_and_talks(life) for life in lives)

    def cases(self, seed: int) -> list[Hindcast]:
        """The deals side by side, with other worlds for each seed; those that know what came later are left out."""
        asked = load_experiment(EXPERIMENT)
        both = zip(asked.spec.cases, asked.cases, strict=True)
        return [live(case, loaded, self.worlds, seed) for case, loaded in both if not case.hindsight]

    def counts(self, reference: str, days: int) -> tuple[Counts, NDArray[np.int64], WorldArray]:
        """Every day of the worlds of a scenario while they held, days held, and their results."""
        batch = one_scenario(self.opening(reference), self.worlds, SEED)
        counts, held = record(batch, np.array([EVERYTHING_RECORDED]), days)
        return counts, held, engine.all_rows(batch)

    def counted_in_doubt(self, reference: str, recorded: tuple[float, float], days: int) -> tuple[Counts, FloatArray]:
        """Counts of a scenario's worlds with every assumed number drawn, as the records would have them; days held."""
        scenario = load(reference).scenario
        batch = doubt_batch(scenario, initial_state(scenario), SEED)
        assert isinstance(batch, Batch)
        shares = np.random.default_rng(SEED).uniform(*recorded, len(batch.openings))
        counts, held = record(batch, shares, days)
        return counts, held.astype(np.float64)


def spike(deaths: FloatArray, held: int) -> float:
    """Deaths a day of the last fortnight of a world, against the four weeks before; NaN when it had no such weeks."""
    if held < 42:
        return float("nan")
    last, before = deaths[held - 14 : held].mean(), deaths[held - 42 : held - 14].mean()
    return float(last / before) if before > 0 else float("nan")


def spikes(counts: Counts, held: NDArray[np.int64], chosen: NDArray[np.bool_]) -> FloatArray:
    """The spike of every chosen world that has one."""
    found = np.array([spike(counts[k, :, DEATHS], int(held[k])) for k in np.flatnonzero(chosen)])
    return found[np.isfinite(found)] if len(found) else found


WORLDS, QUICK_WORLDS = 1000, 200

SEEDS = 5
"""Seeds over which the five deals are judged."""

MEAN_OF_WORST = 1.67
"""The worst fortnight of the offensive of 2019 against its mean one (UCDP GED): tells a war's mean from its toll."""

MANY = 100
"""Violations in a year that are many."""

LATER = 90
"""The first day that the fit has not seen of the deal of 2018. [days]"""
SOCHI = 225
"""Days for which that deal held. [days]"""

RECORDED = (0.47, 0.97)
"""Share of single deaths on record, 90 % interval of the fit."""


@cache
def idlib(worlds: int) -> Idlib:
    """The worlds that the rows share."""
    return Idlib(worlds)


def of(evidence: Evidence) -> Idlib:
    """As many worlds as the evidence is worth."""
    return idlib(QUICK_WORLDS if evidence.quick else WORLDS)


def resampled(values: FloatArray, draws: int = 400) -> tuple[float, float]:
    """95 % interval of a mean over worlds, by resampling them."""
    chosen = np.random.default_rng(1).integers(len(values), size=(draws, len(values)))
    low, high = np.quantile(values[chosen].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def violations_rarely_end_it(evidence: Evidence) -> list[Finding]:
    """Row 4: a deal that holds has many violations and a twentieth to a tenth of the war's deaths."""
    worlds = of(evidence)
    rows = worlds.flagship
    year = rows[rows["days_held"] >= 365]
    days = year["days_held"].astype(np.float64)
    fired = year["counter"][:, :4].sum(axis=1) / days * 365
    many = (fired >= MANY).astype(np.float64)
    dead = (year["counter"][:, C_COMBATANT] + year["counter"][:, C_CIVILIAN]) / days
    toll = float(worlds.opening(FLAGSHIP).record["toll"][0])
    share = dead / (toll / MEAN_OF_WORST / 14)
    low, high = resampled(share)
    where = f"{FLAGSHIP}, worlds that held a year"
    return [
        Finding(
            "4", "a deal that holds is violated all the same", f"{MANY} violations a year or more in most worlds",
            f"{many.mean():.0%} of worlds", f"{fired.min():,.0f} to {fired.max():,.0f} a year",
            "pass" if many.mean() > 0.5 else "miss", sample="out of sample", note=where,
        ),
        Finding(
            "4", "deaths while it holds, against the war's mean", "5 % to 10 % (Idlib 2021-24, Yemen 2022)",
            f"{share.mean():.1%}", f"{low:.1%} to {high:.1%}", in_band(float(share.mean()), low, high, (0.05, 0.10)),
            sample="out of sample", note=f"{where}; fire was fitted to 2018 and 2019, not to these years",
        ),
    ]  # fmt: skip


def bursts(evidence: Evidence) -> list[Finding]:
    """Row 5: violations answer each other and come in bursts."""
    rows = of(evidence).rows(EARLIER)
    fired = rows["counter"][:, :4].sum(axis=1)
    seen = fired > 0
    answered = rows["counter"][seen, RETALIATORY] / fired[seen]
    low, high = resampled(answered)
    share = Finding(
        "5", "violations that answer others", "37 % to 50 % (Lewis et al. 2012, Iraq)", f"{answered.mean():.0%}",
        f"{low:.0%} to {high:.0%}", in_band(float(answered.mean()), low, high, (0.37, 0.50)), sample="in sample",
        note="the branching at rest was assumed from the same source",
    )  # fmt: skip
    return [share, *_later_days(evidence)]


def _later_days(evidence: Evidence) -> list[Finding]:
    """The days of the deal of 2018 that the fit has not seen, against worlds that held as long."""
    wanted = ("incidents a day, later", "deaths a day, later", "dispersion of incidents", "autocorrelation over a week")
    pattern = f"days {LATER} to {SOCHI - 1} of the deal of 2018"
    if evidence.data is None:
        return [not_run("5", f"{pattern}: {name.removesuffix(', later')}", "as counted (UCDP GED)") for name in wanted]
    try:
        war = tables.read(evidence.data)
    except tables.DataError as fault:
        return [not_run("5", pattern, str(fault))]
    from datetime import date, timedelta

    real = summary_statistics.of_a_truce(war.days(date(2018, 9, 17) + timedelta(days=LATER), SOCHI - LATER))[0]
    counts, held = of(evidence).counted_in_doubt(EARLIER, RECORDED, SOCHI)
    found = summary_statistics.of_a_truce(counts[held >= SOCHI][:, LATER:])
    findings = []
    for name in wanted:
        at = summary_statistics.TRUCE.index(name)
        low, middle, high = np.quantile(found[:, at], [0.05, 0.5, 0.95])
        verdict: Verdict = "pass" if low <= real[at] <= high else "miss"
        findings.append(
            Finding(
                "5", f"{pattern}: {name.removesuffix(', later')}", f"{real[at]:.2f} as counted (UCDP GED)",
                f"{middle:.2f}", f"{low:.2f} to {high:.2f} (90 % of worlds)", verdict, sample="out of sample",
                note=f"{len(found):,} worlds that held as long, assumed numbers drawn; a wide interval passes easily",
            )
        )  # fmt: skip
    return findings


def sawtooth(evidence: Evidence) -> list[Finding]:
    """Row 6: talks cut violations, and these creep back."""
    try:
        found = of(evidence).sawtooth(EARLIER)
    except ValueError:
        return [Finding("6", "sawtooth after talks", "-85 % to -97 %", "nobody talked", "-", "undetermined")]
    drop, back = found.drop(), found.days_to_half()
    rounds = f"{int(found.rounds.max()):,} rounds in {found.worlds:,} worlds"
    after = found.days > 0
    week = after & (found.days <= 7)
    before = found.mean[(found.days >= -7) & (found.days < 0)].mean()
    low, high = (1 - found.mean_high[week].mean() / before, 1 - found.mean_low[week].mean() / before)
    days = f"{back} days" if back is not None else f"not within {int(found.days.max())} days"
    source = "OSCE SMM, Donbas 2017-20"
    return [
        Finding(
            "6", "fall of violations in the week after talks", f"85 % to 97 % ({source})", f"{drop:.0%}",
            f"{low:.0%} to {high:.0%}", in_band(drop, float(low), float(high), (0.85, 0.97)), sample="in sample",
            note=f"{EARLIER}, {rounds}; the strength of an order was assumed from the same source",
        ),
        Finding(
            "6", "time until half of the fall is won back", f"two weeks to two months ({source})", days, rounds,
            "pass" if back is not None and 14 <= back <= 61 else "miss", sample="in sample",
        ),
    ]  # fmt: skip


def two_roads(evidence: Evidence) -> list[Finding]:
    """Row 7: spirals come with a spike of deaths, decisions without one."""
    counts, held, rows = of(evidence).counts(EARLIER, 1825)
    by_fire = spikes(counts, held, np.isin(rows["cause"], (SPIRAL, BOMBARDMENT)))
    decided = spikes(counts, held, np.isin(rows["cause"], (OFFENSIVE, SPOILER_OFFENSIVE)))
    findings = []
    for name, found, target in (
        (
            "ends by fire come with a spike",
            by_fire,
            "deaths at least doubled in the last fortnight, in the median world",
        ),
        ("decided ends come without one", decided, "deaths not doubled in the last fortnight, in the median world"),
    ):
        if len(found) < 5:
            few = f"{len(found)} such worlds that held six weeks"
            findings.append(Finding("7", name, target, few, "-", "undetermined"))
            continue
        middle = float(np.median(found))
        chosen = np.random.default_rng(1).integers(len(found), size=(400, len(found)))
        low, high = np.quantile(np.median(found[chosen], axis=1), [0.025, 0.975])
        good, bad = (low > 2, high < 2) if found is by_fire else (high < 2, low > 2)
        verdict: Verdict = "pass" if good else "miss" if bad else "undetermined"
        findings.append(
            Finding(
                "7", name, target, f"{middle:.1f} times", f"{low:.1f} to {high:.1f}", verdict, kind="verification",
                note=f"{EARLIER}, {len(found):,} worlds; ends by fire are told by deaths: a spike is partly built in",
            )
        )  # fmt: skip
    return findings


def five_deals(evidence: Evidence) -> list[Finding]:
    """Row 8: the Idlib deals over several seeds, assumed numbers drawn: an honest forecaster would have had to."""
    worlds = of(evidence)
    seeds = range(1, 2 if evidence.quick else SEEDS + 1)
    lives = [worlds.cases(seed) for seed in seeds]
    spans = [each.span for each in lives[0]]
    scores = [score_table([each.doubted for each in lived], spans) for lived in lives]
    stated = [float(np.trace(score_table([each.stated for each in lived], spans))) for lived in lives]
    totals, pairs = [float(np.trace(each)) for each in scores], [pairing(each) for each in scores]
    best, name = max((sum(curve.log_score(*span) for span in spans), name) for name, curve in REFERENCES.items())
    lived = lives[0]
    inside = sum(
        each.doubted.quantile(0.05) <= each.span[1] and each.span[0] <= each.doubted.quantile(0.95) for each in lived
    )
    known = f"n = {len(lived)}; weights of motives were set by hand by people who knew the durations"
    note = f"{known}; {len(lives)} {'seed' if len(lives) == 1 else 'seeds'}, and every one must pass"
    widths = [f"{e.loaded.label} {_day(e.doubted.quantile(0.05))} to {_day(e.doubted.quantile(0.95))}" for e in lived]
    good = [pair.as_good for pair in pairs]
    return [
        Finding(
            "8", "summed log score of the five durations", f"above {best:.1f}, the best single curve ({name})",
            f"{np.mean(totals):.1f}", f"{min(totals):.1f} to {max(totals):.1f}, by seed",
            _every([total > best for total in totals]), sample="in sample",
            note=f"{note}; {np.mean(stated):.1f} with nothing drawn",
        ),
        Finding(
            "8", "each scenario fits its own deal", f"the true pairing among the best 5 % of {pairs[0].ways}",
            f"{np.mean([pair.share for pair in pairs]):.1%}", f"{min(good)} to {max(good)} of {pairs[0].ways}, by seed",
            _every([pair.share <= 0.05 for pair in pairs]), sample="in sample", note=note,
        ),
        Finding(
            "8", "durations within the nine-in-ten range", "printed, no pass by itself", f"{inside} of {len(lived)}",
            ", ".join(widths), "undetermined", sample="in sample", note="a curve that knows nothing covers all five",
        ),
    ]  # fmt: skip


def _every(passed: list[bool]) -> Verdict:
    """A result that needs a lucky seed is no result."""
    return "pass" if all(passed) else "undetermined" if any(passed) else "miss"


def _day(day: float) -> str:
    return f"{day:,.0f}" if np.isfinite(day) else "later"


def directions(evidence: Evidence) -> list[Finding]:
    """Row 9: what should lengthen or shorten a deal does, on paired worlds; `ceasefire verify` names each."""
    from ceasefire.evaluation.verification import model_vs_expected_signs

    found = model_vs_expected_signs.checks()
    missed = [check.name for check in found if not check.passed]
    return [
        Finding(
            "9", "directions that the literature reports, on paired worlds", "all of them",
            f"{len(found) - len(missed)} of {len(found)}", "each by its 95 % interval", "miss" if missed else "pass",
            kind="verification", note=f"not: {'; '.join(missed)}" if missed else "",
        )
    ]  # fmt: skip


def monitors_alone(evidence: Evidence) -> list[Finding]:
    """Row 10: monitors do much where nobody has decided on war, and little against an army that has."""
    worlds = of(evidence)
    gains = {}
    for who, reference in (("decided", EARLIER), ("content", f"{EARLIER}+damascus-content")):
        with_them, without = (
            worlds.rows(f"{reference}+{change}")["days_held"].astype(np.float64)
            for change in ("wide-monitoring", "no-monitors")
        )
        chosen = np.random.default_rng(1).integers(len(without), size=(400, len(without)))
        ratios = with_them[chosen].mean(axis=1) / without[chosen].mean(axis=1) - 1
        gains[who] = (float(with_them.mean() / without.mean() - 1), ratios)
    apart = np.quantile(gains["content"][1] - gains["decided"][1], [0.025, 0.975])
    verdict: Verdict = "pass" if apart[0] > 0 else "miss" if apart[1] < 0 else "undetermined"
    return [
        Finding(
            "10", "monitors alone do little against an army that has decided",
            "days gained by full against no monitoring: more, in per cent, where the army is content",
            f"{gains['content'][0]:+.0%} content, {gains['decided'][0]:+.0%} decided",
            f"difference {apart[0]:+.0%} to {apart[1]:+.0%}", verdict, kind="verification",
            note=f"{EARLIER} with and without damascus-content, the same worlds; Hultman et al. (2014)",
        )
    ]  # fmt: skip
