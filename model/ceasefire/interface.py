"""The public Python names: what the commands do, as functions whose results show and draw themselves."""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from ceasefire.analysis import survival as curves
from ceasefire.analysis.summary import summary
from ceasefire.arguments import is_reference, seed_number, shown, whole_number, worker_number
from ceasefire.ensemble import compare as sides
from ceasefire.ensemble import run as runs
from ceasefire.ensemble import run_points as points
from ceasefire.ensemble.run_plan import MOST_WORLDS, Plan
from ceasefire.errors import FolderError, ScenarioError
from ceasefire.observations import observe as observing
from ceasefire.observations.counts import Counts
from ceasefire.observations.nowcast import nowcast as nowcasts
from ceasefire.reference_class.outside_view import forecast as outside_view
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.variants import BaseScenario, open_base

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_tables import ResultTables

AnyScenario = Loaded | Scenario | str | Path


P = ParamSpec("P")
R = TypeVar("R")


def _in_python(call: Callable[P, R]) -> Callable[P, R]:
    """A call whose errors name arguments, as days=365, where those of the command name options, as --days 365."""

    def said(message: str) -> str:
        return re.sub(
            r"(?<!\S)--([a-z][a-z-]*)(?: (\d+))?",
            lambda found: found[1].replace("-", "_") + (f"={found[2]}" if found[2] else ""),
            message,
        )

    @wraps(call)
    def called(*given: P.args, **options: P.kwargs) -> R:
        try:
            return call(*given, **options)
        except FolderError as problem:
            raise FolderError(said(str(problem))) from problem
        except ScenarioError as problem:
            raise ScenarioError(replace(fault, message=said(fault.message)) for fault in problem.faults) from problem

    return called


class _Table(pd.DataFrame):
    """A table that is drawn by `plot()`; with arguments, `plot` is that of pandas. Parts of it are plain tables."""

    _chart: Callable[[], Figure]

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def plot(self, *arguments: Any, **options: Any) -> Any:  # type: ignore[override]
        """The chart of these results as a Matplotlib figure; with arguments, that of pandas."""
        if arguments or options:
            return pd.DataFrame(self).plot(*arguments, **options)
        return self._chart()

    def table(self) -> pd.DataFrame:
        """The results as a plain table."""
        return pd.DataFrame(self)


class Worlds(_Table):
    """A row for each world of a run: see results/README.md for the columns."""

    _metadata = ["plan"]  # noqa: RUF012 - a name of pandas
    plan: Plan

    def table(self) -> pd.DataFrame:
        """The main figures, each with its 95 % interval of chance: a row each, as in main-figures.csv of a report."""
        from ceasefire.report.run import figures_frame

        scenario, whole = self.plan.scenario, pd.DataFrame(self)
        term, first = scenario.agreement.term_days, scenario.day
        return figures_frame(summary(whole, None, self.plan.horizon, term=term, by_curve=True, first=first))

    def _chart(self) -> Figure:
        return survival(self).plot(self.plan.scenario.title, self.plan.loaded.label, self.plan.seed)


class Curve(curves.SurvivalCurve):
    """A survival curve that is drawn by `plot()`."""

    def plot(self, title: str = "How long the deal holds", label: str = "", seed: int = 1) -> Figure:
        """The share of worlds that still hold, day by day, as a Matplotlib figure."""
        from ceasefire.charts.layout import Caption
        from ceasefire.charts.survival import survival_chart

        return survival_chart(self, None, Caption(title, label, seed))

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False))


class Differences(_Table):
    """A row for each scenario that was compared, or for each lever: the columns are those of differences.csv."""

    _metadata = ["_first", "_pairs", "_kind"]  # noqa: RUF012 - a name of pandas
    _first: sides.Side
    _pairs: list[sides.SidePair]
    _kind: str

    def _chart(self) -> Figure:
        from ceasefire.report.comparison_figures import comparison_figure, ranking_figure

        if self._kind == "levers":
            return ranking_figure(self._first, self._pairs)
        return comparison_figure([self._first, *(pair.other for pair in self._pairs)], self._pairs)


class Forecast(outside_view.Forecast):
    """A forecast from facts that is drawn by `plot()`."""

    def plot(self) -> Figure:
        """The chance to be unbroken, day by day, as a Matplotlib figure."""
        from ceasefire.report.forecast_figures import forecast_figure

        return forecast_figure(self)

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False))


class Nowcast(nowcasts.Nowcast):
    """A nowcast that is drawn by `plot()`."""

    def plot(self) -> Figure:
        """What was seen by week among the worlds, and what those that agree with it do next, as a Matplotlib figure."""
        from ceasefire.report.nowcast import weeks_figure

        return weeks_figure(self)

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False))


class Observed(observing.Observed):
    """What was observed, drawn by `plot()`."""

    def plot(self) -> Figure:
        """Counts by day or week; of ceasefires, days held by start, undated ends in the middle of their gap."""
        from ceasefire.charts.panels import Panel, panels_chart

        table = self.table()
        if not len(table):
            raise ValueError("no rows: there is nothing to draw")
        if self.durations is not None:
            start = pd.to_datetime(table["start"]).dt
            year = np.asarray(start.year + start.day_of_year / 366, np.float64)
            panels = [Panel(("year of signing", "days held"), year, table["days_mid"].to_numpy(float))]
            return panels_chart(
                panels, "Days held by year of signing", f"{len(table):,} ceasefires, undated ends in the middle.", ""
            )
        sums = table.groupby("date").sum(numeric_only=True, min_count=1)
        days, first = (sums.index - sums.index[0]).days.to_numpy(float), f"{sums.index[0]:%Y-%m-%d}"
        panels = [
            Panel((f"days since {first}", str(name)), days, sums[name].to_numpy(float, na_value=nan), joined=True)
            for name in sums
        ]
        finding = f"{len(sums):,} rows from {first} on."
        return panels_chart(panels, "What was counted", finding, f"read as: {self.format}")

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False, max_rows=20))


class Points(_Table):
    """A row for each point, with its mean outcomes; `plot()` draws days held against each number that varies."""

    _metadata = ["_paths"]  # noqa: RUF012 - a name of pandas
    _paths: list[str]

    def _chart(self) -> Figure:
        from ceasefire.charts.panels import Panel, panels_chart

        held = self["days_held"].to_numpy(float)
        varied = [path for path in self._paths if self[path].nunique(dropna=False) > 1] or self._paths
        panels = [Panel((path, "mean days held"), self[path].to_numpy(float), held) for path in varied]
        most, least = f"{np.nanmax(held):,.0f}", f"{np.nanmin(held):,.0f}"
        finding = f"{len(self):,} points: mean days held from {least} to {most}. All points have the same worlds."
        return panels_chart(panels, "Days held against what varies", finding, "illustrative: durations not calibrated")


class Description(str):
    """Text that a notebook shows as it is."""

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self)}</pre>"


@dataclass(frozen=True, repr=False)
class ExperimentResult:
    """The tables of an experiment by name (points, differences, …); `complete`: every world was simulated."""

    tables: Mapping[str, pd.DataFrame]
    complete: bool
    folder: Path | None
    _prepared: PreparedExperiment
    _results: ResultTables

    def table(self, name: str = "points") -> pd.DataFrame:
        """One of the tables. ValueError with the names of all when there is none of that name."""
        if name not in self.tables:
            raise ValueError(f"name: {shown(name)} is none of the tables: {', '.join(self.tables)}")
        return self.tables[name]

    def plot(self, outcome: str | None = None) -> Figure | None:
        """The figure of an outcome, the first when none is named; None when the design has none yet."""
        from ceasefire.report.experiment_figures import outcome_figure

        asked = self._prepared.experiment.spec.outcomes
        if outcome is not None and outcome not in asked:
            raise ValueError(f"outcome: {shown(outcome)} is none of the outcomes: {', '.join(asked)}")
        return outcome_figure(self._prepared, self._results, outcome or asked[0])

    def __repr__(self) -> str:
        return f"<ExperimentResult {self._prepared.name}: {len(self.tables['points']):,} points>"

    def _repr_html_(self) -> str:
        return str(self.tables["points"].head(20).to_html(index=False))


def run(
    scenario: AnyScenario,
    worlds: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    engine: str = "compiled",
    days: int | None = None,
) -> Worlds:
    """Simulate worlds 0 to worlds - 1 of a scenario (loaded, by name or by path): a row per world, in order.

    The table does not depend on `engine` ('compiled' or 'mesa') or `workers` (threads, or processes for Mesa; by
    default as many as cores, but one for Mesa). Whole numbers of NumPy are taken. ValueError, with the name of the
    argument, for numbers out of range and for what is no number; ScenarioError for a scenario with faults.
    """
    loaded = as_loaded(scenario)
    table = Worlds(runs.run(loaded, worlds, seed, workers, engine, days))
    table.plan = Plan(loaded, worlds, seed, engine, days)
    return table


def survival(worlds: pd.DataFrame, event: curves.Event = "any") -> Curve:
    """The Kaplan-Meier curve of a table of worlds, with pointwise 95 % limits and the number at risk, day by day.

    `event`: any end, or breakdowns by violence only. ValueError when the table has no world to count.
    """
    return Curve(**curves.survival(worlds, event).__dict__)


def compare(
    first: AnyScenario,
    *others: AnyScenario,
    worlds: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    days: int | None = None,
) -> Differences:
    """The same worlds under several scenarios (loaded, by name or by path): a row for each, in order.

    Differences are from the first scenario, with 95 % intervals, and missing in its own row; the columns are those of
    `differences.csv`, without doubt about assumed numbers. ValueError, with the name of the argument, for numbers out
    of range; ScenarioError for a scenario with faults; FolderError when horizons differ and `days` is not given.
    """
    plans = [Plan(as_loaded(scenario), worlds, seed, days=days) for scenario in (first, *others)]
    one, pairs = sides.paired(plans, worker_number(workers))
    table = Differences(sides.rows(one, pairs))
    table._first, table._pairs, table._kind = one, pairs, "compare"
    return table


def levers(
    scenario: AnyScenario,
    worlds: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    days: int | None = None,
    draws: bool = True,
) -> Differences:
    """Every lever that fits a scenario, ranked by the days that it adds on the same worlds: a row each.

    With `draws`, days are the mean over 200 joint draws of every assumed number (columns `doubt_days` and so on), as
    in the command; without, those of the numbers as written. Errors as in `compare`; ValueError when no lever fits.
    """
    base = _base(scenario)
    plans = sides.lever_plans(base, whole_number("worlds", worlds, 2, MOST_WORLDS), seed_number(seed), days)
    if len(plans) == 1:
        raise ValueError(f"scenario: no lever fits {base.loaded.label}")
    one, pairs = sides.paired(plans, worker_number(workers), draws)
    pairs.sort(key=lambda pair: -pair.gain.value)
    table = Differences([sides.pair_figures(pair) for pair in pairs])
    table._first, table._pairs, table._kind = one, pairs, "levers"
    return table


def _base(scenario: AnyScenario) -> BaseScenario:
    if is_reference(scenario):
        return open_base(scenario)  # type: ignore[arg-type]
    loaded = as_loaded(scenario)
    if loaded.file is None:
        raise ValueError("scenario: it was not loaded from a file, so that no change can be applied to it")
    return BaseScenario(loaded.file, loaded)


@_in_python
def experiment(
    name: str | Path, *, out: str | Path | None = None, workers: int | None = None, quick: bool = False
) -> ExperimentResult:
    """Run an experiment, by name or path. With `out`, its worlds are kept there, and the same call continues.

    ScenarioError with every fault of its file; FolderError when `out` holds anything else.
    """
    from ceasefire.experiments.executors import ThreadExecutor
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import prepare
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.result_tables import tabulate
    from ceasefire.experiments.resume import folder_for_experiment
    from ceasefire.experiments.runner import SILENT
    from ceasefire.experiments.runner import run as run_experiment

    if not is_reference(name):
        raise ValueError(f"name: {shown(name)} is not the name or the path of an experiment")
    prepared, number = prepare(load_experiment(name), quick=quick), worker_number(workers)
    with tempfile.TemporaryDirectory() as aside, ThreadExecutor(number) as executor:
        folder = None if out is None else folder_for_experiment(prepared, Path(out))[0]
        store = Store(folder or Path(aside) / "results")
        progress = run_experiment(prepared, store, executor, SILENT)
        results = tabulate(prepared, store, progress)
    return ExperimentResult(results.tables, progress.complete, folder, prepared, results)


@_in_python
def forecast(deal: Any, **options: Any) -> Forecast:
    """How long a ceasefire lasts, from a few facts known on the day of signing and the earlier deals of its conflict.

    `deal`: facts by name, as {"country": "Syria", "start": "2020-03-06", "written": "yes"}; a YAML file of facts; a CSV
    table with a deal a row; or several of these. Options: `history`, a CSV list of earlier deals of the conflict, or
    such rows; `held_days`, it has held so long; `data`, a folder of coded deals, which then count by name; `days` of
    the table; `numbers`, a folder written by a refit. Raises ScenarioError with every fault of what was given.
    """
    return Forecast(outside_view.forecast(deal, **options).deals)


@_in_python
def nowcast(
    scenario: AnyScenario,
    counts: Counts | str | Path,
    day: int | datetime.date | None = None,
    *,
    events: Mapping[str, Mapping[str, Any]] | None = None,
    facts: Any = None,
    deaths_only: bool = False,
    worlds: int = nowcasts.WORLDS,
    seed: int = 1,
    workers: int | None = None,
) -> Nowcast:
    """What to expect of a ceasefire that has held until `day`, without and with what was counted since signing.

    `counts` is a table as `observe` gives it (its `.counts`), or a file of one. `day` is a number of days since the
    start or a date, by default the day after the last count. `events` is what happened since signing, by date: values
    by path, as {"2019-01-10": {"actors.hts.capability": 0.3}}. `facts`, as of `forecast`, puts the outside view beside.
    `deaths_only` leaves incidents out, as is right where some of them need not be deadly. The same input gives the
    same answer. Raises ScenarioError when scenario or counts have faults, and when fewer than 200 effective worlds are
    left; ValueError, with the name of the argument, for an argument of no use.
    """
    return Nowcast(**nowcasts.nowcast(
        scenario, counts, day, events=events, facts=facts, deaths_only=deaths_only, worlds=worlds, seed=seed,
        workers=workers,
    ).__dict__)  # fmt: skip


@_in_python
@wraps(observing.observe)
def observe(*given: Any, **options: Any) -> Observed:
    return Observed(**observing.observe(*given, **options).__dict__)


@wraps(points.run_points)
def run_points(*given: Any, **options: Any) -> Points:
    table = Points(points.run_points(*given, **options))
    table._paths = [str(path) for path in table.columns if path not in points.OUTCOMES]
    return table


def describe(scenario: AnyScenario) -> Description:
    """A scenario in words: what each actor wants and how much, who controls whom, the terms, the front."""
    from ceasefire.narrative.describe import describe as in_words

    return Description(in_words(as_loaded(scenario)))
