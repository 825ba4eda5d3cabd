"""The report of a comparison: the same worlds under several scenarios, or under every lever of one."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import days_told
from ceasefire.analysis.first_divergence import FirstToDiffer
from ceasefire.analysis.selection import Selected
from ceasefire.ensemble.compare import (
    best_and_worst,
    commonest_ends,
    curves_frame,
    differences_frame,
    side_figures,
    views_of_sides,
)
from ceasefire.ensemble.pooled_forecast import DIFFERENCES
from ceasefire.ensemble.run import deaths_after_end
from ceasefire.experiments.exchanged_parts import ExchangedPart, from_content
from ceasefire.report.appendix import assumed_numbers, assumed_table, assumed_words, versions_table
from ceasefire.report.bibliography import cite_section
from ceasefire.report.code_book import as_frame, table_words
from ceasefire.report.comparison_figures import ENDS, is_long
from ceasefire.report.experiment_tables import ties_words
from ceasefire.report.forecast import views_table
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
from ceasefire.report.run import made_by
from ceasefire.report.sentences import NOTE, POOLED_NOTE, UNTESTED
from ceasefire.scenario.compose import setting_options
from ceasefire.scenario.differences import differences, is_variant
from ceasefire.wording import (
    GAP,
    NO_WORLD,
    after_an_end,
    date_words,
    days,
    days_apart,
    difference_words,
    differs,
    ending_words,
    ends_words,
    followed_words,
    how_many,
    listed,
    share_with_limits,
    signed_days,
    span_words,
    star_words,
    titled,
    upper,
    whole_percent,
)

if TYPE_CHECKING:
    from ceasefire.analysis.mixing_distribution import EffectOverDraws
    from ceasefire.ensemble.compare import Side, SidePair

MOST_ENDS = 6
"""Endings with a column of their own."""

MOST_DIFFERENCES = 3
"""Largest number of differences that the answer lists; of more, it states the highest and the lowest."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """A comparison and its folder.

    `led` holds, where known, the actors that first decided differently and the number of worlds examined; `figure` is
    the name of the figure; `about` what asked.json says of it; `titles` are the readers' names of the other sides, by
    label.
    """

    first: Side
    pairs: Sequence[SidePair]
    led: Sequence[tuple[Sequence[FirstToDiffer], int]]
    folder: Path
    figure: str
    about: Mapping[str, Any]
    titles: dict[str, str]

    @property
    def levers(self) -> bool:
        """Whether it is a ranking of levers."""
        return self.figure == "levers"

    def named(self, pair: SidePair) -> str:
        """The readers' name of the other side of a pair."""
        label = pair.other.label
        return self.titles.get(label, label)


def comparison_report(comparison: Comparison) -> Report:
    """The report of a comparison."""
    forecasts = _forecasts(comparison)
    tables = {"differences.csv": differences_frame(comparison.pairs)}
    if not comparison.levers:
        tables["curves.csv"] = curves_frame([side for _, side in _named_sides(comparison)])
    columns, title = as_frame("comparison", tables), _title(comparison)
    question = "What would make it last longer?" if comparison.levers else "What difference does it make?"
    sections = [
        Section("every-row", "Every condition", _every_row(comparison)),
        Section("compared", "What was compared", _compared(comparison)),
        Section("differs", "What differs between the conditions", _what_differs(comparison)),
        *forecasts,
        Section("deaths", "How it ends, and what it costs", _ends_and_losses(comparison)),
        Section("who", "Who first decided differently, and how single worlds differ", _first_to_differ(comparison)),
        Section("how-sure", "How certain the result is, and what limits it", [Points(_uncertainty(comparison))]),
        Section("assumed", "What was assumed", _assumed(comparison)),
        Section("replay", "How to replay it", [_replay(comparison), versions_table(comparison.about)]),
        cite_section(comparison.about, title, *(side.plan.scenario for _, side in _named_sides(comparison))),
        Section("downloads", "Tables to download", [Downloads(downloads(tables, table_words("comparison"), columns))]),
    ]
    note, made = POOLED_NOTE if forecasts else NOTE, made_by(comparison.about)
    filled, first = [section for section in sections if section.blocks], _first_page(comparison)
    return Report(title, question, _answer(comparison), note, filled, made, first, tables, columns)


def _first_page(comparison: Comparison) -> list[Block]:
    """What kind of comparison it is, its figure, how far to trust it, and the main table."""
    chart = picture(comparison.folder / "levers-ends.png") or _figure(comparison)
    first = comparison.first.plan.scenario
    trust = [assumed_words(first, f" of {first.title}"), DIFFERENCES, *UNTESTED]
    box = Box("trust", "How far to trust this", trust)
    return [Points(_findings(comparison)), *([chart] if chart else []), box, _main_table(comparison, ENDS)]


def _figure(comparison: Comparison) -> Picture | None:
    return picture(comparison.folder / f"{comparison.figure}.png")


def _main_table(comparison: Comparison, most: int | None = None) -> Table:
    """Days gained over draws, or as written where nothing is drawn; `most` conditions at either end."""
    return _table(comparison, most) if _drawn(comparison) else _as_written(comparison, most)


def _drawn(comparison: Comparison) -> bool:
    return _at_draws(comparison) is not None


def _every_row(comparison: Comparison) -> list[Block]:
    """The whole figure and the whole table, where the first page has no room for them."""
    if not is_long(comparison.pairs):
        return []
    chart = _figure(comparison)
    return [*([chart] if chart else []), _main_table(comparison)]


def _findings(comparison: Comparison) -> list[str]:
    """What differs, why that matters, and in how many draws; of several, what differs."""
    ranked = _ranked(comparison)
    pairs = [ranked[0], *([ranked[-1]] if len(ranked) > 1 else [])] if comparison.levers else comparison.pairs
    points = [upper(kind_words(pair, comparison.named(pair), comparison.about)) for pair in pairs]
    if len(comparison.pairs) == 1:
        points += [*_why(comparison, comparison.pairs[0]), *_over_draws_words(comparison.pairs[0])]
    return points


def _why(comparison: Comparison, pair: SidePair) -> list[str]:
    """Who most often decided differently first under a condition, and what; empty when no world was looked at."""
    found = zip(comparison.pairs, comparison.led, strict=False)
    led, examined = next((found for each, found in found if each is pair), ((), 0))
    if not led:
        return []
    one, actors = led[0], comparison.first.plan.scenario.actors
    who = actors[one.actor].title if one.actor in actors else one.actor
    return [
        f"Why: in {one.worlds} of {examined} worlds of different length, {who} was the first to decide differently, "
        f"about day {one.median_day:,}: {one.there} instead of {one.here}."
    ]


def _over_draws_words(pair: SidePair) -> list[str]:
    """In how many draws of the assumed numbers the deal holds longer: whether other numbers would turn the answer."""
    found = pair.over_draws
    if found is None or found.unmoved:
        return []
    return [
        "What would change it: other values of the assumed numbers. It holds longer in "
        f"{share_with_limits(found.helps)} of their draws."
    ]


def kind_words(pair: SidePair, name: str, about: Mapping[str, Any]) -> str:
    """Whether the other side is a variant of the first, in how much it differs, and which parts of that matter."""
    here, there = pair.first.plan.loaded, pair.other.plan.loaded
    found = differences(here, there)
    count = how_many(len(found), "number or entry", "numbers or entries")
    named = listed([f"{each.words} ({each.there} instead of {each.here})" for each in found])
    few, name = len(found) <= MOST_NAMED, as_subject(name)
    if not found:
        return f"{name} does not differ from {here.title}."
    text = f"{name} differs from {here.title} in {count}{f': {named}' if few else ''}."
    if not is_variant(here, there):
        text = f"{name} is another situation, not a variant of {here.title}: {count} differ at once."
    parts = from_content(about, pair.other.label)
    if not parts:
        return text
    matter = [part_names(part, pair) for part in parts if part.matters]
    if not matter:
        return f"{text} Exchanged by itself, none of {len(parts)} parts is told to change days held beyond chance."
    rest = len(parts) - len(matter)
    others = f"; of {how_many(rest, 'other part')}, that cannot be told from chance" if rest else ""
    return f"{text} Exchanged by themselves, these change days held beyond chance: {'; '.join(matter)}{others}."


def as_subject(name: str, deal: str = "the deal") -> str:
    """The readers' name of a condition as the subject of a sentence: `the deal with "No buffer"`."""
    return f"{deal} {name}" if name.startswith("with ") else name


MOST_NAMED = 3
"""Entries of a part that are named; of more, the first and their number."""


def part_names(part: ExchangedPart, pair: SidePair) -> str:
    """What readers call a part: its entries, or the first of them and how many."""
    found = differences(pair.first.plan.loaded, pair.other.plan.loaded)
    words = [each.words for each in found if part.holds(each.path)]
    if len(words) <= MOST_NAMED:
        return listed(words)
    return f"{words[0]} and {len(words) - 1} other entries of {part.section}"


def part_cells(part: ExchangedPart) -> list[str]:
    """What a part adds alone and as the last [days], and whether that is beyond chance."""
    cells = [
        "not valid by itself" if one is None else difference_words(one, signed_days) for one in (part.alone, part.last)
    ]
    return [*cells, beyond_chance(part)]


def beyond_chance(part: ExchangedPart) -> str:
    """Whether what a part adds is told from chance."""
    return "yes" if part.matters else "not told from chance"


def _title(comparison: Comparison) -> str:
    title = comparison.first.plan.scenario.title
    if comparison.levers:
        return titled(title, "its levers")
    if len(comparison.pairs) > 1:
        return titled(title, f"compared with {len(comparison.pairs)} others")
    name = comparison.named(comparison.pairs[0])
    return titled(title, f"compared with {as_subject(name, 'the same deal')}")


def _compared(comparison: Comparison) -> list[Block]:
    """Every condition: title, begin, sample, and the hash of what affects its results."""
    rows = []
    for name, side in _named_sides(comparison) if not comparison.levers else [_named_sides(comparison)[0]]:
        plan = side.plan
        rows.append(
            [
                name, side.label, date_words(plan.scenario.start), f"{len(side.worlds):,}", f"{plan.seed}",
                f"{plan.horizon:,}", plan.loaded.digest[:12],
            ]
        )  # fmt: skip
    heads = ["", "file or folder", "in force from", "worlds", "seed", "days", "hash"]
    table = Table(
        "The conditions; the hash is that of everything that affects results", heads, rows, frozenset({3, 4, 5})
    )
    source = comparison.about.get("program", {}).get("source", "")
    rules = f" Rules of the model: {source[:12]} (hash of their source)." if source else ""
    return [table, Paragraph(made_by(comparison.about) + rules)]


def _named_sides(comparison: Comparison) -> list[tuple[str, Side]]:
    """The readers' name of each condition, the first one first."""
    first = comparison.first
    return [(first.plan.loaded.title, first), *((comparison.named(pair), pair.other) for pair in comparison.pairs)]


def _forecasts(comparison: Comparison) -> list[Section]:
    """The forecast of each side for which one can be pooled."""
    blocks = list[Block]()
    plan = comparison.first.plan
    days = days_told(plan.horizon, plan.scenario.agreement.term_days, first=plan.scenario.day)
    for side, views in views_of_sides(comparison.first, comparison.pairs):
        blocks += [Paragraph(f"{side.plan.loaded.title}:"), views_table(views, days)]
        blocks.append(Points(views.leans_on()))
    return [Section("forecasts", "The forecasts: deals like it, the scenario, and both", blocks)] if blocks else []


def _ranked(comparison: Comparison) -> list[SidePair]:
    return sorted(comparison.pairs, key=lambda pair: -pair.gain.value)


def _answer(comparison: Comparison) -> str:
    """The differences in one sentence; the best and worst of many with intervals that allow for the choice."""
    plan, ranked = comparison.first.plan, _ranked(comparison)
    joined = "; ".join(_gain_words(pair, comparison.named(pair)) for pair in ranked)
    if comparison.levers or len(ranked) > MOST_DIFFERENCES:
        joined = best_words(ranked, comparison.named) or joined
    same = all(pair.common_luck for pair in comparison.pairs)
    drawn, worlds = _at_draws(comparison), comparison.pairs[0].days.worlds
    number = f"{drawn.draws * drawn.worlds if drawn else worlds:,.0f} simulated worlds"
    sample = f"the same {number}" if same else f"{number} of each"
    if drawn:
        sample += f" at {drawn.draws:,} draws of the assumed numbers"
    text = (
        f"followed {followed_words(plan.scenario.day, plan.horizon)} on {sample}: {joined}. "
        "Illustrative: durations are not calibrated."
    )
    return titled(plan.loaded.title, text, by=",")


def _at_draws(comparison: Comparison) -> EffectOverDraws | None:
    """An effect over draws, which has the number of draws and worlds behind all of them; None where none is drawn."""
    return next((pair.over_draws for pair in comparison.pairs if pair.over_draws is not None), None)


def best_words(pairs: Sequence[SidePair], named: Callable[[SidePair], str]) -> str:
    """The longest and the shortest of many, with intervals that allow for the choice, and what ties with them.

    Where neither differs beyond chance, that; '' where it cannot be told.
    """
    chosen = best_and_worst(pairs)
    if chosen is None:
        return ""
    best, worst = chosen
    by_label = {pair.other.label: pair for pair in pairs}

    def words(one: Selected) -> str:
        among, ties = (
            f", chosen among {len(pairs)}",
            [named(by_label[label]).removeprefix("with ") for label in one.ties],
        )
        return _gain_words(by_label[one.name], named(by_label[one.name]), one.chosen, among) + ties_words(ties)

    told = [f"longest {words(best)}"] if best.chosen.low > 0 else []
    told += [f"shortest {words(worst)}"] if worst.chosen.high < 0 else []
    if not told:
        largest = max(chosen, key=lambda one: abs(one.chosen.value))
        return f"none of {len(pairs)} differs beyond chance; the largest difference: {words(largest)}"
    if best.chosen.low <= 0:
        told.append("none makes it longer beyond chance")
    if worst.chosen.high >= 0:
        told.append("none makes it shorter beyond chance")
    return "; ".join(told)


def intervals_words(pairs: Sequence[SidePair]) -> str:
    """How the intervals of a table differ from those of the longest and the shortest; '' for one alone."""
    if len(pairs) < 2:
        return ""
    chosen = f"where one is chosen among {len(pairs)}, the interval allows for that"
    return f"95{GAP}% in the table: of each by itself; {chosen}"


def _gain_words(pair: SidePair, name: str, gain: Interval | None = None, among: str = "") -> str:
    """A difference in days: the mean with its interval, and the middle 90 % of draws."""
    found, shown = pair.over_draws, gain or pair.gain
    if _unmoved(pair) or not differs(shown):
        return f"{name}: {NO_WORLD}"
    span = f"95{GAP}%{among}: {span_words(shown, signed_days)}"
    band = (
        f"; {'' if found.told_apart else 'at most '}{span_words(found.band, signed_days)} in 90{GAP}% of draws"
        if found
        else ""
    )
    if shown.low <= 0 <= shown.high:
        return f"{name}, no difference beyond chance ({signed_days(shown.value)} days; {span}{band})"
    way = "longer" if shown.value > 0 else "shorter"
    return f"{name}, {days_apart(shown.value)} days {way} on average ({span}{band})"


def _table(comparison: Comparison, most: int | None = None) -> Table:
    """Days gained over draws of the assumed numbers, each limit in a column of its own; `most` at either end."""
    columns = [
        "", "days gained, mean over draws", "95 % from", "95 % to", "90 % of draws from", "90 % of draws to",
        "helps in draws", "95 % from", "95 % to",
    ]  # fmt: skip
    shown, left_out = _either_end(_ranked(comparison), most)
    rows = [[comparison.named(pair), *_over_draws_cells(pair)] for pair in shown]
    same = all(pair.common_luck for pair in comparison.pairs)
    which = "the same worlds" if same else "worlds that share no luck"
    caption = f"Against {comparison.first.plan.loaded.title} on {which}"
    marked = next((pair.verdict for pair in comparison.pairs if pair.verdict and not _unmoved(pair)), "")
    if (comparison.levers or len(comparison.pairs) > MOST_DIFFERENCES) and len(comparison.pairs) > 1:
        left_out += f". {upper(intervals_words(comparison.pairs))}"
    star = f". {star_words(f'Draws {marked}')}" if marked else ""
    return Table(caption + left_out + star, columns, rows, frozenset(range(1, len(columns))))


def _either_end(ranked: list[SidePair], most: int | None) -> tuple[list[SidePair], str]:
    """The first and the last `most` of a ranking, and what the caption says of that; all of a short one."""
    if most is None or len(ranked) <= 2 * most:
        return ranked, ""
    return [*ranked[:most], *ranked[-most:]], f"; the first and the last {most} of {len(ranked)}"


def _as_written(comparison: Comparison, most: int | None = None) -> Table:
    """Days gained and shares that hold to the end, with the numbers as written; `most` conditions at either end."""
    columns = [
        "", "days gained, as written", "95 % from", "95 % to",
        "hold to the end", "points gained", "95 % from", "95 % to",
    ]  # fmt: skip
    own_holds = side_figures(comparison.first)["holds_to_the_end"]
    rows = [[comparison.first.plan.loaded.title, "", "", "", whole_percent(own_holds), "", "", ""]]
    shown, left_out = _either_end(_ranked(comparison), most)
    for pair in shown:
        holds = pair.holds
        points = Interval(100 * holds.value, 100 * holds.low, 100 * holds.high)
        there = whole_percent(max(0.0, min(1.0, own_holds + holds.value)))
        rows.append([comparison.named(pair), *_limits(pair.days), there, *_limits(points)])
    return Table(f"With the numbers as written{left_out}", columns, rows, frozenset(range(1, len(columns))))


def _limits(found: Interval) -> list[str]:
    """A difference, and its limits in cells of their own."""
    return [signed_days(found.value), *ends_words(found, signed_days)] if differs(found) else [NO_WORLD, "", ""]


def _unmoved(pair: SidePair) -> bool:
    return pair.over_draws is not None and pair.over_draws.unmoved


def _over_draws_cells(pair: SidePair) -> list[str]:
    """The mean over draws, the middle 90 % of draws, and the share of draws in which it helps, each with its limits."""
    found = pair.over_draws
    if found is None:
        return ["no assumed numbers", *[""] * 7]
    if found.unmoved:
        return [NO_WORLD, *[""] * 7]
    band = [f"{end}" if found.told_apart else f"{end} *" for end in ends_words(found.band, signed_days)]
    return [*_limits(found.mean), *band, whole_percent(found.helps.value), *ends_words(found.helps, whole_percent)]


def _ends_and_losses(comparison: Comparison) -> list[Block]:
    """Endings and deaths under each condition, with the numbers as written, and the figure of days and deaths."""
    sides: list[tuple[str, Side, SidePair | None]] = [(comparison.first.plan.loaded.title, comparison.first, None)]
    sides += [(comparison.named(pair), pair.other, pair) for pair in _ranked(comparison)]
    figures = [side_figures(side) for _, side, _ in sides]
    first = comparison.first.plan.scenario
    after = after_an_end(deaths_after_end(first), first.war.deaths_after_end is not None)
    horizon = comparison.first.plan.horizon
    rows = []
    for (name, _, pair), own in zip(sides, figures, strict=True):
        change = [""] * 3 if pair is None else _limits(pair.deaths)
        counts = (own["deaths"], own["deaths_a_year_held"], own["deaths_over_horizon"])
        rows.append([name, days(own["mean_days_held"]), *(f"{count:,.0f}" for count in counts), *change])
    within = f"within {how_many(horizon, 'day')}"
    heads = ["", "mean days held", "deaths until the end", "a year held", within, "difference", "95 % from", "95 % to"]
    losses = Table("Deaths in a world, with the numbers as written", heads, rows, frozenset(range(1, len(heads))))
    text = (
        f"Within {how_many(horizon, 'day')}, in {comparison.first.label}: {after}; each by its own. The count until "
        "the end leaves out what follows, and so favours deals that end early."
    )
    titles = comparison.first.plan.scenario.actor_titles
    chosen = commonest_ends(figures, MOST_ENDS)
    ends = [
        [name, *(whole_percent(own["ends"].get(end, 0.0)) for end in chosen)]
        for (name, *_), own in zip(sides, figures, strict=True)
    ]
    columns = ["", *(ending_words(*end.partition(" ")[::2], titles) for end in chosen)]
    causes = Table("How it ends: shares of worlds, as written", columns, ends, frozenset(range(1, len(columns))))
    chart = picture(comparison.folder / "deaths.png")
    charts = [chart] if chart is not None else []
    written = [_folded_if_long(comparison, _as_written(comparison))] if _drawn(comparison) else []
    return [*charts, *written, losses, Paragraph(text), *([_folded_if_long(comparison, causes)] if chosen else [])]


def _folded_if_long(comparison: Comparison, table: Table) -> Block:
    """A table with a row for each condition: of a long ranking it is folded, and so not printed."""
    return Folded(table.caption, [table]) if is_long(comparison.pairs) else table


MOST_OPEN = 12
"""Differences that are shown without opening a fold."""


def _what_differs(comparison: Comparison) -> list[Block]:
    """What differs between the first condition and each other, number by number, both values in words."""
    blocks: list[Block] = []
    tables = list[Table]()
    for pair in comparison.pairs:
        found = differences(comparison.first.plan.loaded, pair.other.plan.loaded)
        name, parts = comparison.named(pair), from_content(comparison.about, pair.other.label)
        matter = [part for part in parts or () if part.matters]
        heads = ["what differs", comparison.first.plan.loaded.title, name]
        rows = [[each.words, each.here, each.there, _mark(each.path, matter)] for each in found]
        rows.sort(key=lambda row: not row[3])
        if parts:
            heads.append("makes a difference")
        else:
            rows = [row[:3] for row in rows]
        if len(comparison.pairs) == 1:
            caption = (
                f"The first {MOST_OPEN} of {len(rows)}"
                if len(rows) > MOST_OPEN
                else how_many(len(rows), "entry", "entries")
            )
            blocks.append(Table(caption, heads, rows[:MOST_OPEN]))
            rows = rows[MOST_OPEN:]
        if rows:
            more = "more " if len(comparison.pairs) == 1 else ""
            words = f"{name}: {how_many(len(rows), more + 'number or entry', more + 'numbers or entries')}"
            table = Table(words, heads, rows)
            if comparison.levers:
                tables.append(table)
            else:
                blocks.append(Folded(words, [table]))
        if parts:
            blocks.append(_parts_table(pair, parts))
        elif parts is None and not comparison.levers and len(found) > 1:
            command = f"{comparison.about.get('command', '')} --parts"
            blocks.append(Commands({command: "exchanges what differs part by part, and marks what matters"}))
    if tables:
        blocks.append(Folded(f"What each of {how_many(len(tables), 'lever')} changes", tables))
    return blocks


def _mark(path: str, matter: Sequence[ExchangedPart]) -> str:
    return "yes" if any(part.holds(path) for part in matter) else ""


def _parts_table(pair: SidePair, parts: Sequence[ExchangedPart]) -> Table:
    """What each part of a difference adds, alone and as the last."""
    caption = (
        "What each part adds [days], exchanged alone and as the last; 95 % intervals hold for all parts at once. What "
        "parts add by themselves need not sum to the whole"
    )
    heads = [
        "exchanged", "adds alone", "95 % from", "95 % to", "adds as the last", "95 % from", "95 % to",
        "makes a difference",
    ]  # fmt: skip
    rows = []
    for part in parts:
        cells = [["not valid by itself", "", ""] if one is None else _limits(one) for one in (part.alone, part.last)]
        rows.append([part_names(part, pair), *cells[0], *cells[1], beyond_chance(part)])
    return Table(caption, heads, rows, frozenset(range(1, 7)))


def _first_to_differ(comparison: Comparison) -> list[Block]:
    """Tables of the actors that first decided differently, and of how single worlds differ."""
    titles = comparison.first.plan.scenario.actor_titles
    blocks: list[Block] = []
    rows = []
    for pair, (led, examined) in zip(comparison.pairs, comparison.led, strict=False):
        for one in led[:4]:
            who = f"{titles.get(one.actor, one.actor)}, about day {one.median_day:,}"
            rows.append(
                [comparison.named(pair), who, f"{one.there} instead of {one.here}", f"{one.worlds} of {examined}"]
            )
    if rows:
        columns = ["condition", "actor", "decision", "worlds (of those with different durations)"]
        blocks.append(Table("The first actors to decide differently", columns, rows, frozenset({3})))
    shares = [
        [
            comparison.named(pair),
            *(whole_percent(getattr(pair.fates, name)) for name in ("longer", "shorter", "saved", "lost")),
        ]
        for pair in comparison.pairs
    ]
    columns = ["condition", "held longer", "held shorter", "saved", "lost"]
    same = Table("Shares of the same worlds", columns, shares, frozenset({1, 2, 3, 4}))
    blocks.append(_folded_if_long(comparison, same))
    text = (
        "Saved: the deal ends in the first condition and holds to the end in the other; lost: the reverse. Which "
        "single worlds these are depends on how the conditions share random numbers; the mean difference does not."
    )
    return [*blocks, Paragraph(text)]


def _uncertainty(comparison: Comparison) -> list[str]:
    """The sources of uncertainty: chance, doubt, and what neither interval contains."""
    reductions = [pair.days.variance_reduction for pair in comparison.pairs if pair.days.variance_reduction > 0]
    worlds = comparison.pairs[0].days.worlds
    chance = f"Chance. The intervals (95 %) are the error from simulating only {how_many(worlds, 'world')}"
    if drawn := _at_draws(comparison):
        chance += f" as written, and {drawn.draws * drawn.worlds:,.0f} at draws"
    if not all(pair.common_luck for pair in comparison.pairs):
        chance += (
            ". The conditions share few actors and sectors: world 17 of one has nothing to do with world 17 of another"
        )
        reductions = []
    else:
        chance += ". Both sides use the same random numbers in every world, so that most of this error cancels"
    if reductions:
        median = sorted(reductions)[len(reductions) // 2]
        chance += f": with different worlds, the variance of a difference would be {median:.1f} times as large"
    return [
        f"{chance}.",
        _uncertainty_text(comparison),
        "In neither interval: whether the rules by which these actors decide are right, and whether a lever could be "
        "used without other changes.",
    ]


def _uncertainty_text(comparison: Comparison) -> str:
    """How uncertain the differences are because of the assumed numbers."""
    known = [(pair, pair.over_draws) for pair in comparison.pairs if pair.over_draws is not None]
    if not known:
        return "Doubt about assumed numbers: none, because these scenarios contain no assumed numbers."
    one = known[0][1]
    text = (
        f"Doubt. Every assumed number is drawn over its range, {one.draws:,} times, with the same draws on both sides. "
        "The figure that counts is the mean over draws; the numbers as written are one draw among many. The range "
        f"called 90{GAP}% of draws lies between the 5th and the 95th percentile of the draws' effects, from which the "
        f"error of {one.worlds:,.3g} worlds at each draw was taken out without assuming a shape"
    )
    unclear = sum(found.sign == 0 and not found.unmoved for _, found in known)
    if unclear:
        text += f". For {unclear} of {len(known)}, it is not certain whether days are gained or lost in more draws"
    text += ". More worlds do not narrow it; better numbers would."
    lost = [comparison.named(pair) for pair, found in known if not found.told_apart and not found.unmoved]
    if lost:
        verdict_words = next(found.verdict for _, found in known if found.verdict)
        text += f" {len(lost)} of {len(known)} {verdict_words}: more worlds at each draw would tell."
    return text


def _assumed(comparison: Comparison) -> list[Block]:
    table = assumed_numbers(comparison.first.plan.scenario)
    text = f"{len(table):,} numbers of {comparison.first.plan.loaded.title} are assumed"
    if all(is_variant(comparison.first.plan.loaded, pair.other.plan.loaded) for pair in comparison.pairs):
        text += "; the other conditions have the same, except for what differs."
    else:
        text += "; those of another situation are its own, and are not listed here."
    return [Paragraph(text), Folded("All assumed numbers, with their ranges", [assumed_table(table)])]


def _replay(comparison: Comparison) -> Commands:
    lines = {str(comparison.about.get("command", "")): "repeats the comparison and this page"}
    for side in (comparison.first, comparison.pairs[0].other):
        plan = side.plan
        where = ["--worlds", f"{plan.worlds}", "--seed", f"{plan.seed}", "--days", f"{plan.horizon}"]
        settings = setting_options(plan.loaded.settings)
        command = shlex.join(["ceasefire", "run", plan.loaded.label, *where, *settings])
        lines[command] = "simulates one side, with all its figures"
    return Commands(lines)
