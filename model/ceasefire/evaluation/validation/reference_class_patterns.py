"""Rows 1 to 3: durations of simulated deals against durations of coded deals."""

from __future__ import annotations

import numpy as np

from ceasefire.analysis.interval_censored import EDGES, surviving
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.check_result import TOO_FEW, Finding, Verdict, band_verdict, joint_verdict, not_run
from ceasefire.evaluation.validation.data_used import Evidence, resample_ends
from ceasefire.reference_class.coded_deals import WAYS
from ceasefire.reference_class.features import CLASSES
from ceasefire.reference_class.observed_durations import DAYS, Targets, in_group, weibull_shape

RESAMPLES = 200
"""Resamples of the simulated deals, for intervals."""

SHAPE_DRAWS = 60
FALLS = "hazard falls with time across different deals"


def hazard_falls(evidence: Evidence) -> list[Finding]:
    """Row 1: the hazard falls with time across different deals."""
    if not evidence.targets.has_figures("all"):
        return [not_run("1", FALLS, "Weibull shape below 1", TOO_FEW)]
    features, mass, times = evidence.population
    members = np.array([in_group(each, "all") for each in features])
    figure = _shape((mass[members] * times[members, None]).sum(axis=0))
    resampled = [_shape(counts) for counts in resample_ends(mass[members], times[members], SHAPE_DRAWS)]
    low, high = (float(edge) for edge in np.quantile(resampled, (0.025, 0.975)))
    ways = {way: evidence.targets.value[way, "all", "shape"] for way in WAYS}
    by_way = ", ".join(f"{way} {shape:.2f}" for way, shape in ways.items())
    band = evidence.targets.band("all", "shape")
    below = joint_verdict([_shape_verdict(shape, low, high) for shape in ways.values()])
    return [
        Finding(
            "1", FALLS, f"Weibull shape below 1 (data: {by_way})",
            f"{figure:.2f}", f"{low:.2f} to {high:.2f}", below, sample=evidence.sample, note=coverage(evidence),
        ),
        Finding(
            "1", "how fast it falls", f"shape {band[0]:.2f} to {band[1]:.2f}, the range of the four ways",
            f"{figure:.2f}", f"{low:.2f} to {high:.2f}", band_verdict(figure, low, high, band), sample=evidence.sample,
        ),
    ]  # fmt: skip


def _shape_verdict(data: float, low: float, high: float) -> Verdict:
    """Verdict in one way; undetermined when the shape in the data is not below 1."""
    if data >= 1.0 or low < 1.0 <= high:
        return "undetermined"
    return "pass" if high < 1.0 else "miss"


def _shape(counts: FloatArray) -> float:
    return weibull_shape(EDGES, np.append(EDGES[1:], np.inf), counts)


ORDERS = (
    ("definitive deals last longer than preliminary ones", "definitive", "preliminary"),
    ("preliminary deals last at least as long as cessations", "preliminary", "cessation"),
    ("whole-territory deals last longer than local ones", "whole territory", "local"),
)
ORDER_DAY = 90


def class_order(evidence: Evidence) -> list[Finding]:
    """Row 2: definitive above preliminary, preliminary at least as long as cessation, local below whole-territory."""
    findings = []
    for pattern, longer, shorter in ORDERS:
        if not evidence.targets.has_figures(longer, shorter):
            findings.append(not_run("2", pattern, f"more hold {ORDER_DAY} days", TOO_FEW))
            continue
        by_way = [_gap(evidence.targets, way, longer, shorter) for way in WAYS]
        upper, lower = (_curve(evidence, group, RESAMPLES, seed) for seed, group in enumerate((longer, shorter)))
        gap = surviving(upper[0], ORDER_DAY) - surviving(lower[0], ORDER_DAY)
        resampled = surviving(upper[1], ORDER_DAY) - surviving(lower[1], ORDER_DAY)
        low, high = (float(edge) for edge in np.quantile(resampled, (0.025, 0.975)))
        verdicts = [_order_verdict(data, low, high) for data in by_way]
        in_data = ", ".join(f"{way} {data:+.2f}" for way, data in zip(WAYS, by_way, strict=True))
        findings.append(
            Finding(
                "2", pattern, f"more hold {ORDER_DAY} days (data: {in_data})", f"{float(gap):+.2f}",
                f"{low:+.2f} to {high:+.2f}", joint_verdict(verdicts), sample=evidence.sample, note=coverage(evidence),
            )
        )  # fmt: skip
    return findings


def _order_verdict(data: float, low: float, high: float) -> Verdict:
    """Whether the model shows the same order as the data in one way."""
    if low <= 0.0 <= high:
        return "undetermined"
    return "pass" if (low > 0.0) == (data > 0.0) else "miss"


def _gap(targets: Targets, way: str, longer: str, shorter: str) -> float:
    return targets.value[way, longer, str(ORDER_DAY)] - targets.value[way, shorter, str(ORDER_DAY)]


def survival_by_class(evidence: Evidence) -> list[Finding]:
    """Row 3: survival by class lies inside the band of the four ways."""
    findings = []
    for group in CLASSES:
        pattern = f"{group} deals that hold {', '.join(map(str, DAYS))} days"
        if not evidence.targets.has_figures(group):
            findings.append(not_run("3", pattern, "inside the band of the four ways", TOO_FEW))
            continue
        mean, resampled = _curve(evidence, group, RESAMPLES, 0)
        figures, spans, bands, verdicts = [], [], [], []
        for day in DAYS:
            figure = float(surviving(mean, day))
            low, high = (float(edge) for edge in np.quantile(surviving(resampled, day), (0.025, 0.975)))
            band = evidence.targets.band(group, str(day))
            verdicts.append(band_verdict(figure, low, high, band))
            figures.append(f"{figure:.2f}")
            spans.append(f"{low:.2f}-{high:.2f}")
            bands.append(f"{band[0]:.2f}-{band[1]:.2f}")
        worst: Verdict = "miss" if "miss" in verdicts else "undetermined" if "undetermined" in verdicts else "pass"
        findings.append(
            Finding(
                "3", pattern, "  ".join(bands), "  ".join(figures),
                "  ".join(spans), worst, sample=evidence.sample, note=coverage(evidence),
            )
        )  # fmt: skip
    return findings


def _curve(evidence: Evidence, group: str, draws: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Probabilities of a group of simulated deals, shape (BINS,), and the same of each resample, (draws, BINS)."""
    features, mass, times = evidence.population
    members = np.array([in_group(each, group) for each in features])
    counts = resample_ends(mass[members], times[members], draws, seed + 1)
    mean = (mass[members] * times[members, None]).sum(axis=0) / times[members].sum()
    return mean, counts / counts.sum(axis=1, keepdims=True)


def coverage(evidence: Evidence) -> str:
    """A note on what the model's figure rests on."""
    if evidence.deals:
        return "each deal forecast by a fit without its country"
    n = int(evidence.population[2].sum())
    all_deals = evidence.targets.deals["interval", "all"]
    return f"shipped fit; kinds of deals with 5 or more only: {n} of {all_deals} open-ended deals"
