"""What is owed apart from any one person: of the policies, the recipients, the parked, the views.

Pure: the counts and moments are handed in. What is parked or noticed is told once a controller
and recipient, by the oldest of them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.calendar import civil_date
from domain.duties import Duty, DutyKind, DutyState, clocked
from domain.findings import FindingKind, examine
from domain.policy import Policy, in_force
from domain.register_findings import of_assessments
from domain.registers import Assessment, Registers, Risk
from domain.values import ControllerId, Instant, SubjectId

ACKNOWLEDGE_DAYS = 14
"""How long a recipient may take to say that it erased; half of the time its key lives."""

KEY_DAYS = 30
"""How long the keys of notices and of parked payloads live."""

REVIEW_DAYS = 30
"""How long before its day a review is told of."""

KEY_EXPIRED = "key_expired"
"""The ground of a notice whose recipient can no longer be told by its own id."""

_FOUND = {
    FindingKind.PERIOD_MISSING: (DutyKind.PERIOD_UNSET, DutyState.UNSET),
    FindingKind.PERIOD_UNJUSTIFIED: (DutyKind.PERIOD_UNJUSTIFIED, DutyState.UNSET),
    FindingKind.ACTIVITY_WITHOUT_RULE: (DutyKind.ACTIVITY_UNCOVERED, DutyState.UNSET),
    FindingKind.COUNTRY_UNKNOWN: (DutyKind.COUNTRY_UNSET, DutyState.UNSET),
    FindingKind.TRANSFER_WITHOUT_MECHANISM: (DutyKind.MECHANISM_MISSING, DutyState.UNSET),
}
"""A long period that is accounted for is a note, and nobody's duty."""


def policy_duties(
    controller: ControllerId, policies: Sequence[Policy], day: date
) -> Iterator[Duty]:
    """Yield what one controller's policies leave unsaid, and the versions to come."""
    policy = in_force(policies, day)
    if policy is None:
        yield Duty(DutyKind.POLICY_MISSING, DutyState.UNSET, controller)
    else:
        for found in examine(policy, day):
            if found.kind in _FOUND:
                yield Duty(*_FOUND[found.kind], controller, about=found.where)
    for one in policies:
        if one.effective_from > day:
            yield Duty(
                DutyKind.POLICY_TO_COME,
                DutyState.COMING,
                controller,
                due_on=one.effective_from,
                about=str(one.version),
            )


def register_duties(
    controller: ControllerId, policies: Sequence[Policy], known: Registers, day: date
) -> Iterator[Duty]:
    """Yield interests nobody weighed, and the assessments and risks to be looked at again."""
    policy = in_force(policies, day)
    for found in () if policy is None else of_assessments(policy, known, day):
        if found.kind is FindingKind.INTEREST_UNASSESSED:
            unset = DutyState.UNSET
            yield Duty(DutyKind.INTEREST_UNASSESSED, unset, controller, about=found.where)
    reviews: list[tuple[DutyKind, Assessment | Risk]] = [
        *[(DutyKind.ASSESSMENT_REVIEW, one) for _, one in known.assessed()],
        *[(DutyKind.RISK_REVIEW, risk) for risk in known.risks],
    ]
    for kind, one in reviews:
        due_on = one.review_again_on
        if due_on - timedelta(days=REVIEW_DAYS) <= day:
            state = DutyState.COMING if day < due_on else clocked(due_on, day)
            yield Duty(kind, state, controller, None, due_on, one.reviewed_on, one.slug)


def notice_duty(
    controller: ControllerId, recipient: str, waiting: int, oldest: Instant, day: date
) -> Duty:
    """Tell of a recipient that has not acknowledged ``waiting`` notices."""
    since = civil_date(oldest)
    due_on = since + timedelta(days=ACKNOWLEDGE_DAYS)
    dead = since + timedelta(days=KEY_DAYS) <= day
    return Duty(
        DutyKind.RECIPIENT_NOTICE,
        clocked(due_on, day),
        controller,
        due_on=due_on,
        since=since,
        about=recipient,
        grounds=(KEY_EXPIRED,) if dead else (),
        number=waiting,
    )


def parked_duty(controller: ControllerId | None, waiting: int, oldest: Instant, day: date) -> Duty:
    """Tell of items that were set aside, by the day the oldest one's key is destroyed."""
    since = civil_date(oldest)
    due_on = since + timedelta(days=KEY_DAYS)
    return Duty(
        DutyKind.PARKED,
        clocked(due_on, day),
        controller,
        due_on=due_on,
        since=since,
        number=waiting,
    )


def unfinished_duty(
    controller: ControllerId, subject: SubjectId, about: str, ordered_at: Instant
) -> Duty:
    """Tell of an erasure that was ordered and has not ended; it is to be finished at once."""
    since = civil_date(ordered_at)
    kind, state = DutyKind.ERASURE_UNDER_WAY, DutyState.DUE
    return Duty(kind, state, controller, subject, due_on=since, since=since, about=about)


def view_duty(view: str) -> Duty:
    """Tell of a view that has not read the log to its end."""
    return Duty(DutyKind.VIEW_BEHIND, DutyState.DUE, None, about=view)
