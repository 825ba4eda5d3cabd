"""The scoreboard of `validate --data`: every forecaster of coded deals side by side, in each reading, out of sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.forecast_scores import log_scores, mean_by_group
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.check_result import (
    NEEDS_DATA,
    Finding,
    Verdict,
    gain_verdict,
    joint_verdict,
    not_run,
)
from ceasefire.evaluation.validation.cross_validation import MODEL, CrossValidation
from ceasefire.evaluation.validation.outside_view_scores import (
    CONFLICT,
    OUTSIDE,
    Scored,
    countries_left_out,
    markdown,
    read_deals,
    read_recent_deals,
    recent,
    score_table,
)
from ceasefire.reference_class.coded_deals import WAYS
from ceasefire.reference_class.outside_view.coded_deals import HEADLINE, Reading

SIMULATION, BOTH = "simulation of coded deals", "outside view and simulation, half and half"
WANTED_GAIN = 0.03
"""Gain on the lognormal regression with an effect of the conflict that the outside view aims at [mean log score]."""

READINGS: tuple[Reading, ...] = ("dated", "mid", "upper", "interval")
Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Scoreboard:
    """Tables of scores by title, out of sample, and what they say of the simulation.

    `gains` of the outside view on the regression with an effect of the conflict, and `adds` of the pool with the
    simulation on the outside view, by reading.
    """

    tables: Mapping[str, list[dict[str, Any]]]
    gains: Mapping[str, Interval]
    adds: Mapping[str, Interval]

    @property
    def simulation_adds(self) -> bool:
        """Whether the simulation adds something to the outside view in every reading, beyond chance."""
        return all(gain.low > 0 for gain in self.adds.values())

    def rows(self) -> list[dict[str, Any]]:
        """All rows, with their table; a gain and its limits have columns of their own."""
        rows = []
        for title, table in self.tables.items():
            for row in table:
                flat: dict[str, Any] = {"table": title}
                for name, value in row.items():
                    ends = value if isinstance(value, (tuple, list)) else (value,)
                    flat |= {f"{name}{at}": one for at, one in zip(("", " low", " high"), ends, strict=False)}
                rows.append(flat)
        return rows

    def markdown(self) -> str:
        """The tables as docs/validation.md has them."""
        return "\n".join(markdown(f"{title} (out of sample)", rows) for title, rows in self.tables.items())

    def words(self) -> str:
        """What the scores mean for forecasts of coded deals."""
        gains = ", ".join(f"{reading} {gain.value:+.3f}" for reading, gain in self.adds.items())
        if self.simulation_adds:
            return f"For coded deals the simulation adds something to the outside view: log score {gains}."
        return (
            f"For coded deals the simulation adds nothing certain to the outside view (half and half gains {gains}): "
            "`ceasefire forecast` uses the outside view alone, and the simulation explains."
        )


def scoreboard(
    folder: Path, simulated: Mapping[str, CrossValidation], quick: bool, progress: Progress = lambda words: None
) -> Scoreboard:
    """All scores, countries dealt into folds once; `simulated` are the simulation's forecasts by reading.

    `quick`: the middle reading only.
    """
    deals = read_deals(folder)
    later, main = read_recent_deals(folder)
    tables: dict[str, list[dict[str, Any]]] = {}
    gains: dict[str, Interval] = {}
    adds: dict[str, Interval] = {}
    for reading in (HEADLINE,) if quick else READINGS:
        scored = countries_left_out(deals, reading, repeats=1, progress=progress)
        scored = with_simulation(scored, simulated[reading].forecasts[MODEL])
        tables[f"countries left out, {reading}"] = score_table(scored)
        gains[reading], adds[reading] = _gain(scored, OUTSIDE, CONFLICT), _gain(scored, BOTH, OUTSIDE)
        if len(main):
            progress(f"{reading}: ceasefires of 2021 and later")
            tables[f"ceasefires of 2021 and later, fitted to {reading}"] = score_table(
                recent(deals, later, main, reading)
            )
    return Scoreboard(tables, gains, adds)


def with_simulation(scored: Scored, mass: FloatArray) -> Scored:
    """The scores with the simulation, and its pool with the outside view. ValueError when deals are not the same."""
    if mass.shape != scored.masses[OUTSIDE].shape[1:]:
        raise ValueError(f"forecasts of {len(mass)} deals; the scores are of {scored.masses[OUTSIDE].shape[1]}")
    more = {SIMULATION: mass[None], BOTH: (scored.masses[OUTSIDE] + mass[None]) / 2}
    return replace(scored, masses={**scored.masses, **more})


def _gain(scored: Scored, one: str, other: str) -> Interval:
    return mean_by_group(scored.each(one, log_scores) - scored.each(other, log_scores), scored.countries)


def outside_view_findings(board: Scoreboard | None, why: str = NEEDS_DATA) -> list[Finding]:
    """Row `forecast`: the outside view against the best simple forecaster, and what the simulation adds to it."""
    pattern = "outside view, log score against a lognormal regression with an effect of the conflict"
    target = f"better by {WANTED_GAIN} or more in each reading"
    second = "simulation of coded deals: what it adds to the outside view"
    if board is None:
        return [not_run("forecast", pattern, target, why), not_run("forecast", second, "something", why)]
    verdicts: list[Verdict] = [gain_verdict(gain.value - WANTED_GAIN, gain.low) for gain in board.gains.values()]
    added: list[Verdict] = [gain_verdict(gain.value, gain.low) for gain in board.adds.values()]
    return [
        Finding(
            "forecast", pattern, target, *_by_reading(board.gains), joint_verdict(verdicts), sample="out of sample"
        ),
        Finding(
            "forecast", second, "something, in each reading", *_by_reading(board.adds), joint_verdict(added),
            sample="out of sample", note="pooled half and half, log score",
        ),
    ]  # fmt: skip


def _by_reading(gains: Mapping[str, Interval]) -> tuple[str, str]:
    return (
        ", ".join(f"{reading} {gain.value:+.3f}" for reading, gain in gains.items()),
        ", ".join(f"{gain.low:+.3f} to {gain.high:+.3f}" for gain in gains.values()),
    )


assert set(READINGS) == set(WAYS)
