"""How the peer's ceasefires end: an offensive, guarantors at each other, deaths as in the war, or on paper."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ceasefire.evaluation.independent_model.actor import FORTNIGHT, PeerActor

if TYPE_CHECKING:
    from ceasefire.evaluation.independent_model.model import PeerModel


def judge(model: PeerModel) -> None:
    """Has the ceasefire ended, and why?"""
    model.deaths.append(model.deaths_today)
    model.ending_deaths.append(model.ending_today)
    for actor in model.actors:
        actor.ordered_lately.append(actor.ordered_today)
        actor.inflicted_lately.append(actor.inflicted_today)
    deaths = sum(model.deaths)
    model.counts["peak"] = max(model.counts["peak"], deaths)
    old_war = model.war.ongoing * max(0.0, 1.0 - (model.day + 1) / FORTNIGHT)
    model.violence = min(1.0, deaths / model.war.toll_14d + old_war)
    judge_violence(model, sum(model.ending_deaths))
    if not model.ended and not model.lapsed:
        judge_paper(model)
    model.day += 1
    horizon = model.scenario.horizon_days
    if model.ended or (model.day >= horizon and not undecided(model, horizon)):
        stop_looking(model, horizon)


def undecided(model: PeerModel, horizon: int) -> bool:
    """Has an attack or a clash of guarantors begun before the horizon that may yet turn out to be the end?"""
    window = int(model.mechanisms.offensive_window)
    attacks = [day for actor in model.actors for day in actor.days_of_attack if day < horizon]
    if any(day > model.day - window for day in attacks):
        return True
    return model.clash_since is not None and max(model.clash_since, model.day - FORTNIGHT + 1) < horizon


def stop_looking(model: PeerModel, horizon: int) -> None:
    """The world is over; of a deal that holds until the horizon nothing is told from there on."""
    model.running = False
    if model.ended and model.days_held < horizon:
        return
    model.ended, model.cause, model.days_held = False, "", horizon
    model.cause_actor = model.deciding_actor = model.deciding_motive = model.deciding_sector = ""
    model.counts = [*model.mornings, model.counts][horizon]
    for clock in ("first_breach", "first_lethal", "operational_end", "formal_end"):
        if (getattr(model, clock) or 0) >= horizon:
            setattr(model, clock, None)


def war_again(model: PeerModel) -> float:
    """Deaths in a fortnight that are war."""
    return float(max(model.mechanisms.war_share * model.war.toll_14d, model.mechanisms.war_floor))


def judge_violence(model: PeerModel, deaths: int) -> None:
    """The end by an offensive, by guarantors at each other, or by deaths as in the war."""
    at_war = deaths >= war_again(model)
    ending = {}
    for actor in model.actors:
        lately = [day for day in actor.days_of_attack if day > model.day - model.mechanisms.offensive_window]
        attacks = model.day in lately
        if attacks and (at_war or len(lately) >= model.mechanisms.offensive_days):
            ending[actor] = lately[0]
    if ending:
        first = min(ending, key=lambda actor: ending[actor])
        end_by_offensive(model, first, ending[first])
    elif guarantors_clash(model):
        guarantors = [actor for actor in model.actors if actor.guarantor]
        deadliest = max(guarantors, key=lambda actor: sum(actor.inflicted_lately))
        end(model, "guarantor_clash", max(model.clash_since or 0, model.day - FORTNIGHT + 1), deadliest)
        model.operational_end = model.days_held
        take_back(model)
    elif at_war:
        end_by_fire(model, deaths)
    else:
        end_by_bombardment(model)


def end_by_bombardment(model: PeerModel) -> None:
    """One party's guns or aircraft kill as in the war, for some days, though nobody advances."""
    window = int(model.mechanisms.offensive_window)
    limit = war_again(model) * window / FORTNIGHT
    lately = {actor: sum(list(actor.ordered_lately)[-window:]) for actor in model.actors if actor.rung >= 2}
    bombers = [a for a, dead in lately.items() if a.fights and a.counts_towards_an_end and dead >= limit]
    if bombers and sum(model.ending_deaths) >= limit:
        end(model, "bombardment", model.day, max(bombers, key=lambda actor: lately[actor]))
        model.operational_end = model.day


def end(model: PeerModel, cause: str, day: int, actor: PeerActor | None) -> None:
    """The ceasefire held until `day`."""
    model.ended, model.cause, model.days_held = True, cause, day
    if actor is not None:
        model.cause_actor = model.deciding_actor = actor.name
        model.deciding_motive = actor.decided_by
    hottest = max(model.sectors, key=lambda sector: sector.burst)
    model.deciding_sector = hottest.name if hottest.burst > 0 else ""
    if model.lapsed and 0 <= day - (model.formal_end or 0) <= model.mechanisms.lapse_days:
        model.cause = model.lapsed
        if model.refused_by is not None:
            model.cause_actor = model.deciding_actor = model.refused_by.name
            model.deciding_motive = model.refused_motive


def end_by_offensive(model: PeerModel, attacker: PeerActor, since: int) -> None:
    """Dated from its first day."""
    end(model, "spoiler_offensive" if attacker.excluded else "offensive", since, attacker)
    model.operational_end = since
    take_back(model)


def take_back(model: PeerModel) -> None:
    """Counts go back to the morning of the end, which is a breach itself when a party to the deal brought it."""
    model.counts = model.mornings[model.days_held]
    if model.first_lethal is not None and model.first_lethal >= model.days_held:
        model.first_lethal = None
    if model.first_breach is None or model.first_breach >= model.days_held:
        model.first_breach = None if model.cause == "spoiler_offensive" else model.days_held


def end_by_fire(model: PeerModel, deaths: int) -> None:
    """One party's ordered fire killed most, or nobody's did."""
    able = [actor for actor in model.actors if actor.counts_towards_an_end]
    bomber = max(able, key=lambda actor: sum(actor.ordered_lately))
    if 2 * sum(bomber.ordered_lately) > deaths:
        end(model, "bombardment", model.day, bomber)
    else:
        shooter = max(model.actors, key=lambda actor: sum(actor.inflicted_lately))
        end(model, "spiral", model.day, None)
        if not model.deciding_actor:
            model.deciding_actor, model.deciding_motive = shooter.name, shooter.decided_by
    model.operational_end = model.day


def guarantors_clash(model: PeerModel) -> bool:
    """Do both guarantors strike, for long enough and at cost enough?"""
    striking = {actor.side.name for actor in model.actors if actor.guarantor and actor.rung >= 2}
    if len(striking) < 2:
        model.clash_since, model.clash_dead = None, []
        return False
    if model.clash_since is None:
        model.clash_since = model.day
    model.clash_dead.append(model.clash_today)
    long_enough = model.day - model.clash_since + 1 >= model.mechanisms.offensive_days
    return bool(long_enough and sum(model.clash_dead[-FORTNIGHT:]) >= model.mechanisms.clash_deaths)


def judge_paper(model: PeerModel) -> None:
    """A signatory that strikes renounces the deal, or its term runs out."""
    parties = [actor for actor in model.actors if actor.fights and not actor.excluded and actor.patron is None]
    for actor in parties:
        if actor.rung == 2:
            anger = actor.intensity * (1.0 - actor.side.trust) * (1.0 + model.unmet)
            if model.rng.random() < model.mechanisms.abrogation_rate * anger:
                lapse(model, "abrogation", model.day, actor, actor.decided_by)
                return
    if model.expires is not None and model.day + 1 >= model.expires:
        renew(model, parties)


def lapse(model: PeerModel, how: str, day: int, by: PeerActor | None, motive: str) -> None:
    """No longer in force; it may be observed all the same."""
    model.lapsed, model.formal_end = how, day
    model.refused_by, model.refused_motive = by, motive
    model.order = 0.0
    for actor in model.actors:
        if actor.fights:
            actor.alarmed = True


def renew(model: PeerModel, parties: list[PeerActor]) -> None:
    """Every principal must agree."""
    deal = model.scenario.agreement
    if deal.most_renewals is not None and model.renewals >= deal.most_renewals:
        lapse(model, "expiry", model.day + 1, None, "")
        return
    for actor in parties:
        if deal.principals and actor.name not in deal.principals:
            continue
        actor.weigh_motives()
        keep = sum(actor.chances(actor.ceiling)[:2])
        worth = model.mechanisms.renewal_urging * model.urging
        worth += model.terms.exchange if model.renewals < model.terms.exchanges else 0.0
        keep *= math.exp(worth / model.mechanisms.temperature)
        if model.rng.random() >= keep / (keep + 1.0 - sum(actor.chances(actor.ceiling)[:2])):
            lapse(model, "expiry", model.day + 1, actor, actor.strongest_pull(2))
            return
    assert model.expires is not None
    model.expires += deal.renewal_days or deal.term_days or 0
    model.renewals += 1
    model.order = 1.0
