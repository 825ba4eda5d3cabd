"""Works on the requests of all windows: finds what each needs, and keeps what they share."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ceasefire.ensemble.run import warm_up
from ceasefire.studio import batches, messages, new_scenario, result_files, scenario_files
from ceasefire.studio.answers import IsStale, Sides, StaleError, Worlds, answer, at_rest
from ceasefire.studio.jobs import Job, Jobs
from ceasefire.studio.light import STAGES
from ceasefire.studio.situation import situation
from ceasefire.studio.states import Ready, ReadyStates, command_of, plan_of

Send = Callable[[dict[str, Any]], None]


class Desk:
    """The scenarios that are ready and the worlds that are simulated, for all windows."""

    def __init__(self, scenario: str, program: str, tell_all: Send) -> None:
        self.scenario, self.program = scenario, program
        self.states, self.worlds = ReadyStates(), Worlds()
        self.jobs = Jobs(tell_all, program)
        self.compiled: set[Any] = set()
        """Shapes of world records for which the rules were compiled, or are being compiled."""

    def warm_up(self) -> None:
        """Compile the rules for the first scenario, and load what a first answer needs."""
        plan = plan_of(messages.State(scenario=self.scenario, worlds=2))
        warm_up(plan)
        state = messages.State(scenario=self.scenario, worlds=STAGES[0])
        first = messages.Answer(type="answer", id=0, state=state, doubt=False)
        self.answer(first, None, lambda _: None, lambda: False)

    def answer(self, request: messages.Answer, near: Ready | None, send: Send, is_stale: IsStale) -> Ready | None:
        """Answer in stages until a newer request comes; the state, from which the next may differ little.

        The first stage is sent even then, once it was begun, so that curves move while a slider does. ScenarioError.
        """
        here, pinned = self._sides(request.state, request.pinned, near)
        sides = Sides(here, pinned)
        shapes = {side.initial.record.dtype for side in (here, pinned) if side is not None}
        if not shapes <= self.compiled:
            send({"type": "waiting", "message": "The rules are being made ready for a scenario of this size."})
            self.compiled |= shapes
        stages = [*(stage for stage in STAGES if stage < request.state.worlds), request.state.worlds]
        with suppress(StaleError):  # the newer request is answered next
            for position, stage in enumerate(stages):
                last = position == len(stages) - 1
                stale = (lambda: False) if position == 0 else is_stale
                content = answer(sides, stage, self.worlds, self.program, stale, last)
                send({"type": "answer", "stage": stage, "last": last, "answer": content})
                if is_stale():
                    return here
            if request.doubt:
                send({"type": "doubt", **at_rest(sides, request.state.worlds, self.worlds, is_stale)})
        return here

    def _sides(
        self, state: messages.State, pinned: messages.State | None, near: Ready | None = None
    ) -> tuple[Ready, Ready | None]:
        """Both states made ready; the pinned one with the worlds and the horizon of the other."""
        here = self.states.get(state, near)
        if pinned is None:
            return here, None
        same = {"seed": state.seed, "days": here.near.horizon, "worlds": state.worlds}
        return here, self.states.get(pinned.model_copy(update=same))

    def close(self) -> None:
        """Stop what is under way; what is finished stays."""
        self.jobs.stop_all()

    def reply(self, request: Any) -> dict[str, Any]:
        """The content of the reply to any other request. ScenarioError, FolderError or OSError when it is refused."""
        work: Callable[[Any], dict[str, Any]] = getattr(self, f"_{request.type}")
        with self.worlds.others_first():
            content = work(request)
        if isinstance(content.get("job"), Job):
            content["job"] = content["job"].content()  # as late as possible: it may be over by now
        return content

    def _situation(self, request: messages.Situation) -> dict[str, Any]:
        return {"state": request.state.model_dump(), "situation": situation(request.state)}

    def _world(self, request: messages.World) -> dict[str, Any]:
        from ceasefire.studio.lives import two_lives

        here, pinned = self._sides(request.state, request.pinned)
        return two_lives(here, pinned, request.world, self.program)

    def _experiments(self, request: messages.Experiments) -> dict[str, Any]:
        return {"experiments": batches.experiments()}

    def _estimate(self, request: messages.Estimate) -> dict[str, Any]:
        return batches.estimate(request.design, self.program)

    def _start(self, request: messages.Start) -> dict[str, Any]:
        return {"type": "started", "job": self.jobs.start_batch(*batches.start(request.design))}

    def _resume(self, request: messages.Resume) -> dict[str, Any]:
        return {"type": "started", "job": self.jobs.start_batch(*batches.resume(request.folder))}

    def _stop(self, request: messages.Stop) -> dict[str, Any]:
        return {"type": "stopping", "job": self.jobs.stop(request.job)}

    def _jobs(self, request: messages.Jobs) -> dict[str, Any]:
        return {"jobs": self.jobs.all()}

    def _results(self, request: messages.ListResults) -> dict[str, Any]:
        return {"results": result_files.results()}

    def _result(self, request: messages.OneResult) -> dict[str, Any]:
        return {"result": result_files.result_of(result_files.folder_named(request.folder))}

    def _compare(self, request: messages.Compare) -> dict[str, Any]:
        return {"comparison": result_files.compare(request.first, request.other, self.program)}

    def _preview(self, request: messages.Preview) -> dict[str, Any]:
        text = scenario_files.text_of(request.state, request.name, request.title)
        return {"file": str(scenario_files.file_for(request.name)), "text": text}

    def _save(self, request: messages.Save) -> dict[str, Any]:
        return self._saved(request.state, request, request.title)

    def _saved(
        self,
        state: messages.State,
        request: messages.Save | messages.Create,
        title: str,
        comments: list[str] | None = None,
    ) -> dict[str, Any]:
        try:
            file, text = scenario_files.save(state, request.name, title, request.replace, comments)
        except scenario_files.ExistsError as problem:
            return {"type": "exists", "file": str(problem.file), "made_here": False, "message": str(problem)}
        reference = request.name if file.parent.name == "scenarios" else str(file)
        saved = messages.State(scenario=reference, seed=state.seed, worlds=state.worlds)
        return {"type": "saved", "file": str(file), "text": text, "state": saved.model_dump()}

    def _keep(self, request: messages.Keep) -> dict[str, Any]:
        typed = shlex.split(command_of(request.state, "ceasefire"))
        return {"type": "started", "job": self.jobs.start_run(plan_of(request.state), typed)}

    def _questions(self, request: messages.Questions) -> dict[str, Any]:
        return new_scenario.questions()

    def _create(self, request: messages.Create) -> dict[str, Any]:
        state, comments, forecast = new_scenario.begin(request)
        return {"forecast": forecast, **self._saved(state, request, new_scenario.title_of(request), comments)}
