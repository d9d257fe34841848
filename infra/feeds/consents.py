"""Consents in a life: asked for, given or refused, renewed, expired, taken back; and objections."""

from domain.consent import (
    ConsentExpired,
    ConsentGiven,
    ConsentRefused,
    ConsentRenewed,
    ConsentRequested,
    ConsentWithdrawn,
)
from domain.objection import ObjectionRaised
from domain.purposes import Purpose
from infra.feeds import letters
from infra.feeds.life import DAY, Ending, Life

_GIVEN_AT_ONCE_SHARE = 0.7
_GIVEN_SHARE = 0.7
_REFUSED_SHARE = 0.6
_FOR_A_YEAR_SHARE = 0.35
_RENEWED_SHARE = 0.4
_WITHDRAWN_SHARE = 0.07
_WITHDRAWN_ALL_SHARE = 0.6
_OBJECTED_SHARE = 0.02
_YEAR_DAYS = 365.0
_RENEWED_AFTER_DAYS = 340.0
_NOTICE_VERSION = 1

_LASTING = frozenset({Purpose.PRESENTATION, Purpose.TELEMETRY})
"""Asked for where they are needed, not when the person comes."""

Scope = dict[str, object]


def consent_at_first(life: Life) -> None:
    """Ask for the purposes of the source when she comes; most people say yes to the first."""
    first, *others = [one for one in life.habit.consents if one not in _LASTING]
    _answer(life, life.gap(0.5), first, _GIVEN_AT_ONCE_SHARE)
    for purpose in others:
        _answer(life, life.gap(4.0), purpose, 0.0)


def give(life: Life, at: float, scope: Scope, days: float | None = None) -> None:
    """Let her consent, for so many days or without an end; what ends by itself is told."""
    values = scope | {"notice_version": _NOTICE_VERSION, "evidence": life.words(letters.EVIDENCE)}
    ending = None if days is None else Ending(days, ConsentExpired.TOPIC, scope)
    life.say(at, ConsentGiven.TOPIC, values, ending=ending)


def scope_of(
    life: Life, purpose: Purpose, client: str | None = None, assignment: str | None = None
) -> Scope:
    """Name a consent: its id in the source, its purpose, and what it is narrowed to."""
    return {
        "remote_consent_id": life.named("k"),
        "purpose": purpose.value,
        "remote_client_id": client,
        "remote_assignment_id": assignment,
    }


def take_back(life: Life) -> None:
    """Let some people take their consents back at last: the first one, or all of them."""
    given = [s.values for s in life.steps if s.topic == ConsentGiven.TOPIC and _at_large(s.values)]
    if not given or not life.chance(_WITHDRAWN_SHARE):
        return
    at = life.end() + life.gap(20.0)
    taken = given if life.chance(_WITHDRAWN_ALL_SHARE) else given[:1]
    for values in taken:
        life.say(at, ConsentWithdrawn.TOPIC, _scope(values))
        at += DAY / 24


def object_at_last(life: Life) -> None:
    """Let a few people object, to newsletters or to everything that rests on interests."""
    if not life.chance(_OBJECTED_SHARE):
        return
    purpose = Purpose.MARKETING if life.chance(_GIVEN_SHARE) else Purpose.EVERYTHING
    values: dict[str, object] = {
        "remote_objection_id": life.named("w"),
        "purpose": purpose.value,
        "body": life.words(letters.OBJECTIONS),
    }
    life.say(life.end() + life.gap(15.0), ObjectionRaised.TOPIC, values)


def _answer(life: Life, at: float, purpose: Purpose, at_once: float) -> None:
    """Ask for a consent and let her give it, refuse it, or not answer."""
    scope = scope_of(life, purpose)
    if not life.chance(at_once):
        life.say(at, ConsentRequested.TOPIC, scope | {"notice_version": _NOTICE_VERSION})
        at += life.gap(3.0)
        if not life.chance(_GIVEN_SHARE):
            if life.chance(_REFUSED_SHARE):
                life.say(at, ConsentRefused.TOPIC, scope)
            return
    if not life.chance(_FOR_A_YEAR_SHARE):
        give(life, at, scope)
    elif life.room_days > _YEAR_DAYS and life.chance(_RENEWED_SHARE):
        _renew(life, at, scope)
    else:
        give(life, at, scope, _YEAR_DAYS)


def _renew(life: Life, at: float, scope: Scope) -> None:
    """Let her consent for a year, and again shortly before it is over."""
    values = scope | {"notice_version": _NOTICE_VERSION, "evidence": life.words(letters.EVIDENCE)}
    life.say(at, ConsentGiven.TOPIC, values, ending=Ending(_YEAR_DAYS, "", scope))
    again = at + _RENEWED_AFTER_DAYS * DAY
    life.say(
        again,
        ConsentRenewed.TOPIC,
        values,
        ending=Ending(_YEAR_DAYS, ConsentExpired.TOPIC, scope),
    )


def _at_large(values: object) -> bool:
    return isinstance(values, dict) and values["remote_client_id"] is None


def _scope(values: object) -> Scope:
    assert isinstance(values, dict)
    names = ("remote_consent_id", "purpose", "remote_client_id", "remote_assignment_id")
    return {name: values[name] for name in names}
