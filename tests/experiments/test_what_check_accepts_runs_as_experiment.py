"""What `check` calls ok, runs: mutated experiment files and design tables, refused with their place or simulated.

The number of files is MUTATED_EXPERIMENTS of the environment, or 100.
"""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Tried
from mutations import NUMBERS, TEXTS, around, mutated, parts_of
from ruamel.yaml import YAML

from ceasefire.cli.scenarios import check_file
from ceasefire.errors import ScenarioError
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.points import check_points
from ceasefire.experiments.prepare import PreparedExperiment, prepare
from ceasefire.simulation.engine import simulate
from ceasefire.simulation.initial_state import initial_state

SMALL = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
FILES = int(os.environ.get("MUTATED_EXPERIMENTS", "100"))
PARTS = -(-FILES // 250)
DAYS, MOST_POINTS = 20, 3_000

HEAD = """\
name: asked
title: Asked
question: What does it do?
scenario: two-sides.yaml
days: 60
worlds: 4
outcomes: [days_held, deaths_civilian, holds_past_30]
"""
BASES = {
    "grid": "levers: {changes: [quiet], paths: {agreement.monitoring: [0, 1],"
    " agreement.class: [cessation, definitive]}}\n"
    "design: {kind: grid}\n",
    "draws": "levers: {paths: {agreement.clarity: {range: [0.1, 0.9], points: 3}}}\n"
    "uncertainties: {paths: {actors.north_army.capability: {triangular: [0.1, 0.4, 0.8]}}}\ndraws: 3\n"
    "design: {kind: one_at_a_time}\n",
    "sampled": "uncertainties: {paths: {agreement.monitoring: {normal: [0.5, 0.1]},"
    " agreement.clarity: {lognormal: [0.4, 0.2]},"
    " agreement.buffer_km: {range: [0, 20]}}}\ndesign: {kind: latin_hypercube, samples: 8}\n",
    "table": "levers: {changes: [quiet], paths: {agreement.monitoring: table, agreement.class: table}}\n"
    "design: {kind: table, file: points.csv}\n",
    "swap": "design: {kind: swap, to: other.yaml, parts: {watch: [agreement.monitoring], arms: [actors.north_army]}}\n",
    "until": "levers: {paths: {agreement.monitoring: [0, 1]}}\ndesign: {kind: grid}\n"
    "until: {outcome: days_held, half_width: 5, per: difference, most: 40}\n"
    "cases: [{scenario: two-sides.yaml, held: [3, 4], source: made up}]\ncautions: ['not this']\n",
}
POINTS = "quiet,agreement.monitoring,agreement.class\non,0.2,cessation\noff,,definitive\n,1,\n"
QUIET = "name: quiet\ntitle: Quiet\nsentence: It is quiet.\nkind: lever\nset: {agreement.order: 0.9}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the experiments name: a scenario, another one, a change, a table of points."""
    monkeypatch.chdir(tmp_path)
    text = SMALL.read_text(encoding="utf-8")
    shutil.copy(SMALL, tmp_path / SMALL.name)
    other = text.replace("monitoring:", "monitoring: 0.9 #").replace("name: two-sides", "name: other")
    other = other.replace("value: 0.6", "value: 0.7")
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes" / "quiet.yaml").write_text(QUIET, encoding="utf-8")
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    return tmp_path


WORDS = (
    "grid", "one_at_a_time", "latin_hypercube", "table", "days_held", "holds_past_10", "displaced", "point", "quiet",
    "difference", "cessation", "preliminary", "agreement.order", "front.sectors.*.held", "actors.*.motives.*",
    "doubt", "all",
)  # fmt: skip


def nudged(base: Any, rng: random.Random) -> Any:
    """A copy in which one or two values are others that could have been meant."""
    content = copy.deepcopy(base)
    for _ in range(rng.choice((1, 2))):
        steps = rng.choice(list(parts_of(content)))
        holder = around(content, steps)
        old = holder[steps[-1]]
        if isinstance(old, list) and old:
            holder[steps[-1]] = rng.choice((old[:-1], old[::-1], [*old, old[0]], [*old, rng.choice(WORDS)]))
        elif isinstance(old, int | float):
            holder[steps[-1]] = rng.choice((old * 2, old + 1, old / 2, 0, 1, 0.5, round(old * 0.8, 3)))
        elif isinstance(old, str):
            holder[steps[-1]] = rng.choice((*WORDS, old + "x", "idlib-2018"))
        elif isinstance(holder, dict) and len(holder) > 1 and rng.random() < 0.3:
            del holder[steps[-1]]
    return content


def simulated(prepared: PreparedExperiment) -> None:
    """Two worlds of the first, the middle and the last point, for a few days."""
    records, last = prepared.records, len(prepared.points) - 1
    for state in records.initial_states:
        state.record["horizon"] = DAYS
    for point in {0, last // 2, last}:
        batch = records.batch(np.array([point]), np.zeros(2, np.int64), records.first_world[point] + np.arange(2))
        assert not simulate(batch, 0, 2)["failed"].any()


def fate(file: Path) -> str:
    """What becomes of a file: refused, made, or simulated. Any other exception is a finding."""
    try:
        experiment = load_experiment(file)
        points = check_points(experiment)
    except ScenarioError as error:
        for fault in error.faults:
            assert fault.message
            str(fault).encode()
        return "refused"
    if len(points) > MOST_POINTS:
        return "made"
    prepared = prepare(experiment)
    assert len(prepared.fingerprint) == 64
    usual = initial_state(experiment.base.loaded.scenario).sizes
    if any(state.sizes != usual for state in prepared.records.initial_states):
        return "made"
    simulated(prepared)
    return "simulated"


def test_the_bases_run(folder: Path) -> None:
    for body in BASES.values():
        (folder / "asked.yaml").write_text(HEAD + body, encoding="utf-8")
        assert check_file(folder / "asked.yaml") == []
        assert fate(folder / "asked.yaml") == "simulated"


@pytest.mark.parametrize("part", range(PARTS))
def test_every_mutated_experiment_is_refused_with_its_place_or_runs(part: int, folder: Path, tried: Tried) -> None:
    bases = [json.loads(json.dumps(YAML(typ="safe", pure=True).load(HEAD + body))) for body in BASES.values()]
    fates: Counter[str] = Counter()
    failures = []
    for seed in range(part, FILES, PARTS):
        change = nudged if seed % 2 else mutated
        content = change(bases[seed // 2 % len(bases)], random.Random(seed))
        (folder / "asked.yaml").write_text(json.dumps(content, indent=1))
        try:
            fates[fate(folder / "asked.yaml")] += 1
        except Exception as problem:
            failures.append(f"seed {seed}: {type(problem).__name__}: {str(problem)[:300]}")
    tried("mutated experiment files", fates.total() + len(failures), len(failures), **fates)
    assert failures == []
    assert min(fates["refused"], fates["simulated"]) > fates.total() // 20


def mutated_table(rng: random.Random) -> bytes:
    """The table of points with a cell, a row or a byte that nobody would write."""
    rows = [line.split(",") for line in POINTS.splitlines()]
    kind = rng.randrange(5)
    if kind < 3:
        row = rng.choice(rows)
        row[rng.randrange(3)] = str(
            rng.choice((*TEXTS, *NUMBERS, "[" * 50_000, "{a: " * 40, "&a *a", "!!python/none x"))
        )
    elif kind == 3:
        rows.insert(rng.randrange(4), rng.choice(([], [""], ["on"] * 4, ["1"] * 900)))
    raw = bytearray("\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass"))
    if kind == 4:
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


@pytest.mark.parametrize("cell", ["[0.5]", "{a: 1}", "[]", "{}"])
def test_a_list_or_a_mapping_in_a_table_of_points_is_refused_with_its_line(folder: Path, cell: str) -> None:
    (folder / "asked.yaml").write_text(HEAD + BASES["table"], encoding="utf-8")
    rows = [line.split(",") for line in POINTS.splitlines()]
    for place, name in enumerate(rows[0]):
        edited = [list(row) for row in rows]
        edited[1][place] = cell
        (folder / "points.csv").write_text("\n".join(map(",".join, edited)), encoding="utf-8")
        with pytest.raises(ScenarioError) as raised:
            load_experiment(folder / "asked.yaml")
        assert any(fault.line == 2 and fault.path == name for fault in raised.value.faults), raised.value


def test_every_mutated_table_of_points_is_refused_with_its_place_or_runs(folder: Path, tried: Tried) -> None:
    (folder / "asked.yaml").write_text(HEAD + BASES["table"], encoding="utf-8")
    fates: Counter[str] = Counter()
    failures = []
    for seed in range(FILES // 5):
        (folder / "points.csv").write_bytes(mutated_table(random.Random(seed)))
        try:
            fates[fate(folder / "asked.yaml")] += 1
        except Exception as problem:
            failures.append(f"seed {seed}: {type(problem).__name__}: {str(problem)[:300]}")
    tried("mutated tables of points", fates.total() + len(failures), len(failures), **fates)
    assert failures == []


def test_a_pipe_and_a_device_as_a_table_of_points_are_refused_unread(folder: Path) -> None:
    (folder / "asked.yaml").write_text(HEAD + BASES["table"], encoding="utf-8")
    for place in ("pipe.csv", "device.csv", "folder.csv"):
        text = (HEAD + BASES["table"]).replace("points.csv", place)
        (folder / "asked.yaml").write_text(text, encoding="utf-8")
        if place == "pipe.csv":
            os.mkfifo(folder / place)
        elif place == "device.csv":
            (folder / place).symlink_to("/dev/zero")
        else:
            (folder / place).mkdir()
        assert any(place in fault.file for fault in check_file(folder / "asked.yaml"))


def counted(**number: Any) -> bool:
    """Whether the grid runs with this number at its place."""
    text = HEAD + BASES["until"]
    for name, value in number.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{name}:")]
        text = "\n".join(lines) + f"\n{name}: {value}\n"
    Path("asked.yaml").write_text(text, encoding="utf-8")
    try:
        prepare(load_experiment(Path("asked.yaml")))
    except ScenarioError as error:
        return not error.faults
    return True


@pytest.mark.parametrize(
    ("name", "low", "high"), [("worlds", 1, 40), ("seed", 0, 2**63 - 1), ("days", 31, 36_500)]
)  # fmt: skip
def test_every_count_is_accepted_at_its_limits_and_refused_beyond(name: str, low: int, high: int, folder: Path) -> None:
    assert counted(**{name: low})
    assert counted(**{name: high})
    for beyond in (low - 1, high + 1, "1.5", "nan", ".inf", "'1'", "true", "1e400"):
        assert not counted(**{name: beyond}), beyond


def test_a_large_seed_is_taken_to_the_last_digit(folder: Path) -> None:
    seeds = (2**53 + 1, 2**63 - 1)
    for seed in seeds:
        assert counted(seed=seed)
    assert load_experiment(folder / "asked.yaml").spec.seed == seeds[-1]
