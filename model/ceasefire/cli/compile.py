"""`ceasefire compile`: compile the rules for this machine now, and not in the middle of the first run."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from ceasefire.cli.terminal import notify, show


def compile_rules(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Needed only for one that is larger than all shipped ones.")
    ] = "idlib-2020",
) -> None:
    """Compile the rules for this machine, as the first run would; what is compiled already is left as it is.

    All shipped scenarios share what is compiled here.
    """
    from ceasefire.compilation.cache import cache_folder
    from ceasefire.compilation.numba_rules import when_compiling
    from ceasefire.ensemble.run import warm_up
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.narrative.story import record_story
    from ceasefire.scenario.load import load

    compiled: list[str] = []

    def begin() -> None:
        compiled.append(scenario)
        notify("Compiling the rules for this machine; this takes about half a minute and happens only once.")

    loaded, began = load(scenario), time.perf_counter()
    when_compiling(begin)
    warm_up(Plan(loaded, 1, days=1))
    record_story(loaded, 1, 0)
    took = (
        f"compiled in {time.perf_counter() - began:.0f} s" if compiled else "nothing to compile: all is there already"
    )
    show(f"{took}; {cache_folder()}")
