"""`ceasefire compare` and `ceasefire levers`: the same worlds under several conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.diff import difference_text
from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import MOST_SEED, AsJson, ScenarioName, Seed, Settings, Workers
from ceasefire.cli.terminal import (
    columns,
    command_line,
    notify,
    notify_if_compiling,
    progress,
    show,
    show_json,
    shown_path,
)
from ceasefire.spreadsheet_csv import csv_text

if TYPE_CHECKING:
    from ceasefire.analysis.paired_differences import Difference
    from ceasefire.ensemble.compare import Side, SidePair
    from ceasefire.ensemble.output_folder import Request, Results
    from ceasefire.ensemble.run_plan import Plan

Worlds = Annotated[
    int | None, typer.Option("--worlds", min=2, max=1_000_000, help="Worlds of each.", show_default="1000")
]
Days = Annotated[
    int | None, typer.Option(min=1, max=36_500, help="Days that worlds are followed.", show_default="the scenario's")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the figure and the table.")]

MOST_CURVES = 6
"""Curves of one figure, at most; with more sides no curves are drawn."""


def compare(
    references: Annotated[
        list[str], typer.Argument(metavar="A B…", help="Scenarios, scenario+change, or results folders.")
    ],
    worlds: Worlds = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MOST_SEED, help="Other worlds.", show_default="1")] = None,
    days: Days = None,
    setting: Settings = None,
    parts: Annotated[
        bool, typer.Option("--parts", help="Exchange what differs part by part, and mark what matters: more worlds.")
    ] = False,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Simulate the same worlds under several conditions, and show how each differs from the first, and why.

    --set counts for every scenario but the first; with one scenario, it is compared with itself so changed.
    """
    from ceasefire.ensemble.compare import open_sides, request, side_figures, views_of_sides
    from ceasefire.ensemble.output_folder import folder_for_request
    from ceasefire.scenario.compose import parse_settings

    given = parse_settings(setting or ())
    if len(references) == 1 and given:
        references = references * 2
    if len(references) < 2:
        raise RefusedError("name two or more: scenarios, scenario+change, or results folders")
    notify_if_compiling()
    sides = open_sides(references, worlds, seed, days, given)
    this_request = request("compare", sides, parts)
    folder = folder_for_request(this_request, out)
    first, pairs = _simulate(sides, workers)
    content = [_content(pair) for pair in pairs]
    exchanged = _exchange(pairs, workers) if parts else {}
    about = _write(folder, "compare", this_request, first, pairs, content, exchanged)
    if as_json:
        forecasts = {side.label: views.as_content(_days(first)) for side, views in views_of_sides(first, pairs)}
        figures = {"first": side_figures(first), "others": content, "forecasts": forecasts, **exchanged}
        show_json({**_settings(first), **figures, "folder": shown_path(folder)})
        return
    _show_comparison(first, pairs, content, about)
    show(shown_path(folder))


def levers(
    scenario: ScenarioName,
    worlds: Worlds = None,
    seed: Seed = 1,
    days: Days = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Rank every lever that fits a scenario by the days that it adds: mean over draws of the assumed numbers."""
    from ceasefire.ensemble.compare import lever_plans, request, side_figures, worlds_to_simulate
    from ceasefire.ensemble.output_folder import folder_for_request
    from ceasefire.scenario.variants import open_base

    number = worlds or 1000
    plans = lever_plans(open_base(scenario), number, seed, days)
    if len(plans) == 1:
        raise RefusedError(f"no lever fits {scenario}")
    this_request = request("levers", plans)
    notify_if_compiling()
    folder = folder_for_request(this_request, out)
    _, doubt = worlds_to_simulate(plans)
    extra = f", and {doubt:,} more in all for doubt about the assumed numbers" if doubt else ""
    notify(f"{len(plans) - 1} levers, and the scenario without them: {number:,} worlds each{extra}")
    first, pairs = _simulate(plans, workers)
    pairs.sort(key=lambda pair: -pair.gain.value)
    content = [_content(pair, why=False) for pair in pairs]
    _write(folder, "levers", this_request, first, pairs, content)
    if as_json:
        show_json({**_settings(first), "first": side_figures(first), "levers": content, "folder": shown_path(folder)})
        return
    _show_ranking(first, pairs, content)
    show(shown_path(folder))


def _simulate(sides: Sequence[Plan | Results], workers: int | None) -> tuple[Side, list[SidePair]]:
    """The first side, and its pair with each of the others. FolderError when two sides have no worlds in common."""
    from ceasefire.ensemble.compare import compare_sides, simulate_side, with_uncertainty, worlds_to_simulate

    with progress(sum(worlds_to_simulate(sides)), "worlds") as advance:
        first, *others = [simulate_side(side, workers, advance) for side in sides]
        return first, with_uncertainty([compare_sides(first, other) for other in others], workers, advance)


def _exchange(pairs: Sequence[SidePair], workers: int | None) -> dict[str, Any]:
    """What each part of the difference does, by the label of the other side, as asked.json holds it."""
    from ceasefire.ensemble.compare import worlds_to_simulate
    from ceasefire.experiments.exchanged_parts import as_content, exchanged_parts, parts_between

    counts = [len(parts_between(pair.first.plan.loaded, pair.other.plan.loaded)) for pair in pairs]
    each = [worlds_to_simulate([pair.first.plan])[pair.drawn is not None] for pair in pairs]
    total = sum(2 * count * worlds for count, worlds in zip(counts, each, strict=True) if count > 1)
    with progress(total, "worlds, part by part") as advance:
        return {"parts": {pair.other.label: as_content(exchanged_parts(pair, workers, advance)) for pair in pairs}}


def _write(
    folder: Path, kind: str, request: Request, first: Side, pairs: list[SidePair], content: list[dict[str, Any]],
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write the folder of a comparison whole or not at all; returns what asked.json says of it, with `more`."""
    from ceasefire.ensemble.output_folder import about_request, write_request_folder
    from ceasefire.experiments.comparison_folder import write_sides
    from ceasefire.report.code_book import write_code_book

    about = about_request(folder, request, command_line())
    with write_request_folder(folder, request, command_line(), about) as aside:
        about |= {**write_sides(aside, first, pairs), **(more or {})}
        _fill(aside, kind, first, pairs, content, about)
        write_code_book(aside, "comparison", first.plan.loaded.title)
    return about


def remake(folder: Path, dates: bool = False, xlsx: bool = False) -> Path:
    """The page of a comparison, with its figure and its table, from the folder alone. FolderError: damaged.

    With `dates`, calendar dates stand on the axis of time; with `xlsx`, its table also goes to report.xlsx.
    """
    from ceasefire.ensemble.output_folder import new_figures
    from ceasefire.experiments.comparison_folder import read_comparison, read_request
    from ceasefire.report.code_book import write_code_book

    request = read_request(folder)
    kind = request["asked"]["command"]
    first, pairs = read_comparison(folder)
    content = [_content(pair, why=kind == "compare") for pair in pairs]
    with new_figures(folder, within=".") as aside:
        _fill(aside, kind, first, pairs, content, request, dates, xlsx)
    write_code_book(folder, "comparison", first.plan.loaded.title)
    return folder / "report.html"


def _fill(
    folder: Path, kind: str, first: Side, pairs: list[SidePair], content: list[dict[str, Any]],
    about: Mapping[str, Any], dates: bool = False, xlsx: bool = False,
) -> None:  # fmt: skip
    """Draw the figures of a comparison, and write its table and its page. `about` is what asked.json says of it."""
    from ceasefire.ensemble.compare import curves_frame, differences_frame
    from ceasefire.experiments.result_store import write_whole
    from ceasefire.report.comparison_figures import draw_comparison, draw_deaths, draw_ranking
    from ceasefire.report.origin import drawn_from

    sides = [first, *(pair.other for pair in pairs)]
    write_whole(folder / "differences.csv", csv_text(differences_frame(pairs)).encode())
    write_whole(folder / "curves.csv", csv_text(curves_frame(sides)).encode())
    with drawn_from(about):
        draw_deaths(first, pairs, folder)
        if kind == "levers":
            draw_ranking(first, pairs, folder)
        elif len(pairs) < MOST_CURVES:
            draw_comparison(sides, pairs, folder, dates)
    _write_report(first, pairs, content, folder, "levers" if kind == "levers" else "comparison", about, xlsx)


def _settings(first: Side) -> dict[str, Any]:
    from ceasefire.wording import ILLUSTRATIVE

    plan = first.plan
    return {"worlds": len(first.worlds), "seed": plan.seed, "days": plan.horizon, "note": ILLUSTRATIVE}


def _content(pair: SidePair, why: bool = True) -> dict[str, Any]:
    """The figures of a comparison; with `why`, also 'first_to_decide_otherwise'."""
    from ceasefire.ensemble.compare import pair_figures

    content = pair_figures(pair)
    if why:
        led, examined = pair.first_divergences()
        content["first_to_decide_otherwise"] = {"worlds": examined, "who": [one.__dict__ for one in led]}
    return content


def _mean(pair: SidePair) -> str:
    """The mean over draws with its 95 % interval, or what stands for it where nothing is assumed."""
    from ceasefire.wording import NO_WORLD, difference_words, signed_days

    unmoved = pair.over_draws is not None and pair.over_draws.unmoved
    return NO_WORLD if unmoved else difference_words(pair.gain, signed_days)


def _draws(pair: SidePair) -> str:
    """The middle 90 % of draws; 'within' and a star where the draws are not told apart from chance."""
    from ceasefire.wording import signed_days, span_words

    found = pair.over_draws
    if found is None or found.unmoved:
        return "-"
    words = span_words(found.band, signed_days)
    return words if found.told_apart else f"within {words} *"


def _helps(pair: SidePair) -> str:
    from ceasefire.wording import GAP, share_with_limits

    if pair.over_draws is None:
        return "-"
    return "-" if pair.over_draws.unmoved else share_with_limits(pair.over_draws.helps).replace(GAP, " ")


def _star(pairs: Sequence[SidePair]) -> str:
    """What the star means, when a row has one."""
    from ceasefire.wording import star_words

    marked = [pair.verdict for pair in pairs if pair.over_draws is not None and not pair.over_draws.unmoved]
    verdict = next((one for one in marked if one), "")
    return f"\n{star_words(verdict)}" if verdict else ""


HEADS = ("mean over draws (95 %)", "90 % of draws", "helps in draws (95 %)", "as written (95 %)")
"""Columns of days gained, where numbers are assumed."""


def _gained(pair: SidePair, doubted: bool) -> list[str]:
    from ceasefire.wording import difference_words, signed_days

    written = difference_words(pair.days, signed_days)
    return [_mean(pair) if pair.over_draws else "-", _draws(pair), _helps(pair), written] if doubted else [written]


def _held_words(first: Side, doubted: bool) -> str:
    """Mean days held of the first side and the share that holds to the end, each with its chance."""
    from ceasefire.analysis.estimates import Interval
    from ceasefire.analysis.survival import restricted_mean, survival
    from ceasefire.wording import GAP, days, share_with_limits, span_words

    horizon = first.plan.horizon
    mean, end = restricted_mean(first.worlds, horizon), survival(first.worlds).table([horizon]).iloc[0]
    holds = share_with_limits(Interval(float(end["surviving"]), float(end["low"]), float(end["high"])))
    written = ", with the numbers as written" if doubted else ""
    held = f"mean {days(mean.value)} days held (95 %: {span_words(mean, days)})"
    return f"{held}; {holds.replace(GAP, ' ')} hold to the end{written}"


def _show_comparison(
    first: Side, pairs: list[SidePair], content: list[dict[str, Any]], about: Mapping[str, Any]
) -> None:
    from ceasefire.ensemble.compare import side_figures
    from ceasefire.report.comparison import kind_words
    from ceasefire.wording import ILLUSTRATIVE, followed_words, how_many, wrapped

    own = side_figures(first)
    doubted = any(pair.over_draws is not None for pair in pairs)
    far = followed_words(first.plan.scenario.day, first.plan.horizon).removeprefix("for ")
    sample = f"{how_many(len(first.worlds), 'world')}, seed {first.plan.seed}, {far}"
    show(f"{first.label}: {sample}")
    show(f"{_held_words(first, doubted)}\n")
    rows = [["days gained", *(HEADS if doubted else ("difference (95 %)",))]]
    rows += [[row["label"], *_gained(pair, doubted)] for pair, row in zip(pairs, content, strict=True)]
    show(columns(rows) + _star(pairs) + "\n")
    rows = [
        [
            "as written", "mean days", "hold to the end", "points gained (95 %)", "saved", "lost", "deaths a year held",
            deaths_head(first), "more deaths (95 %)",
        ]
    ]  # fmt: skip
    rows.append([first.label, *_as_written(own, None)])
    for pair, row in zip(pairs, content, strict=True):
        rows.append([row["label"], *_as_written(row, pair)])
    show(columns(rows, right=(1, 2, 4, 5, 6, 7)))
    show("\n" + _ends_table(first, [own, *content]))
    for pair in pairs:
        show("\n" + "\n".join(wrapped(kind_words(pair, pair.other.label, about))))
        show(difference_text(first.plan.loaded, pair.other.plan.loaded, MOST_DIFFERENCES))
        show(_parts_text(pair, about))
    for pair, row in zip(pairs, content, strict=True):
        show("\n" + _why(pair, row))
    apart = [pair.other.label for pair in pairs if not pair.common_luck]
    if apart:
        who = f"{first.label} and {', '.join(apart)}"
        show(f"\n{who} share few actors and sectors: their worlds are not the same worlds.")
    else:
        show("\nWhich worlds are saved or lost depends on how random numbers are shared; the mean difference does not.")
    _show_views(first, pairs)
    show(f"{ILLUSTRATIVE}\n")


def _parts_text(pair: SidePair, about: Mapping[str, Any]) -> str:
    """What each part of the difference adds, or the command that tells it; '' where there is one part."""
    from ceasefire.experiments.exchanged_parts import from_content, parts_between
    from ceasefire.report.comparison import part_cells, part_names

    parts = from_content(about, pair.other.label)
    if parts is None:
        many = len(parts_between(pair.first.plan.loaded, pair.other.plan.loaded)) > 1
        return f"\nwhich of these matter: {about['command']} --parts" if many else ""
    rows = [["exchanged", *PARTS], *([part_names(part, pair), *part_cells(part)] for part in parts)]
    return f"\n{columns(rows)}" if parts else ""


PARTS = ("adds alone (95 %, all parts at once)", "adds as the last", "makes a difference")

MOST_DIFFERENCES = 12
"""Differences between two scenarios that are listed; `ceasefire diff` shows all."""

MOST_ENDS = 5


def deaths_head(first: Side) -> str:
    """The column of deaths over a fixed time, and what it takes for granted."""
    from ceasefire.wording import how_many

    return f"deaths in {how_many(first.plan.horizon, 'day')} *"


def _as_written(row: dict[str, Any], pair: SidePair | None) -> list[str]:
    """Figures of one side with the numbers as written, and of the other side of a pair its differences.

    Worlds are saved and lost where both sides share their luck.
    """
    from ceasefire.wording import percent_on_terminal, signed_number

    points, deaths, fate = "", "", ["-", "-"]
    if pair is not None:
        points, deaths = _points_gained(pair), _difference(pair.deaths, signed_number)
        fate = [f"{row[name] * row['worlds']:,.0f}" if pair.common_luck else "-" for name in ("saved", "lost")]
    return [
        f"{row['mean_days_held']:,.0f}", percent_on_terminal(row["holds_to_the_end"]), points, *fate,
        f"{row['deaths_a_year_held']:,.0f}", f"{row['deaths_over_horizon']:,.0f}", deaths,
    ]  # fmt: skip


def _points_gained(pair: SidePair) -> str:
    """The difference in the share that holds to the end [percentage points], with its interval."""
    from ceasefire.wording import signed_points

    return _difference(pair.holds, signed_points)


def _difference(found: Difference, written: Callable[[float], str]) -> str:
    from ceasefire.analysis.estimates import Interval
    from ceasefire.wording import difference_words

    return difference_words(Interval(found.value, found.low, found.high), written)


def _ends_table(first: Side, rows: Sequence[dict[str, Any]]) -> str:
    """Shares of worlds by ending under each condition, as written, and what the deaths take for granted."""
    from ceasefire.ensemble.compare import commonest_ends
    from ceasefire.ensemble.run import deaths_after_end
    from ceasefire.wording import after_an_end, ending_words, percent_on_terminal

    titles = first.plan.scenario.actor_titles
    chosen = commonest_ends(rows, MOST_ENDS)
    table = [["how it ends, as written", *(row["label"] for row in rows)]]
    table += [
        [
            ending_words(*end.partition(" ")[::2], titles),
            *(percent_on_terminal(row["ends"].get(end, 0.0)) for row in rows),
        ]
        for end in chosen
    ]
    scenario = first.plan.scenario
    after = after_an_end(deaths_after_end(scenario), scenario.war.deaths_after_end is not None)
    note = f"* {first.label}: {after}; each scenario by its own"
    return f"{columns(table, right=tuple(range(1, len(rows) + 1)))}\n{note}"


def _show_views(first: Side, pairs: list[SidePair]) -> None:
    """The pooled forecasts of the sides that have one; differences are the scenarios' alone, and say so."""
    from ceasefire.cli.tables import views_text
    from ceasefire.ensemble.compare import views_of_sides
    from ceasefire.ensemble.pooled_forecast import DIFFERENCES

    for side, views in views_of_sides(first, pairs):
        show(f"\n{side.label}, the forecast\n{views_text(views, _days(first))}")
    show(f"\n{DIFFERENCES}")


def _days(first: Side) -> list[int]:
    from ceasefire.analysis.findings import days_told

    scenario = first.plan.scenario
    return days_told(first.plan.horizon, scenario.agreement.term_days, first=scenario.day)


def _why(pair: SidePair, row: dict[str, Any]) -> str:
    """Who was first to decide differently, and how much shared worlds reduce the variance."""
    from ceasefire.wording import how_many

    divergences = row["first_to_decide_otherwise"]
    if not divergences["worlds"]:
        return f"{row['label']}: every world held as long as before."
    titles = pair.first.plan.scenario.actor_titles
    lines = [
        f"  {titles.get(led['actor'], led['actor'])} in {led['worlds']}, about day {led['median_day']:,}: "
        f"{led['there']} instead of {led['here']}"
        for led in divergences["who"][:4]
    ]
    found = divergences["worlds"]
    if not lines:
        where = f"in the {how_many(found, 'world')} that held longer or shorter"
        return f"{row['label']}: nobody decided differently before the end, {where}."
    factor = row["variance_reduction"]
    paired = f" The shared worlds divide the variance of the difference by {factor:.1f}." if factor else ""
    head = (
        f"{row['label']}: in {how_many(found, 'world')} that held longer or shorter,"
        " the first to decide differently was"
    )
    return "\n".join([head, *lines]) + (f"\n {paired}" if paired else "")


def _show_ranking(first: Side, pairs: list[SidePair], content: list[dict[str, Any]]) -> None:
    from ceasefire.ensemble.compare import side_figures
    from ceasefire.report.comparison import best_words, intervals_words
    from ceasefire.report.comparison_figures import lever_title
    from ceasefire.wording import GAP, ILLUSTRATIVE, how_many, upper, wrapped

    own, titles = side_figures(first), {pair.other.label: lever_title(pair.other) for pair in pairs}
    doubted = any(pair.over_draws is not None for pair in pairs)
    show(f"{first.label}: {how_many(len(first.worlds), 'world')}; {_held_words(first, doubted)}")
    show("days gained on the same worlds" + (", over draws of the assumed numbers\n" if doubted else "\n"))
    rows = [
        [
            "lever",
            *(HEADS if doubted else ("days gained (95 %)",)),
            "hold to the end, points (95 %)",
            "longer",
            "shorter",
            "saved",
            "lost",
        ]
    ]
    for pair, row in zip(pairs, content, strict=True):
        name = f"{titles[row['label']]} ({row['label'].removeprefix(own['label'] + '+')})"
        fate = [f"{row[key] * row['worlds']:,.0f}" for key in ("longer", "shorter", "saved", "lost")]
        rows.append([name, *_gained(pair, doubted), _points_gained(pair), *fate])
    best = best_words(pairs, lambda pair: f'with "{titles[pair.other.label]}"').replace(GAP, " ")
    if best:
        show("\n".join(wrapped(f"{upper(best)}.")) + "\n")
    last = len(rows[0]) - 1
    show(columns(rows, right=(last - 3, last - 2, last - 1, last)) + _star(pairs))
    if best:
        show("\n".join(wrapped(intervals_words(pairs).replace(GAP, " "))))
    if doubted:
        show("hold to the end (percentage points gained), longer, shorter, saved, lost: with the numbers as written")
    _show_views(first, pairs)
    show(f"{ILLUSTRATIVE}\n")


def _write_report(
    first: Side, pairs: list[SidePair], content: list[dict[str, Any]], folder: Path, figure: str,
    about: Mapping[str, Any], xlsx: bool,
) -> None:  # fmt: skip
    """Write report.html of the comparison."""
    from ceasefire.analysis.first_divergence import FirstToDiffer
    from ceasefire.report import write_comparison
    from ceasefire.report.comparison import Comparison
    from ceasefire.report.comparison_figures import condition_words
    from ceasefire.report.fill_folder import add_page

    divergences = [row.get("first_to_decide_otherwise", {"who": [], "worlds": 0}) for row in content]
    led = [([FirstToDiffer(**one) for one in each["who"]], int(each["worlds"])) for each in divergences]
    titles = {pair.other.label: condition_words(first, pair.other) for pair in pairs}
    comparison = Comparison(first, pairs, led, folder, figure, about, titles)
    add_page(lambda: write_comparison(comparison, xlsx), notify)
