"""A nowcast as a page with its figures and tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import share_interval
from ceasefire.charts.layout import Caption
from ceasefire.charts.nowcast import early_warning_chart, still_holding_chart
from ceasefire.charts.style import save
from ceasefire.observations.nowcast.agreement import INDEX_DAYS
from ceasefire.observations.nowcast.early_warning import EarlyWarning
from ceasefire.observations.nowcast.figures import TITLES
from ceasefire.observations.nowcast.nowcast import HORIZONS, Nowcast, Share
from ceasefire.observations.nowcast.seen import RECENT
from ceasefire.observations.nowcast.skill import Skill
from ceasefire.observations.nowcast.watch import Alarm
from ceasefire.report.code_book import as_frame, table_words, write_code_book
from ceasefire.report.html import (
    Block,
    Downloads,
    Paragraph,
    Picture,
    Points,
    Report,
    Section,
    Table,
    downloads,
    picture,
    write_page,
)
from ceasefire.report.seen_weeks import figure_of_weeks
from ceasefire.report.sentences import NOTE
from ceasefire.spreadsheet_csv import csv_text
from ceasefire.wording import (
    GAP,
    date_words,
    ending_words,
    how_many,
    listed,
    plain,
    signed_number,
    span_words,
    titled,
    whole_percent,
)

CONTENT = "nowcast.json"
FILES = frozenset(
    {CONTENT, "survival.csv", "weeks.csv", "early-warning.csv", "figures", "report.html", "datapackage.json"}
)
"""What may stand in the folder of a nowcast."""


def content(found: Nowcast) -> dict[str, Any]:
    """A nowcast for programs."""
    return {
        "scenario": found.loaded.label,
        "day": found.seen.day,
        "date": str(found.date),
        "worlds": found.worlds,
        "seed": found.seed,
        "holding": found.holding,
        "effective_worlds": round(found.effective, 1),
        "copied_on_days": list(found.copied_on),
        "ends_within": found.table().to_dict("records"),
        "outside_view": {str(days): _span(one) for days, one in found.outside.items()} if found.outside else None,
        "outside_view_rests_on": list(found.outside_rests_on),
        "likely_ends": [_share(each, ("cause", "actor")) for each in found.ends],
        "who_would_decide": [_share(each, ("actor",)) for each in found.deciders],
        "alarms": [_alarm(one) for one in found.alarms],
        "seen_among_worlds": [
            {
                "figure": one.name,
                "seen": one.seen,
                "percentile": round(100 * one.percentile, 2),
                "outside": one.is_outside,
            }
            for one in found.places
        ],
        "early_warning": found.warning.rows() if found.warning is not None else None,
        "warnings": list(found.warnings),
        "notes": list(found.notes),
        "illustrative": True,
    }  # fmt: skip


def _alarm(one: Alarm) -> dict[str, Any]:
    return {
        "figure": one.figure,
        "count": one.count,
        "within_days": RECENT,
        "share_that_reach_it": _span(one.reached),
        "chance": _span(one.chance),
        "chance_otherwise": _span(one.otherwise),
        "share_of_ends_preceded": round(one.preceded, 5),
        "median_days_to_the_end": one.days,
    }


def _span(interval: Interval) -> dict[str, float]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}


def _share(one: Share, names: tuple[str, ...]) -> dict[str, Any]:
    what = dict(zip(names, one.what, strict=True))
    return {**what, "without": _span(one.without), "with": _span(one.counted)}


def percent_span(one: Interval) -> str:
    """12 % (10 to 14 %)."""
    return f"{whole_percent(one.value)} ({whole_percent(one.low)} to {whole_percent(one.high)})"


def skill_words(one: Skill) -> str:
    """+6 % (2 to 9)."""
    return f"{signed_number(100 * one.value)} % ({span_words(Interval(0, one.low, one.high), _points)})"


def _points(share: float) -> str:
    return plain(100 * share)


def chances_rows(found: Nowcast) -> list[list[str]]:
    """The chances to end: heads, and a row for each horizon."""
    tried = found.skill[HORIZONS[0]].histories
    rows = [["", "without counts", "with counts", f"skill on {tried:,} made histories"]]
    for days in HORIZONS:
        cells = percent_span(found.without[days]), percent_span(found.counted[days]), skill_words(found.skill[days])
        rows.append([f"ends within {days} days", *cells])
    if found.outside:
        rows[0].append("outside view, having held")
        for row, days in zip(rows[1:], HORIZONS, strict=True):
            row.append(percent_span(found.outside[days]) if days in found.outside else "")
    return rows


def ends_rows(found: Nowcast) -> list[list[str]]:
    """The likely ends within a year, and who would decide, in words: a row for each, those of 1 % and more."""

    def cells(shares: list[tuple[str, Share]]) -> list[list[str]]:
        return [[words, percent_span(one.without), percent_span(one.counted)] for words, one in shares]

    heads = [f"within {HORIZONS[-1]} days", "without counts", "with counts"]
    return [heads, *cells(_ends(found)), ["of the ends, decided by", "", ""], *cells(_deciders(found))]


def _ends(found: Nowcast) -> list[tuple[str, Share]]:
    """The likely ends in words, those of 1 % and more."""
    titles = found.loaded.scenario.actor_titles
    return [
        (ending_words(one.what[0], one.what[1], titles) if one.what[0] else "still holding", one)
        for one in _likely(found.ends)
    ]


def _deciders(found: Nowcast) -> list[tuple[str, Share]]:
    """Who would decide these ends, those of 1 % and more."""
    titles = found.loaded.scenario.actor_titles
    return [(titles.get(one.what[0], "nobody in particular"), one) for one in _likely(found.deciders)]


def _likely(shares: Sequence[Share]) -> list[Share]:
    return [one for one in shares if max(one.without.value, one.counted.value) >= 0.01]


def alarm_sentences(found: Nowcast) -> list[str]:
    """What to watch, a sentence for each figure."""
    sentences = [
        f"{one.count:,} or more {TITLES[one.figure]} in the next {RECENT} days ({whole_percent(one.reached.value)} of"
        f" the worlds): then {whole_percent(one.chance.value)} ({whole_percent(one.chance.low)} to"
        f" {whole_percent(one.chance.high)}) end within the {INDEX_DAYS} days after, otherwise"
        f" {whole_percent(one.otherwise.value)}; {whole_percent(one.preceded)} of these ends come after such a month,"
        f" half of them within {one.days:,.0f} days of it."
        for one in found.alarms
    ]
    return sentences or [
        f"No count of the next {RECENT} days raises the odds of an end by half: these counts do not warn."
    ]


TRIED = (
    "Tried day by day on two real truces, whose ends the scenarios were written to know: closer to what happened than"
    " the worlds without counts, and less close than a plain hazard regression on these counts. On made histories the"
    " regression is the worse of the two; two truces, both of which ended, cannot settle it."
)


def warning_sentence(found: Nowcast) -> str:
    """How early the index of danger rises before ends, in one sentence; '' when there are too few ends."""
    one = found.warning
    if one is None:
        return ""
    at = {day: k for k, day in enumerate(one.days_before)}
    first, *more = [f"{_ends_warned(one, at[day], day == 7)} of ends {day} days before" for day in (7, 28, 56)]
    return (
        f"On made histories, an alarm is on for {first}; it is on for {listed(more)}, and in"
        f" {whole_percent(one.false_alarms[1])} of the weeks without an end in the next {INDEX_DAYS} days. This is the"
        " model's own warning: how early real counts warn is not known."
    )


def _ends_warned(one: EarlyWarning, place: int, explained: bool) -> str:
    """The share of ends with the alarm on, with the 95 % interval of so many ends; what it is, where `explained`."""
    share, ends = float(one.shares[1, place]), int(one.ends[place])
    limits = share_interval(share * ends, ends)
    span = span_words(limits, whole_percent)
    return f"{whole_percent(share)} ({f'95{GAP}%, ends taken as independent: ' if explained else ''}{span})"


def headline(found: Nowcast) -> str:
    """The answer in one sentence."""
    days = HORIZONS[1]
    title = f"{found.loaded.scenario.title}, day {found.seen.day:,} ({date_words(found.date)})"
    text = (
        f"the chance that it ends within {days} days is {percent_span(found.counted[days])} with what was counted, and"
        f" {percent_span(found.without[days])} without. Illustrative: durations are not calibrated."
    )
    return titled(title, text)


def write_nowcast(found: Nowcast, folder: Path, made_by: str) -> None:
    """Write tables, figures and report.html into a folder that is there."""
    (folder / CONTENT).write_text(json.dumps(content(found), indent=2) + "\n", encoding="utf-8", newline="\n")
    tables = {
        "survival.csv": found.curve,
        "weeks.csv": pd.DataFrame([row for each in found.weeks for row in each.rows()]),
    }
    if found.warning is not None:
        tables["early-warning.csv"] = pd.DataFrame(found.warning.rows())
    for file, table in tables.items():
        (folder / file).write_text(csv_text(table), encoding="utf-8", newline="\n")
    draw_nowcast(found, folder / "figures")
    write_page(_report(found, folder, made_by, tables), folder)
    write_code_book(folder, "nowcast", found.loaded.title)


def draw_nowcast(found: Nowcast, folder: Path) -> None:
    """The figures: weeks, survival, early-warning."""
    title, label = found.loaded.scenario.title, found.loaded.label
    save(weeks_figure(found), folder, "weeks")
    caption = Caption(titled(title, f"what to expect from day {found.seen.day:,} on"), label, found.seed)
    curve = found.curve
    chart = still_holding_chart(
        curve["days"].to_numpy(float), curve["without"].to_numpy(), curve["counted"].to_numpy(), caption,
        _holding_finding(found), found.worlds,
    )  # fmt: skip
    save(chart, folder, "survival")
    if found.warning is not None:
        caption = Caption(titled(title, "how early counts foretell an end, on made histories"), label, found.seed)
        one = found.warning
        finding = warning_sentence(found)
        chart = early_warning_chart(one.days_before, one.shares, one.false_alarms, caption, finding, found.worlds)
        save(chart, folder, "early-warning")


def weeks_figure(found: Nowcast) -> Figure:
    """What was counted by week among the worlds, and what those that agree with it do next."""
    title = titled(found.loaded.scenario.title, "what was counted, among the worlds")
    caption = Caption(title, found.loaded.label, found.seed)
    return figure_of_weeks(found.weeks, caption, _weeks_finding(found), found.worlds, found.seen.day)


def _weeks_finding(found: Nowcast) -> str:
    places = [f"{one.name} ({one.seen:,.0f}) at percentile {one.words}" for one in found.places]
    return f"On day {found.seen.day:,}, among the worlds that still hold: {'; '.join(places)}."


def _holding(ends: Interval) -> Interval:
    """The chance to hold, from that to end."""
    return Interval(1 - ends.value, 1 - ends.high, 1 - ends.low)


def _holding_finding(found: Nowcast) -> str:
    counted, without = (
        f"{whole_percent(one.value)} (95{GAP}%: {span_words(one, whole_percent)})"
        for one in (_holding(found.counted[HORIZONS[-1]]), _holding(found.without[HORIZONS[-1]]))
    )
    return (
        f"{counted} still hold a year later with the counts, {without} without; {found.effective:,.0f} effective worlds"
        f" of {found.holding:,} that hold on day {found.seen.day:,}."
    )


def _report(found: Nowcast, folder: Path, made_by: str, tables: dict[str, pd.DataFrame]) -> Report:
    doubts, about = [*found.warnings, *found.notes], as_frame("nowcast", tables)
    sections = [
        Section("chances", "What to expect", [_chances_table(found), *_outside_blocks(found), _skill_table(found),
                *_figure(folder, "survival")]),
        Section("seen", "What was counted, among the worlds", [
                *_figure(folder, "weeks"), _table("What was seen", _place_rows(found))]),
        Section("ends", "How it would end, and who would decide", [
                _shares_table(f"Likely ends within {HORIZONS[-1]} days", "end", _ends(found)),
                _shares_table("Who would decide these ends", "decided by", _deciders(found))]),
        Section("watch", "What to watch", [Points(alarm_sentences(found))]),
        Section("early-warning", "How early counts foretell an end", [
            Paragraph(warning_sentence(found)), *_figure(folder, "early-warning")]
            if found.warning is not None else [Paragraph("Too few made histories end for a curve.")]),
        Section("how-sure", "How far to trust it", [Points([*doubts, *_method(found)])]),
        Section("downloads", "Tables to download", [Downloads(downloads(tables, table_words("nowcast"), about))]),
    ]  # fmt: skip
    question = f"It has held {found.seen.day:,} days, with what was counted: what to expect from here?"
    return Report(found.loaded.scenario.title, question, headline(found), NOTE, sections, made_by, (), tables, about)


def outside_lines(found: Nowcast) -> list[str]:
    """What the outside view rests on, in sentences; empty without one."""
    if not found.outside_rests_on:
        return []
    first, *more = found.outside_rests_on
    return [f"The outside view is of a deal that has held {how_many(found.seen.day, 'day')}. {first}", *more]


def _outside_blocks(found: Nowcast) -> list[Block]:
    """The chances of the outside view, whose ranges are of 90 %, and what it rests on; nothing without one."""
    if not found.outside:
        return []
    rows = [[f"{days} days", *_ends_of(one)] for days, one in found.outside.items()]
    heads = ["within", "chance that it ends", "90 % from", "90 % to"]
    caption = "The outside view, of a deal that has held so long; it knows nothing of the counts"
    return [Table(caption, heads, rows, frozenset({1, 2, 3})), Points(outside_lines(found))]


def _method(found: Nowcast) -> list[str]:
    days = listed([f"{day:,}" for day in found.copied_on]) if found.copied_on else ""
    copied = f" Worlds alive on day {days} were copied; a copy has a future of its own." if days else ""
    return [
        f"{found.worlds:,} worlds, each with its own draw of every assumed number and of the share of deaths that is"
        f" recorded; {found.holding:,} hold on day {found.seen.day:,}, and {found.effective:,.0f} effective worlds"
        f" agree with the counts.{copied}",
        "Intervals are of chance in these worlds (95 %); what the model leaves out is in none of them.",
        "Skill is the share of the Brier score without counts that the counts save, on made histories kept apart: what"
        " could be gained if the world were like the model.",
        TRIED,
    ]


def _place_rows(found: Nowcast) -> list[list[str]]:
    rows = [["figure", "seen", "percentile among worlds"]]
    for one in found.places:
        flag = " (outside)" if one.is_outside else ""
        rows.append([one.name, f"{one.seen:,.0f}", f"{one.words}{flag}"])
    return rows


LIMITS = ["95 % from", "95 % to"]


def _chances_table(found: Nowcast) -> Table:
    """The chances to end, with and without counts."""
    ways = {"what was counted": found.counted, "no counts": found.without}
    rows = [[f"{days} days", way, *_ends_of(by_days[days])] for days in HORIZONS for way, by_days in ways.items()]
    heads = ["within", "known of the deal", "chance that it ends", *LIMITS]
    return Table("Chance that it ends", heads, rows, frozenset({2, 3, 4}))


def _skill_table(found: Nowcast) -> Table:
    """What the counts save of the Brier score."""
    rows = [
        [f"{days} days", *(f"{signed_number(100 * each)}{GAP}%" for each in (one.value, one.low, one.high))]
        for days, one in found.skill.items()
    ]
    tried = found.skill[HORIZONS[0]].histories
    heads = ["within", "Brier score saved by the counts", *LIMITS]
    return Table(f"Skill of the counts, on {tried:,} made histories kept apart", heads, rows, frozenset({1, 2, 3}))


def _shares_table(caption: str, what: str, shares: list[tuple[str, Share]]) -> Table:
    heads = [what, "without counts", *LIMITS, "with counts", *LIMITS]
    rows = [[words, *_ends_of(one.without), *_ends_of(one.counted)] for words, one in shares]
    return Table(caption, heads, rows, frozenset(range(1, len(heads))))


def _ends_of(one: Interval) -> list[str]:
    """An estimate and the ends of its interval, in three cells."""
    return [whole_percent(each) for each in (one.value, one.low, one.high)]


def _table(caption: str, rows: list[list[str]]) -> Table:
    return Table(caption, rows[0], rows[1:], frozenset(range(1, len(rows[0]))))


def _figure(folder: Path, name: str) -> list[Block]:
    found: Picture | None = picture(folder / "figures" / f"{name}.png")
    return [found] if found is not None else []


__all__ = ["content", "write_nowcast"]
