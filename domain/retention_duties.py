"""What retention owes about one person on a day: the dates the sweep acts on, told. Pure.

Rules: a person with several streams has one date a scope (:mod:`domain.grouping`). The warning is
owed from its day until the date that stands is announced in each stream it concerns; what is
announced or needs no warning is shown as coming.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from domain.duties import Duty, DutyKind, DutyState, Whose, clocked
from domain.findings import FindingKind
from domain.policy import Policy
from domain.policy_terms import Action
from domain.retention import Due
from domain.simulation import Nearness, nearness
from domain.situation import Situation
from domain.subject import SubjectState
from domain.sweeping import announcement, dues_of
from domain.values import SubjectId

Streams = Mapping[SubjectId, SubjectState]
"""One person's streams, the one she is named by first."""

_STATES = {
    Nearness.POSTPONED: DutyState.BLOCKED,
    Nearness.OVERDUE: DutyState.OVERDUE,
    Nearness.DUE: DutyState.DUE,
    Nearness.WARNED: DutyState.COMING,
}


def retention_duties(
    whose: Whose, streams: Streams, situation: Situation, policy: Policy, day: date
) -> Iterator[Duty]:
    """Yield what a policy asks about a person; ``situation`` is that of all her streams."""
    categories = {category for state in streams.values() for category in state.tokens}
    dates = dues_of(policy, situation, categories)
    for due in dates.dues:
        near = nearness(due, day)
        if near is Nearness.WARNED and _unwarned(due, streams, policy, day):
            state = clocked(due.warn_on, day)
            yield _duty(DutyKind.WARNING, state, whose, due, due.warn_on)
        elif near is not Nearness.LATER:
            kind = DutyKind.REVIEW if due.action is Action.REVIEW else DutyKind.ERASURE
            blocked = near is Nearness.POSTPONED
            yield _duty(kind, _STATES[near], whose, due, due.due_on if blocked else due.erase_on)
    if any(found.kind is FindingKind.NO_CLOCK for found in dates.findings):
        yield Duty(DutyKind.NO_CLOCK, DutyState.UNSET, *whose)


def _unwarned(due: Due, streams: Streams, policy: Policy, day: date) -> bool:
    """Say whether a warning is promised for a date and not announced as it stands."""
    if due.action is not Action.ERASE or due.warn_on == due.due_on:
        return False
    return any(
        announcement(policy, due, subject, state, day) is not None
        for subject, state in streams.items()
        if due.category is None or due.category in state.tokens
    )


def _duty(kind: DutyKind, state: DutyState, whose: Whose, due: Due, on: date | None) -> Duty:
    return Duty(
        kind,
        state,
        *whose,
        due_on=on,
        since=due.why.since,
        about=due.rule if due.category is None else f"{due.rule}/{due.category}",
        grounds=[cause.value for cause in due.postponed_by],
    )
