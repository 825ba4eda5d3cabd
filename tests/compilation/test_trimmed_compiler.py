"""The shorter way to compile rules: the same bits as numba's own way, and its fallback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SMALL, Command

from ceasefire.compilation import trimmed_compiler
from ceasefire.compilation.in_python import in_python

TOY = """
import numpy as np
from ceasefire.compilation import decorators, numba_rules

@decorators.rule
def step(x, number):
    return x * 1.1 + number if x < 40.0 else x - 1.0 / (number + 3)

@decorators.seldom
def twice(x, number):
    return step(step(x, number), 7)

@decorators.called_from_python
def run(values, out):
    for k in range(values.shape[0]):
        out[k] = step(values[k], 1) + step(values[k], 2) + twice(values[k], 0) + twice(values[k], k)

out = np.empty(200)
run(np.linspace(-60.0, 60.0, 200), out)
print(out.tobytes().hex())
print(numba_rules.shorter_way() is not None, len(step.signatures), len(twice.signatures))
try:
    step(1.0, 1)
except TypeError as refused:
    print("refused" if "python_rules" in str(refused) else refused)
"""
WORLDS = """
import sys
from ceasefire.evaluation.verification.model_vs_engine import table_hash
from ceasefire.scenario.load import load
print(table_hash(load(sys.argv[1]).scenario, 60, 1, 1, 20))
"""
pytestmark = pytest.mark.skipif(in_python(), reason="nothing is compiled")


def printed(code: str, folder: Path, *arguments: str, plain: bool) -> list[str]:
    """What a new process prints that compiles with an empty cache, in numba's own way when `plain`."""
    own = {"NUMBA_CACHE_DIR": str(folder), "CEASEFIRE_PLAIN_COMPILER": "1" if plain else ""}
    file = folder.parent / "rules_of_a_test.py"
    file.write_text(code, encoding="utf-8")
    command = [sys.executable, str(file), *arguments]
    done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_rules_compiled_in_either_way_give_the_same_bits(tmp_path: Path) -> None:
    shorter, plain = (printed(TOY, tmp_path / str(way), plain=way) for way in (False, True))
    assert shorter[0] == plain[0]
    assert shorter[1] == "True 1 1", "one version of a rule serves every constant"
    assert plain[1].startswith("False ")
    assert shorter[2] == plain[2] == "refused"
    again = printed(TOY, tmp_path / "False", plain=False)
    assert again[0] == shorter[0], "from the cache"


def test_this_numba_has_every_part_that_the_shorter_way_needs() -> None:
    missing = [name for owner, name in trimmed_compiler.NEEDED if not hasattr(owner, name)]
    assert missing == []


WITHOUT = {
    "a method": "from numba.core import compiler_machinery as there; del there.PassManager.add_pass_after",
    "a class": "from numba.core import typed_passes as there; del there.AnnotateTypes",
    "a module": "import sys, numba.core as c; del c.targetconfig; sys.modules['numba.core.targetconfig'] = None",
}


@pytest.mark.parametrize("part", WITHOUT)
def test_a_numba_without_a_part_that_the_shorter_way_needs_compiles_in_its_own_way(part: str, tmp_path: Path) -> None:
    shorter = printed(TOY, tmp_path / "shorter", plain=False)
    lacking = printed(f"{WITHOUT[part]}\n{TOY}", tmp_path / "lacking", plain=False)
    assert shorter[1].startswith("True ")
    assert lacking[1].startswith("False ")
    assert lacking[0] == shorter[0]
    assert lacking[2] == "refused"


@pytest.mark.hostile
def test_worlds_compiled_in_either_way_are_the_same(tmp_path: Path) -> None:
    shorter, plain = (printed(WORLDS, tmp_path / str(way), str(SMALL), plain=way) for way in (False, True))
    assert shorter == plain


def test_the_command_says_whether_anything_was_compiled_and_compiles_once(command: Command) -> None:
    assert command("compile").code == 0
    answer = command("compile")
    assert answer.code == 0
    assert answer.out.startswith("nothing to compile: all is there already; ")
    assert answer.err == ""
    assert command("compile", "nowhere").code == 2


def test_make_run_compiles_before_it_runs() -> None:
    recipe = (Path(__file__).resolve().parents[2] / "Makefile").read_text(encoding="utf-8")
    lines = recipe[recipe.index("\nrun: ") :].splitlines()[2:4]
    assert [line.split("ceasefire ")[1].split()[0] for line in lines] == ["compile", "run"]
