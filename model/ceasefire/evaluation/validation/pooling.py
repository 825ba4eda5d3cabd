"""How much the outside view should count beside a scenario, found on past deals that are left out one by one.

`python -m ceasefire.evaluation.validation.pooling` forecasts every shipped deal whose end is known by its scenario,
by what such deals did, and by the pool of both, and prints the scores; `--write` ships the weight. Deals coded before
the rules were frozen were shaped by people who knew their ends, so they are reported apart and say nothing about the
weight.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.forecast_scores import log_scores, mean_by_group
from ceasefire.analysis.linear_pool import pooled_log, weight_from, weights_left_out
from ceasefire.array_types import FloatArray
from ceasefire.experiments.hindcast import (
    ONE_CURVE,
    OUTSIDE,
    SCENARIO,
    WORLDS,
    Hindcast,
    hindcast,
    masses_of_case,
    seen_of,
)
from ceasefire.experiments.schema import Case
from ceasefire.reference_class.pooling_weight import FILE, PoolingWeight, write_weight
from ceasefire.scenario.find_scenarios import shipped
from ceasefire.scenario.load import load

LEAST_CASES = 8
"""With fewer deals coded under frozen rules the weight stays half and half."""

SEED = 1
HALF = 0.5
_CASES = "Idlib, 2018 to 2024; see the page on validation"

SHAPED: tuple[Case, ...] = (
    Case(scenario="idlib-2018", held=(225, 225), source=_CASES),
    Case(scenario="idlib-2019-08", held=(3, 3), source=_CASES),
    Case(scenario="idlib-2019-08-31", held=(110, 110), source=_CASES),
    Case(scenario="idlib-2020-01", held=(3, 3), source=_CASES),
    Case(scenario="idlib-2020", held=(1727, 1727), source=_CASES),
    Case(scenario="gaza-2023", held=(7, 7), source="24 November to 1 December 2023: not prolonged, and war"),
    Case(scenario="sudan-2023", held=(9, 12), source="22 May 2023; the army suspends talks on 31 May, war by 3 June"),
    Case(scenario="minsk-2015", held=(2566, 2566), source="15 February 2015 to 24 February 2022"),
    Case(scenario="korea-1953", held=(26000, 26000), holding=True, source="holds since 27 July 1953"),
    Case(scenario="sri-lanka-2002", held=(1614, 1614), source="23 February 2002 to 26 July 2006"),
    Case(
        scenario="colombia-2016", held=(351, 351), holding=True, source="29 August 2016; arms laid down 15 August 2017"
    ),
)
"""Deals whose scenarios were written with their ends in view."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Group:
    """Log probabilities that each forecaster gave to what happened in n deals, (n,) by name."""

    names: list[str]
    logs: dict[str, FloatArray]

    @property
    def left_out(self) -> FloatArray:
        """The weight of such deals for each deal, found on the others of the group."""
        return weights_left_out(self.logs[OUTSIDE], self.logs[SCENARIO])

    @property
    def forecasters(self) -> dict[str, FloatArray]:
        """Log probabilities by forecaster; the pool at half and half, and at the weight that the others speak for."""
        outside, scenario = self.logs[OUTSIDE], self.logs[SCENARIO]
        return {
            SCENARIO: scenario,
            OUTSIDE: outside,
            "pooled, half and half": pooled_log(outside, scenario, HALF),
            "pooled, weight from the others": pooled_log(outside, scenario, self.left_out),
            ONE_CURVE: self.logs[ONE_CURVE],
        }

    def gain(self, name: str) -> Interval:
        """Mean gain of a forecaster on what such deals did, with 95 % from a bootstrap of deals."""
        return mean_by_group(self.forecasters[name] - self.logs[OUTSIDE], self.names)

    def take(self, names: Sequence[str]) -> Group:
        """Some of the deals."""
        index = [self.names.index(name) for name in names]
        return Group([*names], {name: each[index] for name, each in self.logs.items()})


def coded_since() -> list[Case]:
    """Shipped deals whose scenario says what became of them, and that were not shaped with their ends in view."""
    known = {case.scenario for case in SHAPED}
    cases = []
    for file in sorted(shipped("scenarios").glob("*.yaml")):
        if file.stem in known or file.stem in ("motives", "generic"):
            continue
        scenario = load(file).scenario
        really = scenario.really
        if really is not None and scenario.history is not None:
            held = really.held(scenario.start)
            cases.append(Case(scenario=file.stem, held=held, holding=really.holding, source=really.source))
    return cases


def score(cases: Sequence[Case], worlds: int = WORLDS, progress: Progress = lambda words: None) -> Group:
    """Forecast and score cases. ValueError when a scenario has no `history:`."""
    found: list[Hindcast] = []
    for case in cases:
        progress(f"{case.scenario}: simulating")
        found.append(hindcast(case, load(case.scenario), worlds, SEED))
    return group_of(found)


def group_of(found: Sequence[Hindcast]) -> Group:
    """Scores of hindcasts. ValueError when one has no outside view."""
    rows: list[dict[str, float]] = []
    for each in found:
        if each.outside is None:
            raise ValueError(f"{each.loaded.label}: no `history:`, so there is nothing to pool with")
        low, high = seen_of(each)
        masses = masses_of_case(each, HALF)
        rows.append({name: float(log_scores(mass[None], low, high)[0]) for name, mass in masses.items()})
    names = [each.loaded.label for each in found]
    return Group(names, {name: np.array([row[name] for row in rows]) for name in (SCENARIO, OUTSIDE, ONE_CURVE)})


def chosen_weight(frozen: Group | None) -> PoolingWeight:
    """The weight to ship: from deals coded under frozen rules where there are enough, else half and half.

    Where the pool of deals left out is no better than what such deals did, the scenario adds nothing: weight 1.
    """
    if frozen is None or len(frozen.names) < LEAST_CASES:
        number = 0 if frozen is None else len(frozen.names)
        why = f"half and half, the start; fewer than {LEAST_CASES} past deals were coded under frozen rules"
        return PoolingWeight(HALF, HALF, HALF, number, 0.0, why)
    found = weight_from(frozen.logs[OUTSIDE], frozen.logs[SCENARIO])
    gain = frozen.gain("pooled, weight from the others")
    words = f"found on {len(frozen.names)} past deals, each left out in turn"
    if gain.value <= 0:
        return PoolingWeight(1.0, found.low, 1.0, len(frozen.names), gain.value, words)
    return PoolingWeight(found.value, found.low, found.high, len(frozen.names), gain.value, words)


def markdown(title: str, group: Group) -> str:
    """A table of log scores: a row for each deal, a column for each forecaster, sums and gains below."""
    by_name = group.forecasters
    lines = [f"**{title}**", "", f"| deal | {' | '.join(by_name)} | weight |", "|---" * (len(by_name) + 2) + "|"]
    for k, name in enumerate(group.names):
        cells = [f"{logs[k]:.2f}" for logs in by_name.values()]
        lines.append(f"| {name} | {' | '.join(cells)} | {group.left_out[k]:.2f} |")
    sums = [f"**{logs.sum():.2f}**" for logs in by_name.values()]
    found = weight_from(group.logs[OUTSIDE], group.logs[SCENARIO])
    lines.append(f"| sum | {' | '.join(sums)} | {found.value:.2f} ({found.low:.2f} to {found.high:.2f}) |")
    gains = []
    for name in by_name:
        gain = group.gain(name)
        gains.append("" if name == OUTSIDE else f"{gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})")
    return "\n".join([*lines, f"| gain a deal on such deals | {' | '.join(gains)} | |"]) + "\n"


def main(given: Sequence[str] | None = None) -> int:
    """Print the tables, and write the weight if asked. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ceasefire.evaluation.validation.pooling", description=__doc__)
    parser.add_argument("--worlds", type=int, default=WORLDS, help="worlds with the numbers as written")
    parser.add_argument("--write", action="store_true", help="ship the weight")
    parser.add_argument("--out", type=Path, default=FILE, metavar="FILE", help="where --write writes it")
    options = parser.parse_args(given)

    def progress(words: str) -> None:
        sys.stderr.write(f"{words}\n")

    shaped = score(SHAPED, options.worlds, progress)
    later = coded_since()
    frozen = score(later, options.worlds, progress) if later else None
    if frozen is not None:
        print(markdown("Coded under frozen rules, out of sample", frozen))
    print(markdown("Written with their ends in view, in sample", shaped))
    print(markdown("Of these, the five Idlib deals", shaped.take([name for name in shaped.names if "idlib" in name])))
    weight = chosen_weight(frozen)
    print(f"weight of such deals: {weight.weight:.2f} ({weight.low:.2f} to {weight.high:.2f}); {weight.source}")
    if options.write:
        write_weight(weight, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
