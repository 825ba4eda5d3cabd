"""Loading a scenario: bases, changes, settings, sources and dates, resolved files."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from ceasefire.errors import Fault, ScenarioError
from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.compose import parse_settings
from ceasefire.scenario.find_scenarios import find_change, find_scenario, list_changes, list_scenarios, motives_file
from ceasefire.scenario.load import Loaded, load, load_resolved
from ceasefire.scenario.parameter_paths import doubt_range, event_paths, quantities

VALID = Path(__file__).parents[1] / "valid"
TWO_SIDES = VALID / "two-sides.yaml"
HEAD = "title: A change\nsentence: Something is other than it was.\nkind: assumption\n"

Laid = Callable[..., Loaded]
Settings = dict[str, object] | None


@pytest.fixture
def laid(tmp_path: Path) -> Laid:
    """Loads a child laid over the two sides, with changes written beside it, each without its heading."""

    def load_child(child: str = "", /, *names: str, settings: Settings = None, **changes: str) -> Loaded:
        file = tmp_path / "child.yaml"
        file.write_text(f"name: child\nbase: {TWO_SIDES}\n{child}")
        (tmp_path / "changes").mkdir(exist_ok=True)
        for name, body in changes.items():
            (tmp_path / "changes" / f"{name}.yaml").write_text(f"name: {name}\n{HEAD}{body}")
        return load(file, [*names, *changes], settings)

    return load_child


def faults_from(attempt: Callable[[], object]) -> list[Fault]:
    """The faults that an attempt to load ends with."""
    with pytest.raises(ScenarioError) as caught:
        attempt()
    return caught.value.faults


def number(loaded: Loaded, path: str) -> Quantity:
    """A number of a scenario by its path."""
    return {each: value for each, value, _ in quantities(loaded.scenario)}[path]


# --- base and child


def test_a_child_keeps_what_it_does_not_say_and_wins_where_it_speaks(laid: Laid) -> None:
    scenario = laid("actors:\n  militia: {capability: 0.3}\n").scenario
    assert scenario.actors["militia"].capability.value == 0.3
    assert scenario.actors["militia"].motives["war_profit"].value == 0.4
    assert scenario.title == "Two sides and a river"


def test_a_list_is_replaced_and_never_joined(laid: Laid) -> None:
    assert laid("events: []\n").scenario.events == []
    assert len(laid().scenario.events) == 1


def test_a_number_is_replaced_with_its_source(laid: Laid) -> None:
    loaded = laid("actors:\n  north_army: {capability: {value: 0.7, range: [0.6, 0.8]}}\n")
    capability = loaded.scenario.actors["north_army"].capability
    assert (capability.source, capability.known_by, capability.range) == ("ASSUMED", None, (0.6, 0.8))


def test_an_actor_called_like_a_part_of_a_number_is_still_an_actor() -> None:
    assert load(VALID / "named-like-fields.yaml").scenario.actors["value"].motives["source"].value == 0.3


def test_null_takes_away_and_what_is_not_said_has_its_default() -> None:
    scenario = load(VALID / "nobody-outside.yaml").scenario
    assert "militia" not in scenario.actors
    assert "militia" not in scenario.front.sectors["hill"].presence
    assert scenario.actors["north_army"].patron is None
    assert scenario.front.sectors["river"].monitoring is None
    assert scenario.agreement.term_days is None


def test_a_grandchild_inherits_through_its_parent(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(f"name: parent\nbase: {TWO_SIDES}\nguarantors: {{ties: 0.9}}\n")
    (tmp_path / "grandchild.yaml").write_text("name: grandchild\nbase: parent\nattention: {start: 0.7}\n")
    scenario = load(tmp_path / "grandchild.yaml").scenario
    assert (scenario.guarantors.ties.value, scenario.attention.start.value) == (0.9, 0.7)
    assert scenario.agreement.monitoring.value == 0.3


def test_parts_used_again_under_an_anchor_do_not_share_their_fate() -> None:
    actors = load(VALID / "anchors.yaml").scenario.actors
    assert actors["militia"].losses_scale.value == 20
    assert actors["south_army"].losses_scale.value == 80
    assert {name: weight.value for name, weight in actors["militia"].motives.items()} == {
        "war_profit": 0.4,
        "survive": 0.2,
        "first_strike": 0.4,
    }


def test_a_file_from_another_system_reads_the_same() -> None:
    assert load(VALID / "windows.yaml").digest == load(TWO_SIDES).digest


# --- changes


def test_changes_come_in_order_file_first_then_the_call_then_settings(laid: Laid) -> None:
    up = "multiply: {agreement.monitoring: 2}\n"
    first = laid("changes: [fixed]\n", fixed="set: {agreement.monitoring: 0.1}\n", double=up)
    assert number(first, "agreement.monitoring").value == pytest.approx(0.2)
    last = laid("", settings={"agreement.monitoring": 0.05}, double=up)
    assert number(last, "agreement.monitoring").value == 0.05


def test_two_changes_do_not_commute_when_one_sets_and_one_multiplies(laid: Laid) -> None:
    fixed, double = "set: {agreement.monitoring: 0.1}\n", "multiply: {agreement.monitoring: 2}\n"
    assert number(laid("", fixed=fixed, double=double), "agreement.monitoring").value == pytest.approx(0.2)
    assert number(laid("", double=double, fixed=fixed), "agreement.monitoring").value == pytest.approx(0.1)


def test_a_star_stands_for_every_name(laid: Laid) -> None:
    scenario = laid("", watched="set: {front.sectors.*.monitoring: 0.8}\n").scenario
    assert [sector.monitoring.value for sector in scenario.front.sectors.values() if sector.monitoring] == [0.8, 0.8]


def test_a_star_passes_over_those_that_have_nothing_to_multiply(laid: Laid) -> None:
    loaded = laid("", halved="multiply: {front.sectors.*.monitoring: 0.5}\n")
    assert loaded.scenario.front.sectors["hill"].monitoring is None
    assert number(loaded, "front.sectors.river.monitoring").value == 0.2


def test_a_default_can_be_multiplied_though_nobody_said_it(laid: Laid) -> None:
    waning = laid("", half="multiply: {actors.north_power.commitment: 0.5, guarantors.ties: 1.5}\n")
    assert number(waning, "actors.north_power.commitment").value == 0.5
    assert number(waning, "guarantors.ties").value == 0.75


@pytest.mark.parametrize(
    ("stated", "operation", "becomes"),
    [
        ("{uniform: [0.2, 0.6]}", "multiply: {agreement.hotline: 0.5}", {"uniform": (0.1, 0.3)}),
        ("{uniform: [0.2, 0.6]}", "add: {agreement.hotline: 0.6}", {"uniform": (0.8, 1.0)}),
        ("{triangular: [0.2, 0.4, 0.6]}", "add: {agreement.hotline: -0.1}", {"triangular": (0.1, 0.3, 0.5)}),
        ("{normal: [0.4, 0.1]}", "multiply: {agreement.hotline: 2}", {"normal": (0.8, 0.2)}),
        ("{normal: [0.4, 0.1]}", "add: {agreement.hotline: 0.2}", {"normal": (0.6, 0.1)}),
        ("{lognormal: [0.4, 0.5]}", "multiply: {agreement.hotline: 2}", {"lognormal": (0.8, 0.5)}),
        ("{value: 0.4, range: [0.2, 0.8]}", "multiply: {agreement.hotline: 2}", {"value": 0.8, "range": (0.4, 1.0)}),
        ("{value: 0.4, range: [0.2, 0.8]}", "multiply: {agreement.hotline: -1}", {"value": 0.0, "range": (0.0, 0.0)}),
    ],
)
def test_a_distribution_moves_as_a_whole_and_stays_inside_its_field(
    laid: Laid, stated: str, operation: str, becomes: dict[str, object]
) -> None:
    moved = number(laid(f"agreement: {{hotline: {stated}}}\n", moved=operation + "\n"), "agreement.hotline")
    for form, wanted in becomes.items():
        assert getattr(moved, form) == pytest.approx(wanted)


def test_a_multiplied_number_keeps_its_source_and_a_set_one_loses_it(laid: Laid) -> None:
    path = "actors.north_army.capability"
    changed = number(laid("", more=f"multiply: {{{path}: 1.5}}\n"), path)
    assert (changed.source, changed.assumed) == ("Somebody (2019) (changed by more)", False)
    assert number(laid("", other=f"set: {{{path}: 0.9}}\n"), path).assumed
    assert number(laid("", guess="add: {agreement.monitoring: 0.1}\n"), "agreement.monitoring").assumed


def test_a_whole_number_stays_whole_and_a_salience_moves_too(laid: Laid) -> None:
    longer = "multiply: {agreement.term_days: 1.5}\nadd: {motives.press.salience.constant: 0.1}\n"
    scenario = laid("", longer=longer).scenario
    assert scenario.agreement.term_days == 300
    assert scenario.motives["press"].salience.constant == pytest.approx(-0.1)


def test_items_and_entries_come_and_go(laid: Laid) -> None:
    scenario = laid(
        "",
        edited="remove: [agreement.excludes=militia, agreement.deadlines.guns_out, events.0]\n"
        "append:\n  front.sectors.river.neighbours: [hill]\n"
        "  events: [{title: Again, day: 3, review: [militia]}]\n",
    ).scenario
    assert scenario.agreement.excludes == []
    assert scenario.agreement.deadlines == {}
    assert scenario.front.sectors["river"].neighbours == ["hill"]
    assert [event.title for event in scenario.events] == ["Again"]


def test_a_change_may_say_what_nobody_said_where_the_schema_has_room(laid: Laid) -> None:
    new = "set: {actors.alliance.motives.alarm: 0.2, attention.floor: 0.3, resolve.south: 0.6}\n"
    scenario = laid("", new=new).scenario
    assert scenario.actors["alliance"].motives["alarm"].value == 0.2
    assert "alarm" in scenario.motives
    assert (scenario.attention.floor.value, scenario.resolve["south"].value) == (0.3, 0.6)


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        (
            "set: {actors.north_pover.commitment: 0.5}",
            "actors.north_pover.commitment",
            "this scenario has no such path; did you mean 'actors.north_power.commitment'?",
        ),
        ("set: {actors.militia.patron.dependence: 0.5}", "actors.militia.patron.dependence", "has no such path"),
        (
            "multiply: {front.sectors.hill.monitoring: 2}",
            "front.sectors.hill.monitoring",
            "has no value in this scenario",
        ),
        (
            "multiply: {actors.militia.motives.war_proft: 2}",
            "actors.militia.motives.war_proft",
            "did you mean 'actors.militia.motives.war_profit'?",
        ),
        ("multiply: {actors.militia.title: 2}", "actors.militia.title", "is not a number"),
        ("set: {front.sectors.*.presence.militia.x: 1}", "set.front.sectors.*.presence.militia.x", "set as a whole"),
        ("remove: [agreement.excludes=nobody]", "agreement.excludes", "has no item 'nobody'"),
        ("remove: [actors.nobody]", "actors.nobody", "this scenario has no such path"),
        ("append: {actors.militia.side: [x]}", "actors.militia.side", "is not a list"),
        ("add: {actors.*.motives.alarm: 0.1}", "actors.*.motives.alarm", "matches nothing"),
    ],
)
def test_a_change_that_does_not_fit_says_so_at_its_own_line(laid: Laid, body: str, path: str, message: str) -> None:
    (fault,) = faults_from(lambda: laid("", misfit=body + "\n"))
    assert (Path(fault.file).name, fault.line, fault.path) == ("misfit.yaml", 5, path)
    assert message in fault.message


def test_the_same_change_twice_is_a_fault(laid: Laid) -> None:
    (fault,) = faults_from(lambda: laid("", "double", double="multiply: {agreement.monitoring: 2}\n"))
    assert str(fault) == "the change 'double' is given twice"


# --- whose fault it is


def test_a_fault_is_laid_on_the_file_that_said_it(tmp_path: Path) -> None:
    broken = TWO_SIDES.read_text().replace("two-sides", "broken").replace("hotline", "hotlin")
    (tmp_path / "broken.yaml").write_text(broken)
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes" / "blind.yaml").write_text(f"name: blind\n{HEAD}set:\n  agreement.monitoring: 4\n")
    (tmp_path / "heir.yaml").write_text("name: heir\nbase: broken\nactors:\n  militia:\n    discipline: 2\n")
    faults = faults_from(lambda: load(tmp_path / "heir.yaml", ["blind"], {"trust.north": "much"}))
    places = {(Path(fault.file).name, fault.line, fault.path) for fault in faults}
    hotline = next(i for i, line in enumerate(TWO_SIDES.read_text().splitlines(), start=1) if "hotline" in line)
    assert places == {
        ("broken.yaml", hotline, "agreement.hotlin"),
        ("heir.yaml", 5, "actors.militia.discipline"),
        ("blind.yaml", 6, "agreement.monitoring"),
        ("--set", None, "trust.north"),
    }


def test_what_a_change_takes_away_is_missed_where_it_was_taken(laid: Laid) -> None:
    (fault,) = faults_from(lambda: laid("", peace="remove: [war]\n"))
    assert (Path(fault.file).name, fault.line, fault.path) == ("peace.yaml", 5, "war")


def test_a_name_that_was_taken_away_is_missed_with_the_line_that_took_it(laid: Laid) -> None:
    faults = faults_from(lambda: laid("actors:\n  militia: null\n"))
    assert len(faults) == 2
    assert all(fault.message.endswith("child.yaml:4)") for fault in faults)


def test_faults_are_sorted_and_survive_the_way_to_another_process(laid: Laid) -> None:
    faults = faults_from(lambda: laid("guarantors: {ties: 7}\nattention: {start: 3, floor: 4}\ntrust: {north: x}\n"))
    assert [fault.line for fault in faults] == [3, 4, 4, 5]
    assert pickle.loads(pickle.dumps(ScenarioError(faults))).faults == faults


def test_a_name_nobody_knows_is_answered_with_the_nearest_and_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios" / "changes").mkdir(parents=True)
    (tmp_path / "scenarios" / "quiet-river.yaml").write_text("name: quiet-river\n")
    monkeypatch.chdir(tmp_path)
    (fault,) = faults_from(lambda: load("quiet-rivr"))
    assert str(fault).startswith("no such scenario 'quiet-rivr'; did you mean 'quiet-river'? Available: ")
    assert "idlib-2020" in fault.message


def test_the_current_folder_comes_before_what_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = find_scenario("idlib-2020")
    assert shipped.is_file()
    (tmp_path / "scenarios" / "changes").mkdir(parents=True)
    (tmp_path / "scenarios" / "idlib-2020.yaml").write_text("name: idlib-2020\n")
    (tmp_path / "scenarios" / "changes" / "mine.yaml").write_text("name: mine\n")
    monkeypatch.chdir(tmp_path)
    assert find_scenario("idlib-2020").resolve() == (tmp_path / "scenarios" / "idlib-2020.yaml").resolve()
    assert find_change("mine").name == "mine.yaml"
    assert "mine" in list_changes()
    assert "motives" not in list_scenarios()
    assert motives_file().is_file()


# --- resolved


@pytest.mark.parametrize("file", ["two-sides", "every-form", "named-like-fields", "windows", "nobody-outside"])
def test_a_resolved_file_reads_back_to_the_same_scenario(tmp_path: Path, file: str) -> None:
    first = load(VALID / f"{file}.yaml")
    (tmp_path / "scenario.resolved.yaml").write_text(first.resolved_yaml(), encoding="utf-8")
    second = load_resolved(tmp_path / "scenario.resolved.yaml")
    assert second.scenario == first.scenario
    assert (second.digest, second.resolved) == (first.digest, first.resolved)
    assert second.resolved_yaml() == first.resolved_yaml()


def test_texts_that_could_break_a_file_survive_being_resolved(tmp_path: Path, laid: Laid) -> None:
    nasty = "a: b # c\n\t'\"\\ {x} [y] \u2028 \U0001f54a \x85 - null 2020-01-01"
    first = laid("", settings={"title": nasty, "summary": "2020-01-01", "actors.militia.title": "yes"})
    (tmp_path / "scenario.resolved.yaml").write_text(first.resolved_yaml(), encoding="utf-8")
    assert load_resolved(tmp_path / "scenario.resolved.yaml").scenario == first.scenario
    assert first.scenario.title == nasty


def test_a_resolved_file_states_what_nobody_said() -> None:
    resolved = load(TWO_SIDES).resolved
    assert {side: trust["value"] for side, trust in resolved["trust"].items()} == {"north": 0.4, "south": 0.5}
    assert resolved["trust"]["south"]["source"] == "ASSUMED"
    assert resolved["resolve"]["north"]["value"] == 0
    assert resolved["actors"]["alliance"]["posture"] == "abstain"
    assert resolved["actors"]["militia"]["posture"] == "honour"
    assert resolved["mechanisms"]["temperature"]["value"] == 0.135
    assert list(resolved)[:3] == ["name", "title", "summary"]
    assert not {"base", "changes"} & set(resolved)


def test_a_resolved_file_needs_nothing_but_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load(TWO_SIDES).resolved_yaml()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "motives.yaml").write_text("nonsense: [1\n")
    (tmp_path / "scenario.resolved.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert load_resolved("scenario.resolved.yaml").resolved_yaml() == text


def test_only_motives_that_somebody_has_are_kept_and_the_scenario_s_own(laid: Laid) -> None:
    own = "  idle:\n    title: Idle\n    profile: [1, 0, 0, 0]\n    salience: {constant: 0}\n    source: a test\n"
    names = set(laid(f"motives:\n{own}").scenario.motives)
    used = {"reclaim", "press", "contain", "survive", "domestic", "war_profit", "solidarity"}
    assert names == used | {"idle"}


def test_a_scenario_can_change_a_motive_of_the_catalogue(laid: Laid) -> None:
    motive = laid("motives:\n  domestic: {salience: {constant: -0.5}}\n").scenario.motives["domestic"]
    plain = laid().scenario.motives["domestic"]
    assert motive.salience.constant == -0.5
    assert (motive.profile, motive.salience.terms) == (plain.profile, plain.salience.terms)


# --- label and digest


def test_the_label_names_the_scenario_and_its_changes(laid: Laid) -> None:
    loaded = laid(
        "", settings={"trust.north": 0.5}, more="add: {trust.north: 0.1}\n", less="add: {trust.south: -0.1}\n"
    )
    assert (loaded.label, loaded.changes, loaded.settings) == (
        "child+more+less",
        ("more", "less"),
        {"trust.north": 0.5},
    )


def test_a_change_may_be_joined_to_the_name() -> None:
    joined, apart = load("idlib-2020+no-monitors"), load("idlib-2020", ["no-monitors"])
    assert (joined.label, joined.digest) == (apart.label, apart.digest)
    assert joined.label == "idlib-2020+no-monitors"
    assert joined.digest != load("idlib-2020").digest


def test_words_leave_the_digest_alone_and_numbers_do_not(laid: Laid) -> None:
    plain = laid().digest
    assert laid("title: Another\nsummary: Other words\nsides: {north: {title: Up}}\n").digest == plain
    assert laid("war: {toll_14d: {value: 200, source: Another source, note: But why}}\n").digest == plain
    assert laid("agreement: {monitoring: {value: 0.3}}\n").digest == plain
    others = {
        laid(child).digest
        for child in (
            "agreement: {monitoring: 0.31}\n",
            "agreement: {monitoring: {value: 0.3, range: [0.2, 0.4]}}\n",
            "agreement: {monitoring: {value: 0.3, source: A paper}}\n",
            "actors: {militia: {posture: harass}}\n",
            "front: {sectors: {hill: {neighbours: []}}}\n",
            "motives: {press: {profile: [0, 0.2, 0.5, 0.9]}}\n",
        )
    }
    assert len(others - {plain}) == 6


def test_an_actor_called_title_counts_in_the_digest(laid: Laid) -> None:
    one, other = (
        laid(f"actors:\n  title: {{title: T, role: belligerent, side: north, capability: {strength}}}\n").digest
        for strength in (0.1, 0.2)
    )
    assert one != other


# --- settings


def test_settings_read_their_values_as_scenario_files_do(laid: Laid) -> None:
    texts = ["trust.north=0.3", "agreement.hotline={uniform: [0.1, 0.2]}", "agreement.excludes=[]", "title=Again"]
    scenario = laid("", settings=parse_settings(texts)).scenario
    assert scenario.trust["north"].value == 0.3
    assert scenario.agreement.hotline.uniform == (0.1, 0.2)
    assert (scenario.agreement.excludes, scenario.title) == ([], "Again")


def test_a_setting_that_is_none_and_one_that_is_no_yaml_are_both_named() -> None:
    faults = faults_from(lambda: parse_settings(["trust.north", "trust.south={uniform: [0.1"]))
    assert [(fault.file, fault.path) for fault in faults] == [("--set", "trust.north"), ("--set", "trust.south")]


def test_a_shorter_run_does_not_make_a_late_event_wrong(laid: Laid) -> None:
    assert laid("", settings={"horizon_days": 50}).scenario.horizon_days == 50
    (fault,) = faults_from(lambda: laid("horizon_days: 50\n"))
    assert fault.path == "events.0.day"


# --- numbers by path


def test_every_number_has_a_path_a_unit_and_limits_that_hold_it() -> None:
    numbers = list(quantities(load(VALID / "every-form.yaml").scenario))
    paths = [path for path, _, _ in numbers]
    assert len(paths) == len(set(paths))
    for path, value, meta in numbers:
        assert meta["low"] <= value.centre <= meta["high"], path
        assert meta["unit"] or ".add." in path or ".multiply." in path, path
    assert {"mechanisms.q0", "trust.south", "events.0.rate_per_year", "events.1.day"} <= set(paths)
    assert "events.0.set.front.sectors.river.monitoring" in paths
    meta = {path: meta for path, _, meta in numbers}
    assert meta["actors.militia.motives.war_profit"]["unit"] == "weight"
    assert meta["front.sectors.hill.presence.militia"]["high"] == 1e6
    assert meta["events.0.set.front.sectors.river.monitoring"]["high"] == 1


def test_events_may_change_what_lives_and_not_what_was_fixed_at_signing() -> None:
    paths = event_paths(load(TWO_SIDES).resolved)
    assert {"actors.north_power.commitment", "front.sectors.hill.monitoring", "trust.south", "mechanisms.q0"} <= paths
    assert {"actors.north_army.patron.dependence", "guarantors.ties", "actors.militia.motives.war_profit"} <= paths
    assert "actors.militia.patron.dependence" not in paths
    fixed = ("agreement.deadlines.", "war.", "events.")
    assert not [path for path in paths if path.startswith(fixed) or ".claims." in path]
    assert [path for path in paths if ".presence." in path], "forces may withdraw from a sector"


@pytest.mark.parametrize(
    ("path", "stated", "drawn"),
    [
        ("agreement.monitoring", 0.4, (0.3, 0.5)),
        ("agreement.monitoring", 0.9, (0.675, 1.0)),
        ("agreement.monitoring", 0.0, None),
        ("agreement.monitoring", {"value": 0.4, "range": [0.1, 0.9]}, (0.1, 0.9)),
        ("agreement.monitoring", {"value": 0.4, "source": "A paper"}, None),
        ("agreement.monitoring", {"uniform": [0.2, 0.4]}, None),
        ("mechanisms.inertia", 0.3, (0.2, 0.4)),
        ("mechanisms.inertia", 0.6, (0.4, 0.8)),
        ("mechanisms.watch", 0.9, (0.45, 1.0)),
        ("mechanisms.temperature", 0.2, None),
        ("trust.north", 0.4, (0.3, 0.5)),
    ],
)
def test_an_assumed_number_is_drawn_over_its_doubt(
    laid: Laid, path: str, stated: object, drawn: tuple[float, float] | None
) -> None:
    loaded = laid("", settings={path: stated})
    value, meta = next((value, meta) for found, value, meta in quantities(loaded.scenario) if found == path)
    assert doubt_range(value, meta) == (None if drawn is None else pytest.approx(drawn))


def test_a_default_with_a_source_and_no_range_is_beyond_doubt_and_any_other_is_not() -> None:
    doubts = {path: doubt_range(value, meta) for path, value, meta in quantities(load(TWO_SIDES).scenario)}
    assert doubts["mechanisms.felt_strategic"] is None
    assert doubts["mechanisms.branching_rest"] == (0.37, 0.5)
    assert doubts["mechanisms.spill"] == (0, 0.4)


def test_belief_that_nobody_stated_can_be_shifted(laid: Laid) -> None:
    assert number(laid("", wary="add: {trust.south: -0.2}\n"), "trust.south").value == pytest.approx(0.3)


def test_the_start_is_a_date_however_it_is_quoted() -> None:
    assert load(VALID / "every-form.yaml").scenario.start == datetime.date(2020, 1, 1)
