"""The answer to a state: worlds in growing stages, and what they say; the difference from a pinned state."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import duration
from ceasefire.analysis.mixing_distribution import EffectOverDraws, effect_over_draws
from ceasefire.analysis.paired_differences import Difference
from ceasefire.analysis.summary import Figure, Summary, summary
from ceasefire.analysis.survival import EndingCause, SurvivalCurve, cumulative_incidence, survival
from ceasefire.analysis.worlds_by_draw import worlds_by_draw
from ceasefire.ensemble.compare import Side, SidePair, compare_sides
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, uncertainty_batch
from ceasefire.ensemble.pooled_forecast import View, Views, duration_from, views_of
from ceasefire.ensemble.run import RunResult, assumed_count
from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.report.sentences import answer as answer_sentence
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.engine import Batch, one_scenario, run_worlds
from ceasefire.simulation.initial_state import WorldArray
from ceasefire.studio.states import Ready, command_of, differences, load_state
from ceasefire.wording import ending_words, share_with_limits, signed_days, span_words

CHUNK = 8
"""Worlds that are simulated before a newer request is looked for: few, so that it does not wait."""

STUDIO_DRAWS = 100
"""Draws of the assumed numbers behind the doubt of the page: half of those of a run, for the sake of speed."""

MOST_POINTS = 240
"""Points of a curve that is sent."""

MOST_ROWS_KEPT = 40
"""Tables of worlds that are kept."""

CHANGED = (
    "No forecast is pooled for a state that was changed, because deals like this one know nothing of the change. The "
    "figures are the scenario's alone; pin a state to see what the change does."
)

PATIENCE = 3.0
"""Longest time for which the worlds of an answer wait for other replies. [seconds]"""

IsStale = Callable[[], bool]


class StaleError(Exception):
    """A newer request has come; the answer to this one is no longer wanted."""


class Worlds:
    """The worlds simulated so far of each state, for all windows."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, WorldArray] = OrderedDict()
        self._lock = threading.Lock()
        self._replies = 0

    @contextmanager
    def others_first(self) -> Iterator[None]:
        """No world is begun within the block, for PATIENCE at most: somebody waits for a reply that takes less."""
        with self._lock:
            self._replies += 1
        try:
            yield
        finally:
            with self._lock:
                self._replies -= 1

    def _simulated(self, batch: Batch, is_stale: IsStale) -> WorldArray:
        rows, waited = np.zeros(len(batch), RESULT), 0.0
        for first, results in run_worlds(batch, None, CHUNK):
            if is_stale():
                raise StaleError
            rows[first : first + len(results)] = results
            while self._replies and waited < PATIENCE:
                time.sleep(0.01)
                waited += 0.01
        return rows

    def rows(self, ready: Ready, worlds: int, is_stale: IsStale) -> WorldArray:
        """The rows of worlds 0 to worlds - 1. StaleError when a newer request has come."""
        with self._lock:
            known = self._rows.get(ready.key, np.zeros(0, RESULT))
        if len(known) < worlds:
            whole = one_scenario(ready.initial, worlds, ready.state.seed)
            known = np.concatenate([known, self._simulated(_part(whole, len(known), worlds), is_stale)])
            self._keep(ready.key, known)
        return known[:worlds]

    def at_draws(self, ready: Ready, is_stale: IsStale) -> WorldArray | None:
        """The rows at draws of the assumed numbers; None when nothing is assumed."""
        key = "draws " + ready.key
        with self._lock:
            known = self._rows.get(key)
        if known is None:
            plan = ready.plan
            batch = uncertainty_batch(plan.scenario, ready.initial, plan.seed)
            if batch is None:
                return None
            known = self._simulated(_part(batch, 0, STUDIO_DRAWS * WORLDS_PER_DRAW), is_stale)
            self._keep(key, known)
        return known

    def _keep(self, key: str, rows: WorldArray) -> None:
        with self._lock:
            self._rows[key] = rows
            self._rows.move_to_end(key)
            while len(self._rows) > MOST_ROWS_KEPT:
                self._rows.popitem(last=False)


def _part(batch: Batch, first: int, last: int) -> Batch:
    """Rows `first` to `last` of a batch as a batch."""
    return replace(batch, points=batch.points[first:last], worlds=batch.worlds[first:last])


@dataclass(frozen=True)
class Sides:
    """A state, and the pinned state that it is compared with, if there is one."""

    here: Ready
    pinned: Ready | None


def answer(sides: Sides, count: int, store: Worlds, program: str, is_stale: IsStale, last: bool) -> dict[str, Any]:
    """The content of an answer from worlds 0 to count - 1. StaleError; ScenarioError when the state has faults.

    What differs, and from what, is told in the last answer only: it needs the whole scenario.
    """
    here = sides.here
    plan = here.plan if last else here.near
    frame = worlds_frame(store.rows(here, count, is_stale), here.initial)
    pinned = None
    if sides.pinned is not None:
        other = sides.pinned
        base = worlds_frame(store.rows(other, count, is_stale), other.initial)
        pair = compare_sides(Side(other.near, base), Side(here.near, frame))
        pinned = _pinned(sides, pair, program, last)
    content = _figures(sides, here, frame)
    deaths = {
        name: _spread(frame, columns)
        for name, columns in (
            ("all", ["deaths_combatant", "deaths_civilian"]), ("civilians", ["deaths_civilian"]),
            ("displaced", ["displaced"]),
        )
    }  # fmt: skip
    unchanged = here.state.model_copy(update={"changes": [], "set": {}})
    differs = differences(plan.loaded, load_state(unchanged), here.state) if last else None
    return {
        **content, "command": command_of(here.state, program), "label": Side(plan, frame).label, "deaths": deaths,
        "differs": differs, "pinned": pinned,
    }  # fmt: skip


def _summary(sides: Sides, frame: pd.DataFrame, drawn: pd.DataFrame | None) -> Summary:
    """The main figures of one state, told on the days that suit the state that is asked for."""
    plan = sides.here.near
    term, first = plan.scenario.agreement.term_days, plan.scenario.day
    return summary(frame, drawn, plan.horizon, term=term, first=first)


def _figures(sides: Sides, ready: Ready, frame: pd.DataFrame) -> dict[str, Any]:
    """What the worlds of one state say: curve, shares that hold, causes, dots, headline."""
    plan, term = ready.near, sides.here.near.scenario.agreement.term_days
    figures, curve = _summary(sides, frame, None), survival(frame)
    titles = plan.scenario.actor_titles
    endings = list(figures.endings)
    return {
        "worlds": figures.worlds, "failed": figures.failed, "horizon": plan.horizon,
        "headline": answer_sentence(plan.scenario.title, duration(figures, term=term)), "curve": curve_points(curve),
        "holding": _holding(figures), "mean": interval(figures.mean.chance), "median": interval(figures.median.chance),
        "causes": [
            {"cause": e.cause, "actor": e.actor, "words": ending_words(e.cause, e.actor, titles), "share": share}
            for e, share in figures.endings.items()
        ],
        "incidence": _incidence(frame, endings[:-1]),
        "dots": _dots(frame, endings),
    }  # fmt: skip


def interval(given: Interval) -> dict[str, float | None]:
    """An interval for the page; what lies beyond the horizon is null."""
    return {name: finite(getattr(given, name)) for name in ("value", "low", "high")}


def finite(number: float) -> float | None:
    """A number, or None when it is infinite or none."""
    return round(float(number), 6) if np.isfinite(number) else None


def curve_points(curve: SurvivalCurve) -> dict[str, list[float]]:
    """The curve as a step function of at most MOST_POINTS steps."""
    return steps(curve.days, {"share": curve.surviving, "low": curve.low, "high": curve.high})


def steps(days: Any, columns: dict[str, Any], most: int = MOST_POINTS) -> dict[str, list[float]]:
    """Columns by day as steps: the days on which one changes, the first and the last; thinned to `most`."""
    changes = np.any([np.abs(np.diff(column)) > 0 for column in columns.values()], axis=0)
    chosen = np.unique(np.concatenate([[0], np.flatnonzero(changes) + 1, [len(days) - 1]]))
    if len(chosen) > most:
        chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, most).astype(int))]
    rounded = {name: np.round(column[chosen], 5).tolist() for name, column in columns.items()}
    return {"days": [int(day) for day in np.asarray(days)[chosen]], **rounded}


def _holding(figures: Summary) -> list[dict[str, Any]]:
    return [{"day": day, "share": f.chance.value, "low": f.chance.low, "high": f.chance.high}
            for day, f in figures.holding.items()]  # fmt: skip


def _incidence(frame: pd.DataFrame, endings: Sequence[EndingCause]) -> dict[str, Any]:
    """Shares of worlds ended by each cause, by day."""
    found = cumulative_incidence(frame, by_actor=True)
    if not endings:
        return {"days": [0, int(found.days[-1])], "shares": []}
    stepped = steps(found.days, {str(k): found.by_ending[ending] for k, ending in enumerate(endings)})
    return {"days": stepped["days"], "shares": [stepped[str(k)] for k in range(len(endings))]}


def _dots(frame: pd.DataFrame, endings: Sequence[EndingCause]) -> dict[str, list[int]]:
    """Days held and position of the cause of every world; -1 for a world that failed."""
    place = {ending: k for k, ending in enumerate(endings)}
    held = len(endings) - 1
    causes = [
        -1 if failed else place.get(EndingCause(cause, actor), held) if ended else held
        for cause, actor, ended, failed in frame[["cause", "cause_actor", "ended", "failed"]].itertuples(index=False)
    ]
    return {"days": frame["days_held"].tolist(), "cause": causes}


def _spread(frame: pd.DataFrame, columns: list[str]) -> dict[str, float]:
    """Median and middle 90 % of worlds of a sum of columns."""
    total = frame.loc[~frame["failed"], columns].sum(axis=1)
    low, median, high = total.quantile([0.05, 0.5, 0.95], interpolation="nearest")
    return {"median": int(median), "low": int(low), "high": int(high)}


def _pinned(sides: Sides, pair: SidePair, program: str, last: bool) -> dict[str, Any]:
    """What the pinned state says, and the difference of the state from it on the same worlds."""
    here, pinned = sides.here, sides.pinned
    assert pinned is not None
    return {
        **_figures(sides, pinned, pair.first.worlds), "command": command_of(pinned.state, program),
        "label": Side(pinned.plan if last else pinned.near, pair.first.worlds).label,
        "days": interval(pair.days), "holds": interval(pair.holds), "fates": dict(pair.fates.__dict__),
        "sentence": paired_sentence(pair.days),
        "differs": differences(here.plan.loaded, pinned.plan.loaded, here.state) if last else None,
    }  # fmt: skip


def paired_sentence(gain: Difference) -> str:
    """Days gained over another condition on the same worlds, in a sentence."""
    same = f"On the same {gain.worlds:,} worlds it holds"
    if gain.value == gain.low == gain.high == 0:
        return f"{same} as long: no world differs."
    longer = "longer" if gain.value > 0 else "shorter"
    words = signed_days(abs(gain.value)).lstrip("+")
    span = span_words(gain, signed_days)
    sure = "" if gain.low > 0 or gain.high < 0 else "; this may be chance"
    return f"{same} {words} days {longer} on average (95 %: {span}{sure})."


def at_rest(sides: Sides, count: int, store: Worlds, is_stale: IsStale) -> dict[str, Any]:
    """What joins the answer when the sliders rest: what assumed numbers leave open, and the forecast. StaleError.

    `doubt` is None when nothing is assumed. The forecast is pooled as that of a run is, from STUDIO_DRAWS draws.
    """
    here = sides.here
    plan, rows = here.plan, store.at_draws(here, is_stale)
    frame = worlds_frame(store.rows(here, count, is_stale), here.initial)
    drawn = worlds_frame(rows, here.initial) if rows is not None else None
    assumed = assumed_count(plan.scenario, here.initial) if rows is not None else 0
    outcome = RunResult(frame, drawn, assumed)
    figures = _summary(sides, frame, drawn)
    found = {"forecast": _forecast(here, figures, views_of(plan, outcome)), "doubt": None}
    if is_stale():
        raise StaleError
    if rows is not None and drawn is not None:
        bands = worlds_by_draw(drawn, plan.horizon).bands()
        edges = {"mean": bands.mean, "low": bands.low, "high": bands.high}
        found["doubt"] = {
            "draws": STUDIO_DRAWS, "worlds_per_draw": WORLDS_PER_DRAW, "assumed": assumed,
            "note": f"From {STUDIO_DRAWS} draws of the assumed numbers; a run that is kept takes {DRAWS}.",
            "curve": steps(bands.days, edges), **_figures_over_draws(figures),
            "pinned": _pinned_doubt(sides, rows, count, store, is_stale),
        }  # fmt: skip
    return found


def _forecast(here: Ready, figures: Summary, views: Views) -> dict[str, Any]:
    """The headline, and the curves that it is pooled from; a curve is None where there is none."""
    changed, term = bool(here.state.changes or here.state.set), here.plan.scenario.agreement.term_days
    return {
        "headline": answer_sentence(here.plan.scenario.title, duration_from(figures, views, term)),
        "why": CHANGED if changed else views.why,
        "leans_on": [] if changed else views.leans_on(), "last": views.last,
        "pooled": _view(views.pooled, figures, views.last),
        "such_deals": _view(views.such_deals, figures, views.last) if views.pooled is not None else None,
    }  # fmt: skip


def _view(view: View | None, figures: Summary, last: int) -> dict[str, Any] | None:
    """A view as a curve, and on the days of the table; None beyond the last day that is told apart."""
    if view is None:
        return None
    edges = {"share": view.mean, "low": view.low, "high": view.high}
    rows = [
        {"day": day, **{name: round(float(edge[day]), 6) for name, edge in edges.items()}} if day <= last else None
        for day in figures.holding
    ]
    return {"curve": steps(np.arange(last + 1), edges), "holding": rows}


def _figures_over_draws(figures: Summary) -> dict[str, Any]:
    """The shares that hold, and mean and median days, over draws."""
    return {
        "holding": [{"day": day, **_over_draws(figure, "share")} for day, figure in figures.holding.items()],
        "mean": _over_draws(figures.mean), "median": _over_draws(figures.median),
    }  # fmt: skip


def _over_draws(figure: Figure, name: str = "value") -> dict[str, Any]:
    """A figure over draws: mean over draws, 90 % of draws, and why the band cannot be told, if it cannot."""
    assert figure.doubt is not None
    return {
        name: finite(figure.doubt.value), "low": finite(figure.doubt.low), "high": finite(figure.doubt.high),
        "verdict": figure.verdict,
    }  # fmt: skip


def _pinned_doubt(
    sides: Sides, rows: WorldArray, count: int, store: Worlds, is_stale: IsStale
) -> dict[str, Any] | None:
    """What the pinned state says over draws, and what the state does to it over the same draws."""
    other = sides.pinned
    if other is None:
        return None
    there = store.at_draws(other, is_stale)
    if there is None:
        return None
    shape = (STUDIO_DRAWS, WORLDS_PER_DRAW)
    now, before = (np.where(r["failed"] == 1, np.nan, r["days_held"]).reshape(shape) for r in (rows, there))
    try:
        found = effect_over_draws(now, before, limit=float(sides.here.near.horizon))
    except ValueError:
        return None
    frame = worlds_frame(store.rows(other, count, is_stale), other.initial)
    figures = _summary(sides, frame, worlds_frame(there, other.initial))
    return {
        "days": interval(found.mean), "band": interval(found.band), "helps": interval(found.helps),
        "hurts": interval(found.hurts), "verdict": found.verdict, "sentence": _effect_sentence(found),
        **{f"pinned_{name}": figure for name, figure in _figures_over_draws(figures).items()},
    }  # fmt: skip


def _effect_sentence(found: EffectOverDraws) -> str:
    if found.unmoved:
        return "It makes no difference in any draw of the assumed numbers."
    verb, share = ("helps", found.helps) if found.mean.value >= 0 else ("hurts", found.hurts)
    mean = f"{signed_days(found.mean.value)} days on average over draws"
    return f"It {verb} in {share_with_limits(share)} of draws of the assumed numbers: {mean}."
