"""What pulled an actor towards a rung and what held it back, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ceasefire.analysis.decisions import LEASH, Pulls
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import LEAST_SHOWN, short_name, signed_utility


def part_title(scenario: Scenario, actor: str, part: str) -> str:
    """The title of a part of a utility: that of a motive, the leash with its holder, or the name of another hold."""
    if part == LEASH:
        patron = scenario.actors[actor].patron
        return f"the leash ({short_name(scenario, patron.actor)})" if patron else part
    return scenario.motives[part].title if part in scenario.motives else part


def pull_lines(scenario: Scenario, pulls: Pulls, new: int, old: int, most: int = 3) -> tuple[str, str]:
    """What favoured a rung over another and what opposed it: the `most` largest parts each, the others as a sum."""
    steps = [(part_title(scenario, pulls.actor, part), step) for part, step in pulls.difference(new, old).items()]
    towards, away = [s for s in steps if s[1] > 0], [s for s in steps if s[1] < 0]
    return _side(towards, most), _side(away, most)


def _side(steps: Sequence[tuple[str, float]], most: int) -> str:
    """The largest parts by name, then the sum of the others."""
    shown = [step for step in steps[:most] if abs(step[1]) >= LEAST_SHOWN]
    rest = [part for _, part in steps[len(shown) :]]
    words = [f"{title} {signed_utility(part)}" for title, part in shown]
    if abs(sum(rest)) >= LEAST_SHOWN:
        words.append(f"{'1 other' if len(rest) == 1 else f'{len(rest)} others'} {signed_utility(sum(rest))}")
    return "; ".join(words) or "nothing"
