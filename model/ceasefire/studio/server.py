"""The server of the studio: its page, its files, and a websocket for each window."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from ceasefire.studio.safety import Access, Guard

PROTOCOL = 1
PAGE = Path(__file__).parent / "page"
MOST_WINDOWS = 16
LAST_SECONDS = 5.0
"""How long a job may take to stop and to take away what is half written, when the server ends."""
MOST_WAITING = 2
"""Requests of one window that are worked on at once, besides its answer."""

TYPES = {
    ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
    ".json": "application/json", ".html": "text/html", ".csv": "text/csv", ".txt": "text/plain",
}  # fmt: skip


class Studio:
    """What all windows share: the scenario to begin with, the worlds simulated so far, the jobs, the open windows."""

    def __init__(self, scenario: str, program: str = "ceasefire") -> None:
        self.scenario, self.program = scenario, program
        self.name = secrets.token_hex(8)
        self.windows: set[Window] = set()
        self.pool = ThreadPoolExecutor(8, thread_name_prefix="studio")
        self.desk: Any = None
        """The desk that works on requests; None until its modules are loaded and the rules are compiled."""
        self.failure = ""
        self.compiling = False
        """Whether the rules have to be compiled for this machine, which takes half a minute, once."""
        self._ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    def prepare(self) -> None:
        """Load what is needed and compile the rules, on a thread of its own; then tell every window."""

        def work() -> None:
            from ceasefire.compilation.numba_rules import when_compiling
            from ceasefire.studio.desk import Desk

            when_compiling(self._compiles)
            try:
                desk = Desk(self.scenario, self.program, self.tell_all)
                desk.warm_up()
                self.desk = desk
            except Exception as problem:
                self.failure = f"{type(problem).__name__}: {problem}"
            self._ready.set()
            self.tell_all({"type": "ready"})
            import ceasefire.studio.lives  # noqa: F401  loads Mesa, which the first story would wait for

        threading.Thread(target=work, daemon=True, name="studio-prepare").start()

    def _compiles(self) -> None:
        self.compiling = True
        self.tell_all({"type": "compiling"})

    def wait(self) -> Any:
        """The desk, once it is ready."""
        self._ready.wait()
        if self.desk is None:
            raise RuntimeError(self.failure)
        return self.desk

    def tell_all(self, message: dict[str, Any]) -> None:
        """Send a message to every window, from any thread."""
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._put_all, as_text(message))

    def _put_all(self, text: str) -> None:
        for window in list(self.windows):
            window.put(text)

    async def goodbye(self) -> None:
        """Let work that is under way stop, and tell every window that the server ends."""
        if self.desk is not None:
            self.desk.close()
        text = as_text(
            {"type": "bye", "message": "The studio was ended in its terminal. Nothing that was kept is lost."}
        )
        for window in list(self.windows):
            window.newest = None
            window.put(text)
            window.out.put_nowait(None)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(window.silent.wait() for window in self.windows)), 1.0)

    def close(self) -> None:
        """Let the threads end; none is waited for that has not begun."""
        self._ready.set()
        self.pool.shutdown(wait=False, cancel_futures=True)
        if self.desk is not None:
            self.desk.jobs.wait(LAST_SECONDS)

    def hello(self) -> dict[str, Any]:
        """The first message to a window."""
        from ceasefire.studio.light import hello

        jobs = self.desk.jobs.all() if self.desk is not None else []
        return {
            "type": "hello", "protocol": PROTOCOL, "program": f"ceasefire {version('ceasefire')}", "server": self.name,
            "ready": self.desk is not None, "compiling": self.compiling,
            "windows": len(self.windows), "jobs": jobs, **hello(self.scenario),
        }  # fmt: skip


def as_text(message: dict[str, Any]) -> str:
    """A message as it is sent."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)


class Window:
    """One open window: its socket, the answer that it waits for, and its other requests."""

    def __init__(self, studio: Studio, socket: WebSocket) -> None:
        self.studio, self.socket = studio, socket
        self.out: asyncio.Queue[str | None] = asyncio.Queue()
        self.newest: Any = None
        self.asked, self.silent = asyncio.Event(), asyncio.Event()
        self.slots = asyncio.Semaphore(MOST_WAITING)
        self.near: Any = None
        self.closed = False
        self.working: set[asyncio.Task[None]] = set()

    def put(self, text: str) -> None:
        """Send a text, from the thread of the loop."""
        self.out.put_nowait(text)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, from any thread."""
        text, loop = as_text(message), self.studio.loop
        assert loop is not None
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(self.put, text)

    async def live(self) -> None:
        """Serve the window until it is closed."""
        tasks = [asyncio.create_task(each()) for each in (self._speak, self._answer)]
        try:
            await self._listen()
        finally:
            self.closed, self.newest = True, None
            for task in (*tasks, *self.working):
                task.cancel()
            await asyncio.gather(*tasks, *self.working, return_exceptions=True)

    async def _speak(self) -> None:
        while True:
            text = await self.out.get()
            if text is None:
                await self.socket.close(1001)
                self.silent.set()
                return
            await self.socket.send_text(text)

    async def _listen(self) -> None:
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._take(message.get("text"))

    async def _take(self, text: str | None) -> None:
        """One message of the page."""
        from ceasefire.studio.messages import Answer, Cancel, UnreadableError, parse

        try:
            request = parse(text if text is not None else "")
        except UnreadableError as problem:
            self.put(as_text(fault_message(problem.number, problem.about, problem.faults)))
            return
        if isinstance(request, (Answer, Cancel)):
            self.newest = request
            self.asked.set()
            return
        await self.slots.acquire()
        task = asyncio.create_task(self._reply(request))
        self.working.add(task)
        task.add_done_callback(self.working.discard)

    async def _reply(self, request: Any) -> None:
        """Work on a request on a thread, and send its reply."""
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self.studio.pool, self._guarded, request, self._work)
        finally:
            self.slots.release()

    def _work(self, request: Any) -> None:
        from ceasefire.studio.light import light_reply

        content = light_reply(request)
        if content is None:
            content = self.studio.wait().reply(request)
        self.send({"type": request.type, "id": request.id, **content})

    async def _answer(self) -> None:
        """Work on the newest state, one after another."""
        loop = asyncio.get_running_loop()
        while True:
            await self.asked.wait()
            self.asked.clear()
            request = self.newest
            if request is not None and request.type == "answer":
                await loop.run_in_executor(self.studio.pool, self._guarded, request, self._simulate)

    def _simulate(self, request: Any) -> None:
        began = time.perf_counter()
        if self.studio.desk is None and not self.studio.failure:
            self.send({"type": "waiting", "id": request.id, "message": "The model is being made ready…"})
        desk = self.studio.wait()

        def send(content: dict[str, Any]) -> None:
            spent = round(1000 * (time.perf_counter() - began), 1)
            self.send({**content, "id": request.id, "ms": spent})

        self.near = desk.answer(request, self.near, send, lambda: self.newest is not request)

    def _guarded(self, request: Any, work: Callable[[Any], None]) -> None:
        """Do some work for a request; what goes wrong is told to the page."""
        from ceasefire.errors import Fault, FolderError, ScenarioError

        try:
            work(request)
        except ScenarioError as problem:
            self.send(fault_message(request.id, request.type, problem.faults))
        except (FolderError, OSError) as problem:
            self.send(fault_message(request.id, request.type, [Fault("", None, "", str(problem))]))
        except Exception as problem:
            message = f"The studio itself failed, which is no fault of yours: {type(problem).__name__}: {problem}"
            self.send(fault_message(request.id, request.type, [Fault("", None, "", message)]))


def fault_message(number: int, about: str, faults: Any) -> dict[str, Any]:
    """The message that tells faults."""
    told = [{"path": f.path, "message": f.message, "file": f.file, "line": f.line} for f in faults]
    return {"type": "fault", "id": number, "about": about, "faults": told}


async def page(request: Request) -> Response:
    """The page, or a file of it."""
    name = request.path_params.get("name", "index.html")
    file = PAGE / name
    if "/" in name or name.startswith(".") or file.suffix not in TYPES or not file.is_file():
        return Response("no such file", 404)
    return FileResponse(file, media_type=TYPES[file.suffix])


def application(studio: Studio, access: Access) -> Guard:
    """The ASGI application."""

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        studio.loop = asyncio.get_running_loop()
        if len(studio.windows) >= MOST_WINDOWS:
            message = f"{MOST_WINDOWS} windows are open, and no more can be; close one of them."
            await websocket.send_text(as_text({"type": "bye", "message": message}))
            await websocket.close(4429)
            return
        window = Window(studio, websocket)
        studio.windows.add(window)
        window.put(as_text(studio.hello()))
        _count(studio, window)
        try:
            await window.live()
        finally:
            studio.windows.discard(window)
            _count(studio, None)

    async def files(request: Request) -> Response:
        from ceasefire.studio.result_files import response

        return await asyncio.get_running_loop().run_in_executor(studio.pool, response, request)

    routes = [
        Route("/", page),
        Route("/page/{name}", page),
        Route("/results/{path:path}", files),
        WebSocketRoute("/ws", socket),
    ]
    return Guard(Starlette(routes=routes), access)


def _count(studio: Studio, but: Window | None) -> None:
    """Tell the other windows how many are open."""
    text = as_text({"type": "windows", "windows": len(studio.windows)})
    for window in studio.windows - {but}:
        window.put(text)
