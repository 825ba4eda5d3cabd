"""The rules as Python calls them: on a world that is a one-element array.

Handing compiled code an array costs 0.3 microseconds, a bare record twenty times as much.
"""

from __future__ import annotations

from ceasefire import rules
from ceasefire.compiled import called_from_python
from ceasefire.rules.decide import chances as chances_of
from ceasefire.rules.decide import leanings as leanings_of
from ceasefire.rules.decide import leash as leash_of
from ceasefire.rules.decide import preparation as preparation_of
from ceasefire.rules.decide import restraint as restraint_of
from ceasefire.rules.founding import found as found_world
from ceasefire.rules.look import survey as survey_world
from ceasefire.rules.look import take_in as take_in_sight

_events, _look, _decide, _settle = rules.events, rules.look, rules.decide, rules.settle
_clash, _advance, _suffer, _flee = rules.clash, rules.advance, rules.suffer, rules.flee
_accuse, _update_trust, _carry_blame = rules.accuse, rules.update_trust, rules.carry_blame
_brace, _echo, _answer, _bear, _bind, _judge = (
    rules.brace, rules.echo, rules.answer, rules.bear, rules.bind, rules.judge,
)  # fmt: skip


@called_from_python
def found(worlds, seed, world):
    """See rules.founding.found."""
    found_world(worlds[0], seed, world)


@called_from_python
def events(worlds, numbers):
    """See rules.events."""
    _events(worlds[0], numbers)


@called_from_python
def survey(worlds):
    """See rules.look.survey."""
    survey_world(worlds[0])


@called_from_python
def look(worlds, a):
    """See rules.look."""
    _look(worlds[0], a)


@called_from_python
def decide(worlds, a):
    """See rules.decide."""
    _decide(worlds[0], a)


@called_from_python
def settle(worlds):
    """See rules.decide.settle."""
    _settle(worlds[0])


@called_from_python
def clash(worlds, f):
    """See rules.clash."""
    _clash(worlds[0], f)


@called_from_python
def advance(worlds, s):
    """See rules.clash.advance."""
    _advance(worlds[0], s)


@called_from_python
def suffer(worlds, f):
    """See rules.suffer."""
    _suffer(worlds[0], f)


@called_from_python
def flee(worlds, s):
    """See rules.suffer.flee."""
    _flee(worlds[0], s)


@called_from_python
def accuse(worlds, f):
    """See rules.blame.accuse."""
    _accuse(worlds[0], f)


@called_from_python
def update_trust(worlds):
    """See rules.blame.update_trust."""
    _update_trust(worlds[0])


@called_from_python
def carry_blame(worlds, a):
    """See rules.blame.carry_blame."""
    _carry_blame(worlds[0], a)


@called_from_python
def brace(worlds):
    """See rules.answer.brace."""
    _brace(worlds[0])


@called_from_python
def echo(worlds, s):
    """See rules.echo."""
    _echo(worlds[0], s)


@called_from_python
def answer(worlds, f):
    """See rules.answer."""
    _answer(worlds[0], f)


@called_from_python
def bear(worlds, a):
    """See rules.bind.bear."""
    _bear(worlds[0], a)


@called_from_python
def bind(worlds):
    """See rules.bind."""
    _bind(worlds[0])


@called_from_python
def judge(worlds):
    """See rules.judge."""
    _judge(worlds[0])


@called_from_python
def take_in(worlds, a):
    """See rules.look.take_in."""
    take_in_sight(worlds[0], a)


@called_from_python
def chances(worlds, a):
    """See rules.decide.chances."""
    return chances_of(worlds[0], a)


@called_from_python
def leanings(worlds, a):
    """See rules.decide.leanings: as if every rung within the actor's means were one step away."""
    return leanings_of(worlds[0], a, worlds[0].ceiling[a])


@called_from_python
def restraint(worlds, a, rung):
    """See rules.decide.restraint."""
    return restraint_of(worlds[0], a, rung)


@called_from_python
def leash(grip, dependence, commitment, rung, licence):
    """See rules.decide.leash."""
    return leash_of(grip, dependence, commitment, rung, licence)


@called_from_python
def preparation(prep, mobilised, rung, current):
    """See rules.decide.preparation."""
    return preparation_of(prep, mobilised, rung, current)
