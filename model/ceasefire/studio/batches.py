"""Batch experiments of the page: one or two numbers, levers, or an experiment that exists. Each is an ordinary file."""

from __future__ import annotations

import hashlib
import json
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ceasefire.errors import Fault, FolderError, ScenarioError
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.prepare import PreparedExperiment, estimate_cost, prepare
from ceasefire.experiments.resume import folder_for_experiment
from ceasefire.scenario.find_scenarios import headline, list_experiments, shipped
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.studio.messages import Design, OfLevers, OfNumbers, Shipped, State
from ceasefire.studio.result_files import folder_named
from ceasefire.studio.scenario_files import file_for, made_here, save, with_mark
from ceasefire.studio.states import is_inside, is_path, load_state, refuse_outside
from ceasefire.wording import listed

DAYS = (365, 90, 30)
"""The share that holds past the first of these days that is before the horizon is an outcome."""
FOLDER = Path("experiments")
IN_FILE = "levers.paths."
"""Begins the path of a number in an experiment file."""


@dataclass(frozen=True)
class Batch:
    """An experiment file that is to be written, and the scenario file that it needs, if any."""

    name: str
    text: str
    base: tuple[str, State] | None = None
    files: list[str] = field(default_factory=list)


def experiments() -> list[dict[str, Any]]:
    """The experiments that exist, by name."""
    own = shipped("experiments").resolve()
    return [
        {
            "name": name, "title": (about := headline(file)).get("title", name),
            "question": about.get("question", ""), "shipped": file.resolve().parent == own,
        }
        for name, file in list_experiments().items()
    ]  # fmt: skip


def estimate(design: Design, program: str) -> dict[str, Any]:
    """What an experiment would cost here, and which files it would write; nothing is written. ScenarioError."""
    with _prepared(design, keep=False) as (prepared, batch):
        folder, _ = folder_for_experiment(prepared)
        cost, spec = estimate_cost(prepared), prepared.experiment.spec
    quick = " --quick" if prepared.quick else ""
    return {
        "points": cost.points, "worlds": cost.worlds, "most_worlds": cost.most_worlds,
        "seconds": round(cost.seconds, 1), "most_seconds": round(cost.most_seconds, 1), "disk": cost.disk,
        "question": spec.question, "title": spec.title, "folder": folder.name,
        "command": f"{program} experiment {shlex.quote(spec.name)}{quick}", "files": batch.files if batch else [],
        "exists": folder.exists(),
    }  # fmt: skip


def start(design: Design) -> tuple[PreparedExperiment, Path]:
    """Write the files of an experiment, and prepare it; with its folder. ScenarioError, FolderError, OSError."""
    with _prepared(design, keep=True) as (prepared, _):
        return prepared, folder_for_experiment(prepared)[0]


def resume(name: str) -> tuple[PreparedExperiment, Path]:
    """An experiment of a folder of results, prepared to go on. FolderError when it is not the same any more."""
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.resume import refuse_other_experiment

    folder = folder_named(name)
    store = Store(folder)
    stored = store.manifest()
    refuse_outside(str(stored["name"]), "name")
    try:
        independent = bool(stored["identity_parts"]["independent"])
    except (KeyError, TypeError) as problem:
        raise FolderError(f"{folder}: its manifest is incomplete") from problem
    prepared = prepare(load_experiment(stored["name"]), quick=bool(stored["rough"]), independent=independent)
    refuse_other_experiment(prepared, store)
    return prepared, folder


@contextmanager
def _prepared(design: Design, keep: bool) -> Iterator[tuple[PreparedExperiment, Batch | None]]:
    """A design prepared; its files are written to stay, or only for the time of the block."""
    if isinstance(design, Shipped):
        refuse_outside(design.name, "name")
        yield prepare(load_experiment(design.name), quick=design.quick), None
        return
    batch = batch_of(design)
    if keep:
        _write(batch)
        yield prepare(load_experiment(FOLDER / f"{batch.name}.yaml")), batch
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{batch.name}.yaml"
        file.write_text(_draft(batch, design.state, Path(folder)), encoding="utf-8")
        try:
            prepared = prepare(load_experiment(file))
        except ScenarioError as problem:
            faults = [Fault("", None, each.path.removeprefix(IN_FILE), each.message) for each in problem.faults]
            raise ScenarioError(faults) from problem
        yield prepared, batch


def _draft(batch: Batch, state: State, folder: Path) -> str:
    """The text of an experiment whose base is not saved yet: it starts from the resolved scenario beside it."""
    if batch.base is None:
        return batch.text
    resolved = folder / "base.resolved.yaml"
    resolved.write_text(load_state(state).resolved_yaml(), encoding="utf-8")
    return batch.text.replace(f"scenario: {batch.base[0]}\n", "scenario: ./base.resolved.yaml\n", 1)


def _write(batch: Batch) -> None:
    """Write the files of a batch. ScenarioError when the file of its name is another's."""
    file = FOLDER / f"{batch.name}.yaml"
    if not is_inside(file):
        raise ScenarioError([Fault("", None, "name", f"{file} is not below the working folder")])
    text = with_mark(batch.text)
    if file.exists() and file.read_text(encoding="utf-8") != text and not made_here(file.read_bytes()):
        message = f"{file} exists already and was not made here, or was edited since; choose another name"
        raise ScenarioError([Fault("", None, "name", message)])
    if batch.base is not None and not file_for(batch.base[0]).exists():
        save(batch.base[1], batch.base[0], "", replace=False)
    FOLDER.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def batch_of(design: OfNumbers | OfLevers) -> Batch:
    """The experiment file of a design. ScenarioError when the state has faults, or a number is not there."""
    state = design.state
    loaded = load_state(state)
    content = json.dumps(design.model_dump(exclude={"name"}), sort_keys=True)
    mark = hashlib.sha256(content.encode()).hexdigest()[:6]
    name = design.name or f"studio-{loaded.name[:40]}-{mark}"
    base = (f"{name}-base", state.model_copy(update={"days": None})) if state.set or is_path(state.scenario) else None
    horizon = state.days or loaded.scenario.horizon_days
    outcomes = ["days_held", *[f"holds_past_{day}" for day in DAYS if day < horizon][:1], "holds_to_the_end"]
    reference = base[0] if base else "+".join([state.scenario, *state.changes])
    varied, title, question = _numbers(design, loaded) if isinstance(design, OfNumbers) else _levers(design, loaded)
    lines = [
        "# Made in the studio.", f"name: {name}", f"title: {json.dumps(title, ensure_ascii=False)}",
        f"question: {json.dumps(question, ensure_ascii=False)}", f"scenario: {reference}", *varied,
        *([] if state.days is None else [f"days: {state.days}"]),
        f"worlds: {design.worlds}", f"seed: {state.seed}", f"outcomes: {json.dumps(outcomes)}",
    ]  # fmt: skip
    files = [str(FOLDER / f"{name}.yaml"), *([str(file_for(base[0]))] if base else [])]
    return Batch(name, "\n".join(lines) + "\n", base, files)


def _numbers(design: OfNumbers, loaded: Any) -> tuple[list[str], str, str]:
    words = [path_words(number.path, loaded.scenario) for number in design.numbers]
    for number in design.numbers:
        if not number.low < number.high:
            message = f"from {number.low:g} to {number.high:g} is no range; the first must be the lower"
            raise ScenarioError([Fault("", None, number.path, message)])
    lines = ["levers:", "  paths:"]
    lines += [f"    {n.path}: {{range: [{n.low!r}, {n.high!r}], points: {n.levels}}}" for n in design.numbers]
    title = f"{loaded.scenario.title}: {listed(words)}"
    question = f"How long does the deal hold, depending on {listed(words)}?"
    return [*lines, "design: {kind: grid}"], title, question


def _levers(design: OfLevers, loaded: Any) -> tuple[list[str], str, str]:
    names = "all" if design.levers is None else json.dumps(design.levers)
    question = f"{loaded.scenario.title}: which of these levers makes it last longer?"
    lines = ["levers:", f"  changes: {names}", "design: {kind: one_at_a_time}"]
    return lines, f"{loaded.scenario.title}: levers", question
