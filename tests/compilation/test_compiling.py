"""How rules are compiled: quickly, and leaving Python as it was."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numba.core import event, types

import ceasefire
from ceasefire.compilation import cache, decorators, numba_rules
from ceasefire.compilation.in_python import in_python
from ceasefire.parameters.size_limits import CLASSES
from ceasefire.world_state import size_class, world_dtype


class Watch(event.Listener):  # type: ignore[misc]
    """Notes at each step of compiling whether garbage is collected."""

    def __init__(self) -> None:
        self.collects: list[bool] = []

    def on_start(self, _: object) -> None:
        self.collects.append(gc.isenabled())

    def on_end(self, _: object) -> None:
        self.collects.append(gc.isenabled())


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    with event.install_listener("numba:run_pass", watching):
        yield watching
    gc.enable()


@pytest.mark.skipif(in_python(), reason="nothing is compiled")
def test_no_garbage_is_looked_for_while_rules_are_compiled(watch: Watch) -> None:
    @decorators.rule
    def inner(x: float) -> float:
        return x + 1.0

    @decorators.seldom
    def outer(x: float) -> float:
        return inner(x) * 2.0

    assert gc.isenabled()
    outer.compile((types.float64,))  # type: ignore[attr-defined]
    assert watch.collects
    assert not any(watch.collects)
    assert gc.isenabled()


@pytest.mark.skipif(in_python(), reason="nothing is compiled")
def test_it_is_told_once_that_rules_are_being_compiled_and_not_when_they_are_compiled_already() -> None:
    @decorators.seldom
    def doubled(x: float) -> float:
        return x * 2.0

    told: list[str] = []
    numba_rules.when_compiling(lambda: told.append("compiling"))
    assert told == []
    doubled.compile((types.float64,))  # type: ignore[attr-defined]
    assert told == ["compiling"]
    numba_rules.when_compiling(lambda: told.append("again"))
    doubled.compile((types.float64,))  # type: ignore[attr-defined]
    assert told == ["compiling"]
    numba_rules.when_compiling(lambda: None)


@pytest.mark.skipif(in_python(), reason="nothing is compiled")
def test_what_cannot_be_compiled_leaves_garbage_collection_as_it_was(watch: Watch) -> None:
    @decorators.seldom
    def wrong(x: float) -> float:
        return x.no_such_thing  # type: ignore[attr-defined, no-any-return]

    with pytest.raises(Exception, match="no_such_thing"):
        wrong.compile((types.float64,))  # type: ignore[attr-defined]
    assert not any(watch.collects)
    assert gc.isenabled()
    gc.disable()
    with pytest.raises(Exception, match="no_such_thing"):
        wrong.compile((types.float64,))  # type: ignore[attr-defined]
    assert not gc.isenabled()


def test_types_of_worlds_are_told_apart_by_what_compilation_calls_them() -> None:
    def called(kind: np.dtype[np.void]) -> str:
        from numba import from_dtype

        return repr(from_dtype(kind))

    rooms = {name: sizes[0] for name, sizes in CLASSES.items()}
    small = world_dtype(size_class(**rooms))
    large = world_dtype(size_class(**{**rooms, "sectors": CLASSES["sectors"][1]}))
    assert called(small) == called(small) != called(large)


ADDED_UP = """
import numba
from ceasefire.compilation.numba_rules import CACHE
from ceasefire.compilation.random_streams import world_key
import numpy as np
world_key(np.uint64(1), np.uint64(2))
@numba.njit(cache=True)
def theirs(x):
    return x + 1
theirs(1)
print(CACHE)
"""


def test_a_cache_folder_of_the_user_holds_our_hashed_folder_and_their_own_code_beside_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ADDED_UP)
    there = tmp_path / "given"
    done = subprocess.run(
        [sys.executable, str(script)], env={**os.environ, "NUMBA_CACHE_DIR": str(there)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    ours = there / "ceasefire" / f"compiled-{cache.source_digest()[:16]}"
    assert done.stdout.strip() == str(ours)
    kept = [file for file in there.rglob("*.nb?")]
    assert {ours in file.parents for file in kept} == {True, False}
    assert all((ours in file.parents) == file.name.startswith("random_streams") for file in kept)


def test_a_changed_rule_is_compiled_anew_in_the_folder_of_the_user(tmp_path: Path) -> None:
    """The rule lies in another file than the function that it is compiled into: numba alone takes the old code."""
    package = tmp_path / "package"
    shutil.copytree(
        Path(ceasefire.__file__).parent, package / "ceasefire", ignore=shutil.ignore_patterns("__pycache__")
    )
    folder = package / "ceasefire" / "compilation"
    (folder / "outer.py").write_text(
        "from ceasefire.compilation.decorators import called_from_python\n"
        "from ceasefire.compilation.inner import inner\n"
        "@called_from_python\ndef outer(x: float) -> float:\n    return inner(x)\n"
    )
    rule = (
        "from ceasefire.compilation.decorators import rule\n@rule\ndef inner(x: float) -> float:\n    return x + 1.0\n"
    )
    answers = []
    for version in (rule, rule.replace("x + 1.0", "x + 2.0")):
        (folder / "inner.py").write_text(version)
        done = subprocess.run(
            [sys.executable, "-B", "-c", "from ceasefire.compilation.outer import outer; print(outer(1.0))"],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(package)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        answers.append(done.stdout.strip())
    assert answers == ["2.0", "3.0"]


def test_old_caches_go_and_nothing_else(tmp_path: Path) -> None:
    names = [f"compiled-{digit * 16}" for digit in "0123"] + ["compiled-notes", "mine"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept.nbi").touch()
    for name, days in zip(names, (0, 91, 89, 91, 400, 400), strict=True):
        then = time.time() - days * 86_400
        os.utime(tmp_path / name, (then, then))
    (tmp_path / f"compiled-{'4' * 16}").symlink_to(tmp_path / "mine")
    cache.prune_caches(tmp_path / names[3])
    assert {path.name for path in tmp_path.iterdir()} == {*names, f"compiled-{'4' * 16}"} - {names[1]}
    assert (tmp_path / "mine" / "kept.nbi").exists()


@pytest.mark.parametrize("writable", [True, False])
def test_that_it_happens_only_once_is_said_only_when_it_is_true(writable: bool, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = tmp_path / "cache" if writable else tmp_path / "file"
    code = (
        "from ceasefire.cli.terminal import notify_if_compiling; notify_if_compiling(); import numpy as np; "
        "from ceasefire.compilation.random_streams import world_key; world_key(np.uint64(1), np.uint64(2))"
    )
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "NUMBA_CACHE_DIR": str(given)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stderr)
    assert ("happens only once" in said[0]) == writable
    assert said[1] == ("" if writable else said[0])
    assert writable or "happens every time" in said[0]


def test_private_parts_of_numba_are_touched_only_in_the_versions_that_the_package_allows() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (bound,) = [line for line in project["dependencies"] if line.startswith("numba")]
    versions = re.fullmatch(r"numba>=([\d.]+),<([\d.]+)", bound)
    assert versions is not None
    low, high = (tuple(map(int, version.split("."))) for version in versions.groups())
    assert (low, high) == numba_rules.PRIVATE_PARTS
    assert numba_rules.KNOWN_NUMBA


@pytest.mark.skipif(in_python(), reason="nothing is compiled")
def test_rules_give_the_same_bits_under_the_usual_pipeline_of_numba() -> None:
    """What the private parts do is quicker compilation and nothing else."""
    code = (
        "from ceasefire.compilation import numba_rules; numba_rules.KNOWN_NUMBA = {known}; import numpy as np; "
        "from ceasefire.compilation import random_streams as r; key = r.world_key(np.uint64(7), np.uint64(3)); "
        "print(r.uniforms(np.uint64(key), np.uint64(5), 50).tobytes().hex(), "
        "[r.from_distribution(k, 0.1, 0.3, 0.9, 0.37).hex() for k in (1, 2, 3, 4)])"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code.format(known=known)], env={**os.environ, "NUMBA_CACHE_DIR": os.devnull},
            capture_output=True, text=True, check=True,
        ).stdout
        for known in (True, False)
    ]  # fmt: skip
    assert len(answers[0]) > 800
    assert answers[0] == answers[1]
