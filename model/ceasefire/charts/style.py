"""The common style of all figures: colours with a fixed meaning, type, size, contrast, and saving."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL.PngImagePlugin import PngInfo

from ceasefire.charts.few_colours import in_few_colours
from ceasefire.charts.finding import HEAD
from ceasefire.charts.fonts import families, use_fonts_for
from ceasefire.ensemble.manifest import program_version
from ceasefire.wording import short_hash

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
    "force": ("#EFF1EC", "#F0C465", "#DB7C10", "#7F2704"),
    "engagement": ("#EFF1EC", "#A9CFE8", "#3D8EC4", "#08306B"),
}
VIOLATION_COLOURS = {"strategic": "#0B3C73", "spoiling": "#00855F", "retaliatory": "#D987B3", "localised": "#D6D6D6"}
"""From dark to pale, so that a copy without colour tells them apart; none of the colours of postures above them."""
DEATH_COLOURS = {"combatant": "#6E6E6E", "civilian": BLACK}
SIDE_COLOURS = (VERMILLION, BLUE)
"""The first and the second side of a scenario."""

CHANCE_BAND, DOUBT_BAND, BAND_EDGE = "#94C0DD", "#E3EDF5", "#4F83AD"
"""Bands of chance and of doubt, and their edges, which stand out from white by 3 to 1 at least."""

COMPARISON_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, BLACK)
COMPARISON_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (9, 2)), "-")
"""Line styles of a comparison: curves can be distinguished in print without colour."""

PRINTED_DPI = 300
"""Dots an inch at a width of 16 cm, which a picture says of itself."""
DPI = 252
"""The same at WIDTH_INCHES."""
WIDTH_INCHES = 7.5
"""The width of a printed page; papers shrink it to 16 cm, by a sixth."""

TEXT, SMALL = 9.3, 8.4
"""Font sizes [points]; on 16 cm the smaller one is 7 points."""

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
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "ceasefire",
    "svg.fonttype": "none",
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


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from: version of the program, date of its results, and the hash of the run.

    Date and run are empty where no results folder stands behind the figure.
    """

    version: str = field(default_factory=program_version)
    date: str = ""
    run: str = ""

    def words(self) -> str:
        """Program, version, date, run and licence, as the foot of a figure."""
        run = f"run {short_hash(self.run)}" if self.run else ""
        return "  ·  ".join(part for part in (f"ceasefire {self.version}", self.date, run, LICENCE) if part)


LICENCE = "Apache-2.0"
FOOT, TITLE, BELOW, RESTS_ON = "foot", "title", "below", "rests on"
"""Marks (gid) of the texts that `save` reads or fills in."""

UNKNOWN = Origin()

_origin: ContextVar[Origin] = ContextVar("origin", default=UNKNOWN)


@contextmanager
def made_by(origin: Origin) -> Iterator[None]:
    """A context in which figures are saved with this origin."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write name.png and name.svg; title, text below and origin are text in both, and data about the file.

    A PNG also says what the figure rests on (Source), and what it shows to those who cannot see it (Comment).

    The same figure of the same results gives the same bytes: the only date is that of the results.
    The figure is empty afterwards: as a whole it would stay in memory until garbage is collected.
    """
    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{name}.png", folder / f"{name}.svg"
    origin = _origin.get().words()
    for text in figure.findobj(Text):
        if text.get_gid() == FOOT and isinstance(text, Text):
            text.set_text(origin)
    title, below, source = (_words(figure, mark) for mark in (TITLE, BELOW, RESTS_ON))
    alt = str(figure.get_label())
    use_fonts_for(figure)
    with house_style():
        about = {"Title": title, "Description": below, "Software": origin, "Copyright": LICENCE}
        about |= {"Source": source, "Comment": alt, HEAD: f"{_head(figure):.4f}"}
        _write_png(figure, png, about)
        content = io.BytesIO()
        about = {"Title": title, "Description": below, "Creator": origin, "Rights": LICENCE}
        figure.savefig(content, format="svg", metadata={**about, "Date": None})
    svg.write_text(_accessible(content.getvalue().decode(), below), encoding="utf-8", newline="\n")
    figure.clear()
    return [png, svg]


def _write_png(figure: Figure, file: Path, about: Mapping[str, str]) -> None:
    """A PNG of at most 256 colours, a third of the size, with words about it in its header."""
    canvas = FigureCanvasAgg(figure)
    before = figure.dpi
    figure.set_dpi(DPI)
    canvas.draw()  # type: ignore[no-untyped-call]
    picture = in_few_colours(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
    del canvas.renderer  # 19 MB, which the figure would keep
    figure.set_dpi(before)
    info = PngInfo()
    for key, value in about.items():
        info.add_itxt(key, value)
    picture.save(file, dpi=(PRINTED_DPI, PRINTED_DPI), pnginfo=info, compress_level=6)


def _head(figure: Figure) -> float:
    """The share of the height above the lower edge of the text below the title."""
    renderer = RendererAgg(1, 1, figure.dpi)  # type: ignore[no-untyped-call]
    texts = [text for text in figure.texts if text.get_gid() in (TITLE, BELOW) and text.get_text()]
    edges = [text.get_window_extent(renderer).y0 for text in texts]
    return 1.0 - min(edges, default=figure.bbox.height) / figure.bbox.height


def _words(figure: Figure, mark: str) -> str:
    """The text with a mark, in one line."""
    return next((" ".join(each.get_text().split("\n")) for each in figure.texts if each.get_gid() == mark), "")


def _accessible(svg: str, below: str) -> str:
    """An SVG that says that it is a picture, what its title is, and what it shows; with a font that is everywhere."""
    svg = svg.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
    svg = svg.replace("<title>", '<title id="title">', 1)
    svg = svg.replace("</title>", f'</title>\n <desc id="desc">{escape(below)}</desc>', 1)
    return re.sub(r"('DejaVu Sans'(?:, '[^']+')*)", r"\1, Verdana, sans-serif", svg)


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
