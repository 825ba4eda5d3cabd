"""Only the page of this server is served, and only files below the working folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from studio_page import HOME, PORT, SOCKET, Page

from ceasefire.errors import ScenarioError
from ceasefire.studio.messages import State
from ceasefire.studio.safety import Access
from ceasefire.studio.server import PAGE, Studio, application
from ceasefire.studio.states import load_state

pytest_plugins = ("studio_page",)

FILES = ("/", "/page/x.js", "/results/x/report.html", "/nothing")


@pytest.fixture
def stranger(access: Access) -> TestClient:
    """A browser without a cookie."""
    return TestClient(application(Studio("idlib-2018"), access), base_url=HOME, follow_redirects=False)


def test_a_token_opens_the_studio_once_and_the_cookie_ever_after() -> None:
    access = Access(frozenset({"127.0.0.1"}), PORT)
    one, other = (
        TestClient(application(Studio("idlib-2018"), access), base_url=HOME, follow_redirects=False) for _ in range(2)
    )
    assert one.get("/?token=wrong").status_code == 403
    opened = one.get(f"/?token={access.token}")
    assert opened.status_code == 303
    assert opened.headers["location"] == "/"
    assert re.fullmatch(
        rf"ceasefire-studio-{PORT}=\S+; Path=/; HttpOnly; SameSite=Strict", opened.headers["set-cookie"]
    )
    assert one.get("/nothing").status_code == 404
    assert other.get(f"/?token={access.token}").status_code == 403
    assert one.get(f"/?token={access.token}").status_code == 303  # a reload of the first address


@pytest.mark.parametrize("path", FILES)
def test_nothing_is_served_without_the_cookie(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 403
    assert "ceasefire studio" in answer.text


def test_a_cookie_of_the_right_name_and_another_value_is_refused(stranger: TestClient, access: Access) -> None:
    guess = {"cookie": f"{access.cookie_name}=guessed"}
    assert stranger.get("/", headers=guess).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        stranger.websocket_connect(SOCKET, headers={"origin": HOME, **guess}),
    ):
        pass
    assert closed.value.code == 4403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://localhost:{PORT}"},
        {"host": f"evil.example:{PORT}"},
        {"host": "127.0.0.1:1"},
        {"host": "127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_origin_or_host_is_refused_even_with_the_cookie(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.get("/nothing", headers=headers).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect(SOCKET, headers={"origin": HOME, **headers}),
    ):
        pass
    assert closed.value.code == 4403


@pytest.mark.parametrize("headers", [{}, {"origin": HOME}])
def test_a_socket_needs_the_cookie_and_the_origin(
    stranger: TestClient, client: TestClient, headers: dict[str, str]
) -> None:
    browser = stranger if headers else client
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect(SOCKET, headers=headers):
        pass


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reading_is_answered(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405


@pytest.mark.parametrize("path", [*FILES, "/?token=wrong"])
def test_every_answer_forbids_other_sources_and_frames(client: TestClient, stranger: TestClient, path: str) -> None:
    for browser in (client, stranger):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_has_no_inline_script_or_style() -> None:
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert re.findall(r"(?:https?:)?//", text.replace("http://www.w3.org/", "")) == []


@pytest.mark.parametrize(
    "path",
    [
        "/page/..%2fserver.py", "/page/%2e%2e/server.py", "/page/server.py", "/page/.hidden.js", "/page/%00.js",
        "/results/../pyproject.toml", "/results/%2e%2e/secret.csv", "/results/run/%2e%2e/%2e%2e/secret.csv",
        "/results/run/link.csv", "/results/run/.hidden.csv", "/results/run/secret.py", "/results/%2fetc%2fpasswd",
        "/results/run/linked/secret.csv", "/results/secret.csv", "/results/run/%00.csv",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_results(client: TestClient, page: Page, tmp_path: Path, path: str) -> None:
    run, away = tmp_path / "results" / "run", tmp_path.parent / f"{tmp_path.name}-away"
    run.mkdir(parents=True)
    away.mkdir()
    (run / "table.csv").write_text("a\n")
    for file in (tmp_path / "secret.csv", away / "secret.csv", run / "secret.py", run / ".hidden.csv"):
        file.write_text("secret")
    (run / "link.csv").symlink_to(away / "secret.csv")
    (run / "linked").symlink_to(away)
    assert client.get("/results/run/table.csv").text == "a\n"
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_report_in_the_results_runs_in_a_sandbox(client: TestClient, page: Page, tmp_path: Path) -> None:
    run = tmp_path / "results" / "run"
    run.mkdir(parents=True)
    (run / "report.html").write_text("<script>1</script>")
    answer = client.get("/results/run/report.html?download=1")
    assert answer.headers["content-security-policy"].startswith(
        "sandbox allow-scripts allow-downloads; default-src 'none'"
    )
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"] == 'attachment; filename="run-report.html"'


@pytest.mark.parametrize("reference", ["../out.yaml", "/etc/passwd.yaml", "a/../../out.yaml", "out/x.yaml"])
@pytest.mark.parametrize("place", ["scenario", "changes"])
def test_a_state_reads_no_file_outside_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str, place: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("out").symlink_to(tmp_path)
    for file in (tmp_path / "out.yaml", tmp_path / "x.yaml"):
        file.write_text("base: idlib-2018\n")
    state = State(scenario=reference) if place == "scenario" else State(scenario="idlib-2018", changes=[reference])
    with pytest.raises(ScenarioError, match="not below the working folder") as refused:
        load_state(state)
    assert refused.value.faults[0].path == place
