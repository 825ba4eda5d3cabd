"""Made files of every format that is read. Nothing in them is from the world: places and parties have made-up names."""

from __future__ import annotations

import csv
import datetime
import io
import random
from collections.abc import Sequence
from pathlib import Path

from ceasefire.observations.formats import GED_COLUMNS

Row = dict[str, str]

ACLED_EXPORT = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1",
    "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting", "iso",
    "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision", "source",
    "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip

ETHPRIO_RAW = (
    "cc", "location", "region", "cf_id", "uniq_id", "id", "ucdp_acd_id", "ucdp_dyad", "ucdp_actor_id", "actor_name",
    "side", "pax_id", "cf_dec_yr", "cf_dec_month", "cf_dec_day", "cf_effect_yr", "cf_effect_month", "cf_effect_day",
    "end_yr", "end_month", "end_day", "ended", "ceasefire_class", "p_humanitarian", "partial", "written", "fixed",
    "fixed_time", "timing", "mediator_nego", "mediator_send", "implement", "enforcement", "ddr", "evidence_onset",
)  # fmt: skip

SIGNED = datetime.date(2031, 3, 3)
"""A Monday."""

PROTESTS, BATTLES, SHELLS, CIVILIANS = (
    "Protests", "Battles", "Explosions/Remote violence", "Violence against civilians",
)  # fmt: skip


def day(number: int) -> str:
    """The date so many days after SIGNED."""
    return (SIGNED + datetime.timedelta(days=number)).isoformat()


def ged(number: int = 0, **changes: object) -> Row:
    """An event of two dead fighters of Elbonia's north, on a day after SIGNED."""
    row = dict.fromkeys(GED_COLUMNS, "0") | {
        "id": str(1000 + number * 7), "relid": "ELB-1", "year": day(number)[:4], "code_status": "Clear",
        "type_of_violence": "1", "conflict_name": "Elbonia: Mud", "dyad_new_id": "77",
        "dyad_name": "Government of Elbonia - Left Bank Front", "side_a": "Government of Elbonia",
        "side_b": "Left Bank Front", "source_article": 'A paper, "the Mud"', "where_prec": "1",
        "adm_1": "North", "adm_2": "Marsh", "latitude": "10.5", "longitude": "20.5", "country": "Elbonia",
        "region": "Europe", "date_prec": "1", "date_start": f"{day(number)} 00:00:00.000",
        "date_end": f"{day(number)} 00:00:00.000", "deaths_b": "2", "best": "2", "high": "3", "low": "1",
    }  # fmt: skip
    return row | {name: str(value) for name, value in changes.items()}


def acled(number: int = 0, **changes: object) -> Row:
    """A battle with one dead in the north of Elbonia, on a day after SIGNED."""
    row = dict.fromkeys(ACLED_EXPORT, "") | {
        "event_id_cnty": f"ELB{number}", "event_date": day(number), "year": day(number)[:4], "time_precision": "1",
        "disorder_type": "Political violence", "event_type": BATTLES, "sub_event_type": "Armed clash",
        "actor1": "Military Forces of Elbonia (2020-)", "inter1": "State forces", "actor2": "LBF: Left Bank Front",
        "inter2": "Rebel group", "country": "Elbonia", "admin1": "North", "admin2": "Marsh", "location": "Mudville",
        "latitude": "10.5", "longitude": "20.5", "geo_precision": "1", "source": "The Mud",
        "notes": 'They said: "no comment",\nand went home.', "fatalities": "1", "timestamp": "1900000000",
    }  # fmt: skip
    return row | {name: str(value) for name, value in changes.items()}


def deal(**changes: object) -> Row:
    """One actor of a two-week truce in Elbonia from 1 May 2001, which was broken on the eleventh day."""
    row = dict.fromkeys(ETHPRIO_RAW, "0") | {
        "cc": "998", "location": "Elbonia", "region": "Europe", "cf_id": "1", "ucdp_acd_id": "901", "ucdp_dyad": "77",
        "actor_name": "Left Bank Front", "cf_dec_yr": "2001", "cf_dec_month": "4", "cf_dec_day": "30",
        "cf_effect_yr": "2001", "cf_effect_month": "5", "cf_effect_day": "1", "end_yr": "2001", "end_month": "5",
        "end_day": "11", "ended": "2", "ceasefire_class": "1", "fixed": "1", "fixed_time": "14", "written": "1",
    }  # fmt: skip
    return row | {name: str(value) for name, value in changes.items()}


def acled_export(lines: int = 300, seed: int = 1) -> list[Row]:
    """As an export looks: battles, shells, attacks on civilians and protests of half a year, newest first."""
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in sorted((draw.randrange(180) for _ in range(lines)), reverse=True):
        kind = draw.choices((PROTESTS, BATTLES, SHELLS, CIVILIANS), (3, 4, 5, 2))[0]
        rows.append(
            acled(
                number,
                event_id_cnty=f"ELB{len(rows)}",
                event_type=kind,
                time_precision=draw.choice("1111123"),
                admin1=draw.choice(("North", "South")),
                fatalities=0 if kind == PROTESTS else draw.choice((0, 0, 0, 1, 1, 2, 9)),
                actor2={CIVILIANS: "Civilians (Elbonia)", PROTESTS: ""}.get(kind, "LBF: Left Bank Front"),
            )
        )
    return rows


def ged_file(lines: int = 300, seed: int = 1) -> list[Row]:
    """As a release looks: half a year in two provinces, with every code of precision and events of several days."""
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in sorted(draw.randrange(180) for _ in range(lines)):
        a, b, civilians, unknown = (draw.choice((0, 0, 1, 2, 5)) for _ in range(4))
        best = a + b + civilians + unknown
        rows.append(
            ged(
                number,
                id=len(rows) + 1,
                date_prec=draw.choice("111112345"),
                where_prec=draw.choice("1111234567"),
                date_end=f"{day(number + draw.choice((0, 0, 0, 0, 1, 6)))} 00:00:00.000",
                adm_1=draw.choice(("North", "South")),
                deaths_a=a,
                deaths_b=b,
                deaths_civilians=civilians,
                best=best,
                low=max(best - 1, 0),
                high=best + draw.randrange(3),
                latitude=f"{draw.uniform(9, 12):.4f}",
                longitude=f"{draw.uniform(19, 22):.4f}",
            )
        )
    return rows


def text_of(rows: Sequence[Row], delimiter: str = ",", header: bool = True, newline: str = "\n") -> str:
    """Rows as CSV, cells quoted where they must be."""
    text = io.StringIO()
    names = list(rows[0])
    writer = csv.DictWriter(text, names, delimiter=delimiter, lineterminator=newline)
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, rows: Sequence[Row] | str, encoding: str = "utf-8", **layout: object) -> Path:
    """Write rows or a text to a file, and return its path."""
    text = rows if isinstance(rows, str) else text_of(rows, **layout)  # type: ignore[arg-type]
    path.write_bytes(text.encode(encoding))
    return path
