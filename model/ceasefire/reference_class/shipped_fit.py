"""The shipped fit with its provenance, and the program that makes it again from a data folder.

After any change of the rules or their numbers, `python -m ceasefire.reference_class --data DIR` runs `refit`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from ceasefire.analysis.estimates import Z_95
from ceasefire.reference_class import observed_durations
from ceasefire.reference_class.coded_deals import Deal, censored_durations, read_deals
from ceasefire.reference_class.features import COVARIATES, cell_of
from ceasefire.reference_class.fit import Intractability, fit_intractability
from ceasefire.reference_class.generate import TEMPLATE
from ceasefire.reference_class.outside_view.data_folder import CITATION
from ceasefire.reference_class.reference_table import SEED, WORLDS, Table, simulate_table
from ceasefire.scenario.load import load

FITTED = Path(__file__).parent / "fitted.yaml"
WAY = "interval"

HEADER = """\
# Intractability z of a case, given its coded features: z ~ N(sum of value x covariate, sigma).
#
# Written by `python -m ceasefire.reference_class --data DIR`; do not edit. Intervals are 95 %, clustered by country.
# A value is an association, not an effect: it contains what the mechanisms leave unexplained, selection above all.
"""


@dataclass(frozen=True, eq=False)
class ShippedFit:
    """A fit as read from its file: the intractability, and how it was made."""

    fitted: Intractability
    provenance: dict[str, Any]

    @property
    def stale(self) -> bool:
        """Whether the generic scenario or the numbers of the rules have changed since the fit."""
        return bool(self.provenance["made_with"]["generic_scenario"] != load(TEMPLATE).digest)


def fit(
    deals: list[Deal],
    table: Table | None = None,
    worlds: int = WORLDS,
    seed: int = SEED,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Intractability, Table]:
    """Maximum-likelihood intractability of these deals, and the reference table, simulated when not given."""
    table = table or simulate_table((cell_of(deal.features) for deal in deals), worlds, seed, progress)
    used, durations = censored_durations(deals, WAY)
    chosen = [deals[k] for k in used]
    return fit_intractability(table, [d.features for d in chosen], durations, [d.country for d in chosen]), table


def refit(
    data: Path,
    to: Path = FITTED,
    worlds: int = WORLDS,
    seed: int = SEED,
    progress: Callable[[int], None] = lambda done: None,
) -> ShippedFit:
    """Fit to the deals of a data folder, and write the fit, the mix of deals and the observed durations.

    The last two are written only when `to` is the shipped file. Raises ScenarioError for bad data.
    """
    deals = read_deals(data)
    fitted, table = fit(deals, None, worlds, seed, progress)
    write(fitted, deals, table, to)
    if to == FITTED:
        observed_durations.write_mix(observed_durations.mix_of(deals))
        observed_durations.write_targets(observed_durations.targets_of(deals))
    shipped_fit.cache_clear()
    return shipped_fit(to)


def write(fitted: Intractability, deals: list[Deal], table: Table, to: Path = FITTED) -> None:
    """Write a fit with its provenance."""
    spread = Z_95 * fitted.errors
    content = {
        "source": CITATION,
        "deals": len(deals),
        "countries": len({deal.country for deal in deals}),
        "broke": sum(deal.broke for deal in deals),
        "undated": sum(deal.broke and not deal.dated for deal in deals),
        "free_parameters": len(COVARIATES) + 1,
        "fitted_figures": f"{len(deals)} durations, each dated, censored, or in (0, upper]",
        "log_likelihood_per_deal": round(fitted.log_likelihood / len(deals), 4),
        "made_with": {"worlds": table.worlds, "seed": table.seed, "generic_scenario": load(TEMPLATE).digest},
        "intractability": {
            name: {"value": _round(b), "low": _round(b - s), "high": _round(b + s)}
            for name, b, s in zip(COVARIATES, fitted.beta, spread[:-1], strict=True)
        },
        "sigma": {
            "value": _round(fitted.sigma),
            "low": _round(fitted.sigma * np.exp(-spread[-1])),
            "high": _round(fitted.sigma * np.exp(spread[-1])),
        },
    }
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 120
    with to.open("w", encoding="utf-8", newline="\n") as opened:
        opened.write(HEADER)
        yaml.dump(content, opened)


def _round(number: float) -> float:
    return round(float(number), 4)


@cache
def shipped_fit(file: Path = FITTED) -> ShippedFit:
    """The shipped fit."""
    content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    coefficients = [content["intractability"][name] for name in COVARIATES]
    beta = np.array([each["value"] for each in coefficients])
    errors = np.array([(each["high"] - each["low"]) / (2 * Z_95) for each in coefficients])
    sigma = content["sigma"]
    error_of_log_sigma = np.log(sigma["high"] / sigma["low"]) / (2 * Z_95)
    likelihood = content["log_likelihood_per_deal"] * content["deals"]
    all_errors = np.append(errors, error_of_log_sigma)
    return ShippedFit(Intractability(beta, sigma["value"], all_errors, likelihood, content["deals"]), content)
