"""What an actor can look at: every indicator, in [0, 1], in the order of the world record."""

from __future__ import annotations

INDICATORS: dict[str, str] = {
    "unheld": "share of the ground it claims that its side does not hold, by value",
    "odds": "its coalition's chance in an open fight, R^2 / (1 + R^2) with R the ratio of strengths",
    "threat": "intensity of the highest posture on the other side",
    "danger": "how close its own side is to being overrun: threat against poor odds, and ground lost lately",
    "client_danger": "the same for the client that is worst off",
    "losses": "own dead still felt",
    "inflow": "refugees who lately came to its border (outside parties: to the worst-off host)",
    "distrust": "doubt that the other side keeps its word (outside parties: mean of both sides' doubt)",
    "violence": "deaths of the last 14 days against the war's worst 14",
    "ties": "closeness of the two guarantors",
    "backing": "backing it receives from outside parties",
    "backing_against": "the strongest backing on the other side",
    "attention": "how closely the world looks",
    "weariness": "its weariness of war",
    "resolve_against": "resolve that the other side's guarantors have shown",
    "tripwire_against": "guarantor troops on the line that its attack would hit",
    "blame": "blame that it carries",
    "unmet": "terms of the deal that were due and are not met",
    "power_shift": "how far the balance of power has moved against it",
    "ground_lost": "ground that its side lost since signing and has not come to terms with",
    "flight": "civilians who lately fled, anywhere on the front",
    "protege_losses": "losses felt by the actor that it backs",
}
"""By name, one sentence each."""

INDICATOR_NAMES = tuple(INDICATORS)
N_INDICATORS = len(INDICATOR_NAMES)

CONSTANT = N_INDICATORS
"""Index of the number 1 in the extended list (indicators, 1, complements)."""

COMPLEMENT = N_INDICATORS + 1
"""Index of the first complement (1 - indicator) in the extended list."""

N_EXTENDED = 2 * N_INDICATORS + 1


def term_indices(term: str) -> tuple[int, int]:
    """Positions of a salience term's two factors in the extended list.

    `unheld * not resolve_against` is the product of `unheld` and `1 - resolve_against`.
    Raises KeyError with the unknown name, ValueError for more than two factors.
    """
    factors = [factor.strip() for factor in term.split("*")]
    if len(factors) > 2:
        raise ValueError(f"'{term}' has {len(factors)} factors; at most two")
    found = [_factor_index(factor) for factor in factors]
    return (found[0], found[1] if len(found) == 2 else CONSTANT)


def _factor_index(factor: str) -> int:
    name = factor.removeprefix("not ").strip()
    if name not in INDICATORS:
        raise KeyError(name)
    position = INDICATOR_NAMES.index(name)
    return COMPLEMENT + position if factor.startswith("not ") else position
