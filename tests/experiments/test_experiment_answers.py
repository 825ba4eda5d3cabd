"""What an experiment answers is what its worlds show: steps as taken, parts that add up, effects told from chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command
from html_page import read

from ceasefire.analysis.estimates import Interval
from ceasefire.ensemble.run import run
from ceasefire.experiments.grid_effects import worlds_needed
from ceasefire.experiments.inert_factors import inert_numbers
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import prepare, quick_worlds
from ceasefire.experiments.replay import stored
from ceasefire.report.experiment_tables import answer_to, contrast_sentence, outcome_table, setting_words

DAYS = outcome("days_held")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every test writes its files here, and none into the folder from which the tests are run."""
    monkeypatch.chdir(tmp_path)


def asked(text: str, worlds: int = 40, outcomes: str = "days_held") -> str:
    head = (
        f"name: asked\ntitle: t\nquestion: q?\nscenario: {SMALL}\nworlds: {worlds}\ndays: 60\noutcomes: [{outcomes}]\n"
    )
    Path("asked.yaml").write_text(head + text, encoding="utf-8")
    return "asked.yaml"


def tables_of(command: Command, text: str, worlds: int = 40) -> dict[str, pd.DataFrame]:
    result = command("experiment", asked(text, worlds))
    assert result.code == 0, result.err
    return {file.stem: pd.read_csv(file) for file in Path(result.last, "tables").glob("*.csv")}


def test_a_list_of_two_values_has_the_morris_effect_of_its_own_steps(command: Command) -> None:
    """The sampler's step is two thirds of the range; a list of two values is stepped whole."""
    paths = "{paths: {mechanisms.temperature: [0.1, 0.6], agreement.clarity: {range: [0.4, 0.5]}}}"
    tables = tables_of(command, f"levers: {paths}\ndesign: {{kind: morris, samples: 6}}\n")
    means = tables["points"].groupby("mechanisms.temperature")["days_held"].mean()
    row = tables["sensitivity"].set_index("factor").loc["mechanisms.temperature"]
    assert row["effect"] == pytest.approx(abs(means.loc[0.6] - means.loc[0.1]), rel=0.05)
    assert row["high"] - row["low"] > 0.5, "all trajectories share their worlds: that they agree is no certainty"


def test_parts_over_few_draws_are_judged_as_their_sum_is(command: Command) -> None:
    """The parts' intervals once took all worlds of all draws for independent: far narrower than the sum's."""
    text = (
        "uncertainties: {paths: {actors.*.motives.*: doubt}}\ndraws: 4\n"
        "design: {kind: swap, to: changed.yaml, parts: {watched: [agreement.monitoring]}}\n"
    )
    Path("changed.yaml").write_text(
        f"name: changed\nbase: {SMALL}\nagreement: {{monitoring: 0.05, hotline: 0.9}}\n", encoding="utf-8"
    )
    parts = tables_of(command, text, 60)["attribution"]
    assert parts["contribution"].sum() == pytest.approx(parts["whole"].iloc[0], abs=1e-6)
    by_hand = tables_of(command, text, 60)["differences"]
    every = by_hand[by_hand["label"].str.contains("everything-else") & by_hand["label"].str.contains("watched")]
    assert parts["whole"].iloc[0] == pytest.approx(every["difference"].mean(), abs=1e-6)
    half = (parts["whole_high"].iloc[0] - parts["whole_low"].iloc[0]) / 2
    assert half == pytest.approx(3.182446 * every["difference"].std(ddof=1) / 2, rel=1e-4)


def test_numbers_that_change_no_world_are_left_out_of_a_ranking() -> None:
    paths = "{paths: {agreement.monitoring: doubt, actors.*.motives.*: doubt, mechanisms.*: doubt}}"
    prepared = prepare(
        load_experiment(asked(f"uncertainties: {paths}\ndesign: {{kind: latin_hypercube, samples: 12}}\n"))
    )
    inert = inert_numbers(prepared)
    assert inert == inert_numbers(prepared)
    names = {factor.name for factor in prepared.experiment.factors}
    assert set(inert) < names
    assert "mechanisms.temperature" not in inert


def effects(**columns: object) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame({"outcome": "days_held", **columns})
    return {"effects": frame, "points": pd.DataFrame()}


def test_a_grid_answers_with_effects_their_last_step_and_what_cannot_be_told() -> None:
    tables = effects(
        kind=["main", "step", "step", "main", "both"],
        factor=["troops", "troops", "troops", "trust", "troops and trust"],
        **{"from": ["0", "0", "500", "0.1", ""], "to": ["1,000", "500", "1,000", "0.9", ""]},
        difference=[50.0, 45.0, 5.0, 1.0, -3.0], low=[40.0, 30.0, -4.0, -6.0, -9.0], high=[60.0, 60.0, 14.0, 8.0, 3.0],
        worlds=500, needed=[np.nan, np.nan, 1700, 25_000, 2_000],
    )  # fmt: skip
    answer = answer_to(tables, DAYS, "grid").replace("\u00a0", " ")
    assert "troops, from 0 to 1,000, +50 days (95 %: +40 to +60)" in answer
    assert "the last step told from chance is from 0 to 500, +45 days" in answer
    assert "cannot be told from chance with 500 worlds a point; about 25,000 would do" in answer
    assert "troops and trust together" in answer


def test_nothing_is_said_to_be_lost_when_nothing_is(command: Command) -> None:
    gains = pd.DataFrame(
        {"outcome": "days_held", "label": ["a", "b"], "difference": [400.0, 376.0], "low": [390.0, 370.0],
         "high": [410.0, 380.0]}
    )  # fmt: skip
    points = pd.DataFrame()
    assert "lost" not in answer_to({"differences": gains, "points": points}, DAYS, "one_at_a_time")
    losses = gains.assign(difference=-gains["difference"], low=-gains["high"], high=-gains["low"])
    words = answer_to({"differences": losses, "points": points}, DAYS, "one_at_a_time")
    assert "gained" not in words
    assert "most is lost with a" in words or "most is lost with b" in words
    some = gains.assign(difference=[400.0, 0.0], low=[390.0, 0.0], high=[410.0, 0.0], moved=[40, 0])
    told = answer_to({"differences": some, "points": points}, DAYS, "one_at_a_time")
    assert "of 2 changes, each judged by itself, 1 raises mean days held; 1 changes no world" in told.lower()
    unclear = gains.assign(low=-10.0, high=800.0)
    assert "none of 2" in answer_to({"differences": unclear, "points": points}, DAYS, "one_at_a_time").lower()


def test_the_effects_of_a_grid_are_those_of_its_worlds(command: Command) -> None:
    text = "levers: {paths: {mechanisms.temperature: [0.1, 0.5, 0.9], agreement.clarity: [0.1, 0.9]}}\n"
    text += "design: {kind: grid}\n"
    tables = tables_of(command, text, 50)
    rows = tables["effects"]
    points = tables["points"]
    grid = points[points["mechanisms.temperature"].notna()].pivot_table(
        index="mechanisms.temperature", columns="agreement.clarity", values="days_held"
    )
    assert (grid.loc[0.9] != grid.loc[0.1]).all(), "an effect at each setting of the other, or signs are not tested"
    main = rows[(rows["kind"] == "main") & (rows["factor"] == "mechanisms.temperature")].iloc[0]
    assert main["difference"] == pytest.approx((grid.loc[0.9] - grid.loc[0.1]).mean())
    steps = rows[rows["kind"] == "step"]["difference"].to_list()
    assert steps == pytest.approx([(grid.loc[b] - grid.loc[a]).mean() for a, b in ((0.1, 0.5), (0.5, 0.9))])
    both = rows[rows["kind"] == "both"].iloc[0]
    corners = grid.stack().to_dict()
    assert both["difference"] == pytest.approx(
        corners[0.9, 0.9] - corners[0.1, 0.9] - corners[0.9, 0.1] + corners[0.1, 0.1]
    )
    page = read(Path("results/asked/report.html").read_text(encoding="utf-8")).text
    assert "change in mean days held: rule: chance in choices, from 0.1 to 0.9" in page.lower()


def test_worlds_that_would_do_are_said_only_where_chance_is_larger() -> None:
    assert np.isnan(worlds_needed(Interval(5, 2, 8), 100))
    assert worlds_needed(Interval(2, -2, 6), 100) == 400
    assert np.isnan(worlds_needed(Interval(0, -2, 2), 100))


def test_the_best_of_several_changes_has_an_interval_that_allows_for_the_choice(command: Command) -> None:
    paths = "{agreement.monitoring: [0.1, 0.5, 0.9], agreement.hotline: [0.1, 0.9], agreement.clarity: [0.1, 0.9]}"
    tables = tables_of(command, f"levers: {{paths: {paths}}}\ndesign: {{kind: one_at_a_time}}\n", 60)
    best = tables["best"].set_index("which")
    for which, pick in (("best", "max"), ("worst", "min")):
        assert best.loc[which, "difference"] == pytest.approx(getattr(tables["differences"]["difference"], pick)())
    one = best.loc["best"]
    assert one["low"] <= one["low_alone"]
    assert one["high"] == pytest.approx(one["high_alone"])
    gains = pd.DataFrame(
        {"outcome": "days_held", "label": ["a", "b"], "difference": [40.0, 6.0], "low": [30, 1.0], "high": [50, 11.0]}
    )
    chosen = pd.DataFrame(
        {"outcome": "days_held", "which": ["best"], "label": ["a"], "difference": [40.0], "low": [26.0], "high": [50.0],
         "among": [2]}
    )  # fmt: skip
    words = answer_to({"differences": gains, "best": chosen, "points": gains}, DAYS, "one_at_a_time")
    assert "a, +40 days (95\u00a0%, chosen among 2: +26 to +50)" in words


GRID = (
    "levers: {paths: {mechanisms.temperature: [0.1, 0.3, 0.9], agreement.hotline: [0.1, 0.9]}}\ndesign: {kind: grid}\n"
)


def worlds_in(folder: Path, column: str) -> pd.DataFrame:
    """A row for each world, a column for each point."""
    rows = pd.concat(pd.read_parquet(file) for file in sorted((folder / "worlds").glob("*.parquet")))
    return rows.pivot_table(index="world", columns="point", values=column)


def boxed(folder: Path) -> str:
    page = read((folder / "report.html").read_text(encoding="utf-8"))
    return page.all("blockquote")[0].text.replace("\u00a0", " ")


def test_a_contrast_is_the_mean_of_its_worlds_over_the_settings_that_it_does_not_name(command: Command) -> None:
    """By hand: each world's difference, averaged over the other factor, then Student's interval over worlds."""
    sides = "[{mechanisms.temperature: 0.1}, {mechanisms.temperature: 0.9}]"
    folder = Path(command("experiment", asked(f"{GRID}answer: {{outcome: days_held, contrast: {sides}}}\n", 60)).last)
    points = pd.read_csv(folder / "tables" / "points.csv")
    days = worlds_in(folder, "days_held")
    at = {m: points.loc[points["mechanisms.temperature"] == m, "point"].to_list() for m in (0.1, 0.9)}
    by_hand = days[at[0.9]].mean(axis=1) - days[at[0.1]].mean(axis=1)
    (row,) = pd.read_csv(folder / "tables" / "answer.csv").to_dict("records")
    assert row["difference"] == pytest.approx(by_hand.mean())
    assert row["high"] - row["low"] == pytest.approx(2 * 2.000995 * by_hand.std(ddof=1) / 60**0.5, rel=1e-5)
    assert (row["contrast"], row["settings"], row["sample"]) == ("mechanisms.temperature, from 0.1 to 0.9", 2, 60)
    assert "on average over the settings of the others" in boxed(folder)


def test_four_sides_tell_how_much_more_the_second_change_does_than_the_first(command: Command) -> None:
    sides = ", ".join(
        f"{{mechanisms.temperature: {m}, agreement.hotline: {h}}}" for h in (0.1, 0.9) for m in (0.1, 0.9)
    )
    folder = Path(command("experiment", asked(f"{GRID}answer: {{outcome: days_held, contrast: [{sides}]}}\n")).last)
    first, second, beyond = pd.read_csv(folder / "tables" / "answer.csv").to_dict("records")
    effects = pd.read_csv(folder / "tables" / "effects.csv").to_dict("records")
    (both,) = [row for row in effects if row["kind"] == "both"]
    for name in ("difference", "low", "high"):
        assert beyond[name] == pytest.approx(both[name])
    assert beyond["difference"] == pytest.approx(second["difference"] - first["difference"])
    assert abs(beyond["difference"]) > 0.1, "or the test could not tell which is taken from which"
    assert [first["contrast"], second["contrast"]] == [
        f"mechanisms.temperature, from 0.1 to 0.9, at agreement.hotline = {h}" for h in (0.1, 0.9)
    ]


def test_a_contrast_of_levers_over_draws_is_judged_by_draws(command: Command) -> None:
    text = (
        "levers: {paths: {agreement.monitoring: [0.1, 0.9]}}\nuncertainties: {paths: {mechanisms.*: doubt}}\ndraws: 5\n"
        "design: {kind: one_at_a_time}\n"
        "answer: {outcome: days_held, contrast: [as it is, {agreement.monitoring: 0.9}]}\n"
    )
    folder = Path(command("experiment", asked(text)).last)
    (row,) = pd.read_csv(folder / "tables" / "answer.csv").to_dict("records")
    table = pd.read_csv(folder / "tables" / "differences.csv")
    gains = table[table["label"] == "agreement.monitoring = 0.9"]["difference"]
    assert (row["each"], row["sample"]) == ("draw", 5)
    assert row["difference"] == pytest.approx(gains.mean())
    assert row["high"] - row["low"] == pytest.approx(2 * 2.776445 * gains.std(ddof=1) / 5**0.5, rel=1e-5)


def test_what_the_file_calls_the_answer_comes_first_and_other_words_ask_for_no_new_worlds(command: Command) -> None:
    sides = "[{mechanisms.temperature: 0.1}, {mechanisms.temperature: 0.9}]"
    file = asked(GRID, outcomes="days_held, deaths_combatant, talks")
    folder = Path(command("experiment", file).last)
    before = {part: (part.stat().st_mtime_ns, part.read_bytes()) for part in (folder / "worlds").iterdir()}
    assert not (folder / "tables" / "answer.csv").exists()
    assert "ounds of talks" not in boxed(folder)
    text = Path(file).read_text(encoding="utf-8")
    Path(file).write_text(f"{text}answer: {{outcome: talks, contrast: {sides}}}\n", encoding="utf-8")
    again = command("experiment", file)
    assert Path(again.last) == folder
    assert {part: (part.stat().st_mtime_ns, part.read_bytes()) for part in (folder / "worlds").iterdir()} == before
    (row,) = pd.read_csv(folder / "tables" / "answer.csv").to_dict("records")
    assert row["outcome"] == "talks"
    told = boxed(folder)
    assert "ounds of talks" in told
    assert "mean days held" not in told
    printed = " ".join(again.out.split())
    assert printed.index("ounds of talks") < printed.index("from to")
    assert command("report", str(folder)).code == 0
    assert boxed(folder) == told


def answered(kind: list[str], **columns: object) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame({"outcome": "days_held", "kind": kind, "each": "world", "settings": 1, **columns})
    return {"answer": frame, "points": pd.DataFrame()}


def test_a_contrast_within_chance_says_how_many_worlds_would_tell() -> None:
    near = answered(["pair"], contrast=["x, from 0 to 1"], difference=[3.0], low=[-5.0], high=[11.0], sample=400,
                    needed=[2900.0])  # fmt: skip
    words = contrast_sentence(near, DAYS).replace("\u00a0", " ")
    assert words == (
        "No difference in mean days held beyond chance: x, from 0 to 1, +3 days (95 %: \u22125 to +11), which 400 "
        "cannot tell; about 2,900 worlds at each point would tell."
    )
    far = answered(["pair"], contrast=["x, from 0 to 1"], difference=[30.0], low=[25.0], high=[35.0], sample=400,
                   needed=[np.nan])  # fmt: skip
    assert contrast_sentence(far, DAYS).replace("\u00a0", " ") == (
        "Mean days held changes by +30 days (95 %: +25 to +35): x, from 0 to 1."
    )
    still = answered(["pair"], contrast=["x"], difference=[0.0], low=[0.0], high=[0.0], sample=4, needed=[np.nan])
    assert "No difference in mean days held in any world" in contrast_sentence(still, DAYS)
    shares = far["answer"].assign(outcome="holds_past_30", low=0.2, difference=0.3, high=0.4)
    share = contrast_sentence({"answer": shares}, outcome("holds_past_30"))
    assert "The share of worlds that holds past day 30 changes by +30 percentage points" in share
    two = answered(["pair", "pair", "beyond"], contrast=["x", "y", ""], difference=[1.0, 2.0, 1.0], low=[0.5, 1.0, -1],
                   high=[1.5, 3, 3], sample=40, needed=[np.nan, np.nan, 160.0])  # fmt: skip
    assert contrast_sentence(two, DAYS).startswith("No difference between the two changes beyond chance.")


def test_a_quick_run_that_leaves_a_setting_out_says_so(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.quick_worlds", lambda experiment: 3)
    text = "levers: {paths: {agreement.monitoring: [0.1, 0.3, 0.5, 0.7, 0.9]}}\ndesign: {kind: grid}\n"
    sides = "[{agreement.monitoring: 0.1}, {agreement.monitoring: 0.3}]"
    result = command("experiment", asked(f"{text}answer: {{outcome: days_held, contrast: {sides}}}\n"), "--quick")
    assert "0.3" not in set(pd.read_csv(Path(result.last, "tables", "points.csv"))["agreement.monitoring"].astype(str))
    assert "cannot be told here: a quick run left a setting out" in boxed(Path(result.last))


def test_an_experiment_cut_short_offers_no_answer_and_counts_what_was_run(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_SECONDS", 0.0)
    monkeypatch.setattr("ceasefire.experiments.prepare.quick_worlds", lambda experiment: 120)
    file = asked("levers: {paths: {agreement.monitoring: [0.1, 0.5, 0.9]}}\ndesign: {kind: grid}\n")
    result = command("experiment", file, "--quick")
    page = read(Path(result.last, "report.html").read_text(encoding="utf-8")).all("blockquote")[0].text
    assert "not finished: 0 of " in page
    assert "no answer yet" in page
    assert "95" not in page


def test_a_quick_run_has_a_design_that_its_time_can_finish() -> None:
    many = "[" + ", ".join(f"{k / 200:g}" for k in range(200)) + "]"
    text = f"levers: {{paths: {{agreement.monitoring: {many}, agreement.hotline: {many}}}}}\ndesign: {{kind: grid}}\n"
    experiment = load_experiment(asked(text))
    prepared = prepare(experiment, quick=True)
    assert len(prepared.points.distinct) * prepared.worlds <= quick_worlds(experiment)
    levels = prepared.experiment.factors[0].levels()
    assert (levels[0], levels[-1]) == (0, 0.995)
    long = Path("long.yaml")
    long.write_text(f"name: long\nbase: {SMALL}\nhorizon_days: 36500\n", encoding="utf-8")
    slow = asked(text.replace(many, "[0.1, 0.9]"))
    content = Path(slow).read_text(encoding="utf-8").replace(str(SMALL), "./long.yaml").replace("days: 60\n", "")
    Path(slow).write_text(content, encoding="utf-8")
    assert quick_worlds(load_experiment(slow)) < quick_worlds(experiment)


def test_the_story_of_a_point_is_that_of_its_row_and_the_printed_commands_work(command: Command) -> None:
    text = "levers: {paths: {agreement.monitoring: [0.1, 0.9]}}\nuncertainties: {paths: {mechanisms.grip: doubt}}\n"
    folder = command("experiment", asked(text + "draws: 2\ndesign: {kind: grid}\n", 5)).last
    rows = pd.concat(pd.read_parquet(file) for file in Path(folder, "worlds").glob("*.parquet"))
    row = rows[rows["point"] == 3].iloc[-1]
    origin = stored(Path(folder), 3)
    again = run(origin.loaded, worlds=int(row["world"]) + 1, seed=origin.seed).iloc[-1]
    assert (again["days_held"], again["deaths_combatant"]) == (row["days_held"], row["deaths_combatant"])
    told = command("world", folder, "--world", str(row["world"]), "--point", "3")
    assert told.code == 0, told.err
    assert "name a point, as --point" in command("world", folder, "--world", "0").err
    page = read(Path(folder, "report.html").read_text(encoding="utf-8")).text
    assert f"ceasefire world {folder} --point 0 --world 0" in page
    assert "it has no point 99" in command("world", folder, "--world", "0", "--point", "99").err


def test_a_share_of_worlds_has_its_name_a_last_step_its_interval_and_settings_three_decimals() -> None:
    tables = effects(
        kind=["main", "step", "step"],
        factor=["dependence"] * 3,
        **{"from": ["0", "0.333333", "0.5"], "to": ["1", "0.5", "0.666667"]},
        difference=[0.05, 0.02, 0.04], low=[0.03, -0.01, 0.01], high=[0.07, 0.05, 0.07],
        worlds=500, needed=[np.nan, 4e33, np.nan],
    )  # fmt: skip
    tables["effects"]["outcome"] = "holds_past_365"
    share = outcome("holds_past_365")
    answer = answer_to(tables, share, "grid").replace("\u00a0", " ")
    assert answer.startswith("Change in the share of worlds that holds past day 365: dependence, from 0 to 1, +5 ")
    last = "the last step told from chance is from 0.5 to 0.667, +4 percentage points (95 %: +1 to +7)"
    assert last in answer
    shown = outcome_table(tables, share)
    assert shown is not None
    assert [row[2:4] for row in shown.rows] == [["0", "1"], ["0.333", "0.5"], ["0.5", "0.667"]]
    assert shown.rows[1][-1] == "over 1,000,000"
    assert [setting_words(text) for text in ("20,000", "-0.5", "0.00012345", "off", "12.3456")] == [
        "20,000", "-0.5", "0.000123", "off", "12.346"
    ]  # fmt: skip


def test_what_rounding_leaves_of_nothing_needs_no_number_of_worlds() -> None:
    assert np.isnan(worlds_needed(Interval(1e-17, -0.004, 0.004), 139))
    assert worlds_needed(Interval(0.001, -0.004, 0.006), 100) == 2500
    nothing = effects(
        kind=["main"], factor=["troops"], **{"from": ["0"], "to": ["1"]},
        difference=[0.0], low=[-2.0], high=[2.0], worlds=139, needed=[np.nan],
    )  # fmt: skip
    assert "far more would be needed" in answer_to(nothing, DAYS, "grid"), "worlds differ, and cancel"
    none = {**nothing, "effects": nothing["effects"].assign(low=0.0, high=0.0)}
    assert "none in any world" in answer_to(none, DAYS, "grid")


def test_levers_over_draws_are_counted_one_by_one() -> None:
    rows = pd.DataFrame(
        {"outcome": "days_held", "label": ["a", "b"], "difference": [4.0, 3.0], "low": [3.0, 2.0], "high": [5.0, 4.0],
         "share_above_low": 0.9, "share_below_high": 0.1, "share_below_low": 0.0, "share_above_high": 1.0,
         "share_above": 0.95, "share_below": 0.05, "draws": 200, "told_apart": True, "draw_05": 1.0, "draw_95": 9.0}
    )  # fmt: skip
    answer = answer_to({"levers": rows, "points": pd.DataFrame()}, DAYS, "grid")
    assert (
        "Over 200 draws of the uncertain numbers, taken one by one, of 2 changes, each judged by itself, 2 raise mean"
        " days held" in answer
    )
    assert "one by one" not in answer_to({"levers": rows.head(1), "points": pd.DataFrame()}, DAYS, "grid")
