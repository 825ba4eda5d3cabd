"""`ceasefire bench --studio`: times of the studio as a user has them, in a real browser where there is one."""

from __future__ import annotations

import base64
import http.client
import importlib.util
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

FLAGSHIP = "idlib-2020"
NUMBER = "actors.turkey.motives.domestic"
MOVES, DRAG, SESSIONS = 10, 20, 100
DRAG_SECONDS = 0.03
"""Between two moves of a drag."""
PATIENCE = 120.0
"""Longest wait for an answer. [seconds]"""

LIMITS = {
    "first_ms": 150,
    "worlds_200_ms": 300,
    "after_drag_ms": 500,
    "after_drag_1000_ms": 500,
    "doubt_ms": 5000,
    "memory_mb": 400,
    "page_kb": 200,
}
"""What is aimed at on a quiet machine of two cores."""

WORDS = {
    "first_ms": "first curve after a move", "worlds_200_ms": "200 worlds after a move",
    "after_drag_ms": f"200 worlds of the last move of a drag of {DRAG}", "doubt_ms": "doubt after the last move",
    "after_drag_1000_ms": "its last answer, 1,000 worlds",
    "memory_mb": f"memory of the server after {SESSIONS} sessions", "page_kb": "size of the page",
}  # fmt: skip
UNITS = {"ms": "ms", "mb": "MB", "kb": "kB"}

Times = dict[str, float]


def bench_studio(progress: Callable[[str], None] = lambda message: None) -> dict[str, Any]:
    """Measure the studio: about two minutes. Times are medians of MOVES moves of one slider [ms]."""
    with _studio() as (process, host, cookie):
        browser = _browser()
        progress("the studio in a browser" if browser else "the studio from a websocket, as no browser is there")
        times = _in_browser(host, cookie, browser) if browser else _from_socket(host, cookie)
        progress(f"{SESSIONS} sessions")
        before = _memory(process.pid)
        for session in range(SESSIONS):
            with _socket(host, cookie) as socket:
                _answer_times(socket, session / (2 * SESSIONS), wanted="25")
        after = _memory(process.pid)
    page = Path(__file__).parents[2] / "studio" / "page"
    size = sum(file.stat().st_size for file in page.rglob("*") if file.is_file()) / 1000
    figures = {**times, "memory_mb": after, "page_kb": round(size, 1)}
    return {"scenario": FLAGSHIP, "driver": "chromium" if browser else "websocket", **figures,
            "memory_before_sessions_mb": before}  # fmt: skip


def table(measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of the printed table: what, measured, and aimed at."""
    rows = [("", "measured", "aim")]
    for name, limit in LIMITS.items():
        unit = UNITS[name.rpartition("_")[2]]
        rows.append((WORDS[name], f"{measured[name]:,.0f} {unit}", f"{limit:,} {unit}"))
    return rows


@contextmanager
def _studio() -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A studio of its own: its process, host and port, and cookie."""
    command = [sys.executable, "-m", "ceasefire", "studio", FLAGSHIP, "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        found = re.fullmatch(r"http://(\S+)/\?token=(\S+)\n", process.stdout.readline())
        if found is None:
            raise OSError("the studio did not start")
        connection = http.client.HTTPConnection(found[1])
        connection.request("GET", f"/?token={found[2]}")
        yield process, found[1], str(connection.getresponse().getheader("set-cookie")).split(";")[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def _socket(host: str, cookie: str) -> Iterator[Any]:
    from websockets.sync.client import connect

    origin: Any = f"http://{host}"
    with connect(f"ws://{host}/ws", additional_headers={"cookie": cookie}, origin=origin, max_size=None) as socket:
        while json.loads(socket.recv(timeout=PATIENCE))["type"] != "hello":
            pass
        yield socket


def _answer_times(socket: Any, weight: float, moves: int = 1, wanted: str = "1000") -> Times:
    """Milliseconds from the last of some moves to each stage of its answer, until the wanted one ('doubt': doubt)."""
    for move in range(moves):
        state = {"scenario": FLAGSHIP, "set": {NUMBER: round(weight + move / 1000, 4)}}
        socket.send(
            json.dumps({"type": "answer", "id": move, "state": state, "doubt": wanted == "doubt" and move == moves - 1})
        )
        began = time.perf_counter()
        if move < moves - 1:
            time.sleep(DRAG_SECONDS)
    found: Times = {}
    while wanted not in found:
        message = json.loads(socket.recv(timeout=PATIENCE))
        if message.get("id") == moves - 1 and message["type"] in ("answer", "doubt"):
            found[str(message.get("stage", "doubt"))] = 1000 * (time.perf_counter() - began)
    return found


def _from_socket(host: str, cookie: str) -> Times:
    """The times without a browser, which leaves out what it takes to draw."""
    with _socket(host, cookie) as socket:
        _answer_times(socket, 0.2)
        moves = [_answer_times(socket, 0.21 + move / 100) for move in range(MOVES)]
        last = _answer_times(socket, 0.4, DRAG, "doubt")
    return _figures(moves, last)


def _figures(moves: list[Times], last: Times) -> Times:
    return {
        "first_ms": round(median(each["25"] for each in moves), 1),
        "worlds_200_ms": round(median(each["200"] for each in moves), 1),
        "after_drag_ms": round(last["200"], 1), "after_drag_1000_ms": round(last["1000"], 1),
        "doubt_ms": round(last["doubt"], 1),
    }  # fmt: skip


def _browser() -> str | None:
    """A browser that can be driven; None when there is none."""
    if importlib.util.find_spec("playwright") is None:
        return None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


ACTOR = "[data-actor=turkey]"
SLIDER = f'[data-path="{NUMBER}"] input[type=range]'
MOVE = """async ([selector, values, pause]) => {
  const slider = document.querySelector(selector);
  let began = 0;
  for (const [place, value] of values.entries()) {
    slider.value = value;
    began = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    if (place < values.length - 1) await new Promise((done) => setTimeout(done, pause));
  }
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  return began;
}"""
SHOWN = """(began) => {
  const asked = performance.getEntriesByName("studio-asked").filter((mark) => mark.startTime >= began);
  const shown = performance.getEntriesByName("studio-shown");
  return asked.length && shown.filter((mark) => mark.detail.id >= asked[0].detail.id)
    .map((mark) => [String(mark.detail.stage), mark.startTime - began]);
}"""
DONE = f"([began, stage]) => (({SHOWN})(began) || []).some(([shown]) => shown === stage)"


def _in_browser(host: str, cookie: str, browser: str) -> Times:
    """The times from the move of a slider to the drawn answer."""
    from playwright.sync_api import sync_playwright

    name, _, value = cookie.partition("=")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": name, "value": value, "url": f"http://{host}"}])
        page = context.new_page()
        state = json.dumps({"state": {"scenario": FLAGSHIP}}).encode()
        page.goto(f"http://{host}/#{base64.urlsafe_b64encode(state).decode().rstrip('=')}")  # a link starts no tour
        page.locator(ACTOR).click(timeout=1000 * PATIENCE)
        page.wait_for_selector(SLIDER, state="attached", timeout=1000 * PATIENCE)

        def move(values: list[float], stage: str) -> Times:
            began = page.evaluate(MOVE, [SLIDER, values, 1000 * DRAG_SECONDS])
            page.wait_for_function(DONE, arg=[began, stage], timeout=1000 * PATIENCE)
            times: Times = {}
            for shown, spent in page.evaluate(SHOWN, began):
                times.setdefault(shown, spent)
            return times

        move([0.2], "1000")
        moves = [move([0.21 + each / 100], "1000") for each in range(MOVES)]
        last = move([0.4 + each / 100 for each in range(DRAG)], "doubt")
        chromium.close()
    return _figures(moves, last)


def _memory(process: int) -> float:
    """Memory of a process [MB]; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return round(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024 / 1e6, 1)  # type: ignore[index]
