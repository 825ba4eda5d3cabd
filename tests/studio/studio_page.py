"""A studio in this process with its rules compiled, and a page that speaks to it without a browser.

Test modules load the fixtures with `pytest_plugins = ("studio_page",)`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from ceasefire.studio.safety import Access
from ceasefire.studio.server import Studio, application

PORT = 8642
HOME = f"http://127.0.0.1:{PORT}"
SOCKET = f"ws://127.0.0.1:{PORT}/ws"
PROGRAM = f"{sys.executable} -m ceasefire"


class Page:
    """One window of the studio."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket, self.number = socket, 0
        self.hello = self.hear()

    def hear(self) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(self.socket.receive_text())
        return message

    def say(self, kind: str, **content: Any) -> int:
        """Send a request; its id."""
        self.number += 1
        self.socket.send_text(json.dumps({"type": kind, "id": self.number, **content}))
        return self.number

    def until(self, wanted: Any) -> dict[str, Any]:
        """The first message for which `wanted` holds; an unexpected fault fails."""
        while True:
            message = self.hear()
            if wanted(message):
                return message
            assert message["type"] != "fault", message

    def ask(self, kind: str, **content: Any) -> dict[str, Any]:
        """The reply to a request; a fault fails."""
        number = self.say(kind, **content)
        return self.until(lambda m: m.get("id") == number and m["type"] not in ("waiting", "fault"))

    def until_fault(self, kind: str, **content: Any) -> dict[str, Any]:
        """The fault of a request that has one."""
        return self.until_fault_of(self.say(kind, **content))

    def until_fault_of(self, number: int) -> dict[str, Any]:
        """The fault of a request that was sent."""
        while True:
            message = self.hear()
            if message.get("id") == number:
                assert message["type"] == "fault", message
                return message

    def answer(self, state: dict[str, Any], **content: Any) -> dict[str, Any]:
        """The last answer to a state."""
        number = self.say("answer", state=state, **{"doubt": False, **content})
        found = self.until(lambda m: m.get("id") == number and (m["type"] == "fault" or m.get("last")))
        answer: dict[str, Any] = found.get("answer", found)
        return answer


@pytest.fixture(scope="session")
def access() -> Access:
    return Access(frozenset({"127.0.0.1", "localhost"}), PORT)


@pytest.fixture(scope="session")
def client(access: Access) -> Iterator[TestClient]:
    """A browser that has opened the address of a studio whose rules are compiled."""
    studio = Studio("idlib-2018", PROGRAM)
    studio.prepare()
    studio.wait()
    with TestClient(application(studio, access), base_url=HOME, follow_redirects=True) as browser:
        assert browser.get(f"/?token={access.token}").status_code in (200, 404)
        yield browser
    studio.close()


@pytest.fixture
def page(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A window, in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    with client.websocket_connect(SOCKET, headers={"origin": HOME}) as socket:
        yield Page(socket)
