"""`new` refuses names that cannot work and breaks no other file; a file that is read as a catalogue is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Command

from ceasefire.cli.scenarios import check_file
from ceasefire.errors import ScenarioError
from ceasefire.scenario.find_scenarios import list_changes, list_experiments
from ceasefire.scenario.load import load

OWN = {
    "scenarios/child.yaml": "name: child\ntitle: t\nbase: korea-1953\n",
    "scenarios/grandchild.yaml": "name: grandchild\ntitle: t\nbase: child\nagreement: {clarity: 0.2}\n",
    "scenarios/of-two.yaml": "name: of-two\ntitle: t\nbase: idlib-2018\nchanges: [no-monitors]\n",
    "experiments/mine.yaml": "name: mine\ntitle: t\nquestion: q\nscenario: minsk-2015+no-monitors\n",
}
"""Files of a user, by path: two that start from shipped scenarios by name, one from another, and an experiment."""


@pytest.fixture
def own_files(command: Command) -> Command:
    """The command in a folder with OWN."""
    for path, text in OWN.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    return command


def digests_of_own_files() -> dict[str, str]:
    files = [path for path in OWN if path.startswith("scenarios")]
    return {path: load(Path(path)).digest for path in files} | {"experiment": load("minsk-2015+no-monitors").digest}


NAMES = ["motives", "korea-1953", "idlib-2018", "minsk-2015", "child", "grandchild", "mine", "gaza-2023", "fresh"]


@pytest.mark.parametrize("name", [*NAMES, *list(list_changes())[:3], *list(list_experiments())[:3]])
@pytest.mark.parametrize("base", ["grandchild", "gaza-2023"])
def test_new_breaks_no_other_file_whatever_name_is_asked_for(own_files: Command, name: str, base: str) -> None:
    before = digests_of_own_files()
    reference = load(base).digest
    answer = own_files("new", name, "--from", base)
    assert digests_of_own_files() == before
    if answer.code == 0:
        assert name in ("fresh", "gaza-2023")
        assert load(Path(answer.last)).digest == load(name).digest == reference
        assert own_files("check", name).out == f"scenarios/{name}.yaml: ok\n"
    else:
        assert answer.code == 2
        assert answer.err.startswith((f"'{name}'", f"scenarios/{name}.yaml exists"))
        assert answer.err.count("\n") == 1
        assert Path(f"scenarios/{name}.yaml").exists() == (f"scenarios/{name}.yaml" in OWN)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("motives", "catalogue of motives"),
        ("no-monitors", "the name of a change"),
        ("tripwire-size", "the name of an experiment"),
        ("korea-1953", "what scenarios/child.yaml starts from"),
        ("minsk-2015", "what experiments/mine.yaml starts from"),
    ],
)
def test_a_refusal_says_what_has_the_name(own_files: Command, name: str, reason: str) -> None:
    assert reason in own_files("new", name, "--from", "gaza-2023").err


def test_new_refuses_the_name_of_a_base_of_its_base_in_another_folder(command: Command) -> None:
    Path("elsewhere").mkdir()
    Path("elsewhere/a.yaml").write_text("name: a\ntitle: t\nbase: korea-1953\n")
    Path("scenarios").mkdir()
    answer = command("new", "korea-1953", "--from", "elsewhere/a.yaml")
    assert answer.code == 2
    assert "choose another name" in answer.err
    assert list(Path("scenarios").iterdir()) == []


@pytest.mark.parametrize("folder", ["scenarios", "."])
def test_a_scenario_starts_from_the_shipped_one_of_its_name(command: Command, folder: str) -> None:
    shipped = load("idlib-2018").digest
    Path(folder).mkdir(exist_ok=True)
    file = Path(command("new", "idlib-2018", "--from", "idlib-2018").last)
    assert file.parent == Path(folder)
    assert load(file).digest == shipped
    file.write_text("name: idlib-2018\ntitle: mine\nbase: idlib-2018\nagreement: {clarity: 0.77}\n")
    mine = load(file)
    assert mine.scenario.agreement.clarity.centre == 0.77
    assert mine.digest != shipped
    if folder == "scenarios":
        assert load("idlib-2018").digest == mine.digest


def test_two_scenarios_that_start_from_each_other_are_still_refused(tmp_path: Path) -> None:
    for name, base in (("one", "other"), ("other", "one")):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\ntitle: t\nbase: {base}\n")
    with pytest.raises(ScenarioError, match="is its own base: one → other → one"):
        load(tmp_path / "one.yaml")
    (tmp_path / "self.yaml").write_text("name: self\ntitle: t\nbase: self\n")
    with pytest.raises(ScenarioError, match="is its own base: self → self"):
        load(tmp_path / "self.yaml")


NO_CATALOGUES = {
    "a scenario": "name: motives\ntitle: t\nbase: idlib-2018\n",
    "a change": "sentence: s\nkind: lever\nset: {agreement.clarity: 0.3}\n",
    "numbers": "domestic: 0.4\nrevenge: 0.2\n",
    "a whole scenario": "sides: {a: {title: A}, b: {title: B}}\nagreement: {clarity: 0.2}\n",
}


@pytest.mark.parametrize("kind", NO_CATALOGUES)
@pytest.mark.parametrize("beside", ["scenarios/", ""])
def test_a_file_that_is_read_as_a_catalogue_is_named_in_the_one_fault(command: Command, beside: str, kind: str) -> None:
    if beside:
        Path(beside).mkdir()
    catalogue, mine = Path(f"{beside}motives.yaml"), Path(f"{beside}mine.yaml")
    catalogue.write_text(NO_CATALOGUES[kind], encoding="utf-8")
    mine.write_text("name: mine\ntitle: t\nbase: idlib-2018\n", encoding="utf-8")
    for file in (mine, catalogue):
        (fault,) = check_file(file)
        assert fault.file == str(catalogue)
        assert fault.line is not None
        assert "is read as the catalogue of motives" in fault.message


def test_a_motive_that_a_catalogue_of_ones_own_lacks_is_reported_with_the_file(command: Command) -> None:
    Path("motives.yaml").write_text(
        "duty: {title: Duty, profile: [1, 0, 0, -1], salience: {constant: 1}, source: ASSUMED}\n", encoding="utf-8"
    )
    Path("mine.yaml").write_text("name: mine\ntitle: t\nbase: idlib-2018\n", encoding="utf-8")
    messages = {fault.message.split(";")[0] for fault in check_file(Path("mine.yaml"))}
    assert "no such motive in motives.yaml" in messages
