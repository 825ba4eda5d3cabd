"""The shipped weight of the outside view in a pooled forecast, and what it was found on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from ceasefire.wording import whole_percent

FILE = Path(__file__).with_name("pooling.yaml")
HEADER = """\
# How much the outside view counts in a pooled forecast; the rest counts the scenario.
#
# Written by `python -m ceasefire.evaluation.validation.pooling --write`; do not edit.
"""


@dataclass(frozen=True)
class PoolingWeight:
    """The weight of the outside view, its 90 % range, and the source.

    `cases` deals were left out one by one to find it; `gain` is what the pool gains on the outside view alone in mean
    log score of the deals left out. At weight 1 the scenario adds nothing, and the outside view is the forecast.
    """

    weight: float
    low: float
    high: float
    cases: int
    gain: float
    source: str

    @property
    def scenario_adds_nothing(self) -> bool:
        """On past cases the outside view alone was as good."""
        return self.weight >= 1.0

    def why(self) -> str:
        """The weight in a sentence."""
        if self.scenario_adds_nothing:
            return (
                f"On {self.cases} past deals left out one by one, a scenario added nothing to what such deals did: the "
                "forecast is that of such deals."
            )
        parts = f"{whole_percent(self.weight)} deals like it, {whole_percent(1 - self.weight)} this scenario"
        return f"Pooled: {parts} ({self.source})."

    def track_record(self) -> str:
        """How forecasts of this kind did on deals that they were not made for."""
        better = "added next to nothing" if abs(self.gain) < 0.05 else ("helped" if self.gain > 0 else "did harm")
        return (
            f"Track record, out of sample: on {self.cases} past deals, each left out in turn, the pooled forecast "
            f"gained {self.gain:+.2f} of log score a deal on what deals like them did. So the scenarios {better}. No "
            "data judges what a change would do: that is theory."
        )


IN_SAMPLE = frozenset(
    {
        "idlib-2018", "idlib-2019-08", "idlib-2019-08-31", "idlib-2020-01", "idlib-2020", "gaza-2023", "sudan-2023",
        "minsk-2015", "korea-1953", "sri-lanka-2002", "colombia-2016",
    }
)  # fmt: skip
"""Deals whose scenarios were written with their ends in view: what they forecast of them is in sample."""


@cache
def shipped_weight(file: Path = FILE) -> PoolingWeight:
    """The weight that pooled forecasts use."""
    content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return PoolingWeight(**content)


def write_weight(weight: PoolingWeight, file: Path = FILE) -> None:
    """Write the file of the weight."""
    lines = [
        f"{name}: {round(value, 4) if isinstance(value, float) else value}" for name, value in asdict(weight).items()
    ]
    file.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
