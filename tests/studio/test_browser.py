"""The studio's page as people use it, in a real browser; a picture of each step is kept."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ceasefire
from ceasefire.studio.server import PAGE
from ceasefire.wording import whole_percent

sync_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
expect: Any = sync_api.expect
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")

SLOW = 60_000
"""Milliseconds that a busy machine may take."""

IDLIB: dict[str, Any] = {"scenario": "idlib-2020", "worlds": 200}
HOME_PRESSURE = "actors.turkey.motives.domestic"
NO_TOUR = "try { localStorage.setItem('ceasefire-studio-tour', 'yes') } catch { /* a report in its sandbox */ }"
expect.set_options(timeout=SLOW)


class Running:
    """A studio in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        arguments = ["studio", "idlib-2020", "--no-browser", "--port", str(port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ceasefire", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PAGE.parents[2])},
        )
        assert self.process.stdout is not None
        self.address = next(found[0] for line in self.process.stdout if (found := re.search(r"http://\S+", line)))

    def end(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    studio = Running(tmp_path_factory.mktemp("studio"), free_port())
    yield studio
    studio.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def cookie(browser: Any, running: Running) -> Any:
    """What the browser keeps after the printed address was opened, once the rules are compiled."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(running.address)
    expect(page.locator("#command")).to_contain_text("run", timeout=10 * SLOW)
    kept = {"cookies": context.storage_state()["cookies"], "origins": []}
    context.close()
    return kept


class Window:
    """A window of the studio; what went wrong in it is remembered."""

    def __init__(self, context: Any, running: Running, pictures: Path) -> None:
        self.tab, self.running, self.pictures = context.new_page(), running, pictures
        self.faults: list[str] = []
        self.asked_for: list[str] = []
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.tab.on("request", lambda request: self.asked_for.append(request.url))

    def open(self, state: dict[str, Any] | None = None, **more: Any) -> Window:
        kept = json.dumps({"state": state or IDLIB, **more}).encode()
        self.tab.goto(f"http://127.0.0.1:{self.running.port}/#" + base64.urlsafe_b64encode(kept).decode().rstrip("="))
        return self

    def ready(self) -> Window:
        """Wait until the answer and the situation are there."""
        expect(self.tab.locator(".tiles b").first).to_contain_text("%")
        expect(self.tab.locator(".diagram")).to_have_count(1)
        return self

    def picture(self, name: str) -> None:
        self.tab.screenshot(path=self.pictures / f"{name}.png")

    def go(self, name: str) -> Any:
        self.tab.locator(f"#tab-{name}").click()
        return self.tab.locator(f"#panel-{name}")

    def number(self, words: str, path: str) -> Any:
        """The row of a number that was searched for."""
        self.tab.get_by_label("Find a number").fill(words)
        return self.tab.locator(f".found [data-path='{path}']")

    def put(self, words: str, path: str, value: float) -> None:
        exact = self.number(words, path).locator("input.exact")
        exact.fill(str(value))
        exact.press("Enter")

    def address(self) -> dict[str, Any]:
        """What the address says."""
        time.sleep(0.4)
        kept = self.tab.evaluate("location.hash.slice(1)")
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)))
        return found


Open = Callable[..., Window]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("STUDIO_PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def window(browser: Any, running: Running, cookie: Any, pictures: Path) -> Iterator[Open]:
    """Opens windows without the tour; none may have had an error in its console."""
    opened: list[tuple[Any, Window]] = []

    def make(tour: bool = False, **options: Any) -> Window:
        options = {"viewport": {"width": 1280, "height": 900}} | options
        context = browser.new_context(storage_state=cookie, **options)
        context.set_default_timeout(SLOW)
        if not tour:
            context.add_init_script(NO_TOUR)
        made = Window(context, running, pictures)
        opened.append((context, made))
        return made

    yield make
    faults = [fault for _, each in opened for fault in each.faults]
    for context, _ in opened:
        context.close()
    assert faults == []


# ---------------------------------------------------------------------------------------------- the situation


def test_what_is_moved_is_marked_and_can_be_taken_back(window: Open) -> None:
    page = window().open().ready()
    tab = page.tab
    tab.locator("[data-actor=turkey]").click()
    row = tab.locator(f"#actor-turkey [data-path='{HOME_PRESSURE}']")
    expect(row).to_contain_text("ASSUMED")
    expect(row).to_contain_text("0.4 to 0.8")
    slider = row.locator("input[type=range]")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    expect(row.locator("input.exact")).to_have_value("0.63")
    expect(tab.locator(".changed")).to_contain_text("0.6 → 0.63")
    expect(tab.locator("[data-count=turkey]")).to_have_text("1 changed")
    page.picture("situation")
    tab.get_by_role("button", name="Undo").click()
    expect(row.locator("input.exact")).to_have_value("0.62")
    tab.get_by_role("button", name="Redo").click()
    expect(row.locator("input.exact")).to_have_value("0.63")
    row.get_by_role("button", name="Reset Turkey").click()
    expect(tab.locator(".changed")).to_be_hidden()
    expect(row.locator("input.exact")).to_have_value("0.6")
    assert "set" not in page.address()["state"]


def test_a_lever_is_a_switch_that_moves_the_numbers_it_names(window: Open) -> None:
    page = window().open().ready()
    page.tab.get_by_text("Levers and shocks").click()
    page.tab.get_by_role("switch", name="No monitors").check()
    expect(page.tab.locator("#command")).to_contain_text("no-monitors")
    row = page.number("monitoring", "agreement.monitoring")
    expect(row.locator("input.exact")).to_have_value("0")
    expect(page.tab.locator(".changed")).to_contain_text("No monitors")
    page.tab.get_by_role("button", name="Reset all").click()
    expect(row.locator("input.exact")).to_have_value("0.25")


def test_a_number_that_is_refused_says_why_beside_itself_and_the_last_answer_stays(window: Open) -> None:
    page = window().open().ready()
    page.put("troops turkey", "actors.turkey.troops_on_line", -5)
    row = page.tab.locator(".found [data-path='actors.turkey.troops_on_line']")
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.locator("input.exact")).to_have_attribute("aria-invalid", "true")
    expect(page.tab.locator("#panel-answer")).to_contain_text("the last answer that could be given")
    page.picture("refused")
    page.tab.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("alert")).to_be_hidden()


# ---------------------------------------------------------------------------------------------- the answer


def shares(tab: Any, column: str = "") -> dict[str, str]:
    """The table of how long it holds: first column to another, the second if no heading is given."""
    table = tab.locator("#panel-answer table").filter(has_text="How long it holds")
    place = table.locator("thead th").all_inner_texts().index(column) - 1 if column else 0
    rows = table.locator("tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").nth(place).inner_text() for row in rows}


def test_the_shown_command_gives_the_numbers_that_are_shown(window: Open) -> None:
    page = window().open(IDLIB | {"set": {HOME_PRESSURE: 0.8}}).ready()
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")
    shown = shares(page.tab, "as written")
    command = shlex.split(page.tab.locator("#command").inner_text())
    assert command[command.index("run") :] == [
        *("run", "idlib-2020", "--worlds", "200", "--seed", "1"),
        *("--set", f"{HOME_PRESSURE}=0.8"),
    ]
    worlds = ceasefire.run(ceasefire.load("idlib-2020", set={HOME_PRESSURE: 0.8}), worlds=200, seed=1)
    held = worlds["days_held"]
    assert shown["day 365"] == whole_percent(float((held > 365).mean())).replace("\u00a0", " ")
    assert shown["mean days held"] == f"{held.mean():,.0f}"
    panel = page.go("worlds")
    panel.get_by_text("The table behind this figure").first.click()
    first = panel.locator("table.long tbody tr").first
    assert first.locator("td").first.inner_text() == f"{held.min():,.0f}"
    assert first.locator("th").inner_text() == str(worlds["world"].iloc[int(held.to_numpy().argmin())])


@pytest.mark.browsers
def test_the_shown_command_can_be_pasted(window: Open, running: Running, tmp_path: Path) -> None:
    page = window().open(IDLIB | {"set": {HOME_PRESSURE: 0.8}}).ready()
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")
    shown = shares(page.tab, "as written")
    asked = shlex.split(page.tab.locator("#command").inner_text())
    command = [sys.executable, "-m", "ceasefire", *asked[asked.index("run") :], "--out", str(tmp_path / "run")]
    subprocess.run(command, check=True, capture_output=True, cwd=running.folder)
    held = pd.read_parquet(tmp_path / "run" / "worlds")["days_held"]
    assert shown["mean days held"] == f"{held.mean():,.0f}"


def test_a_drag_shows_chance_and_rest_brings_doubt(window: Open) -> None:
    page = window().open().ready()
    tab = page.tab
    expect(tab.locator("svg .doubt-band")).to_have_count(1)
    expect(tab.locator("svg .pooled-band")).to_have_count(1)
    expect(tab.locator(".basis")).to_contain_text("pooled with what deals like it did")
    expect(tab.locator(".headline")).to_contain_text("the chance to be unbroken is")
    pooled = tab.locator(".tiles b").nth(2).inner_text()
    assert shares(tab)["day 365"] == pooled
    box = page.number("turkey home", HOME_PRESSURE).locator("input[type=range]").bounding_box()
    across = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 0.6 * box["width"], across)
    tab.mouse.down()
    for step in range(15):
        tab.mouse.move(box["x"] + (0.6 + 0.02 * step) * box["width"], across)
    expect(tab.locator("svg .doubt-band")).to_have_count(0)
    expect(tab.locator("svg .now-band")).to_have_count(1)
    expect(tab.locator("svg .pooled-band")).to_have_count(0)
    expect(tab.locator(".basis")).to_contain_text("numbers as written")
    tab.mouse.up()
    expect(tab.locator("svg .doubt-band")).to_have_count(1)
    expect(tab.locator("svg .pooled-band")).to_have_count(0)
    expect(tab.locator(".basis")).to_contain_text("mean over draws")
    expect(tab.locator(".why")).to_contain_text("No forecast is pooled for a state that was changed")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator(".changed")).to_be_hidden()
    expect(tab.locator(".basis")).to_contain_text("pooled with what deals like it did")


def test_a_forecast_goes_at_once_when_the_state_changes_and_a_pin_is_seen_at_once(window: Open) -> None:
    """No answer comes after the first ones, as on a machine that is busy."""
    page = window()
    silent = False

    def between(route: Any) -> None:
        server = route.connect_to_server()
        route.on_message(lambda message: server.send(message))
        server.on_message(lambda message: None if silent else route.send(message))

    page.tab.route_web_socket(re.compile("/ws"), between)
    tab = page.open().ready().tab
    expect(tab.locator("svg .pooled-band")).to_have_count(1)
    silent = True
    tab.get_by_role("button", name="Pin this state").click()
    expect(tab.locator(".pinning")).to_contain_text("Now move something", timeout=3000)
    expect(tab.locator("svg .pooled-band")).to_have_count(1)
    page.put("turkey home", HOME_PRESSURE, 0.7)
    expect(tab.locator("svg .pooled-band")).to_have_count(0, timeout=3000)
    expect(tab.locator(".basis")).to_contain_text("numbers as written")


def test_the_table_behind_the_ends_agrees_with_how_it_ends(window: Open) -> None:
    tab = window().open().ready().tab
    expect(tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")
    tab.get_by_text("When the ends come").click()
    part = tab.locator("details").filter(has=tab.get_by_text("When the ends come", exact=True)).first
    part.get_by_text("The table behind this figure").click()
    table = part.locator("table")
    causes = table.locator("thead th").all_inner_texts()[1:]
    last = dict(zip(causes, table.locator("tbody tr").last.locator("td").all_inner_texts(), strict=True))
    rows = tab.locator("table.causes tbody tr").all()
    shown = {row.locator("th").inner_text().strip(): row.locator("td").first.inner_text() for row in rows}
    assert len(last) > 2
    assert last == {cause: share for cause, share in shown.items() if cause != "Still holding"}
    assert set(table.locator("tbody tr").first.locator("td").all_inner_texts()) == {"0 %"}


def test_a_late_answer_never_overwrites_a_newer_one(window: Open) -> None:
    """The first answer to the second question is held back until the third was answered."""
    page = window()
    held: list[Any] = []
    asked: list[int] = []

    def between(route: Any) -> None:
        server = route.connect_to_server()

        def up(message: str) -> None:
            parsed = json.loads(message)
            if parsed["type"] == "answer":
                asked.append(parsed["id"])
            server.send(message)

        def down(message: str) -> None:
            parsed = json.loads(message)
            late = parsed["type"] == "answer" and parsed["answer"]["worlds"] == 25 and not held
            held.append(message) if late else route.send(message)

        route.on_message(up)
        server.on_message(down)
        page.route = route  # type: ignore[attr-defined]

    page.tab.route_web_socket(re.compile("/ws"), between)
    page.open().ready()
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")
    page.put("turkey home", HOME_PRESSURE, 0.9)
    expect(page.tab.locator("#command")).to_contain_text("domestic=0.9")
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")
    page.route.send(held[0])  # type: ignore[attr-defined]
    page.tab.wait_for_timeout(300)
    expect(page.tab.locator("#command")).to_contain_text("domestic=0.9")
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")
    assert asked == sorted(set(asked))


# ---------------------------------------------------------------------------------------------- the whole way


def test_an_analyst_changes_pressure_at_home_compares_looks_into_a_world_and_keeps_it(
    window: Open, running: Running
) -> None:
    page = window().open().ready()
    tab = page.tab
    tab.get_by_role("button", name="Pin this state").click()
    page.put("pressure at home turkey", HOME_PRESSURE, 1)
    expect(tab.locator(".versus")).to_contain_text("On the same 200 worlds")
    expect(tab.locator(".facts")).to_contain_text("of draws")
    expect(tab.locator("#panel-answer")).to_contain_text("What differs")
    page.picture("answer")

    panel = page.go("worlds")
    panel.get_by_role("button", name=re.compile("pinned")).first.click()
    expect(panel.locator(".versus")).to_contain_text("pinned")
    panel.get_by_role("button", name="Go to day").click()
    scrub = panel.get_by_label("Day", exact=True)
    parted = int(scrub.input_value())
    assert parted > 0
    expect(panel.locator(".when")).to_contain_text(f"Day {parted:,}")
    panel.get_by_role("button", name="Next event").click()
    assert int(scrub.input_value()) > parted
    panel.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(400)
    panel.get_by_role("button", name="Pause").click()
    expect(panel.locator(".story li").first).to_be_visible()
    expect(panel.locator(".map circle.rim")).to_have_count(14)
    page.picture("world")

    panel = page.go("keep")
    name = panel.get_by_label("Name")
    expect(name).to_have_value("idlib-2020-changed")
    panel.get_by_role("button", name="Save the scenario").click()
    expect(panel.locator(".done")).to_contain_text("idlib-2020-changed.yaml")
    (kept,) = running.folder.rglob("idlib-2020-changed.yaml")
    assert "domestic: 1" in kept.read_text()
    page.picture("keep")

    kept.write_text(kept.read_text().replace("domestic: 1", "domestic: 0.95"))
    panel.get_by_role("button", name="Save the scenario").click()
    panel.get_by_role("button", name="Keep it").click()
    assert "0.95" in kept.read_text()
    panel.get_by_role("button", name="Save the scenario").click()
    panel.get_by_role("button", name="Replace it").click()
    expect(panel.locator(".done")).to_be_visible()
    assert "domestic: 1 " in kept.read_text()


def test_a_link_reopens_the_state_the_pinned_one_and_the_world(window: Open) -> None:
    state = IDLIB | {"set": {HOME_PRESSURE: 0.9}}
    page = window().open(state, pinned=IDLIB, tab="worlds", world=7).ready()
    expect(page.tab.locator(".life h3")).to_have_text("World 7")
    expect(page.tab.locator(".changed")).to_contain_text("0.6 → 0.9")
    assert page.address() == {"state": state, "pinned": IDLIB, "tab": "worlds", "world": 7}


# ---------------------------------------------------------------------------------------------- connections


def test_a_lost_connection_is_said_and_nothing_is_lost(window: Open) -> None:
    page = window()
    sockets: list[Any] = []

    def between(route: Any) -> None:
        sockets.append(route)
        server = route.connect_to_server()
        route.on_message(lambda message: server.send(message))
        server.on_message(lambda message: route.send(message))

    page.tab.route_web_socket(re.compile("/ws"), between)
    page.open().ready()
    sockets[0].close(code=1012)
    expect(page.tab.locator("#notices")).to_contain_text("Nothing is lost")
    expect(page.tab.locator("#connection")).to_have_text("Connected")
    expect(page.tab.locator("#notices")).not_to_contain_text("Nothing is lost")
    page.put("turkey home", HOME_PRESSURE, 0.7)
    expect(page.tab.locator("#command")).to_contain_text("domestic=0.7")


def test_while_the_rules_are_compiled_the_page_says_so_and_shows_a_shipped_curve(window: Open) -> None:
    """As in the first half minute on a new machine: answers are held back until the program is ready."""
    page = window()
    routes: list[Any] = []
    ready = False

    def between(route: Any) -> None:
        routes.append(route)
        server = route.connect_to_server()
        route.on_message(lambda message: server.send(message))

        def down(message: str) -> None:
            parsed = json.loads(message)
            if parsed["type"] == "hello":
                route.send(json.dumps({**parsed, "ready": False, "compiling": True}))
            elif ready or parsed["type"] not in ("answer", "doubt"):
                route.send(message)

        server.on_message(down)

    page.tab.route_web_socket(re.compile("/ws"), between)
    page.open({"scenario": "idlib-2020"})
    expect(page.tab.locator("#notices")).to_contain_text("being compiled for this machine")
    expect(page.tab.locator("svg .curve.shipped")).to_have_count(1)
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("Shipped beforehand: 1,000 worlds")
    expect(page.tab.locator("svg .curve.now")).to_have_count(0)
    page.picture("compiling")
    ready = True
    routes[0].send(json.dumps({"type": "ready"}))
    page.ready()
    expect(page.tab.locator("svg .curve.shipped")).to_have_count(0)
    expect(page.tab.locator("#notices")).not_to_contain_text("compiled")


def test_a_laptop_that_slept_connects_again_says_so_and_loses_nothing(window: Open) -> None:
    page = window()
    tab = page.tab
    sockets: list[Any] = []
    tab.on("websocket", lambda each: sockets.append(each))
    tab.clock.install()
    page.open(IDLIB | {"set": {HOME_PRESSURE: 0.7}}).ready()
    tab.clock.fast_forward(20_000)  # a timer that is late is no sleep
    expect(tab.locator("#connection")).to_have_text("Connected")
    assert len(sockets) == 1
    tab.clock.fast_forward(3_600_000)
    expect(tab.locator("#notices")).to_contain_text("The computer slept")
    expect(tab.locator("#connection")).to_have_text("Connected")
    expect(tab.locator("#notices")).not_to_contain_text("was lost")
    assert len(sockets) == 2
    expect(tab.locator(".changed")).to_contain_text("0.6 → 0.7")
    page.put("turkey home", HOME_PRESSURE, 0.8)
    expect(tab.locator("#command")).to_contain_text("domestic=0.8")
    expect(tab.locator("#panel-answer .progress")).to_contain_text("200 worlds.")


def test_a_second_window_is_said_and_has_a_state_of_its_own(window: Open) -> None:
    one = window().open().ready()
    other = window().open(IDLIB | {"set": {HOME_PRESSURE: 0.7}}).ready()
    expect(one.tab.locator("#notices")).to_contain_text("2 windows")
    expect(other.tab.locator(".changed")).to_contain_text("0.6 → 0.7")
    expect(one.tab.locator(".changed")).to_be_hidden()


# ---------------------------------------------------------------------------------------------- for everybody


def faults_of_access(tab: Any) -> list[str]:
    """Faults of level A or AA that axe-core finds."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    tab.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = tab.evaluate("levels => axe.run(document, {runOnly: levels})", levels)
    assert found["passes"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]


def open_all(closed: Any) -> None:
    """Open every closed part; those that are made on opening stay closed."""
    for _ in range(closed.count()):
        closed.first.click()


def every_part(page: Window) -> Iterator[str]:
    """Show each part of the page in turn, its closed parts opened."""
    tab = page.tab
    if tab.locator("#tab-situation").is_visible():
        tab.locator("#tab-situation").click()
    tab.locator("[data-actor=turkey]").click()
    open_all(tab.locator("#situation .section:not([open]) > summary"))
    yield "situation"
    for name in ("answer", "worlds", "batch", "results", "keep", "new"):
        panel = page.go(name)
        if name == "worlds":
            panel.get_by_role("button", name="A typical end").click()
            expect(panel.locator(".scrubber")).to_be_visible()
        open_all(panel.locator("details:not([open]) > summary"))
        tab.wait_for_timeout(500)
        yield name


VIEWS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "dark": {"color_scheme": "dark", "reduced_motion": "reduce"},
    "phone": {"viewport": {"width": 360, "height": 780}, "has_touch": True},
}


@pytest.mark.parametrize("view", ["desktop", pytest.param("dark", marks=pytest.mark.browsers), "phone"])
def test_no_fault_of_access_and_nothing_wider_than_the_window(window: Open, view: str) -> None:
    page = window(**VIEWS[view]).open(IDLIB | {"set": {HOME_PRESSURE: 0.8}}, pinned=IDLIB).ready()
    seen = []
    for name in every_part(page):
        page.picture(f"{view}-{name}")
        assert faults_of_access(page.tab) == [], name
        assert page.tab.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), name
        seen.append(name)
    assert len(seen) == 7


def test_the_keyboard_alone_is_enough(window: Open) -> None:
    page = window().open().ready()
    tab = page.tab
    tab.locator("#tab-answer").focus()
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#tab-worlds")).to_be_focused()
    expect(tab.locator("#panel-worlds")).to_be_visible()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator(".life h3")).to_be_focused()
    tab.get_by_label("Day", exact=True).focus()
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".when")).to_contain_text("Day 1,")
    tab.keyboard.press("Control+z")


def test_the_keyboard_goes_over_the_dots_of_worlds_and_opens_one(window: Open) -> None:
    page = window().open(tab="worlds").ready()
    tab = page.tab
    dots = tab.get_by_role("slider", name="Worlds as dots")
    while not dots.evaluate("element => element === document.activeElement"):
        tab.keyboard.press("Tab")
    expect(tab.locator(".dots .pointed")).to_have_count(1)
    expect(dots).to_have_attribute("aria-valuemax", "200")
    first = dots.get_attribute("aria-valuetext")
    tab.keyboard.press("ArrowRight")
    second = dots.get_attribute("aria-valuetext")
    assert first is not None
    assert second not in (None, first)
    tab.keyboard.press("End")
    assert dots.get_attribute("aria-valuetext").endswith(", Still holding")
    tab.keyboard.press("Home")
    expect(dots).to_have_attribute("aria-valuetext", first)
    tab.keyboard.press("ArrowDown")
    assert dots.get_attribute("aria-valuetext").rpartition(", ")[2] != first.rpartition(", ")[2]
    tab.keyboard.press("Enter")
    world = re.match(r"World (\d+)", dots.get_attribute("aria-valuetext"))
    assert world is not None
    expect(tab.locator(".life h3")).to_have_text(f"World {world[1]}")


def test_the_tour_has_six_steps_and_comes_once(window: Open) -> None:
    page = window(tour=True)
    page.tab.goto(f"http://127.0.0.1:{page.running.port}/")
    for step in range(1, 7):
        expect(page.tab.get_by_role("dialog")).to_contain_text(f"Step {step} of 6")
        page.picture(f"tour-{step}")
        page.tab.get_by_role("button", name="Next" if step < 6 else "Done").click()
    expect(page.tab.get_by_role("dialog")).to_be_hidden()
    page.tab.reload()
    page.ready()
    expect(page.tab.get_by_role("dialog")).to_be_hidden()


def test_the_page_is_small_and_asks_nobody_but_its_own_server(window: Open) -> None:
    assert sum(file.stat().st_size for file in PAGE.iterdir()) < 200_000
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    page = window().open().ready()
    assert {address.split("/")[2] for address in page.asked_for} == {f"127.0.0.1:{page.running.port}"}


# ---------------------------------------------------------------------------------------------- what takes longer


@pytest.mark.browsers
def test_a_batch_is_estimated_cancelled_resumed_and_shown(window: Open, running: Running) -> None:
    page = window().open().ready()
    panel = page.go("batch")
    panel.get_by_label("Which").first.fill("Turkey: pressure at home to deliver success")
    panel.get_by_label("Worlds for each point").fill("400")
    expect(panel.locator("form")).to_contain_text("worlds in all")
    panel.get_by_role("button", name="Start").click()
    job = panel.locator(".job").first
    job.get_by_role("button", name="Cancel").click()
    expect(job).to_contain_text("Stopped")
    page.picture("batch-stopped")
    job.get_by_role("button", name="Resume").click()
    expect(job).to_have_attribute("data-state", "done", timeout=4 * SLOW)
    job.get_by_role("button", name="Show what it made").click()
    expect(panel.locator(".result img").first).to_be_visible()
    page.picture("batch-done")
    command = shlex.split(job.locator("code").inner_text())
    again = [sys.executable, "-m", "ceasefire", *command[command.index("experiment") :]]
    subprocess.run(again, check=True, capture_output=True, cwd=running.folder)


@pytest.mark.browsers
def test_figures_are_made_two_results_compared_and_one_opened(window: Open) -> None:
    for value in (0.3, 0.9):
        page = window().open(IDLIB | {"set": {HOME_PRESSURE: value}}).ready()
        panel = page.go("keep")
        panel.get_by_role("button", name="Make figures").click()
        expect(panel.locator(".result img").first).to_be_visible(timeout=4 * SLOW)
        with page.tab.expect_download() as got:
            panel.get_by_role("link", name="SVG").first.click()
        assert got.value.suggested_filename.endswith(".svg")
    page.picture("kept")
    panel = page.go("results")
    expect(panel.get_by_role("checkbox").nth(1)).to_be_visible()
    for tick in panel.get_by_role("checkbox").all()[:2]:
        tick.check()
    panel.get_by_role("button", name="Compare").click()
    expect(panel.locator(".versus")).to_contain_text("On the same 200 worlds")
    panel.locator("details").filter(has_text="The table behind this figure").first.locator("summary").click()
    expect(
        panel.locator("table").filter(has_text="Share of worlds that still hold").locator("tbody tr").first
    ).to_contain_text("0")
    page.picture("compared")
    panel.get_by_role("button", name="Open in the studio").last.click()
    expect(page.tab.locator(".changed")).to_contain_text("0.6 → 0.3")


@pytest.mark.browsers
def test_another_conflict_begins_with_questions_and_ends_in_a_file(window: Open, running: Running) -> None:
    page = window().open().ready()
    panel = page.go("new")
    panel.get_by_label("Name of the file").fill("another-war")
    panel.get_by_label("Title").fill("Another war")
    panel.get_by_label("Where is the conflict?").fill("Sudan")
    panel.get_by_role("button", name="Make the scenario").click()
    expect(panel.locator(".done")).to_contain_text("another-war.yaml")
    page.picture("new")
    (made,) = running.folder.rglob("another-war.yaml")
    assert "#" in made.read_text()
    panel.get_by_role("button", name="Open it in the studio").click()
    expect(page.tab.locator("#situation-title")).to_have_text("Another war")


@pytest.mark.browsers
def test_a_server_that_was_started_again_says_which_address_to_open(browser: Any, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "pictures").mkdir()
    first = Running(tmp_path, port)
    context = browser.new_context()
    context.add_init_script(NO_TOUR)
    page = Window(context, first, tmp_path / "pictures")
    page.tab.goto(first.address)
    page.open(IDLIB | {"set": {HOME_PRESSURE: 0.9}}).ready()
    assert first.end() in (0, 130)
    expect(page.tab.locator("#notices")).to_contain_text("ceasefire studio")
    second = Running(tmp_path, port)
    expect(page.tab.locator("#notices")).to_contain_text("Open the address that it printed")
    page.tab.goto(second.address)
    page.ready()
    expect(page.tab.locator(".changed")).to_contain_text("0.6 → 0.9")
    context.close()
    second.end()


@pytest.mark.browsers
def test_the_pictures_of_the_documentation_are_small(window: Open) -> None:
    """The pictures that `make screenshots` takes."""
    page = window().open({"scenario": "idlib-2020"}, pinned={"scenario": "idlib-2020"}).ready()
    page.put("turkey troops", "actors.turkey.troops_on_line", 3000)
    expect(page.tab.locator("#panel-answer .progress")).to_contain_text("1,000 worlds.")
    expect(page.tab.locator(".facts")).to_contain_text("of draws")
    page.picture("docs-answer")
    panel = page.go("worlds")
    panel.get_by_role("button", name="A typical end").click()
    expect(panel.locator(".map circle.rim").first).to_be_attached()
    page.tab.wait_for_timeout(1500)
    page.picture("docs-world")
    for name in ("docs-answer", "docs-world"):
        assert (page.pictures / f"{name}.png").stat().st_size < 300_000
