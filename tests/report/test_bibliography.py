"""Sources that can be followed: works that a scenario cites, numbers by analogy, and how to cite a run."""

from __future__ import annotations

import re

from ceasefire.report.appendix import DEFAULT, JUDGED, assumed_numbers, motives_table
from ceasefire.report.bibliography import cite_section, cited, works, works_of
from ceasefire.report.html import Commands, Points
from ceasefire.scenario.find_scenarios import list_scenarios
from ceasefire.scenario.load import load

MANIFEST = {"program": {"ceasefire": "0.1.0"}, "digest": "ab" * 32, "started": "2026-03-05T12:00:00+00:00"}


def test_every_work_has_a_key_of_its_own_that_names_its_year() -> None:
    keys = [work.key for work in works()]
    assert len(keys) == len(set(keys)) > 15
    for work in works():
        assert work.key.endswith(str(work.year))
        assert str(work.year) in work.words
        assert not work.doi or re.fullmatch(r"10\.\d{4,}/\S+", work.doi)


def test_every_paper_that_a_shipped_motive_cites_is_in_the_bibliography() -> None:
    named = re.compile(r"[A-Z][\w-]+(?: et al\.| and [A-Z][\w-]+)? \(?(?:19|20)\d\d\)?")
    known = {work.key for work in works()}
    seen = set()
    for motive in load("idlib-2020").scenario.motives.values():
        for words in named.findall(" ".join(motive.source.split())):
            plain = words.replace("(", "").replace(")", "")
            if not re.match(r"(January|February|March|April|May|June|July|August|September|October|November)", plain):
                seen.add(plain)
    assert len(seen) > 3
    assert seen <= known, seen - known


def test_a_page_lists_the_works_that_its_scenario_cites_and_no_others() -> None:
    used = [work.key for work in works_of(load("idlib-2020").scenario)]
    assert "Foxall 2020" in used
    assert "Grimm et al. 2020" not in used
    assert [work.key for work in cited("Fearon (1995) and others")] == ["Fearon 1995"]


def test_a_number_from_an_article_on_another_war_is_by_analogy() -> None:
    sudan, idlib = (load(name).scenario for name in ("sudan-2023", "idlib-2020"))
    for scenario, count in ((sudan, True), (idlib, False)):
        sources = " ".join(row[1] for row in motives_table(scenario).rows)
        notes = " ".join(assumed_numbers(scenario)["note"])
        assert "Foxall 2020" in sources
        assert ("by analogy: Foxall 2020 is about Idlib" in sources) == count
        assert ("by analogy" in notes) == (count and "Foxall" in notes)


def test_every_assumed_number_of_every_shipped_scenario_has_a_note_and_analogies_say_so() -> None:
    names = list(list_scenarios())
    assert len(names) > 30
    weights = 0
    for name in names:
        scenario = load(name).scenario
        table, motives = assumed_numbers(scenario), motives_table(scenario).rows
        assert len(table) > 100
        assert (table["note"].str.len() > 5).all(), name
        abroad = not name.startswith("idlib")
        for _, source in motives:
            assert ("by analogy: Foxall 2020 is about Idlib" in source) == ("Foxall" in source and abroad), name
        of_motives = table[table["number"].str.contains(r"\.motives\.")]
        for path, note in zip(of_motives["number"], of_motives["note"], strict=True):
            motive = scenario.motives[path.rpartition(".")[2]]
            assert ("by analogy: Foxall 2020 is about Idlib" in note) == ("Foxall" in motive.source and abroad), path
            weights += "by analogy" in note
    assert weights > 200


def test_a_note_says_whether_a_number_without_a_reason_is_a_judgement_or_a_default() -> None:
    notes = assumed_numbers(load("sudan-2023").scenario).set_index("number")["note"]
    assert notes["actors.saf.waning"] in (DEFAULT, JUDGED)
    assert {DEFAULT, JUDGED} <= set(notes)
    assert sum("by analogy" in source for _, source in motives_table(load("sudan-2023").scenario).rows) == 11


def test_a_run_says_how_to_cite_it_with_bibtex_that_closes_its_braces() -> None:
    scenario = load("idlib-2020").scenario
    blocks = cite_section(MANIFEST, "A deal {with} braces", scenario).blocks
    (bibtex,) = [line for block in blocks if isinstance(block, Commands) for line in block.lines]
    assert bibtex.count("{") == bibtex.count("}")
    assert bibtex.startswith(
        "@misc{ceasefire-abababab, author = {{The Ceasefire authors}}, title = {{A deal with braces}}"
    )
    assert "scenario hash abababababab" in bibtex
    assert any(isinstance(block, Points) for block in blocks)
