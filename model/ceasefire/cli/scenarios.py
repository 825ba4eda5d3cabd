"""Commands about scenario files: list, describe, check, new."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ceasefire.cli.exit_codes import BAD_INPUT, RefusedError
from ceasefire.cli.options import AsJson, Changes, ScenarioName, Settings, load_with_options
from ceasefire.cli.terminal import columns, notify, notify_if_compiling, pasted, program, show, show_json, shown_path
from ceasefire.compilation.in_python import prefer_python
from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario import load as scenario_check
from ceasefire.scenario.yaml_with_lines import read

if TYPE_CHECKING:
    from ceasefire.experiments.designs import Points

GROUPS = {
    "scenario": "Scenarios",
    "lever": "Levers: changes that somebody could decide",
    "shock": "Shocks: changes that nobody here controls",
    "assumption": "Assumptions: what may be wrong in the scenarios",
    "change": "Changes",
    "experiment": "Experiments",
}
"""Headings of the groups in `list`, in order."""


def list_all(
    word: Annotated[
        str | None, typer.Argument(metavar="[WORD]", help="Only what has this word in its name or title, as sudan.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List scenarios by war, changes and experiments, shipped and local, a line each."""
    from ceasefire.scenario.find_scenarios import list_changes, list_experiments, list_scenarios

    rows = [_row("scenario", name, file) for name, file in list_scenarios().items()]
    rows += [_row("change", name, file) for name, file in list_changes().items()]
    rows += [_row("experiment", name, file) for name, file in list_experiments().items()]
    if word is not None:
        rows = [row for row in rows if word.lower() in f"{row['name']} {row['says']}".lower()]
        if not rows:
            raise RefusedError(f"nothing has '{word}' in its name or title; `{program()} list` shows all")
    if as_json:
        show_json(rows)
        return
    for kind, heading in GROUPS.items():
        group = [["  " + row["name"], row["says"]] for row in rows if row["kind"] == kind]
        if group:
            show(f"{heading}\n{_by_war(group) if kind == 'scenario' else columns(group, gap=2)}\n")
    notify(f"{program()} describe NAME shows more; {program()} run SCENARIO --change CHANGE simulates it.")


def _by_war(group: list[list[str]]) -> str:
    """Lines of scenarios; a war with several stands apart."""
    from ceasefire.scenario.find_scenarios import war_of

    lines = columns(group, gap=2).splitlines()
    wars = [war_of(name.strip()) for name, _ in group]
    several = {war for war in wars if wars.count(war) > 1}
    shown = []
    for at, line in enumerate(lines):
        if at and wars[at] != wars[at - 1] and {wars[at], wars[at - 1]} & several:
            shown.append("")
        shown.append(line)
    return "\n".join(shown)


def _row(kind: str, name: str, file: Path) -> dict[str, str]:
    from ceasefire.scenario.find_scenarios import headline, war_of

    summary = headline(file)
    if kind == "change" and summary.get("kind") in GROUPS:
        kind = summary["kind"]
    words = (
        summary.get("question") or summary.get("sentence") or summary.get("title") or "(cannot be read; try `check`)"
    )
    war = {"war": war_of(name)} if kind == "scenario" else {}
    return {"kind": kind, "name": name, "says": words, **war, "file": str(file)}


def describe(
    scenario: ScenarioName,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print the full file: every default, and which layer set each number.")
    ] = False,
    implied: Annotated[
        bool, typer.Option("--implied", help="Say what its numbers imply for the first month: who attacks, how often.")
    ] = False,
    change: Changes = None,
    setting: Settings = None,
) -> None:
    """Describe a scenario in words: what each actor wants and how much, who controls whom, the terms, the front."""
    if implied:
        from ceasefire.narrative.implied import implied as what_follows

        notify_if_compiling()
        show("\n".join(what_follows(load_with_options(scenario, change, setting).scenario)))
        return
    if resolved:
        show(_resolved(scenario, change, setting).rstrip("\n"))
        return
    loaded = load_with_options(scenario, change, setting)
    prefer_python()  # compiling takes a quarter of a minute, and the few rules that are asked no time at all
    from ceasefire.narrative.describe import describe as in_words

    show(in_words(loaded).rstrip("\n"))


def _resolved(scenario: str, changes: Sequence[str] | None, settings: Sequence[str] | None) -> str:
    """The whole scenario as YAML; each number with the layer that set it, and what that overruled."""
    from ceasefire.scenario.compose import parse_settings
    from ceasefire.scenario.load import resolved_with_layers

    return resolved_with_layers(scenario, tuple(changes or ()), parse_settings(settings or ()))


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files, or names from `ceasefire list`.")],
) -> None:
    """List every fault of scenario, change, motive and experiment files, with its line and what would be right."""
    sound = True
    for given in files:
        file = _file_of(given)
        faults, words = _checked(file)
        for fault in faults:
            show(str(fault))
        if faults:
            sound = False
        else:
            show(f"{file}: ok{words}")
            for warned in _warnings_of(file):
                show(f"{file}: warning: {warned}")
    if not sound:
        raise typer.Exit(BAD_INPUT)


def _warnings_of(file: Path) -> list[str]:
    """What a valid scenario contains that can do nothing, or works the other way round."""
    tree, _ = read(file)
    if tree is None or is_experiment(file) or scenario_check.kind_of(file, tree) not in ("scenario", "resolved"):
        return []
    from ceasefire.scenario.without_effect import warnings

    resolved = scenario_check.kind_of(file, tree) == "resolved"
    loaded = scenario_check.load_resolved(file) if resolved else scenario_check.load(file)
    return [str(warned) for warned in warnings(loaded.scenario)]


def _points_in_words(points: Points) -> str:
    """How many combinations the design of an experiment has, and how many of its points repeat one."""
    repeats = len(points) - len(points.distinct)
    if not repeats:
        return ""
    return f"; {len(points):,} points, {len(points.distinct):,} combinations, each simulated once"


def _file_of(given: str) -> Path:
    """The file at a path, or the experiment, change, scenario or motive catalogue of that name."""
    from ceasefire.scenario.find_scenarios import list_changes, list_experiments, list_scenarios, motives_file

    path = Path(given)
    if path.exists() or len(path.parts) > 1:
        return path
    by_name = {**list_experiments(), **list_changes(), **list_scenarios(), "motives": motives_file()}
    here = Path(f"{given}.yaml")
    return by_name.get(path.stem if path.suffix in (".yaml", ".yml") else given, here if here.is_file() else path)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits, '-' and '_'.")],
    base: Annotated[str | None, typer.Option("--from", metavar="SCENARIO", help="The scenario to start from.")] = None,
    features: Annotated[
        str | None,
        typer.Option("--features", metavar="NAME=VALUE,…", help="Facts about a deal, as country=Syria,written=yes."),
    ] = None,
) -> None:
    """Write a short scenario file: based on another one, or a new case from ten facts (asked for if not given)."""
    from ceasefire.scenario.template import is_name, why_not

    if not is_name(name):
        raise RefusedError(f"'{name}' is not a name; use small letters, digits, '-' and '_', beginning with a letter")
    if base is not None and features is not None:
        raise RefusedError("give --from or --features, not both: a new case starts from generic")
    file = (Path("scenarios") if Path("scenarios").is_dir() else Path()) / f"{name}.yaml"
    if file.exists():
        raise RefusedError(f"{file} exists already and is not overwritten; choose another name")
    reason = why_not(name, file)
    if reason is not None:
        raise RefusedError(f"'{name}' {reason}; choose another name")
    if base is not None:
        _write_variant(name, base, file)
    else:
        _write_case(name, file, _asked() if features is None else _pairs(features))
    reference = name if file.parent.name == "scenarios" else shown_path(file)
    notify(f"For completion in an editor: {program()} schema --out {pasted(file.parent)}")
    notify(f"Edit it, then run: {program()} check {pasted(file)}; {program()} run {reference}")
    show(str(file))


def _write_variant(name: str, base: str, file: Path) -> None:
    """Write a file that starts from another scenario and gives the same one until it is edited."""
    from ceasefire.scenario.template import is_same_scenario, template_text

    _write_new(file, template_text(name, base, file))
    if not is_same_scenario(file, base):
        file.unlink()
        raise RefusedError(
            f"'{name}' cannot start from {base}: as {file} it is another scenario, or none, because a name that {base} "
            "uses means another file there; choose another name"
        )


def _write_case(name: str, file: Path, values: dict[str, str]) -> None:
    """Write a case from facts, and what its numbers imply."""
    from ceasefire.narrative.implied import implied
    from ceasefire.reference_class.case_file import case_text, facts_of

    facts = facts_of(values)
    _write_new(file, case_text(name, facts))
    notify_if_compiling()
    try:
        sentences = implied(scenario_check.load(file).scenario)
    except ScenarioError:
        file.unlink()
        raise
    file.write_text(case_text(name, facts, sentences), encoding="utf-8", newline="\n")
    notify("What the numbers imply as they stand; is that what you mean?\n  " + "\n  ".join(sentences))


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise RefusedError(f"{file} exists already and is not overwritten; choose another name") from None


def _pairs(features: str) -> dict[str, str]:
    """Facts from `country=Syria,written=yes`."""
    values = {}
    for given in filter(None, (part.strip() for part in features.split(","))):
        fact, equals, value = given.partition("=")
        if not equals or not fact.strip():
            raise RefusedError(f"--features {given}: write NAME=VALUE,NAME=VALUE, as country=Syria,written=yes")
        values[fact.strip()] = value.strip()
    return values


def _asked() -> dict[str, str]:
    """Facts that a person at a terminal is asked for, one by one."""
    from ceasefire.reference_class.case_file import QUESTIONS

    if not sys.stdin.isatty():
        raise RefusedError("say what it starts from: --from SCENARIO, or --features country=…,start=…,written=yes")
    return {fact: typer.prompt(question, default="", show_default=False) for fact, question in QUESTIONS.items()}


ONLY_IN_EXPERIMENTS = frozenset({"question", "design", "levers", "uncertainties", "outcomes", "draws"})
"""Keys of experiment files that no other file has."""


def check_file(path: str | Path) -> list[Fault]:
    """Every fault of an experiment, scenario, change or motive file; an empty list when there is none."""
    return _checked(Path(path))[0]


def _checked(file: Path) -> tuple[list[Fault], str]:
    """Every fault of a file, and what there is to say of it when it has none."""
    if not is_experiment(file):
        from ceasefire.simulation.initial_state import initial_state

        return scenario_check.check_file(file, initial_state), ""
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.points import check_points

    try:
        return [], _points_in_words(check_points(load_experiment(file)))
    except ScenarioError as error:
        return error.faults, ""


def is_experiment(file: Path) -> bool:
    """Whether a file has keys that only experiments have; of an unreadable file, whether it is in experiments/."""
    content, _ = read(file)
    if content is None:
        return file.suffix == ".yaml" and file.absolute().parent.name == "experiments"
    return bool(set(content.named) & ONLY_IN_EXPERIMENTS)
