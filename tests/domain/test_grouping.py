"""The situations of one person's streams, joined: earliest, latest, summed, bound by any."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.anchors import Anchors
from domain.consent import Consent, ConsentStatus
from domain.grouping import NOBODY, joined
from domain.purposes import Purpose
from domain.retention import due_dates
from domain.situation import Keeping, Situation
from tests.domain.promises import DAY, known, noon, policy
from tests.domain.test_retention_always import situations

LATER = date(2026, 9, 1)
HOLD = Keeping("profile", None)


def consent(status: ConsentStatus, day: date) -> Situation:
    return Situation(consents={Purpose.POOL: Consent(status, (noon(day), b"fact"), 1, None)})


def test_one_stream_alone_stays_as_it_is() -> None:
    assert joined([known()]) == known()


def test_nobody_left_is_nobody() -> None:
    assert joined([]) == joined([Situation(kept=False)]) == NOBODY


def test_what_was_erased_is_joined_to_nothing() -> None:
    erased = Situation(kept=False, held=(HOLD,), restricted=True)
    assert joined([known(), erased]) == known()


@pytest.mark.parametrize(
    ("anchor", "day"),
    [("registered_at", DAY), ("first_contact_at", DAY), ("last_login_at", LATER),
     ("last_used_at", LATER), ("replied_at", LATER)],
)  # fmt: skip
def test_first_moments_are_the_earliest_and_last_ones_the_latest(anchor: str, day: date) -> None:
    both = [Situation(anchors=Anchors(**{anchor: noon(one)})) for one in (LATER, DAY)]
    assert getattr(joined(both).anchors, anchor) == noon(day)


def test_a_moment_one_stream_never_had_is_the_others() -> None:
    anchors = joined([known(), Situation()]).anchors
    assert anchors == known().anchors


def test_an_active_application_of_one_keeps_the_others_open() -> None:
    closed = Situation(applications=1, applications_closed_at=noon(DAY))
    active = Situation(applications=2, applications_active=1)
    made = joined([closed, active])
    assert (made.applications, made.applications_active) == (3, 1)
    assert made.applications_closed_at is None


def test_applications_are_closed_when_the_last_is() -> None:
    both = [
        Situation(applications=1, applications_closed_at=noon(day)) for day in (LATER, DAY)
    ]  # fmt: skip
    assert joined([*both, known()]).applications_closed_at == noon(LATER)


def test_an_open_enquiry_of_one_leaves_none_resolved() -> None:
    open_, resolved = (
        Situation(enquiry_received_at=noon(LATER)),
        Situation(enquiries_resolved_at=noon(DAY)),
    )
    made = joined([open_, resolved])
    assert (made.enquiry_received_at, made.enquiries_resolved_at) == (noon(LATER), None)


def test_of_two_answers_the_later_stands() -> None:
    given_, withdrawn = consent(ConsentStatus.GIVEN, DAY), consent(ConsentStatus.WITHDRAWN, LATER)
    assert joined([withdrawn, given_]).standing(Purpose.POOL) is None


def test_a_later_question_leaves_an_answer_standing() -> None:
    given_, asked = consent(ConsentStatus.GIVEN, DAY), consent(ConsentStatus.REQUESTED, LATER)
    assert joined([given_, asked]).standing(Purpose.POOL) is not None


@pytest.mark.parametrize(
    "bound",
    [{"held": (HOLD,)}, {"overridden": (HOLD,)}, {"restricted": True}, {"contract_open": True}],
)
def test_what_binds_one_stream_binds_all(bound: dict[str, Any]) -> None:
    (name, value), = bound.items()  # fmt: skip
    assert getattr(joined([known(), known(**bound)]), name) == value


@given(st.lists(situations, max_size=4))
def test_the_order_of_the_streams_does_not_matter(some: list[Situation]) -> None:
    one, other = joined(some), joined(some[::-1])
    assert one.anchors == other.anchors
    assert sorted(one.held, key=str) == sorted(other.held, key=str)
    assert due_dates(policy(), one).earliest == due_dates(policy(), other).earliest


@given(st.lists(situations, min_size=1, max_size=3), situations)
def test_one_more_stream_under_a_hold_never_makes_an_end_possible(
    some: list[Situation], more: Situation
) -> None:
    bound = replace(more, held=(Keeping(None, None),))
    assert {due.erase_on for due in due_dates(policy(), joined([*some, bound])).dues} <= {None}
