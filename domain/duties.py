"""What the house owes somebody, each with its clock: the words, and how pressing one is. Pure.

A duty is never stored: it is reckoned from what is known on a day (:mod:`domain.person_duties`,
:mod:`domain.house_duties`), so it is there until what it asks for is done, and gone after that.
Days are civil days in Norway. What a duty is ``about`` is a slug, a category or an id, and its
``grounds`` are stored words: a list of duties holds no personal data.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.values import ControllerId, SubjectId


class DutyKind(StrEnum):
    """What is owed."""

    ERASURE = "erasure"
    """A retention period is over."""
    REVIEW = "review"
    """A retention period is over, and a person decides what becomes of the data."""
    WARNING = "warning"
    """The warning before an erasure is to be given."""
    NO_CLOCK = "no_clock"
    """Data of a person is kept and no rule has begun to count."""
    COLLECTION_NOTICE = "collection_notice"
    """GDPR Art. 14: who was not asked herself is to be told."""
    CONSENT_EXPIRY = "consent_expiry"
    """A consent is to be renewed, or to be recorded as expired."""
    CONSENT_ANEW = "consent_anew"
    """A purpose changed: the consent is to be asked for anew."""
    ENQUIRY = "enquiry"
    HUMAN_REVIEW = "human_review"
    """GDPR Art. 22(3): she asked a human to look."""
    OBJECTION = "objection"
    """GDPR Art. 21: to be weighed."""
    ERASURE_REQUEST = "erasure_request"
    """Asked for or approved, and not ordered."""
    RESTRICTION = "restriction"
    """Kept and not used (GDPR Art. 18)."""
    RESTRICTION_LIFT = "restriction_lift"
    """She was told that the restriction is to be lifted."""
    HOLD = "hold"
    """A hold is past its end, or has none: to be judged again."""
    PRESENTATION = "presentation"
    """A presentation's time ran out, and it was not taken back."""
    CHECK = "check"
    """A background check's result is kept though no application is active."""
    PERIOD_UNSET = "period_unset"
    PERIOD_UNJUSTIFIED = "period_unjustified"
    ACTIVITY_UNCOVERED = "activity_uncovered"
    COUNTRY_UNSET = "country_unset"
    MECHANISM_MISSING = "mechanism_missing"
    """Outside the EEA without a mechanism in force (GDPR Art. 44)."""
    INTEREST_UNASSESSED = "interest_unassessed"
    """Legitimate interests are used and nobody weighed them (GDPR Art. 6(1)(f))."""
    ASSESSMENT_REVIEW = "assessment_review"
    RISK_REVIEW = "risk_review"
    POLICY_MISSING = "policy_missing"
    """No policy of the controller is in force."""
    POLICY_TO_COME = "policy_to_come"
    """A version of the policy takes effect."""
    RECIPIENT_NOTICE = "recipient_notice"
    """GDPR Art. 17(2), 19: a recipient has not acknowledged."""
    PARKED = "parked"
    """Items wait to be replayed or discarded; their keys die on the day."""
    ERASURE_UNDER_WAY = "erasure_under_way"
    """Ordered and not ended."""
    VIEW_BEHIND = "view_behind"


class DutyState(StrEnum):
    """How a duty stands on a day, the most pressing first."""

    OVERDUE = "overdue"
    """Its day has passed."""
    DUE = "due"
    """Its day has come."""
    UNANSWERED = "unanswered"
    """Somebody waits, and the day has not come or there is none."""
    UNSET = "unset"
    """There should be a day and there is none."""
    COMING = "coming"
    """Its day is near."""
    BLOCKED = "blocked"
    """Its day has come, and the grounds keep it waiting."""
    STANDING = "standing"
    """Nothing is to be done; it is shown because it binds others."""


OF_PERSONS = frozenset(
    {
        DutyKind.ERASURE,
        DutyKind.REVIEW,
        DutyKind.WARNING,
        DutyKind.NO_CLOCK,
        DutyKind.COLLECTION_NOTICE,
        DutyKind.CONSENT_EXPIRY,
        DutyKind.CONSENT_ANEW,
        DutyKind.ENQUIRY,
        DutyKind.HUMAN_REVIEW,
        DutyKind.OBJECTION,
        DutyKind.ERASURE_REQUEST,
        DutyKind.RESTRICTION,
        DutyKind.RESTRICTION_LIFT,
        DutyKind.HOLD,
        DutyKind.PRESENTATION,
        DutyKind.CHECK,
    }
)
"""Kinds that are found by walking everybody's states; the others cost a question each."""


Whose = tuple[ControllerId, SubjectId]


class Duty(NamedTuple):
    """One thing owed, or ``number`` of them that share everything else.

    ``controller`` None: the house's own. ``due_on`` is its clock, None where there is none, and
    ``since`` the day it came up. ``about`` names what: a rule, a category, a recipient, an id.
    """

    kind: DutyKind
    state: DutyState
    controller: ControllerId | None
    subject: SubjectId | None = None
    due_on: date | None = None
    since: date | None = None
    about: str = ""
    grounds: Sequence[str] = ()
    number: int = 1


_RANK = {state: rank for rank, state in enumerate(DutyState)}
_RANK_OF_KIND = {kind: rank for rank, kind in enumerate(DutyKind)}

Pressure = tuple[int, date, int, str, str]


def pressure(duty: Duty) -> Pressure:
    """Order duties, most pressing first: by state, then by day; what has no day comes last."""
    return (
        _RANK[duty.state],
        duty.due_on or date.max,
        _RANK_OF_KIND[duty.kind],
        str(duty.subject or duty.controller or ""),
        duty.about,
    )


def clocked(due_on: date, day: date) -> DutyState:
    """Say how a duty stands for which somebody waits until a day."""
    if due_on == day:
        return DutyState.DUE
    return DutyState.OVERDUE if due_on < day else DutyState.UNANSWERED
