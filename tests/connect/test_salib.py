"""A scenario as a problem of SALib, against SALib itself."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SMALL
from SALib import ProblemSpec

from ceasefire.connect import salib_function, salib_problem
from ceasefire.ensemble.run_points import run_points
from ceasefire.scenario.load import load


def test_a_problem_names_the_assumed_numbers_with_their_ranges() -> None:
    ranges = load("idlib-2018").uncertainties()
    problem = salib_problem("idlib-2018")
    assert problem["num_vars"] == len(problem["names"]) == len(problem["bounds"])
    assert problem["num_vars"] > 300
    assert all(tuple(span) == ranges[name] for name, span in zip(problem["names"], problem["bounds"], strict=True))
    few = salib_problem("idlib-2018", ["agreement.*", "mechanisms.grip"])
    assert {name.split(".")[0] for name in few["names"]} == {"agreement", "mechanisms"}
    with pytest.raises(ValueError, match=r"^paths: no assumed number of idlib-2018 fits \['x.y'\]"):
        salib_problem("idlib-2018", "x.y")


def test_salib_samples_simulates_and_analyses_a_scenario() -> None:
    problem = salib_problem(SMALL, ["mechanisms.grip", "mechanisms.inertia"])
    evaluate = salib_function(SMALL, problem, "days_held", worlds=8, days=60)
    spec = ProblemSpec(problem).sample_morris(6, seed=1)
    spec.evaluate(evaluate).analyze_morris(seed=1)
    assert spec.results.shape == (18,)
    assert np.isfinite(spec.analysis["mu_star"]).all()
    rows = dict(zip(problem["names"], spec.samples.T, strict=True))
    assert spec.results.tolist() == run_points(SMALL, rows, worlds=8, days=60)["days_held"].tolist()
    with pytest.raises(ValueError, match=r"^outcome: 'days' is none of days_held, "):
        salib_function(SMALL, problem, "days")
