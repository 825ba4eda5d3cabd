"""What `check` calls ok, runs: mutated scenario files, each either refused with its place or made, told and simulated.

The number of files is MUTATED_FILES of the environment, or 1,000.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Tried
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated
from ruamel.yaml import YAML

from ceasefire.cli.scenarios import check_file
from ceasefire.errors import ScenarioError
from ceasefire.narrative.describe import describe
from ceasefire.scenario.compose import parse_settings
from ceasefire.scenario.load import load, load_resolved
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.simulation.engine import all_rows, one_scenario
from ceasefire.simulation.initial_state import InitialState, initial_state
from ceasefire.world_state import Sizes

SMALL = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
FILES = int(os.environ.get("MUTATED_FILES", "1000"))
PARTS = -(-FILES // 500)
EXAMPLES = int(os.environ.get("EXAMPLES", "150"))
DAYS, WORLDS = 20, 3


def base_content() -> Any:
    """The small scenario as plain content, dates as text."""
    content = YAML(typ="safe", pure=True).load(SMALL.read_text(encoding="utf-8"))
    return json.loads(json.dumps(content, default=str))


def fate(file: Path, usual: Sizes) -> str:
    """What becomes of a file: refused, made, or simulated. Any other exception is a finding."""
    faults = check_file(file)
    for fault in faults:
        assert fault.file
        assert fault.message
        str(fault).encode()
    if faults:
        return "refused"
    loaded = load(file)
    state = initial_state(loaded.scenario)
    describe(loaded).encode()
    resolved = file.with_name("copy.resolved.yaml")
    resolved.write_text(loaded.resolved_yaml(), encoding="utf-8", newline="\n")
    assert load_resolved(resolved).digest == loaded.digest
    if state.sizes != usual:
        return "made"
    state.record["horizon"] = DAYS
    rows = all_rows(one_scenario(state, WORLDS, 1), workers=1)
    assert not rows["failed"].any()
    return "simulated"


@pytest.mark.parametrize("part", range(PARTS))
def test_every_mutated_file_is_refused_with_its_place_or_runs(part: int, tmp_path: Path, tried: Tried) -> None:
    base, usual = base_content(), initial_state(load(SMALL).scenario).sizes
    file = tmp_path / SMALL.name
    fates: Counter[str] = Counter()
    failures = []
    for seed in range(part, FILES, PARTS):
        text = json.dumps(mutated(base, random.Random(seed)), indent=1)
        file.write_text(text, encoding="utf-8")
        try:
            fates[fate(file, usual)] += 1
        except Exception as problem:
            failures.append(f"seed {seed}: {type(problem).__name__}: {str(problem)[:300]}")
    tried("mutated scenario files", fates.total() + len(failures), len(failures), **fates)
    assert failures == []
    assert min(fates["refused"], fates["simulated"]) > fates.total() // 20


MOST_OF_ALL = (
    ("actors", 64), ("sectors", 2048), ("motives", 96), ("events", 256), ("operations", 1024), ("deadlines", 64),
    ("terms", 8), ("neighbours", 8),
)  # fmt: skip


def enlarged(what: str, count: int) -> Any:
    """The small scenario with exactly so many of something."""
    base = base_content()
    sector = {"title": "A sector", "presence": {"north_army": 1}}
    if what == "actors":
        more = {f"band_{i}": {**base["actors"]["militia"], "title": f"Band {i}"} for i in range(count - 6)}
        base["actors"] |= more
    elif what == "sectors":
        base["front"]["sectors"] |= {f"sector_{i}": {"title": f"Sector {i}"} for i in range(count - 2)}
    elif what == "motives":
        own = {m for actor in base["actors"].values() for m in actor["motives"]}
        new = {f"motive_{i}": base["motives"]["press"] for i in range(count - len(own))}
        base["motives"] |= new
        base["actors"]["militia"]["motives"] |= dict.fromkeys(new, 0.1)
    elif what == "events":
        base["events"] = [{"title": f"Event {i}", "day": 5, "review": ["militia"]} for i in range(count)]
    elif what == "operations":
        each = {f"actors.{name}.{number}": 0.1 for name in base["actors"] for number in ("blame", "weariness")}
        base["events"] = [
            {"title": f"Event {i}", "day": 5, "add": dict(list(each.items())[:8])} for i in range(count // 8)
        ]
        base["events"].append(
            {"title": "Last", "day": 5, "add": dict(list(each.items())[: count % 8]), "review": ["militia"]}
        )
    elif what == "deadlines":
        base["agreement"]["deadlines"] = {f"task_{i}": {"title": f"Task {i}", "due_day": 5} for i in range(count)}
    elif what == "terms":
        words = [f"{a} * {b}" for a in ("unheld", "odds", "threat") for b in ("losses", "blame", "weariness")]
        base["motives"]["press"]["salience"]["terms"] = dict.fromkeys(words[:count], 0.1)
    elif what == "neighbours":
        base["front"]["sectors"] |= {f"sector_{i}": {**sector, "neighbours": ["hill"]} for i in range(count - 1)}
    return base


@pytest.mark.parametrize(("what", "most"), MOST_OF_ALL)
def test_a_limit_of_the_engine_is_a_rule_with_its_line(what: str, most: int, tmp_path: Path) -> None:
    file = tmp_path / SMALL.name
    file.write_text(json.dumps(enlarged(what, most), indent=1), encoding="utf-8")
    assert check_file(file) == []
    file.write_text(json.dumps(enlarged(what, most + 1), indent=1), encoding="utf-8")
    faults = check_file(file)
    assert len(faults) == 1
    assert faults[0].line is not None
    assert f"at most {most:,} are possible" in faults[0].message


def state_with(path: str, number: float) -> tuple[InitialState | None, str | None]:
    """The initial state of the small scenario with one number changed, or why there is none."""
    try:
        return initial_state(load(SMALL, set={path: number}).scenario), None
    except ScenarioError as error:
        return None, str(error)


def test_every_number_is_accepted_at_its_limits_and_refused_beyond(tried: Tried) -> None:
    number_of_numbers = 0
    for path, _, meta in quantities(load(SMALL).scenario):
        if path.startswith("events."):
            continue
        for number, sound in (
            (meta["low"], True),
            (meta["high"], True),
            (meta["low"] - 1e-9, False),
            (meta["high"] * 1.001 + 1e-9, False),
        ):
            number_of_numbers += 1
            state, refusal = state_with(path, number)
            assert (state is not None) == sound or path.endswith(".presence.north_army"), (path, number)
            assert refusal is None or path in refusal
            if state is not None:
                assert state.record.view("f8")[state.slots[path]] == number
    tried("numbers of a scenario at and just beyond their limits", number_of_numbers)
    assert number_of_numbers > 400


NUMBERS_OF_SMALL = [
    (path, meta["low"], meta["high"])
    for path, _, meta in quantities(load(SMALL).scenario)
    if not path.startswith(("events.", "front.sectors")) and not path.endswith(".north_army")
]


@settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_any_number_at_all_is_accepted_within_its_limits_and_refused_outside(data: st.DataObject) -> None:
    path, low, high = data.draw(st.sampled_from(NUMBERS_OF_SMALL))
    ends = [end for end in (low, high) if abs(end) < 1e300]
    near = st.sampled_from(ends).flatmap(lambda end: st.floats(end - 1e-9, end + 1e-9)) if ends else st.floats()
    number = data.draw(st.one_of(st.floats(), near, st.integers(-(2**70), 2**70)))
    state, refusal = state_with(path, number)
    assert (state is not None) == (low <= number <= high and abs(number) < float("inf")), (path, number, refusal)
    assert refusal is None or path in refusal


@pytest.mark.parametrize("levels", [100, 1_000, 100_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_nesting_is_a_fault(levels: int, brackets: str, tmp_path: Path) -> None:
    opening = "[" if brackets == "[]" else "{a: "
    text = opening * levels + "1" + brackets[1] * levels
    file = tmp_path / SMALL.name
    file.write_text(SMALL.read_text(encoding="utf-8") + "x: " + text, encoding="utf-8")
    assert check_file(file)[0].message in ("is nested too deeply", line_fault(len(text) + 3))
    with pytest.raises(ScenarioError, match=r"nested too deeply|a line of"):
        load(SMALL, set=parse_settings([f"agreement.monitoring={text}"]))


def line_fault(length: int) -> str:
    return f"a line of {length:,} characters; at most 100,000 are possible"


def test_a_pipe_a_device_and_a_large_file_are_refused_unread(tmp_path: Path) -> None:
    pipe, device, large = tmp_path / "pipe.yaml", tmp_path / "device.yaml", tmp_path / "large.yaml"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    with large.open("wb") as file:
        file.truncate(2**36)
    messages = [check_file(file)[0].message for file in (pipe, device, large)]
    assert messages == [f"cannot be read: it is {why}" for why in (*["not a regular file"] * 2, "larger than 8 MB")]


BAD_LOCAL_FILES = {
    "list": "- a", "word": "word", "date": "title: 2020-13-45", "deep": "title: " + "[" * 3000,
    "tag": "title: !!python/none 1",
    "escape": 'title: "\\e[31mred"', "half": 'title: "\\ud800"', "number": "title: 12", "mapping": "title: {a: {b: 1}}",
    "cut": 'title: "', "binary": "\x00\x01", "bom": "\ufefftitle: A title", "long": "title: " + "x" * 300_000,
    "anchor": "title: &a [*a]", "colon": "title: a: b", "int": "title: 0x",
    "sexagesimal": "title: 1:99:99", "float": "title: 1e999999",
}  # fmt: skip


def test_no_bad_local_file_stops_list(command: Command, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    for name, text in BAD_LOCAL_FILES.items():
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    os.mkfifo(tmp_path / "scenarios" / "pipe.yaml")
    (tmp_path / "scenarios" / "nowhere.yaml").symlink_to("nowhere")
    (tmp_path / "scenarios" / "folder.yaml").mkdir()
    (tmp_path / "scenarios" / "esc\x1b[31m.yaml").write_text("title: x", encoding="utf-8")
    answer = command("list")
    assert answer.code == 0
    assert all(f"  {name} " in answer.out for name in (*BAD_LOCAL_FILES, "pipe", "nowhere", "idlib-2020"))
    assert "\x1b" not in answer.out
    for file in (tmp_path / "scenarios").iterdir():
        answer = command("check", str(file))
        assert answer.code == 2
        assert "\x1b" not in answer.out + answer.err


def test_names_and_paths_of_any_length_are_answered(command: Command) -> None:
    for reference in (
        "x" * 300,
        "x/" * 3000 + "y",
        "x" * 100_000,
        "a\x00b",
        "\ud800",
        "idlib-2020+" + "x" * 300,
        "+",
        "",
    ):
        for arguments in (("check", reference), ("describe", reference), ("new", "mine", "--from", reference)):
            answer = command(*arguments)
            assert answer.code == 2, (arguments[0], reference[:20])
            assert answer.out + answer.err
