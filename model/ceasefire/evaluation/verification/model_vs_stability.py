"""Does fire die out when nobody orders any? The front's branching matrix, made by asking the rules themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.evaluation.verification.check import CheckResult
from ceasefire.evaluation.verification.runs import opened
from ceasefire.scenario.find_scenarios import list_scenarios
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.initial_state import WorldArray


def checks(quick: bool = True) -> list[CheckResult]:
    """At rest, every shipped scenario's front forgets fire; what it does in deep distrust is told beside it."""
    return [at_rest(load(name).scenario, name) for name in sorted(list_scenarios())]


def branching_matrix(record: WorldArray) -> NDArray[np.float64]:
    """Answers by formation i, in the end, to one violation by formation j: shape (formations, formations).

    Each column asks the rules: one violation of j is put into the fire received, and the heat that `answer`
    then adds, summed over the days that it lasts and at the share that finds a target, is what it provokes.
    """
    n = int(record["n_formations"][0])
    found = np.zeros((n, n))
    for j in range(n):
        one = record.copy()
        w = one[0]
        w["heat"][:] = 0.0
        w["received"][:] = 0.0
        sector, actor = w["formation_sector"][j], w["formation_actor"][j]
        w["received"][sector, 1 - w["side"][actor]] = 1.0
        feel(one)
        python_rules.brace(one)
        for i in range(n):
            python_rules.retaliate(one, i)
        provoked = np.asarray(w["heat"][:n]) / (1.0 - float(w["heat_kept"]))
        found[:, j] = provoked * np.asarray(w["facing"][:n])
    return found


def feel(record: WorldArray) -> None:
    """Let every sector take in the fire that it received today."""
    for sector in range(int(record["n_sectors"][0])):
        python_rules.echo(record, sector)


def spectral_radius(matrix: NDArray[np.float64]) -> float:
    """Largest modulus of an eigenvalue: below 1, fire that nobody orders dies out."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def at_rest(scenario: Scenario, name: str) -> CheckResult:
    """Everybody honours the deal at the trust of the signing, and the order to cease is forgotten."""
    calm = opened(scenario)
    calm["rung"][0, :] = 0
    angry = calm.copy()
    angry["trust"][0, :] = 0.0
    war = angry.copy()
    war["rung"][0, :] = 3
    radius, distrust, fighting = (spectral_radius(branching_matrix(record)) for record in (calm, angry, war))
    says = "spectral radius of the front's branching matrix on day 0, all at honour, no order to cease left"
    figure = f"{radius:.3f} (in full distrust {distrust:.3f}, and all on the offensive {fighting:.3f})"
    return CheckResult(f"branching at rest, {name}", says, figure, "below 1", radius < 1.0)
