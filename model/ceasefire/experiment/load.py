"""Loading an experiment: what it asks, of which scenario, varying what; or every fault with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ceasefire.experiment.factors import Factor, fits, is_number, places
from ceasefire.experiment.schema import Experiment, Factors, Spread
from ceasefire.experiment.swap import Swap, between
from ceasefire.experiment.table import read_points
from ceasefire.scenario.assemble import change_name, name_faults
from ceasefire.scenario.faults import Fault, ScenarioError
from ceasefire.scenario.headline import headline
from ceasefire.scenario.library import find_change, find_experiment, find_scenario, list_changes
from ceasefire.scenario.load import Loaded, load, split_reference
from ceasefire.scenario.paths import doubt_range, quantities
from ceasefire.scenario.said import Said, dotted, fault_at, place_of, plain
from ceasefire.scenario.suggest import nearest
from ceasefire.scenario.words import faults_of
from ceasefire.scenario.yaml_lines import read

GROUPS = ("levers", "uncertainties")
KIND_OF = {"levers": ("lever",), "uncertainties": ("shock", "assumption")}
"""Kinds of change that `changes: all` means."""

RESERVED = frozenset({"point", "baseline", "draw", "scenario", "label", "worlds", "failed"})
"""Columns of the design that no factor may be called."""

MOST_TRIED = 12
"""Values of a list that are tried on the scenario before anything runs."""


@dataclass(frozen=True)
class Asked:
    """An experiment that was found sound: what its file says, the scenario, and what is varied."""

    spec: Experiment
    file: Path
    base: Loaded
    factors: tuple[Factor, ...]
    rows: tuple[tuple[float, ...], ...] = ()
    swap: Swap | None = None

    def of(self, lever: bool) -> tuple[Factor, ...]:
        """The levers, or the uncertainties."""
        return tuple(factor for factor in self.factors if factor.lever == lever)


def load_experiment(reference: str | Path) -> Asked:
    """An experiment by name or path. Raises ScenarioError with every fault found, by file and line."""
    file = find_experiment(reference)
    said, faults = read(file)
    if said is None:
        raise ScenarioError(faults)
    faults += name_faults(said, file)
    try:
        spec = Experiment.model_validate(plain(said))
    except ValidationError as error:
        raise ScenarioError(faults + faults_of(error, said, Experiment)) from None
    return _Reading(file, said, spec, faults).asked()


class _Reading:
    """Reads an experiment against its scenario, noting every fault."""

    def __init__(self, file: Path, said: Said, spec: Experiment, faults: list[Fault]) -> None:
        self.file, self.said, self.spec, self.faults = file, said, spec, faults

    def asked(self) -> Asked:
        """The experiment. Raises ScenarioError when anything is wrong."""
        base = self._scenario(self.spec.scenario, "scenario")
        if base is None:
            raise ScenarioError(self.faults)
        factors = [factor for group in GROUPS for factor in self._group(base, group)]
        rows: tuple[tuple[float, ...], ...] = ()
        if self.spec.design.file is not None:
            factors, rows, found = read_points(self.file.parent / self.spec.design.file, factors)
            self.faults += found
        swap = self._swap(base) if self.spec.design.kind == "swap" else None
        factors = [*(swap.factors if swap else ()), *factors]
        self._once(factors)
        if not factors and not self.faults:
            self._fault((), "nothing is varied: no change applies, or no number is in doubt")
        if self.faults:
            raise ScenarioError(self.faults)
        return Asked(self.spec, self.file, base, tuple(factors), rows, swap)

    def _fault(self, steps: Sequence[str | int], message: str) -> None:
        self.faults.append(fault_at(place_of(self.said, steps), dotted(steps), message))

    def _scenario(self, reference: str, field: str, *around: str) -> Loaded | None:
        """A scenario, named or lying beside the experiment's file; its own faults are noted as they are."""
        try:
            first, changes = split_reference(reference)
            beside = self.file.parent / first
            file = beside if "/" in first and beside.is_file() else find_scenario(first)
            return load(file, changes)
        except ScenarioError as error:
            for fault in error.faults:
                if fault.file:
                    self.faults.append(fault)
                else:
                    self._fault((*around, field), fault.message)
        return None

    def _swap(self, base: Loaded) -> Swap | None:
        design = self.spec.design
        other = self._scenario(str(design.to), "to", "design")
        if other is None:
            return None
        found, wrong = between(base, other, design.parts or {})
        for steps, message in wrong:
            self._fault(("design", "parts", *steps), message)
        return found

    def _group(self, base: Loaded, group: str) -> Iterator[Factor]:
        factors: Factors = getattr(self.spec, group)
        yield from self._changes(base, group, factors)
        for path, spread in factors.paths.items():
            if spread.doubt:
                yield from self._doubts(base, group, path)
            else:
                yield from self._path(base, group, path, spread)

    def _changes(self, base: Loaded, group: str, factors: Factors) -> Iterator[Factor]:
        lever = group == "levers"
        if factors.changes == "all":
            yield from (Factor(name, "change", lever) for name in applying(base, KIND_OF[group]))
            return
        for position, name in enumerate(factors.changes):
            wrong = self._refused(base, name)
            if wrong is None:
                yield Factor(change_name(name), "change", lever, (name,))
            else:
                self._fault((group, "changes", position), wrong)

    def _refused(self, base: Loaded, name: str) -> str | None:
        """Why a change cannot be joined to the scenario, or None."""
        try:
            find_change(name)
        except ScenarioError as error:
            return error.faults[0].message
        try:
            joined(base, (name,))
        except ScenarioError as error:
            return f"'{name}' does not fit {base.label}: {error.faults[0]}"
        return None

    def _doubts(self, base: Loaded, group: str, pattern: str) -> Iterator[Factor]:
        found = [path for path in doubt_ranges(base) if fits(path, pattern)]
        if not found:
            known = any(fits(path, pattern) for path, _, _ in quantities(base.scenario))
            why = "is not in doubt (it has a source, or is drawn already)" if known else self._no_such(base, pattern)
            self._fault((group, "paths", pattern), f"{why}; give a range to vary it")
        yield from (Factor(path, "doubt", group == "levers", (path,)) for path in found)

    def _path(self, base: Loaded, group: str, path: str, spread: Spread) -> Iterator[Factor]:
        steps = (group, "paths", path)
        if spread.table and self.spec.design.kind != "table":
            self._fault(steps, "says 'table', and the design is none; give its values")
            return
        wrong = self._untaken(base, path, spread)
        if wrong is not None:
            self._fault(steps, wrong)
            return
        low, high = limits(base, path)
        kind = "number" if spread.values is None or all(map(is_number, spread.values)) else "choice"
        yield Factor(path, kind, group == "levers", (path,), spread, low, high)  # type: ignore[arg-type]

    def _untaken(self, base: Loaded, path: str, spread: Spread) -> str | None:
        """Why the scenario does not take these values at this path, or None."""
        tried = spread.values or spread.range or spread.triangular or (spread.normal or spread.lognormal or ())[:1]
        for value in list(tried)[:MOST_TRIED]:
            try:
                joined(base, (), {path: value})
            except ScenarioError as error:
                return f"{value}: {error.faults[0].message}" if error.faults[0].path else error.faults[0].message
        if not tried and not list(places(base.resolved, path)):
            return self._no_such(base, path)
        return None

    def _no_such(self, base: Loaded, path: str) -> str:
        close = nearest(path, (known for known, _, _ in quantities(base.scenario)))
        return "this scenario has no such path" + (f"; did you mean '{close}'?" if close else "")

    def _once(self, factors: Sequence[Factor]) -> None:
        seen: set[str] = set()
        for factor in factors:
            if factor.name in seen:
                self._fault(self._where(factor), f"'{factor.name}' is varied twice")
            if factor.name in RESERVED:
                self._fault(self._where(factor), f"'{factor.name}' is a column of every table; use another name")
            seen.add(factor.name)

    def _where(self, factor: Factor) -> tuple[str, ...]:
        if factor.kind == "part":
            return ("design", "parts", factor.name)
        return ("levers" if factor.lever else "uncertainties", "paths" if factor.paths else "changes", factor.name)


def joined(base: Loaded, changes: Sequence[str], settings: Mapping[str, object] | None = None) -> Loaded:
    """The scenario under more changes and settings. Raises ScenarioError when they do not fit."""
    return load(base.file, (*base.changes, *changes), {**base.settings, **(settings or {})})


def applying(base: Loaded, kinds: Sequence[str]) -> list[str]:
    """Names of the changes of these kinds that fit a scenario which does not have them yet, in order."""
    found = []
    for name, file in list_changes(base.file.parent).items():
        if name not in base.changes and headline(file).get("kind") in kinds:
            try:
                joined(base, (name,))
            except ScenarioError:
                continue
            found.append(name)
    return found


def doubt_ranges(loaded: Loaded) -> dict[str, tuple[float, float]]:
    """The range that each number in doubt is drawn over, by path."""
    found = {path: doubt_range(number, meta) for path, number, meta in quantities(loaded.scenario)}
    return {path: span for path, span in found.items() if span is not None}


def limits(loaded: Loaded, pattern: str) -> tuple[float, float]:
    """The limits that all numbers of a pattern share."""
    found = [(meta["low"], meta["high"]) for path, _, meta in quantities(loaded.scenario) if fits(path, pattern)]
    lows, highs = zip(*found, strict=True) if found else ((float("-inf"),), (float("inf"),))
    return max(lows), min(highs)
