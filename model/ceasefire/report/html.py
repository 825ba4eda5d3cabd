"""What a report is made of: an answer, and sections of paragraphs, figures, tables and things folded away."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Points:
    """A short list, a sentence each."""

    kind: ClassVar[str] = "points"
    items: Sequence[str]


@dataclass(frozen=True)
class Picture:
    """A figure: what it shows, for those who see it (caption) and for those who do not (alt); its address, its size."""

    kind: ClassVar[str] = "picture"
    name: str
    alt: str
    caption: str
    source: str
    width: int
    height: int


@dataclass(frozen=True)
class Table:
    """Rows of words; the first cell of each row names it. Columns in `right` hold figures."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Commands:
    """Command lines to paste, each with what it does."""

    kind: ClassVar[str] = "commands"
    lines: Mapping[str, str]


@dataclass(frozen=True)
class Download:
    """A file that the page carries within itself."""

    name: str
    says: str
    address: str
    size: int

    @property
    def size_words(self) -> str:
        """Its size as people say it."""
        return f"{self.size / 1000:,.0f} kB" if self.size >= 1000 else f"{self.size} bytes"


@dataclass(frozen=True)
class Downloads:
    """Files to keep."""

    kind: ClassVar[str] = "downloads"
    files: Sequence[Download]


@dataclass(frozen=True)
class Folded:
    """What is shown when its summary is opened."""

    kind: ClassVar[str] = "folded"
    summary: str
    blocks: Sequence[Paragraph | Points | Table | Commands]


Block = Paragraph | Points | Picture | Table | Commands | Downloads | Folded


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading; its name is its address within the page."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A whole report. `answer` is one sentence that can be copied, `note` says how far it can be trusted."""

    title: str
    question: str
    answer: str
    note: str
    sections: Sequence[Section]
    made_by: str


def picture(file: Path, alt: str, caption: str) -> Picture | None:
    """A PNG file as part of the page; none when there is no such file."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return Picture(file.stem, alt, caption, _address(content, "image/png"), width, height)


def download(name: str, says: str, table: pd.DataFrame) -> Download:
    """A table as a CSV file within the page."""
    content = table.to_csv(index=False, lineterminator="\n").encode()
    return Download(name, says, _address(content, "text/csv;charset=utf-8"), len(content))


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


REPORT = "report.html"
HERE = Path(__file__).parent


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(HERE, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return found.get_template("page.html.j2")


def page(report: Report) -> str:
    """The page; the same report gives the same page."""
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return _template().render(report=report, style=style, script=script)


def write_page(report: Report, folder: Path) -> Path:
    """Put report.html into a folder: whole, or not at all. OSError when it cannot be written."""
    content = page(report).encode("utf-8", errors="replace")
    aside = folder / f".{REPORT}-{secrets.token_hex(4)}.part"
    try:
        aside.write_bytes(content)
        os.replace(aside, folder / REPORT)
    finally:
        aside.unlink(missing_ok=True)
    return folder / REPORT
