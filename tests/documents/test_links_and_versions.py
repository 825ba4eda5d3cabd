"""Links between Markdown files lead somewhere, pages name what there is, and one version is stated everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from pydoc import locate

import pytest
from ruamel.yaml import YAML

import ceasefire

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "model" / "ceasefire"


def pages() -> list[Path]:
    """The Markdown files of the repository, without those that are made or installed."""
    left_out = {"_build", "dist", "build"}
    found = [ROOT.glob("*.md"), *((ROOT / top).rglob("*.md") for top in ("docs", "experiments", "model", "scenarios"))]
    files = [file for group in found for file in group if not left_out & set(file.parts)]
    return sorted([*files, ROOT / "results" / "README.md", ROOT / "tests" / "README.md"])


PAGES = pages()


def prose(file: Path) -> str:
    """The text of a page without blocks and spans of code."""
    text = re.sub(r"^ *```.*?^ *```$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(file: Path) -> set[str]:
    """What a link may put behind '#': the headings of a page, as GitHub and the site write them."""
    heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def relative_links(file: Path) -> list[str]:
    """Targets of a page's links and pictures that lie in the repository."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(file))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def leads_nowhere(file: Path, target: str) -> bool:
    """There is no such file, or no such heading in it."""
    path, _, anchor = target.partition("#")
    there = (file.parent / path).resolve() if path else file
    return not there.exists() or bool(anchor and anchor not in anchors(there))


def test_the_pages_and_their_links_are_found() -> None:
    names = {file.relative_to(ROOT).as_posix() for file in PAGES}
    assert {"README.md", "CHANGELOG.md", "docs/validation.md", "model/ceasefire/ODD.md", "tests/README.md"} <= names
    assert sum(len(relative_links(file)) for file in PAGES) > 20
    assert leads_nowhere(ROOT / "README.md", "docs/no-such-page.md")
    assert leads_nowhere(ROOT / "README.md", "CONTRIBUTING.md#no-such-heading")


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(file: Path) -> None:
    assert [target for target in relative_links(file) if leads_nowhere(file, target)] == []


def test_package_changelog_and_citation_state_one_version() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert ROOT / settings["tool"]["hatch"]["version"]["path"] == PACKAGE / "__init__.py"
    released = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    citation = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert released[0] == ceasefire.__version__ == citation["version"]
    assert citation["authors"] == [{"name": author["name"]} for author in settings["project"]["authors"]]
    assert citation["license"] == settings["project"]["license"]


def test_every_file_of_tests_is_in_the_table_that_says_what_it_guards() -> None:
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+/test_\w+\.py)` \|", text, re.MULTILINE)
    there = [file.relative_to(ROOT / "tests").as_posix() for file in (ROOT / "tests").glob("*/test_*.py")]
    assert len(there) > 40
    assert sorted(listed) == sorted(there)


def test_every_folder_and_file_at_the_top_of_the_package_is_in_the_table_of_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = {f"{folder.parent.name}/" for folder in PACKAGE.glob("*/__init__.py")}
    names |= {file.name for file in PACKAGE.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert {"rules/", "errors.py"} <= names
    assert sorted(name for name in names if f"`{name}`" not in text) == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_path_into_the_repository_that_a_page_names_is_there(file: Path) -> None:
    named = re.findall(r"`((?:model|tests|docs)/[\w./-]+)`", file.read_text(encoding="utf-8"))
    missing = [path for path in named if not (ROOT / path).exists() and "NAME" not in path and path != "docs/_build"]
    assert missing == [] or file.name == "CHANGELOG.md"


def test_every_folder_and_file_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./-]+(?:/|\.py))`", text))
    places = [ROOT, PACKAGE, *(PACKAGE / folder for folder in ("rules", "scenario", "simulation", "evaluation"))]
    assert len(named) > 30
    assert sorted(path for path in named if not any((place / path).exists() for place in places)) == []


def test_every_name_in_the_page_of_the_python_interface_exists() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    names = re.findall(r"^\.\. auto\w+:: (\S+)", text, re.MULTILINE)
    assert {f"ceasefire.{name}" for name in ceasefire.__all__ if name != "__version__"} <= set(names)
    assert [name for name in names if locate(name) is None] == []
