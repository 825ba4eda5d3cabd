"""The report of a run: one scenario, many worlds. Sections, tables, and downloads."""

from __future__ import annotations

import datetime
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ceasefire.analysis.bands_over_draws import CurveBands
from ceasefire.analysis.deciders import deciders
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import Duration, is_short
from ceasefire.analysis.hazard import hazard_table, weibull_shape
from ceasefire.analysis.losses import COUNTS, count_of, middle_of_worlds
from ceasefire.analysis.screening import RankScreening
from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import at_term, cumulative_incidence, survival
from ceasefire.analysis.worlds_by_draw import worlds_by_draw
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.pooled_forecast import Views, duration_of, views_of
from ceasefire.ensemble.run import deaths_after_end, example_world, numbers_drawn, numbers_that_move, run_summary
from ceasefire.probability_words import SCALES
from ceasefire.reference_class.pooling_weight import IN_SAMPLE
from ceasefire.report.appendix import (
    DEFAULT,
    JUDGED,
    assumed_numbers,
    assumed_table,
    assumed_words,
    motives_table,
    replay_section,
    sources_table,
)
from ceasefire.report.bibliography import cite_section
from ceasefire.report.code_book import as_frame, table_words
from ceasefire.report.forecast import forecast_section, views_table, words_section
from ceasefire.report.html import (
    Block,
    Box,
    Commands,
    Downloads,
    Folded,
    Paragraph,
    Picture,
    Points,
    Report,
    Section,
    Table,
    downloads,
    picture,
)
from ceasefire.report.seen_weeks import SeenWeeks, kept, seen_frame, seen_section
from ceasefire.report.sentences import (
    NOTE,
    POOLED_NOTE,
    answer,
    commonest_end,
    day_or_beyond,
    decider_words,
    deciding_sentence,
    moving_finding,
    moving_sentence,
    real_sentence,
    uncertainty_points,
    written_sentence,
)
from ceasefire.report.what_happened import real_end
from ceasefire.scenario.without_effect import warnings
from ceasefire.wording import (
    GAP,
    after_an_end,
    date_words,
    days,
    ending_words,
    ends_words,
    how_many,
    share_of_worlds,
    span_words,
    star_words,
    titled,
    whole_percent,
)

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan

EDGES = (0, 30, 91, 182, 365, 730, 1096, 1461, 1826, 3652, 36_525)
"""Limits of the ages in the table of the hazard [days]."""


def hazard_by_age(worlds: pd.DataFrame, since: int = 0) -> Sequence[Folded]:
    """The hazard by age and the fitted Weibull shape, as a folded block; empty when no world ended.

    Worlds begin on day `since`.
    """
    table = hazard_table(worlds, EDGES, since=since)
    if not table["ends"].sum():
        return []
    rows = [
        [_age(int(first), int(last)), f"{ends:,.0f}", _rate(rate), _rate(low), _rate(high)]
        for first, last, ends, _, rate, low, high in table.to_numpy(dtype=float).tolist()
    ]
    columns = ["age of the deal", "worlds that ended", "ends per 100 deals and year", "95 % from", "95 % to"]
    by_age = Table("How many of the deals that still hold end, by age", columns, rows, frozenset({1, 2, 3, 4}))
    return [Folded("Does the danger of ending fall with age?", [Paragraph(_shape_words(worlds, since)), by_age])]


def _age(first: int, last: int) -> str:
    return f"day {first:,} to {last - 1:,}"


def _rate(per_year: float) -> str:
    return f"{100 * per_year:,.0f}" if per_year >= 0.095 else f"{100 * per_year:.1f}"


def _shape_words(worlds: pd.DataFrame, since: int) -> str:
    """The Weibull shape in words."""
    try:
        shape = weibull_shape(worlds, since=since)
    except ValueError:
        return "Too few worlds ended on different days to answer this."
    estimate = f"Weibull shape {shape.value:.2f} (95 %: {shape.low:.2f} to {shape.high:.2f})"
    if shape.high < 1:
        return f"Yes: a deal that has lasted is less likely to end soon. {estimate}; below 1 the danger falls with age."
    if shape.low > 1:
        return f"No: a deal that has lasted is more likely to end soon. {estimate}; above 1 the danger rises with age."
    return f"These worlds do not show it. {estimate}; at 1 the danger does not change with age."


QUESTION = "How long does the deal hold, how does it end, and how certain is that?"

MOST_ROWS = 5_000
"""Largest table of worlds embedded in the page; a larger one is in the folder only [worlds]."""

COSTS = {
    "deaths": "people killed",
    "violations": "violations",
    "deaths_a_year_held": "people killed a year held",
    "violations_a_year_held": "violations a year held",
    "violations_strategic": "violations ordered by a party to the deal",
    "violations_retaliatory": "violations in response to fire",
    "violations_spoiling": "violations ordered by a party outside the deal",
    "violations_localised": "violations that nobody ordered",
    "deaths_combatant": "combatants killed",
    "deaths_civilian": "civilians killed",
    "displaced": "people displaced",
    "talks": "rounds of talks",
}


@dataclass(frozen=True)
class FinishedRun:
    """A finished run: plan, results, manifest, folder, and what the commands in the report call the folder.

    `words` is the name of a scale of words of probability, or 'numbers'.
    """

    plan: Plan
    outcome: RunResult
    manifest: Mapping[str, Any]
    folder: Path
    named: str
    words: str = "numbers"

    @property
    def titles(self) -> dict[str, str]:
        """The readers' names of the actors."""
        return self.plan.scenario.actor_titles

    @property
    def first_figure(self) -> str:
        """The figure of the first page: the forecast where deals like it are known."""
        return "forecast" if views_of(self.plan, self.outcome).such_deals is not None else "survival"

    @property
    def is_of_this_program(self) -> bool:
        """Whether this program simulated it: only then can its draws be made again."""
        return bool(self.manifest.get("program", {}).get("source") == source_digest())

    @property
    def title(self) -> str:
        """The title of the scenario with its changes and settings."""
        return self.plan.loaded.title


def run_report(run: FinishedRun) -> Report:
    """The report of a run; also for a single world, and when every world failed."""
    if run.outcome.worlds["failed"].all():
        return _report_without_worlds(run)
    results = run_summary(run.plan, run.outcome)
    seen = kept(run.plan, run.outcome, run.folder)
    views, found = views_of(run.plan, run.outcome), duration_of(run.plan, run.outcome)
    moving = numbers_that_move(run.plan, run.outcome) if run.is_of_this_program else None
    tables = _tables(run, results, views, seen)
    about = as_frame("page", tables)
    own = [_figures_table(results)] if views.such_deals is not None else []
    sections = [
        Section("situation", "The situation", _situation(run)),
        Section("why", "Why it ends, and what would change that", _why(run, moving)),
        *([words_section(found, SCALES[run.words], run.plan.scenario)] if run.words in SCALES else []),
        forecast_section(views),
        Section("figures", "The figures of this scenario alone", [*own, *_footnote(found)]),
        Section("how-long", "How long it holds in this scenario", _how_long(run, found)),
        Section("how-it-ends", "How it ends", _how_it_ends(run, results)),
        *([seen_section(run.plan, seen, run.folder / "figures")] if seen is not None else []),
        Section("single-worlds", "Single worlds", _single_worlds(run)),
        Section("losses", "What it costs", _losses(run, results)),
        Section("how-sure", "How certain the result is, and what limits it", _how_sure(run, results)),
        *_assumptions_and_sources(run),
        replay_section(run.manifest, run.named, example_world(run.outcome.worlds)),
        cite_section(run.manifest, run.title, run.plan.scenario),
        Section("downloads", "Tables to download", [Downloads(downloads(tables, table_words("page"), about))]),
    ]
    filled = [section for section in sections if section.blocks]
    first = _first_page(run, results, views, moving)
    note, told = NOTE if views.pooled is None else POOLED_NOTE, answer(run.title, found)
    return Report(run.title, QUESTION, told, note, filled, made_by(run.manifest), first, tables, about)


def _first_page(run: FinishedRun, results: Summary, views: Views, moving: RankScreening | None) -> list[Block]:
    """Below the answer: why it ends, what would change it, what really happened; a figure, what to trust, a table."""
    scenario, real = run.plan.scenario, real_end(run.plan, run.outcome)
    decided = deciders(run.outcome.worlds, run.outcome.doubt)
    why = deciding_sentence(decided, scenario) if decided is not None else ""
    points = [f"{commonest_end(results, run.titles)} {why}".strip(), moving_finding(moving, scenario)]
    points += [real_sentence(real, scenario)] if real is not None else []
    chart = picture(run.folder / "figures" / f"{run.first_figure}.png")
    main = _figures_table(results) if views.such_deals is None else views_table(views, [*results.holding])
    trust = Box("trust", "How far to trust this", _trust(run, views))
    return [Points(points), *_figure_or_notice(chart), trust, main]


def _trust(run: FinishedRun, views: Views) -> list[str]:
    """How many numbers are assumed, the track record, what is pooled or why nothing is, and what is left out."""
    points = [assumed_words(run.plan.scenario)]
    points.append(views.weight.track_record())
    if run.plan.scenario.name in IN_SAMPLE:
        points.append("This scenario was written by people who knew how long the deal held: its own fit is in sample.")
    points += views.leans_on()[:1] if views.pooled is not None else [views.why_not]
    points.append("Left out: whether the rules by which the parties decide are right, and all that no file mentions.")
    return points


def _footnote(found: Duration) -> list[Block]:
    return [Paragraph(written_sentence(found))] if found.is_drawn else []


MOST_CHOICES = 6
"""Decisions and sectors that a table shows at most."""


def _why(run: FinishedRun, moving: RankScreening | None) -> list[Block]:
    """Who decided to end it, by which motive, and where; which assumed numbers move it; how to rank the levers."""
    scenario, found = run.plan.scenario, deciders(run.outcome.worlds, run.outcome.doubt)
    blocks: list[Block] = []
    if found is not None:
        of = f"{how_many(found.ends, 'world')} that ended"
        of += f", of {run.outcome.at_draws}" if found.drawn else ""
        rows = [[decider_words(*choice, scenario), *_ends_cells(one)] for choice, one in found.choices.items()]
        where = {name: sector.title for name, sector in scenario.front.sectors.items()}
        places = [[where.get(name, "nowhere in particular"), *_ends_cells(one)] for name, one in found.sectors.items()]
        for caption, lines in ((f"Who decided, of {of}", rows), (f"Where the end began, of {of}", places)):
            rest = f"; the {MOST_CHOICES} commonest" if len(lines) > MOST_CHOICES else ""
            head = ["", "share of ends", "95 % from", "95 % to"]
            blocks.append(Table(caption + rest, head, lines[:MOST_CHOICES], frozenset({1, 2, 3})))
    if moving is not None:
        blocks.append(Paragraph(moving_sentence(moving, scenario)))
    resolved = shlex.quote(f"{run.named}/scenario.resolved.yaml")
    example = f"ceasefire world {shlex.quote(run.named)} --world {example_world(run.outcome.worlds)}"
    commands = {
        f"ceasefire levers {resolved}": "ranks every lever by the days that it adds",
        example: "tells how one world ended",
    }
    return [*blocks, Paragraph("This run changed no lever. What would change the answer, and why:"), Commands(commands)]


def _ends_cells(share: Interval) -> list[str]:
    return [whole_percent(share.value), *ends_words(share, whole_percent)]


def made_by(manifest: Mapping[str, Any]) -> str:
    """The version of the program that produced the results, and the date."""
    version = manifest.get("program", {}).get("ceasefire", "of unknown version")
    try:
        when = f" on {date_words(datetime.datetime.fromisoformat(str(manifest['started'])).date())}"
    except (KeyError, ValueError):
        when = ""
    return f"Made by ceasefire {version}{when}."


def _report_without_worlds(run: FinishedRun) -> Report:
    """The report when every world failed: assumptions, sources, and how to replay."""
    failed = len(run.outcome.worlds)
    answer = titled(run.title, f"all {how_many(failed, 'world')} failed in the simulation. There is no answer.")
    sections = [*_assumptions_and_sources(run), replay_section(run.manifest, run.named, 0)]
    return Report(run.title, QUESTION, answer, NOTE, sections, made_by(run.manifest))


def _situation(run: FinishedRun) -> list[Block]:
    """The deal, and what was simulated."""
    plan = run.plan
    failed = len(run.outcome.failed)
    left_out = f" {failed:,} of them failed and are not in any result below." if failed else ""
    one = plan.worlds == 1
    sample = "1 world (a simulated history) starts" if one else f"{plan.worlds:,} worlds (simulated histories) start"
    text = (
        f"In force from {date_words(plan.scenario.start)}. {sample} on {_first_day(plan)}; each is followed "
        f"{_how_far(plan)}, with seed {plan.seed}."
        f"{left_out} A world in which the deal still holds on the last day counts as holding, never as ended."
    )
    summary_words = " ".join(plan.scenario.summary.split())
    return [*([Paragraph(summary_words)] if summary_words else []), Paragraph(text)]


def _first_day(plan: Plan) -> str:
    """The day on which worlds begin."""
    if not plan.scenario.day:
        return "that day"
    date = plan.scenario.start + datetime.timedelta(days=plan.scenario.day)
    return f"day {plan.scenario.day:,}, {date_words(date)}, in the state that was described then"


def _how_far(plan: Plan) -> str:
    """How far worlds are followed; their days count from signing."""
    return f"to day {plan.horizon:,} at most" if plan.scenario.day else f"for at most {how_many(plan.horizon, 'day')}"


def _figures_table(results: Summary) -> Table:
    """Shares that hold by day, and days held."""
    drawn = any(figure.doubt is not None for figure in results.holding.values())
    rows = []
    for day, figure in results.holding.items():
        written = share_of_worlds(figure.chance.value, results.worlds)
        rows.append([_figure_name(figure, day, results.horizon), *_cells(figure, whole_percent, drawn, written)])
    for figure in (results.mean, results.median):
        rows.append([figure.name, *_cells(figure, lambda day: day_or_beyond(day, results.horizon), drawn)])
    columns = ["", *_heads(drawn, results)]
    every = (*results.holding.values(), results.mean, results.median)
    return Table(
        _starred("Main figures, each with its sources of uncertainty", every),
        columns,
        rows,
        frozenset(range(1, len(columns))),
    )


def _heads(drawn: bool, results: Summary) -> list[str]:
    """Columns of a figure with its sources of uncertainty."""
    draws = ["mean over draws", "90 % of draws from", "90 % of draws to"] if drawn else []
    return [*draws, "as written", f"chance in {how_many(results.worlds, 'world')}: 95 % from", "95 % to"]


def _starred(caption: str, figures: Iterable[Figure]) -> str:
    """The caption of a table, and what a star in it means."""
    verdict = next((figure.verdict for figure in figures if figure.verdict), "")
    return f"{caption}. {star_words(f'Draws {verdict}')}" if verdict else caption


def _share(figure: Figure, results: Summary) -> str:
    return share_of_worlds(figure.chance.value, results.worlds)


def _figure_name(figure: Figure, day: int, horizon: int) -> str:
    return f"{figure.name} (day {horizon:,})" if day == horizon else figure.name


def _cells(figure: Figure, shown: Any, drawn: bool, written: str = "") -> list[str]:
    own = [written or shown(figure.chance.value), *ends_words(figure.chance, shown)]
    if figure.doubt is None:
        return [*(["", "", ""] if drawn else []), *own]
    ends = ends_words(figure.doubt, shown)
    return [shown(figure.doubt.value), *(f"{end} *" if figure.verdict else end for end in ends), *own]


def _how_long(run: FinishedRun, found: Duration) -> list[Block]:
    """The survival chart, its table, what a fixed term means, and the hazard by age of a deal without one."""
    blocks: list[Block] = []
    if run.first_figure != "survival":
        blocks += _figure_or_notice(picture(run.folder / "figures" / "survival.png"))
    term = run.plan.scenario.agreement.term_days
    blocks += [Paragraph(_term_words(run, term))] if term is not None else []
    blocks.append(Folded("The chart as a table", [_survival_table(run, found)]))
    return [*blocks, *(hazard_by_age(run.outcome.worlds, run.plan.scenario.day) if term is None else [])]


def _term_words(run: FinishedRun, term: int) -> str:
    """What a fixed term means: when the deal lapses, and how many are in force and unbroken then."""
    in_force, unbroken = at_term(run.outcome.worlds, term)
    chances = (f"{whole_percent(one.value)} ({span_words(one, whole_percent)})" for one in (in_force, unbroken))
    return (
        "The deal has a fixed term: it lapses {} after it began unless it is renewed. A deal that lapsed and is still "
        "observed counts as unbroken. Past that day {} of worlds are still in force and {} unbroken (as written; "
        f"95{GAP}%: chance). The danger of ending by age is not shown: it would only see the day of expiry."
    ).format(how_many(term, "day"), *chances)


def _survival_table(run: FinishedRun, found: Duration) -> Table:
    others = {day for day in (0, 180, 730, 1095, 1460) if run.plan.scenario.day <= day < run.plan.horizon}
    days = others | {held.day for held in found.by_day}
    table = survival(run.outcome.worlds).table(sorted(days))
    rows = [
        [f"{day:,.0f}", *(whole_percent(each) for each in (share, low, high)), f"{held:,.0f}"]
        for day, share, low, high, held in table.to_numpy(dtype=float).tolist()
        if not math.isnan(share)
    ]
    columns = ["day", "still holding after this day", "95 % from", "95 % to", "worlds that held when the day began"]
    if run.outcome.doubt is not None:
        bands = worlds_by_draw(run.outcome.doubt, run.plan.horizon).bands()
        columns = ["day", "mean over draws", "90 % of draws from", "90 % of draws to", "as written", *columns[2:]]
        rows = [[row[0], *_at_draws(bands, day), *row[1:]] for day, row in zip(table["day"], rows, strict=False)]
    return Table("Share of worlds still holding, by day", columns, rows, frozenset(range(1, len(columns))))


def _at_draws(bands: CurveBands, day: int) -> list[str]:
    """The mean over draws and the middle 90 % of draws on a day."""
    return [whole_percent(float(edge[day])) for edge in (bands.mean, bands.low, bands.high)]


def _how_it_ends(run: FinishedRun, results: Summary) -> list[Block]:
    """The chart of causes and its table."""
    chart = picture(run.folder / "figures" / "causes.png")
    drawn = any(figure.doubt is not None for figure in results.causes.values())
    rows = [
        [ending_words(*ending, run.titles), *_cells(figure, whole_percent, drawn, _share(figure, results))]
        for ending, figure in results.causes.items()
    ]
    caption = _starred(f"Shares of worlds by day {results.horizon:,}", results.causes.values())
    table = Table(caption, ["how it ends", *_heads(drawn, results)], rows, frozenset(range(1, len(rows[0]))))
    meaning = (
        "Where war comes back soon after a deal ran out or was called off, the end is put down to that, and to whoever "
        "refused; a deal that ran out and is observed holds. The shares of all endings and of the worlds that still "
        "hold sum to 100 %."
    )
    return [*_figure_or_notice(chart), table, Paragraph(meaning)]


def _single_worlds(run: FinishedRun) -> list[Block]:
    """A sample of single worlds, the and additional figures."""
    figures = run.folder / "figures"
    more = [picture(figures / f"{name}.png") for name in MORE_FIGURES]
    return [*_figure_or_notice(picture(figures / "worlds.png")), *(each for each in more if each is not None)]


MORE_FIGURES = ("hazard", "front", "talks", "weeks", "weeks-by-sector")


def _losses(run: FinishedRun, results: Summary) -> list[Block]:
    """Deaths, displaced and violations with both sources of uncertainty, a year held and over a fixed time."""
    short = is_short(run.plan.scenario.agreement.term_days, results.median.main)
    complete = run.outcome.worlds.loc[~run.outcome.worlds["failed"]]
    drawn = any(figure.doubt is not None for figure in results.costs.values())
    # a year says nothing of a deal that is told in days
    shown = {name: one for name, one in results.costs.items() if not (short and name.endswith("_a_year_held"))}
    rows = []
    for name, figure in shown.items():
        middle = ["", "", ""]
        if name in COUNTS:
            found = middle_of_worlds(count_of(complete, name))
            middle = [f"{each:,.0f}" for each in (found.value, found.low, found.high)]
        rows.append([COSTS.get(name, figure.name), *_cells(figure, days, drawn), *middle])
    heads = [
        "in a world, until the deal ends",
        *_heads(drawn, results),
        "median world",
        "90 % of worlds from",
        "90 % to",
    ]
    war = run.plan.scenario.war
    after = after_an_end(deaths_after_end(run.plan.scenario), war.deaths_after_end is not None)
    divided = "" if short else "A year held divides by the time that deals held. "
    text = (
        f"Totals of worlds that end early are small because they are short. {divided}In the deaths within "
        f"{how_many(results.horizon, 'day')}, {after}. The other rows leave out what follows an end. Another rate is "
        "set with --set war.deaths_after_end=RATE; 0 leaves it out."
    )
    caption = _starred("Means over worlds", results.costs.values())
    return [Table(caption, heads, rows, frozenset(range(1, len(heads)))), Paragraph(text)]


def _how_sure(run: FinishedRun, results: Summary) -> list[Block]:
    points = uncertainty_points(results, numbers_drawn(run.plan.scenario))
    points += [f"Without effect, or the other way round: {warned}." for warned in warnings(run.plan.scenario)]
    return [Paragraph("The main figures state two sources of uncertainty separately."), Points(points)]


def _assumptions_and_sources(run: FinishedRun) -> list[Section]:
    """The sections of assumed numbers and of sources."""
    scenario = run.plan.scenario
    assumed, sourced = assumed_numbers(scenario), sources_table(scenario)
    unsourced = int(assumed["note"].str.startswith((DEFAULT, JUDGED)).sum())
    text = (
        f"{len(assumed):,} of {len(assumed) + len(sourced.rows):,} numbers are assumed, {unsourced:,} of them without "
        "a reason in the file: their notes say whether they are a judgement or a default. "
        f"To measure their effect on the answer, {numbers_drawn(scenario)}. The other assumed numbers have no range, "
        "no effect in this run, or are fixed by a definition."
    )
    return [
        Section(
            "assumed",
            "What was assumed",
            [Paragraph(text), Folded("All assumed numbers, with their ranges", [assumed_table(assumed)])],
        ),
        Section(
            "sources",
            "Sources",
            [
                Folded("Numbers with a source, or fixed by a definition", [sourced]),
                Folded("Motives and their sources", [motives_table(scenario)]),
            ],
        ),
    ]


def _tables(run: FinishedRun, results: Summary, views: Views, seen: SeenWeeks | None) -> dict[str, pd.DataFrame]:
    """The tables to download, by file."""
    worlds, horizon = run.outcome.worlds, run.plan.horizon
    tables = {
        "main-figures.csv": figures_frame(results),
        "forecast.csv": views.by_day(),
        "survival.csv": survival(worlds).by_day(horizon),
        "causes.csv": cumulative_incidence(worlds, by_actor=True).by_day(horizon).reset_index(),
        "assumed.csv": assumed_numbers(run.plan.scenario),
    }
    if seen is not None:
        tables["observed.csv"] = seen_frame(seen)
    if len(worlds) <= MOST_ROWS:
        tables["worlds.csv"] = worlds
    return tables


def figures_frame(results: Summary) -> pd.DataFrame:
    """The main figures as a table for programs."""
    rows = []
    figures = [*((one, "share") for one in results.holding.values()), (results.mean, "days"), (results.median, "days")]
    for figure, unit in figures:
        doubt = figure.doubt
        rows.append(
            {
                "figure": figure.name, "unit": unit, "value": figure.chance.value,
                "chance_low": figure.chance.low, "chance_high": figure.chance.high,
                "doubt_low": doubt.low if doubt else None, "doubt_high": doubt.high if doubt else None,
                "mean_over_draws": doubt.value if doubt else None,
                "mean_over_draws_low": figure.mean.low if figure.mean else None,
                "mean_over_draws_high": figure.mean.high if figure.mean else None, "doubt_note": figure.verdict,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _figure_or_notice(chart: Picture | None) -> Sequence[Block]:
    return (
        [chart] if chart is not None else [Paragraph("This figure is not in the folder; 'ceasefire report' makes it.")]
    )
