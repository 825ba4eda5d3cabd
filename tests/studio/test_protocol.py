"""Messages are typed, and the page that describes them names those that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.testclient import TestClient
from studio_page import HOME, PORT, SOCKET, Page

from ceasefire.studio import messages
from ceasefire.studio.desk import Desk
from ceasefire.studio.light import STAGES
from ceasefire.studio.messages import LARGEST_MESSAGE, UnreadableError, parse
from ceasefire.studio.safety import Access
from ceasefire.studio.server import Studio, application

pytest_plugins = ("studio_page",)

DESCRIBED = Path(__file__).parents[2] / "docs" / "studio_protocol.md"
STATE = {"scenario": "idlib-2018"}


def fault_of(text: str) -> UnreadableError:
    with pytest.raises(UnreadableError) as unreadable:
        parse(text)
    assert unreadable.value.faults
    return unreadable.value


def kinds() -> set[str]:
    """The types of all requests."""
    return {model.model_fields["type"].annotation.__args__[0] for model in get_args(get_args(messages.AnyRequest)[0])}


def test_the_described_requests_are_those_that_there_are() -> None:
    described = set(re.findall(r"^→ \{type: \"(\w+)\"|→ \{type: \"(\w+)\"", DESCRIBED.read_text(encoding="utf-8")))
    assert {name for pair in described for name in pair if name} == kinds()
    answered = {name.lstrip("_") for name in dir(Desk) if name.startswith("_")}
    assert kinds() - {"scenarios", "answer", "cancel"} <= answered


def test_a_request_is_read_as_it_is_typed() -> None:
    request = parse(json.dumps({"type": "answer", "id": 3, "state": {**STATE, "set": {"agreement.clarity": 0.3}}}))
    assert isinstance(request, messages.Answer)
    assert (request.id, request.doubt, request.state.worlds, request.state.seed) == (3, True, 1000, 1)


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"type": "situation", "id": 1, "state": {**STATE, "sceanrio": 1}}, "state.sceanrio"),
        ({"type": "situation", "id": 1, "state": {}}, "state.scenario"),
        ({"type": "situation", "id": 1, "state": {**STATE, "worlds": 10**9}}, "state.worlds"),
        ({"type": "situation", "id": 1, "state": {**STATE, "seed": -1}}, "state.seed"),
        ({"type": "situation", "id": 1, "state": {**STATE, "days": 0.5}}, "state.days"),
        ({"type": "situation", "id": 1, "state": {**STATE, "changes": ["a"] * 51}}, "state.changes"),
        ({"type": "situation", "id": 1, "state": {"scenario": "a\u0000b"}}, "state.scenario"),
        ({"type": "save", "id": 1, "state": STATE, "name": "../x"}, "name"),
        ({"type": "world", "id": 1, "state": STATE, "world": -1}, "world"),
        (
            {"type": "estimate", "id": 1, "design": {"kind": "numbers", "state": STATE, "numbers": []}},
            "design.numbers.numbers",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_request_is_told_by_its_path(content: dict[str, Any], path: str) -> None:
    problem = fault_of(json.dumps(content))
    assert (problem.number, problem.about) == (1, content["type"])
    assert [fault.path for fault in problem.faults] == [path]


@pytest.mark.parametrize(
    "text",
    [
        "", "no JSON", "[]", "1", "null", '{"type": "nothing", "id": 1}', '{"id": 1}', '{"type": ["a"], "id": {}}',
        '{"type": "jobs", "id": "1x"}', '{"type": "jobs", "id": -1}', '{"type": "jobs", "id": 1, "more": 1}',
        '{"type": "situation", "id": 1, "state": {"scenario": "x", "days": NaN}}', "[" * 60_000,
        '{"type": "jobs", "id": 1' + " " * LARGEST_MESSAGE + "}", '"\ud800"',
    ],
)  # fmt: skip
def test_no_text_that_is_no_request_is_taken(text: str) -> None:
    fault_of(text)


def test_a_window_is_greeted_and_told_what_it_got_wrong(page: Page) -> None:
    assert page.hello["type"] == "hello"
    assert page.hello["protocol"] == 1
    assert page.hello["ready"] is True
    assert page.hello["scenario"] == "idlib-2018"
    assert page.hello["stages"] == [*STAGES, 1000]
    page.socket.send_text("no JSON")
    assert page.until(lambda m: m["type"] == "fault")["id"] == 0
    page.socket.send_bytes(b"\x00\xff")
    assert page.until(lambda m: m["type"] == "fault")["id"] == 0
    fault = page.until_fault("situation", state={"scenario": "no-such-place"})
    assert fault["about"] == "situation"
    assert "no such scenario 'no-such-place'" in fault["faults"][0]["message"]
    assert isinstance(page.ask("jobs")["jobs"], list)


def test_scenarios_are_listed_with_a_curve_to_look_at_meanwhile(page: Page) -> None:
    rows = {row["name"]: row for row in page.ask("scenarios")["scenarios"]}
    curve = rows["idlib-2020"]["curve"]
    assert rows["idlib-2020"]["shipped"]
    assert curve["days"][0] == 0
    assert curve["share"][0] <= 1
    assert len(curve["days"]) == len(curve["share"])
    Path("mine.yaml").write_text("name: mine\ntitle: My own\nbase: idlib-2018\n")
    Path("scenarios").mkdir()
    Path("mine.yaml").rename("scenarios/mine.yaml")
    own = {row["name"]: row for row in page.ask("scenarios")["scenarios"]}["mine"]
    assert (own["title"], own["shipped"], own["curve"]) == ("My own", False, None)


def test_before_the_rules_are_compiled_a_window_is_told_and_gets_shipped_curves() -> None:
    studio, access = Studio("idlib-2018", "ceasefire"), Access(frozenset({"127.0.0.1"}), PORT)
    with TestClient(application(studio, access), base_url=HOME) as browser:  # not prepared: as in its first seconds
        browser.get(f"/?token={access.token}")
        with browser.websocket_connect(SOCKET, headers={"origin": HOME}) as socket:
            is_told_that_it_has_to_wait(studio, Page(socket))


def is_told_that_it_has_to_wait(studio: Studio, page: Page) -> None:
    """In a window of a studio that is not ready."""
    assert (page.hello["ready"], page.hello["compiling"]) == (False, False)
    studio._compiles()
    assert page.until(lambda m: m["type"] == "compiling")
    assert {row["name"]: row for row in page.ask("scenarios")["scenarios"]}["idlib-2018"]["curve"]["share"]
    number = page.say("answer", state=STATE)
    assert page.until(lambda m: m.get("id") == number)["type"] == "waiting"
    studio.failure = "it is ended here"
    studio.close()
    assert "it is ended here" in page.until_fault_of(number)["faults"][0]["message"]


def test_every_window_hears_of_the_others(client: Any, page: Page) -> None:
    with client.websocket_connect(SOCKET, headers={"origin": HOME}) as other:
        assert json.loads(other.receive_text())["windows"] == 2
        assert page.until(lambda m: m["type"] == "windows")["windows"] == 2
    assert page.until(lambda m: m["type"] == "windows")["windows"] == 1
