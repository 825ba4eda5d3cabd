"""The common style of all figures: colours with a fixed meaning, type, size, contrast, and saving."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from ceasefire.charts.fonts import families, use_fonts_for

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
"""Colours that people with colour blindness can distinguish. Okabe and Ito (2008)."""

INK, QUIET, RULE, PAPER = "#1A1A1A", "#595959", "#D0D0D0", "#FFFFFF"
"""Text, secondary text, grid lines, background."""

CAUSE_COLOURS = {
    "offensive": VERMILLION,
    "spoiler_offensive": ORANGE,
    "bombardment": PURPLE,
    "spiral": YELLOW,
    "guarantor_clash": BLACK,
    "expiry": SKY,
    "abrogation": BLUE,
    "held": "#DDEBE4",
}
RUNG_COLOURS = {
    "force": ("#EFF1EC", "#F4D58A", "#E08214", "#7F2704"),
    "engagement": ("#EFF1EC", "#A9CFE8", "#3D8EC4", "#08306B"),
}
VIOLATION_COLOURS = {"strategic": BLUE, "spoiling": GREEN, "retaliatory": PURPLE, "localised": "#B8B8B8"}
"""None of the colours of postures, which stand above them."""
DEATH_COLOURS = {"combatant": "#6E6E6E", "civilian": BLACK}
SIDE_COLOURS = (VERMILLION, BLUE)
"""The first and the second side of a scenario."""

COMPARISON_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, BLACK)
COMPARISON_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (9, 2)), "-")
"""Line styles of a comparison: curves can be distinguished in print without colour."""

DPI = 160
WIDTH_INCHES = 7.5
"""1,200 pixels, or the width of a printed page."""

TEXT, SMALL = 9.0, 7.5
"""Font sizes [points]."""

LOOK: dict[str, Any] = {
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "ceasefire",
    "svg.fonttype": "path",
    "path.simplify": True,
}
PERSONAL = ("backend", "interactive", "toolbar", "webagg", "tk.", "macosx", "figure.hooks", "savefig.directory")
"""Settings that have no effect on a saved figure and are not changed."""


@contextmanager
def house_style() -> Iterator[None]:
    """A context in which the reader's own matplotlib settings have no effect: only this style applies."""
    look: dict[Any, Any] = {k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith(PERSONAL)}
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # `save` says it once
        matplotlib.rcParams.update(look | LOOK | {"font.family": families()})
        yield


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write name.png and name.svg; the same figure gives the same SVG bytes, because no date is written.

    The figure is empty afterwards: as a whole it would stay in memory until garbage is collected.
    """
    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{name}.png", folder / f"{name}.svg"
    use_fonts_for(figure)
    with house_style():
        figure.savefig(png, dpi=DPI, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None})
    figure.clear()
    return [png, svg]


LEAST = 4.5
"""Smallest contrast for small text (WCAG 2.2, level AA)."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour, from 0 (black) to 1 (white). WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 (none) to 21 (black on white). WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, paper: str = "#FFFFFF") -> str:
    """The colour itself, or its lightest darker shade with enough contrast for text on the background `paper`."""
    red, green, blue = to_rgb(colour)
    for step in range(100):
        keep = 1 - step / 100
        shade = to_hex((red * keep, green * keep, blue * keep))
        if contrast(shade, paper) >= LEAST:
            return shade
    return "#000000"
