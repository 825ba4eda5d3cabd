"""How different two colours look: CAM02-UCS, as seen, in greyscale, and with each deficiency of colour vision.

CIE 159:2004 (CIECAM02); Luo, Cui and Li 2006 (the uniform space); Machado, Oliveira and Fernandes 2009 (deficiencies).
"""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

VISION = {
    "as seen": np.eye(3),
    "greyscale": np.array([[0.2126, 0.7152, 0.0722]] * 3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
D65 = (95.047, 100.0, 108.883)
CAT02 = np.array([[0.7328, 0.4296, -0.1624], [-0.7036, 1.6975, 0.0061], [0.0030, 0.0136, 0.9834]])
HUNT = np.array([[0.38971, 0.68898, -0.07868], [-0.22981, 1.18340, 0.04641], [0.0, 0.0, 1.0]])


def ciecam02(
    xyz: ArrayLike, white: ArrayLike = D65, adapting: float = 64 / np.pi / 5, background: float = 20.0
) -> tuple[Floats, Floats, Floats, Floats]:
    """Lightness J, chroma C, hue h [degrees] and colourfulness M of XYZ values (colours, 3), average surround."""
    given, w = np.atleast_2d(np.asarray(xyz, dtype=float)), np.asarray(white, dtype=float)
    degree = 1 - np.exp((-adapting - 42) / 92) / 3.6
    k = 1 / (5 * adapting + 1)
    fl = 0.2 * k**4 * 5 * adapting + 0.1 * (1 - k**4) ** 2 * (5 * adapting) ** (1 / 3)
    n = background / w[1]
    nbb, z = 0.725 * n**-0.2, 1.48 + np.sqrt(n)
    gain = degree * w[1] / (CAT02 @ w) + 1 - degree

    def response(values: Floats) -> Floats:
        cones = (values @ CAT02.T * gain) @ np.linalg.inv(CAT02).T @ HUNT.T
        compressed = (fl * np.abs(cones) / 100) ** 0.42
        return np.asarray(np.sign(cones) * 400 * compressed / (compressed + 27.13) + 0.1)

    a, white_response = response(given), response(w[None])[0]
    signal = (a @ [2, 1, 0.05] - 0.305) * nbb / ((white_response @ [2, 1, 0.05] - 0.305) * nbb)
    lightness = 100 * np.maximum(signal, 0) ** (0.69 * z)
    red, yellow = a @ [1, -12 / 11, 1 / 11], a @ [1 / 9, 1 / 9, -2 / 9]
    hue = np.arctan2(yellow, red)
    eccentricity = (np.cos(hue + 2) + 3.8) / 4
    t = 50_000 / 13 * nbb * eccentricity * np.hypot(red, yellow) / (a @ [1, 1, 1.05])
    chroma = t**0.9 * np.sqrt(lightness / 100) * (1.64 - 0.29**n) ** 0.73
    return lightness, chroma, np.degrees(hue) % 360, chroma * fl**0.25


def difference(one: str, other: str, vision: str) -> float:
    """The distance of two colours in CAM02-UCS, with that vision."""
    rgb = np.array([to_rgb(one), to_rgb(other)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ VISION[vision].T, 0, 1)
    j, _, hue, m = ciecam02(100 * seen @ XYZ.T)
    m = np.log(1 + 0.0228 * m) / 0.0228
    place = np.column_stack([1.7 * j / (1 + 0.007 * j), m * np.cos(np.radians(hue)), m * np.sin(np.radians(hue))])
    return float(np.linalg.norm(place[0] - place[1]))


def least_difference(one: str, other: str) -> float:
    """The smallest distance over all kinds of vision."""
    return min(difference(one, other, vision) for vision in VISION)
