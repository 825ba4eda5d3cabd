"""Figures survive print, photocopies, colour blindness, shrinking and being sent on without their page."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from colour_difference import VISION, ciecam02, difference, least_difference
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image
from test_charts import CAPTION, HORIZON, boxes, drawn_worlds, made_up_history, made_up_worlds, shape, texts

from ceasefire.analysis.causes_over_draws import cause_curves
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.front_line import FrontHistory
from ceasefire.analysis.hazard import hazard, weibull_shape
from ceasefire.analysis.survival import restricted_mean, survival
from ceasefire.charts.comparison import Condition, comparison_chart
from ceasefire.charts.cumulative_incidence import causes_chart
from ceasefire.charts.front_line import front_chart
from ceasefire.charts.hazard import hazard_chart
from ceasefire.charts.outside_view import views_chart
from ceasefire.charts.ranking import Gain, levers_chart
from ceasefire.charts.sensitivity import BETWEEN, HIGHEST, LOWEST
from ceasefire.charts.style import (
    CHANCE_BAND,
    DEATH_COLOURS,
    DOUBT_BAND,
    DPI,
    PAPER,
    RUNG_COLOURS,
    VIOLATION_COLOURS,
    WIDTH_INCHES,
    Origin,
    contrast,
    made_by,
    save,
)
from ceasefire.charts.survival import survival_chart
from ceasefire.charts.weekly_fans import Fan, weekly_chart
from ceasefire.charts.weeks import AHEAD, FANS
from ceasefire.charts.world_sample import histories_chart
from ceasefire.charts.world_timeline import history_chart
from ceasefire.report.html import picture

LEAST_POINTS, PAPER_WIDTH_CM, CM = 7.0, 16.0, 2.54
APART = 10.0
"""Distance in CAM02-UCS from which two series are told apart."""


def _comparison() -> Figure:
    conditions = []
    for place in range(6):
        worlds = made_up_worlds(300, 300.0 * (place + 1))
        gained = Interval(0, -20, 20) if place == 1 else Interval(90.0 * place, 90.0 * place - 30, 90.0 * place + 30)
        curve = (survival(worlds), restricted_mean(worlds, HORIZON))
        conditions.append(Condition(f"condition {place}", *curve, gained if place else None))
    return comparison_chart(conditions, CAPTION, horizon=HORIZON)


def _front() -> Figure:
    days = np.linspace(0, 1, 400)[:, None]
    moved = days * np.array([0.2, -0.15, 0.0])
    opened = np.array([0.3, 0.6, 0.5])
    front = FrontHistory(("A", "B", "C"), ("North side", "South side"), opened, opened + moved, np.full(400, 9), None)
    return front_chart(front, CAPTION)


def _weekly() -> Figure:
    first = np.arange(0.0, 700.0, 7)
    low, quarter, median, three, high = (np.full(100, level) + np.sin(first / 40) for level in (2, 5, 9, 14, 30))
    fan = Fan("violations a week", first, low, quarter, median, three, high)
    return weekly_chart([(fan, fan), (fan, None)], np.linspace(900, 300, 100), CAPTION, "A finding.", horizon=700)


def _views() -> Figure:
    days = np.arange(400.0)
    curves = [
        ("pooled", np.exp(-days / 300)),
        ("this scenario", np.exp(-days / 500)),
        ("such deals", np.exp(-days / 200)),
    ]
    return views_chart(curves, (np.exp(-days / 100), np.exp(-days / 900)), "A title", "A finding.", "a footer")


def _levers() -> Figure:
    def gain(place: int, days: float) -> Gain:
        chance, doubt = (Interval(days, days - half, days + half) for half in (20, 60))
        return Gain(f"lever-{place}", f"Lever {place}", chance, doubt)

    gains = [gain(place, days) for place, days in enumerate((120.0, 5.0, -80.0))]
    return levers_chart(gains, CAPTION, worlds=1000, horizon=HORIZON)


GALLERY: dict[str, Callable[[], Figure]] = {
    "survival": lambda: survival_chart(*shape("half a year"), CAPTION, assumed=4, horizon=HORIZON),
    "curves": lambda: survival_chart({name: shape(name)[0] for name in ("long", "half a year")}, None, CAPTION),
    "comparison": _comparison,
    "causes": lambda: causes_chart(
        cause_curves(made_up_worlds(400, 600.0), drawn_worlds(600.0), HORIZON), CAPTION, "A finding.", horizon=HORIZON
    ),
    "history": lambda: history_chart(made_up_history(200)),
    "worlds": lambda: histories_chart([made_up_history(90), made_up_history(300, ended=False)], CAPTION),
    "hazard": lambda: hazard_chart(
        hazard(made_up_worlds(400, 600.0)), weibull_shape(made_up_worlds(400, 600.0)), CAPTION
    ),
    "front": _front,
    "weekly": _weekly,
    "forecast": _views,
    "levers": _levers,
}


@cache
def figure(name: str) -> Figure:
    return GALLERY[name]()


every_figure = pytest.mark.parametrize("name", GALLERY)


def test_the_model_of_colour_appearance_gives_the_published_example() -> None:
    """Case 1 of Fairchild 2013, CIECAM02."""
    found = ciecam02([19.01, 20.00, 21.78], (95.05, 100.0, 108.88), 318.31, 20.0)
    assert [float(each[0]) for each in found] == pytest.approx([41.73, 0.1047, 219.0, 0.1088], rel=1e-3)
    assert difference("#FF0000", "#00A000", "as seen") > 3 * difference("#FF0000", "#00A000", "deuteranopia") / 2
    assert difference("#FF0000", "#7F7F7F", "greyscale") < difference("#FF0000", "#7F7F7F", "as seen")


@pytest.mark.parametrize(
    "colours",
    [
        tuple(VIOLATION_COLOURS.values()), tuple(DEATH_COLOURS.values()), *RUNG_COLOURS.values(), FANS, AHEAD,
        (CHANCE_BAND, DOUBT_BAND), (LOWEST, BETWEEN, HIGHEST),
    ],
)  # fmt: skip
@pytest.mark.parametrize("vision", VISION)
def test_what_is_told_by_colour_alone_is_told_without_it(colours: tuple[str, ...], vision: str) -> None:
    for one, other in itertools.combinations(colours, 2):
        assert difference(one, other, vision) >= APART, (one, other)


def _lines(axes: Axes) -> list[Line2D]:
    """Series drawn as lines: no edge of a band, no mark, no rule across the plot."""
    return [
        line
        for line in axes.lines
        if isinstance(gid := line.get_gid(), str)
        and not gid.endswith((" low", " high"))
        and len(np.atleast_1d(line.get_xdata())) > 4
        and line.get_linestyle() != "None"
    ]


def _look(line: Line2D) -> tuple[object, float]:
    return (str(line._dash_pattern), round(line.get_linewidth() / 2))  # type: ignore[attr-defined]


@every_figure
def test_no_two_lines_of_a_plot_differ_by_hue_alone(name: str) -> None:
    pairs = 0
    for axes in figure(name).axes:
        for one, other in itertools.combinations(_lines(axes), 2):
            pairs += 1
            apart = least_difference(to_hex(one.get_color()), to_hex(other.get_color())) >= APART
            assert apart or _look(one) != _look(other), (one.get_gid(), other.get_gid())
    assert pairs >= 1 or name not in ("survival", "curves", "comparison", "forecast", "history")


@every_figure
def test_fills_of_a_plot_differ_by_more_than_hue(name: str) -> None:
    for axes in figure(name).axes:
        fills = [each for each in axes.collections if isinstance(each, FillBetweenPolyCollection) and each.get_gid()]
        faces = {
            str(each.get_gid()): to_hex(np.atleast_2d(each.get_facecolor())[0][:3])
            for each in fills
            if np.size(each.get_facecolor()) and each.get_alpha() in (None, 1.0) and not each.get_hatch()
        }
        for (one, a), (other, b) in itertools.combinations(faces.items(), 2):
            assert a == b or least_difference(a, b) >= APART, (one, other)


@every_figure
def test_both_edges_of_every_band_stand_out_from_white(name: str) -> None:
    bands = 0
    for axes in figure(name).axes:
        edges = {line.get_gid(): to_hex(line.get_color()) for line in axes.lines if line.get_gid()}
        for fill in axes.collections:
            gid = str(fill.get_gid())
            if f"{gid} low" in edges:
                bands += 1
                assert min(contrast(edges[f"{gid} {end}"], PAPER) for end in ("low", "high")) >= 3
            elif gid.startswith(("chance", "doubt", "band", "range", "wide", "narrow")):
                assert np.size(fill.get_edgecolor()), gid
                assert contrast(to_hex(np.atleast_2d(fill.get_edgecolor())[0][:3]), PAPER) >= 3, gid
                assert np.atleast_1d(fill.get_linewidth())[0] > 0, gid
                bands += 1
    assert bands or name in ("history", "worlds", "front")


def test_a_difference_that_may_be_chance_alone_has_a_hollow_mark() -> None:
    for name, expected in (("levers", [False, True, False]), ("comparison", [True, False, False, False, False])):
        dots = [line for axes in figure(name).axes for line in axes.lines if line.get_gid() == "dot"]
        assert [to_hex(dot.get_markerfacecolor()) == PAPER.lower() for dot in dots] == expected, name


def test_gains_of_the_second_side_are_marked_by_strokes_as_well() -> None:
    hatched = [each for axes in figure("front").axes for each in axes.collections if each.get_gid() == "lost"]
    assert len(hatched) == 1
    assert hatched[0].get_hatch()
    rows = np.asarray(hatched[0].get_paths()[0].vertices)[:, 1]
    assert "strokes: won by the south side" in " ".join(text.get_text() for text in texts(figure("front")))
    assert rows.max() - rows.min() == pytest.approx(1)


@every_figure
def test_no_text_is_under_seven_points_on_sixteen_centimetres(name: str) -> None:
    boxes(figure(name))
    shrunk = PAPER_WIDTH_CM / CM / WIDTH_INCHES
    for text in texts(figure(name)):
        assert float(text.get_fontsize()) * shrunk >= LEAST_POINTS - 0.01, text.get_text()


def test_a_file_says_what_it_shows_where_it_comes_from_and_under_which_licence(tmp_path: Path) -> None:
    origin = Origin("1.2.3", "27 November 2026", "abcdef0123456789")
    with made_by(origin):
        png, svg = save(GALLERY["levers"](), tmp_path, "levers")
    foot = "ceasefire 1.2.3  ·  27 November 2026  ·  run abcdef01  ·  Apache-2.0"
    with Image.open(png) as picture:
        about = dict(picture.info)
        assert picture.width == round(WIDTH_INCHES * DPI)
    assert about["Title"].startswith("Most gained: ")
    assert about["Description"].startswith(CAPTION.title)
    assert about["Software"] == foot
    assert about["Copyright"] == "Apache-2.0"
    assert about["dpi"][0] == pytest.approx(300, abs=0.1)
    root = ElementTree.fromstring(svg.read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert (root.find(f"{space}title").text, root.find(f"{space}desc").text) == (about["Title"], about["Description"])  # type: ignore[union-attr]
    assert {"title", "desc"} == set(str(root.get("aria-labelledby")).split())
    written = [" ".join("".join(each.itertext()).split()) for each in root.iter(f"{space}text")]
    assert " ".join(foot.split()) in written, "text is text, and the foot is among it"
    assert "Lever 0" in written


def test_the_same_figure_of_the_same_results_gives_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for folder in ("one", "two"):
        with made_by(Origin("1.2.3", "27 November 2026", "abc")):
            files.append(save(GALLERY["levers"](), tmp_path / folder, "levers"))
    for one, two in zip(*files, strict=True):
        assert one.read_bytes() == two.read_bytes()
    other = save(GALLERY["levers"](), tmp_path / "three", "levers")
    assert other[1].read_bytes() != files[0][1].read_bytes(), "another origin"


def test_a_picture_within_the_page_is_made_for_a_screen_and_the_file_for_print(tmp_path: Path) -> None:
    png, _ = save(GALLERY["levers"](), tmp_path, "levers")
    shown = picture(png)
    assert shown is not None
    assert shown.width == 1200
    assert len(shown.source) < 4 / 3 * png.stat().st_size
