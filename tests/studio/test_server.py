"""The server as a process of its own: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets

ADDRESS = re.compile(r"http://(127\.0\.0\.1:\d+)/\?token=(\S+)\n")


class Process:
    """`ceasefire studio` in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.command = [sys.executable, "-m", "ceasefire", "studio", "idlib-2018", "--no-browser", *options]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(self.command, cwd=folder, stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdout is not None
        found = ADDRESS.fullmatch(self.process.stdout.readline())
        assert found is not None
        self.host, self.token = found.groups()

    def open(self) -> str:
        """Open the address; the cookie."""
        connection = http.client.HTTPConnection(self.host)
        connection.request("GET", f"/?token={self.token}")
        answer = connection.getresponse()
        assert answer.status == 303
        return str(answer.getheader("set-cookie")).split(";")[0]

    def socket(self, cookie: str) -> Any:
        """A websocket."""
        headers = {"cookie": cookie}
        address = f"ws://{self.host}/ws"
        return websockets.connect(address, additional_headers=headers, origin=f"http://{self.host}", max_size=None)  # type: ignore[arg-type]

    def end(self, number: int) -> tuple[int, str, str]:
        """Send a signal; exit code, rest of the output, and messages."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path)
    yield process
    process.process.kill()
    process.process.communicate()


def test_the_address_is_printed_before_the_rules_are_compiled_and_the_page_is_there(server: Process) -> None:
    began = time.monotonic()
    cookie = server.open()
    connection = http.client.HTTPConnection(server.host)
    connection.request("GET", "/", headers={"cookie": cookie})
    assert connection.getresponse().status == 200
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_asked_and_says_goodbye(server: Process, number: int) -> None:
    async def last_words() -> list[str]:
        heard = []
        async with server.socket(server.open()) as socket:
            heard.append(json.loads(await socket.recv())["type"])
            server.process.send_signal(number)
            async for text in socket:
                heard.append(json.loads(text)["type"])
        return heard

    heard = asyncio.run(last_words())
    assert (heard[0], heard[-1]) == ("hello", "bye")
    out, err = server.process.communicate(timeout=30)
    assert (server.process.returncode, out) == (0, "")
    assert err.endswith("The studio has ended.\n")
    assert "Traceback" not in err


async def drained(socket: Any) -> None:
    """Hear a socket out, until it is closed."""
    while True:
        await socket.recv()


def test_a_message_that_is_too_large_closes_its_window_and_no_other(server: Process) -> None:
    async def speak() -> int:
        cookie = server.open()
        async with server.socket(cookie) as quiet, server.socket(cookie) as loud:
            await quiet.recv()
            await loud.recv()
            await loud.send("x" * 70_000)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(drained(loud), 20)
            await quiet.send(json.dumps({"type": "scenarios", "id": 1}))
            while json.loads(await quiet.recv())["type"] != "scenarios":
                pass
        return int(closed.value.rcvd.code) if closed.value.rcvd else 0

    assert asyncio.run(speak()) == 1009


def test_a_window_that_vanishes_in_the_middle_of_an_answer_leaves_no_trace(server: Process) -> None:
    async def vanish() -> int:
        cookie = server.open()
        async with server.socket(cookie) as quiet:
            for _ in range(3):
                other = await server.socket(cookie)
                await other.recv()
                answer = {"type": "answer", "id": 1, "state": {"scenario": "idlib-2018", "days": 30}}
                await other.send(json.dumps(answer))
                other.transport.abort()
            heard: dict[str, Any] = {}
            while heard.get("windows") != 1 or heard["type"] == "hello":
                heard = json.loads(await asyncio.wait_for(quiet.recv(), 60))
        return int(heard["windows"])

    assert asyncio.run(vanish()) == 1
    code, out, err = server.end(signal.SIGINT)
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert "Error" not in err


def test_a_port_that_is_taken_is_told_and_the_next_one_is_found(server: Process, tmp_path: Path) -> None:
    port = server.host.partition(":")[2]
    taken = [sys.executable, "-m", "ceasefire", "studio", "--no-browser", "--port", port]
    done = subprocess.run(taken, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"port {port} cannot be listened on" in done.stderr
    other = Process(tmp_path)
    try:
        assert other.host != server.host
    finally:
        other.end(signal.SIGINT)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "would let other machines in"),
        (["no-such-place"], "no such scenario 'no-such-place'"),
        (["../x.yaml"], "not below the working folder"),
    ],
)
def test_what_it_cannot_or_should_not_do_is_told(tmp_path: Path, options: list[str], words: str) -> None:
    command = [sys.executable, "-m", "ceasefire", "studio", "--no-browser", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
