"""What became of a deal, where its scenario says so, beside the forecast of its first day."""

from __future__ import annotations

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import Held, RealEnd
from ceasefire.analysis.survival import survival
from ceasefire.ensemble.pooled_forecast import changes_of, views_of
from ceasefire.ensemble.run import RunResult
from ceasefire.ensemble.run_plan import Plan


def real_end(plan: Plan, outcome: RunResult) -> RealEnd | None:
    """What the scenario says became of its deal, beside the forecast; None where it does not say, or was changed."""
    really, start = plan.scenario.really, plan.scenario.start
    if really is None or changes_of(plan.loaded):
        return None
    last_known = really.holding_on or really.end
    assert last_known is not None
    least, most = really.days or ((last_known - start).days,) * 2
    views, before = views_of(plan, outcome), max(least - 1, 0)
    chance = None
    if views.first < least <= views.last:
        held = survival(outcome.worlds).table([before]).iloc[0]
        written = Interval(*(float(held[name]) for name in ("surviving", "low", "high")))
        pooled = views.pooled.on(before) if views.pooled is not None else None
        chance = Held(before, written, views.scenario.on(before), pooled)
    return RealEnd(least, most, really.holding, chance)
