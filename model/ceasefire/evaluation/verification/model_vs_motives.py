"""Is every motive missed when it is taken away? Each is set to 0 on the same worlds, and so is each outside party."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ceasefire.analysis.estimates import Z_95
from ceasefire.evaluation.verification.check import CheckResult, Paired, paired
from ceasefire.evaluation.verification.runs import deaths, lived, with_number, with_weights
from ceasefire.scenario.find_scenarios import list_cases, list_scenarios
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario

CRISIS = "idlib-2020+aim-unmet+resolve-unshown"
"""The flagship where Damascus still wants the road and Ankara has shown nothing: motives of a crisis show here."""

_FEW_FLEE = "while the deal holds few flee, and the indicators that it is felt by stay near 0.05"
_ONLY_IN_CRISIS = f"it is felt when its bearer is pressed, and the deal is calm; it moves days held in {CRISIS}"
_UNDECIDED = "it touches most lives both ways; 1,000 worlds do not tell its sign"
_FEW_WORDS = "outside parties speak up seldom here; all of them together move days held"
_OVER_IN_DAYS = "the deal is over within days, before what outsiders say can tell"
_SELDOM_BACKED = "it works through the backing of outside parties, which is seldom given here"

KNOWN_DEAD: dict[tuple[str, str], str] = {
    ("idlib-2020", "alarm"): f"{_FEW_FLEE}; {_ONLY_IN_CRISIS}",
    ("idlib-2020", "refugees"): f"{_FEW_FLEE}; {_ONLY_IN_CRISIS}",
    ("idlib-2020", "domestic"): _ONLY_IN_CRISIS,
    ("idlib-2020", "client"): _ONLY_IN_CRISIS,
    ("idlib-2020", "trade"): _ONLY_IN_CRISIS,
    ("idlib-2020", "contain"): "it holds back parties that seldom want to go; it moves days held in idlib-2018",
    ("idlib-2020", "buffer"): _UNDECIDED,
    (CRISIS, "buffer"): _UNDECIDED,
    (CRISIS, "contain"): _UNDECIDED,
    (CRISIS, "sidelined"): _FEW_WORDS,
    (CRISIS, "solidarity"): "ties with Moscow halve what the alliance feels of Turkey's losses",
    ("idlib-2018", "alarm"): f"{_FEW_FLEE}; {_ONLY_IN_CRISIS}",
    ("generic", "alarm"): _FEW_FLEE,
    ("generic", "deterrence"): "nobody has shown resolve in the neutral base; it is for cases that have a guarantor",
    ("idlib-2018", "buffer"): _UNDECIDED,
    ("idlib-2018", "domestic"): _ONLY_IN_CRISIS,
    ("idlib-2018", "refugees"): f"{_FEW_FLEE}; {_ONLY_IN_CRISIS}",
    ("idlib-2018", "sidelined"): _FEW_WORDS,
    ("idlib-2018", "eu as a whole"): _FEW_WORDS,
    ("idlib-2018", "un as a whole"): _FEW_WORDS,
    ("idlib-2018", "us as a whole"): _FEW_WORDS,
    ("colombia-2016", "deterrence"): _SELDOM_BACKED,
    ("colombia-2016", "solidarity"): _SELDOM_BACKED,
    ("colombia-2016", "first_strike"): _UNDECIDED,
    ("colombia-2016", "survive"): _UNDECIDED,
    ("gaza-2023", "alarm"): _OVER_IN_DAYS,
    ("gaza-2023", "little_appetite"): _OVER_IN_DAYS,
    ("gaza-2023", "solidarity"): _OVER_IN_DAYS,
    ("gaza-2023", "iran's little_appetite"): _OVER_IN_DAYS,
    ("gaza-2023", "mediators's alarm"): _OVER_IN_DAYS,
    ("gaza-2023", "iran as a whole"): _OVER_IN_DAYS,
    ("gaza-2023", "mediators as a whole"): _OVER_IN_DAYS,
    ("sri-lanka-2002", "deterrence"): _SELDOM_BACKED,
    ("sri-lanka-2002", "solidarity"): _SELDOM_BACKED,
    ("sudan-2023", "alarm"): _OVER_IN_DAYS,
    ("sudan-2023", "solidarity"): _OVER_IN_DAYS,
    ("sudan-2023", "facilitators's alarm"): _OVER_IN_DAYS,
    ("sudan-2023", "facilitators's little_appetite"): _OVER_IN_DAYS,
}
"""Motives and parties that move nothing in a scenario (1,000 worlds), by (scenario, who or what), with the reason."""

OUTCOMES = ("days", "deaths", "displaced", "talks")

FOUR_OUTCOMES_95 = 2.498
"""Normal quantile at which four intervals together miss the truth one time in twenty."""


@dataclass(frozen=True)
class Muted:
    """What taking something away does: differences (without it - with it), and the share of worlds it touches."""

    scenario: str
    what: str
    differences: dict[str, Paired]
    touched: float

    @property
    def moved(self) -> list[str]:
        """Outcomes whose interval, widened for four looks, leaves out 0."""
        return [name for name in OUTCOMES if _clear_of_zero(self.differences[name])]

    def __str__(self) -> str:
        each = "; ".join(f"{name} {self.differences[name]}" for name in ("days", "deaths"))
        seen = ", ".join(self.moved) or "nothing"
        return f"{each}; {self.touched:.0%} of lives touched; moves {seen}"


def checks(quick: bool = True) -> list[CheckResult]:
    """Per motive over all who have it, and per outside party; in full, per actor, in all scenarios and a crisis."""
    names = ["idlib-2020"] if quick else [*sorted(set(list_scenarios()) - set(list_cases())), CRISIS]
    return [verdict(muted, quick) for name in names for muted in ablations(name, quick)]


def ablations(name: str, quick: bool) -> Iterator[Muted]:
    """Everything that can be taken away from a shipped scenario, one at a time, on the same worlds."""
    scenario = load(name).scenario
    worlds, days = (150, 730) if quick else (1_000, scenario.horizon_days)
    scenario = scenario.model_copy(update={"horizon_days": min(days, scenario.horizon_days)})
    usual = lived(scenario, worlds)
    for what, without in less_one(scenario, quick):
        yield compare(name, what, lived(without, worlds), usual)


def less_one(scenario: Scenario, quick: bool) -> Iterator[tuple[str, Scenario]]:
    """The scenario without one motive, without one party's motive, or without what an outside party says."""
    pairs = [(actor, motive) for actor in sorted(scenario.actors) for motive in sorted(scenario.actors[actor].motives)]
    for motive in sorted({motive for _, motive in pairs}):
        yield motive, with_weights(scenario, {pair: 0.0 for pair in pairs if pair[1] == motive})
    if not quick:
        for pair in pairs:
            yield f"{pair[0]}'s {pair[1]}", with_weights(scenario, {pair: 0.0})
    outside = [actor for actor in sorted(scenario.actors) if scenario.actors[actor].role == "outside"]
    for actor in outside:
        yield f"{actor} as a whole", with_number(scenario, f"actors.{actor}.influence", 0.0)
    silent = scenario
    for actor in outside:
        silent = with_number(silent, f"actors.{actor}.influence", 0.0)
    if outside:
        yield "all outside parties", silent


def compare(scenario: str, what: str, without: pd.DataFrame, usual: pd.DataFrame) -> Muted:
    """Differences of the outcomes on the same worlds."""
    columns = {
        "days": (without["days_held"], usual["days_held"]),
        "deaths": (deaths(without), deaths(usual)),
        "displaced": (without["displaced"], usual["displaced"]),
        "talks": (without["talks"], usual["talks"]),
    }
    told = [name for name in usual.columns if name != "point"]
    same = [left == right for left, right in zip(_rows(without[told]), _rows(usual[told]), strict=True)]
    return Muted(
        scenario,
        what,
        {name: paired(left, right) for name, (left, right) in columns.items()},
        1.0 - sum(same) / len(same),
    )


def _rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(table.astype(str).itertuples(index=False, name=None))


def _clear_of_zero(found: Paired) -> bool:
    half = (found.high - found.low) / 2 * FOUR_OUTCOMES_95 / Z_95
    return half > 0.0 and abs(found.mean) > half


def verdict(muted: Muted, quick: bool) -> CheckResult:
    """Live when some outcome moves (in short form, or for one of several who feel it, when some life is touched).

    One that is known to be dead passes, and says why it is.
    """
    touching = quick or "'s " in muted.what
    live = muted.touched > 0.0 if touching else bool(muted.moved)
    reason = KNOWN_DEAD.get((muted.scenario, muted.what))
    figure = str(muted) if live or reason is None else f"dead: {reason} ({muted})"
    target = "some life is touched" if touching else "an outcome moves, or the reason why none does is known"
    return CheckResult(
        f"{muted.what}, {muted.scenario}", "taken away from all who have it, on the same worlds", figure, target,
        live or reason is not None,
    )  # fmt: skip
