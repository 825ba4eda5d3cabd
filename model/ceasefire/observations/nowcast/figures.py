"""The figures of a history on a day: recent level and total of what was counted, on a logarithmic scale."""

from __future__ import annotations

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.observations.nowcast.made_histories import Histories
from ceasefire.observations.nowcast.seen import RECENT, Seen
from ceasefire.wording import how_many

TITLES = {"incidents": "deadly incidents", "deaths": "deaths"}


def figure_names(found: Seen) -> list[str]:
    """What the columns of figures are, in words."""
    recent = f"of the last {how_many(int(found.recent.sum()) * found.step, 'day')}"
    some = [f"{TITLES[name]} {recent}" for name in found.figures]
    return some + ([] if found.recent.all() else [f"{TITLES[name]} since signing" for name in found.figures])


def seen_figures(found: Seen) -> FloatArray:
    """The figures of what was seen, shape (k,)."""
    rows = {name: values[None, :] for name, values in found.figures.items()}
    return np.asarray(_figures(rows, found)[0])


def made_figures(found: Seen, made: Histories) -> FloatArray:
    """The same figures of made histories, over the same days: shape (worlds, k)."""
    return _figures({name: found.of_days(getattr(made, name)) for name in found.figures}, found)


def _figures(rows: dict[str, FloatArray], found: Seen) -> FloatArray:
    recent = found.recent
    sums = [counts[:, recent].sum(axis=1) for counts in rows.values()]
    if not recent.all():
        sums += [counts.sum(axis=1) for counts in rows.values()]
    return np.asarray(np.log1p(np.stack(sums, axis=1)))


def figures_on(made: Histories, names: tuple[str, ...], day: int) -> FloatArray:
    """Recent level, level since signing and age of made histories on a day, for an index that serves every age."""
    columns = []
    for name in names:
        counts = getattr(made, name)[:, :day]
        columns += [counts[:, -RECENT:].sum(axis=1) / min(day, RECENT), counts.sum(axis=1) / day]
    age = np.full(len(made), np.log(day))
    return np.column_stack([*(np.log(RECENT * column + 1.0) for column in columns), age])
