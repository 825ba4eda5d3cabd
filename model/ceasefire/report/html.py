"""The parts of a report (an answer, and sections of text, figures, tables and folded blocks), and its HTML page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from PIL import Image

from ceasefire.charts.few_colours import in_few_colours
from ceasefire.charts.finding import HEAD
from ceasefire.ensemble.unfinished import file_aside
from ceasefire.spreadsheet_csv import csv_text
from ceasefire.wording import with_minus

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
    """A figure: its finding, what else its caption says, what it rests on, data URL, and size [pixels].

    `alt` is for readers who cannot see it.
    """

    kind: ClassVar[str] = "picture"
    name: str
    alt: str
    finding: str
    below: str
    made_of: str
    source: str
    width: int
    height: int


@dataclass(frozen=True)
class Box:
    """A box beside the text: a heading, and a short list."""

    kind: ClassVar[str] = "box"
    name: str
    title: str
    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Rows of text; the first cell of each row is its name. Columns in `right` are numbers and aligned right."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Commands:
    """Command lines to copy, each with what it does."""

    kind: ClassVar[str] = "commands"
    lines: Mapping[str, str]


@dataclass(frozen=True)
class Download:
    """A file embedded in the page."""

    name: str
    description: str
    address: str
    size: int

    @property
    def size_words(self) -> str:
        """The size in words."""
        return f"{self.size / 1000:,.0f} kB" if self.size >= 1000 else f"{self.size} bytes"


@dataclass(frozen=True)
class Downloads:
    """Files to download."""

    kind: ClassVar[str] = "downloads"
    files: Sequence[Download]


@dataclass(frozen=True)
class Folded:
    """Blocks that are hidden until the reader opens the summary."""

    kind: ClassVar[str] = "folded"
    summary: str
    blocks: Sequence[Paragraph | Points | Table | Commands]


Block = Paragraph | Points | Picture | Box | Table | Commands | Downloads | Folded


@dataclass(frozen=True)
class Section:
    """A section of the report; its name is the anchor within the page."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A whole report. `answer` is one sentence that can be copied; `note` states the limits of the results.

    `first` are the blocks of the first page, below the answer: findings, a figure, a box, the main table. `tables` are
    those to download, by file, and `code_book` says what their columns are.
    """

    title: str
    question: str
    answer: str
    note: str
    sections: Sequence[Section]
    made_by: str
    first: Sequence[Block] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    code_book: pd.DataFrame | None = None


def picture(file: Path) -> Picture | None:
    """A PNG file as a block of the page, with what it says of itself; None when there is no such file."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    words = _words_of(content)
    alt, finding = words.get("Comment", f"Figure: {file.stem}"), words.get("Title", file.stem)
    content, width, height = _for_a_screen(content, words.get(HEAD, ""))
    below, made_of = words.get("Description", ""), words.get("Source", "")
    return Picture(file.stem, alt, finding, below, made_of, _address(content, "image/png"), width, height)


def _words_of(content: bytes) -> dict[str, str]:
    """The words that a PNG holds about itself, by key; none where it is damaged."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return {str(key): str(words) for key, words in image.info.items() if isinstance(words, str)}
    except (OSError, SyntaxError, ValueError):
        return {}


SCREEN = 1200
"""Width of a picture within the page [pixels]; the file in the folder has the resolution of print."""


def _for_a_screen(content: bytes, head: str) -> tuple[bytes, int, int]:
    """A PNG of at most SCREEN pixels across in 128 colours, and its size: no eye sees the difference on a screen.

    `head` is the share of its height that the page has as text, and is cut off.
    """
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    small = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as image:
            top = min(height - 1, max(0, round(height * float(head or 0))))
            picture = image.crop((0, top, width, height)).convert("RGB")
        height -= top
        if width > SCREEN:
            width, height = SCREEN, round(height * SCREEN / width)
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        in_few_colours(np.asarray(picture.convert("RGBA")), 128).save(small, "PNG", compress_level=6)
    except (OSError, OverflowError, SyntaxError, ValueError):  # a browser shows of a damaged file what it can
        return content, width, height
    return small.getvalue(), width, height


def download(name: str, description: str, table: pd.DataFrame) -> Download:
    """A table as an embedded CSV file."""
    content = csv_text(table).encode()
    return Download(name, description, _address(content, "text/csv;charset=utf-8"), len(content))


CODE_BOOK = "code-book.csv"


def downloads(tables: Mapping[str, pd.DataFrame], words: Mapping[str, str], code_book: pd.DataFrame) -> list[Download]:
    """Tables to download, each with its words, and what their columns are."""
    about = download(CODE_BOOK, "what every column of these tables is, with its unit", code_book)
    return [*(download(file.rpartition("/")[2], words[file], table) for file, table in tables.items()), about]


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


REPORT = "report.html"
HERE = Path(__file__).parent
GLOSSARY = HERE.parent / "glossary.yaml"


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["with_minus"] = with_minus
    return environment.get_template("page.html.j2")


@cache
def glossary() -> dict[str, str]:
    """What words mean on every page, in the order of the alphabet."""
    from ruamel.yaml import YAML

    return dict(YAML(typ="safe").load(GLOSSARY.read_text(encoding="utf-8")))


def page(report: Report) -> str:
    """The HTML of a report; the same report gives the same bytes."""
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    style += f"@page {{ @bottom-left {{ content: {_css_string(f'{report.title}. {report.made_by}')}; }} }}\n"
    return _template().render(report=report, style=style, script=script, glossary=glossary())


def _css_string(text: str) -> str:
    """A text as a string of a style sheet; characters that could end it or the style are escaped."""
    return '"' + "".join(c if c.isalnum() or c in " .,:;()-" else f"\\{ord(c):x} " for c in text) + '"'


def write_page(report: Report, folder: Path) -> Path:
    """Write report.html into a folder, as a whole or not at all. OSError when it cannot be written."""
    content = page(report).encode("utf-8", errors="replace")
    with file_aside(folder / REPORT) as aside:
        aside.write_bytes(content)
        aside.replace(folder / REPORT)
    return folder / REPORT
