"""Features that a data set codes about a ceasefire when it begins; nothing that became known later."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Class = Literal["cessation", "preliminary", "definitive"]
Sides = Literal["unilateral", "bilateral", "multilateral"]
Enforcement = Literal["none", "international", "external"]

CLASSES: tuple[Class, ...] = ("cessation", "preliminary", "definitive")
SIDES: tuple[Sides, ...] = ("unilateral", "bilateral", "multilateral")
ENFORCEMENTS: tuple[Enforcement, ...] = ("none", "international", "external")

PRIOR_STEPS = (0, 4, 16)
"""Classes of earlier ceasefires of the conflict for the mechanisms: 0 to 3, 4 to 15, 16 and more."""

COVARIATES = (
    "constant", "preliminary", "definitive", "unilateral", "local", "written", "fixed_term", "mechanism",
    "enforcement", "mediated", "log_prior",
)  # fmt: skip
"""Covariates of intractability, in the order of `covariates`."""


@dataclass(frozen=True)
class Features:
    """The coded features of one ceasefire. `term_days` is None when it is open-ended or the term is unknown."""

    ceasefire_class: Class = "cessation"
    sides: Sides = "bilateral"
    local: bool = False
    written: bool = False
    fixed_term: bool = False
    term_days: float | None = None
    mechanism: bool = False
    enforcement: Enforcement = "none"
    mediated: bool = False
    prior_ceasefires: int = 0

    def __post_init__(self) -> None:
        for name, valid in (("ceasefire_class", CLASSES), ("sides", SIDES), ("enforcement", ENFORCEMENTS)):
            if getattr(self, name) not in valid:
                raise ValueError(f"{name}: no such value '{getattr(self, name)}'; choose from {', '.join(valid)}")
        if self.prior_ceasefires < 0:
            raise ValueError(f"prior_ceasefires: {self.prior_ceasefires} is below 0")
        if self.term_days is not None and not (self.fixed_term and self.term_days > 0):
            raise ValueError("term_days: only a deal of fixed term has one, and it is above 0")


@dataclass(frozen=True, order=True)
class Cell:
    """The features that the mechanisms use. Deals of one cell differ only in intractability."""

    ceasefire_class: Class
    unilateral: bool
    local: bool
    written: bool
    mechanism: bool
    enforcement: Enforcement
    mediated: bool
    prior: int


def cell_of(features: Features) -> Cell:
    """The cell of a deal. A fixed term is not part of it, because expiry is no breakdown."""
    return Cell(
        features.ceasefire_class, features.sides == "unilateral", features.local, features.written,
        features.mechanism, features.enforcement, features.mediated,
        sum(features.prior_ceasefires >= step for step in PRIOR_STEPS[1:]),
    )  # fmt: skip


def covariates(features: Features) -> NDArray[np.float64]:
    """Covariates of one deal, shape (len(COVARIATES),): a constant, indicators, log(1 + earlier ceasefires)."""
    return np.array([
        1.0, features.ceasefire_class == "preliminary", features.ceasefire_class == "definitive",
        features.sides == "unilateral", features.local, features.written, features.fixed_term, features.mechanism,
        features.enforcement != "none", features.mediated, math.log1p(features.prior_ceasefires),
    ], np.float64)  # fmt: skip
