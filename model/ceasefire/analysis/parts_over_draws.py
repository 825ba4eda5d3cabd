"""Parts of a difference between two scenarios over draws of the assumed numbers, with intervals that fit their sum.

Worlds of one draw have its numbers in common, so a figure's error over draws is the spread of the draws, not that of
the worlds taken together. Parts and sum are judged alike: a figure for each draw, then Student's interval over draws.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.analysis.interval_rules import replicated_mean_interval
from ceasefire.analysis.shapley import Attribution, Part, Subset, attribution

FloatArray = npt.NDArray[np.float64]


def parts_over_draws(
    outcomes: Mapping[Subset, npt.ArrayLike], replicates: Sequence[Hashable] | None = None, level: float = 0.95
) -> Attribution:
    """Shapley's shares from the outcomes (draws, worlds) with every subset of the differences exchanged.

    A world in which any outcome is missing is left out of its draw; a draw without worlds is left out. With one draw
    the interval is over its worlds; with `replicates` (draws,), over the independent replicates of a design. `least`
    and `most` are over subsets, on the mean. ValueError as of attribution.
    """
    values = {subset: np.atleast_2d(np.asarray(each, dtype=float)) for subset, each in outcomes.items()}
    shapes = {each.shape for each in values.values()}
    if len(shapes) > 1:
        raise ValueError("every subset needs the same draws and worlds")
    known = np.isfinite(np.array(list(values.values()))).all(axis=0)
    if known.shape[0] == 1:
        return attribution({subset: each[0] for subset, each in values.items()})
    draws = known.any(axis=1)
    weight = np.maximum(known.sum(axis=1), 1)
    means = {
        subset: (np.where(known, each, 0.0).sum(axis=1) / weight)[draws] for subset, each in values.items()
    }  # fmt: skip
    groups = None if replicates is None else np.asarray(replicates)[draws]
    found = attribution(means)
    return Attribution(
        tuple(_with_interval(part, means, groups, level) for part in found.parts),
        _interval(means[max(means, key=len)] - means[Subset()], groups, level),
        _interval(means[Subset()], groups, level),
        _interval(means[max(means, key=len)], groups, level),
        int(known.sum()),
        int((~known).sum()),
    )


def _with_interval(
    part: Part, means: Mapping[Subset, FloatArray], groups: npt.NDArray[np.generic] | None, level: float
) -> Part:
    """A part with intervals over draws, or over replicates of a design."""
    share, first, last = (_interval(each, groups, level) for each in _by_draw(part.name, means))
    return Part(part.name, share, first, last, part.least, part.most)


def _by_draw(name: str, means: Mapping[Subset, FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What a part adds at each draw: over all orders, before and after all others."""
    from math import comb

    whole = max(means, key=len)
    share = np.zeros_like(means[whole])
    for subset in means:
        if name not in subset:
            step = means[subset | {name}] - means[subset]
            share = share + step / (len(whole) * comb(len(whole) - 1, len(subset)))
    return share, means[Subset([name])] - means[Subset()], means[whole] - means[whole - {name}]


def _interval(values: FloatArray, groups: npt.NDArray[np.generic] | None, level: float) -> Interval:
    return mean_interval(values, level) if groups is None else replicated_mean_interval(values, groups, level)
