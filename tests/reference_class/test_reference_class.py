"""Scenarios made from coded features, and the fit of intractability."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from synthetic_deals import deals_of, made_up_table

from ceasefire.analysis.interval_censored import surviving
from ceasefire.reference_class.features import CLASSES, COVARIATES, ENFORCEMENTS, Cell, Features, cell_of, covariates
from ceasefire.reference_class.fit import LEVELS, Intractability, fit_intractability, forecast, level_shares
from ceasefire.reference_class.generate import PARTIES, Z_LEVELS, as_scenario, content, scenario
from ceasefire.reference_class.observed_durations import shipped_mix
from ceasefire.reference_class.outside_view.coded_deals import Durations
from ceasefire.reference_class.reference_table import Table, durations, simulate_table
from ceasefire.reference_class.shipped_fit import fit, shipped_fit, write
from ceasefire.scenario.load import load_resolved
from ceasefire.scenario.resolved import as_yaml
from ceasefire.simulation.initial_state import initial_state

YES_NO = (False, True)
HARD, EASY = 3.0, -2.0


def every_cell() -> list[Cell]:
    """Every combination of the features that the mechanisms use."""
    return [
        Cell(*combination)
        for combination in itertools.product(CLASSES, YES_NO, YES_NO, YES_NO, YES_NO, ENFORCEMENTS, YES_NO, range(3))
    ]


def test_every_combination_of_features_makes_a_scenario_with_an_initial_state() -> None:
    cells = every_cell()
    assert len(cells) == 3 * 2**5 * 3 * 3
    for number, cell in enumerate(cells):
        z = Z_LEVELS[number % len(Z_LEVELS)]
        initial_state(as_scenario(content(cell, z, PARTIES[number % 2])))


@pytest.mark.parametrize("declarer", PARTIES)
@pytest.mark.parametrize("z", [-4.0, 0.0, 4.0])
def test_a_generated_scenario_is_a_valid_file(z: float, declarer: str, tmp_path: Path) -> None:
    plain = Cell("cessation", True, True, False, False, "none", False, 0)
    rich = Cell("definitive", False, False, True, True, "external", True, 2)
    for number, cell in enumerate((plain, rich)):
        file = tmp_path / f"generic-{number}.yaml"
        tree = content(cell, z, declarer)  # type: ignore[arg-type]
        file.write_text(as_yaml(tree), encoding="utf-8")
        assert load_resolved(file).scenario == as_scenario(tree)


def test_a_term_is_in_the_scenario_and_in_no_cell() -> None:
    features = Features(fixed_term=True, term_days=30.0)
    assert scenario(features).agreement.term_days == 30
    assert scenario(replace(features, term_days=None)).agreement.term_days is None
    assert cell_of(features) == cell_of(Features())


def test_features_outside_the_code_book_are_refused() -> None:
    with pytest.raises(ValueError, match="choose from none, international, external"):
        Features(enforcement="stern")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="only a deal of fixed term"):
        Features(term_days=3.0)


def difference(cell: Cell, other: Cell, z: float = 0.0) -> set[str]:
    """Top-level parts in which the contents of two cells differ."""
    one, two = content(cell, z), content(other, z)
    return {part for part in one if one[part] != two[part]}


PLAIN = cell_of(Features())


def test_coded_features_change_terms_and_parties_and_never_what_the_parties_want() -> None:
    rich = cell_of(
        Features("definitive", "bilateral", written=True, mechanism=True, enforcement="external", mediated=True,
                 prior_ceasefires=20)
    )  # fmt: skip
    assert difference(PLAIN, rich) == {"actors", "front", "agreement", "trust", "resolve", "war"}
    for party in PARTIES:
        assert content(PLAIN, HARD)["actors"][party]["motives"] == content(rich, HARD)["actors"][party]["motives"]


@pytest.mark.parametrize(
    ("feature", "terms"),
    [
        ({"mechanism": True}, {"hotline", "monitoring"}),
        ({"enforcement": "international"}, {"hotline", "monitoring"}),
        ({"written": True}, {"clarity"}),
        ({"sides": "unilateral"}, {"excludes"}),
        ({"ceasefire_class": "preliminary"}, {"class"}),
        ({"mediated": True}, set()),
        ({"local": True}, set()),
    ],
)
def test_each_feature_changes_its_own_terms(feature: dict[str, object], terms: set[str]) -> None:
    plain, changed = (content(cell, 0.0)["agreement"] for cell in (PLAIN, cell_of(Features(**feature))))  # type: ignore[arg-type]
    assert {name for name in changed if changed[name] != plain[name]} == terms
    for name in terms - {"class", "excludes"}:
        assert changed[name]["triangular"] > plain[name]["triangular"]


def test_intractability_changes_wants_and_posture_and_never_the_terms() -> None:
    easy, hard = content(PLAIN, EASY), content(PLAIN, HARD)
    assert {part for part in easy if easy[part] != hard[part]} == {"actors"}
    assert hard["actors"]["rebels"]["posture"] == "strike"
    assert easy["actors"]["rebels"]["motives"]["stake"] == 0.0 < hard["actors"]["rebels"]["motives"]["stake"]


def test_the_more_intractable_the_shorter_the_duration() -> None:
    below_the_ceiling = Z_LEVELS[1:]  # at the lowest level nearly all hold beyond the horizon
    log_durations = [float(np.log1p(durations(PLAIN, z, 60, 1)).mean()) for z in below_the_ceiling]
    assert all(longer > shorter for longer, shorter in itertools.pairwise(log_durations))


@pytest.mark.parametrize(
    "feature",
    [{"mechanism": True}, {"enforcement": "international"}, {"enforcement": "external"}, {"mediated": True},
     {"written": True}, {"ceasefire_class": "definitive"}, {"prior_ceasefires": 30}],
    ids=lambda feature: "-".join(feature),
)  # fmt: skip
def test_through_the_mechanisms_each_feature_lengthens_durations_as_theory_says(feature: dict[str, object]) -> None:
    plain = np.concatenate([np.log1p(durations(PLAIN, z, 400, 7)) for z in (-1.0, 0.0)])
    with_it = cell_of(Features(**feature))  # type: ignore[arg-type]
    changed = np.concatenate([np.log1p(durations(with_it, z, 400, 7)) for z in (-1.0, 0.0)])
    gain = changed - plain
    assert gain.mean() > 1.96 * gain.std(ddof=1) / np.sqrt(len(gain))


TRUTH = Intractability(
    np.array([0.4, 0.0, 0.0, -0.5, 0.0, 0.0, -0.8, 1.6, 0.0, 0.0, 0.3]), 0.8, np.zeros(len(COVARIATES) + 1), 0.0, 0
)


def made_up_deals(table: Table, n: int, seed: int) -> tuple[list[Features], Durations, list[str]]:
    """Deals with durations from the table under TRUTH; some are censored, others observed once, on a random day.

    Between two levels a deal has the duration of the one or the other, as in the table.
    """
    generator = np.random.default_rng(seed)
    features = [
        Features(
            sides="unilateral" if generator.random() < 0.4 else "bilateral",
            fixed_term=bool(generator.random() < 0.5),
            mechanism=bool(generator.random() < 0.5),
            prior_ceasefires=int(generator.integers(0, 20)),
        )
        for _ in range(n)
    ]
    z = TRUTH.means(np.array([covariates(f) for f in features])) + TRUTH.sigma * generator.normal(size=n)
    place = np.clip(z - LEVELS[0], 0, len(LEVELS) - 1)
    level = LEVELS[0] + np.floor(place) + (generator.random(n) < place - np.floor(place))
    mean = np.array([2.0 if f.mechanism else 1.0 for f in features]) * 60.0 * np.exp(-level)
    day = np.floor(generator.exponential(mean))
    lost = np.floor(generator.exponential(400.0, n))
    once = generator.random(n) < 0.3
    censored = lost <= day
    low = np.where(censored, lost, np.where(once, 0.0, day))
    high = np.where(censored, np.inf, np.where(once, lost, day + 1))
    return features, Durations(low, high), [str(k % 40) for k in range(n)]


def test_known_intractability_is_recovered() -> None:
    table = made_up_table()
    features, what, countries = made_up_deals(table, 4000, seed=11)
    fitted = fit_intractability(table, features, what, countries)
    used = [COVARIATES.index(name) for name in ("constant", "unilateral", "fixed_term", "mechanism", "log_prior")]
    off = np.abs(fitted.beta - TRUTH.beta)[used] / fitted.errors[used]
    assert off.max() < 3.0, "within 3 standard errors: five correct estimates fail together with probability 1 in 74"
    assert abs(np.log(fitted.sigma / TRUTH.sigma)) < 3.0 * fitted.errors[-1]
    assert fitted.errors[used].max() < 0.25


def test_a_fit_that_ignores_selection_is_biased() -> None:
    table = made_up_table()
    features, what, countries = made_up_deals(table, 4000, seed=11)
    without_mechanism = [replace(f, mechanism=False) for f in features]
    fitted = fit_intractability(table, without_mechanism, what, countries)
    constant = COVARIATES.index("constant")
    assert abs(fitted.beta[constant] - TRUTH.beta[constant]) > 3.0 * fitted.errors[constant]


def test_a_lever_moves_mechanisms_and_not_intractability() -> None:
    table = made_up_table()
    plain, monitored = Features(), Features(mechanism=True)
    without = float(surviving(forecast(table, TRUTH, [plain]), 90.0)[0])
    lever = float(surviving(forecast(table, TRUTH, [plain], lever=[monitored]), 90.0)[0])
    as_coded = float(surviving(forecast(table, TRUTH, [monitored]), 90.0)[0])
    assert as_coded < without < lever, "monitored deals are the hard cases, yet monitoring helps"
    shares = level_shares(TRUTH.means(np.array([covariates(plain)])), TRUTH.sigma)
    by_hand = shares @ table.mass[table.row(cell_of(monitored))]
    assert lever == pytest.approx(float(surviving(by_hand, 90.0)[0]), abs=1e-12)


@pytest.mark.parametrize(("mean", "sigma"), [(0.3, 0.5), (-3.7, 2.0), (6.0, 1.0)])
def test_weights_of_levels_are_those_of_a_normal_distribution(mean: float, sigma: float) -> None:
    shares = level_shares(np.array([mean]), sigma)[0]
    hats = np.eye(len(LEVELS))
    for k, hat in enumerate(hats):
        exact = quad(
            lambda z, hat=hat: np.interp(z, LEVELS, hat) * norm.pdf(z, mean, sigma), mean - 9 * sigma, mean + 9 * sigma,
            points=[z for z in LEVELS if abs(z - mean) < 9 * sigma], limit=200,
        )[0]  # fmt: skip
        assert shares[k] == pytest.approx(exact, abs=1e-6)


def test_the_table_is_the_same_for_the_same_seed_and_has_no_empty_bin() -> None:
    one, two = (simulate_table([PLAIN], worlds=20, seed=3) for _ in range(2))
    assert np.array_equal(one.mass, two.mass)
    assert one.mass.min() > 0.0
    assert np.allclose(one.mass.sum(axis=-1), 1.0)
    with pytest.raises(KeyError):
        one.row(cell_of(Features(local=True)))


def test_a_fit_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    table = made_up_table()
    deals = deals_of(60)
    fitted, _ = fit(deals, table)
    write(fitted, deals, table, tmp_path / "fitted.yaml")
    back = shipped_fit(tmp_path / "fitted.yaml")
    assert np.allclose(back.fitted.beta, fitted.beta, atol=1e-4)
    assert back.fitted.sigma == pytest.approx(fitted.sigma, abs=1e-4)
    assert back.provenance["free_parameters"] == len(COVARIATES) + 1
    assert not back.stale


def test_nothing_shipped_rests_on_fewer_than_five_deals() -> None:
    mix = shipped_mix()
    assert len(mix) > 5
    assert min(deals for _, deals in mix) >= 5
    from ceasefire.reference_class.observed_durations import shipped_targets

    targets = shipped_targets()
    assert min(targets.deals[way, group] for way, group, _ in targets.value) >= 5


def test_the_shipped_fit_is_that_of_the_rules_as_they_are() -> None:
    assert not shipped_fit().stale, "fit again: python -m ceasefire.reference_class --data DIR"
