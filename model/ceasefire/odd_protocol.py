"""The tables of ODD.md, made from the code: `python -m ceasefire.odd_protocol` rewrites them, `--check` tests them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ceasefire.parameters.indicators import INDICATORS
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.parameters.size_limits import CLASSES
from ceasefire.parameters.sourced_value import Quantity, field_limits
from ceasefire.rules import THE_DAY
from ceasefire.scenario.find_scenarios import MOTIVES, shipped
from ceasefire.scenario.parameter_paths import doubt_range
from ceasefire.scenario.schema import ENGAGEMENT_LADDER, FORCE_LADDER, Motive, rungs_of
from ceasefire.world_state import FIELDS

ODD = Path(__file__).with_name("ODD.md")
BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)
KINDS = {"f8": "number", "i8": "whole number", "u8": "key"}
ONE_OF = {
    "fires": "kind of fire", "window": "day of 14", "extended": "indicator, 1, complement",
}  # fmt: skip


WHOSE = {"world": "the world", "actor": "each actor", "formation": "each formation", "sector": "each sector"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def the_day() -> str:
    """Steps of the day, with the sentence of each rule."""
    rows = [(str(step.number), f"`{step.name}`", WHOSE[step.whose], step.sentence) for step in THE_DAY]
    return table(("step", "rule", "taken by", "what happens"), rows)


def state() -> str:
    """Every field of the record."""
    rows = [
        (
            f"`{name}`",
            " x ".join(ONE_OF.get(axis, axis.removesuffix("s")) for axis in axes) or "world",
            KINDS[kind],
            meaning,
        )
        for name, kind, axes, meaning in FIELDS
    ]
    return table(("field", "one for each", "kind", "meaning"), rows)


def room() -> str:
    """Size classes."""
    return table(("what", "at most, by class"), [(what, ", ".join(map(str, sizes))) for what, sizes in CLASSES.items()])


def ladders() -> str:
    """Rungs of both ladders with their intensity and licence, as written."""
    harass, strike = Mechanisms().intensity_harass.centre, Mechanisms().intensity_strike.centre
    values = ((0.0, 0.0), (harass, harass), (strike, 1.0), (1.0, 1.0))
    rows = [
        (str(rung), force, engagement, f"{values[rung][0]:g}", f"{values[rung][1]:g}")
        for rung, (force, engagement) in enumerate(zip(FORCE_LADDER, ENGAGEMENT_LADDER, strict=True))
    ]
    return table(("rung", "force ladder", "engagement ladder", "intensity E", "licence L of a patron there"), rows)


def indicators() -> str:
    """What an actor can look at."""
    return table(("indicator", "is"), [(f"`{name}`", meaning) for name, meaning in INDICATORS.items()])


def motives() -> str:
    """The shipped catalogue with every salience written out."""
    found = YAML(typ="safe", pure=True).load((shipped("scenarios") / MOTIVES).read_text(encoding="utf-8"))
    return table(
        ("motive", "in words", "likes", "salience, before the cut", "from"), map(motive_row, found, found.values())
    )


def motive_row(name: str, said: dict[str, object]) -> tuple[str, ...]:
    """One motive of the catalogue."""
    motive = Motive.model_validate(said)
    likes = ", ".join(
        f"{rung} {liking:g}" for rung, liking in zip(rungs_of(motive.ladder), motive.profile, strict=True)
    )
    return (f"`{name}`", motive.title, likes, formula(motive), motive.source)


def formula(motive: Motive) -> str:
    """A salience as a sum: `-0.2 + 1.6 unheld · odds`."""
    terms = motive.salience.terms.items()
    words = [f"{'-' if size < 0 else '+'} {abs(size):g} {term.replace('*', '·')}" for term, size in terms]
    return " ".join([f"{motive.salience.constant:g}", *words])


def mechanisms() -> str:
    """The numbers of the rules."""
    rows = []
    for name, info in Mechanisms.model_fields.items():
        meta = field_limits(Mechanisms, name)
        default = Quantity.model_validate(info.default)
        rows.append(
            (
                f"`{name}`",
                f"{default.centre:g}",
                meta["unit"],
                doubt(default, meta),
                meta["source"],
                info.description or "",
            )
        )
    return table(("number", "default", "unit", "drawn over, in doubt", "source", "meaning"), rows)


def doubt(default: Quantity, meta: dict[str, Any]) -> str:
    """How far a number of the rules is drawn when a run asks about doubt, in words."""
    if doubt_range(default, {**meta, "default": default.value}) is None:
        return "not drawn"
    given = meta["doubt"]
    return f"{given[0]:g} to {given[1]:g}" if isinstance(given, tuple) else f"± {given * 100:g} %"


TABLES: dict[str, Callable[[], str]] = {
    "the-day": the_day, "state": state, "room": room, "ladders": ladders, "indicators": indicators, "motives": motives,
    "mechanisms": mechanisms,
}  # fmt: skip
"""By the name between the markers."""


def rendered(text: str) -> str:
    """The document with every generated table made anew. Raises KeyError for a marker of no table."""
    return BLOCK.sub(lambda found: f"{found[1]}{TABLES[found['name']]()}{found[3]}", text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the tables, or check them: 1 when they are stale."""
    parser = argparse.ArgumentParser(prog="python -m ceasefire.odd_protocol", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when a table is stale")
    before = ODD.read_text(encoding="utf-8")
    after = rendered(before)
    if parser.parse_args(arguments).check:
        if before != after:
            print("ODD.md is stale; run: python -m ceasefire.odd_protocol", file=sys.stderr)
        return int(before != after)
    ODD.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
