"""A studio in this process, with its rules compiled, and windows of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from studio_page import HOME, PORT, PROGRAM, SOCKET, Page

from ceasefire.studio.safety import Access
from ceasefire.studio.server import Studio, application


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
