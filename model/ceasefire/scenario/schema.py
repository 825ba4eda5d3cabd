"""The schema of scenario files: every field with its unit, range and meaning."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.parameters.size_limits import MOST_OBJECTIVES
from ceasefire.parameters.sourced_value import Amount, Finite, Numbers, Quantity, Share, Strict, count_of, number

FORCE_LADDER = ("honour", "harass", "strike", "offensive")
ENGAGEMENT_LADDER = ("abstain", "urge", "sanction", "back")

ForceRung = Literal["honour", "harass", "strike", "offensive"]
EngagementRung = Literal["abstain", "urge", "sanction", "back"]
Ladder = Literal["force", "engagement"]
Role = Literal["belligerent", "guarantor", "outside"]
AGREEMENT_CLASSES = ("cessation", "preliminary", "definitive")
AgreementClass = Literal["cessation", "preliminary", "definitive"]
Cause = Literal["offensive", "spoiler_offensive", "bombardment", "spiral", "guarantor_clash", "abrogation", "expiry"]


LONGEST_NAME = 250
"""Letters: a name is a column of tables and the name of a file, which has at most 255 bytes."""


def _name(given: str) -> str:
    if not given or not all(c.islower() or c.isdigit() or c in "_-" for c in given) or not given[0].isalpha():
        raise PydanticCustomError(
            "bad_name",
            "'{shown}' is not a name; use small letters, digits, '-' and '_', beginning with a letter",
            {"shown": given},
        )
    if len(given) > LONGEST_NAME:
        raise PydanticCustomError(
            "long_name", "a name of {length} letters; at most {most}", {"length": len(given), "most": LONGEST_NAME}
        )
    return given


Name = Annotated[str, AfterValidator(_name)]


class Side(Strict):
    """One of the two sides of the front."""

    title: str = Field(description="the name that readers see")


class Patron(Numbers):
    """The patron of an actor, which can restrain it."""

    actor: Name = Field(description="a guarantor of the same side")
    dependence: Quantity = number(
        unit="share", says="how far the client depends on this patron: the leash's length, inverted"
    )


class Campaign(Numbers):
    """An offensive with an objective: begun, paused and resumed. How much is reached is read off the line."""

    title: str = Field(description="what it is for")
    sectors: list[Name] = Field(
        min_length=1, max_length=MOST_OBJECTIVES, description="its objective: sectors that it is to take"
    )
    under_way: Quantity = number(
        unit="share", says="how far it is under way at signing: 1 fought to the last day, 0.5 paused for weeks, 0 over"
    )


class Actor(Numbers):
    """A state or an armed group. Outside parties are on the engagement ladder, all others on the force ladder."""

    title: str = Field(description="the name that readers see")
    role: Role = Field(description="belligerent, guarantor (a patron that signed), or outside party")
    side: Name | None = Field(None, description="its side; none for an outside party")
    capability: Quantity = number(
        0.0, unit="relative strength", low=0, high=10, says="strength it could bring to this war"
    )
    commitment: Quantity = number(1.0, unit="share", says="how much of it the actor is willing to bring now")
    waning: Quantity = number(0.0, unit="share per year", low=0, high=5, says="commitment lost with time; Kenwick")
    discipline: Quantity = number(0.6, unit="share", says="how far its commanders fire only on orders")
    exposure: Quantity = number(
        1.0, unit="share", says="how much of the fire in its sectors falls on it, for its presence"
    )
    civilian_harm: Quantity = number(0.5, unit="share", says="how much of its fire falls on civilians where many live")
    troops_on_line: Quantity = number(
        0.0, unit="troops", low=0, high=500_000, says="guarantor's soldiers between the parties: a tripwire"
    )
    weariness: Quantity = number(0.3, unit="share", says="weariness of war at signing")
    recent_losses: Quantity = number(0.0, unit="deaths", low=0, high=100_000, says="own dead still felt at signing")
    losses_scale: Quantity = number(
        50.0, unit="deaths", low=1, high=100_000, says="recent dead at which it feels 1 - 1/e of the full loss"
    )
    mobilised: Quantity = number(0.2, unit="share", says="forces already mobilised at signing")
    blame: Quantity = number(0.2, unit="share", says="blame carried at signing")
    refugee_share: Quantity = number(0.0, unit="share", says="part of all flight that presses on its border")
    influence: Quantity = number(0.0, unit="share", says="outside party: weight of its words and of its backing")
    backs: Name | None = Field(None, description="outside party: the actor that it may back")
    posture: ForceRung | EngagementRung | None = Field(
        None, description="rung at signing; by default the lowest: honour, or abstain for an outside party"
    )
    ceiling: ForceRung | EngagementRung | None = Field(
        None, description="highest rung that it has the means for; by default the top of its ladder"
    )
    patron: Patron | None = Field(None, description="who holds its leash, if anyone")
    campaign: Campaign | None = Field(None, description="the offensive that it was on, if any")
    motives: dict[Name, Share] = Field(
        default_factory=dict,
        description="weight of each motive: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant",
    )


class Sector(Numbers):
    """A stretch of the front."""

    title: str = Field(description="the name that readers see")
    held: Quantity = number(0.0, unit="share", says="part held by the first of the two sides at signing")
    civilians: Quantity = number(0.0, unit="persons", low=0, high=50_000_000, says="civilians who live there")
    contact: Quantity = number(1.0, unit="share", says="how close the lines are, before any buffer")
    monitoring: Quantity | None = number(None, unit="share", says="monitoring here; by default that of the agreement")
    claims: dict[Name, Amount] = Field(
        default_factory=dict, description="what the sector is worth to an actor that wants to hold it [relative value]"
    )
    presence: dict[Name, Amount] = Field(
        default_factory=dict, description="forces of an actor in the sector [1 = a full formation]"
    )
    neighbours: list[Name] = Field(
        default_factory=list, description="sectors that touch it; naming a pair once is enough"
    )


class Front(Numbers):
    """The front between the sides."""

    entrenched: Quantity = number(
        0.0, unit="share", says="how far the line at signing is one that has stood for years and is dug in"
    )

    sectors: dict[Name, Sector] = Field(min_length=1, description="stretches of the front, by name")


class Deadline(Numbers):
    """A task of the deal that has a day."""

    title: str = Field(description="what must be done")
    due_day: Quantity = number(
        unit="days", low=0, high=36500, doubt="none", says="day from the start by which it is due"
    )
    ease: Quantity = number(
        0.01, unit="per day", low=0, high=1, doubt=0.5, says="chance a day that it is met when everybody complies"
    )
    weight: Quantity = number(0.3, unit="share", doubt=0.5, says="how much of the deal is unmet when it is missed")


class Agreement(Numbers):
    """The terms of the ceasefire."""

    class_: AgreementClass = Field(
        alias="class", description="cessation; preliminary (with a compliance mechanism); definitive"
    )
    monitoring: Quantity = number(0.0, unit="share", says="how much of what happens on the line impartial eyes see")
    buffer_km: Quantity = number(0.0, unit="km", low=0, high=500, says="depth of the demilitarised strip")
    hotline: Quantity = number(0.5, unit="share", says="how fast the guarantors' officers reach each other")
    clarity: Quantity = number(0.5, unit="share", says="how clearly the terms say what is forbidden; Park (2023)")
    order: Quantity = number(1.0, unit="share", says="how firmly commanders were ordered to cease at signing")
    talks_order: Quantity = number(
        0.3,
        unit="share",
        says="how far a round of talks is an order that is obeyed, not a promise that each party weighs for itself",
    )
    term_days: Annotated[int, count_of(1, 36500, "days")] | None = Field(
        None, description="days after which the deal expires unless renewed; by default none: open-ended"
    )
    renewal_days: Annotated[int, count_of(1, 36500, "days")] | None = Field(
        None, description="days that a renewal adds; by default the term"
    )
    excludes: list[Name] = Field(default_factory=list, description="fighting parties that the deal leaves out")
    principals: list[Name] = Field(
        default_factory=list, description="who bargains over a renewal; all signatories when not said"
    )
    most_renewals: Annotated[int, count_of(0, 36500, "renewals")] | None = Field(
        None, description="renewals that the deal, or a party's government, allows at most; any number when not said"
    )
    exchange: Quantity = number(
        0.0,
        unit="utility",
        low=0,
        high=5,
        says="what another term is worth to each principal for what is exchanged, released or let in meanwhile",
    )
    exchanges: Quantity = number(
        0.0, unit="renewals", low=0, high=36500, doubt="none", says="renewals that can be paid for in this way"
    )
    third_party_war_ends_it: bool = Field(
        False,
        description="war with or by a party that the deal leaves out ends it too, not only war between its parties",
    )
    deadlines: dict[Name, Deadline] = Field(default_factory=dict, description="tasks, by name")


class Guarantors(Numbers):
    """The bond between the two guarantors."""

    ties: Quantity = number(
        0.5, unit="share", says="how close their wider relations are at signing, and the level they return to"
    )


class Attention(Numbers):
    """The attention of the world."""

    start: Quantity = number(0.5, unit="share", says="at signing")
    floor: Quantity = number(0.1, unit="share", says="when nothing happens")


class War(Numbers):
    """The war that the deal stopped: the scale for the return to war."""

    toll_14d: Quantity = number(
        unit="deaths in 14 days", low=1, high=1_000_000, says="largest 14-day toll in the 365 days before the deal"
    )
    deadliness: Quantity | None = number(
        None,
        unit="deaths of a violation, against Idlib",
        low=0.001,
        high=1000,
        doubt="none",
        says="by default worked out from the toll and the forces: all of them attacking for 14 days cause all_out tolls",
    )
    ongoing: Quantity = number(
        0.2,
        unit="share of toll_14d",
        low=0,
        high=2,
        says="how violent the last 14 days before the deal were; felt, not counted",
    )
    deaths_after_end: Quantity | None = number(
        None,
        unit="deaths a day",
        low=0,
        high=100_000,
        doubt="none",
        says="counted after an end, within the horizon; by default toll_14d x ongoing / 14; 0 leaves it out; no rule",
    )


class Event(Strict):
    """Something on a given day, at random or once a task is met, that changes named numbers or who is there."""

    title: str = Field(description="what happens, for the story")
    day: Quantity | None = Field(None, description="day from the start [days]; may be a distribution")
    rate_per_year: Amount | None = Field(None, description="instead of a day: how often it strikes [per year]")
    when_met: Name | None = Field(None, description="instead of a day: the deadline after whose meeting it happens")
    once: bool = Field(True, description="a random event strikes at most once")
    set: dict[str, Quantity] = Field(default_factory=dict, description="paths of numbers, and what they become")
    add: dict[str, Quantity] = Field(default_factory=dict, description="paths of numbers, and what is added")
    multiply: dict[str, Quantity] = Field(default_factory=dict, description="paths of numbers, and their factor")
    review: list[Name] = Field(default_factory=list, description="actors that review their posture that day")
    joins: list[Name] = Field(default_factory=list, description="actors left out that become parties to the deal")
    goes_home: list[Name] = Field(
        default_factory=list, description="actors whose forces leave the front, demobilise or disband"
    )
    source: str | None = Field(None, description="where it is reported")
    known_by: datetime.date | None = Field(None, description="the day from which it could be known")

    @model_validator(mode="after")
    def _when(self) -> Event:
        if sum(when is not None for when in (self.day, self.rate_per_year, self.when_met)) != 1:
            raise PydanticCustomError("when", "give one of day, rate_per_year and when_met", {})
        if not (self.set or self.add or self.multiply or self.review or self.joins or self.goes_home):
            raise PydanticCustomError(
                "nothing", "it changes nothing; give set, add, multiply, review, joins or goes_home", {}
            )
        if self.day is not None and self.day.centre < 0:
            raise PydanticCustomError("outside", "day {day} is before the start", {"day": f"{self.day.centre:g}"})
        return self


class Salience(Strict):
    """When a motive is felt: constant + the sum of terms, cut to [-1, 1]."""

    constant: Finite = Field(0.0, description="felt always")
    terms: dict[str, Finite] = Field(
        default_factory=dict,
        description="coefficient by indicator, by `not indicator` (1 - x), or by a product of two such",
    )


class Motive(Strict):
    """A reason for an actor to prefer some rungs of its ladder."""

    title: str = Field(description="in words")
    ladder: Ladder = Field("force", description="force or engagement")
    profile: tuple[Finite, Finite, Finite, Finite] = Field(
        description="how much it likes each rung, lowest first, -1 to 1"
    )
    salience: Salience = Field(description="when it is felt")
    source: str = Field(description="the passage or paper that it comes from")

    @model_validator(mode="after")
    def _bounded(self) -> Motive:
        if any(abs(liking) > 1 for liking in self.profile):
            raise PydanticCustomError("outside", "profile: each number lies in -1 to 1", {})
        return self


class Really(Strict):
    """What became of the deal, by both clocks. The rules never read it; forecasts are scored by it."""

    end: datetime.date | None = Field(
        None, description="unbroken: first day of the fighting that ended it; none while it still holds"
    )
    days: tuple[Annotated[int, count_of(0, 36500, "days")], Annotated[int, count_of(0, 36500, "days")]] | None = Field(
        None, description="least and most days that it held, where the day is not certain; by default those to `end`"
    )
    holding_on: datetime.date | None = Field(
        None, description="instead of `end`: the last day on which it is known to hold"
    )
    formal_end: datetime.date | None = Field(
        None, description="when it was no longer in force: lapsed, refused, called off or replaced"
    )
    cause: Cause | None = Field(None, description="how it ended, in the words of the table of worlds")
    how: str = Field(description="how it ended or holds, in a sentence")
    source: str = Field(description="where it is reported")

    @model_validator(mode="after")
    def _one_end(self) -> Really:
        if (self.end is None) == (self.holding_on is None):
            raise PydanticCustomError("one_end", "give either end or holding_on", {})
        if self.days is not None and (self.holding_on is not None or self.days[0] > self.days[1]):
            raise PydanticCustomError("days", "days are the least and the most to `end`, the least first", {})
        return self

    @property
    def holding(self) -> bool:
        """Whether it still held when last heard of."""
        return self.holding_on is not None

    def held(self, start: datetime.date) -> tuple[int, int]:
        """The least and the most days that a deal of this start held; of one that holds, those that are known."""
        last = self.end or self.holding_on or start
        return self.days or ((last - start).days, (last - start).days)


class EarlierDeal(Strict):
    """An earlier deal of the conflict or the country, as it was known when this one was signed."""

    name: str = Field(description="the name that readers see")
    start: datetime.date = Field(description="its first day")
    outcome: Literal["broke", "broke_by", "ran_out", "holding"] | None = Field(
        None,
        description="broke, when not said; broke_by: it was over by `end`, nobody knows on which day; ran_out: its term "
        "ended, or it was renewed or replaced on `end`; holding: it still held when this deal was signed",
    )
    end: datetime.date | None = Field(None, description="the day that `outcome` speaks of; none for one that held")
    ceasefire_class: AgreementClass = Field("cessation", description="as agreement.class")
    written: bool = Field(False, description="whether there was a written text")
    planned_days: Annotated[Finite, Field(ge=0.5, le=36525)] | None = Field(
        None, description="length of its fixed term [days]; none when open-ended or not known"
    )
    fixed_term: bool | None = Field(None, description="whether it set a last day; yes when planned_days is given")
    conflict: str | None = Field(None, description="which conflict, when not this one")
    source: str = Field(description="where it is reported")

    @model_validator(mode="after")
    def _ended(self) -> EarlierDeal:
        if self.outcome == "holding" and self.end is not None:
            raise PydanticCustomError("holding", "a deal that held when this one was signed has no end", {})
        if self.outcome != "holding" and self.end is None:
            hint = "has no end; give `end`, or write `outcome: holding` when it still held"
            raise PydanticCustomError("no_end", hint, {})
        if self.end is not None and self.end < self.start:
            dates = {"end": str(self.end), "start": str(self.start)}
            raise PydanticCustomError("backwards", "its end, {end}, lies before its start, {start}", dates)
        if self.planned_days is not None and self.fixed_term is False:
            raise PydanticCustomError("no_term", "an open-ended deal has no planned_days", {})
        return self


class History(Strict):
    """What is known of deals like this one when it is signed. The rules never read it; forecasts lean on it."""

    country: str = Field(min_length=1, description="as Syria; a conflict between states: as India/Pakistan")
    conflict: str | None = Field(None, description="any name for the conflict; that of the deals below, when not said")
    ceasefire_class: AgreementClass | None = Field(None, description="as coded of the deal; by default agreement.class")
    written: bool = Field(False, description="whether the deal is a written text")
    planned_days: Annotated[Finite, Field(ge=0.5, le=36525)] | None = Field(
        None, description="length of its fixed term [days]; by default agreement.term_days"
    )
    fixed_term: bool | None = Field(None, description="whether it sets a last day; yes when there is a term")
    deals: list[EarlierDeal] = Field(default_factory=list, description="earlier deals, as known at signing")


class Scenario(Numbers):
    """A situation: who faces whom, where, under which terms, and what may happen."""

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title}>"

    @property
    def actor_titles(self) -> dict[str, str]:
        """Titles of actors by their names."""
        return {name: actor.title for name, actor in self.actors.items()}

    name: Name = Field(description="as on the command line")
    title: str = Field(description="as on charts")
    summary: str = Field("", description="a paragraph for the reader")
    start: datetime.date = Field(description="day 0: the first day that the ceasefire is in force")
    horizon_days: Annotated[int, count_of(1, 36500, "days")] = Field(
        1825, description="how long worlds are followed [days]"
    )
    day: Annotated[int, count_of(0, 36500, "days")] = Field(
        0, description="day of which the numbers tell, when it is not that of signing: worlds begin on it [days]"
    )
    sides: dict[Name, Side] = Field(min_length=2, max_length=2, description="exactly two, by name")
    actors: dict[Name, Actor] = Field(min_length=2, description="the actors that decide, by name")
    front: Front = Field(description="where they face each other")
    agreement: Agreement = Field(description="the terms")
    guarantors: Guarantors = Field(default_factory=lambda: Guarantors(), description="the bond between guarantors")
    trust: dict[Name, Share] = Field(
        default_factory=dict,
        description="by side: chance that the other side keeps its word [probability]; by default 0.5",
    )
    resolve: dict[Name, Share] = Field(
        default_factory=dict, description="by side: resolve that its guarantors have shown [share]; by default 0"
    )
    attention: Attention = Field(default_factory=lambda: Attention(), description="of the world")
    war: War = Field(description="the war that the deal stopped")
    mechanisms: Mechanisms = Field(default_factory=lambda: Mechanisms(), description="numbers of the rules")
    motives: dict[Name, Motive] = Field(default_factory=dict, description="the catalogue, with the scenario's own")
    events: list[Event] = Field(default_factory=list, description="from outside")
    really: Really | None = Field(None, description="what became of the deal; not inherited, and no rule reads it")
    history: History | None = Field(None, description="earlier deals as known at signing; no rule reads it")


class Change(Strict):
    """A named edit to a scenario: a lever that someone could pull, or a shock that may come."""

    name: Name = Field(description="as on the command line")
    title: str = Field(description="as on charts")
    sentence: str = Field(description="what it changes in the world, in one sentence")
    kind: Literal["lever", "shock", "assumption"] = Field(
        description="lever: an actor can decide it; shock: no actor controls it; assumption: it is uncertain"
    )
    set: dict[str, object] = Field(default_factory=dict, description="paths, and their new values")
    add: dict[str, Finite] = Field(default_factory=dict, description="paths of numbers, and what is added")
    multiply: dict[str, Finite] = Field(default_factory=dict, description="paths of numbers, and their factor")
    remove: list[str] = Field(default_factory=list, description="paths that go; `list=item` for an item of a list")
    append: dict[str, list[object]] = Field(
        default_factory=dict, description="paths of lists, and what is added at the end"
    )

    @model_validator(mode="after")
    def _something(self) -> Change:
        if not (self.set or self.add or self.multiply or self.remove or self.append):
            raise PydanticCustomError("nothing", "it changes nothing; give set, add, multiply, remove or append", {})
        return self


def ladder_of(role: Role) -> Ladder:
    """The engagement ladder for an outside party, the force ladder for all others."""
    return "engagement" if role == "outside" else "force"


def rungs_of(ladder: Ladder) -> tuple[str, ...]:
    """The four rungs, lowest first."""
    return ENGAGEMENT_LADDER if ladder == "engagement" else FORCE_LADDER


__all__ = [name for name, thing in globals().items() if isinstance(thing, type) and issubclass(thing, BaseModel)]
