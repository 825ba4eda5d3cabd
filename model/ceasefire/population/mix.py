"""Which kinds of deals there are, and how many: the reference class when no data file is at hand."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from ceasefire.population.curves import FEWEST
from ceasefire.population.deals import Deal
from ceasefire.population.features import Class, Enforcement, Features, Sides

SHIPPED = Path(__file__).parent / "mix.csv"
HEADER = (
    "ceasefire_class", "unilateral", "local", "written", "mechanism", "enforcement", "mediated", "prior_ceasefires",
    "deals",
)  # fmt: skip


def mix_of(deals: Sequence[Deal]) -> list[tuple[Features, int]]:
    """Kinds of open-ended deals with at least FEWEST, and how many; earlier ceasefires as in their geometric mean."""
    kinds: dict[Features, list[int]] = defaultdict(list)
    for deal in deals:
        f = deal.features
        if not f.fixed_term:
            sides: Sides = "unilateral" if f.sides == "unilateral" else "bilateral"
            kinds[replace(f, sides=sides, prior_ceasefires=0)].append(f.prior_ceasefires)
    return [
        (replace(kind, prior_ceasefires=round(math.expm1(sum(map(math.log1p, prior)) / len(prior)))), len(prior))
        for kind, prior in kinds.items()
        if len(prior) >= FEWEST
    ]


def write_mix(mix: Sequence[tuple[Features, int]], file: Path = SHIPPED) -> None:
    """Write the shipped table, the commonest kinds first."""
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(HEADER)
        for f, deals in sorted(mix, key=lambda kind: (-kind[1], str(kind[0]))):
            writer.writerow(
                (f.ceasefire_class, int(f.sides == "unilateral"), int(f.local), int(f.written), int(f.mechanism),
                 f.enforcement, int(f.mediated), f.prior_ceasefires, deals)
            )  # fmt: skip


def shipped_mix(file: Path = SHIPPED) -> list[tuple[Features, int]]:
    """Kinds of open-ended deals, and how many of them there are."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [
            (
                Features(
                    ceasefire_class=cast(Class, row["ceasefire_class"]),
                    sides="unilateral" if row["unilateral"] == "1" else "bilateral",
                    local=row["local"] == "1",
                    written=row["written"] == "1",
                    mechanism=row["mechanism"] == "1",
                    enforcement=cast(Enforcement, row["enforcement"]),
                    mediated=row["mediated"] == "1",
                    prior_ceasefires=int(row["prior_ceasefires"]),
                ),
                int(row["deals"]),
            )
            for row in csv.DictReader(opened)
        ]
