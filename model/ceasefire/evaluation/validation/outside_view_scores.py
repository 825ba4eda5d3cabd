"""How good the outside view is beside simple forecasters, always out of sample.

Countries left out; forward in time; on the ceasefires of 2021 and later; on the five Idlib deals; and the second clock.
`python -m ceasefire.evaluation.validation.outside_view_scores DIR` prints the tables of docs/forecasts.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.forecast_scores import (
    brier,
    calibration,
    concordance,
    crps,
    log_scores,
    mean_by_group,
    restricted_mean,
)
from ceasefire.analysis.interval_censored import EDGES, masses_alive, surviving
from ceasefire.array_types import FloatArray, IntArray
from ceasefire.data_files.read_table import text_rows
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.validation.outside_view_baselines import (
    BASELINES,
    Coded,
    fit_conflict_effect,
    lognormal,
)
from ceasefire.reference_class.outside_view.coded_deals import (
    READINGS,
    DealFacts,
    DealTable,
    Durations,
    Ending,
    Reading,
    Record,
    day_number,
    durations_known_on,
    known_durations,
    table_of,
)
from ceasefire.reference_class.outside_view.data_folder import (
    DURATIONS,
    RECENT,
    last_day,
    read_durations,
    read_recent,
)
from ceasefire.reference_class.outside_view.duration_curve import curve
from ceasefire.reference_class.outside_view.effect_states import Effect, effect, effect_from_history, nothing_known
from ceasefire.reference_class.outside_view.end_of_term import fit_end_of_term, term_records
from ceasefire.reference_class.outside_view.fit import fit
from ceasefire.reference_class.outside_view.forecast import BREAK_WEIGHT
from ceasefire.reference_class.outside_view.parameters import Parameters
from ceasefire.reference_class.outside_view.table_cells import YES

FOLDS, REPEATS, SEED = 5, 3, 1989
HORIZONS = (30.0, 90.0, 365.0)
CUT_YEARS = (2003, 2008, 2012)
OUTSIDE, SURE, STRANGERS = "outside view", "the same, history always counts", "the same, no history"
CONFLICT = "lognormal + conflict effect"
NAMES = (OUTSIDE, SURE, STRANGERS, CONFLICT, *BASELINES)

IDLIB: tuple[tuple[str, float, str, bool], ...] = (
    ("2018-09-17", 225, "preliminary", True),
    ("2019-08-02", 3, "cessation", False),
    ("2019-08-31", 110, "cessation", False),
    ("2020-01-12", 3, "cessation", False),
    ("2020-03-06", 1727, "preliminary", True),
)
"""First day, days held, class and whether written, of the five Idlib deals."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Deals:
    """Records of coded deals with all their covariates, in the order of the file."""

    records: list[Record]
    table: DealTable
    coded: Coded

    @property
    def endings(self) -> list[Ending]:
        """How each ended."""
        return [record.ending for record in self.records]

    def take(self, index: NDArray[np.int64]) -> Deals:
        """Some of the deals."""
        return Deals([self.records[int(k)] for k in index], self.table.take(index), self.coded.take(index))

    def __add__(self, other: Deals) -> Deals:
        records = self.records + other.records
        return Deals(
            records,
            table_of([record.facts for record in records]),
            Coded(*(np.concatenate([getattr(self.coded, f), getattr(other.coded, f)]) for f in Coded.__annotations__)),
        )


def read_deals(folder: Path) -> Deals:
    """The ceasefires to 2020."""
    return _deals(read_durations(folder), folder / DURATIONS)


def read_recent_deals(folder: Path) -> tuple[Deals, NDArray[np.bool_]]:
    """The ceasefires of 2021 and later, and which are main ones."""
    records, main = read_recent(folder)
    return _deals(records, folder / RECENT), np.array(main, np.bool_)


def _deals(records: list[Record], file: Path) -> Deals:
    table = table_of([record.facts for record in records])
    rows = [row for _, row in text_rows(file, ())[1]] if records else []
    more = np.array([
        [
            record.facts.ceasefire_class == "preliminary", record.facts.ceasefire_class == "definitive",
            row["sides"] == "unilateral", row["local"] in YES, record.facts.written, record.facts.fixed_term,
            0.0, row["mechanism"] in YES, row["enforcement"] not in ("none", ""), row["mediated"] in YES,
            np.log1p(float(row["prior_ceasefires"] or 0)),
        ]
        for record, row in zip(records, rows, strict=True)
    ], np.float64).reshape(len(records), 11)  # fmt: skip
    more[:, 6] = table.x[:, 4]
    x = np.column_stack([np.ones(len(records)), more])
    return Deals(records, table, Coded(x, table.start, table.country, table.conflict))


@dataclass(frozen=True, eq=False)
class Learnt:
    """Everything that was fitted to some deals in one reading."""

    reading: Reading
    model: Parameters
    forecast_others: dict[str, Callable[[Coded], FloatArray]]
    conflict_effect: Any


def learn(deals: Deals, durations: Durations, reading: Reading) -> Learnt:
    """Fit the outside view and every baseline."""
    others = {
        name: (lambda wanted, baseline=baseline: baseline(deals.coded, durations, wanted))
        for name, baseline in BASELINES.items()
    }
    model = fit(deals.table, durations, errors=False).parameters
    return Learnt(reading, model, others, fit_conflict_effect(deals.coded, durations))  # type: ignore[arg-type]


def forecasts(learnt: Learnt, everyone: Deals, wanted: NDArray[np.int64]) -> dict[str, FloatArray]:
    """Masses (n, BINS) by forecaster for some of `everyone`, each from what was known on its first day."""
    masses = {name: forecast(everyone.coded.take(wanted)) for name, forecast in learnt.forecast_others.items()}
    parts = np.array([outside_masses(learnt.model, learnt.reading, everyone, int(k)) for k in wanted])
    sure, strangers = parts[:, 0], parts[:, 1]
    masses[OUTSIDE] = (1.0 - BREAK_WEIGHT) * sure + BREAK_WEIGHT * strangers
    masses[SURE], masses[STRANGERS] = sure, strangers
    endings = everyone.endings
    masses[CONFLICT] = np.array([
        learnt.conflict_effect.forecast(everyone.coded.take(np.array([k])), everyone.coded, endings, learnt.reading)
        for k in wanted
    ])  # fmt: skip
    return masses


def outside_masses(model: Parameters, reading: Reading, everyone: Deals, k: int) -> FloatArray:
    """Masses of deal k with its history as known on its first day, and without; shape (2, BINS)."""
    deal, nobody = everyone.table.take(np.array([k])), everyone.table.take(np.zeros(0, np.int64))
    known = _effect_known(model, reading, everyone, deal)
    fresh = effect(nothing_known(model), model, deal, nobody, Durations(np.zeros(0), np.zeros(0)))
    return masses_alive(np.array([curve(model, deal, one).holds(EDGES) for one in (known, fresh)]))


def _effect_known(model: Parameters, reading: Reading, everyone: Deals, deal: DealTable) -> Effect:
    """The effect of a deal (a table of length 1) from its country's deals, as known on its first day."""
    own = np.flatnonzero(everyone.table.country == deal.country[0])
    endings = [everyone.records[int(j)].ending for j in own]
    return effect_from_history(nothing_known(model), model, deal, everyone.table.take(own), endings, reading)


def dealt_folds(countries: NDArray[np.str_], seed: int, folds: int = FOLDS) -> IntArray:
    """The fold of each deal, (n,): countries are dealt out at random, each whole."""
    names = np.unique(countries)
    places = np.random.default_rng(seed).permutation(len(names)) % folds
    return np.asarray(places[np.searchsorted(names, countries)])


@dataclass(frozen=True, eq=False)
class Scored:
    """Forecasts of n deals by forecaster, each (repeats, n, BINS), what was seen of them, and their countries."""

    reading: Reading
    durations: Durations
    countries: list[str]
    masses: dict[str, FloatArray]

    def each(self, name: str, score: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]) -> FloatArray:
        """A score of each deal, the mean over repeats."""
        both = [score(mass, self.durations.low, self.durations.high) for mass in self.masses[name]]
        return np.asarray(np.mean(both, axis=0))


def countries_left_out(
    deals: Deals, reading: Reading, repeats: int = REPEATS, folds: int = FOLDS, progress: Progress = lambda words: None
) -> Scored:
    """Every deal forecast by what was learnt in other countries, `repeats` times with other folds."""
    index, durations = known_durations(deals.endings, reading)
    used = deals.take(index)
    masses = {name: np.zeros((repeats, len(index), len(EDGES))) for name in NAMES}
    for repeat in range(repeats):
        fold = dealt_folds(used.table.country, SEED + repeat, folds)
        for left_out in range(folds):
            progress(f"{reading}: repeat {repeat + 1}, fold {left_out + 1}")
            known, out = np.flatnonzero(fold != left_out), np.flatnonzero(fold == left_out)
            learnt = learn(used.take(known), durations.take(known), reading)
            for name, mass in forecasts(learnt, used, out).items():
                masses[name][repeat, out] = mass
    return Scored(reading, durations, [str(country) for country in used.table.country], masses)


def forward(deals: Deals, reading: Reading, year: int) -> Scored:
    """Deals signed from a year on, by what was known when it began and by their own conflicts since."""
    cut = day_number(datetime.date(year, 1, 1))
    known, durations = durations_known_on(cut, deals.table.start, deals.endings, reading)
    learnt = learn(deals.take(known), durations, reading)
    index, everything = known_durations(deals.endings, reading)
    used = deals.take(index)
    later = np.flatnonzero(used.table.start >= cut)
    masses = forecasts(learnt, used, later)
    countries = [str(country) for country in used.table.country[later]]
    return Scored(reading, everything.take(later), countries, {name: mass[None] for name, mass in masses.items()})


def recent(deals: Deals, later: Deals, chosen: NDArray[np.bool_], reading: Reading) -> Scored:
    """The chosen ceasefires of 2021 and later, by what was learnt to 2020 and by their own conflicts since."""
    index, durations = known_durations(deals.endings, reading)
    learnt = learn(deals.take(index), durations, reading)
    everyone = deals + later
    wanted = len(deals.records) + np.flatnonzero(chosen)
    masses = forecasts(learnt, everyone, wanted)
    _, ends = known_durations(later.endings, "upper")
    countries = [str(country) for country in everyone.table.country[wanted]]
    return Scored(reading, ends.take(chosen), countries, {name: mass[None] for name, mass in masses.items()})


def score_table(scored: Scored) -> list[dict[str, Any]]:
    """A row for each forecaster: mean scores, gain of the outside view with its 95 % interval, concordance, fifths."""
    durations, rows = scored.durations, []
    ours = scored.each(OUTSIDE, log_scores)
    dated = not bool(np.any(~np.isinf(durations.high) & (durations.high - durations.low > 1.0)))
    for name, masses in scored.masses.items():
        theirs = scored.each(name, log_scores)
        gain = mean_by_group(ours - theirs, scored.countries)
        row: dict[str, Any] = {
            "forecaster": name,
            "log score": float(theirs.mean()),
            "outside view better by": None if name == OUTSIDE else (gain.value, gain.low, gain.high),
            "CRPS": float(scored.each(name, crps).mean()),
        }
        for day in HORIZONS:
            row[f"Brier {day:g}"] = (
                float(scored.each(name, lambda m, lo, hi, day=day: brier(m, lo, hi, day)).mean()) if dated else None  # type: ignore[misc]
            )
        lives = [restricted_mean(mass) for mass in masses]
        row["concordance"] = float(np.mean([concordance(life, durations.low, durations.high) for life in lives]))
        row["fifths of 15"] = float(np.mean([_covered(mass, durations) for mass in masses]))
        for day in HORIZONS:
            row[f"says S({day:g})"] = float(np.mean([surviving(mass, day).mean() for mass in masses]))
        rows.append(row)
    return rows


def _covered(mass: FloatArray, durations: Durations) -> int:
    groups = [group for day in HORIZONS for group in calibration(mass, durations.low, durations.high, day)]
    return sum(group.covered for group in groups)


def idlib_scores(deals: Deals, reading: Reading, without_syria: bool) -> list[dict[str, Any]]:
    """Log chance of the single day on which each Idlib deal ended, from Syria's deals as known on the day.

    `without_syria`: the numbers are fitted to the other countries alone.
    """
    index, durations = known_durations(deals.endings, reading)
    if without_syria:
        keep = deals.table.country[index] != "Syria"
        index, durations = index[keep], durations.take(keep)
    model = fit(deals.table.take(index), durations, errors=False).parameters
    rows = []
    for start, days, klass, written in IDLIB:
        facts = DealFacts(start, "Syria", "299", datetime.date.fromisoformat(start), klass, written)  # type: ignore[arg-type]
        deal = Record(facts, Ending(days, True))
        everyone = Deals([*deals.records, deal], table_of([r.facts for r in [*deals.records, deal]]), deals.coded)
        both = outside_masses(model, reading, everyone, len(deals.records))
        mass = (1.0 - BREAK_WEIGHT) * both[0] + BREAK_WEIGHT * both[1]
        low, high = np.array([days]), np.array([days + 1.0])
        row = {"deal": start, "days": days, "score": float(log_scores(mass[None], low, high)[0])}
        rows.append({**row, "history always counts": float(log_scores(both[:1], low, high)[0])})
    return rows


def in_force_scores(deals: Deals) -> dict[str, Any]:
    """Log score of the end of any kind of dated fixed-term deals, countries left out: second clock and a lognormal."""
    last = day_number(last_day(deals.records))
    index, durations = known_durations(deals.endings, "dated")
    used = deals.take(index)
    fixed = used.table.fixed & ~np.isnan(used.table.planned)
    fold = dealt_folds(used.table.country, SEED)
    day = np.floor([ending.days for ending in used.endings])
    over = (used.table.start + day < last) | np.array([ending.broke for ending in used.endings])
    any_end = Durations(day, np.where(over, day + 1.0, np.inf))
    ours, theirs = np.zeros(len(day)), np.zeros(len(day))
    for left_out in range(FOLDS):
        known, out = np.flatnonzero(fold != left_out), np.flatnonzero((fold == left_out) & fixed)
        model = fit(used.table.take(known), durations.take(known), errors=False).parameters
        term = fit_end_of_term(*term_records([used.records[int(k)] for k in known], last))
        terms = known[fixed[known]]
        mass = lognormal(used.coded.take(terms), any_end.take(terms), used.coded.take(out))
        theirs[out] = log_scores(mass, any_end.low[out], any_end.high[out])
        for k in out:
            deal = used.table.take(np.array([k]))
            one = curve(model, deal, _effect_known(model, "dated", used, deal), BREAK_WEIGHT)
            edges = np.array([any_end.low[k], any_end.high[k]])
            edges = np.where(np.isinf(edges), 1e9, edges)
            alive = one.holds(edges) * (1.0 - term.ended(edges, np.full(2, deal.planned[0])))
            alive[1] = 0.0 if np.isinf(any_end.high[k]) else alive[1]
            ours[k] = np.log(max(float(alive[0] - alive[1]), 1e-6))
    chosen = np.flatnonzero(fixed)
    gain = mean_by_group((ours - theirs)[chosen], [str(c) for c in used.table.country[chosen]])
    return {
        "deals": len(chosen),
        "in force": float(ours[chosen].mean()),
        "lognormal of any end": float(theirs[chosen].mean()),
        "gain": (gain.value, gain.low, gain.high),
    }


def all_scores(
    folder: Path, readings: Sequence[Reading], repeats: int = REPEATS, progress: Progress = lambda words: None
) -> dict[str, Any]:
    """Every table, as plain content."""
    deals = read_deals(folder)
    later, main = read_recent_deals(folder)
    scores: dict[str, Any] = {"countries left out": {}, "forward": {}, "recent": {}, "recent, all": {}, "idlib": {}}
    for reading in readings:
        scores["countries left out"][reading] = score_table(
            countries_left_out(deals, reading, repeats, progress=progress)
        )
        scores["forward"][reading] = {}
        for year in CUT_YEARS:
            progress(f"{reading}: forward from {year}")
            scores["forward"][reading][str(year)] = score_table(forward(deals, reading, year))
        if len(main):
            progress(f"{reading}: recent ceasefires")
            scores["recent"][reading] = score_table(recent(deals, later, main, reading))
            scores["recent, all"][reading] = score_table(recent(deals, later, np.ones(len(main), np.bool_), reading))
        if reading != "dated":
            scores["idlib"][reading] = {
                "all countries": idlib_scores(deals, reading, False),
                "without Syria": idlib_scores(deals, reading, True),
            }
    if "dated" in readings:
        scores["in force"] = in_force_scores(deals)
    return scores


def markdown(title: str, rows: Sequence[dict[str, Any]]) -> str:
    """One table as Markdown."""
    columns = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    lines = [f"**{title}**", "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(score_cell(name, row[name]) for name in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def score_cell(name: str, value: Any) -> str:
    """A cell of a table of scores; a gain has its 95 % interval."""
    if value is None:
        return ""
    if isinstance(value, (tuple, list)):
        return f"{value[0]:+.3f} ({value[1]:+.3f} to {value[2]:+.3f})"
    if isinstance(value, str):
        return value
    return f"{value:.1f}" if name == "fifths of 15" else f"{value:.2f}" if name.startswith("says") else f"{value:.3f}"


def tables(scores: dict[str, Any]) -> str:
    """All tables as Markdown."""
    parts = []
    for reading, rows in scores["countries left out"].items():
        parts.append(markdown(f"Countries left out, {reading}", rows))
    for reading, years in scores["forward"].items():
        parts += [markdown(f"Forward from {year}, {reading}", rows) for year, rows in years.items()]
    for name in ("recent", "recent, all"):
        parts += [markdown(f"{name.capitalize()}, fitted to {r}", rows) for r, rows in scores[name].items()]
    for reading, both in scores["idlib"].items():
        for name, rows in both.items():
            total = {"deal": "sum", "days": None, "score": sum(row["score"] for row in rows)}
            total["history always counts"] = sum(row["history always counts"] for row in rows)
            parts.append(markdown(f"Idlib, {reading}, numbers from {name}", [*rows, total]))
    if "in force" in scores:
        parts.append(f"In force: {json.dumps(scores['in force'])}\n")
    return "\n".join(parts)


def main() -> int:
    """Print the tables. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ceasefire.evaluation.validation.outside_view_scores")
    parser.add_argument("data", type=Path, metavar="DIR", help="folder of ceasefire_durations.csv")
    parser.add_argument("--reading", action="append", choices=READINGS, help="may be repeated; all when left out")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="times that countries are dealt into folds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    try:
        scores = all_scores(given.data, given.reading or READINGS, given.repeats, lambda w: print(w, file=sys.stderr))
    except ScenarioError as error:
        sys.stderr.write("\n".join(map(str, error.faults)) + "\n")
        return 2
    if given.json is not None:
        given.json.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    print(tables(scores))
    return 0


if __name__ == "__main__":
    sys.exit(main())
