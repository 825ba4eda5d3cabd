"""A guided start for another conflict: the facts of a forecast as questions; a scenario file and a forecast."""

from __future__ import annotations

from typing import Any

from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import CLASSES
from ceasefire.reference_class.outside_view.deal_files import deal_of
from ceasefire.reference_class.outside_view.forecast import forecast
from ceasefire.scenario.find_scenarios import headline, list_scenarios
from ceasefire.studio.messages import Create, State
from ceasefire.wording import whole_percent

NEUTRAL = ("generic", "sri-lanka-2002")
"""Scenarios that a new one starts from when none is named: the first that is there."""

MONITORED = {"yes": 0.4, "no": 0.1}
"""Share of the line that is monitored, by whether the deal has a mechanism to see to it. ASSUMED."""

TITLES = {
    "country": "Where is the conflict?", "conflict": "Which conflict of that country?",
    "start": "When does the ceasefire begin?", "ceasefire_class": "What kind of deal is it?",
    "written": "Is there a written text?", "fixed_term": "Does it end on a planned day?",
    "planned_days": "How many days is it meant to last?",
    "mechanism": "Is there somebody who sees to it that the deal is kept?",
}  # fmt: skip
HINTS = {
    "country": "As in Syria; a conflict between states is a country of its own, as in India/Pakistan.",
    "conflict": "Any name; your list of earlier deals should use the same.",
    "start": "The first day of the deal.", "ceasefire_class": "What the text promises.",
    "written": "Signed or published, not only announced.", "fixed_term": "A truce for a holiday does.",
    "planned_days": "Only for a deal that ends on a planned day.",
    "mechanism": "Monitors, a commission or patrols; this sets how much of the line is seen.",
}  # fmt: skip
KINDS = {"start": "date", "ceasefire_class": "choice", "written": "yesno", "fixed_term": "yesno",
         "planned_days": "number", "mechanism": "yesno"}  # fmt: skip
CLASS_WORDS = {
    "cessation": "Cessation: fighting stops, no more", "preliminary": "Preliminary: with ways to see to it",
    "definitive": "Definitive: with the end of the armed group or of the war",
}  # fmt: skip


def questions() -> dict[str, Any]:
    """The questions, and the scenarios that a new one may start from, the neutral one first."""
    rows = []
    for name, title in TITLES.items():
        rows.append(
            {
                "name": name, "title": title, "sentence": HINTS[name], "kind": KINDS.get(name, "text"),
                "choices": [{"value": each, "title": CLASS_WORDS[each]} for each in CLASSES]
                if name == "ceasefire_class" else [],
                "required": name == "start",
            }
        )  # fmt: skip
    files = list_scenarios()
    order = sorted(files, key=lambda name: (name != neutral(), name))
    return {"questions": rows, "bases": [{"name": n, "title": headline(files[n]).get("title", n)} for n in order]}


def neutral() -> str:
    """The scenario that a new one starts from when none is named."""
    known = list_scenarios()
    return next((name for name in NEUTRAL if name in known), next(iter(known), ""))


def title_of(request: Create) -> str:
    """The title of the new scenario: as given, or from the facts."""
    where, when = (request.answers.get(name, "").strip() for name in ("country", "start"))
    return request.title or f"Ceasefire in {where or request.name}{f' of {when}' if when else ''}"


def begin(request: Create) -> tuple[State, list[str], dict[str, Any] | None]:
    """The state that a new scenario is saved from, the comments at its head, and a forecast from the same facts.

    ScenarioError with the name of each answer that is wrong.
    """
    answers = {name: text.strip() for name, text in request.answers.items() if text.strip()}
    unknown = [name for name in answers if name not in TITLES]
    if unknown:
        raise ScenarioError([Fault("", None, name, "no such question") for name in unknown])
    deal = deal_of({name: text for name, text in answers.items()}).facts
    settings: dict[str, Any] = {"agreement.class": deal.ceasefire_class}
    if deal.planned_days:
        settings["agreement.term_days"] = max(1, round(deal.planned_days))
    if answers.get("mechanism", "").lower() in MONITORED:
        settings["agreement.monitoring"] = MONITORED[answers["mechanism"].lower()]
    if "start" in answers:
        settings["start"] = deal.start.isoformat()
    where = f" in {answers['country']}" if "country" in answers else ""
    settings["summary"] = f"A ceasefire{where}, begun from a few facts: see the head of the file."
    base = request.base or neutral()
    return State(scenario=base, set=settings), _comments(base, answers), _forecast(answers)


def _comments(base: str, answers: dict[str, str]) -> list[str]:
    """The head of the file: what was answered, and what to edit next."""
    lines = [f"Begun in the studio from {base}. What was answered:"]
    lines += [f"  {TITLES[name]} {text}" for name, text in answers.items()]
    return [
        *lines,
        "Whatever is missing here is as in the base, and was judged for that conflict: who fights, for what, how",
        f"strongly, and where. To see all of it: ceasefire describe {base} --resolved. Copy what differs, edit it, and",
        "say where each number is from; then: ceasefire check FILE.",
    ]  # fmt: skip


def _forecast(answers: dict[str, str]) -> dict[str, Any] | None:
    """What deals with these facts did; None without a first day."""
    if "start" not in answers:
        return None
    found = forecast(answers).deals[0]
    rows = [{"day": row.day, "share": row.unbroken, "low": row.low, "high": row.high} for row in found.rows]
    year = next((row for row in found.rows if row.day == 365), found.rows[-1])
    span = f"{whole_percent(year.low)} to {whole_percent(year.high)}"
    sentence = (
        f"Of deals with these facts, {whole_percent(year.unbroken)} hold {year.day:,} days (90 % range: {span}). "
        "This outside view knows nothing of who is strong, who guarantees, or who wants war."
    )
    return {"sentence": sentence, "rows": rows}
