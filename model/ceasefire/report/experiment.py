"""The report of a batch experiment: its question, its answer, its figures, and how sure it is."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ceasefire.ensemble.output_folder import FolderError
from ceasefire.errors import ScenarioError
from ceasefire.experiments.outcome_definitions import OutcomeVariable, outcome
from ceasefire.report.appendix import assumed_numbers, assumed_table, replay_section
from ceasefire.report.experiment_tables import answer_to, outcome_table
from ceasefire.report.hindcast import caution_sections, hindcast_sections, hindcast_sentence
from ceasefire.report.html import (
    Block,
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
from ceasefire.report.sentences import NOTE
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import titled

DESIGNS = {
    "grid": "every combination of the settings",
    "one_at_a_time": "one thing changed at a time",
    "latin_hypercube": "points spread evenly over all ranges at once (Latin hypercube)",
    "sobol": "points for sharing out the variance (Sobol, Saltelli's design)",
    "morris": "steps of one factor after another along random ways (Morris)",
    "table": "points from a table",
    "swap": "one scenario turned into another part by part, in every order",
}


@dataclass(frozen=True, eq=False)
class FinishedExperiment:
    """An experiment as it lies in its folder: what its manifest says, its tables by name, and the folder's name.

    `scenario` is the one that its points start from, when it can be read.
    """

    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    scenario: Scenario | None
    variance_reduction: Mapping[str, float]
    folder: Path
    named: str

    @property
    def outcomes(self) -> list[OutcomeVariable]:
        """What was asked of the worlds."""
        return [outcome(name) for name in self.manifest["experiment"]["outcomes"]]

    @cached_property
    def names(self) -> dict[str, str]:
        """What readers call the factors, as far as the scenario knows them."""
        found = {}
        for factor in self.manifest["factors"]:
            name = str(factor["name"])
            if factor["kind"] == "change":
                found[name] = _change_words(name)
            elif factor["kind"] != "part" and self.scenario is not None:
                found[name] = path_words(name, self.scenario)
        return found

    @cached_property
    def shown(self) -> dict[str, pd.DataFrame]:
        """The tables with factors called as readers call them."""
        return {name: self._renamed(table) for name, table in self.tables.items()}

    def _renamed(self, table: pd.DataFrame) -> pd.DataFrame:
        told = table.copy()
        if not self.names:
            return told
        known = re.compile("|".join(re.escape(name) for name in sorted(self.names, key=len, reverse=True)))
        for column in sorted({"label", "factor"} & set(told.columns)):
            told[column] = [known.sub(lambda m: self.names[m[0]], str(label)) for label in told[column]]
        return told


def read_experiment(folder: Path, manifest: Mapping[str, Any], named: str) -> FinishedExperiment:
    """An experiment from its folder. FolderError when its tables are not there yet."""
    tables = {}
    for file in sorted((folder / "tables").glob("*.csv")):
        tables[file.stem] = pd.read_csv(file)
    if "points" not in tables:
        raise FolderError(f"{folder} has no tables yet; `ceasefire experiment {manifest.get('name')}` makes them")
    try:
        worth = json.loads((folder / "tables" / "variance_reduction.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        worth = {}
    return FinishedExperiment(manifest, tables, _scenario(folder), worth, folder, named)


def experiment_report(asked: FinishedExperiment) -> Report:
    """Everything that an experiment says, for a reader who was not there."""
    said = asked.manifest
    sections = [
        Section("asked", "What was asked, and how", _method(asked)),
        *hindcast_sections(asked.tables, asked.folder),
        *[_outcome_section(asked, wanted) for wanted in asked.outcomes],
        *caution_sections(asked.manifest["experiment"].get("cautions", [])),
        Section("how-sure", "How sure, and why not surer", [Points(_uncertainty(asked))]),
        Section("varied", "What was varied", [_factors(asked)]),
        *_assumed(asked),
        replay_section(said, asked.named, 0),
        Section("downloads", "The tables, to keep", [Downloads(_downloads(asked))]),
    ]
    rough = " This was a quick run with few worlds: a rough answer." if said.get("rough") else ""
    return Report(said["title"], said["question"], _answer(asked), NOTE + rough, sections, made_by(said))


def _answer(asked: FinishedExperiment) -> str:
    first = asked.outcomes[0]
    rough = "Rough and illustrative" if asked.manifest.get("rough") else "Illustrative"
    told = answer_to(asked.shown, first, str(asked.manifest["design"]))
    if "cases" in asked.tables:
        told = f"{hindcast_sentence(asked.tables)} {told}"
    joined = titled(str(asked.manifest["title"]), f"{told[:1].lower()}{told[1:]}")
    return f"{joined} {rough}: durations are not calibrated."


def _method(asked: FinishedExperiment) -> list[Block]:
    said = asked.manifest
    design = DESIGNS.get(str(said["design"]), str(said["design"]))
    draws = said["experiment"].get("draws")
    across = " at each draw of the uncertainties" if draws else ""
    lived = (
        f"Scenario {said['scenario']}; {design}{across}: {said['points']:,} points, {said['worlds_per_point']:,} "
        f"worlds at each{', more where the answer was not sure enough' if said['experiment'].get('until') else ''}, "
        f"{said['worlds_done']:,} worlds in all, each followed for at most {said['days']:,} days, seed {said['seed']}."
    )
    own = said.get("identity_parts", {}).get("independent")
    shared = "Every point has worlds of its own." if own else "Every point lived the same worlds, so that luck cancels."
    blocks: list[Block] = [Paragraph(f"{lived} {shared}")]
    if not said.get("complete", True):
        blocks.append(Paragraph("It is not complete yet: the same command goes on with it."))
    return blocks


def _outcome_section(asked: FinishedExperiment, wanted: OutcomeVariable) -> Section:
    """The figure of an outcome, and the table that it is drawn from."""
    told = answer_to(asked.shown, wanted, str(asked.manifest["design"]))
    chart = picture(asked.folder / "figures" / f"{wanted.name}.png", f"A chart of {wanted.words}. {told}", told)
    table = outcome_table(asked.shown, wanted)
    folded = [Folded("The figures behind it", [table])] if table is not None else []
    words = wanted.words[:1].upper() + wanted.words[1:]
    return Section(f"outcome-{wanted.name}", words, [*([chart] if chart else []), *folded])


def _uncertainty(asked: FinishedExperiment) -> list[str]:
    said = asked.manifest
    chance = (
        f"Chance. The 95 % intervals are the error of having lived {said['worlds_per_point']:,} worlds at each point."
    )
    worth = asked.variance_reduction.get(asked.outcomes[0].name)
    if worth:
        chance += f" Living the same worlds everywhere made the variance of differences {worth:.1f} times smaller."
    drawn = said["experiment"].get("draws") or said["design"] in ("morris", "sobol", "latin_hypercube")
    doubt = (
        "Doubt. What is in doubt was drawn over its range, so the answer has it in it: what varies over draws is "
        "doubt, and is kept apart from chance."
    )
    if not drawn:
        doubt = (
            "Doubt about what is assumed is not in these intervals: all points assume the same numbers, but for what "
            "was varied."
        )
    failed = said.get("worlds_failed", 0)
    left_out = _left_out(asked)
    lost = [f"{failed:,} worlds failed and are left out."] if failed else []
    rules = "Outside both: whether the rules by which these actors decide are right at all."
    return [chance, doubt, *lost, *left_out, rules]


def _left_out(asked: FinishedExperiment) -> list[str]:
    """Trajectories or blocks that a failed point took with it."""
    table = asked.tables.get("sensitivity")
    if table is None or "left_out" not in table or not table["left_out"].max():
        return []
    return [f"{int(table['left_out'].max()):,} sets of points had one that failed, and were left out whole."]


def _factors(asked: FinishedExperiment) -> Folded:
    """Every factor, under the name that readers know."""
    ways = {"doubt": "over its range of doubt", "change": "on or off", "part": "as in one scenario or the other"}
    rows = [
        [
            asked.names.get(str(f["name"]), str(f["name"])),
            "lever" if f["lever"] else "uncertainty",
            ways.get(f["kind"], f["kind"]),
        ]
        for f in asked.manifest["factors"]
    ]
    table = Table(f"{len(rows):,} factors", ["factor", "is", "varied"], rows)
    levers = sum(row[1] == "lever" for row in rows)
    what = f"{levers:,} levers and {len(rows) - levers:,} uncertainties"
    if asked.manifest["design"] == "swap":
        what = f"{len(rows):,} parts, and what lies in none of them"
    return Folded(what, [table])


def _change_words(name: str) -> str:
    """A change under its title, when its file is still there."""
    from ceasefire.scenario.find_scenarios import find_change, headline

    try:
        title = headline(find_change(name)).get("title")
    except ScenarioError:
        title = None
    return f'"{title}" ({name})' if title else name


def _scenario(folder: Path) -> Scenario | None:
    """The scenario that the first points start from; none when it cannot be read."""
    from ceasefire.experiments.result_store import Store
    from ceasefire.scenario.load import load_resolved

    try:
        scenarios = Store(folder).scenarios()
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "scenario.resolved.yaml"
            file.write_text(str(scenarios["resolved"].iloc[0]), encoding="utf-8")
            return load_resolved(file).scenario
    except (FolderError, ScenarioError, KeyError, IndexError, OSError):
        return None


def _assumed(asked: FinishedExperiment) -> list[Section]:
    """Numbers that the first scenario of the experiment assumes; nothing when it cannot be read."""
    if asked.scenario is None:
        return []
    table = assumed_numbers(asked.scenario)
    folded = Folded("All assumed numbers, with their ranges", [assumed_table(table)])
    said = f"{len(table):,} numbers of the scenario are assumed: nobody measured them."
    return [Section("assumed", "What was assumed", [Paragraph(said), folded])]


def _downloads(asked: FinishedExperiment) -> list[Any]:
    says = {
        "points": "every point: its settings and its outcomes",
        "differences": "every point against the scenario as it is",
        "levers": "every combination of levers over the draws",
        "sensitivity": "what each factor does",
        "attribution": "what each part contributes",
        "cases": "the deals side by side: what would have been said, and what became of them",
        "case_curves": "shares of their worlds still holding, by day",
        "case_scores": "log scores of the model and of curves that know no case",
    }
    return [download(f"{name}.csv", says.get(name, name), table) for name, table in asked.tables.items()]
