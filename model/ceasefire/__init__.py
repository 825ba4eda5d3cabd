"""How long a ceasefire lasts, how it ends, and what would make it last longer: many simulated worlds of one deal.

What is named here is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ceasefire.analysis.survival import survival
    from ceasefire.ensemble.compare import compare
    from ceasefire.ensemble.run import run
    from ceasefire.observations.nowcast.nowcast import nowcast
    from ceasefire.observations.observe import observe
    from ceasefire.reference_class.outside_view.forecast import forecast
    from ceasefire.scenario.load import load
    from ceasefire.simulation.mesa_model import CeasefireModel

__version__ = "0.1.0"
__all__ = ["CeasefireModel", "__version__", "compare", "forecast", "load", "nowcast", "observe", "run", "survival"]

_HOMES = {
    "CeasefireModel": "ceasefire.simulation.mesa_model",
    "compare": "ceasefire.ensemble.compare",
    "forecast": "ceasefire.reference_class.outside_view.forecast",
    "load": "ceasefire.scenario.load",
    "nowcast": "ceasefire.observations.nowcast.nowcast",
    "observe": "ceasefire.observations.observe",
    "run": "ceasefire.ensemble.run",
    "survival": "ceasefire.analysis.survival",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ceasefire' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
