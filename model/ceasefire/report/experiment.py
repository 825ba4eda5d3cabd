"""The report of a batch experiment: question, answer, figures, tables, and uncertainty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ceasefire.ensemble.manifest import as_typed
from ceasefire.ensemble.output_folder import FolderError
from ceasefire.errors import ScenarioError
from ceasefire.experiments.outcome_definitions import OutcomeVariable, outcome
from ceasefire.experiments.schema import SAMPLED
from ceasefire.report.appendix import assumed_numbers, assumed_table, assumed_words, replay_section
from ceasefire.report.bibliography import cite_section
from ceasefire.report.code_book import as_frame, names_of, table_words
from ceasefire.report.experiment_tables import (
    answer_of,
    answer_to,
    contrast_sentence,
    leading,
    outcome_table,
    reader_name,
    renamed,
)
from ceasefire.report.hindcast import caution_sections, hindcast_sections, hindcast_sentence
from ceasefire.report.html import (
    CODE_BOOK,
    Block,
    Box,
    Download,
    Downloads,
    Folded,
    Paragraph,
    Points,
    Report,
    Section,
    Table,
    download,
    picture,
)
from ceasefire.report.run import made_by
from ceasefire.report.scenario_discovery import corner_sections
from ceasefire.report.sentences import NOTE, UNTESTED
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import how_many, titled

DESIGNS = {
    "grid": "every combination of the settings",
    "one_at_a_time": "one thing changed at a time",
    "latin_hypercube": "points spread evenly over all ranges at once (Latin hypercube)",
    "sobol": "points for a decomposition of the variance (Sobol, Saltelli's design)",
    "morris": "steps of one factor at a time along random trajectories (Morris)",
    "table": "points from a table",
    "swap": "one scenario changed into another part by part, in every order",
}


DRAWN = (
    "Doubt. The uncertain numbers were drawn over their ranges, so the answer includes them: the variation over draws "
    "is doubt, and is stated separately from chance."
)
NOT_DRAWN = (
    "Doubt about assumed numbers is not in these intervals: all points have the same assumed numbers, except for the "
    "factors."
)


@dataclass(frozen=True, eq=False)
class FinishedExperiment:
    """An experiment in its folder: manifest, tables by name, and what the commands in the report call the folder.

    `scenario` is the scenario of the first points, if it can be read.
    """

    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    scenario: Scenario | None
    variance_reduction: Mapping[str, float]
    folder: Path
    named: str

    @property
    def outcomes(self) -> list[OutcomeVariable]:
        """The outcome variables of the experiment."""
        return [outcome(name) for name in self.manifest["experiment"]["outcomes"]]

    @property
    def asked(self) -> Mapping[str, Any]:
        """What the experiment's file says of its answer; empty for nothing."""
        return self.manifest["experiment"].get("answer") or {}

    @cached_property
    def names(self) -> dict[str, str]:
        """The readers' names of the factors, where the scenario has them."""
        names = {}
        for factor in self.manifest["factors"]:
            words = reader_name(str(factor["name"]), factor["kind"], factor.get("title"), self.scenario)
            if words:
                names[str(factor["name"])] = words
        return names

    @cached_property
    def shown(self) -> dict[str, pd.DataFrame]:
        """The tables with the readers' names of the factors."""
        return renamed(self.tables, self.names)


def read_experiment(folder: Path, manifest: Mapping[str, Any], named: str) -> FinishedExperiment:
    """An experiment from its folder. FolderError when there are no tables yet."""
    tables = {}
    for file in sorted((folder / "tables").glob("*.csv")):
        tables[file.stem] = pd.read_csv(file, dtype={"from": str, "to": str})  # settings, which are no outcomes
    if "points" not in tables:
        again = as_typed(["ceasefire", "experiment", str(manifest.get("name"))])
        raise FolderError(f"{folder} has no tables yet; `{again}` writes them")
    try:
        reductions = json.loads((folder / "tables" / "variance_reduction.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        reductions = {}
    return FinishedExperiment(manifest, tables, _scenario(folder), reductions, folder, named)


def experiment_report(experiment: FinishedExperiment) -> Report:
    """The report of an experiment."""
    manifest, wanted = experiment.manifest, leading(experiment.tables, experiment.outcomes, experiment.asked)
    tables = {f"tables/{name}.csv": table for name, table in experiment.tables.items()}
    about = as_frame("experiment", tables, names_of(manifest))
    others = [each for each in experiment.outcomes if each.name != wanted.name]
    sections = [
        Section("asked", "The question and the method", _method(experiment)),
        *hindcast_sections(experiment.tables, experiment.folder),
        Section("all-rows", f"Every row: {wanted.words}", _all_rows(experiment, wanted)),
        *[_outcome_section(experiment, each) for each in others],
        *corner_sections(experiment.tables, experiment.names, experiment.folder, str(manifest["design"])),
        *caution_sections(experiment.manifest["experiment"].get("cautions", [])),
        Section("how-sure", "How certain the result is, and what limits it", [Points(_uncertainty(experiment))]),
        Section("varied", "What was varied", [_factors(experiment)]),
        *_assumed(experiment),
        replay_section(manifest, experiment.named, 0),
        cite_section(manifest, str(manifest["title"]), *([experiment.scenario] if experiment.scenario else [])),
        Section("downloads", "Tables to download", [Downloads(_downloads(experiment, about))]),
    ]
    rough = " This was a quick run with few worlds: a rough answer." if manifest.get("rough") else ""
    title, question, filled = manifest["title"], manifest["question"], [each for each in sections if each.blocks]
    first = _first_page(experiment, wanted)
    answer, note = _answer(experiment), NOTE + rough
    return Report(title, question, answer, note, filled, made_by(manifest), first, tables, about)


MOST_FIRST = 6
"""Rows of the table on the first page."""


def _first_page(experiment: FinishedExperiment, wanted: OutcomeVariable) -> list[Block]:
    """The figure of the answer, how far to trust it, what the design tells besides, and the first rows of its table."""
    manifest = experiment.manifest
    chart = picture(experiment.folder / "figures" / f"{wanted.name}.png")
    table = outcome_table(experiment.shown, wanted, MOST_FIRST)
    trust = Box("trust", "How far to trust this", _trust(experiment))
    besides = list[Block]()
    if contrast_sentence(experiment.tables, wanted) and manifest.get("complete", True):
        besides = [Paragraph(answer_to(experiment.shown, wanted, str(manifest["design"])))]
    return [*([chart] if chart else []), trust, *besides, *([table] if table is not None else [])]


def _trust(experiment: FinishedExperiment) -> list[str]:
    manifest, points = experiment.manifest, []
    if experiment.scenario is not None:
        points.append(assumed_words(experiment.scenario, " of the scenario"))
    drawn = manifest["experiment"].get("draws") or manifest["design"] in SAMPLED
    points.append(DRAWN if drawn else NOT_DRAWN)
    return [*points, *UNTESTED]


def _all_rows(experiment: FinishedExperiment, wanted: OutcomeVariable) -> list[Block]:
    table = outcome_table(experiment.shown, wanted)
    if table is None or len(table.rows) <= MOST_FIRST:
        return []
    return [Folded("The numbers behind the answer", [table])]


def _answer(experiment: FinishedExperiment) -> str:
    if not experiment.manifest.get("complete", True):
        return _unfinished(experiment)
    rough = "Rough and illustrative" if experiment.manifest.get("rough") else "Illustrative"
    answer = answer_of(experiment.shown, experiment.outcomes, experiment.asked, str(experiment.manifest["design"]))
    if "cases" in experiment.tables:
        answer = f"{hindcast_sentence(experiment.tables)} {answer}"
    joined = titled(str(experiment.manifest["title"]), f"{answer[:1].lower()}{answer[1:]}")
    return f"{joined} {rough}: durations are not calibrated."


def _unfinished(experiment: FinishedExperiment) -> str:
    """What was simulated of an experiment that was cut short, and what is missing, instead of an answer."""
    manifest = experiment.manifest
    points = experiment.tables["points"]
    empty = int((points["worlds"] == 0).sum()) if "worlds" in points else 0
    none = f", and {how_many(empty, 'point has', 'points have')} none" if empty else ""
    done, whole = int(manifest["worlds_done"]), int(manifest["worlds"])
    return titled(
        str(manifest["title"]),
        f"not finished: {done:,} of {how_many(whole, 'world')} were simulated{none}. There is no answer yet; the same "
        "command continues it.",
    )


def _method(experiment: FinishedExperiment) -> list[Block]:
    manifest = experiment.manifest
    design = DESIGNS.get(str(manifest["design"]), str(manifest["design"]))
    draws = manifest["experiment"].get("draws")
    levers = {bool(factor["lever"]) for factor in manifest["factors"]}
    crossed = draws or (manifest["design"] in SAMPLED and len(levers) == 2)
    across = ", every combination of levers at each draw of the uncertain numbers" if crossed else ""
    more = ", more where the interval was not narrow enough" if manifest["experiment"].get("until") else ""
    simulated = (
        f"Scenario {manifest['scenario']}; {design}{across}: {how_many(manifest['points'], 'point')}, "
        f"{how_many(manifest['worlds_per_point'], 'world')} at each{more}, "
        f"{how_many(manifest['worlds_done'], 'world')} in all, each "
        f"followed for at most {how_many(manifest['days'], 'day')}, seed {manifest['seed']}."
    )
    independent = manifest.get("identity_parts", {}).get("independent")
    shared = "All points have the same worlds, so that most of the chance cancels in differences."
    if independent:
        shared = "Every point has its own worlds."
    blocks: list[Block] = [Paragraph(f"{simulated} {shared}")]
    if not manifest.get("complete", True):
        blocks.append(Paragraph("The experiment is not complete; the same command continues it."))
    return blocks


def _outcome_section(experiment: FinishedExperiment, wanted: OutcomeVariable) -> Section:
    """The figure of an outcome and its table."""
    chart = picture(experiment.folder / "figures" / f"{wanted.name}.png")
    table = outcome_table(experiment.shown, wanted)
    folded = [Folded("The numbers behind it", [table])] if table is not None else []
    words = wanted.words[:1].upper() + wanted.words[1:]
    return Section(f"outcome-{wanted.name}", words, [*([chart] if chart else []), *folded])


def _uncertainty(experiment: FinishedExperiment) -> list[str]:
    manifest = experiment.manifest
    worlds = manifest["worlds_per_point"]
    chance = f"Chance. The 95 % intervals are the error from simulating only {how_many(worlds, 'world')} at each point."
    reduction = experiment.variance_reduction.get(experiment.outcomes[0].name)
    if reduction:
        chance += f" With the same worlds at all points, the variance of differences was {reduction:.1f} times smaller."
    drawn = manifest["experiment"].get("draws") or manifest["design"] in ("morris", "sobol", "latin_hypercube")
    doubt = DRAWN if drawn else NOT_DRAWN
    failed = manifest.get("worlds_failed", 0)
    left_out = _left_out(experiment)
    lost = [f"{how_many(failed, 'world')} failed and {'is' if failed == 1 else 'are'} left out."] if failed else []
    rules = "In neither interval: whether the rules by which these actors decide are right."
    return [chance, doubt, *lost, *left_out, rules]


def _left_out(experiment: FinishedExperiment) -> list[str]:
    """The number of trajectories or blocks left out because a point failed."""
    table = experiment.tables.get("sensitivity")
    if table is None or "left_out" not in table or not table["left_out"].max():
        return []
    return [f"{int(table['left_out'].max()):,} sets of points contained a point that failed, and are left out."]


def _factors(experiment: FinishedExperiment) -> Folded:
    """Every factor under its readers' name, as a folded table."""
    ways = {"doubt": "over its range of doubt", "change": "on or off", "part": "as in one scenario or the other"}
    rows = [
        [
            experiment.names.get(str(f["name"]), str(f["name"])),
            "lever" if f["lever"] else "uncertainty",
            ways.get(f["kind"], f["kind"]),
        ]
        for f in experiment.manifest["factors"]
    ]
    table = Table(how_many(len(rows), "factor"), ["factor", "kind", "varied"], rows)
    levers = sum(row[1] == "lever" for row in rows)
    what = f"{how_many(levers, 'lever')} and {how_many(len(rows) - levers, 'uncertainty', 'uncertainties')}"
    if experiment.manifest["design"] == "swap":
        what = f"{len(rows):,} parts, and the remaining differences"
    return Folded(what, [table])


def _scenario(folder: Path) -> Scenario | None:
    """The scenario of the first points; None when it cannot be read."""
    from ceasefire.experiments.result_store import Store
    from ceasefire.scenario.load import resolved_from

    try:
        return resolved_from(str(Store(folder).scenarios()["resolved"].iloc[0])).scenario
    except (FolderError, ScenarioError, KeyError, IndexError, OSError):
        return None


def _assumed(experiment: FinishedExperiment) -> list[Section]:
    """The assumed numbers of the first scenario; empty when it cannot be read."""
    if experiment.scenario is None:
        return []
    table = assumed_numbers(experiment.scenario)
    folded = Folded("All assumed numbers, with their ranges", [assumed_table(table)])
    text = f"{len(table):,} numbers of the scenario are assumed: nobody has measured them."
    return [Section("assumed", "What was assumed", [Paragraph(text), folded])]


LARGEST_EMBEDDED = 2_000_000
"""Bytes of a table; the page leads to the file of a larger one, and does not hold it."""


def _downloads(experiment: FinishedExperiment, about: pd.DataFrame) -> list[Download]:
    known = table_words("experiment")
    files = []
    for name, table in experiment.tables.items():
        words = known.get(f"tables/{name}.csv", name)
        size = (experiment.folder / "tables" / f"{name}.csv").stat().st_size
        if size > LARGEST_EMBEDDED:
            words += f" (too large for this page: tables/{name}.csv in the folder of the results)"
            files.append(Download(f"{name}.csv", words, f"tables/{name}.csv", size))
        else:
            files.append(download(f"{name}.csv", words, table))
    return [*files, download(CODE_BOOK, "what every column of these tables is, with its unit", about)]
