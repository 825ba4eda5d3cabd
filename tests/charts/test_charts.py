"""Charts of a run: they show the values of the tables, and every label can be read."""

from __future__ import annotations

import datetime
import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from ceasefire.analysis.bands_over_draws import CurveBands, survival_bands
from ceasefire.analysis.causes_over_draws import cause_curves
from ceasefire.analysis.summary import summary
from ceasefire.analysis.survival import ENDING_CAUSES, EndingCause, SurvivalCurve, survival
from ceasefire.charts.cumulative_incidence import causes_chart
from ceasefire.charts.layout import Caption, Occupancy, spread
from ceasefire.charts.step_curves import band_by_cell, corners, drawn_days
from ceasefire.charts.style import (
    CAUSE_COLOURS,
    DPI,
    RUNG_COLOURS,
    SIDE_COLOURS,
    VIOLATION_COLOURS,
    WIDTH_INCHES,
    readable,
    save,
)
from ceasefire.charts.survival import survival_chart
from ceasefire.charts.time_axis import TimeAxis, day_ticks
from ceasefire.charts.world_panels import by_side, counted, episodes
from ceasefire.charts.world_sample import histories_chart
from ceasefire.charts.world_timeline import history_chart
from ceasefire.ensemble.run import run
from ceasefire.scenario.load import load
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import Trajectory, trajectory
from ceasefire.wording import whole_percent

HORIZON = 1825
CAPTION = Caption("Moscow deal on Idlib, 5 March 2020", "idlib-2020+no-monitors", 7)
TITLES = {
    "syria": "Syrian government",
    "russia": "Russia",
    "turkey": "Turkey",
    "opposition": "Opposition backed by Turkey",
    "hts": "Hayat Tahrir al-Sham and other hardliners",
    "nato": "NATO",
    "un": "United Nations",
}
SHAPES = {
    "long": (1_000, 900.0),
    "very long": (1_000, 9_000.0),
    "half a year": (1_000, 200.0),
    "days": (1_000, 2.0),
    "dead on day 0": (300, 1e-6),
    "all hold": (300, 1e12),
    "one": (1, 300.0),
    "twenty": (20, 300.0),
}
"""Number of worlds, and their mean duration [days]."""


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    """A missing glyph or a layout that does not fit is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def made_up_worlds(count: int, mean: float, seed: int = 1) -> pd.DataFrame:
    """Worlds with Weibull durations and random causes."""
    rng = np.random.default_rng(seed)
    days = np.minimum(mean * rng.weibull(0.8, count), 1e6).astype(int)
    ended = days < HORIZON
    table = {"point": 0, "world": np.arange(count), "days_held": np.minimum(days, HORIZON), "ended": ended}
    causes = np.where(ended, rng.choice(ENDING_CAUSES, count, p=[0.4, 0.2, 0.1, 0.2, 0.04, 0.03, 0.03]), "")
    actors = np.where(ended, rng.choice(["syria", "turkey", "hts", ""], count, p=[0.6, 0.2, 0.18, 0.02]), "")
    return pd.DataFrame({**table, "cause": causes, "cause_actor": actors, "failed": False})


def made_up_doubt(mean: float, spread_of_means: float) -> CurveBands:
    """A band over 100 draws of six worlds."""
    rng = np.random.default_rng(2)
    means = np.minimum(mean * np.exp(spread_of_means * rng.normal(size=100)), 1e9)
    days = (means[:, None] * rng.weibull(0.8, (100, 6))).astype(int)
    return survival_bands(np.minimum(days, HORIZON), days < HORIZON, HORIZON)


def made_up_history(days_held: int, ended: bool = True, world: int = 17, events: int = 0) -> Trajectory:
    """One world with random postures and violence that grows towards the end."""
    rng = np.random.default_rng(world)
    n = days_held + 5 if ended else days_held
    swell = np.linspace(1, 4, n) ** 2
    return Trajectory(
        scenario_title=CAPTION.title,
        label=CAPTION.label,
        world=world,
        seed=CAPTION.seed,
        start=datetime.date(2020, 3, 6),
        days=np.arange(n),
        actors=list(TITLES),
        actor_titles=TITLES,
        ladders={actor: "engagement" if actor in ("nato", "un") else "force" for actor in TITLES},
        postures={actor: np.repeat(rng.integers(0, 4, n // 9 + 1), 9)[:n] for actor in TITLES},
        violations={k: rng.poisson(swell) for k in ("strategic", "retaliatory", "spoiling", "localised")},
        deaths_combatant=rng.poisson(swell),
        deaths_civilian=rng.poisson(swell / 3),
        trust={"government": np.linspace(0.5, 0.9, n), "opposition": np.linspace(0.5, 0.88, n)},
        ties=np.linspace(0.6, 0.2, n),
        attention=np.linspace(0.5, 0.89, n),
        violence=swell,
        talks_days=sorted(rng.integers(0, n, 4).tolist()),
        events=[(min(n - 1, 3 * k), f"Event number {k}, in words") for k in range(events)],
        ended=ended,
        days_held=days_held,
        cause="spoiler_offensive" if ended else "",
        cause_actor="hts" if ended else "",
    )


def texts(figure: Figure) -> list[Text]:
    """All visible text of a figure."""
    return [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text() and text.get_visible()]


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """All text that is drawn, with its bounding box [pixels]."""
    canvas = FigureCanvasAgg(figure)
    drawn: list[Text] = []
    draw = Text.draw

    def recorded(self: Text, *given: Any, **named: Any) -> None:
        if self.get_text().strip() and self.get_visible():
            drawn.append(self)
        draw(self, *given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", recorded)
        canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in dict.fromkeys(drawn)]


def assert_legible(figure: Figure) -> None:
    """All text is on the page, and no two texts overlap."""
    labels = boxes(figure)
    assert len(labels) > 10
    for words, box in labels:
        assert box.x0 >= 0, words
        assert box.y0 >= 0, words
        assert box.x1 <= figure.bbox.x1, words
        assert box.y1 <= figure.bbox.y1, words
    for (one, a), (other, b) in itertools.combinations(labels, 2):
        apart = a.x1 - 1 <= b.x0 or b.x1 - 1 <= a.x0 or a.y1 - 1.5 <= b.y0 or b.y1 - 1.5 <= a.y0
        assert apart, f"{one!r} covers {other!r}"


def by_gid(figure: Figure, gid: str) -> list[object]:
    """Artists with that gid."""
    return [artist for artist in figure.findobj(lambda artist: artist.get_gid() == gid)]


def shape(name: str) -> tuple[SurvivalCurve, CurveBands]:
    """A curve and its band of doubt."""
    count, mean = SHAPES[name]
    return survival(made_up_worlds(count, mean)), made_up_doubt(mean, 0.7)


@pytest.mark.parametrize("name", SHAPES)
def test_every_word_on_a_survival_chart_can_be_read(name: str) -> None:
    curve, band = shape(name)
    assert_legible(survival_chart(curve, None, CAPTION))
    assert_legible(survival_chart(curve, band, CAPTION, assumed=384, horizon=HORIZON))


@pytest.mark.parametrize("name", ["long", "very long", "half a year", "days", "twenty"])
def test_no_label_lies_on_the_curve(name: str) -> None:
    curve, band = shape(name)
    figure = survival_chart(curve, band, CAPTION)
    axes = figure.axes[0]
    labels = [(words, box) for words, box in boxes(figure) if words.startswith(("thin", "wide", "median"))]
    assert len(labels) >= 2
    for words, box in labels:
        corners_in_data = axes.transData.inverted().transform([[box.x0, box.y0], [box.x1, box.y1]])
        (left, low), (right, high) = corners_in_data
        beneath = [curve.at(day) for day in range(int(left), int(right) + 1)]
        assert all(share < low or share > high for share in beneath), words


def test_words_can_be_read_when_doubt_covers_everything() -> None:
    curve, _ = shape("long")
    assert_legible(survival_chart(curve, made_up_doubt(900, 4), CAPTION, assumed=12))


def drawn_worlds(mean: float, draws: int = 40, worlds: int = 6) -> pd.DataFrame:
    """Worlds at draws of the assumed numbers, of unlike durations."""
    each = [made_up_worlds(worlds, mean * (0.4 + k / 20), k).assign(point=k) for k in range(draws)]
    return pd.concat(each).assign(world=range(draws * worlds))


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("drawn", [False, True])
def test_every_word_on_a_causes_chart_can_be_read(name: str, drawn: bool) -> None:
    doubt = drawn_worlds(SHAPES[name][1]) if drawn else None
    causes = cause_curves(made_up_worlds(*SHAPES[name]), doubt, HORIZON)
    assert_legible(causes_chart(causes, CAPTION, "A finding.", actor_titles=TITLES, horizon=HORIZON))


@pytest.mark.parametrize(("days", "ended", "events"), [(0, True, 0), (3, True, 2), (212, True, 15), (1825, False, 6)])
def test_every_word_on_a_history_can_be_read(days: int, ended: bool, events: int) -> None:
    assert_legible(history_chart(made_up_history(days, ended, events=events)))


@pytest.mark.parametrize("durations", [[90], [0, 1, 3, 2], [90, 640, 1825, 300, 1200, 1500]])
def test_every_word_on_a_sample_of_histories_can_be_read(durations: list[int]) -> None:
    sample = [made_up_history(days, days < HORIZON, world) for world, days in enumerate(durations)]
    assert_legible(histories_chart(sample, CAPTION))


def test_every_word_can_be_read_when_worlds_are_followed_for_one_day() -> None:
    sample = [made_up_history(1, ended=False, world=world) for world in (1, 2)]
    assert_legible(histories_chart(sample, CAPTION))
    assert_legible(history_chart(sample[0]))


def test_every_word_of_a_comparison_of_six_can_be_read() -> None:
    names = ["as it is", "idlib-2020+damascus-short-leash", "no monitors", "deep buffer", "ties cut", "looks away"]
    curves = {name: survival(made_up_worlds(400, 300 * (k + 1))) for k, name in enumerate(names)}
    figure = survival_chart(curves, None, CAPTION)
    assert_legible(figure)
    assert [len(by_gid(figure, f"curve-{k}")) for k in range(6)] == [1] * 6
    assert "400 worlds each" in " ".join(text.get_text() for text in texts(figure))


def test_the_numbers_beneath_the_curve_are_those_of_its_table() -> None:
    curve, _ = shape("long")
    figure = survival_chart(curve, None, CAPTION)
    written = [text.get_text() for text in by_gid(figure, "at-risk-0") if isinstance(text, Text)]
    days = [0, 365, 730, 1095, 1460, 1825]
    assert written == [f"{count:,}" for count in curve.table(days)["at_risk"]]
    ticks = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert ticks == ["0", "365", "730", "1,095", "1,460", "1,825"]


def test_the_curve_drawn_is_the_curve_estimated() -> None:
    curve, band = shape("twenty")
    figure = survival_chart(curve, band, CAPTION)
    (line,) = by_gid(figure, "curve-0")
    assert isinstance(line, Line2D)
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    for day in (0, 20, 100, 500, 1_500):
        assert y[np.searchsorted(x, day, side="right") - 1] == curve.at(day)
    assert figure.axes[0].get_ylim() == (0, 1)


def test_both_bands_are_there_and_the_wide_one_only_when_doubt_is_given() -> None:
    curve, band = shape("long")
    both, thin = survival_chart(curve, band, CAPTION, assumed=384), survival_chart(curve, None, CAPTION)
    assert [len(by_gid(both, gid)) for gid in ("chance-0", "doubt")] == [1, 1]
    assert [len(by_gid(thin, gid)) for gid in ("chance-0", "doubt")] == [1, 0]
    words = " ".join(" ".join(text.get_text().split()) for text in texts(both))
    assert "thin: as written, chance in 1,000 worlds (95 %)" in words
    assert "wide: doubt about the 384 numbers drawn (90 %)" in words
    (wide,) = by_gid(both, "doubt")
    assert isinstance(wide, Collection)
    edges = wide.get_paths()[0].vertices
    assert np.asarray(edges)[:, 1].min() == pytest.approx(band.low.min(), abs=1e-9)


def test_the_median_is_marked_where_half_have_ended_and_not_before() -> None:
    curve, _ = shape("long")
    assert f"median: {curve.median:,} days" in [text.get_text() for text in texts(survival_chart(curve, None, CAPTION))]
    _, band = shape("long")
    half = int(np.flatnonzero(band.mean <= 0.5)[0])
    assert half != curve.median
    assert f"median: {half:,} days" in [text.get_text() for text in texts(survival_chart(curve, band, CAPTION))]
    held, _ = shape("very long")
    assert not by_gid(survival_chart(held, None, CAPTION), "median")


def test_the_main_line_is_the_mean_over_draws_and_the_numbers_as_written_are_a_thin_one() -> None:
    curve, band = survival(made_up_worlds(1_000, 4_000)), made_up_doubt(900, 0.3)
    figure = survival_chart(curve, band, CAPTION, finding="What was found.")
    (mean,), (written,) = by_gid(figure, "mean"), by_gid(figure, "curve-0")
    assert isinstance(mean, Line2D)
    assert isinstance(written, Line2D)
    assert mean.get_linewidth() > 1.5 > written.get_linewidth()
    x, y = np.asarray(mean.get_xdata()), np.asarray(mean.get_ydata())
    for day in (0, 20, 100, 500, 1_500):
        assert y[np.searchsorted(x, day, side="right") - 1] == pytest.approx(band.mean[day], abs=0.005)
    words = " ".join(" ".join(text.get_text() for text in texts(figure)).split())
    end, low, high = (whole_percent(float(edge[-1])) for edge in (band.mean, band.low, band.high))
    end, low, high, own = (each.replace("\u00a0", " ") for each in (end, low, high, whole_percent(curve.at(HORIZON))))
    assert "What was found" in words
    assert f"{end} hold on day 1,825" in words
    assert f"{low} to {high} in 90 % of draws" in words
    assert f"as written: {own}" in words


def test_a_survival_chart_says_when_draws_are_not_told_apart_and_counts_worlds_that_all_hold() -> None:
    worlds = made_up_worlds(300, 4_000)
    every = survival(worlds.assign(days_held=HORIZON, ended=False))
    apart = "not told apart from chance with 6 worlds a draw"
    figure = survival_chart(every, made_up_doubt(9_000, 0.3), CAPTION, verdict=apart)
    words = " ".join(" ".join(text.get_text() for text in texts(figure)).split())
    assert "draws not told apart from chance" in words
    assert "in 90 % of draws" not in words
    assert "300 of 300" in words


def test_the_axis_ends_soon_after_the_last_world() -> None:
    curve, _ = shape("days")
    figure = survival_chart(curve, None, CAPTION, horizon=HORIZON)
    end = figure.axes[0].get_xlim()[1]
    assert curve.at(end) < 0.005
    assert end < 40
    assert survival_chart(shape("long")[0], None, CAPTION).axes[0].get_xlim() == (0, HORIZON)


def test_each_cause_has_a_line_and_its_band_on_one_scale() -> None:
    worlds = made_up_worlds(1_000, 500).assign(cause_actor="")
    causes = cause_curves(worlds, None, HORIZON)
    figure = causes_chart(causes, CAPTION, "A finding.", horizon=HORIZON)
    words = " ".join(" ".join(text.get_text().split()) for text in texts(figure))
    inches = []
    for curve in causes.curves:
        gid = " ".join(filter(None, curve.ending))
        (line,) = by_gid(figure, gid)
        assert isinstance(line, Line2D)
        assert np.asarray(line.get_ydata())[-1] == pytest.approx(curve.main[-1])
        panel = line.axes
        assert panel is not None
        inches.append(panel.get_position().height * figure.get_figheight() / panel.get_ylim()[1])
        assert whole_percent(float(curve.main[-1])).replace("\u00a0", " ") in words.replace("\u00a0", " ")
    assert inches == pytest.approx([inches[0]] * len(inches))
    counts = worlds.loc[worlds["ended"]].groupby("cause").size() / len(worlds)
    assert sum(curve.main[-1] for curve in causes.curves) == pytest.approx(counts.sum())


def test_a_cause_that_comes_only_where_numbers_are_drawn_is_shown_with_both_doubts() -> None:
    """With the assumed numbers drawn, a spiral may be common that the values as written never show."""
    written = made_up_worlds(300, 900)
    written.loc[written["ended"], ["cause", "cause_actor"]] = ["offensive", "syria"]
    doubt = drawn_worlds(900)
    doubt.loc[doubt["ended"], ["cause", "cause_actor"]] = ["offensive", "syria"]
    spiral = doubt["ended"] & (doubt["point"] % 3 == 0)
    doubt.loc[spiral, ["cause", "cause_actor"]] = ["spiral", ""]
    causes = cause_curves(written, doubt, HORIZON)
    curve = next(each for each in causes.curves if each.ending.cause == "spiral")
    assert curve.written[-1] == 0
    assert curve.main[-1] == pytest.approx(spiral.mean())
    assert curve.high is not None
    assert curve.high[-1] > 0.5
    in_table = summary(written, doubt, HORIZON).causes[EndingCause("spiral")]
    assert in_table.doubt is not None
    assert curve.low is not None
    assert (in_table.doubt.low, in_table.doubt.high) == pytest.approx((curve.low[-1], curve.high[-1]))
    words = " ".join(text.get_text() for text in texts(causes_chart(causes, CAPTION, "A finding.", horizon=HORIZON)))
    assert "0 of 300" in words
    assert "mean over draws" in words


def test_rare_actors_of_a_cause_share_a_line() -> None:
    table = made_up_worlds(1_000, 500)
    table.loc[table["ended"], "cause"] = "offensive"
    table["cause_actor"] = np.where(table["ended"], "syria", "")
    table.loc[table.index[table["ended"]][:15], "cause_actor"] = ["russia", "turkey", "hts"] * 5
    curves = cause_curves(table, None, HORIZON).curves
    assert [" ".join(curve.ending) for curve in curves] == ["offensive syria", "offensive others"]


def test_a_cause_keeps_its_colour_whichever_others_are_there() -> None:
    table = made_up_worlds(300, 500)
    table.loc[table["ended"], "cause"], table["cause_actor"] = "spiral", ""
    for worlds in (table, made_up_worlds(300, 500).assign(cause_actor="")):
        figure = causes_chart(cause_curves(worlds, None, HORIZON), CAPTION, "A finding.", horizon=HORIZON)
        (band,) = [each for axes in figure.axes for each in axes.collections if each.get_gid() == "band spiral"]
        assert np.asarray(band.get_facecolor()).ravel()[:3] == pytest.approx(to_rgb(CAUSE_COLOURS["spiral"]))


def lightness(colour: str) -> float:
    """Lightness of a colour in grey, 0 to 1."""
    return float(np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("ladder", ["force", "engagement"])
def test_higher_rungs_are_darker_so_that_a_print_without_colour_can_be_read(ladder: str) -> None:
    grey = [lightness(colour) for colour in RUNG_COLOURS[ladder]]
    assert all(low - high > 0.08 for low, high in itertools.pairwise(grey))


def test_postures_drawn_are_those_of_the_history() -> None:
    history = made_up_history(212)
    all_episodes = episodes(history.postures["syria"])
    assert sum(length for _, length, _ in all_episodes) == len(history.days)
    assert all(set(history.postures["syria"][start : start + length]) == {rung} for start, length, rung in all_episodes)
    figure = history_chart(history)
    (bars,) = by_gid(figure, "posture syria")
    assert isinstance(bars, Collection)
    assert len(bars.get_paths()) == 1 + sum(rung > 0 for _, _, rung in all_episodes)


def test_counts_by_week_lose_nothing_and_end_on_the_last_day() -> None:
    daily = np.arange(1, 17)
    starts, sums = counted(daily, 7)
    assert starts.tolist() == [0, 2, 9]
    assert sums.tolist() == [1 + 2, sum(range(3, 10)), sum(range(10, 17))]


def test_the_end_is_marked_in_every_panel_of_a_world_that_ended_and_in_none_that_held() -> None:
    ended, held = history_chart(made_up_history(212)), history_chart(made_up_history(1825, ended=False))
    assert len(by_gid(ended, "end")) == 5
    for line in by_gid(ended, "end"):
        assert isinstance(line, Line2D)
        assert list(np.asarray(line.get_xdata())) == [212, 212]
    assert not by_gid(held, "end")


def test_every_event_shown_has_its_number_and_its_words() -> None:
    figure = history_chart(made_up_history(212, events=15))
    assert len(by_gid(figure, "event")) == 12
    words = "\n".join(text.get_text() for text in texts(figure))
    assert "12  day 33: Event number 11, in words" in words
    assert "and 3 more" in words


def test_a_count_above_the_axis_is_written_beside_it() -> None:
    calm, stormy = made_up_history(1825, ended=False, world=1), made_up_history(1825, ended=False, world=2)
    stormy.deaths_combatant[900] = 5_000
    peaks = by_gid(histories_chart([calm, stormy], CAPTION), "peak")
    assert len(peaks) == 1
    assert isinstance(peaks[0], Text)
    assert "5," in peaks[0].get_text()


@pytest.mark.parametrize("kind", ["survival", "causes", "history", "histories"])
def test_every_figure_states_its_provenance_and_that_it_is_not_calibrated(kind: str) -> None:
    curve, band = shape("long")
    causes = cause_curves(made_up_worlds(1_000, 900), None, HORIZON)
    figure = {
        "survival": lambda: survival_chart(curve, band, CAPTION),
        "causes": lambda: causes_chart(causes, CAPTION, "A finding.", horizon=HORIZON),
        "history": lambda: history_chart(made_up_history(90)),
        "histories": lambda: histories_chart([made_up_history(90)], CAPTION),
    }[kind]()
    words = " ".join(text.get_text() for text in texts(figure))
    for part in ("seed 7", "idlib-2020+no-monitors", "illustrative: durations not calibrated"):
        assert part in words
    assert ("1,000 worlds" if kind in ("survival", "causes") else "17") in words


def test_the_same_run_gives_the_same_bytes_whatever_the_readers_own_settings(tmp_path: Path) -> None:
    curve, band = shape("half a year")
    png, svg = save(survival_chart(curve, band, CAPTION), tmp_path / "a", "survival")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None, "lines.linewidth": 9}):
        again = save(survival_chart(curve, band, CAPTION), tmp_path / "b", "survival")
    assert [path.read_bytes() for path in again] == [png.read_bytes(), svg.read_bytes()]
    assert b"<dc:date>" not in svg.read_bytes()


def test_a_figure_has_the_resolution_of_print(tmp_path: Path) -> None:
    png, _ = save(survival_chart(shape("long")[0], None, CAPTION), tmp_path, "survival")
    assert int.from_bytes(png.read_bytes()[16:20], "big") == round(WIDTH_INCHES * DPI) == 1890


def test_titles_with_dollars_and_other_letters_are_printed_as_they_are() -> None:
    caption = Caption("A $5 deal, and a $6 one: Şanliurfa, Łódź", "x", 1)
    figure = survival_chart(shape("long")[0], None, caption)
    assert_legible(figure)
    assert f"{caption.title}." in [text.get_text() for text in texts(figure)]


def test_no_chart_is_drawn_of_nothing_or_of_too_much() -> None:
    curve, _ = shape("twenty")
    with pytest.raises(ValueError, match="0 curves"):
        survival_chart({}, None, CAPTION)
    with pytest.raises(ValueError, match="7 curves"):
        survival_chart({str(number): curve for number in range(7)}, None, CAPTION)
    with pytest.raises(ValueError, match="9 worlds"):
        histories_chart([made_up_history(9)] * 9, CAPTION)


def test_steps_are_thinned_only_when_they_are_many() -> None:
    values = np.where(np.arange(2_001) < 700, 1.0, 0.25)
    assert drawn_days(TimeAxis(2_000), values).tolist() == [0, 700, 2_000]
    assert len(drawn_days(TimeAxis(2_000), np.linspace(1, 0, 2_001))) == 400
    x, y = corners(drawn_days(TimeAxis(2_000), values), values, 3_000, over=True)
    assert (x[-1], y[-1]) == (3_000, 0.25)


def test_no_value_within_a_cell_escapes_its_bounds() -> None:
    values = np.sort(np.random.default_rng(1).random(37))[::-1]
    low, high = band_by_cell(values, values, TimeAxis(36), 10)
    for cell in range(10):
        inside = [values[day] for day in range(37) if cell * 3.6 <= day <= (cell + 1) * 3.6]
        assert low[cell] <= min(inside)
        assert high[cell] >= max(inside)


def test_labels_move_no_further_than_necessary() -> None:
    assert spread([0.5, 0.5, 5], [1, 1, 1], 0, 10) == pytest.approx([0.5, 1.5, 5])
    assert spread([4, 4], [1, 1], 0, 10) == pytest.approx([3.5, 4.5])
    assert spread([9, 1], [1, 1], 0, 10) == pytest.approx([9, 1])
    assert spread([], [], 0, 1) == []


def test_a_label_is_placed_only_in_free_space() -> None:
    occupied = Occupancy()
    occupied.take_box(0, 0, 1, 0.5)
    corner = occupied.find(0.2, 0.2, (0.5, 0.1))
    assert corner is not None
    assert corner[1] >= 0.5
    occupied.take_box(0, 0.45, 1, 0.6)
    assert occupied.find(0.2, 0.2, (0.5, 0.1)) is None


def test_a_share_is_never_rounded_to_certainty() -> None:
    written = [whole_percent(share).replace("\u00a0", " ") for share in (0, 0.004, 0.174, 0.996, 1)]
    assert written == ["0 %", "<1 %", "17 %", ">99 %", "100 %"]


@pytest.mark.parametrize("last", [1, 7, 30, 100, 365, 1825, 36_500])
def test_an_axis_has_a_handful_of_round_days(last: int) -> None:
    ticks = day_ticks(last)
    assert 2 <= len(ticks) <= 11
    assert ticks[0] == 0
    assert ticks[-1] <= last


def test_the_counts_on_a_history_are_those_of_the_table_of_worlds() -> None:
    """An attack that ends a deal is drawn, but it is no part of what the deal cost."""
    loaded = load("idlib-2019-08-31")
    worlds = run(loaded, worlds=12, seed=1)
    opening = initial_state(loaded.scenario)
    for row in worlds.to_dict("records"):
        words = " ".join(
            text.get_text().replace("\n", " ")
            for text in texts(history_chart(trajectory(loaded.scenario, opening, "x", 1, row["world"])))
        )
        fired = sum(row[f"violations_{kind}"] for kind in ("strategic", "spoiling", "retaliatory", "localised"))
        assert f"{fired:,} violations, {row['deaths_combatant'] + row['deaths_civilian']:,} deaths" in words
    assert worlds["ended"].any()


def test_violations_have_none_of_the_colours_of_postures_and_actors_stand_by_side() -> None:
    postures = {colour.upper() for rungs in RUNG_COLOURS.values() for colour in rungs}
    assert not postures & {colour.upper() for colour in VIOLATION_COLOURS.values()}
    loaded = load("idlib-2020")
    history = trajectory(loaded.scenario, initial_state(loaded.scenario), "x", 1, 0)
    sides = [history.sides.get(actor) for actor in by_side(history)]
    fighting = [side for side in sides if side is not None]
    assert [side for side, _ in itertools.groupby(fighting)] == list(history.trust)
    figure = history_chart(history)
    names = {text.get_text(): text.get_color() for axes in figure.axes for text in axes.get_yticklabels()}
    assert names["Syrian government"] == readable(SIDE_COLOURS[list(history.trust).index("government")])
    assert names["Turkey"] != names["Russia"]
