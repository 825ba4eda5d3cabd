"""The fit that is shipped, with its provenance; and making it anew from a data folder.

`python -m ceasefire.reference_class --data DIR` runs `refit`: after any change to the rules or their numbers.
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
from ceasefire.reference_class.coded_deals import CITATION, Deal, read_deals, seen
from ceasefire.reference_class.features import COVARIATES, cell_of
from ceasefire.reference_class.fit import Intractability, fitted_to
from ceasefire.reference_class.generate import TEMPLATE
from ceasefire.reference_class.reference_table import SEED, WORLDS, Table, simulated
from ceasefire.scenario.load import load

FITTED = Path(__file__).parent / "fitted.yaml"
WAY = "interval"

HEAD = """\
# How intractable cases are, by what is coded of them: z ~ N(sum of value x covariate, sigma).
#
# Made by `python -m ceasefire.reference_class --data DIR`; not to be edited. Intervals are 95 %, clustered by country.
# A value is an association, not an effect: it holds what the mechanisms leave over, selection above all.
"""


@dataclass(frozen=True, eq=False)
class Shipped:
    """A fit read back: the intractability, and what is said of how it was made."""

    fitted: Intractability
    said: dict[str, Any]

    @property
    def stale(self) -> bool:
        """The generic scenario or the numbers of the rules are no longer those that the fit was made with."""
        return bool(self.said["made_with"]["generic_scenario"] != load(TEMPLATE).digest)


def fit(
    deals: list[Deal],
    table: Table | None = None,
    worlds: int = WORLDS,
    seed: int = SEED,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[Intractability, Table]:
    """The most likely intractability of these deals, and the reference table, simulated when not given."""
    found = table or simulated((cell_of(deal.features) for deal in deals), worlds, seed, told)
    used, what = seen(deals, WAY)
    chosen = [deals[k] for k in used]
    return fitted_to(found, [d.features for d in chosen], what, [d.country for d in chosen]), found


def refit(
    data: Path,
    to: Path = FITTED,
    worlds: int = WORLDS,
    seed: int = SEED,
    told: Callable[[int], None] = lambda done: None,
) -> Shipped:
    """Fit to the deals of a data folder and write what is shipped: the fit, the mix of deals, the data's own curves.

    The last two go beside the code only when `to` is the shipped place. Raises ScenarioError for bad data.
    """
    deals = read_deals(data)
    fitted, table = fit(deals, None, worlds, seed, told)
    write(fitted, deals, table, to)
    if to == FITTED:
        observed_durations.write_mix(observed_durations.mix_of(deals))
        observed_durations.write_targets(observed_durations.targets_of(deals))
    shipped.cache_clear()
    return shipped(to)


def write(fitted: Intractability, deals: list[Deal], table: Table, to: Path = FITTED) -> None:
    """Write a fit with its provenance."""
    spread = Z_95 * fitted.errors
    said = {
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
        opened.write(HEAD)
        yaml.dump(said, opened)


def _round(number: float) -> float:
    return round(float(number), 4)


@cache
def shipped(file: Path = FITTED) -> Shipped:
    """The fit that is shipped."""
    said = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    each = [said["intractability"][name] for name in COVARIATES]
    beta = np.array([one["value"] for one in each])
    errors = np.array([(one["high"] - one["low"]) / (2 * Z_95) for one in each])
    sigma = said["sigma"]
    of_sigma = np.log(sigma["high"] / sigma["low"]) / (2 * Z_95)
    likelihood = said["log_likelihood_per_deal"] * said["deals"]
    return Shipped(Intractability(beta, sigma["value"], np.append(errors, of_sigma), likelihood, said["deals"]), said)
