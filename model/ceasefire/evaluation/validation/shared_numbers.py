"""Do the lengths of other deals tell the numbers that all deals share, and does a deal that is left out gain by it?

`python -m ceasefire.evaluation.validation.shared_numbers` draws the numbers of the rules and of the motive catalogue
once for all named deals, and every deal's own numbers for itself. Draws are weighted by how likely they made the
lengths of all other deals; the deal that is judged never weighs. Printed are the log scores before and after, and the
numbers that the lengths move most.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.forecast_scores import Forecast, mean_by_group
from ceasefire.array_types import FloatArray, IntArray
from ceasefire.compilation.name_keys import name_key
from ceasefire.ensemble.parameter_draws import common_scale, joint_draws
from ceasefire.evaluation.matching.emulator import emulate, standardised
from ceasefire.evaluation.validation.pooling import SHAPED, coded_since
from ceasefire.experiments.hindcast import HORIZON
from ceasefire.experiments.schema import Case
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import InitialState, initial_state

DRAWS, WORLDS, SEED = 4000, 2, 1
SHARED = ("mechanisms.", "motives.")
"""How the paths of numbers begin that are the same for all deals."""

NEAR = 1.5
"""A world is like the deal when it held so many times longer or shorter at most. ASSUMED, 1.2 to 2."""

FLOOR = 0.2
"""A draw is never less likely than this share of the mean: an emulator of shares may fall below nought."""


@dataclass(frozen=True, eq=False)
class Deal:
    """A past deal in the worlds: days held (draws, worlds), and how likely each draw made its length, (draws,)."""

    case: Case
    days: FloatArray
    likelihood: FloatArray

    def score(self, chosen: IntArray) -> float:
        """Log score with the given draws, each as often as it stands there."""
        days = self.days[chosen].ravel()
        return Forecast(days, days < HORIZON).log_score(*self.case.span, self.case.holding)


def drawn_values(scenario: Scenario, initial: InitialState, draws: int, seed: int) -> dict[str, FloatArray]:
    """Joint draws by path: numbers that deals share from `seed`, the deal's own from a seed of its own.

    Deals over one base have actors of the same names, which are other parties all the same.
    """
    own_seed = seed + int(name_key(scenario.name)) % 1_000_000_007
    shared, own = joint_draws(scenario, initial, draws, seed), joint_draws(scenario, initial, draws, own_seed)
    rescaled = common_scale(draws, seed) / common_scale(draws, own_seed)
    return {
        path: shared[path]
        if path.startswith(SHARED)
        else np.minimum(values * rescaled, 1.0)
        if path.startswith("actors.") and ".motives." in path
        else values
        for path, values in own.items()
    }


def simulate(case: Case, draws: int, seed: int) -> tuple[Deal, dict[str, FloatArray]]:
    """Simulate a deal at every draw; also the draws of the shared numbers, by path."""
    loaded = load(case.scenario)
    scenario = loaded.scenario.model_copy(update={"horizon_days": HORIZON})
    opening = initial_state(scenario)
    values = drawn_values(scenario, opening, draws, seed)
    rows = engine.all_rows(engine.points_of_own_worlds(opening, values, WORLDS, seed))
    days = rows["days_held"].astype(np.float64).reshape(draws, WORLDS)
    shared = {path: each for path, each in values.items() if path.startswith(SHARED)}
    shared["common scale of the weights"] = common_scale(draws, seed)
    return Deal(case, days, likelihood_of(case, days, np.column_stack([*shared.values()]))), shared


def likelihood_of(case: Case, days: FloatArray, shared: FloatArray) -> FloatArray:
    """How likely each draw made a length like the deal's, emulated from the shared numbers alone; (draws,), mean 1."""
    low, high = case.span
    like = days >= low if case.holding else (days >= low / NEAR - 1.0) & (days <= (high + 1.0) * NEAR)
    share = like.mean(axis=1)
    if share.mean() in (0.0, 1.0):
        return np.ones(len(days))
    found = emulate(standardised(shared), share).mean
    floored = np.maximum(found, FLOOR * share.mean())
    return np.asarray(floored / floored.mean())


def weights_without(deals: Sequence[Deal], left_out: int) -> FloatArray:
    """Weights of the draws (draws,) by the lengths of all deals but one; they sum to one."""
    logs = sum(np.log(deal.likelihood) for k, deal in enumerate(deals) if k != left_out)
    weights = np.exp(logs - np.max(logs))
    return np.asarray(weights / weights.sum())


def resampled(weights: FloatArray) -> IntArray:
    """Draws in proportion to their weights, as many as there are: systematic resampling, without chance."""
    count = len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights), (np.arange(count) + 0.5) / count), count - 1)


def report(deals: Sequence[Deal], names: Sequence[str], shared: dict[str, FloatArray], frozen: Sequence[bool]) -> str:
    """The scores before and after as Markdown, and the shared numbers that all lengths together move most."""
    every = np.arange(len(deals[0].days))
    lines = ["| deal | numbers as assumed | informed by the other deals |", "|---|---|---|"]
    gains, effective = np.zeros(len(deals)), []
    for k, (deal, name) in enumerate(zip(deals, names, strict=True)):
        weights = weights_without(deals, k)
        before, after = deal.score(every), deal.score(resampled(weights))
        gains[k] = after - before
        effective.append(1.0 / float((weights**2).sum()))
        lines.append(f"| {name} | {before:.2f} | {after:.2f} |")
    for title, chosen in (("coded under frozen rules", np.array(frozen)), ("the others", ~np.array(frozen))):
        if chosen.any():
            gain = mean_by_group(gains[chosen], [name for name, one in zip(names, chosen, strict=True) if one])
            lines.append(f"| gain a deal, {title} | | {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) |")
    weights = weights_without(deals, -1)
    moved = []
    for path, values in shared.items():
        rank = np.argsort(np.argsort(values)) / len(values)
        moved.append((abs(float(weights @ rank) - 0.5), path, float(weights @ rank), float(weights @ values)))
    lines += ["", f"Effective draws: {min(effective):,.0f} to {max(effective):,.0f} of {len(every):,}.", ""]
    lines += ["| number | mean rank, 0.5 where nothing is told | mean |", "|---|---|---|"]
    lines += [f"| `{path}` | {rank:.2f} | {mean:.3g} |" for _, path, rank, mean in sorted(moved, reverse=True)[:8]]
    return "\n".join(lines) + "\n"


def main(given: Sequence[str] | None = None, progress: Callable[[str], object] = sys.stderr.write) -> int:
    """Simulate all named deals, and print the report. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="joint draws of all numbers")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(given)
    later = coded_since()
    deals: list[Deal] = []
    shared: dict[str, FloatArray] = {}
    for case in (*later, *SHAPED):
        progress(f"{case.scenario}: simulating\n")
        deal, numbers = simulate(case, options.draws, options.seed)
        deals.append(deal)
        shared = numbers if len(numbers) > len(shared) else shared
    names = [case.scenario for case in (*later, *SHAPED)]
    print(report(deals, names, shared, [case in later for case in (*later, *SHAPED)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
