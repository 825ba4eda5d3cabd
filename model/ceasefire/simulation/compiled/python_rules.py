"""The rules compiled for Python callers: each takes a world as an array of one record.

Handing compiled code an array costs 0.3 microseconds, a bare record twenty times as much.
"""

from __future__ import annotations

from ceasefire import rules
from ceasefire.compilation.decorators import called_from_python
from ceasefire.rules.decide import choice_probabilities as _choice_probabilities
from ceasefire.rules.decide import costs_of_rung as _costs_of_rung
from ceasefire.rules.decide import leash as _leash
from ceasefire.rules.decide import preparation as _preparation
from ceasefire.rules.decide import trenches as _trenches
from ceasefire.rules.decide import unrestricted_probabilities as _unrestricted_probabilities
from ceasefire.rules.initialise import initialise as _initialise
from ceasefire.rules.perceive import read_indicators as _read_indicators
from ceasefire.rules.perceive import survey as _survey

_events, _perceive, _decide, _settle = rules.events, rules.perceive, rules.decide, rules.settle
_exchange_fire, _advance, _inflict_casualties, _displace_civilians = (
    rules.exchange_fire,
    rules.advance,
    rules.inflict_casualties,
    rules.displace_civilians,
)
_accuse, _update_trust, _carry_blame = rules.accuse, rules.update_trust, rules.carry_blame
_brace, _echo, _retaliate, _bear, _commit, _judge_end = (
    rules.brace, rules.echo, rules.retaliate, rules.bear, rules.commit, rules.judge_end,
)  # fmt: skip


@called_from_python
def initialise(worlds, seed, world):
    """See rules.initialise.initialise."""
    _initialise(worlds[0], seed, world)


@called_from_python
def events(worlds, numbers):
    """See rules.events."""
    _events(worlds[0], numbers)


@called_from_python
def survey(worlds):
    """See rules.perceive.survey."""
    _survey(worlds[0])


@called_from_python
def perceive(worlds, a):
    """See rules.perceive."""
    _perceive(worlds[0], a)


@called_from_python
def decide(worlds, a):
    """See rules.decide."""
    _decide(worlds[0], a)


@called_from_python
def settle(worlds):
    """See rules.decide.settle."""
    _settle(worlds[0])


@called_from_python
def exchange_fire(worlds, f):
    """See rules.exchange_fire."""
    _exchange_fire(worlds[0], f)


@called_from_python
def advance(worlds, s):
    """See rules.exchange_fire.advance."""
    _advance(worlds[0], s)


@called_from_python
def inflict_casualties(worlds, f):
    """See rules.casualties.inflict_casualties."""
    _inflict_casualties(worlds[0], f)


@called_from_python
def displace_civilians(worlds, s):
    """See rules.casualties.displace_civilians."""
    _displace_civilians(worlds[0], s)


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
    """See rules.escalate.brace."""
    _brace(worlds[0])


@called_from_python
def echo(worlds, s):
    """See rules.escalate.echo."""
    _echo(worlds[0], s)


@called_from_python
def retaliate(worlds, f):
    """See rules.escalate.retaliate."""
    _retaliate(worlds[0], f)


@called_from_python
def bear(worlds, a):
    """See rules.commit.bear."""
    _bear(worlds[0], a)


@called_from_python
def commit(worlds):
    """See rules.commit."""
    _commit(worlds[0])


@called_from_python
def judge_end(worlds):
    """See rules.termination.judge_end."""
    _judge_end(worlds[0])


@called_from_python
def read_indicators(worlds, a):
    """See rules.perceive.take_in."""
    _read_indicators(worlds[0], a)


@called_from_python
def choice_probabilities(worlds, a):
    """See rules.decide.chances."""
    return _choice_probabilities(worlds[0], a)


@called_from_python
def unrestricted_probabilities(worlds, a):
    """See rules.decide.leanings: as if every rung within the actor's means were one step away."""
    return _unrestricted_probabilities(worlds[0], a, worlds[0].ceiling[a])


@called_from_python
def costs_of_rung(worlds, a, rung):
    """See rules.decide.restraint."""
    return _costs_of_rung(worlds[0], a, rung)


@called_from_python
def leash(grip, dependence, commitment, intensity, licence):
    """See rules.decide.leash."""
    return _leash(grip, dependence, commitment, intensity, licence)


@called_from_python
def preparation(prep, mobilised, rung, current):
    """See rules.decide.preparation."""
    return _preparation(prep, mobilised, rung, current)


@called_from_python
def trenches(price, entrenched, rung, current):
    """See rules.decide.trenches."""
    return _trenches(price, entrenched, rung, current)
