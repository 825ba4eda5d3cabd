"""Where a figure comes from, as its foot and its file say: from the manifest of the results."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from ceasefire.charts.style import Origin, made_by
from ceasefire.ensemble.manifest import program_version
from ceasefire.wording import date_words


def drawn_from(manifest: Mapping[str, Any]) -> AbstractContextManager[None]:
    """A context in which figures name version, date and run of a manifest or a request."""
    program = manifest.get("program")
    version = program.get("ceasefire") if isinstance(program, Mapping) else None
    try:
        date = date_words(datetime.datetime.fromisoformat(str(manifest["started"])).astimezone(datetime.UTC).date())
    except (KeyError, ValueError):
        date = ""
    return made_by(Origin(str(version or program_version()), date, str(manifest.get("identity", ""))))


def drawn_from_run(started: datetime.datetime, identity: str) -> AbstractContextManager[None]:
    """The same, of a run that is being made."""
    return drawn_from({"started": started.isoformat(), "identity": identity})
