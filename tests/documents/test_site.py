"""The documentation site is built from the Markdown files without a warning, and loads nothing from a network."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("sphinx", "furo", "myst_parser")
LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "embed": "src",
    "link": "href",
}
"""Elements of a page that make a browser load a file, and the attribute that says which."""


class Loads(HTMLParser):
    """Addresses of the files that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name == LOADED.get(tag)]


def loads(text: str) -> list[str]:
    """Addresses of the files that a page loads."""
    page = Loads()
    page.feed(text)
    return page.addresses


def is_remote(address: str) -> bool:
    """A browser would need a network for it."""
    return re.match(r"(https?:)?//", address) is not None


def test_an_address_on_a_network_is_noticed() -> None:
    assert [is_remote(a) for a in loads('<script src="https://x.org/a.js"></script><img src="//x.org/b.png">')] == [
        True,
        True,
    ]
    assert [is_remote(address) for address in loads('<link href="_static/a.css"><a href="https://x.org">x</a>')] == [
        False
    ]


@pytest.mark.skipif(
    not all(map(find_spec, NEEDED)), reason="needs sphinx, furo and myst-parser: pip install -e '.[docs]'"
)
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_a_network(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-c",
        "docs",
        ".",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = {
        file.relative_to(tmp_path).as_posix(): file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.html")
    }
    assert {"index.html", "README.html", "docs/api.html", "model/ceasefire/ODD.html", "CHANGELOG.html"} <= set(pages)
    assert "Kaplan-Meier" in pages["docs/api.html"]
    addresses = [(name, address) for name, text in pages.items() for address in loads(text)]
    assert len(addresses) > 20
    assert [each for each in addresses if is_remote(each[1])] == []
    for sheet in tmp_path.rglob("*.css"):
        assert re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")) is None, sheet.name
