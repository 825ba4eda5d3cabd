"""The manifest of a results folder as data from a stranger: every field typed, and the identity checked."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
Text = Annotated[str, Field(max_length=1_000_000)]


class _Typed(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Doubt(_Typed):
    assumed: Count
    table_sha256: Sha256


class _Program(_Typed):
    source: Text


class _Run(_Typed):
    """The manifest of a run. Fields that other versions may lack are optional."""

    format: Annotated[int, Field(ge=1)]
    scenario: Text
    title: Text
    name: Annotated[str, Field(pattern=r"^[^/\\]{1,250}$")]
    changes: list[Text]
    settings: dict[str, Any]
    change_titles: dict[str, Text] = Field(default_factory=dict)
    digest: Text
    digest_words: Sha256 = ""
    worlds: Annotated[int, Field(ge=1, le=1_000_000)]
    seed: Count
    days: Annotated[int, Field(ge=1, le=36_500)]
    engine: Literal["compiled", "mesa"]
    identity: Sha256
    worlds_done: Count
    worlds_failed: Count
    failed: list[Count]
    reasons: list[Text] = Field(default_factory=list)
    table_sha256: Sha256
    doubt: _Doubt | None = None
    weekly_sha256: Sha256 = ""
    command: Text
    started: Text
    wall_seconds: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
    program: _Program


class _Answer(_Typed):
    outcome: Text
    contrast: list[dict[str, Any]] | None = None


class _Asked(_Typed):
    outcomes: Annotated[list[Text], Field(min_length=1)]
    cautions: list[Text] = Field(default_factory=list)
    draws: Count | None = None
    until: dict[str, Any] | None = None
    answer: _Answer | None = None


class _Spread(_Typed):
    values: list[float | int | str | bool] = Field(default_factory=list)
    points: int = 2


class _Factor(_Typed):
    name: Text
    kind: Literal["change", "part", "number", "choice", "doubt"]
    lever: bool
    paths: Annotated[list[Text], Field(min_length=1)]
    spread: _Spread = Field(default_factory=lambda: _Spread())
    limits: list[float | int] = Field(default_factory=list)
    title: Text = ""


class _Parts(_Typed):
    source: Text
    scenario: Sha256
    design: Sha256
    seed: Count
    worlds: Count
    until: dict[str, Any] | None
    independent: bool


class _FailedWorld(_Typed):
    point: Count
    world: Count
    replay: Text


class _Experiment(_Typed):
    """The manifest of an experiment."""

    format: Annotated[int, Field(ge=1)]
    kind: Literal["experiment"]
    name: Text
    title: Text
    question: Text
    scenario: Text
    design: Text
    rough: bool
    experiment: _Asked
    factors: Annotated[list[_Factor], Field(min_length=1)]
    points: Count
    worlds_per_point: Count
    seed: Count
    days: Annotated[int, Field(ge=1, le=36_500)]
    identity: Sha256
    identity_parts: _Parts
    command: Text
    started: Text
    program: _Program
    wall_seconds: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
    complete: bool
    worlds: Count
    worlds_done: Count
    worlds_failed: Count
    failed: list[_FailedWorld]
    reasons: list[Text] = Field(default_factory=list)


IDENTITY = ("digest", "worlds", "seed", "days", "engine")


def hash_of(*parts: bytes) -> str:
    """SHA-256, in hex, of several byte strings one after another, each with its length before it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def manifest_fault(manifest: dict[str, Any]) -> str | None:
    """What is wrong with a manifest: a field of the wrong type, or an identity that is not its own; None if nothing."""
    experiment = manifest.get("kind") == "experiment"
    try:
        (_Experiment if experiment else _Run).model_validate(manifest)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'][0].lower()}{first['msg'][1:]}"
    if experiment:
        parts = manifest["identity_parts"]
        shown = {"seed": manifest["seed"], "worlds": manifest["worlds_per_point"]}
        if hash_of(json.dumps(parts, sort_keys=True).encode()) != manifest["identity"] or any(
            parts[name] != value for name, value in shown.items()
        ):
            return "was edited: its identity is not that of the experiment that filled the folder"
    else:
        identity = {**{name: manifest[name] for name in IDENTITY}, "source": manifest["program"]["source"]}
        if hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest() != manifest["identity"]:
            return f"was edited: {', '.join(IDENTITY)} are not those of the run that filled the folder"
    return None
