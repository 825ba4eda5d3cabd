"""How long a ceasefire lasts, how it ends, and what would make it last longer: many simulated worlds of one deal.

What is named here is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ceasefire.interface import compare, describe, experiment, forecast, levers, nowcast, observe, run, run_points
    from ceasefire.interface import survival as survival
    from ceasefire.scenario.load import load
    from ceasefire.simulation.mesa_model import CeasefireModel

__version__ = "0.1.0"
__all__ = [
    "CeasefireModel", "__version__", "compare", "describe", "experiment", "forecast", "levers", "load", "nowcast",
    "observe", "run", "run_points", "survival",
]  # fmt: skip

_HOMES = {
    **dict.fromkeys((name for name in __all__ if name != "__version__"), "ceasefire.interface"),
    "CeasefireModel": "ceasefire.simulation.mesa_model",
    "load": "ceasefire.scenario.load",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ceasefire' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
