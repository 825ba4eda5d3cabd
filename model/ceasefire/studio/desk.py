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
        here, pinned = self._sides(request.state, request.pinned, near)
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

    def _sides(self, state: messages.State, pinned: messages.State | None, near: Ready | None = None) -> Any:
        """Both states made ready; the pinned one with the worlds and the horizon of the other."""
        here = self.states.get(state, near)
        if pinned is None:
            return here, None
        same = {"seed": state.seed, "days": here.near.horizon, "worlds": state.worlds}
        return here, self.states.get(pinned.model_copy(update=same))

    def close(self) -> None:
        """Stop what is under way."""

    def reply(self, request: Any) -> dict[str, Any]:
        """The content of the reply to any other request. ScenarioError, FolderError or OSError when it is refused."""
        work = getattr(self, f"_{request.type}")
        content: dict[str, Any] = work(request)
        return content

    def _situation(self, request: messages.Situation) -> dict[str, Any]:
        from ceasefire.studio.situation import situation

        return {"state": request.state.model_dump(), "situation": situation(request.state)}

    def _world(self, request: messages.World) -> dict[str, Any]:
        from ceasefire.studio.lives import two_lives

        here, pinned = self._sides(request.state, request.pinned)
        return two_lives(here, pinned, request.world, self.program)
