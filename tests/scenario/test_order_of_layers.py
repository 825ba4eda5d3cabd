"""One order of base, file, changes and settings; `describe --resolved` says which of them set each number."""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path

import pytest
from conftest import Command

from ceasefire.scenario.load import load, load_resolved

PATH = "agreement.monitoring"

LAYERS = (
    "base", "base's change", "base's second change", "file", "file's change", "joined change", "--change",
    "second --change", "--set",
)  # fmt: skip
"""Where a number may be set, in the order that is promised: a later one counts."""

CHANGES = {
    "base's change": "one", "base's second change": "two", "file's change": "three", "joined change": "four",
    "--change": "five", "second --change": "six",
}  # fmt: skip


def value_of(layer: str) -> float:
    return round(0.05 + LAYERS.index(layer) / 20, 2)


def written(chosen: set[str]) -> list[str]:
    """Files in which the chosen layers set the number; the arguments for `describe --resolved` that add the others."""
    for layer, name in CHANGES.items():
        path, value = (PATH, value_of(layer)) if layer in chosen else ("agreement.hotline", 0.5)
        Path(f"{name}.yaml").write_text(
            f"name: {name}\ntitle: t\nsentence: s\nkind: lever\nset:\n  {path}: {value}\n", encoding="utf-8"
        )

    def own(layer: str) -> str:
        return f"agreement:\n  monitoring: {value_of(layer)}\n" if layer in chosen else ""

    below = f"name: below\ntitle: t\nbase: idlib-2018\nchanges: [./one.yaml, ./two.yaml]\n{own('base')}"
    Path("below.yaml").write_text(below, encoding="utf-8")
    # the changes stand above the values here: the place within a file does not matter
    top = f"name: top\ntitle: t\nchanges: [./three.yaml]\nbase: ./below.yaml\n{own('file')}"
    Path("top.yaml").write_text(top, encoding="utf-8")
    settings = ["--set", f"{PATH}={value_of('--set')}"] if "--set" in chosen else []
    return [*settings, "--change", "four", "--change", "five.yaml", "--change", "six.yaml"]


SOME = random.Random(5).sample(
    [set(chosen) for n in range(len(LAYERS) + 1) for chosen in itertools.combinations(LAYERS, n)], 40
)


@pytest.mark.parametrize("chosen", SOME, ids=lambda chosen: ",".join(sorted(chosen)) or "none")
def test_the_last_layer_counts_and_describe_names_it_and_what_it_overruled(command: Command, chosen: set[str]) -> None:
    arguments = written(chosen)
    answer = command("describe", "top.yaml", "--resolved", *arguments)
    assert answer.code == 0
    (line,) = (each for each in answer.out.splitlines() if each.startswith("  monitoring: "))
    before, _, comment = line.partition("   # ")
    ordered = [layer for layer in reversed(LAYERS) if layer in chosen]
    files = {"base": "below.yaml", "file": "top.yaml", "--set": "--set"} | {k: f"{v}.yaml" for k, v in CHANGES.items()}
    if not ordered:
        assert comment.startswith("shipped idlib-2018.yaml:")
        return
    assert f"value: {value_of(ordered[0]):g}," in before
    first, _, overruled = comment.partition("; overrules ")
    assert first.partition(":")[0] == files[ordered[0]]
    found = [(float(value), file.partition(":")[0]) for value, file in re.findall(r"([\d.]+) \(([^)]*)\)", overruled)]
    expected = [(value_of(layer), files[layer]) for layer in ordered[1:]]
    assert found[: len(expected)] == expected
    assert all(file.startswith("shipped ") for _, file in found[len(expected) :])


def test_what_describe_shows_is_the_scenario_with_a_comment_on_every_number(command: Command) -> None:
    text = command("describe", "idlib-2020+no-monitors", "--resolved", "--set", "attention.floor=0.3").out
    Path("x.resolved.yaml").write_text(text, encoding="utf-8")
    loaded = load("idlib-2020", changes=["no-monitors"], set={"attention.floor": 0.3})
    assert load_resolved(Path("x.resolved.yaml")).digest == loaded.digest
    bare = [line.partition("   # ")[0] for line in text.rstrip("\n").splitlines()]
    assert bare == loaded.resolved_yaml().rstrip("\n").splitlines()
    numbers = [line for line in text.splitlines() if re.search(r": \{value: |: \{(uniform|normal|triangular)", line)]
    assert len(numbers) > 200
    assert [line for line in numbers if not re.search(r"   # (shipped [\w/.-]+:\d+|--set|default)", line)] == []


def test_a_number_changed_by_arithmetic_names_the_change_and_the_number_before(command: Command) -> None:
    Path("half.yaml").write_text(
        f"name: half\ntitle: t\nsentence: s\nkind: lever\nmultiply:\n  {PATH}: 0.5\n", encoding="utf-8"
    )
    text = command("describe", "idlib-2018", "--resolved", "--change", "half.yaml").out
    assert re.search(r"monitoring: \{value: 0\.125.*   # half\.yaml:6; overrules 0\.25 \(shipped idlib-2018", text)


def test_the_events_of_a_file_do_not_overrule_those_of_its_base(command: Command) -> None:
    Path("mine.yaml").write_text(
        "name: mine\ntitle: t\nbase: idlib-2018\nevents:\n"
        "  - {title: A storm, rate_per_year: 2, add: {attention.floor: 0.1}}\n",
        encoding="utf-8",
    )
    text = command("describe", "mine.yaml", "--resolved").out
    (line,) = (each for each in text.splitlines() if each.strip().startswith("rate_per_year: "))
    assert line.endswith("   # mine.yaml:5")


def test_the_order_is_documented_where_people_edit_scenarios() -> None:
    text = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
    part = text[text.index("### What overrules what") : text.index("## Numbers")]
    places = [
        part.index(words) for words in ("the **base**", "what the file itself", "`changes:`", "`--change`", "`--set`")
    ]
    assert places == sorted(places)
