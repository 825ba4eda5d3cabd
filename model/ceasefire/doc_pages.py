"""Where the pages of the documentation lie that messages name: in the package when installed, else in the clone."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def doc_page(name: str) -> str:
    """The path of a page such as `validation.md`, as a reader in the current folder can open it."""
    inside = _PACKAGE / "shipped" / "docs" / name
    page = inside if inside.is_file() else _PACKAGE.parents[1] / "docs" / name
    try:
        return os.fspath(page.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return os.fspath(page)
