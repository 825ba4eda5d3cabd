"""Draws belong to who, what and when, are even, and have the distributions that their names say."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import called_from_python
from ceasefire.compilation.name_keys import name_key

Floats = NDArray[np.float64]

N = 200_000
"""Draws of a statistical test. Seeds are fixed, so that a test passes always or never."""

ACCEPTED = 0.001
"""Share of right generators that a statistical test would refuse."""
ALICE, BOB = name_key("alice"), name_key("bob")


@called_from_python
def fill(out: Any, seed: int, world: int, day: int, stream: int, name: Any, number: int, step: int) -> None:
    """Draws along one of the five coordinates of a draw: step says which one moves by one each time."""
    for k in range(out.shape[0]):
        w = world + (k if step == 0 else 0)
        d = day + (k if step == 1 else 0)
        s = stream + (k if step == 2 else 0)
        i = number + (k if step == 3 else 0)
        key = random_streams.stream_key(
            random_streams.day_key(random_streams.world_key(np.uint64(seed), np.uint64(w)), d), s
        )
        out[k] = random_streams.uniform(key, np.uint64(name), i)


@called_from_python
def each_exp(x, out):  # type: ignore[no-untyped-def]
    """exp of every x."""
    for k in range(x.shape[0]):
        out[k] = random_streams.exp(x[k])


@called_from_python
def each_log(x, out):  # type: ignore[no-untyped-def]
    """log of every x."""
    for k in range(x.shape[0]):
        out[k] = random_streams.log(x[k])


@called_from_python
def each_poisson(rate, most, u, out):  # type: ignore[no-untyped-def]
    """A count for every u."""
    for k in range(u.shape[0]):
        out[k] = random_streams.poisson(rate, u[k], most)


@called_from_python
def each_drawn(code, a, b, c, u, out):  # type: ignore[no-untyped-def]
    """A number of a scenario's distribution for every u."""
    for k in range(u.shape[0]):
        out[k] = random_streams.from_distribution(code, a, b, c, u[k])


@called_from_python
def each_lomax(scale, tail, u, out):  # type: ignore[no-untyped-def]
    """An amount for every u."""
    for k in range(u.shape[0]):
        out[k] = random_streams.lomax(scale, tail, u[k])


def along(step: int, count: int = N, *, world: int = 0, day: int = 0, stream: int = 1, name: Any = ALICE) -> Floats:
    """Draws along worlds (0), days (1), streams (2) or numbers (3)."""
    out = np.zeros(count)
    fill(out, 5, world, day, stream, name, 0, step)
    return out


def of_each(compiled: Callable[..., None], *arguments: object) -> Floats:
    """What a compiled loop fills in for every number of its last argument."""
    out = np.zeros(len(arguments[-1]))  # type: ignore[arg-type]
    compiled(*arguments, out)
    return out


@pytest.fixture(scope="module")
def evenly() -> Floats:
    """Draws along the days of one world."""
    return along(1)


@pytest.mark.parametrize("step", [0, 1, 2, 3], ids=["worlds", "days", "streams", "numbers"])
def test_draws_are_even_along_every_coordinate(step: int) -> None:
    found = along(step)
    assert stats.kstest(found, "uniform").pvalue > ACCEPTED
    cells = np.bincount((found * 256).astype(int), minlength=256)
    assert stats.chisquare(cells).pvalue > ACCEPTED
    assert found.min() >= 0.0
    assert found.max() < 1.0


def test_names_draw_evenly_on_one_day() -> None:
    found = np.array([along(1, 1, name=name_key(f"sector {k}"))[0] for k in range(2_000)])
    assert stats.kstest(found, "uniform").pvalue > ACCEPTED


@pytest.mark.parametrize("step", [0, 1, 2, 3], ids=["worlds", "days", "streams", "numbers"])
def test_neighbouring_draws_are_unrelated(step: int) -> None:
    found = along(step)
    pairs = np.histogram2d(found[:-1:2], found[1::2], bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(pairs.ravel()).pvalue > ACCEPTED
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 3.3 / math.sqrt(N)


@pytest.mark.parametrize(
    "other", [{"world": 1}, {"day": 1}, {"stream": 2}, {"name": BOB}], ids=lambda o: str(next(iter(o)))
)
def test_who_what_and_when_each_make_another_draw(other: dict[str, Any]) -> None:
    # Along the numbers of a draw, so that what is shifted is never what runs.
    here, there = along(3), along(3, **other)
    assert not (here == there).any()
    assert abs(np.corrcoef(here, there)[0, 1]) < 3.3 / math.sqrt(N)


def test_two_seeds_share_no_draw() -> None:
    one, other = np.zeros(N), np.zeros(N)
    fill(one, 1, 0, 0, 1, ALICE, 0, 3)
    fill(other, 2, 0, 0, 1, ALICE, 0, 3)
    assert not np.intersect1d(one, other).size > 2  # chance: N^2 / 2^53 of a coincidence
    assert abs(np.corrcoef(one, other)[0, 1]) < 3.3 / math.sqrt(N)


def test_the_lowest_bits_are_as_even_as_the_highest(evenly: Floats) -> None:
    lowest = (evenly * 2.0**53).astype(np.uint64) % np.uint64(64)
    assert stats.chisquare(np.bincount(lowest.astype(int), minlength=64)).pvalue > ACCEPTED


NAMES = [11239675357045329961, 13357852525624563044, 13020603013274838756]
PLACES = [(0, -1, 1, 0), (0, 0, 5, 0), (1, 0, 5, 0), (999, 1824, 7, 1), (7, 3, 9, 2)]
DRAWS = [
    "0x1.4e2cf64eeedf0p-2", "0x1.27999bb18f63cp-1", "0x1.52229c236cf7ep-1", "0x1.716b05f16b9acp-1",
    "0x1.7a476d0509f58p-1",
]  # fmt: skip


def test_a_handful_of_draws_never_changes() -> None:
    # A different generator, key or hash would silently make every stored result irreproducible.
    names = [name_key(name) for name in ("turkey", "syria@saraqib", "")]
    assert [int(name) for name in names] == NAMES
    found = [along(3, 1, world=w, day=d, stream=s, name=names[n])[0] for w, d, s, n in PLACES]
    assert [float(value).hex() for value in found] == DRAWS


def scrambled(z: int) -> int:
    """The finaliser of splitmix64 on whole numbers of any size."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def test_a_draw_is_what_whole_number_arithmetic_says() -> None:
    golden, step = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
    for w, d, s, n in PLACES:
        key = scrambled((5 + golden) % 2**64)
        for part in (w, d + 2, s):
            key = scrambled((key + part * golden) % 2**64)
        exact = [scrambled((key + NAMES[n] + i * step) % 2**64) // 2**11 * 2.0**-53 for i in range(3)]
        assert (
            along(3, 3, world=w, day=d, stream=s, name=name_key(("turkey", "syria@saraqib", "")[n])).tolist() == exact
        )


def ulps(found: float, exact: Decimal) -> float:
    return float(abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact))))


def test_exp_is_within_two_units_in_the_last_place() -> None:
    rng = np.random.default_rng(1)
    grid = np.concatenate([
        np.linspace(-700, 700, 1401), rng.uniform(-700, 700, 3000), rng.uniform(-1, 1, 3000),
        rng.uniform(-1e-8, 1e-8, 200), (np.arange(-60, 61) + 0.5) * math.log(2), [0.0, -0.0, 1e-300, -1e-300],
    ])  # fmt: skip
    found = of_each(each_exp, grid)
    with localcontext() as context:
        context.prec = 40
        worst = max(ulps(y, Decimal(x).exp()) for x, y in zip(grid.tolist(), found.tolist(), strict=True))
    assert worst <= 2.0


def test_exp_is_flat_beyond_700_either_way() -> None:
    found = of_each(each_exp, np.array([700.0, 701.0, 1e300, math.inf, -700.0, -701.0, -math.inf]))
    assert found[:4].tolist() == [found[0]] * 4
    assert found[4:].tolist() == [found[4]] * 3
    assert found[4] > 0.0


def test_exp_of_no_number_is_no_number() -> None:
    assert np.isnan(of_each(each_exp, np.array([math.nan]))).all()


def test_log_is_within_two_units_in_the_last_place() -> None:
    rng = np.random.default_rng(2)
    grid = np.concatenate([
        np.exp(rng.uniform(-700, 700, 3000)), rng.uniform(0.5, 2.0, 4000), 1.0 + rng.uniform(-1e-7, 1e-7, 300),
        [1.0, 2.0**-53, 1.0 - 2.0**-53, 2.0**-1022, math.sqrt(0.5), 1e308, 0.5, 2.0],
    ])  # fmt: skip
    found = of_each(each_log, grid)
    assert found[grid == 1.0].tolist() == [0.0]
    with localcontext() as context:
        context.prec = 40
        inexact = [(x, y) for x, y in zip(grid.tolist(), found.tolist(), strict=True) if x != 1.0]
        worst = max(ulps(y, Decimal(x).ln()) for x, y in inexact)
    assert worst <= 2.0


@pytest.mark.parametrize("rate", [0.004, 0.3, 1.0, 4.5, 20.0])
def test_poisson_counts_have_the_poisson_probabilities(rate: float, evenly: Floats) -> None:
    counts = of_each(each_poisson, rate, 60, evenly).astype(int)
    highest = int(stats.poisson.isf(20 / N, rate))
    expected = np.append(stats.poisson.pmf(np.arange(highest), rate), stats.poisson.sf(highest - 1, rate)) * N
    seen = np.bincount(np.minimum(counts, highest), minlength=highest + 1)
    assert stats.chisquare(seen, expected).pvalue > ACCEPTED


def test_poisson_inverts_exactly_where_scipy_does() -> None:
    u = np.linspace(0.0005, 0.9995, 999)
    for rate in (0.01, 0.7, 3.0, 12.0):
        assert of_each(each_poisson, rate, 60, u).tolist() == stats.poisson.ppf(u, rate).tolist()


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_no_rate_gives_no_count_whatever_the_draw(rate: float) -> None:
    assert of_each(each_poisson, rate, 60, np.array([0.0, 0.5, 1.0 - 2.0**-53])).tolist() == [0, 0, 0]


def test_a_count_stops_at_its_cap() -> None:
    u = np.array([0.0, 0.5, 0.999999, 1.0 - 2.0**-53])
    assert of_each(each_poisson, 100.0, 60, u).max() == 60
    assert of_each(each_poisson, 1e6, 60, u).tolist() == [0, 60, 60, 60]
    assert of_each(each_poisson, 3.0, 2, u).tolist() == [0, 2, 2, 2]


def test_the_lowest_draw_is_the_smallest_outcome_and_the_highest_is_finite() -> None:
    edges = np.array([0.0, 1.0 - 2.0**-53])
    assert of_each(each_poisson, 0.3, 60, edges)[0] == 0
    amounts = of_each(each_lomax, 2.0, 1.05, edges)
    assert amounts[0] == 0.0
    assert math.isfinite(amounts[1])
    for code, (a, b, c) in enumerate([(0.2, 0.9, 0.0), (0.1, 0.3, 0.9), (0.5, 0.1, 0.0), (2.0, 0.5, 0.0)], start=1):
        low, high = of_each(each_drawn, code, a, b, c, edges)
        assert math.isfinite(low)
        assert math.isfinite(high)
        assert low < high


@pytest.mark.parametrize(("scale", "tail"), [(1.0, 2.2), (5.0, 1.4)])
def test_lomax_amounts_have_the_lomax_tail(scale: float, tail: float, evenly: Floats) -> None:
    amounts = of_each(each_lomax, scale, tail, evenly)
    assert stats.kstest(amounts, stats.lomax(tail, scale=scale).cdf).pvalue > ACCEPTED
    u = np.array([1e-9, 0.1, 0.5, 0.99, 1 - 1e-9])
    assert of_each(each_lomax, scale, tail, u) == pytest.approx(stats.lomax(tail, scale=scale).ppf(u), rel=1e-6)


DISTRIBUTIONS = {
    "uniform": (1, (0.2, 0.9, 0.0), stats.uniform(0.2, 0.7)),
    "triangular": (2, (0.1, 0.3, 0.9), stats.triang(0.25, 0.1, 0.8)),
    "normal": (3, (0.5, 0.1, 0.0), stats.norm(0.5, 0.1)),
    "lognormal": (4, (2.0, 0.5, 0.0), stats.lognorm(0.5, scale=2.0)),
}


@pytest.mark.parametrize("name", list(DISTRIBUTIONS))
def test_a_scenario_distribution_is_the_one_that_its_name_says(name: str, evenly: Floats) -> None:
    code, numbers, exact = DISTRIBUTIONS[name]
    assert stats.kstest(of_each(each_drawn, code, *numbers, evenly), exact.cdf).pvalue > ACCEPTED
    u = np.array([1e-12, 1e-4, 0.02, 0.3, 0.5, 0.77, 0.98, 1 - 1e-6])
    assert of_each(each_drawn, code, *numbers, u) == pytest.approx(exact.ppf(u), rel=1e-7, abs=1e-7)


def test_code_0_is_the_number_itself_and_a_triangle_without_width_is_its_point() -> None:
    u = np.array([0.0, 0.4, 0.999])
    assert of_each(each_drawn, 0, 0.7, 9.0, 9.0, u).tolist() == [0.7] * 3
    assert of_each(each_drawn, 2, 0.7, 0.7, 0.7, u).tolist() == [0.7] * 3
    assert of_each(each_drawn, 2, 0.1, 0.1, 0.9, u) == pytest.approx(stats.triang(0.0, 0.1, 0.8).ppf(u))
    assert of_each(each_drawn, 2, 0.1, 0.9, 0.9, u) == pytest.approx(stats.triang(1.0, 0.1, 0.8).ppf(u))


def test_mixing_flips_half_the_bits_for_a_change_of_one() -> None:
    mix: Any = called_from_python(getattr(random_streams.mix, "py_func", random_streams.mix))
    with np.errstate(over="ignore"):
        inputs = [np.uint64(k) * np.uint64(0x9E3779B97F4A7C15) for k in range(200)]
        flips = [(int(mix(z)) ^ int(mix(z ^ np.uint64(1 << bit)))).bit_count() for z in inputs for bit in range(64)]
    # 12,800 flips of 64 bits: the mean of fair ones has a standard error of 4 / sqrt(12,800) = 0.035.
    assert abs(float(np.mean(flips)) - 32.0) < 4 * 0.036
