"""Expectation propagation: correlated normal effects, each seen through noise in an interval of log days.

Minka (2001); Rasmussen and Williams (2006), section 3.6. The likelihood is log-concave, so site precisions stay
positive and parallel updates with a little damping converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky
from scipy.linalg.lapack import dtrtri

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.interval_likelihood import IntervalLikelihood, interval_likelihood

MOST_SWEEPS, STEP, TOLERANCE = 80, 0.9, 1e-6


@dataclass(frozen=True)
class Sites:
    """Normal factors that stand for the likelihoods: precision and precision times mean, shape (n,)."""

    precision: FloatArray
    shift: FloatArray


@dataclass(frozen=True)
class Propagated:
    """The approximate posterior of n effects with prior N(0, covariance).

    `weights` and `reduction` give every other effect z that is jointly normal with these, by its prior covariance
    c = cov(z, effects): mean c @ weights, covariance prior - c @ reduction @ c'. `likelihood` holds the slopes of each
    deal's own factor, from which slopes of the log evidence follow.
    """

    log_evidence: float
    weights: FloatArray
    reduction: FloatArray
    sites: Sites
    likelihood: IntervalLikelihood
    predictive_sd: FloatArray


def propagate(
    covariance: FloatArray,
    mean: FloatArray,
    noise_sd: FloatArray,
    low: FloatArray,
    high: FloatArray,
    start: Sites | None = None,
) -> Propagated:
    """Posterior of effects u ~ N(0, covariance) where mean + u + noise_sd * N(0, 1) lies in [low, high).

    covariance (n, n); the other arrays (n,). `start` may hold the sites of an earlier, similar call.
    """
    n = len(mean)
    sites = start or Sites(np.zeros(n), np.zeros(n))
    for _ in range(MOST_SWEEPS):
        root = np.sqrt(sites.precision)
        factor = cholesky(np.eye(n) + root[:, None] * covariance * root, lower=True, check_finite=False)
        inverse = dtrtri(factor, lower=1)[0] * root  # quicker for small matrices than solving with the factor
        half = inverse @ covariance
        variance = np.maximum(np.diag(covariance) - np.einsum("ij,ij->j", half, half), 1e-12)
        centre = covariance @ sites.shift - half.T @ (half @ sites.shift)
        without = np.maximum(1.0 / variance - sites.precision, 1e-10)  # precision of the cavity
        without_shift = centre / variance - sites.shift
        predictive_sd = np.sqrt(1.0 / without + noise_sd**2)
        likelihood = interval_likelihood(low, high, mean + without_shift / without, predictive_sd)
        shrunk = np.maximum(1.0 + likelihood.curvature_mean / without, 1e-8)
        proposed = Sites(
            -likelihood.curvature_mean / shrunk,
            (likelihood.slope_mean - likelihood.curvature_mean * without_shift / without) / shrunk,
        )
        move_precision, move_shift = proposed.precision - sites.precision, proposed.shift - sites.shift
        if n == 0 or max(np.abs(move_precision).max(), np.abs(move_shift).max()) < TOLERANCE:
            break
        sites = Sites(sites.precision + STEP * move_precision, sites.shift + STEP * move_shift)
    reduction = inverse.T @ inverse
    return Propagated(
        float(_log_evidence(factor, centre, variance, sites, without, without_shift, likelihood)),
        sites.shift - reduction @ (covariance @ sites.shift),
        reduction,
        sites,
        likelihood,
        predictive_sd,
    )


def _log_evidence(
    factor: FloatArray,
    centre: FloatArray,
    variance: FloatArray,
    sites: Sites,
    without: FloatArray,
    without_shift: FloatArray,
    likelihood: IntervalLikelihood,
) -> float:
    """log Z = log partition of the posterior - of the prior + sum of (log chance + partition cavity - marginal)."""
    joint = 0.5 * sites.shift @ centre - np.log(np.diag(factor)).sum()
    cavity = 0.5 * without_shift**2 / without - 0.5 * np.log(without)
    marginal = 0.5 * centre**2 / variance + 0.5 * np.log(variance)
    return float(joint + (likelihood.log_chance + cavity - marginal).sum())
