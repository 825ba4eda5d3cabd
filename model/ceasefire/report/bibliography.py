"""Works that a scenario cites, numbers that are taken from them by analogy, and how to cite a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ceasefire.report.html import Block, Commands, Paragraph, Points, Section
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import short_hash

FILE = Path(__file__).with_name("bibliography.yaml")


@dataclass(frozen=True)
class Work:
    """A work, the words by which it is cited, and what it is about, where that is one conflict."""

    key: str
    author: str
    year: int
    title: str
    where: str = ""
    doi: str = ""
    about: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The work in one line."""
        doi = f"doi {self.doi}" if self.doi else ""
        return ". ".join(part for part in (f"{self.author} ({self.year})", self.title, self.where, doi) if part) + "."

    def by_analogy(self, scenario: Scenario) -> bool:
        """Whether a number of this scenario can rest on the work by analogy only."""
        return bool(self.about) and not scenario.name.startswith(self.about)


@cache
def works() -> tuple[Work, ...]:
    """Every work of the bibliography, by author."""
    rows = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Work(
            row["key"], row["author"], row["year"], row["title"], row.get("in", ""), row.get("doi", ""),
            tuple(row.get("about", ())),
        )
        for row in rows
    )  # fmt: skip


def cited(text: str) -> list[Work]:
    """The works that a source or a note cites."""
    plain = text.replace("(", "").replace(")", "").replace(",", "")
    return [work for work in works() if work.key.replace(",", "") in plain]


def analogy_words(text: str, scenario: Scenario) -> str:
    """'by analogy' where a source or note cites a work about another conflict; else ''."""
    about = [
        f"{work.key} is about {', '.join(work.about).title()}" for work in cited(text) if work.by_analogy(scenario)
    ]
    return f"by analogy: {'; '.join(about)}" if about else ""


def works_of(*scenarios: Scenario) -> list[Work]:
    """The works that the numbers and motives of scenarios cite."""
    texts = [f"{one.source} {one.note or ''}" for scenario in scenarios for _, one, _ in quantities(scenario)]
    texts += [motive.source for scenario in scenarios for motive in scenario.motives.values()]
    return cited(" ".join(" ".join(text.split()) for text in texts))


LICENCES = (
    "The program: Apache License 2.0. Deals like it: figures derived from the ETH/PRIO Civil Conflict Ceasefire "
    "Dataset (Clayton et al. 2022, research use with citation). The scenario file: that of whoever wrote it."
)


def cite_section(manifest: Mapping[str, Any], title: str, *scenarios: Scenario) -> Section:
    """How to cite a run or a comparison, with BibTeX, the works that it used, and licences."""
    version, run = manifest.get("program", {}).get("ceasefire", ""), str(manifest.get("identity", ""))
    named = [f"run {short_hash(run)}"] if run else []
    if manifest.get("digest"):
        named.append(f"scenario hash {str(manifest['digest'])[:12]}")
    which, key = ", ".join(named), short_hash(run or str(manifest.get("digest", "")))
    year = str(manifest.get("started", ""))[:4]
    text = f"The Ceasefire authors ({year}). {title}. Simulated with Ceasefire {version}; {which}."
    plain = title.translate({ord(c): None for c in "{}\\\\"})
    fields = {
        "author": "{The Ceasefire authors}", "title": f"{{{plain}}}", "year": year,
        "note": f"Ceasefire {version}, {which}",
    }  # fmt: skip
    inside = ", ".join(f"{name} = {{{value}}}" for name, value in fields.items())
    bibtex = f"@misc{{ceasefire-{key}, {inside}}}"
    blocks: list[Block] = [Paragraph(text), Commands({bibtex: "BibTeX"}), Paragraph(LICENCES)]
    if used := works_of(*scenarios):
        blocks += [Paragraph("Works cited by its numbers and motives:"), Points([work.words for work in used])]
    return Section("cite", "How to cite it, and what it cites", blocks)
