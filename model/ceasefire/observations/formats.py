"""Files of events and counts that are known, by their columns; they are matched by name, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ceasefire.data_files.text_file import TextTable, refuse

FIGURES = ("incidents", "deaths", "low", "high", "civilians", "deaths_a", "deaths_b")
"""What is counted, in the order of the table of counts; low and high are the bounds of deaths."""

GED_COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a",
    "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office",
    "source_date", "source_headline", "source_original", "where_prec", "where_coordinates", "where_description",
    "adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region",
    "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians",
    "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
"""The 49 columns of GED 24 to 26 in order: Candidate 24.0.1 came without its header row."""


@dataclass(frozen=True)
class Precision:
    """A column that codes how precisely something is known, and the worst code that is kept."""

    column: str
    worst: int


@dataclass(frozen=True)
class EventFormat:
    """One event a row. `figures`: the column of what is counted; `needed` must be there, the rest may be missing."""

    name: str
    title: str
    terms: str
    needed: tuple[str, ...]
    start: str
    end: str | None
    identity: str
    figures: dict[str, str]
    when: Precision
    where: Precision
    country: str
    admin1: str
    actors: tuple[str, str]
    dyad: str | None = None
    dyad_number: str | None = None
    kind: str | None = None
    kinds: tuple[str, ...] = ()
    weekly_only: bool = False
    bystanders: tuple[str, ...] = field(default=("civilians*",))
    """Who is no party to the fighting."""


GED = EventFormat(
    name="ucdp_ged",
    title="UCDP GED or Candidate",
    terms="UCDP, CC BY 4.0: cite Sundberg and Melander (2013), Journal of Peace Research 50(4), and the version",
    needed=("date_start", "best"),
    start="date_start",
    end="date_end",
    identity="id",
    figures={
        "deaths": "best",
        "low": "low",
        "high": "high",
        "civilians": "deaths_civilians",
        "deaths_a": "deaths_a",
        "deaths_b": "deaths_b",
    },
    when=Precision("date_prec", 3),
    where=Precision("where_prec", 4),
    country="country",
    admin1="adm_1",
    actors=("side_a", "side_b"),
    dyad="dyad_name",
    dyad_number="dyad_new_id",
)

ACLED_COLUMNS = (
    "event_id_cnty", "event_date", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1",
    "inter1", "actor2", "inter2", "interaction", "admin1", "geo_precision", "fatalities",
)  # fmt: skip
"""Columns by which an ACLED export is recognised."""

ACLED = EventFormat(
    name="acled",
    title="ACLED",
    terms="ACLED: non-commercial, with attribution; only weekly counts are written, and no event may be passed on",
    needed=("event_date", "event_type", "fatalities"),
    start="event_date",
    end=None,
    identity="event_id_cnty",
    figures={"deaths": "fatalities"},
    when=Precision("time_precision", 2),
    where=Precision("geo_precision", 3),
    country="country",
    admin1="admin1",
    actors=("actor1", "actor2"),
    kind="event_type",
    kinds=("battles", "explosions/remote violence", "violence against civilians"),
    weekly_only=True,
)

PLAIN = "plain"
PLAIN_TITLE = "a table of counts"
PLAIN_COLUMNS = ("date", *FIGURES, "sector")

CEASEFIRES = "ethprio_ceasefires"
CEASEFIRES_TITLE = "ETH/PRIO Civil Conflict Ceasefire Dataset"
CEASEFIRES_TERMS = (
    "ETH/PRIO: research use, publish derived figures only; cite Clayton, Nygård, Strand, Rustad et al. (2022), "
    "Journal of Conflict Resolution, doi 10.1177/00220027221129195"
)
CEASEFIRES_NEEDED = (
    "cc", "location", "cf_id", "actor_name", "cf_dec_yr", "cf_dec_month", "cf_dec_day", "cf_effect_yr",
    "cf_effect_month", "cf_effect_day", "end_yr", "end_month", "end_day", "ended", "ceasefire_class", "fixed",
)  # fmt: skip

_NEEDED: dict[str, tuple[str, ...]] = {
    GED.name: GED.needed,
    ACLED.name: ACLED.needed,
    CEASEFIRES: CEASEFIRES_NEEDED,
    PLAIN: ("date",),
}
_TYPICAL: dict[str, frozenset[str]] = {
    GED.name: frozenset(GED_COLUMNS),
    ACLED.name: frozenset(ACLED_COLUMNS),
    CEASEFIRES: frozenset((*CEASEFIRES_NEEDED, "ucdp_acd_id", "ucdp_dyad", "partial", "written", "implement")),
    PLAIN: frozenset(PLAIN_COLUMNS),
}
FORMATS = tuple(_NEEDED)
KNOWN = tuple(_TYPICAL.values())
EVENTS = {GED.name: GED, ACLED.name: ACLED}
_TITLES = {GED.name: GED.title, ACLED.name: ACLED.title, CEASEFIRES: CEASEFIRES_TITLE, PLAIN: PLAIN_TITLE}


def title_of(name: str) -> str:
    """A format's name for people."""
    return _TITLES[name]


def detect(table: TextTable, forced: str | None = None) -> str:
    """The format of a file by its columns, or the one that is forced. ScenarioError names the columns it lacks."""
    if forced is not None and forced not in FORMATS:
        refuse("", f"there is no format '{forced}'; choose from {', '.join(FORMATS)}", column="format")
    there = set(table.names)
    shares = {name: len(columns & there) / len(columns) for name, columns in _TYPICAL.items()}
    name = forced or max(shares, key=lambda name: (not _missing(name, there), shares[name]))
    missing = _missing(name, there)
    if not missing:
        return name
    if forced is None:
        name = max(shares, key=lambda name: shares[name])
        missing = _missing(name, there)
        if shares[name] == 0:
            refuse(
                table.path,
                f"none of its columns is known ({listed(table.names)}); a table of counts has date, incidents, deaths",
                table.skip or 1,
            )
    lacks = f"read as {_TITLES[name]}, it lacks {listed(missing)}; its columns are {listed(table.names)}"
    refuse(table.path, f"{lacks}; --column {missing[0]}=… names one that is named otherwise", table.skip or 1)


def _missing(name: str, there: set[str]) -> list[str]:
    missing = [column for column in _NEEDED[name] if column not in there]
    if name == PLAIN and not missing and not there & {"incidents", "deaths"}:
        return ["incidents"]
    return missing


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names of columns as a message may quote them."""
    plain = [f"'{''.join(c if c.isprintable() else '?' for c in name)[:30]}'" for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(plain) + more
