"""Works on the requests of all windows: finds what each needs, and keeps what they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ceasefire.ensemble.run import warm_up
from ceasefire.studio import messages
from ceasefire.studio.answers import IsStale, Sides, StaleError, Worlds, answer, doubt
from ceasefire.studio.light import STAGES
from ceasefire.studio.states import Ready, ReadyStates, plan_of

Send = Callable[[dict[str, Any]], None]


class Desk:
    """The scenarios that are ready and the worlds that are simulated, for all windows."""

    def __init__(self, scenario: str, program: str, tell_all: Send) -> None:
        self.scenario, self.program = scenario, program
        self.states, self.worlds = ReadyStates(), Worlds()
        self.jobs: Any = None

    def warm_up(self) -> None:
        """Compile the rules for the first scenario, and load what a first answer needs."""
        plan = plan_of(messages.State(scenario=self.scenario, worlds=2))
        warm_up(plan)
        self.answer(messages.Answer(type="answer", id=0, state=messages.State(scenario=self.scenario)), None, lambda _: None, lambda: False)

    def answer(self, request: messages.Answer, near: Ready | None, send: Send, is_stale: IsStale) -> Ready | None:
        """Answer in stages until a newer request comes; the state, from which the next may differ little.

        The first stage is sent even then, once it was begun, so that curves move while a slider does. ScenarioError.
        """
        here = self.states.get(request.state, near)
        pinned = None
        if request.pinned is not None:
            same = {"seed": request.state.seed, "days": here.near.horizon, "worlds": request.state.worlds}
            pinned = self.states.get(request.pinned.model_copy(update=same))
        sides = Sides(here, pinned)
        stages = [*(stage for stage in STAGES if stage < request.state.worlds), request.state.worlds]
        try:
            for position, stage in enumerate(stages):
                last = position == len(stages) - 1
                stale = (lambda: False) if position == 0 else is_stale
                content = answer(sides, stage, self.worlds, self.program, stale, last)
                send({"type": "answer", "stage": stage, "last": last, "answer": content})
                if is_stale():
                    return here
            if request.doubt:
                send({"type": "doubt", "doubt": doubt(sides, request.state.worlds, self.worlds, is_stale)})
        except StaleError:
            pass
        return here

    def close(self) -> None:
        """Stop what is under way."""

    def reply(self, request: Any) -> dict[str, Any]:
        """The content of the reply to any other request. ScenarioError, FolderError or OSError when it is refused."""
        raise NotImplementedError(request.type)
