"""The same silence under two policies: about a month in one house, years in the other.

Two people were last heard of: one was approached and never answered, one signed in and never came
back. The sweep is the house's own, on the demonstration's clock: the night before the approach's
month is over it erases others whose time has long been over, and on the day itself her.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from consumers.groups import people
from consumers.policies import policies
from consumers.sweep_report import Outcome
from domain.answers import Present
from domain.erasure import OUTLIVING
from domain.policy import Policy, in_force
from domain.policy_terms import Trigger
from domain.retention import Due, due_dates
from domain.situation import situation_of
from domain.values import ControllerId, SubjectId
from infra.clock import FixedClock
from infra.demo.days import FIRST_DAY, night
from infra.house import House
from infra.proof.tokens import Trial
from infra.sweeping import SweepReport, sweep

EMPLOYER = "miles"
AGENCY = "toptemp"
RULE = "unanswered"


class NobodySilent(Exception):  # noqa: N818 - what the feeds lack
    """The feeds hold nobody whose silence the two policies judge differently."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who was last heard of on a day, and when her policy lets her be erased."""

    subject: SubjectId
    since: date
    erase_on: date


@dataclass(frozen=True, slots=True)
class Tried:
    """The tokens of the two people at one moment."""

    approached: Trial
    signed_in: Trial


@dataclass(frozen=True, slots=True)
class Silence:
    """What two nights made of two silences.

    ``overdue`` are the people erased the night before, ``again`` what a second sweep did.
    """

    approached: Silent
    signed_in: Silent
    before: Tried
    eve: Tried
    after: Tried
    overdue: int
    expired: int
    again: int


def fall_silent(house: House, clock: FixedClock) -> Silence:
    """Choose the two, let the nights pass, and try their tokens before and after.

    Raises:
        NobodySilent: there are no such two.
    """
    approached = _approached(house)
    signed_in = _signed_in(house, approached.since)
    before = _try(house, approached, signed_in)
    eve_report = _night(house, clock, approached.erase_on - timedelta(days=1))
    eve = _try(house, approached, signed_in)
    report = _night(house, clock, approached.erase_on)
    again = _night(house, clock, approached.erase_on)
    return Silence(
        approached=approached,
        signed_in=signed_in,
        before=before,
        eve=eve,
        after=_try(house, approached, signed_in),
        overdue=eve_report.erasures,
        expired=_erased(report, RULE),
        again=again.erasures,
    )


def _approached(house: House) -> Silent:
    """Find who was approached last of those whose month is not over."""
    found = [s for s in _dues(house, EMPLOYER, Trigger.FIRST_CONTACT) if s.erase_on > FIRST_DAY]
    if not found:
        message = f"the feeds hold nobody of {EMPLOYER} whose approach is younger than a month"
        raise NobodySilent(message)
    return min(found, key=lambda one: (one.erase_on, one.subject))


def _signed_in(house: House, since: date) -> Silent:
    """Find who signed in last at about the same time."""
    found = list(_dues(house, AGENCY, Trigger.LAST_LOGIN))
    if not found:
        message = f"the feeds hold nobody of {AGENCY} who ever signed in"
        raise NobodySilent(message)
    return min(found, key=lambda one: (abs(one.since - since), one.subject))


def _dues(house: House, slug: str, trigger: Trigger) -> Iterator[Silent]:
    policy = _policy(slug)
    for page in people(house.store, house.controllers[slug]):
        for streams in page:
            for subject, head in streams.items():
                first = due_dates(policy, situation_of(head.state)).earliest
                if first is not None and first.why.trigger is trigger:
                    yield from _silent(subject, first)


def _silent(subject: SubjectId, due: Due) -> Iterator[Silent]:
    if due.category is None and due.erase_on is not None:
        yield Silent(subject, due.why.since, due.erase_on)


def _policy(slug: str) -> Policy:
    found = in_force(policies()[slug], FIRST_DAY)
    assert found is not None, "both policies are older than the demonstration"
    return found


def _night(house: House, clock: FixedClock, day: date) -> SweepReport:
    clock.instant = night(day)
    return sweep(house, day, [house.controllers[slug] for slug in (EMPLOYER, AGENCY)])


def _erased(report: SweepReport, rule: str) -> int:
    counts = [one.swept.outcomes[rule, Outcome.ERASED] for one in report.controllers]
    return sum(counts)


def _try(house: House, approached: Silent, signed_in: Silent) -> Tried:
    controllers = house.controllers
    return Tried(
        try_person(house, controllers[EMPLOYER], approached.subject),
        try_person(house, controllers[AGENCY], signed_in.subject),
    )


def try_person(house: House, controller: ControllerId, subject: SubjectId) -> Trial:
    """Try every token the log holds of one person, but what outlives her: the notices."""
    sampled = house.log_tokens([subject])
    tokens = [token for token in sampled if not token.category.startswith(OUTLIVING)]
    answers = house.keyring.open(controller, tokens)
    opened = sum(isinstance(answer, Present) for answer in answers)
    return Trial(len(tokens), opened, b"")
