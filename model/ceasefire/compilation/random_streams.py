"""Random numbers that belong to who, what and when.

A draw is a pure function of (seed, world, day, stream, name, number). Nothing has a generator that others
could advance: an actor that is added draws its own numbers and changes nobody else's, and a world has the
same life in any engine, batch or order. exp and log use only + - * / and exact scaling, so that every
machine gives the same bits; NumPy's and the C library's differ in the last one.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation.decorators import called_from_python, rule, seldom

# --- streams: what a draw is for
PARAMETER, INTENT, AGGRESSION, EVENT, REVIEW, CHOICE, CLASH, KIND, DEATHS = range(1, 10)
VICTIM, CAPABILITY, COMMITMENT, LINE, TALKS, DEADLINE, RENEWAL, ABROGATION, DOUBT, RECORDED = range(10, 20)

_G = np.uint64(0x9E3779B97F4A7C15)
_H = np.uint64(0xD1B54A32D192ED03)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_SQRT_HALF = 0.7071067811865476
_EXP_LIMIT = 700.0
_TO_WHOLE = 1.5 * 2.0**52
"""Added to a number and taken away again, it leaves the nearest whole number."""
_POWERS_OF_TWO = np.array([math.ldexp(1.0, k) for k in range(-1022, 1024)])
_PARTS_OF_TWO = np.array([float(Context(prec=40).power(2, Decimal(j) / 256)) for j in range(256)])
"""2 to the j / 256, rounded from 40 digits: the powers of C libraries need not agree in the last bit."""
_PARTS_PER_E = 256.0 * 1.4426950408889634
_PART_HIGH, _PART_LOW = _LN2_HIGH / 256.0, _LN2_LOW / 256.0


@rule
def mix(z: np.uint64) -> np.uint64:
    """Scramble 64 bits: the finaliser of splitmix64 (Steele, Lea and Flood 2014)."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@called_from_python
def world_key(seed: np.uint64, world: np.uint64) -> np.uint64:
    """The key of one world."""
    return mix(mix(seed + _G) + world * _G)


@called_from_python
def day_key(world: np.uint64, day: int) -> np.uint64:
    """The key of one day of a world; day -1 is the time before the start."""
    return mix(world + np.uint64(day + 2) * _G)


@called_from_python
def stream_key(day: np.uint64, stream: int) -> np.uint64:
    """The key of one kind of draw on a day."""
    return mix(day + np.uint64(stream) * _G)


@called_from_python
def uniform(stream: np.uint64, name: np.uint64, number: int) -> float:
    """A number in [0, 1), of somebody's name and the draw's number."""
    return float(mix(stream + name + np.uint64(number) * _H) >> _S11) * _TO_UNIT


def uniforms(stream: np.uint64, name: np.uint64, count: int) -> NDArray[np.float64]:
    """The draws of numbers 0 to count - 1, as `uniform` gives them one by one. Not for rules."""
    with np.errstate(over="ignore"):  # keys wrap around at 64 bits by design
        z = stream + name + np.arange(count, dtype=np.uint64) * _H
        z = (z ^ (z >> _S30)) * _M1
        z = (z ^ (z >> _S27)) * _M2
        found: NDArray[Any] = ((z ^ (z >> _S31)) >> _S11) * _TO_UNIT
    return found


@called_from_python
def daily_uniforms(out, seed, world, name):  # type: ignore[no-untyped-def]
    """Fill `out` with the draws of one name on days 0, 1, ... of one world, for checks of the generator.

    Keys stay in compiled code, because Python integers would lose their sign.
    """
    key = world_key(np.uint64(seed), np.uint64(world))
    for day in range(out.shape[0]):
        out[day] = uniform(stream_key(day_key(key, day), CLASH), np.uint64(name), 0)


@rule
def exp(x: float) -> float:
    """e to the x, within 2 units in the last place; flat beyond +-700; no number of no number.

    x = k ln 2 + j ln 2 / 256 + r (Tang 1989): 2^k and 2^(j / 256) are looked up, and Taylor's series for exp(r), |r| at
    most 0.0014, needs four terms.
    """
    if not abs(x) < _EXP_LIMIT:
        if x != x:
            return x
        x = _EXP_LIMIT if x > 0.0 else -_EXP_LIMIT
    n = (x * _PARTS_PER_E + _TO_WHOLE) - _TO_WHOLE
    r = (x - n * _PART_HIGH) - n * _PART_LOW
    r2 = r * r
    p = r + r2 * ((0.5 + r * (1.0 / 6.0)) + r2 * (1.0 / 24.0))
    whole = int(n)
    scale = _PARTS_OF_TWO[whole & 255] * _POWERS_OF_TWO[(whole >> 8) + 1022]
    return scale + scale * p


@rule
def log(x: float) -> float:
    """Natural logarithm of x > 0, within 2 units in the last place."""
    m, e = math.frexp(x)
    if m < _SQRT_HALF:
        m *= 2.0
        e -= 1
    s = (m - 1.0) / (m + 1.0)
    q = s * s
    q2 = q * q
    q4 = q2 * q2
    low = (1.0 / 3.0 + q * (1.0 / 5.0)) + q2 * (1.0 / 7.0 + q * (1.0 / 9.0))
    middle = (1.0 / 11.0 + q * (1.0 / 13.0)) + q2 * (1.0 / 15.0 + q * (1.0 / 17.0))
    high = 1.0 / 19.0 + q * (1.0 / 21.0)
    p = low + q4 * (middle + q4 * high)
    return e * _LN2_HIGH + (2.0 * s + (2.0 * s * q * p + e * _LN2_LOW))


@rule
def poisson(rate: float, u: float, most: int) -> int:
    """A Poisson count by inversion of u, at most `most`; a rate of 0 or less gives 0."""
    if rate <= 0.0 or u < 1.0 - rate:  # 1 - rate <= exp(-rate): no exponential needed
        return 0
    term = exp(-rate)
    total = term
    count = 0
    while u >= total and count < most:
        count += 1
        term *= rate / count
        total += term
    return count


@rule
def lomax(scale: float, tail: float, u: float) -> float:
    """A heavy-tailed amount (Lomax, or Pareto II) by inversion of u: mean scale / (tail - 1) when tail > 1."""
    return scale * (exp(-log(1.0 - u) / tail) - 1.0)


@seldom
def normal(u: float) -> float:
    """A standard normal by inversion of u (Acklam's rational approximation, relative error 1.2e-9)."""
    p = min(max(u, 1e-300), 1.0 - 2.0**-53)
    if p < 0.02425 or p > 1.0 - 0.02425:
        tail = p if p < 0.5 else 1.0 - p
        q = math.sqrt(-2.0 * log(tail))
        x = (
            ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
              - 2.549732539343734e00) * q + 4.374664141464968e00) * q + 2.938163982698783e00
        ) / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
             + 3.754408661907416e00) * q + 1.0
        )  # fmt: skip
        return x if p < 0.5 else -x
    q = p - 0.5
    r = q * q
    return (
        (((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
           + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239e00) * q
    ) / (
        ((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
          + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0
    )  # fmt: skip


@seldom
def triangular(low: float, mode: float, high: float, u: float) -> float:
    """A triangular number by inversion of u."""
    if high <= low:
        return low
    turn = (mode - low) / (high - low)
    if u < turn:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


@called_from_python
def from_distribution(code: int, a: float, b: float, c: float, u: float) -> float:
    """A number from a scenario's distribution: 0 fixed a, 1 uniform, 2 triangular, 3 normal, 4 lognormal."""
    if code == 1:
        return a + (b - a) * u
    if code == 2:
        return triangular(a, b, c, u)
    if code == 3:
        return a + b * normal(u)
    if code == 4:
        return a * exp(b * normal(u))
    return a
