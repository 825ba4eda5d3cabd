"""A made scoreboard: scores of made deals, with a gain of the simulation that is chosen."""

from __future__ import annotations

import numpy as np

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_censored import BINS
from ceasefire.evaluation.validation.outside_view_scores import CONFLICT, OUTSIDE, Scored, score_table
from ceasefire.evaluation.validation.scoreboard import Scoreboard, with_simulation
from ceasefire.reference_class.outside_view.coded_deals import Durations


def scored(n: int = 60) -> Scored:
    """Deals that ended on even days, by forecasters that spread their chances evenly."""
    low = np.arange(n, dtype=np.float64)
    even = np.full((1, n, BINS), 1.0 / BINS)
    return Scored("mid", Durations(low, low + 1), [str(k % 6) for k in range(n)], {OUTSIDE: even, CONFLICT: even})


def board(adds: float) -> Scoreboard:
    """A scoreboard on which the simulation adds so much."""
    one = with_simulation(scored(), np.full((60, BINS), 1.0 / BINS))
    gain = Interval(adds, adds - 0.01, adds + 0.01)
    return Scoreboard({"countries left out, mid": score_table(one)}, {"mid": Interval(0.05, 0.02, 0.08)}, {"mid": gain})
