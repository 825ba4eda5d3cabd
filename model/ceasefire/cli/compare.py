"""`ceasefire compare` and `ceasefire levers`: the same worlds under several conditions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import MOST_SEED, AsJson, ScenarioName, Seed
from ceasefire.cli.terminal import (
    columns,
    command_line,
    progress,
    say,
    say_if_compiling,
    show,
    show_json,
    shown_path,
)

if TYPE_CHECKING:
    from ceasefire.ensemble.compare import Compared, Side
    from ceasefire.ensemble.output_folder import Results
    from ceasefire.ensemble.run_plan import Plan

Worlds = Annotated[
    int | None, typer.Option("--worlds", min=2, max=1_000_000, help="Worlds of each.", show_default="1000")
]
Days = Annotated[
    int | None, typer.Option(min=1, max=36_500, help="Days that worlds are followed.", show_default="the scenario's")
]
Workers = Annotated[int | None, typer.Option(min=1, max=512, help="Threads.", show_default="as many as cores")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the figure and the table.")]

MOST_CURVES = 6


def compare(
    references: Annotated[
        list[str], typer.Argument(metavar="A B…", help="Scenarios, scenario+change, or results folders.")
    ],
    worlds: Worlds = None,
    seed: Annotated[int | None, typer.Option(min=0, max=MOST_SEED, help="Other worlds.", show_default="1")] = None,
    days: Days = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Live the same worlds under each of several conditions, and say what differs from the first, and why."""
    from ceasefire.ensemble.command_folder import folder_for_command, write_command_folder
    from ceasefire.ensemble.compare import asked, request
    from ceasefire.report.comparison_figures import draw_comparison

    if len(references) < 2:
        raise RefusedError("name two or more: scenarios, scenario+change, or results folders")
    _warm_up()
    those = asked(references, worlds, seed, days)
    wanted = request("compare", those)
    folder = folder_for_command(wanted, out)
    first, pairs = _lived(those, workers)
    content = [_content(pair) for pair in pairs]
    with write_command_folder(folder, wanted, command_line()) as aside:
        if len(pairs) < MOST_CURVES:
            draw_comparison([first, *(pair.other for pair in pairs)], pairs, aside)
        _write(aside, content)
        _report(first, pairs, content, aside, "comparison")
    if as_json:
        show_json({**_about(first), "first": _own(first), "others": content, "folder": shown_path(folder)})
        return
    _tell(first, pairs, content)
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
    """Rank every lever that fits a scenario by the days that it adds, over the same worlds."""
    from ceasefire.ensemble.command_folder import folder_for_command, write_command_folder
    from ceasefire.ensemble.compare import levers_asked, request, worlds_to_live
    from ceasefire.report.comparison_figures import draw_ranking
    from ceasefire.scenario.variants import open_base

    number = worlds or 1000
    plans = levers_asked(open_base(scenario), number, seed, days)
    if len(plans) == 1:
        raise RefusedError(f"no change that declares itself a lever fits {scenario}")
    wanted = request("levers", plans)
    _warm_up()
    folder = folder_for_command(wanted, out)
    _, doubt = worlds_to_live(plans)
    extra = f", and {doubt:,} more in all for doubt about what is assumed" if doubt else ""
    say(f"{len(plans) - 1} levers and none, {number:,} worlds each{extra}")
    first, pairs = _lived(plans, workers)
    pairs.sort(key=lambda pair: -pair.days.value)
    content = [_content(pair, why=False) for pair in pairs]
    with write_command_folder(folder, wanted, command_line()) as aside:
        _write(aside, content)
        draw_ranking(first, pairs, aside)
        _report(first, pairs, content, aside, "levers")
    if as_json:
        show_json({**_about(first), "first": _own(first), "levers": content, "folder": shown_path(folder)})
        return
    _tell_ranking(first, content)
    show(shown_path(folder))


def _lived(those: Sequence[Plan | Results], workers: int | None) -> tuple[Side, list[Compared]]:
    """The first side, and each of the others compared with it, doubt with it. FolderError as of `compared`."""
    from ceasefire.ensemble.compare import compared, lived, with_doubt, worlds_to_live

    with progress(sum(worlds_to_live(those)), "worlds") as tell:
        first, *others = [lived(one, workers, tell) for one in those]
        return first, with_doubt([compared(first, other) for other in others], workers, tell)


def _warm_up() -> None:

    say_if_compiling()


def _write(folder: Path, content: list[dict[str, Any]]) -> None:
    import pandas as pd

    from ceasefire.experiments.result_store import write_whole

    flat = [{k: v for k, v in row.items() if k != "first_to_decide_otherwise"} for row in content]
    table = pd.json_normalize(flat, sep="_")
    write_whole(folder / "differences.csv", table.to_csv(index=False, lineterminator="\n").encode())


def _about(first: Side) -> dict[str, Any]:
    from ceasefire.wording import ILLUSTRATIVE

    plan = first.plan
    return {"worlds": len(first.worlds), "seed": plan.seed, "days": plan.horizon, "note": ILLUSTRATIVE}


def _own(side: Side) -> dict[str, Any]:
    import numpy as np

    return {
        "label": side.label,
        "mean_days_held": round(float(np.nanmean(side.days())), 3),
        "holds_to_the_end": round(float(np.nanmean(side.holds())), 5),
    }


def _content(pair: Compared, why: bool = True) -> dict[str, Any]:
    """A comparison's figures; 'first_to_decide_otherwise' only when asked why."""
    said: dict[str, Any] = {**_own(pair.other), "worlds": pair.days.worlds}
    for name, found in (("days", pair.days), ("holds", pair.holds)):
        said[f"difference_{name}"] = round(found.value, 5)
        said[f"difference_{name}_low"], said[f"difference_{name}_high"] = round(found.low, 5), round(found.high, 5)
    reduction = pair.days.variance_reduction
    said["variance_reduction"] = None if reduction != reduction else round(reduction, 3)
    said |= {name: round(share, 5) for name, share in pair.fates.__dict__.items()}
    if pair.doubt is not None:
        said |= {"doubt_days": round(pair.doubt.value, 5)}
        said |= {"doubt_days_low": round(pair.doubt.low, 5), "doubt_days_high": round(pair.doubt.high, 5)}
    if why:
        led, seen = pair.partings()
        said["first_to_decide_otherwise"] = {"worlds": seen, "who": [one.__dict__ for one in led]}
    return said


def _span(said: dict[str, Any], name: str, scale: float = 1, end: str = "") -> str:
    value, low, high = (said[f"difference_{name}{at}"] * scale for at in ("", "_low", "_high"))
    return f"{value:+,.1f}{end} ({low:+,.1f} to {high:+,.1f})"


def _doubt(said: dict[str, Any]) -> str:
    """The range of doubt; one figure where draws differ by no more than chance would make them."""
    if "doubt_days" not in said:
        return "-"
    low, high = (f"{said[f'doubt_days_{end}']:+,.0f}" for end in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _tell(first: Side, pairs: list[Compared], content: list[dict[str, Any]]) -> None:
    from ceasefire.wording import ILLUSTRATIVE

    own = _own(first)
    show(f"{first.label}: {len(first.worlds):,} worlds, seed {first.plan.seed}, {first.plan.horizon:,} days")
    show(f"mean {own['mean_days_held']:,.0f} days held; {own['holds_to_the_end'] * 100:.0f} % hold to the end\n")
    heads = ["the same worlds under", "mean days", "difference (95 %)", "in doubt (90 %)", "hold to the end"]
    rows = [[*heads, "saved", "lost"]]
    for said in content:
        holds = f"{said['holds_to_the_end'] * 100:.0f} % ({said['difference_holds'] * 100:+.1f})"
        fate = [f"{said[name] * said['worlds']:,.0f}" for name in ("saved", "lost")]
        rows.append([said["label"], f"{said['mean_days_held']:,.0f}", _span(said, "days"), _doubt(said), holds, *fate])
    show(columns(rows, right=(1, 5, 6)))
    for pair, said in zip(pairs, content, strict=True):
        show("\n" + _why(pair, said))
    show("\nWhich single worlds are saved or lost hangs on how luck is shared; the mean difference does not.")
    show(f"{ILLUSTRATIVE}\n")


def _why(pair: Compared, said: dict[str, Any]) -> str:
    """Who first decided otherwise, and what pairing was worth."""
    told = said["first_to_decide_otherwise"]
    if not told["worlds"]:
        return f"{said['label']}: every world held as long as before."
    titles = {name: actor.title for name, actor in pair.first.plan.scenario.actors.items()}
    lines = [
        f"  {titles.get(led['actor'], led['actor'])} in {led['worlds']}, about day {led['median_day']:,}: "
        f"{led['there']} instead of {led['here']}"
        for led in told["who"][:4]
    ]
    worth = said["variance_reduction"]
    paired = f" Sharing worlds cut the variance of the difference {worth:.1f}-fold." if worth else ""
    head = f"{said['label']}: in {told['worlds']} worlds that held longer or shorter, the first to decide otherwise was"
    return "\n".join([head, *lines]) + (f"\n {paired}" if paired else "")


def _tell_ranking(first: Side, content: list[dict[str, Any]]) -> None:
    from ceasefire.wording import ILLUSTRATIVE

    own = _own(first)
    show(f"{first.label}: mean {own['mean_days_held']:,.0f} days held in {len(first.worlds):,} worlds\n")
    rows = [["lever", "days gained (95 %)", "in doubt (90 %)", "hold to the end", "longer", "shorter", "saved", "lost"]]
    for said in content:
        name = said["label"].removeprefix(f"{own['label']}+")
        fate = [f"{said[key] * said['worlds']:,.0f}" for key in ("longer", "shorter", "saved", "lost")]
        holds = f"{said['difference_holds'] * 100:+.1f} %"
        rows.append([name, _span(said, "days"), _doubt(said), holds, *fate])
    show(columns(rows, right=(4, 5, 6, 7)))
    show(f"\n{ILLUSTRATIVE}\n")


def _report(first: Side, pairs: list[Compared], content: list[dict[str, Any]], folder: Path, figure: str) -> None:
    """report.html of the comparison."""
    from ceasefire.analysis.first_divergence import FirstToDiffer
    from ceasefire.cli.report import add_page
    from ceasefire.ensemble.manifest import as_typed
    from ceasefire.report import write_comparison
    from ceasefire.report.comparison import Comparison
    from ceasefire.report.comparison_figures import condition_title

    told = [said.get("first_to_decide_otherwise", {"who": [], "worlds": 0}) for said in content]
    led = [([FirstToDiffer(**one) for one in each["who"]], int(each["worlds"])) for each in told]
    titles = {pair.other.label: condition_title(first, pair.other) for pair in pairs}
    command = as_typed(command_line())
    add_page(lambda: write_comparison(Comparison(first, pairs, led, folder, figure, command, titles)))
