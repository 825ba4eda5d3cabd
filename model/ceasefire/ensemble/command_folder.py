"""Folders of commands that keep something but make no run: they say what was asked, and lose nothing that was kept.

The rules are those of a run: a name taken by anything else is left alone; only the very same call writes there again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import ceasefire
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.manifest import as_typed, versions
from ceasefire.ensemble.output_folder import candidate_names, check_writable, first_free_folder, write_aside

REQUEST_FILE = "asked.json"
"""What was asked of the command that filled the folder."""


@dataclass(frozen=True)
class Request:
    """What a command was asked: what its folder is called, and all that changes what comes out.

    Not `plain`: the folder's name always carries a hash, as when single settings are not in the name.
    """

    name: str
    asked: Mapping[str, Any]
    plain: bool = True

    @cached_property
    def fingerprint(self) -> str:
        """What two calls must share to be the same, in short: SHA-256 in hex."""
        identity = {"asked": self.asked, "ceasefire": ceasefire.__version__, "source": source_digest()}
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def folder_for_command(request: Request, out: Path | None = None) -> Path:
    """Where it goes: `out`, or results/<name>, with a hash when that is taken by anything else.

    FolderError when `out` holds anything else; OSError when nothing can be written there.
    """
    label, mark = request.name, request.fingerprint[:6]
    folder, _ = first_free_folder(
        candidate_names(label, mark, request.plain), lambda place: holds_call(place, request), out
    )
    check_writable(folder)
    return folder


def holds_call(folder: Path, request: Request) -> bool:
    """Whether a folder was filled by the very same call."""
    try:
        said = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("identity") == request.fingerprint


@contextmanager
def write_command_folder(folder: Path, request: Request, command: Sequence[str]) -> Iterator[Path]:
    """A fresh folder to write into; when all went well they stand in `folder`, with what was asked.

    Files that the same call wrote before are replaced one by one, each whole. FolderError when anything else took the
    name meanwhile; OSError when it cannot be written.
    """
    with write_aside(folder, lambda place: holds_call(place, request)) as aside:
        yield aside
        said = {
            "identity": request.fingerprint,
            "asked": request.asked,
            "command": as_typed(command),
            "program": {**versions(), "source": source_digest()},
        }
        text = json.dumps(said, indent=2, ensure_ascii=False)
        (aside / REQUEST_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")


def digests(files: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each file by its name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
