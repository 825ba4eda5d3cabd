"""The command line: what it prints where, what it refuses and how, and what it leaves behind."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import BRIEF_TERMS, Command
from typer.testing import CliRunner

from ceasefire.cli import COMMANDS, app
from ceasefire.cli.terminal import columns
from ceasefire.scenario.find_scenarios import list_changes, list_scenarios
from ceasefire.scenario.load import load

QUICK = ("--days", "60", "--worlds", "12")


def process(*arguments: str, cwd: Path, **options: Any) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    typed = [sys.executable, "-m", "ceasefire", *arguments]
    return subprocess.Popen(typed, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_help_says_what_every_command_does() -> None:
    answer = CliRunner().invoke(app, ["--help"])
    assert answer.exit_code == 0
    assert len(COMMANDS) >= 7
    for name, command in COMMANDS.items():
        assert name in answer.output
        assert command.__doc__
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


def test_list_names_every_shipped_scenario_and_change(command: Command) -> None:
    answer = command("list")
    assert answer.code == 0
    names = [*list_scenarios(), *list_changes()]
    assert "idlib-2020" in names
    assert len(names) > 10
    for name in names:
        assert f"\n  {name} " in f"\n{answer.out}"


def test_list_as_json_gives_a_row_for_each_with_its_kind(command: Command) -> None:
    rows = json.loads(command("list", "--json").out)
    kinds = {row["name"]: row["kind"] for row in rows}
    assert kinds["idlib-2020"] == "scenario"
    assert kinds["no-monitors"] == "lever"
    assert all(row["says"] and Path(row["file"]).is_file() for row in rows)


def test_a_local_scenario_is_listed_by_its_title(command: Command) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/mine.yaml").write_text("name: mine\ntitle: 'Mine: a trial'\nbase: idlib-2020\n", encoding="utf-8")
    Path("scenarios/broken.yaml").write_text("title: [\n", encoding="utf-8")
    answer = command("list").out
    assert re.search(r"^  mine +Mine: a trial$", answer, re.MULTILINE)
    assert re.search(r"^  broken +\(cannot be read; try `check`\)$", answer, re.MULTILINE)


@pytest.mark.parametrize(
    ("typed", "heavy"),
    [
        (["list"], {"numba", "numpy", "pandas", "pyarrow", "matplotlib", "scipy", "mesa", "rich"}),
        (["check", "idlib-2020"], {"numba", "pandas", "pyarrow", "matplotlib", "scipy", "mesa"}),
        (["describe", "idlib-2020", "--resolved"], {"numba", "pandas", "pyarrow", "matplotlib", "scipy", "mesa"}),
        (["describe", "idlib-2020"], {"numba", "pandas", "pyarrow", "matplotlib", "scipy", "mesa"}),
        (["run", "{small}", "--out", "there", *QUICK], {"statsmodels", "mesa", "SALib", "hypothesis"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_loads_no_library_that_it_does_not_use(
    typed: list[str], heavy: set[str], small: str, tmp_path: Path
) -> None:
    typed = [part.format(small=small) for part in typed]
    loaded = (
        f"import sys; sys.argv[1:] = {typed!r}; from ceasefire.cli import main; assert main() == 0; "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", loaded], cwd=tmp_path, text=True, capture_output=True, check=True)
    result = {name.split(".")[0] for name in done.stderr.splitlines()[-1].split()}
    assert "ceasefire" in result
    assert heavy & result == set()


def test_importing_the_package_loads_nothing_until_it_is_asked_for() -> None:
    code = "import sys, ceasefire; assert 'numpy' not in sys.modules; ceasefire.load; assert 'pydantic' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("run", "Missing argument 'SCENARIO'"),
        ("run idlib-2O2O", "no such scenario 'idlib-2O2O'; did you mean 'idlib-2020'?"),
        ("run nowhere.yaml", "no such scenario file 'nowhere.yaml'"),
        ("run idlib-2020 --worlds 0", "--worlds"),
        ("run idlib-2020 --worlds -5", "--worlds"),
        ("run idlib-2020 --worlds 1e9", "--worlds"),
        ("run idlib-2020 --worlds 1000000000", "--worlds"),
        ("run idlib-2020 --seed -1", "--seed"),
        ("run idlib-2020 --seed 9223372036854775808", "--seed"),
        ("run idlib-2020 --days 0", "--days"),
        ("run idlib-2020 --days 99999999", "--days"),
        ("run idlib-2020 --workers 0", "--workers"),
        ("run idlib-2020 --engine abacus", "--engine"),
        ("run idlib-2020 --change no-monitor", "did you mean 'no-monitors'?"),
        ("run idlib-2020+no-monitor", "did you mean 'no-monitors'?"),
        ("run idlib-2020 --set agreement.monitoring", "write it as path=value"),
        ("run idlib-2020 --set agreement.monitoring=", "has no value"),
        ("run idlib-2020 --set agreement.monitoring=2", "agreement.monitoring"),
        ("run idlib-2020 --set agreement.monitorin=0.2", "did you mean 'monitoring'?"),
        ("world idlib-2020", "Missing option '--world'"),
        ("world idlib-2020 --world -1", "--world"),
        ("world idlib-2020 --world 99999999999999999999", "--world"),
        ("world there/nothing --world 1", "no such scenario file"),
        ("check", "Missing argument"),
        ("describe nowhere", "no such scenario 'nowhere'"),
        ("new Mine --from idlib-2020", "'Mine' is not a name"),
        ("new mine --from nowhere", "no such scenario 'nowhere'"),
        ("new mine", "say what it starts from"),
        ("simulate idlib-2020", "No such command 'simulate'"),
    ],
)
def test_bad_input_is_refused_in_words_with_exit_code_2(command: Command, typed: str, says: str) -> None:
    answer = command(*typed.split(" "))
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert os.listdir() == []


def test_every_fault_of_a_scenario_is_told_on_a_line_of_its_own(command: Command) -> None:
    text = "name: bad\nbase: idlib-2020\nhorizon_days: 0\nagreement:\n  monitorin: 0.3\n  buffer_km: -1\n"
    Path("bad.yaml").write_text(text, encoding="utf-8")
    for typed in (["run", "bad.yaml"], ["describe", "bad.yaml"]):
        answer = command(*typed)
        assert answer.code == 2
        places = [line.split(": ")[0] for line in answer.err.splitlines()]
        assert places == ["bad.yaml:3", "bad.yaml:5", "bad.yaml:6"]
    checked = command("check", "bad.yaml")
    assert (checked.code, checked.out) == (2, answer.err)


def test_check_says_ok_for_sound_files_and_finds_them_by_name(command: Command) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/mine.yaml").write_text("name: mine\ntitle: Mine\nbase: idlib-2020\n", encoding="utf-8")
    answer = command("check", "idlib-2020", "no-monitors", "motives", "scenarios/mine.yaml", "mine.yaml")
    assert answer.code == 0
    assert [line.rsplit(": ", 1)[1] for line in answer.out.splitlines()] == ["ok"] * 5


def test_check_goes_on_after_a_bad_file(command: Command) -> None:
    answer = command("check", "nowhere.yaml", "idlib-2020")
    assert answer.code == 2
    assert answer.out.splitlines()[0] == "nowhere.yaml: no such file"
    assert answer.out.splitlines()[1].endswith(": ok")


@pytest.mark.parametrize("base", ["idlib-2020", "idlib-2020+no-monitors", "{small}"])
def test_a_new_scenario_is_its_base_until_it_is_edited(command: Command, base: str, small: str) -> None:
    reference = base.format(small=small)
    file = command("new", "mine", "--from", reference).last
    assert file == "mine.yaml"
    assert load(file).digest == load("mine").digest == load(reference).digest
    assert command("check", "mine").out == "mine.yaml: ok\n"
    text = Path(file).read_text(encoding="utf-8")
    before = "  monitoring: {value: 0.25" if "idlib" in base else "  monitoring: 0.3"
    assert before in text
    Path(file).write_text(text.replace(before, before[:-1] + "1", 1), encoding="utf-8")
    if "no-monitors" not in base:
        assert load(file).digest != load(reference).digest


def test_new_writes_beside_other_scenarios_and_never_overwrites(command: Command) -> None:
    Path("scenarios").mkdir()
    file = Path(command("new", "mine", "--from", "idlib-2020").last)
    assert file == Path("scenarios/mine.yaml")
    before = file.read_bytes()
    again = command("new", "mine", "--from", "idlib-2020+no-monitors")
    assert again.code == 2
    assert "exists already" in again.err
    assert file.read_bytes() == before
    assert command("check", "mine").code == 0


def test_a_new_scenario_names_the_sources_of_its_base_and_not_what_an_assumption_was_judged_from(
    command: Command,
) -> None:
    text = Path(command("new", "mine", "--from", "idlib-2020").last).read_text(encoding="utf-8")
    assert 'source: "Additional Protocol' in text
    assert load("idlib-2020").scenario.agreement.monitoring.source.startswith("ASSUMED from")
    assert "ASSUMED from" not in text


def test_describe_resolved_prints_a_scenario_that_is_equal_when_read_back(command: Command) -> None:
    answer = command("describe", "idlib-2020", "--resolved", "--change", "no-monitors", "--set", "horizon_days=100")
    Path("mine.resolved.yaml").write_text(answer.out, encoding="utf-8")
    wanted = load("idlib-2020+no-monitors", set={"horizon_days": 100})
    assert load("mine.resolved.yaml").digest == wanted.digest


def test_a_number_given_as_a_change_is_answered_with_how_it_is_set(command: Command) -> None:
    answer = command("describe", "idlib-2020+actors.turkey.troops_on_line=4500")
    assert answer.code == 2
    assert "--set actors.turkey.troops_on_line=4500" in answer.err
    assert "Available" not in answer.err
    assert command("describe", "idlib-2020", "--set", "actors.turkey.troops_on_line=4500").code == 0


def test_run_prints_a_table_and_the_folder_last(command: Command, small: str) -> None:
    answer = command("run", small, *QUICK)
    assert answer.code == 0
    assert answer.last == str(Path("results/two-sides"))
    assert "12 worlds, seed 1, followed for 60 days" in answer.out
    assert "illustrative: durations not calibrated" in answer.out
    assert "chance in 12 worlds (95 %)" in answer.out
    assert re.search(r"mean over draws +90 % of draws +as written +chance in 12 worlds", answer.out)
    assert re.search(r"^draws: \d+ numbers were drawn over their ranges: ", answer.out, re.MULTILINE)
    assert f"ceasefire world {answer.last} --world" in answer.out
    assert "\x1b" not in answer.out + answer.err
    messages = [line for line in answer.err.splitlines() if not line.startswith("Compiling")]
    assert messages[0].startswith("two-sides: 12 worlds")
    assert re.match(r"first figures, with the numbers as written; their doubt follows", messages[1])
    assert re.fullmatch(r" +worlds +chance in 12 worlds \(95 %\)", messages[2])
    assert len([line for line in messages if line.startswith("holds ")]) == 2
    held = [
        line for line in answer.out.splitlines() if line.startswith(("holds past day 30", "holds to the end (day 60)"))
    ]
    assert len(held) == 2


@pytest.mark.usefixtures("without_figures")
def test_a_run_shows_each_part_as_soon_as_it_is_there(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, tuple[str, str, bool]] = {}

    def look(name: str) -> Callable[..., None]:
        def drawn(*_: object) -> None:
            seen[name] = (*capsys.readouterr(), Path("results/two-sides/manifest.json").exists())

        return drawn

    for name in ("draw_worlds", "draw_survival", "draw_further"):
        monkeypatch.setattr(f"ceasefire.report.run_figures.{name}", look(name))
    rest = command("run", small, *QUICK).out
    assert [*seen] == ["draw_worlds", "draw_survival", "draw_further"]
    assert seen["draw_worlds"][0] == ""
    assert "holds past day 30" in seen["draw_worlds"][1], "the numbers as written, before doubt"
    assert "holds past day 30" in seen["draw_survival"][0], "the table, before any figure that needs it"
    assert [there for _, _, there in seen.values()] == [False, False, True], "survival, before the other figures"
    assert "holds past day 30" not in rest
    assert "holds past day 30" in command("run", small, *QUICK).out, "of a run that is there already"
    seen.clear()
    assert json.loads(command("run", small, "--json", "--seed", "2", *QUICK).out)
    assert [text for text, *_ in seen.values()] == ["", "", ""]


@pytest.mark.usefixtures("without_figures")
def test_the_summary_says_what_the_table_of_worlds_says(command: Command, small: str) -> None:
    terms = [part for path, value in BRIEF_TERMS.items() for part in ("--set", f"{path}={value}")]
    answer = command("run", small, "--json", "--days", "60", "--worlds", "40", *terms)
    figures = json.loads(answer.out)
    worlds = pd.read_parquet(Path(figures["folder"]) / "worlds")
    assert 0 < worlds["ended"].sum() < 40
    assert figures["holding"]["30"]["value"] == pytest.approx((worlds["days_held"] > 30).mean())
    assert figures["holding"]["60"]["value"] == pytest.approx((~worlds["ended"]).mean())
    assert figures["mean_days_held"]["value"] == pytest.approx(worlds["days_held"].mean())
    shares = {(row["cause"], row["actor"]): row["share"] for row in figures["endings"]}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[("held", "")] == pytest.approx((~worlds["ended"]).mean())
    low, high = figures["mean_days_held"]["chance_95"]
    assert low < figures["mean_days_held"]["value"] < high


@pytest.mark.usefixtures("without_figures")
def test_next_steps_can_be_typed_as_they_stand(command: Command, small: str) -> None:
    for more in ([], ["--change", "no-monitors"]):
        answer = command("run", small, *more, *QUICK)
        steps = [line.split("ceasefire ")[1].split() for line in answer.out.splitlines() if "ceasefire " in line]
        assert [step[0] for step in steps] == ["world", "compare" if more else "describe"]
        for step in steps:
            story = command(*step)
            assert story.code == 0
            assert story.out


@pytest.mark.usefixtures("without_figures")
def test_the_world_of_a_run_lives_as_its_table_says(command: Command, small: str) -> None:
    folder = command("run", small, "--seed", "5", "--set", "agreement.monitoring=0.1", *QUICK).last
    worlds = pd.read_parquet(Path(folder) / "worlds").set_index("world")
    short = worlds.index[int(worlds["days_held"].to_numpy().argmin())]
    story = command("world", folder, "--world", str(short))
    assert story.code == 0
    assert f"{worlds.loc[short, 'days_held']} day" in story.out
    same = command("world", small, "--world", str(short), "--seed", "5", "--set", "agreement.monitoring=0.1")
    assert same.code == 0
    other = command("world", small, "--world", str(short), "--seed", "6", "--set", "agreement.monitoring=0.1")
    assert other.out != same.out


@pytest.mark.usefixtures("without_figures")
def test_the_world_of_a_run_is_followed_no_longer_than_the_run(command: Command, small: str) -> None:
    folder = command("run", small, "--days", "9", "--worlds", "12").last
    worlds = pd.read_parquet(Path(folder) / "worlds").set_index("world")
    held = worlds.index[~worlds["ended"]][0]
    story = command("world", folder, "--world", str(held)).out
    assert "after 9 days" in story
    assert story != command("world", small, "--world", str(held)).out


def test_a_world_can_be_drawn(command: Command, small: str) -> None:
    folder = command("run", small, *QUICK).last
    drawn = command("world", folder, "--world", "2", "--chart").out.splitlines()[-3:]
    assert [Path(file).name for file in drawn] == ["world-2.png", "world-2.svg", "world-2.csv"]
    assert all(Path(file).parent == Path(folder) / "figures" and Path(file).stat().st_size > 1000 for file in drawn)


def test_pictures_of_a_world_of_no_run_are_not_drawn_over_by_another_scenarios(command: Command, small: str) -> None:
    def drawn(*more: str) -> Path:
        return Path(command("world", small, "--world", "2", "--chart", *more).last)

    usual, other, again = drawn(), drawn("--set", "agreement.monitoring=0"), drawn()
    assert usual.parent.parent == Path("results/worlds")
    assert again == usual
    assert other.parent != usual.parent
    assert drawn("--seed", "2").parent not in (usual.parent, other.parent)
    assert other.exists()
    assert usual.exists()


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--world", "12"], "worlds 0 to 11"),
        (["--world", "1", "--seed", "1"], "leave them out"),
        (["--world", "1", "--change", "no-monitors"], "leave them out"),
        (["--world", "1", "--set", "agreement.monitoring=0"], "leave them out"),
    ],
)
def test_a_results_folder_settles_which_worlds_there_are(
    command: Command, small: str, more: list[str], says: str
) -> None:
    folder = command("run", small, *QUICK).last
    answer = command("world", folder, *more)
    assert answer.code == 2
    assert says in answer.err


@pytest.mark.usefixtures("without_figures")
def test_a_failed_world_is_marked_and_told_with_how_to_see_it_and_the_rest_is_saved(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ceasefire.simulation.mesa_model import CeasefireModel

    live = CeasefireModel.live

    def fail(model: CeasefireModel) -> None:
        if model.world_number == 7:
            raise RuntimeError("the river rose")
        live(model)

    monkeypatch.setattr(CeasefireModel, "live", fail)
    answer = command("run", small, "--engine", "mesa", "--workers", "1", *QUICK)
    assert answer.code == 1
    assert f"ceasefire world {answer.last} --world 7" in answer.err
    assert "1 of 12 worlds failed" in answer.err
    worlds = pd.read_parquet(Path(answer.last) / "worlds")
    assert list(worlds.loc[worlds["failed"], "world"]) == [7]
    manifest = json.loads((Path(answer.last) / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["worlds_done"], manifest["worlds_failed"], manifest["failed"]) == (11, 1, [7])
    assert "11 worlds, seed 1" in answer.out


@pytest.mark.usefixtures("without_figures")
def test_when_every_world_failed_the_table_is_saved_all_the_same(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ceasefire.simulation.mesa_model import CeasefireModel

    def fail(model: CeasefireModel) -> None:
        raise RuntimeError("the river rose")

    monkeypatch.setattr(CeasefireModel, "live", fail)
    answer = command("run", small, "--engine", "mesa", "--workers", "1", *QUICK)
    assert answer.code == 1
    assert len(pd.read_parquet(Path(answer.last) / "worlds")) == 12


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    ("number", "code", "says"), [(errno.ENOSPC, 1, "the disk is full"), (errno.EACCES, 2, "cannot be read or written")]
)
def test_a_disk_that_takes_nothing_is_told_and_leaves_nothing(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch, number: int, code: int, says: str
) -> None:
    def refuse(path: Path, content: bytes) -> int:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    answer = command("run", small, *QUICK)
    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert os.listdir() == []


def test_verify_says_which_checks_missed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("a", "says a", "1", "1", True), ("b", "says b", "2", "1", False)]
    result = pd.DataFrame(rows, columns=["name", "says", "figure", "target", "passed"])
    monkeypatch.setattr("ceasefire.evaluation.verification.table", lambda quick: result)
    answer = command("verify")
    assert answer.code == 1
    assert "1 of 2 checks passed" in answer.err
    assert [line.split()[0] for line in answer.out.splitlines()[1:]] == ["ok", "MISSED"]
    assert json.loads(command("verify", "--json").out)[1] == dict(zip(result.columns, rows[1], strict=True))
    monkeypatch.setattr("ceasefire.evaluation.verification.table", lambda quick: result[:1])
    assert command("verify").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize(("asked", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_an_interrupted_run_leaves_nothing_and_says_so(
    small: str, tmp_path: Path, asked: signal.Signals, code: int, engine: str
) -> None:
    with process("run", small, "--worlds", "200000", "--engine", engine, cwd=tmp_path) as running:
        assert running.stderr is not None
        while "200,000 worlds of at most" not in running.stderr.readline():
            assert running.poll() is None
        time.sleep(0.5)
        running.send_signal(asked)
        _, answer = running.communicate(timeout=60)
    assert running.returncode == code
    assert answer == "interrupted; no incomplete file was left behind\n"
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_who_goes_away_is_not_shouted_at(tmp_path: Path) -> None:
    with process("describe", "idlib-2020", "--resolved", cwd=tmp_path) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        answer = running.stderr.read()
    assert running.returncode == 0
    assert answer == ""


def test_text_that_the_terminal_cannot_show_does_not_stop_the_command(tmp_path: Path) -> None:
    there = {**os.environ, "PYTHONIOENCODING": "ascii"}
    with process("list", cwd=tmp_path, env=there) as running:
        out, _ = running.communicate()
    assert running.returncode == 0
    assert "idlib-2020" in out


def test_columns_line_up() -> None:
    assert columns([["a", "1"], ["bcd", "20"]], right=(1,)) == "a      1\nbcd   20"
