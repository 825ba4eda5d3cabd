"""The wheel and the source archive: what is in them, and that the wheel works outside the clone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from ceasefire import __version__

CLONE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    pytest.importorskip("hatchling", reason="the packages are built with hatchling")
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def used(installed: Path, *arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    """The command of the installed wheel, away from the clone."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", "-m", "ceasefire", *arguments]
    return subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_package_what_is_shipped_with_it_and_nothing_else(installed: Path) -> None:
    assert {one.name for one in installed.iterdir()} == {"ceasefire", f"ceasefire-{__version__}.dist-info"}
    package = CLONE / "model" / "ceasefire"
    sources = {f.relative_to(package) for f in package.rglob("*") if f.is_file() and "__pycache__" not in f.parts}
    inside = installed / "ceasefire"
    files = {f.relative_to(inside) for f in inside.rglob("*") if f.is_file()}
    assert sources <= files
    assert all(file.parts[0] == "shipped" for file in files - sources)
    for kind in ("scenarios", "experiments"):
        there = {f.relative_to(CLONE / kind) for f in (CLONE / kind).rglob("*") if f.is_file()}
        shipped = inside / "shipped" / kind
        assert {f.relative_to(shipped) for f in shipped.rglob("*") if f.is_file()} == there


def test_every_page_that_a_message_names_is_in_the_wheel(installed: Path) -> None:
    text = "".join(f.read_text(encoding="utf-8") for f in (installed / "ceasefire").rglob("*.py"))
    named = set(re.findall(r"doc_page\([\"'](\w+\.md)[\"']\)", text))
    assert len(named) >= 4
    assert named == {f.name for f in (installed / "ceasefire" / "shipped" / "docs").iterdir()}
    messages = re.findall(r"[\"'][^\"'\n]*docs/\w+\.md", re.sub(r'""".*?"""', "", text, flags=re.S))
    assert messages == [], "a message names a page by a path that only a clone has"


def test_what_the_wheel_needs_is_what_the_package_imports(installed: Path) -> None:
    metadata = next(installed.glob("*.dist-info/METADATA")).read_text(encoding="utf-8")
    needed = {
        re.split(r"[ ;<>=\[]", line.removeprefix("Requires-Dist: "))[0].lower()
        for line in metadata.splitlines()
        if line.startswith("Requires-Dist") and "extra ==" not in line
    }
    assert "statsmodels" not in needed
    assert {"numba", "numpy", "pandas", "mesa"} <= needed
    assert "Requires-Python: <3.15,>=3.11" in metadata


def test_the_description_for_package_indexes_has_no_link_or_picture_that_leads_nowhere(installed: Path) -> None:
    text = next(installed.glob("*.dist-info/METADATA")).read_text(encoding="utf-8")
    assert "How long does a ceasefire last" in text
    assert "*Picture, in the source archive: Share of 1,000 simulated worlds" in text
    assert re.findall(r"\]\((?![a-z]+:)[^)]*\)", text) == []


def test_wheel_and_source_archive_pass_the_strict_checks_of_package_indexes(built: Path) -> None:
    for checker in (["twine", "check", "--strict"], ["check_wheel_contents"]):
        pytest.importorskip(checker[0], reason=f"{checker[0]} is not installed: pip install -e '.[test]'")
        files = map(str, built.glob("*.whl" if len(checker) == 1 else "ceasefire*"))
        command = [sys.executable, "-m", *checker, *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_works_outside_the_clone(installed: Path, tmp_path: Path) -> None:
    assert used(installed, "--version", at=tmp_path).stdout == f"ceasefire {__version__}\n"
    listed = used(installed, "list", at=tmp_path)
    assert "idlib-2020" in listed.stdout
    assert used(installed, "check", "idlib-2020", "why-march-2020-held", at=tmp_path).returncode == 0
    refused = used(installed, "calibrate", at=tmp_path)
    (page,) = re.findall(r"\S+calibration\.md", refused.stderr)
    assert (tmp_path / page).is_file()
    assert str(CLONE) not in page


def test_the_wheel_that_pip_installs_is_used_outside_the_clone(built: Path, tmp_path: Path) -> None:
    """What needs no compiled rules; `make pythons` compares worlds under every Python of the machine."""
    (wheel,), there = map(str, built.glob("*.whl")), tmp_path / "there"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(there), wheel]
    subprocess.run(pip, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(there), "PYTHONSAFEPATH": "1"}

    def done(*command: str) -> str:
        each = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert each.returncode == 0, each.stderr
        return each.stdout

    assert done(sys.executable, "-c", "import ceasefire; print(ceasefire.__file__)").startswith(str(there))
    program = str(there / "bin" / "ceasefire")
    (tmp_path / "scenarios").mkdir()
    done(program, "new", "mine", "--from", "idlib-2018")
    done(program, "check", "mine")
    facts = ("country=Syria", "start=2020-03-06", "written=yes")
    assert "2020-03-06" in done(program, "forecast", *(part for fact in facts for part in ("--feature", fact)))


def test_the_source_archive_holds_what_a_wheel_is_built_from_and_the_tests(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("model/ceasefire", "scenarios", "experiments", "tests", "docs"):
        here = {
            str(f.relative_to(CLONE))
            for f in (CLONE / folder).rglob("*")
            if f.is_file() and not {"__pycache__", "_build"} & set(f.parts)
        }
        assert here <= names, sorted(here - names)[:3]
    assert {"pyproject.toml", "README.md", "LICENSE", "Makefile"} <= names


def test_shells_complete_commands_and_names(tmp_path: Path) -> None:
    def completed(words: str) -> list[str]:
        asked = {"_CEASEFIRE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        program = "import sys; sys.argv = ['ceasefire']; from ceasefire.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, **asked}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return done.stdout.split()

    assert completed("ceasefire comp") == ["compare", "compile"]
    assert "idlib-2019-08-31" in completed("ceasefire run idlib")
    assert completed("ceasefire run idlib-2020+no-mon") == ["idlib-2020+no-monitors"]
    assert completed("ceasefire run idlib-2020 --change no-mon") == ["no-monitors"]
    assert completed("ceasefire experiment why") == ["why-march-2020-held"]
