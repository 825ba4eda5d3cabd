"""The numbers beside the code: estimates for each reading, and the posterior of the effects at the end of each year.

No row of the data is in them. `refit` makes them anew from a data folder.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ceasefire.array_types import FloatArray
from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import (
    FOOTNOTE,
    HEADLINE,
    READINGS,
    SPREAD,
    Reading,
    Record,
    day_number,
    durations_known_on,
    known_durations,
    log_window,
    table_of,
)
from ceasefire.reference_class.outside_view.data_folder import CITATION, last_day, read_durations
from ceasefire.reference_class.outside_view.effect_states import (
    ConflictState,
    CountryState,
    advanced,
    nothing_known,
)
from ceasefire.reference_class.outside_view.end_of_term import (
    TERM_NUMBERS,
    EndOfTerm,
    end_of_term,
    fit_end_of_term,
    term_records,
)
from ceasefire.reference_class.outside_view.fit import Fit, fit
from ceasefire.reference_class.outside_view.parameters import NAMES, NUMBERS, Parameters, parameters, vector

SHIPPED = Path(__file__).parent
ESTIMATES, COVARIANCE = "estimates.yaml", "covariance.csv"
COUNTRIES, CONFLICTS = "country_effects.csv", "conflict_effects.csv"
USED: tuple[Reading, ...] = (HEADLINE, *SPREAD, FOOTNOTE)
"""Readings of which the effects are shipped, the headline first."""

COUNTRY_COLUMNS = (
    "reading", "country", "end_of_year", "deals", "fixed_term_deals", "country_mean", "open_ended_mean",
    "fixed_term_mean", "var_country", "cov_country_open", "cov_country_fixed", "var_open", "cov_open_fixed",
    "var_fixed",
)  # fmt: skip
CONFLICT_COLUMNS = (
    "reading", "country", "conflict", "end_of_year", "deals", "intercept", "per_country", "per_open_ended",
    "per_fixed_term", "variance",
)  # fmt: skip
HEAD = """\
# How long ceasefires last, by five facts and by the earlier deals of the conflict: see docs/forecasts.md.
#
# Made by `ceasefire forecast --refit --data DIR --out FOLDER`; not to be edited. `se` is a standard error (Laplace).
# log days = constant + not_cessation + definitive + fixed_term + log_planned * log(days planned / 14) + written
#            + conflict effect, which fades in exp(log_memory) days + country and kind of term + country + noise.
# Readings say what is made of an end that nobody dated when the next ceasefire came D days after the deal: dated leaves
# such deals out, third takes D / 3, mid D / 2, upper D, interval "somewhere before D". The headline is mid.
"""

YearState = tuple[int, CountryState]


@dataclass(frozen=True, eq=False)
class OutsideView:
    """The model ready to forecast: numbers for each reading, states by country and year, the clock of terms."""

    theta: dict[Reading, FloatArray]
    covariance: dict[Reading, FloatArray]
    term: EndOfTerm
    states: dict[Reading, dict[str, list[YearState]]]
    last_year: int
    source: str
    deals: int

    def model(self, reading: Reading) -> Parameters:
        """The named numbers."""
        return parameters(self.theta[reading])

    @cached_property
    def countries(self) -> list[str]:
        """Countries of which deals are known."""
        return sorted(self.states[HEADLINE])

    def state(self, reading: Reading, country: str, day: float) -> CountryState:
        """What is known of a country at the end of the last year that was over on that day."""
        latest = nothing_known(self.model(reading))
        for _, state in self.states[reading].get(country, []):
            if state.day <= day:
                latest = state
        return latest


def year_end(year: int) -> float:
    """The day number on which a year is over: 1 January of the next."""
    return day_number(datetime.date(year + 1, 1, 1))


def effect_history(
    records: Sequence[Record], reading: Reading, model: Parameters, last_year: int
) -> Iterator[tuple[str, int, CountryState]]:
    """Country, year and state at the end of each year at which more was known than the passing of time tells."""
    table = table_of([record.facts for record in records])
    for country in np.unique(table.country):
        rows = np.flatnonzero(table.country == country)
        own, endings = table.take(rows), [records[int(k)].ending for k in rows]
        before: tuple[Any, ...] = ()
        for year in range(int(records[int(rows[0])].facts.start.year), last_year + 1):
            index, durations = durations_known_on(year_end(year), own.start, endings, reading)
            known = own.take(index)
            low, high = log_window(durations, known.planned, model.lapse_speed)
            now = (tuple(index), tuple(low), tuple(high))
            if len(index) and now != before:
                yield str(country), year, advanced(nothing_known(model), model, known, durations, year_end(year))
            before = now


def refit(data: Path, to: Path, progress: Callable[[str], None] = lambda words: None) -> dict[Reading, Fit]:
    """Fit every reading to the deals of a data folder and write the four files. Raises ScenarioError for bad data."""
    records = sorted(read_durations(data), key=lambda record: record.facts.start)
    last = last_day(records)
    table = table_of([record.facts for record in records])
    fits: dict[Reading, Fit] = {}
    for reading in READINGS:
        progress(f"fitting, undated ends read as '{reading}'")
        index, durations = known_durations([record.ending for record in records], reading)
        fits[reading] = fit(table.take(index), durations)
    term = fit_end_of_term(*term_records(records, day_number(last)))
    to.mkdir(parents=True, exist_ok=True)
    _write_estimates(to / ESTIMATES, records, fits, term, last.year)
    _write_rows(
        to / COVARIANCE, ("reading", "number", *NAMES),
        ([reading, name, *map(_short, row)] for reading, fitted in fits.items()
         for name, row in zip(NAMES, fitted.covariance, strict=True)),
    )  # fmt: skip
    countries: list[list[str]] = []
    conflicts: list[list[str]] = []
    for reading in USED:
        progress(f"effects at the end of each year, undated ends read as '{reading}'")
        for country, year, state in effect_history(records, reading, fits[reading].parameters, last.year):
            countries.append([reading, country, str(year), *_country_cells(state)])
            for conflict, own in state.conflicts.items():
                conflicts.append([reading, country, conflict, str(year), *_conflict_cells(own)])
    _write_rows(to / COUNTRIES, COUNTRY_COLUMNS, countries)
    _write_rows(to / CONFLICTS, CONFLICT_COLUMNS, conflicts)
    return fits


def _short(number: float) -> str:
    """Five significant digits, and 0 for what differs from it by rounding alone."""
    return f"{round(number, 7) + 0.0:.5g}"


def _country_cells(state: CountryState) -> list[str]:
    upper = state.covariance[np.triu_indices(3)]
    return [str(state.deals), str(state.fixed_deals), *map(_short, state.mean), *map(_short, upper)]


def _conflict_cells(state: ConflictState) -> list[str]:
    return [str(state.deals), *map(_short, (state.intercept, *state.loading, state.variance))]


def _write_rows(file: Path, header: Sequence[str], rows: Any) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_estimates(
    file: Path, records: Sequence[Record], fits: dict[Reading, Fit], term: EndOfTerm, last_year: int
) -> None:
    content = {
        "source": CITATION,
        "deals": len(records),
        "countries": len({record.facts.country for record in records}),
        "last_year": last_year,
        "readings": {
            reading: {
                "deals": fitted.deals,
                "log_evidence": round(fitted.log_evidence, 3),
                "numbers": {
                    number.name: {"value": round(float(value), 4), "se": round(float(error), 4)}
                    for number, value, error in zip(NUMBERS, fitted.theta, fitted.errors, strict=True)
                },
            }
            for reading, fitted in fits.items()
        },
        "end_of_term": {
            "deals": term.deals,
            "numbers": {name: round(float(value), 4) for name, value in zip(TERM_NUMBERS, term.theta, strict=True)},
        },
    }
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 120
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        opened.write(HEAD)
        yaml.dump(content, opened)


def load_numbers(folder: Path = SHIPPED) -> OutsideView:
    """The numbers of a folder: those beside the code unless told otherwise. ScenarioError when they cannot be read."""
    try:
        content = YAML(typ="safe").load((folder / ESTIMATES).read_text(encoding="utf-8"))
        theta: dict[Reading, FloatArray] = {
            reading: vector({name: one["value"] for name, one in content["readings"][reading]["numbers"].items()})
            for reading in READINGS
        }
        return OutsideView(
            theta,
            _covariances(folder / COVARIANCE),
            end_of_term(content["end_of_term"]["numbers"], int(content["end_of_term"]["deals"])),
            _states(folder),
            int(content["last_year"]),
            str(content["source"]),
            int(content["deals"]),
        )
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
    except (KeyError, ValueError, TypeError, YAMLError, UnicodeDecodeError) as error:
        wrong = f"holds no numbers of a fit ({type(error).__name__})"
    message = f"{wrong}; `ceasefire forecast --refit --data DIR --out FOLDER` writes such a folder"
    raise ScenarioError([Fault(str(folder), None, "", message)])


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _covariances(file: Path) -> dict[Reading, FloatArray]:
    rows: dict[str, list[list[float]]] = {}
    for row in _rows(file):
        rows.setdefault(row["reading"], []).append([float(row[name]) for name in NAMES])
    return {reading: np.array(rows[reading]) for reading in READINGS}


def _states(folder: Path) -> dict[Reading, dict[str, list[YearState]]]:
    conflicts: dict[tuple[str, str, str], dict[str, ConflictState]] = {}
    for row in _rows(folder / CONFLICTS):
        loading = np.array([float(row[name]) for name in ("per_country", "per_open_ended", "per_fixed_term")])
        own = ConflictState(float(row["intercept"]), loading, float(row["variance"]), int(row["deals"]))
        conflicts.setdefault((row["reading"], row["country"], row["end_of_year"]), {})[row["conflict"]] = own
    states: dict[Reading, dict[str, list[YearState]]] = {reading: {} for reading in USED}
    for row in _rows(folder / COUNTRIES):
        year = int(row["end_of_year"])
        upper = np.zeros((3, 3))
        upper[np.triu_indices(3)] = [float(row[name]) for name in COUNTRY_COLUMNS[8:]]
        state = CountryState(
            year_end(year),
            np.array([float(row[name]) for name in COUNTRY_COLUMNS[5:8]]),
            upper + np.triu(upper, 1).T,
            conflicts.get((row["reading"], row["country"], row["end_of_year"]), {}),
            int(row["deals"]),
            int(row["fixed_term_deals"]),
        )
        states[row["reading"]].setdefault(row["country"], []).append((year, state))  # type: ignore[index]
    return states
