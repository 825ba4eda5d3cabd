"""Rows 5 and 6: violations answer violations, come in bursts, grow late and fall after talks; like against like."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.self_excitation import MEMORY_DAYS, answered_share
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.calibration import summary_statistics
from ceasefire.evaluation.calibration import target_counts as tables
from ceasefire.evaluation.validation.check_result import NEEDS_DATA, Finding, Verdict, band_verdict, not_run
from ceasefire.evaluation.validation.idlib_patterns import EARLIER, worlds_for
from ceasefire.simulation.compiled.recorded_counts import EVENTS, Counts

if TYPE_CHECKING:
    from ceasefire.analysis.talks_effect import TalksEffect
    from ceasefire.evaluation.validation.data_used import Evidence

SIGNED_2018 = date(2018, 9, 17)
"""First day of the deal of 2018."""
DAYS_HELD_2018 = 225
"""Its duration. [days]"""
FIRST_DAY_NOT_FITTED = 90
"""First day of it that calibration does not use. [days]"""

ENDED_ABOUT_THEN = (180, 300)
"""Durations of the worlds that are like the deal of 2018 in having ended, some days sooner or later. [days]"""

RECORDED = (0.47, 0.97)
"""Share of single deaths on record, 90 % interval of the fit."""

MOST_FITTED = 300
"""Worlds to which the share of answers is fitted."""

DONBAS = "minsk-2015"
"""Where the fall after talks was measured (OSCE SMM)."""

SUMMITS = (
    (date(2018, 10, 27), "four leaders in Istanbul (Sputnik Italia, 1 December 2018)"),
    (date(2018, 11, 29), "the 11th meeting in the Astana format (Anadolu Agency, 29 November 2018)"),
    (date(2019, 1, 23), "two presidents in Moscow (RFE/RL, 23 January 2019)"),
    (date(2019, 2, 14), "three presidents in Sochi (announced by Azertac, 4 February 2019)"),
    (date(2019, 4, 8), "two presidents in Moscow (TASS, 30 April 2019)"),
    (date(2019, 4, 26), "the 12th meeting in the Astana format (TASS, 30 April 2019)"),
)
"""Meetings on Idlib while the deal of 2018 held: last day, and where it is reported."""

LATER = ("incidents a day, later", "deaths a day, later", "dispersion of incidents", "autocorrelation over a week")


def violations(evidence: Evidence) -> list[Finding]:
    """Row 5: violations answer violations, come in bursts, and grow before the end."""
    later = f"days {FIRST_DAY_NOT_FITTED} to {DAYS_HELD_2018 - 1} of the deal of 2018"
    names = [f"{later}: {name.removesuffix(', later')}" for name in LATER]
    if evidence.data is None:
        return _not_run(["share of incidents that answer others", *names], NEEDS_DATA)
    try:
        counted = tables.read(evidence.data).days(SIGNED_2018, DAYS_HELD_2018)
    except tables.DataError as fault:
        return _not_run(["share of incidents that answer others", *names], str(fault))
    counts, held = worlds_for(evidence).counts_with_drawn_parameters(EARLIER, RECORDED, ENDED_ABOUT_THEN[1] + 1)
    findings = [_answers(counted, counts[held >= DAYS_HELD_2018][:, :DAYS_HELD_2018])]
    for sample, chosen in (
        ("worlds that held as long or longer", held >= DAYS_HELD_2018),
        ("worlds that ended about then", (held >= ENDED_ABOUT_THEN[0]) & (held <= ENDED_ABOUT_THEN[1])),
    ):
        simulated = _later_figures(counts[chosen], held[chosen])
        observed = _later_figures(counted, np.array([float(DAYS_HELD_2018)]))[0]
        findings += [_within(name, float(observed[k]), simulated[:, k], sample) for k, name in enumerate(names)]
    return findings


def _not_run(patterns: list[str], why: str) -> list[Finding]:
    return [not_run("5", pattern, "as counted (UCDP GED)", why) for pattern in patterns]


def _later_figures(counts: Counts, held: FloatArray) -> FloatArray:
    """The LATER figures of each history, from FIRST_DAY_NOT_FITTED to its end or DAYS_HELD_2018; shape (worlds, 4)."""
    columns = [summary_statistics.TRUCE.index(name) for name in LATER]
    lasts = np.minimum(held, DAYS_HELD_2018).astype(int)
    figures = [
        summary_statistics.truce_figures(counts[k : k + 1, FIRST_DAY_NOT_FITTED:last])[0, columns]
        for k, last in enumerate(lasts)
    ]
    return np.array(figures).reshape(len(lasts), len(LATER))


def _answers(counted: Counts, simulated: Counts) -> Finding:
    """The share of incidents that answer others, by one estimator, in the counts and in worlds that held as long."""
    observed = answered_share(counted[0, :, EVENTS])
    shares = np.array([answered_share(history) for history in simulated[:MOST_FITTED, :, EVENTS]])
    return _within(
        "share of incidents that answer others",
        observed,
        shares[np.isfinite(shares)],
        (f"a discrete Hawkes process with a trend and a memory of {MEMORY_DAYS:g} days, fitted to both alike"),
    )


def _within(pattern: str, observed: float, simulated: FloatArray, sample: str) -> Finding:
    """Whether what was counted lies among the middle 90 % of worlds."""
    if len(simulated) < 20:
        few = f"{len(simulated)} {sample}"
        return Finding("5", pattern, f"{observed:.2f} as counted (UCDP GED)", few, "-", "undetermined")
    low, middle, high = np.quantile(simulated, [0.05, 0.5, 0.95])
    verdict: Verdict = "pass" if low <= observed <= high else "miss"
    return Finding(
        "5", pattern, f"{observed:.2f} as counted (UCDP GED)", f"{middle:.2f}",
        f"{low:.2f} to {high:.2f} (90 % of worlds)", verdict, sample="out of sample",
        note=f"{len(simulated):,} worlds, parameters drawn: {sample}; a wide interval passes easily",
    )  # fmt: skip


def talks(evidence: Evidence) -> list[Finding]:
    """Row 6: what talks do in Donbas, where it was measured, and what meetings on Idlib did there."""
    return [*_talks_in_donbas(evidence), _meetings_on_idlib(evidence)]


def _talks_in_donbas(evidence: Evidence) -> list[Finding]:
    try:
        effect = worlds_for(evidence).talks_effect(DONBAS)
    except ValueError:
        return [Finding("6", "fall of violations after talks", "85 % to 97 %", "no talks", "-", "undetermined")]
    drop, days_to_half = effect.drop(), effect.days_to_half()
    low, high = _drop_interval(effect)
    rounds = f"{int(effect.rounds.max()):,} rounds in {effect.worlds:,} worlds"
    days = f"{days_to_half} days" if days_to_half is not None else f"not within {int(effect.days.max())} days"
    source = "OSCE SMM, Donbas 2017-20"
    return [
        Finding(
            "6", "fall of violations in the week after talks", f"85 % to 97 % ({source})", f"{drop:.0%}",
            f"{low:.0%} to {high:.0%}", band_verdict(drop, low, high, (0.85, 0.97)), sample="in sample",
            note=f"{DONBAS}, {rounds}; the strength of an order to cease fire was assumed from the same source",
        ),
        Finding(
            "6", "time until half of the fall is reversed", f"two weeks to two months ({source})", days, rounds,
            "pass" if days_to_half is not None and 14 <= days_to_half <= 61 else "miss", sample="in sample",
        ),
    ]  # fmt: skip


def _drop_interval(effect: TalksEffect) -> tuple[float, float]:
    """95 % interval of the relative drop from the week before talks to the week after."""
    week = (effect.days > 0) & (effect.days <= 7)
    before = effect.mean[(effect.days >= -7) & (effect.days < 0)].mean()
    return float(1 - effect.mean_high[week].mean() / before), float(1 - effect.mean_low[week].mean() / before)


def _meetings_on_idlib(evidence: Evidence) -> Finding:
    """The fall of incidents from the week before to the week after the meetings, against talks in simulated worlds."""
    pattern = f"fall of incidents in the week after the {len(SUMMITS)} meetings on Idlib"
    if evidence.data is None:
        return not_run("6", pattern, "as counted (UCDP GED)")
    try:
        counted = tables.read(evidence.data).days(SIGNED_2018, DAYS_HELD_2018)[0, :, EVENTS]
        effect = worlds_for(evidence).talks_effect(EARLIER)
    except tables.DataError as fault:
        return not_run("6", pattern, "as counted (UCDP GED)", str(fault))
    except ValueError:
        return Finding("6", pattern, "as counted (UCDP GED)", "no talks", "-", "undetermined")
    days = np.array([(day - SIGNED_2018) // timedelta(days=1) for day, _ in SUMMITS])
    observed, (least, most) = _fall_around(counted, days)
    low, high = _drop_interval(effect)
    apart = high < least or low > most
    return Finding(
        "6", pattern, f"{observed:.0%} as counted ({least:.0%} to {most:.0%}, by drawing meetings again)",
        f"{effect.drop():.0%}", f"{low:.0%} to {high:.0%}", "miss" if apart else "pass", sample="out of sample",
        note=f"{EARLIER}; a meeting of guarantors there stands for a round of talks here; n = {len(SUMMITS)}",
    )  # fmt: skip


def _fall_around(counted: FloatArray, days: NDArray[np.int64]) -> tuple[float, tuple[float, float]]:
    """Relative fall from the mean of the 7 days before to that of the 7 after, and its 95 % interval over meetings."""
    before = [counted[day - 7 : day] for day in days]
    after = [counted[day + 1 : day + 8] for day in days]

    def fall(chosen: NDArray[np.int64]) -> float:
        return float(
            1 - np.concatenate([after[k] for k in chosen]).mean() / np.concatenate([before[k] for k in chosen]).mean()
        )

    draws = np.random.default_rng(1).integers(len(days), size=(1000, len(days)))
    low, high = np.quantile([fall(draw) for draw in draws], [0.025, 0.975])
    return fall(np.arange(len(days))), (float(low), float(high))
