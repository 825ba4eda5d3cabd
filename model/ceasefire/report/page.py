"""From a report to one page of HTML that needs nothing but itself."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ceasefire.report.blocks import Report

if TYPE_CHECKING:
    from jinja2 import Template

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
