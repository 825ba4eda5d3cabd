"""`ceasefire forecast`: how long a ceasefire lasts, from a few facts, with no scenario written."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import AsJson, repeated
from ceasefire.cli.terminal import columns, notify, program, show, show_json, shown_path

if TYPE_CHECKING:
    from ceasefire.reference_class.outside_view.forecast import DealForecast, Forecast

TABLE, CONTENT = "forecast.csv", "forecast.json"
SUMMARY_DAYS = (30, 90, 180, 365, 1825)
NOTE = (
    "The outside view: what deals with these facts did, and what this conflict's earlier deals did. It knows nothing "
    "of who is strong, who guarantees, or who wants war."
)


def forecast(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A YAML of facts, or a CSV table with a deal a row.")
    ] = None,
    feature: Annotated[list[str] | None, repeated("NAME=VALUE", "One fact, as country=Syria")] = None,
    history: Annotated[
        Path | None, typer.Option("--history", metavar="FILE", help="CSV list of earlier deals of the conflict.")
    ] = None,
    held_days: Annotated[
        float | None, typer.Option("--held-days", metavar="N", help="The deal has held so many days already.")
    ] = None,
    day: Annotated[list[int] | None, repeated("N", "A day of the table")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Folder of coded deals, which then count by name.")
    ] = None,
    numbers: Annotated[
        Path | None,
        typer.Option("--numbers", metavar="DIR", help="Numbers that --refit wrote.", show_default="shipped"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the table, JSON and a figure.")
    ] = None,
    refit: Annotated[bool, typer.Option("--refit", help="Fit the numbers to --data and write them to --out.")] = False,
    ends: Annotated[
        bool, typer.Option("--ends", help="Also simulate deals that last so long, and say how they end.")
    ] = False,
    form: Annotated[bool, typer.Option("--form", help="Print a form of facts to fill in.")] = False,
    countries: Annotated[
        bool, typer.Option("--countries", help="List the countries whose earlier deals are known.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say how long a ceasefire lasts from a few facts and the earlier deals of its conflict; no scenario needed."""
    if form:
        from ceasefire.reference_class.outside_view.deal_files import FORM

        show(FORM.rstrip("\n"))
        return
    if countries:
        _show_countries(data, numbers)
        return
    if refit:
        _refit(data, out)
        return
    from ceasefire.reference_class.outside_view.forecast import forecast as forecast_deals

    request = _requests(file, feature or [])
    result = forecast_deals(
        request, history=history or (), held_days=held_days, data=data, days=sorted(set(day or ())), numbers=numbers
    )
    for words in result.warnings:
        notify(f"note: {words}")
    if ends:
        notify("simulating how such deals end; this takes some seconds a deal")
    content = _content(result, ends)
    if out is not None:
        _write(result, content, out)
    if as_json:
        show_json(content)
        return
    if len(result.deals) == 1:
        _show_one(result.deals[0])
        if ends:
            _show_ends(content["deals"][0]["ends"])
    else:
        _show_many(result, sorted(set(day or ())))
    if out is not None:
        show(shown_path(out))


def _requests(file: Path | None, features: list[str]) -> Any:
    """What is to be forecast: the deals of a file, or one of options; options change a deal of a YAML file."""
    from ceasefire.reference_class.outside_view.deal_files import deal_of, read_form_values

    values = _features(features)
    if file is None:
        if not values:
            raise RefusedError(
                f"no facts: give some, as `{program()} forecast --feature country=Syria --feature written=yes`, or a "
                f"file; `{program()} forecast --form > deal.yaml` writes one to fill in"
            )
        return deal_of(values, "--feature")
    if not file.exists():
        if file.suffix.lower() == ".csv":
            raise RefusedError(f"{file}: no such file; a table has the names of facts as columns, and a deal a row")
        raise RefusedError(f"{file}: no such file; `{program()} forecast --form > {file}` writes one to fill in")
    if not values:
        return file
    if file.suffix.lower() == ".csv":
        raise RefusedError("--feature changes one deal, and a CSV table holds several; change the table instead")
    return deal_of({**read_form_values(file), **values}, str(file), file.stem)


def _features(features: list[str]) -> dict[str, str]:
    values = {}
    for given in features:
        name, equals, value = given.partition("=")
        if not equals or not name.strip():
            raise RefusedError(f"--feature {given}: write NAME=VALUE, as country=Syria")
        values[name.strip()] = value
    return values


def _show_countries(data: Path | None, numbers: Path | None) -> None:
    """The countries of which earlier deals are known, one a line."""
    from ceasefire.reference_class.outside_view.forecast import known_countries

    show("\n".join(known_countries(data, numbers)))


def _refit(data: Path | None, out: Path | None) -> None:
    """Fit to a data folder; the numbers go to `out`."""
    from ceasefire.reference_class.outside_view.parameters import NAMES
    from ceasefire.reference_class.outside_view.shipped_numbers import refit

    if data is None or out is None:
        raise RefusedError("--refit needs --data DIR, the coded deals, and --out DIR, where the numbers go")
    if out.exists() and any(out.iterdir()):
        raise RefusedError(f"{out} holds something already, and nothing is overwritten; choose another --out")
    fits = refit(data, out, notify)
    rows = [["number", *fits]]
    for at, name in enumerate(NAMES):
        rows.append([name, *(f"{one.theta[at]:.2f} ({one.errors[at]:.2f})" for one in fits.values())])
    show(columns(rows, right=range(1, len(rows[0]))))
    show(f"\nUse them with: {program()} forecast --numbers {out} …\n{shown_path(out)}")


def _write(result: Forecast, content: dict[str, Any], out: Path) -> None:
    """forecast.csv, forecast.json and survival.png/.svg (of the first six deals)."""
    from ceasefire.report.code_book import write_code_book
    from ceasefire.report.forecast_figures import draw_forecast
    from ceasefire.spreadsheet_csv import csv_text

    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / CONTENT).is_file())):
        raise RefusedError(f"{out} holds something else already, and nothing is overwritten; choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / TABLE).write_text(csv_text(result.table()), encoding="utf-8", newline="\n")
    whole = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    (out / CONTENT).write_text(whole + "\n", encoding="utf-8", newline="\n")
    draw_forecast(result, out)
    write_code_book(out, "forecast", "Forecast from coded features")


def _content(result: Forecast, ends: bool) -> dict[str, Any]:
    """Figures for programs."""
    first = result.deals[0]
    return {
        "source": first.view.source,
        "note": NOTE,
        "warnings": result.warnings,
        "deals": [{**_deal_content(one), **({"ends": _ends_content(one)} if ends else {})} for one in result.deals],
    }


def _deal_content(one: DealForecast) -> dict[str, Any]:
    from ceasefire.reference_class.outside_view.explanation import fact_effects, leaning, reference_day

    facts, rests = one.request.facts, leaning(one)
    return {
        "name": facts.name, "country": facts.country, "conflict": facts.conflict, "start": str(facts.start),
        "ceasefire_class": facts.ceasefire_class, "written": facts.written, "fixed_term": facts.fixed_term,
        "planned_days": facts.planned_days, "held_days": one.request.held_days,
        "median_days": _finite(one.median),
        "median_days_in_force": None if one.term_is_over else _finite(one.median_in_force),
        "median_days_by_reading": {reading: _finite(days) for reading, days in one.medians().items()},
        "survival": [{name: _rounded(value) for name, value in row.__dict__.items()} for row in one.rows],
        "leans_on": {
            "deals": rests.deals, "deals_of_the_conflict": rests.conflict_deals, "until": rests.until or None,
            "times_the_usual_length": _rounded(rests.pull), "of_that_the_conflict": _rounded(rests.conflict_pull),
            "of_that_the_country": _rounded(rests.country_pull),
            "by_name": [record.facts.name for record in rests.named],
        },
        "facts": {
            "day": reference_day(one), "holds": _rounded(one.at(reference_day(one))),
            "changed": [
                {"change": each.change, "holds": _rounded(each.holds), "median_days": _finite(each.median)}
                for each in fact_effects(one)
            ],
        },
    }  # fmt: skip


def _ends_content(one: DealForecast) -> dict[str, Any]:
    """How simulated deals of the same kind end that last as long as the forecast says."""
    import numpy as np

    from ceasefire.analysis.interval_censored import EDGES
    from ceasefire.reference_class.features import Features, cell_of
    from ceasefire.reference_class.inside_view import how_such_deals_end

    facts = one.request.facts
    cell = cell_of(Features(ceasefire_class=facts.ceasefire_class, written=facts.written))
    holds = one.headline.holds(EDGES)
    found = how_such_deals_end(cell, holds - np.append(holds[1:], 0.0))
    return {
        "holds_five_years": _rounded(found.holds), "farthest_from_the_forecast": _rounded(found.apart),
        "shares": [{"cause": end.cause, "actor": end.actor, "share": _rounded(end.share)} for end in found.ends],
    }  # fmt: skip


def _show_ends(content: dict[str, Any]) -> None:
    from ceasefire.wording import ending_words, percent_on_terminal

    parties = {"government": "the government", "rebels": "the armed group"}
    show("")
    rows = [["how such deals end in the simulation", "of those that end"]]
    rows += [
        [ending_words(e["cause"], e["actor"], parties), percent_on_terminal(e["share"])] for e in content["shares"]
    ]
    show(columns(rows, right=(1,)))
    apart = percent_on_terminal(content["farthest_from_the_forecast"])
    show(
        _wrapped(
            "Simulated: a government and an armed group of which only the kind of deal is known, as hard a case as "
            f"makes them last as the table says (to within {apart} on every day). Who ends a deal is the rules' "
            "answer and was checked against no data."
        )
    )


def _rounded(value: float) -> float | None:
    """Null for what is not known."""
    return value if isinstance(value, int) else None if math.isnan(value) else round(value, 5)


def _finite(days: float) -> float | None:
    return None if math.isinf(days) else round(days, 2)


def _show_one(one: DealForecast) -> None:
    from ceasefire.reference_class.outside_view.deal_files import days_exactly
    from ceasefire.reference_class.outside_view.explanation import facts_words, leaning_lines
    from ceasefire.wording import percent_on_terminal

    held = one.request.held_days
    show(facts_words(one) + "\n")
    fixed = one.planned is not None and not one.term_is_over
    heads = ["holds at least", "unbroken", "90 % range", "over readings", *(["in force"] if fixed else [])]
    rows = [heads]
    for row in one.rows:
        span = f"{percent_on_terminal(row.low)} to {percent_on_terminal(row.high)}"
        readings = " to ".join(map(percent_on_terminal, row.readings))
        cells = [days_exactly(row.day), percent_on_terminal(row.unbroken), span, readings]
        rows.append([*cells, *([percent_on_terminal(row.in_force)] if fixed else [])])
    show(columns(rows, right=range(5)))
    least, most = one.median_span
    show(f"\nHalf are broken by {_by_day(one.median)} ({_by_day(least)} to {_by_day(most)} over the readings).")
    if fixed:
        show(f"Half are no longer in force by {_by_day(one.median_in_force)}: the planned day counts, renewals do not.")
    if held:
        show(f"All of this is for a deal that has held {days_exactly(held)} already; days count from signing.")
    if one.term_is_over:
        show(
            f"Its term of {days_exactly(one.planned or 0)} is over; whether it was renewed is not asked, only "
            "whether it is broken."
        )
    show("")
    for line in leaning_lines(one):
        show(_wrapped(line))
    show("")
    _show_fact_effects(one)
    interval = one.curves["interval"]
    day = one.rows[0].day
    early = percent_on_terminal(float(interval.holds(day)))
    show(
        "\n"
        + _wrapped(
            "Readings: when an end is not dated, the middle of the time to the next deal counts (a third of it to all "
            f"of it are shown). Read as 'somewhere before', which puts ends too early, {early} hold "
            f"{days_exactly(day)} and half are broken by {_by_day(interval.median)}."
        )
    )
    show(_wrapped(NOTE))
    show(_wrapped(f"Source: {one.view.source}."))


def _show_fact_effects(one: DealForecast) -> None:
    from ceasefire.reference_class.outside_view.deal_files import days_exactly
    from ceasefire.reference_class.outside_view.explanation import fact_effects, reference_day
    from ceasefire.wording import percent_on_terminal

    day = reference_day(one)
    rows = [["what each fact does", f"holds {days_exactly(day)}", "half broken by"]]
    rows.append(["as it is", percent_on_terminal(one.at(day)), _by_day(one.median)])
    rows += [[each.change, percent_on_terminal(each.holds), _by_day(each.median)] for each in fact_effects(one)]
    show(columns(rows, right=(1, 2)))


def _show_many(result: Forecast, days: Sequence[int]) -> None:
    import numpy as np

    from ceasefire.reference_class.outside_view.deal_files import days_exactly
    from ceasefire.reference_class.outside_view.explanation import leaning, pull_words
    from ceasefire.wording import percent_on_terminal as percent

    shown = days or SUMMARY_DAYS
    rows = [["deal", "half broken by", *(days_exactly(day) for day in shown), "leans on"]]
    for one in result.deals:
        rests, held = leaning(one), one.request.held_days
        why = f"{rests.deals} deals, {pull_words(rests.pull)}" if rests.deals else "no earlier deal"
        low, high = one.band(np.array(shown, np.float64))
        chances = [
            f"{percent(one.at(day))} ({percent(low[k])} to {percent(high[k])})" if day > held else "has held"
            for k, day in enumerate(shown)
        ]
        name = f"{one.request.facts.name} (held {days_exactly(held)})" if held else one.request.facts.name
        rows.append([name, _by_day(one.median), *chances, why])
    show(
        "The chance to be unbroken for so many days from signing (90 % range), in the middle reading of undated ends:\n"
    )
    show(columns(rows, right=range(1, len(shown) + 2)))
    show("\n" + _wrapped(NOTE))
    show(_wrapped(f"Source: {result.deals[0].view.source}."))


def _by_day(days: float) -> str:
    if math.isinf(days):
        return "after 100 years"
    if days > 1825:
        return "after day 1,825"
    return f"day {days:,.0f}" if days >= 1 else "the first day"


def _wrapped(text: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, 100, break_long_words=False, break_on_hyphens=False))
