"""Charts of comparisons, levers, sensitivity, phase diagrams, fronts, talks, hazards and decisions."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from test_charts import CAPTION, assert_legible, by_gid, made_up_worlds, texts

from ceasefire.analysis.decisions import HABIT, WORD, Pulls
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.front_line import FrontHistory
from ceasefire.analysis.hazard import hazard, weibull_shape
from ceasefire.analysis.mixing_distribution import EffectOverDraws
from ceasefire.analysis.screening import MorrisEffect
from ceasefire.analysis.sensitivity import Influence
from ceasefire.analysis.survival import restricted_mean, survival
from ceasefire.analysis.talks_effect import around_talks
from ceasefire.charts.comparison import Condition, comparison_chart, verdict
from ceasefire.charts.decisions import Choice, pulls_chart
from ceasefire.charts.front_line import front_chart, front_moves
from ceasefire.charts.hazard import hazard_chart
from ceasefire.charts.layout import name_ends, page
from ceasefire.charts.ranking import Gain, axis_limits, levers_chart
from ceasefire.charts.response_surface import Field, phase_chart
from ceasefire.charts.sensitivity import Swing, morris_chart, sobol_chart, tornado_chart
from ceasefire.charts.style import BLUE, COMPARISON_COLOURS, DPI, QUIET, VERMILLION, contrast, readable
from ceasefire.charts.talks_effect import talks_effect_chart
from ceasefire.wording import days, signed_days, signed_number, span_words

HORIZON = 1825
LONG = "A lever whose title is far longer than any that a sensible author would give to it"


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    """A missing glyph or a layout that does not fit is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def around(value: float, half: float = 20.0) -> Interval:
    """An estimate with a symmetrical interval."""
    return Interval(value, value - half, value + half)


def test_names_of_curves_that_end_together_stand_apart_and_whole() -> None:
    sheet = page(3.0, "Title", "Finding.", "footer")
    names = ("with what was counted since the day of signing", "without", "what was held")
    name_ends(sheet, [(name, 0.5, colour) for name, colour in zip(names, (BLUE, QUIET, BLUE), strict=True)], 4, 0.5, 2)
    drawn = sheet.figure.texts[-3:]
    assert [" ".join(text.get_text().split()) for text in drawn] == list(names)
    boxes = sorted((box.y0, box.y1) for box in (text.get_window_extent() for text in drawn))
    assert all(upper[0] >= lower[1] for lower, upper in itertools.pairwise(boxes))


def words_of(figure: Figure) -> str:
    """All text of a figure, with single spaces."""
    return " ".join(" ".join(text.get_text().split()) for text in texts(figure))


GAINS = [
    Gain("no-monitors", "No monitors", around(-80)),
    Gain("deep-buffer", "A deep buffer", around(210), Interval(120, -40, 300)),
    Gain("vague-terms", "Vague terms", around(5)),
    Gain("long", LONG, around(60)),
]


def test_levers_stand_from_the_most_gained_to_the_most_lost_and_all_can_be_read() -> None:
    figure = levers_chart(GAINS, CAPTION, worlds=1_000_000, horizon=HORIZON)
    assert_legible(figure)
    dots = [dot for dot in by_gid(figure, "dot") if isinstance(dot, Line2D)]
    assert [float(np.asarray(dot.get_xdata())[0]) for dot in dots] == [210, 60, 5, -80]
    assert [to_hex(dot.get_color()).upper() for dot in dots] == [BLUE, BLUE, "#6E6E6E", VERMILLION]
    assert len(by_gid(figure, "doubt")) == 1
    words = words_of(figure)
    assert 'Most gained: "A deep buffer", +210 days (95 %: +190 to +230)' in words
    assert 'Most lost: "No monitors", \u221280 days (95 %: \u2212100 to \u221260).' in words
    assert "For 1 of 4, the difference may be chance alone." in words
    assert "For 1 of 4, gain or loss depends on assumed numbers." in words


def test_the_best_of_many_levers_is_told_with_an_interval_that_allows_for_the_choice() -> None:
    best = replace(GAINS[1], chosen=Interval(210, 150, 230), ties=2)
    unsure = replace(GAINS[0], chosen=Interval(-80, -100, 4))
    words = words_of(levers_chart([best, unsure, *GAINS[2:]], CAPTION, worlds=400, horizon=HORIZON))
    assert '"A deep buffer", +210 days (95 %, chosen among 4: +150 to +230), tied with 2' in words
    assert "Most lost" not in words, "its own interval leaves 0 out, that of the worst of four does not"
    neither = replace(best, chosen=Interval(210, -5, 230))
    words = words_of(levers_chart([neither, unsure, *GAINS[2:]], CAPTION, worlds=400, horizon=HORIZON))
    assert "None of 4 differs beyond chance" in words
    assert "Most gained" not in words


def test_the_line_of_a_lever_is_chance_and_its_wide_band_doubt_and_the_key_says_so() -> None:
    figure = levers_chart(GAINS[1:2], CAPTION, worlds=400, horizon=HORIZON)
    (line,), (band,) = by_gid(figure, "chance"), by_gid(figure, "doubt")
    assert isinstance(line, Line2D)
    assert isinstance(band, PolyCollection)
    assert list(np.asarray(line.get_xdata())) == [190, 230]
    across = np.asarray(band.get_paths()[0].vertices)[:, 0]
    assert (across.min(), across.max()) == (-40, 300)
    words = words_of(figure)
    assert "line: chance in 400 worlds (95 %)" in words
    assert "wide band: doubt about assumed numbers (90 %)" in words
    bare = words_of(levers_chart(GAINS[:1], CAPTION, worlds=400, horizon=HORIZON))
    assert "line: chance in 400 worlds (95 %)" in bare
    assert "doubt" not in bare


def effect(mean: float, low: float, high: float, helps: float, hurts: float, verdict: str = "") -> EffectOverDraws:
    """An effect over 200 draws, with narrow limits of every part."""
    good, bad = (Interval(share, max(0.0, share - 0.05), min(1.0, share + 0.05)) for share in (helps, hurts))
    return EffectOverDraws(around(mean, 9), around(low, 5), around(high, 5), good, bad, verdict, 200, 10.0)


def drawn_gain(name: str, written: float, over: EffectOverDraws) -> Gain:
    """A lever with what it does over draws."""
    return Gain(name, name.title(), over.mean, over.band, written, over)


APART = "not told apart from chance with 10 worlds a draw"
DRAWN = [
    drawn_gain("no-buffer", -8, effect(-115, -356, 41, 0.17, 0.83)),
    drawn_gain("spoiler-in", 113, effect(136, 20, 374, 0.99, 0.01)),
    drawn_gain("clear-terms", 15, effect(22, -100, 150, 0.5, 0.45, APART)),
]


def test_levers_over_draws_are_ranked_and_coloured_by_the_draws_and_the_values_as_written_are_a_tick() -> None:
    """A lever whose difference as written is chance is red when it hurts at most draws."""
    figure = levers_chart(DRAWN, CAPTION, worlds=1_000, horizon=HORIZON)
    assert_legible(figure)
    dots, ticks = ([each for each in by_gid(figure, gid) if isinstance(each, Line2D)] for gid in ("dot", "written"))
    assert [float(np.asarray(dot.get_xdata())[0]) for dot in dots] == [136, 22, -115]
    assert [to_hex(dot.get_color()).upper() for dot in dots] == [BLUE, "#6E6E6E", VERMILLION]
    assert [float(np.asarray(tick.get_xdata())[0]) for tick in ticks] == [113, 15, -8]
    words = words_of(figure)
    assert "tick: numbers as written" in words
    for shown in ("17\u00a0% (12 to 22)", "99\u00a0% (94 to 100)", "\u2212356 to +41", "+20 to +374"):
        assert " ".join(shown.split()) in words
    assert f"dashed: {APART}; at most so wide" in words
    assert "\u2212105 to +155" in words, "the limits of the band that cannot be told"


def test_a_lever_that_helps_at_half_of_the_draws_and_hurts_at_the_others_is_grey_and_said_to_depend() -> None:
    even = drawn_gain("even", 40, effect(2, -90, 90, 0.49, 0.46))
    words = words_of(levers_chart([even], CAPTION, worlds=1_000, horizon=HORIZON))
    assert even.sign == 0
    assert even.depends_on_doubt
    assert "no change surely helps or hurts in more draws" in words


def test_a_comparison_shows_the_mean_over_draws_and_says_what_draws_differ_by() -> None:
    told, untold = effect(-115, -356, 41, 0.17, 0.83), effect(22, -100, 150, 0.5, 0.45, APART)
    others = [replace(condition(n, 300, around(-8)), over=over) for n, over in (("cut", told), ("clear", untold))]
    figure = comparison_chart([condition("base", 300, None), *others], CAPTION, horizon=HORIZON)
    words = words_of(figure)
    assert "Against base on average over draws of the assumed numbers." in words
    assert "Cut, 115 days shorter (95 %:" in words
    assert "90 % of draws: \u2212356 to +41)" in words
    assert f"Clear, 22 days longer (95 %: +13 to +31; draws {APART})" in words
    whole = verdict(around(-8), told), verdict(around(-8), untold)
    assert "helps in 17\u00a0% (12 to 22) of draws; as written, \u22128)" in whole[0]
    assert f"draws {APART}, at most \u2212105 to +155" in whole[1]
    assert len(by_gid(figure, "written")) == 2


def test_a_lever_far_beyond_the_others_does_not_squeeze_them_and_keeps_its_figure() -> None:
    gains = [Gain(str(k), f"Lever {k}", around(10.0 * k, 5)) for k in range(9)] + [Gain("x", "Ruin", around(-9_000))]
    figure = levers_chart(gains, CAPTION, worlds=400, horizon=HORIZON)
    assert_legible(figure)
    axes = next(axes for axes in figure.axes if axes.get_xlabel().startswith("days gained"))
    assert axes.get_xlim()[0] > -1_000
    ruin = by_gid(figure, "dot")[-1]
    assert isinstance(ruin, Line2D)
    assert ruin.get_marker() == "<"
    assert "\u22129,000" in words_of(figure)


def test_the_finding_states_when_no_lever_has_an_effect_beyond_chance() -> None:
    words = words_of(levers_chart([Gain("a", "A", around(3))], CAPTION, worlds=20, horizon=HORIZON))
    assert "no change makes a difference beyond chance" in words
    with pytest.raises(ValueError, match="no changes"):
        levers_chart([], CAPTION, worlds=20, horizon=HORIZON)


def condition(name: str, mean: float, gained: Interval | None) -> Condition:
    """One of the compared conditions."""
    worlds = made_up_worlds(400, mean)
    return Condition(name, survival(worlds), restricted_mean(worlds, HORIZON), gained)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_every_word_of_a_comparison_can_be_read(count: int) -> None:
    names = ["idlib-2020", "with turkish-tripwire-removed", "with no-monitors", "with ties-cut", "a-name-without-end"]
    groups = [
        condition(name, 300.0 * (k + 1), around(100.0 * k) if k else None)
        for k, name in enumerate([*names, "f"][:count])
    ]
    figure = comparison_chart(groups, CAPTION, horizon=HORIZON)
    assert_legible(figure)
    assert [len(by_gid(figure, f"curve-{k}")) for k in range(count)] == [1] * count
    assert len(by_gid(figure, "difference")) == count - 1
    assert "400 worlds each" in words_of(figure)


def test_a_difference_of_thousands_of_days_can_be_read_to_its_last_digit() -> None:
    lost = Interval(-1_428.0, -1_486.0, -1_371.0)
    first, second = condition("idlib-2020", 1_600.0, None), condition("idlib-2018", 200.0, lost)
    doubted = replace(second, over=replace(effect(-1_420, -1_558, -463, 0.0, 1.0), low=around(-1_558.0, 0)))
    figure = comparison_chart([first, doubted], CAPTION, horizon=HORIZON)
    figure.set_dpi(DPI)  # as it is saved: letters are a little wider than on the screen
    assert_legible(figure)
    assert "\u22121,558 to \u2212463" in words_of(figure)


def test_differences_drawn_are_those_given_and_chance_is_called_chance() -> None:
    groups = [
        condition("as it is", 900, None),
        condition("longer", 1_200, around(120)),
        condition("alike", 900, around(4)),
    ]
    figure = comparison_chart(groups, CAPTION, horizon=HORIZON)
    spans = [line for line in by_gid(figure, "difference") if isinstance(line, Line2D)]
    assert [list(np.asarray(line.get_xdata())) for line in spans] == [[100, 140], [-16, 24]]
    words = words_of(figure)
    assert "Longer, 120 days longer (95 %: +100 to +140)" in words
    assert "like, no difference beyond chance (+4 days, 95 %: \u221216 to +24)" in words


def test_a_comparison_needs_two_scenarios_and_holds_six() -> None:
    one = condition("a", 900, None)
    for number in (1, 7):
        with pytest.raises(ValueError, match=f"{number} conditions"):
            comparison_chart([one] * number, CAPTION, horizon=HORIZON)


def test_a_difference_from_a_single_world_is_unknown() -> None:
    assert "one world is too few" in verdict(Interval(3, -np.inf, np.inf))


def test_words_in_the_colours_of_curves_can_be_read_on_paper() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert all(contrast(readable(colour), "#FFFFFF") >= 4.5 for colour in COMPARISON_COLOURS)
    assert readable("#0072B2").upper() == "#0072B2"


SWINGS = [
    Swing("a little thing", (("0.2", around(-4)), ("0.8", around(5)))),
    Swing("the great thing", (("0", around(-300)), ("0.5", around(10)), ("1", around(200)))),
    Swing(LONG, (("on", around(90)),)),
]


def test_the_widest_swing_stands_on_top_with_what_its_ends_do() -> None:
    figure = tornado_chart(SWINGS, CAPTION, "A finding.", unit="mean days held [days]", worlds=300)
    assert_legible(figure)
    bars = [bar for bar in by_gid(figure, "swing") if isinstance(bar, Rectangle)]
    widths = [bar.get_width() for bar in bars if bar.get_width()]
    assert widths == [500, 90, 9]
    words = words_of(figure)
    assert "0: \u2212300" in words
    with pytest.raises(ValueError, match="no factors"):
        tornado_chart([Swing("none", ())], CAPTION, "A finding.", unit="days", worlds=1)


FACTORS = [
    Influence("one", Interval(0.1, 0.05, 0.15), Interval(0.2, 0.1, 0.3)),
    Influence("two", Interval(0.4, 0.3, 0.5), Interval(0.6, 0.5, 0.7)),
    Influence(LONG, Interval(-0.02, -0.1, 0.06), Interval(0.01, -0.02, 0.04)),
]


def test_sobol_bars_are_ranked_by_their_totals_and_both_shares_are_written() -> None:
    figure = sobol_chart(
        FACTORS, CAPTION, "A finding.", outcome="mean days held", made_of="768 points, 100 worlds each"
    )
    assert_legible(figure)
    words = words_of(figure)
    assert "The factors alone explain 50 %" in words
    with pytest.raises(ValueError, match="no factors"):
        sobol_chart([], CAPTION, "A finding.", outcome="x", made_of="")


EFFECTS = [
    MorrisEffect("up", Interval(100, 80, 120), 95, 20, 8, 20, 0, False),
    MorrisEffect("down", Interval(200, 150, 250), -180, 40, 8, 20, 0, False),
    MorrisEffect("either", Interval(10, 5, 15), 1, 30, 12, 20, 0, False),
]


def test_effects_are_sorted_with_the_size_that_chance_would_show() -> None:
    figure = morris_chart(EFFECTS, CAPTION, "A finding.", unit="mean days held [days]", made_of="80 points")
    assert_legible(figure)
    dots = [dot for dot in by_gid(figure, "dot") if isinstance(dot, Line2D)]
    assert [float(np.asarray(dot.get_xdata())[0]) for dot in dots] == [200, 100, 10]
    assert [to_hex(dot.get_color()).upper() for dot in dots] == [VERMILLION, BLUE, "#6E6E6E"]
    sizes = [float(np.asarray(tick.get_xdata())[0]) for tick in by_gid(figure, "by chance") if isinstance(tick, Line2D)]
    assert sizes == [8, 8, 12]
    unknown = [replace(each, by_chance=float("nan")) for each in EFFECTS]
    assert not by_gid(morris_chart(unknown, CAPTION, "A finding.", unit="days", made_of="80 points"), "by chance")


def plane(rows: int = 5, columns: int = 6) -> Field:
    """Shares that rise from 0 to 1 across, and not at all down."""
    across = np.linspace(0, 1, columns)
    return Field(list(across), list(range(rows)), np.tile(across, (rows, 1)), "leash", "ties", (0.7, 2.0))


def test_the_border_of_one_half_runs_where_one_half_is() -> None:
    figure = phase_chart(
        plane(), CAPTION, "A finding.", figure="holds past day 365", made_of="30 points, 500 worlds each"
    )
    assert_legible_cells(figure)
    (contours,) = by_gid(figure, "contours")
    paths = contours.get_paths()  # type: ignore[attr-defined]
    middle = np.asarray(paths[1].vertices)
    assert middle[:, 0] == pytest.approx(np.full(len(middle), 0.5))
    assert "In 15 of 30 cells at least half of the worlds hold past day 365." in words_of(figure)
    assert len(by_gid(figure, "own")) == 1


def assert_legible_cells(figure: Figure) -> None:
    """The value in every cell has enough contrast with the colour of the cell."""
    (mesh,) = [each for axes in figure.axes for each in axes.collections if isinstance(each, QuadMesh)][:1]
    cells = [text for text in by_gid(figure, "cell") if isinstance(text, Text)]
    assert len(cells) == 30
    for text in cells:
        x, y = text.get_position()
        value = plane().values[int(y), round(x * 5)]
        behind = to_hex(mesh.get_cmap()(float(value)))
        assert contrast(to_hex(text.get_color()), behind) >= 4.0, text.get_text()


def test_an_unknown_cell_stays_blank_and_invalid_fields_are_refused() -> None:
    field = plane()
    field.values[2, 3] = np.nan
    figure = phase_chart(field, CAPTION, "A finding.", figure="holds past day 365", made_of="30 points")
    assert len(by_gid(figure, "cell")) == 29
    with pytest.raises(ValueError, match="no cell is known"):
        phase_chart(
            Field([0, 1], [0, 1], np.full((2, 2), np.nan), "a", "b"), CAPTION, "A finding.", figure="x", made_of=""
        )
    with pytest.raises(ValueError, match="must increase"):
        phase_chart(Field([1, 0], [0, 1], np.zeros((2, 2)), "a", "b"), CAPTION, "A finding.", figure="x", made_of="")
    with pytest.raises(ValueError, match="two settings"):
        phase_chart(Field([1], [0, 1], np.zeros((2, 1)), "a", "b"), CAPTION, "A finding.", figure="x", made_of="")


@cache
def moving_front() -> FrontHistory:
    """Two sectors: one goes to the first side over 100 days, one stays."""
    held = np.column_stack([np.linspace(0, 0.4, 100), np.full(100, 1.0)])
    sectors = ("Al-Ghab plain", "Saraqib, where two roads of great length and importance meet")
    return FrontHistory(
        sectors, ("Government side", "Opposition side"), np.array([0.0, 1.0]), held, np.ones(100, int), 95
    )


def test_the_front_is_coloured_by_who_won_what_since_signing() -> None:
    figure = front_chart(moving_front(), CAPTION)
    assert_legible(figure)
    (mesh,) = by_gid(figure, "front")
    assert isinstance(mesh, QuadMesh)
    rows = np.asarray(mesh.get_array())
    assert rows[0, 0] == 0
    assert rows[0, -1] == pytest.approx(0.4)
    assert rows[1].tolist() == [0] * 100
    assert len(by_gid(figure, "end")) == 1
    words = words_of(figure)
    assert "The line moves most at Al-Ghab plain: 40 % won by the government side by day 100" in words


def test_the_finding_states_when_the_front_does_not_move() -> None:
    front = moving_front()
    still = FrontHistory(front.sectors, front.sides, front.opened, np.tile(front.opened, (50, 1)), np.full(50, 7))
    assert (front_moves(front), front_moves(still)) == (True, False)
    assert_legible(front_chart(still, CAPTION))
    figure = front_chart(still, CAPTION)
    assert_legible(figure)
    assert "hardly moved anywhere" in words_of(figure)
    assert "7 worlds" in words_of(figure)


def test_the_finding_of_talks_states_the_drop_of_violations_and_when_half_of_it_is_reversed() -> None:
    days_on = np.arange(200)
    daily = np.where(days_on < 60, 10.0, np.minimum(10, 2 + (days_on - 60) / 10))
    effect = around_talks([(daily, [60]), (daily, [60])])
    figure = talks_effect_chart(effect, CAPTION)
    assert_legible(figure)
    words = words_of(figure)
    assert "76 % fewer violations in the week after talks than in the week before (95 %: \u221276 %)" in words
    assert "Half of this drop is reversed by day 45" in words
    assert "mean of 2 rounds of talks" in words


@pytest.mark.parametrize("mean", [900.0, 60.0, 1e12])
def test_the_danger_by_age_can_be_read_and_is_that_of_its_curve(mean: float) -> None:
    curve = hazard(made_up_worlds(600, mean))
    shape = weibull_shape(made_up_worlds(600, mean)) if curve.ends else None
    figure = hazard_chart(curve, shape, CAPTION)
    assert_legible(figure)
    (line,) = by_gid(figure, "hazard")
    assert isinstance(line, Line2D)
    assert np.asarray(line.get_ydata())[0] == pytest.approx(36_525 * curve.rate[0])
    words = words_of(figure)
    assert ("less likely to end soon" in words) == (mean < 1e9)
    assert ("cannot be estimated" in words) == (mean > 1e9)


def decision() -> tuple[Pulls, Choice]:
    """A choice with two motives and two other terms."""
    motives = {"survive": (0.0, 0.1, 0.2, 0.3), "watched": (0.0, -0.1, -0.2, -0.4)}
    holds = {HABIT: (-0.1, 0.0, -0.1, -0.1), WORD: (0.0, -0.05, -0.2, -0.5)}
    pulls = Pulls("turkey", 1, motives, holds, (0.3, 0.5, 0.15, 0.05))
    titles = {"survive": "survive", "watched": "the world is watching"}
    return pulls, Choice("Turkey", "Day 212 (4 Oct 2020)", "force", 1, 2, titles)


def test_the_parts_of_a_choice_are_sorted_and_sum_to_what_it_has_over_the_old_rung() -> None:
    pulls, choice = decision()
    figure = pulls_chart(pulls, choice, CAPTION)
    assert_legible(figure)
    (total,) = [dot for dot in by_gid(figure, "sum") if isinstance(dot, Line2D)]
    parts = [line for line in figure.axes[0].lines if str(line.get_gid()).startswith("part ")]
    values = [float(np.asarray(dot.get_xdata())[0]) for dot in parts]
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(pulls.utility(2) - pulls.utility(1))
    assert float(np.asarray(total.get_xdata())[0]) == pytest.approx(sum(values))
    words = words_of(figure)
    assert "Day 212 (4 Oct 2020): Turkey goes from harass to strike (chance 15 %)" in words
    assert "Most for it: survive (+0.10)" in words
    assert "Most against: its given word (\u22120.15)" in words
    assert "honour 30 %" in words


def test_a_choice_of_many_pulls_joins_the_slightest() -> None:
    pulls, choice = decision()
    many = {f"motive-{k}": (0.0, 0.01 * k, 0.02 * k, 0.03 * k) for k in range(1, 20)}
    figure = pulls_chart(Pulls("turkey", 1, many, pulls.holds, pulls.chances), choice, CAPTION)
    assert_legible(figure)
    assert "everything else" in words_of(figure)
    (total,) = [dot for dot in by_gid(figure, "sum") if isinstance(dot, Line2D)]
    assert float(np.asarray(total.get_xdata())[0]) == pytest.approx(0.01 * sum(range(1, 20)) - 0.1 - 0.15)


def test_cells_that_chance_may_explain_are_hatched() -> None:
    unclear = np.zeros((5, 6))
    unclear[2, 1:4] = 1
    figure = phase_chart(
        replace(plane(), unclear=unclear), CAPTION, "A finding.", figure="holds past day 365", made_of="30 points"
    )
    assert len(by_gid(figure, "unclear")) == 3
    assert "hatched: not told from the scenario as it is" in words_of(figure)
    assert "hatched" not in words_of(
        phase_chart(plane(), CAPTION, "A finding.", figure="holds past day 365", made_of="30 points")
    )


def test_gains_keep_their_signs_and_nothing_is_never_minus_nothing() -> None:
    assert [signed_number(number) for number in (12.4, -12.4, 0.2, -0.2)] == ["+12", "\u221212", "0", "0"]
    assert [signed_days(number) for number in (0.4, -0.04, 1234.5)] == ["+0.4", "0", "+1,234"]
    assert [days(number) for number in (0, 3.21, 1234.5)] == ["0", "3.2", "1,234"]
    assert span_words(around(5, 0.01), days) == "5.0"


def test_limits_hold_every_row_unless_a_few_lie_far_beyond() -> None:
    assert axis_limits([around(10, 2), around(-5, 1)]) == pytest.approx((-6 - 0.04 * 18, 12 + 0.04 * 18))
    low, high = axis_limits([around(10, 2)] * 9 + [around(9_000, 1)])
    assert (low, high) == pytest.approx((0, 48 * 1.04))
    assert axis_limits([Interval(1, -np.inf, np.inf)]) == axis_limits([Interval(0, 0, 0)]) == (-1, 1)


def test_every_cell_of_a_phase_diagram_lies_around_its_own_settings() -> None:
    figure = phase_chart(plane(), CAPTION, "A finding.", figure="holds past day 365", made_of="30 points")
    mesh = next(each for axes in figure.axes for each in axes.collections if isinstance(each, QuadMesh))
    corners = np.asarray(mesh.get_coordinates())
    assert corners[0, :, 0] == pytest.approx(np.linspace(-0.1, 1.1, 7))
    assert corners[:, 0, 1] == pytest.approx(np.linspace(-0.5, 4.5, 6))
