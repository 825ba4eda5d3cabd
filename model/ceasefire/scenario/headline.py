"""The first things that a file says of itself, without reading the rest of it."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_WANTED = re.compile(r"(title|sentence|kind|question)\s*:")


def headline(file: Path) -> dict[str, str]:
    """A file's title, sentence, kind and question, as far as it says them; nothing when it cannot be read.

    Only these entries are parsed: a folder of scenarios is listed in an instant.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        said = YAML(typ="safe", pure=True).load("\n".join(_entries(lines)))
    except (OSError, UnicodeDecodeError, YAMLError):
        return {}
    return {name: str(value).strip() for name, value in (said or {}).items() if value is not None}


def _entries(lines: list[str]) -> list[str]:
    """The lines of the wanted top-level entries, with those that go on from them."""
    kept, within = [], False
    for line in lines:
        if line[:1] not in ("", " ", "\t", "#"):
            within = _WANTED.match(line) is not None
        if within:
            kept.append(line)
    return kept
