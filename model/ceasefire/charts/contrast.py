"""Whether words can be read on what lies behind them."""

from __future__ import annotations

from matplotlib.colors import to_hex, to_rgb

LEAST = 4.5
"""Contrast that small words need (WCAG 2.2, level AA)."""


def luminance(colour: str) -> float:
    """How bright a colour is to the eye, from 0 (black) to 1 (white). WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 (none) to 21 (black on white). WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, paper: str = "#FFFFFF") -> str:
    """The colour itself, or the lightest darker shade of it in which words can be read on the paper."""
    red, green, blue = to_rgb(colour)
    for step in range(100):
        keep = 1 - step / 100
        shade = to_hex((red * keep, green * keep, blue * keep))
        if contrast(shade, paper) >= LEAST:
            return shade
    return "#000000"
