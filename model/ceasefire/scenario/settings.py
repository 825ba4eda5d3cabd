"""Single settings from a command line: `actors.turkey.motives.domestic=0.9`."""

from __future__ import annotations

from collections.abc import Iterable

from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario.said import Place, plain
from ceasefire.scenario.yaml_lines import read_value

SETTING = "--set"


def parse_settings(texts: Iterable[str]) -> dict[str, object]:
    """Values by path, each written `path=value` with the value as in a scenario file. Raises ScenarioError."""
    settings: dict[str, object] = {}
    faults: list[Fault] = []
    for text in texts:
        path, sign, value = text.partition("=")
        if not sign or not path.strip():
            faults.append(Fault(SETTING, None, text, "is not a setting; write it as path=value"))
            continue
        if not value.strip():
            faults.append(Fault(SETTING, None, path, "has no value; write path=value, or path=null to take it out"))
            continue
        try:
            settings[path.strip()] = plain(read_value(value, Place(SETTING)))
        except ValueError as problem:
            faults.append(Fault(SETTING, None, path, str(problem)))
    if faults:
        raise ScenarioError(faults)
    return settings
