"""How numbers and days are written on figures."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

ILLUSTRATIVE = "illustrative: durations not calibrated"
GAP = "\u00a0"
"""A space at which no line breaks."""

CAUSE_WORDS = {
    "offensive": "Ground offensive",
    "spoiler_offensive": "Offensive by a party outside the deal",
    "bombardment": "Bombardment",
    "spiral": "Spiral of violence",
    "guarantor_clash": "Clash of the guarantors",
    "expiry": "Ran out, not renewed",
    "abrogation": "Called off",
    "held": "Still holding",
}
RUNG_WORDS = {
    "force": ("honour", "harass", "strike", "offensive"),
    "engagement": ("abstain", "urge", "sanction", "back"),
}
VIOLATION_WORDS = {
    "strategic": "ordered (strategic)",
    "spoiling": "spoiling",
    "retaliatory": "retaliatory",
    "localised": "nobody ordered it (localised)",
}
DEATH_WORDS = {"combatant": "combatants", "civilian": "civilians"}


@dataclass(frozen=True)
class Caption:
    """What stands over and under a figure: its title, and what made it."""

    title: str
    label: str
    seed: int
    note: str = ILLUSTRATIVE

    def footer(self, worlds: int, each: bool = False) -> str:
        """What made the figure, for the bottom line; `each` when every curve has that many worlds."""
        seen = f"{worlds:,} {'world' if worlds == 1 else 'worlds'}{' each' if each else ''}"
        return "  ·  ".join(part for part in (seen, f"seed {self.seed}", self.label, self.note) if part)


def ending_words(cause: str, actor: str = "", titles: Mapping[str, str] | None = None) -> str:
    """A cause in plain words, with the title of the actor that brought it about."""
    words = CAUSE_WORDS[cause]
    return f"{words}: {(titles or {}).get(actor, actor)}" if actor else words


def ending_in_a_sentence(cause: str, actor: str = "", titles: Mapping[str, str] | None = None) -> str:
    """The same within a sentence."""
    words = CAUSE_WORDS[cause][0].lower() + CAUSE_WORDS[cause][1:]
    return f"{words} ({(titles or {}).get(actor, actor)})" if actor else words


def shortened(words: str, most: int) -> str:
    """Words cut to so many letters, at a space where there is one."""
    if len(words) <= most:
        return words
    cut = textwrap.shorten(words, most, placeholder="…")
    return cut if len(cut) > most // 2 else words[: most - 1] + "…"


def percent(share: float) -> str:
    """A share as a reader wants it: whole per cent, and never 0 or 100 for what is not quite."""
    if 0 < share < 0.01:
        return f"<1{GAP}%"
    if 0.99 < share < 1:
        return f">99{GAP}%"
    return f"{round(share * 100, 6):.0f}{GAP}%"


def day_ticks(last: int) -> list[int]:
    """Five to nine round days from 0 to the last; years where they fit."""
    for step in (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825, 3650):
        if last / step <= 8:
            return list(range(0, last + 1, step))
    return [0, last]


def calendar_ticks(last: int) -> tuple[str, list[tuple[float, str]]]:
    """A longer unit for the top of the axis and its ticks [day, label]: years, months, or none for a short axis."""
    unit, length = ("years", 365.25) if last >= 365 else ("months", 365.25 / 12)
    count = int(last / length + 0.01)
    if count < 1 or last < 60:
        return "", []
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if count / step <= 10)
    return unit, [(min(number * length, float(last)), str(number)) for number in range(0, count + 1, step)]
