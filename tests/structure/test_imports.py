"""The layout holds: imports run one way, light commands stay light, compiled code lies where the cache looks for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ceasefire
from ceasefire.compilation.cache import HASHED

PACKAGE = Path(ceasefire.__file__).parent

ORDER = (
    (
        "arguments", "array_types", "doc_pages", "errors", "plain_text", "regular_files", "spreadsheet_csv",
        "suggestions",
    ),
    ("parameters", "compilation", "data_files"), ("scenario",), ("world_state",), ("rules",),
    ("simulation",), ("odd_protocol", "analysis"), ("wording",),
    ("reference_class", "probability_words"), ("ensemble",),
    ("experiments", "observations"), ("narrative", "charts"), ("report", "evaluation", "connect"),
    ("studio", "cli", "interface"),
    ("__init__", "__main__"),
)  # fmt: skip
"""Folders and files of the package, from the ground up: each imports only from its own level or below."""

LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}

FOLDERS_APART = {("experiments", "observations"), ("observations", "experiments"), ("odd_protocol", "analysis")}
"""Pairs of one level that know nothing of each other."""


def place_of(file: Path) -> str:
    """The folder or file of the package that a source file belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path, tree: ast.AST) -> list[tuple[int, str]]:
    """Modules of the package that a file imports, anywhere in it: line and dotted name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports name their module in full"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return [(line, name) for line, name in found if name.split(".")[0] == "ceasefire"]


def target_of(name: str) -> str:
    """The folder or file that a dotted name leads to; the package itself for `ceasefire` and its own names."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in LEVEL else "__init__"


def arrows() -> list[tuple[str, str, str]]:
    """Every import across folders: from, to, and where it stands."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for line, name in imports_of(file, ast.parse(file.read_text(encoding="utf-8"))):
            found.append((place_of(file), target_of(name), f"{file.relative_to(PACKAGE)}:{line} imports {name}"))
    return found


def test_every_file_and_folder_of_the_package_has_a_level() -> None:
    places = {place_of(file) for file in PACKAGE.rglob("*.py")}
    assert places <= set(LEVEL)
    assert len(places) >= 18


def test_imports_run_one_way() -> None:
    across = [(one, other, where) for one, other, where in arrows() if one != other]
    assert len(across) > 400
    backwards = [
        where
        for one, other, where in across
        if LEVEL[other] > LEVEL[one] or (one, other) in FOLDERS_APART
        if not (one == "cli" and other == "__init__")
    ]
    assert backwards == []


def test_no_command_imports_a_chart() -> None:
    assert [where for one, other, where in arrows() if one == "cli" and other == "charts"] == []


def test_scenarios_are_loaded_with_nothing_but_the_ground_floor() -> None:
    below = {
        "scenario", "parameters", "arguments", "errors", "suggestions", "array_types", "plain_text", "regular_files",
    }  # fmt: skip
    reached = {other for one, other, _ in arrows() if one == "scenario"}
    assert reached <= below


def compiled_by_hand(tree: ast.AST) -> list[int]:
    """Lines on which a function is compiled: a decorator of ours, or numba itself."""
    names = {"rule", "seldom", "called_from_python", "njit", "jit", "vectorize"}
    lines = []
    for node in ast.walk(tree):
        for mark in getattr(node, "decorator_list", []):
            call = mark.func if isinstance(mark, ast.Call) else mark
            name = call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")
            if name in names:
                lines.append(mark.lineno)
    return lines


def test_compiled_functions_lie_in_the_folders_that_the_cache_hashes() -> None:
    inside = outside = 0
    astray = []
    for file in sorted(PACKAGE.rglob("*.py")):
        lines = compiled_by_hand(ast.parse(file.read_text(encoding="utf-8")))
        if any(file.is_relative_to(PACKAGE / folder) for folder in HASHED):
            inside += len(lines)
        else:
            astray += [f"{file.relative_to(PACKAGE)}:{line}" for line in lines]
            outside += 1
    assert inside > 100
    assert outside > 100
    assert astray == []


def test_hashed_code_depends_on_nothing_outside_what_is_hashed() -> None:
    hashed = {*(folder.split("/")[0] for folder in HASHED if "/" not in folder), "world_state"}
    reached = {
        (place_of(file), target_of(name), name)
        for folder in HASHED
        for file in sorted((PACKAGE / folder).rglob("*.py"))
        for _, name in imports_of(file, ast.parse(file.read_text(encoding="utf-8")))
    }
    assert len(reached) > 50
    astray = [
        name
        for _, other, name in sorted(reached)
        if other not in hashed and not name.startswith("ceasefire.simulation.compiled.")
    ]
    assert astray == []


LIGHT = {
    "a scenario is checked": "from ceasefire.scenario.load import check_file; check_file",
    "a world's initial state is made": (
        "from ceasefire.scenario.load import load; from ceasefire.simulation.initial_state import initial_state; "
        "initial_state(load('idlib-2018').scenario)"
    ),
    "the studio opens its page": "import ceasefire.studio.serve",
}


@pytest.mark.parametrize("what", LIGHT)
def test_no_compiler_is_loaded_when(what: str) -> None:
    code = f"import sys; {LIGHT[what]}; print(*sorted({{'numba', 'pandas', 'mesa', 'matplotlib'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_engine_never_loads_mesa() -> None:
    code = "import sys; import ceasefire.simulation.engine; print('mesa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


ESTIMATORS = {"mean", "median", "quantile", "percentile", "std", "var", "nanmean", "nanmedian", "nanquantile"}


def test_nothing_in_a_report_is_computed_there() -> None:
    """Pages show what `analysis` found. The end of an axis is not shown as a figure."""
    allowed = {("forecast_figures.py", "_last_day")}
    found = []
    for file in sorted((PACKAGE / "report").glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and (file.name, function.name) not in allowed:
                calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
                found += [
                    f"{file.name}:{call.lineno} {call.attr}" for call in calls
                    if isinstance(call, ast.Attribute) and call.attr in ESTIMATORS
                ]  # fmt: skip
    assert found == []
