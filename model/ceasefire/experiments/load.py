"""Loads an experiment: its question, its scenario and its factors; or reports every fault with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ceasefire.ensemble.parameter_draws import assumed_ranges
from ceasefire.errors import Fault, ScenarioError
from ceasefire.experiments.contrasts import Swap, between
from ceasefire.experiments.design_table import Row, read_points
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.schema import SAMPLED, Answer, Case, Design, Experiment, Factors, Spread
from ceasefire.scenario.compose import change_name, name_faults
from ceasefire.scenario.find_scenarios import find_change, find_experiment, headline
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import fits, is_number, places
from ceasefire.scenario.schema_errors import faults_of
from ceasefire.scenario.variants import BaseScenario, open_base
from ceasefire.scenario.yaml_with_lines import Located, dotted, fault_at, place_of, read, to_plain
from ceasefire.suggestions import did_you_mean

GROUPS = ("levers", "uncertainties")
KINDS_OF_ALL = {"levers": ("lever",), "uncertainties": ("shock", "assumption")}
"""Kinds of change that `changes: all` means."""

RESERVED = frozenset({"point", "baseline", "draw", "scenario", "label", "worlds", "failed"})
"""Columns of every table of points, which cannot be names of factors."""

HOLDS = "holds_past_"
"""How the names of outcomes with a day begin."""

MOST_TRIED = 12
"""Values of a list that are checked against the scenario before anything runs, at most."""


@dataclass(frozen=True)
class LoadedExperiment:
    """An experiment without faults: the content of its file, the scenario, and the factors."""

    spec: Experiment
    file: Path
    base: BaseScenario
    factors: tuple[Factor, ...]
    rows: tuple[Row, ...] = ()
    swap: Swap | None = None
    cases: tuple[Loaded, ...] = ()
    towards: str = ""
    """The label of the scenario that parts are taken from, in a swap."""

    @property
    def crossed(self) -> bool:
        """Whether every combination of levers is run at each draw, or each sample, of the uncertainties."""
        both = bool(self.of(lever=True)) and bool(self.of(lever=False))
        return self.spec.draws is not None or (both and self.spec.design.kind in SAMPLED)

    @property
    def sampled(self) -> tuple[Factor, ...]:
        """The factors that a design with samples samples: the uncertainties, where there are levers as well."""
        return self.of(lever=False) if self.crossed else self.factors

    @property
    def has_settings(self) -> bool:
        """Whether the design has points at chosen settings, which can be compared with one another."""
        kind = self.spec.design.kind
        return kind != "swap" and (self.crossed or kind not in SAMPLED)

    def of(self, lever: bool) -> tuple[Factor, ...]:
        """The levers, or the uncertainties."""
        return tuple(factor for factor in self.factors if factor.lever == lever)


def load_experiment(reference: str | Path) -> LoadedExperiment:
    """Load an experiment by name or path. ScenarioError with every fault, by file and line."""
    file = find_experiment(reference)
    content, faults = read(file)
    if content is None:
        raise ScenarioError(faults)
    faults += name_faults(content, file)
    try:
        spec = Experiment.model_validate(to_plain(content))
    except ValidationError as error:
        faults += faults_of(error, content, Experiment)
        spec = _valid_parts(content)
    return _ExperimentReader(file, content, spec, faults).experiment()


def _valid_parts(content: Located) -> Experiment:
    """The valid parts of a faulty file, so that all of its faults can be reported at once."""
    parts: dict[str, Any] = {"levers": Factors(), "uncertainties": Factors(), "design": Design(kind="grid")}
    for name, model in (("levers", Factors), ("uncertainties", Factors), ("design", Design)):
        part = content.at(name)
        with suppress(ValidationError):
            parts[name] = model.model_validate(to_plain(part)) if part is not None else parts[name]
    answer, written = None, content.at("answer")
    with suppress(ValidationError):
        answer = Answer.model_validate(to_plain(written)) if written is not None else None
    scenario = content.at("scenario")
    named = scenario.value if scenario is not None and isinstance(scenario.value, str) else ""
    return Experiment.model_construct(
        scenario=named, outcomes=[], days=None, draws=None, answer=answer, cases=[], **parts
    )


class _ExperimentReader:
    """Checks an experiment against its scenario, and collects every fault."""

    def __init__(self, file: Path, content: Located, spec: Experiment, faults: list[Fault]) -> None:
        self.file, self.content, self.spec, self.faults = file, content, spec, faults

    def experiment(self) -> LoadedExperiment:
        """The experiment. ScenarioError when it has a fault."""
        base = self._scenario(self.spec.scenario, "scenario") if self.spec.scenario else None
        if base is None:
            raise ScenarioError(self.faults)
        self._check_draws()
        self._check_horizon(self.spec.days or base.loaded.scenario.horizon_days)
        factors = [factor for group in GROUPS for factor in self._group(base, group)]
        rows: tuple[Row, ...] = ()
        if self.spec.design.file is not None:
            factors, rows, faults = read_points(
                self.file.parent / self.spec.design.file,
                factors,
                lambda factor, value: _values_fault(base, factor.paths[0], Spread(values=[value])),
            )
            self.faults += faults
        swap = self._swap(base) if self.spec.design.kind == "swap" else None
        factors = [*(swap.factors if swap else ()), *factors]
        cases = self._cases()
        self._check_names(factors)
        self._check_overwriting(base, factors)
        if not factors and not self.faults:
            self._fault((), "nothing is varied: no change fits the scenario, or no number is assumed")
        self._check_settings(factors)
        if self.faults:
            raise ScenarioError(self.faults)
        towards = swap.there.label if swap else ""
        experiment = LoadedExperiment(self.spec, self.file, base, tuple(factors), rows, swap, cases, towards)
        self._check_contrast(experiment)
        return experiment

    def _check_settings(self, factors: Sequence[Factor]) -> None:
        """What a contrast names is varied here, and takes these settings; what has a fault of its own has that one."""
        known = {factor.name: factor for factor in factors}
        if {fault.path for fault in self.faults} & {*GROUPS, "design"}:
            return
        for place, side in enumerate(self.spec.answer.contrast or () if self.spec.answer else ()):
            for name, setting in side.items():
                steps = ("answer", "contrast", place, name)
                if name not in known and name not in self._written:
                    self._fault(steps, f"'{name}' is not varied here{did_you_mean(name, known)}")
                if name not in known:
                    continue
                try:
                    known[name].code(setting)
                except ValueError as problem:
                    self._fault(steps, str(problem))

    @property
    def _written(self) -> set[str]:
        """Every factor that the file names, sound or not."""
        names = set(self.spec.design.parts or ())
        for factors in (self.spec.levers, self.spec.uncertainties):
            names |= {*factors.paths, *(factors.changes if factors.changes != "all" else ())}
        return names

    def _check_contrast(self, experiment: LoadedExperiment) -> None:
        """The design has points at both sides of every pair of a contrast. ScenarioError otherwise."""
        from ceasefire.experiments.designs import pairs_of, points_of

        pairs = self.spec.answer.pairs if self.spec.answer else []
        if not pairs:
            return
        if not experiment.has_settings:
            message = f"{self.spec.design.kind} has no points at chosen settings; leave contrast out"
            self._fault(("answer", "contrast"), f"{message}, and the design's own result answers")
        else:
            points = points_of(experiment, 2, 2, roughly=True) if experiment.crossed else points_of(experiment)
            for place, pair in enumerate(pairs):
                if not len(pairs_of(points, experiment.factors, *pair)):
                    message = (
                        "the design has no points at these two sides that differ in nothing else; name on both what "
                        "differs"
                    )
                    self._fault(("answer", "contrast", 2 * place), message)
        if self.faults:
            raise ScenarioError(self.faults)

    def _fault(self, steps: Sequence[str | int], message: str) -> None:
        self.faults.append(fault_at(place_of(self.content, steps), dotted(steps), message))

    def _check_draws(self) -> None:
        """A design with samples draws the uncertainties itself, and adds no worlds to single samples."""
        kind, both = self.spec.design.kind, bool(self.spec.levers) and bool(self.spec.uncertainties)
        if kind in SAMPLED and self.spec.draws is not None:
            message = f"{kind} samples the uncertainties itself, and every combination of levers is run at each sample"
            self._fault(("draws",), f"{message}; leave draws out, or use grid or one_at_a_time for the levers")
        if kind in SAMPLED and both and self.spec.until is not None:
            self._fault(("until",), "cannot be used where samples of the uncertainties are crossed with levers")

    def _check_horizon(self, horizon: int) -> None:
        """`holds_past_N` needs N below the horizon."""
        for position, name in enumerate(self.spec.outcomes):
            if name.startswith(HOLDS) and int(name.removeprefix(HOLDS)) >= horizon:
                message = f"'{name}' cannot be known: worlds are followed for {horizon:,} days"
                self._fault(("outcomes", position), message)

    def _scenario(self, reference: str, *steps: str | int) -> BaseScenario | None:
        """A scenario, by name or as a file beside the experiment's; its own faults are added unchanged."""
        try:
            return open_base(reference, self.file.parent)
        except ScenarioError as error:
            for fault in error.faults:
                if fault.file:
                    self.faults.append(fault)
                else:
                    self._fault(steps, fault.message)
        return None

    def _swap(self, base: BaseScenario) -> Swap | None:
        design = self.spec.design
        other = self._scenario(str(design.to), "design", "to")
        if other is None:
            return None
        swap, wrong = between(base.loaded, other.loaded, design.parts or {})
        for steps, message in wrong:
            self._fault(("design", "parts", *steps), message)
        return swap

    def _cases(self) -> tuple[Loaded, ...]:
        scenarios = [
            self._scenario(case.scenario, "cases", place, "scenario") for place, case in enumerate(self.spec.cases)
        ]
        loaded = [base.loaded for base in scenarios if base is not None]
        labels = [each.label for each in loaded]
        for place, label in enumerate(labels):
            if label in labels[:place]:
                self._fault(("cases", place, "scenario"), f"'{label}' is listed twice")
        if len(loaded) == len(self.spec.cases):
            ends = [self._ended(place, case, loaded[place]) for place, case in enumerate(self.spec.cases)]
            self.spec = self.spec.model_copy(update={"cases": ends})
        return tuple(loaded)

    def _ended(self, place: int, case: Case, loaded: Loaded) -> Case:
        """The case with how long it held, from `really:` of its scenario where the experiment does not say."""
        if case.held is not None:
            return case
        really = loaded.scenario.really
        if really is None:
            self._fault(
                ("cases", place), "held is missing, and the scenario has no `really:` that says how long it held"
            )
            return case
        known = {"held": really.held(loaded.scenario.start), "holding": really.holding}
        return case.model_copy(update={**known, "source": case.source or really.source})

    def _group(self, base: BaseScenario, group: str) -> Iterator[Factor]:
        factors: Factors = getattr(self.spec, group)
        yield from self._changes(base, group, factors)
        for path, spread in factors.paths.items():
            if spread.doubt:
                yield from self._assumed(base, group, path)
            else:
                yield from self._path(base, group, path, spread)

    def _changes(self, base: BaseScenario, group: str, factors: Factors) -> Iterator[Factor]:
        lever = group == "levers"
        if factors.changes == "all":
            for name in base.applying(KINDS_OF_ALL[group]):
                yield _change_factor(base, name, name, lever)
            return
        for position, name in enumerate(factors.changes):
            wrong = _change_fault(base, name)
            if wrong is None:
                yield _change_factor(base, change_name(name), name, lever)
            else:
                self._fault((group, "changes", position), wrong)

    def _assumed(self, base: BaseScenario, group: str, pattern: str) -> Iterator[Factor]:
        paths = [path for path in assumed_ranges(base.loaded.scenario) if fits(path, pattern)]
        if not paths:
            known = any(fits(path, pattern) for path in base.numbers)
            why = "is not assumed: it has a source, or is drawn already; give a range to vary it"
            self._fault((group, "paths", pattern), why if known else base.no_such(pattern))
        yield from (Factor(path, "doubt", group == "levers", (path,)) for path in paths)

    def _path(self, base: BaseScenario, group: str, path: str, spread: Spread) -> Iterator[Factor]:
        wrong = "has the value 'table', but the design is not a table; give its values"
        if not spread.table or self.spec.design.kind == "table":
            wrong = _values_fault(base, path, spread) or ""
        if wrong:
            self._fault((group, "paths", path), wrong)
            return
        low, high = base.limits(path)
        numbers = spread.values is None or all(map(is_number, spread.values))
        yield Factor(path, "number" if numbers else "choice", group == "levers", (path,), spread, low, high)

    def _check_overwriting(self, base: BaseScenario, factors: Sequence[Factor]) -> None:
        """No path is both set to values and set by a change: the values, which are set later, would undo the change."""
        changes = [factor for factor in factors if factor.kind == "change"]
        for factor in factors:
            if factor.kind not in ("number", "choice"):
                continue
            own = _values_at(base.loaded.resolved, factor.paths[0])
            for change in changes:
                if _values_at(base.under(change.paths).resolved, factor.paths[0]) != own:
                    message = f"the change '{change.name}' sets this too, and would be undone; vary one of the two"
                    self._fault(_where(factor), message)

    def _check_names(self, factors: Sequence[Factor]) -> None:
        """A factor is varied once, and its name is not a column of every table."""
        names: set[str] = set()
        for factor in factors:
            if factor.name in names:
                self._fault(_where(factor), f"'{factor.name}' is varied twice")
            if factor.name in RESERVED:
                self._fault(_where(factor), f"'{factor.name}' is a column of every table; use another name")
            names.add(factor.name)


def _where(factor: Factor) -> tuple[str, ...]:
    """The part of the file that defines a factor, as closely as it can be located."""
    if factor.kind == "part":
        return ("design", "parts", factor.name)
    return (
        "levers" if factor.lever else "uncertainties",
        "changes" if factor.kind == "change" else "paths",
        factor.name,
    )


def _values_at(content: dict[str, Any], pattern: str) -> dict[str, Any]:
    """The values of a scenario at the paths that fit a pattern."""
    values = {}
    for path in places(content, pattern):
        entry: Any = content
        for step in path.split("."):
            entry = entry[int(step)] if isinstance(entry, list) else entry[step]
        values[path] = entry
    return values


def _change_factor(base: BaseScenario, name: str, reference: str, lever: bool) -> Factor:
    title = headline(find_change(reference, base.file.parent)).get("title")
    return Factor(name, "change", lever, (reference,), title=title or name)


def _change_fault(base: BaseScenario, name: str) -> str | None:
    """Why a change cannot be applied to the scenario, or None."""
    try:
        find_change(name, base.file.parent)
    except ScenarioError as error:
        return error.faults[0].message
    try:
        base.under((name,))
    except ScenarioError as error:
        return f"'{name}' does not fit {base.loaded.label}: {error.faults[0]}"
    return None


def _values_fault(base: BaseScenario, path: str, spread: Spread) -> str | None:
    """Why the scenario cannot have these values at this path, or None."""
    middle = (spread.normal or spread.lognormal or ())[:1]
    tried = list(spread.values or spread.range or spread.triangular or middle)
    for value in tried[:MOST_TRIED]:
        try:
            base.under((), {path: value})
        except ScenarioError as error:
            fault = error.faults[0]
            names_value = "path" in fault.message or fault.message.lstrip("'").startswith(str(value))
            return fault.message if names_value else f"{value}: {fault.message}"
    if not tried and not list(places(base.loaded.resolved, path)):
        return base.no_such(path)
    return None
