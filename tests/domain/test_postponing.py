"""What keeps an erasure waiting, and until when."""

from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import Period
from domain.policy import Rule
from domain.policy_terms import Exemption
from domain.postponing import Postponed
from domain.retention import Due, due_dates
from domain.situation import Keeping, Situation
from tests.domain.promises import DAY, RULE, known, noon, policy

LATER = date(2026, 9, 1)
MONTH_ON = date(2026, 7, 1)


def only(situation: Situation, *rules: Rule) -> Due:
    (due,) = due_dates(policy(*rules), situation).dues
    return due


def dates(situation: Situation, *rules: Rule) -> dict[str | None, date | None]:
    return {due.category: due.erase_on for due in due_dates(policy(*rules), situation).dues}


@pytest.mark.parametrize(
    ("cause", "changed"),
    [
        (Postponed.HOLD, {"held": (Keeping(None, None),)}),
        (Postponed.RESTRICTION, {"restricted": True}),
    ],
)
def test_a_hold_or_a_restriction_without_an_end_leaves_no_day(
    cause: Postponed, changed: dict[str, object]
) -> None:
    due = only(known(**changed))
    assert (due.due_on, due.erase_on, due.postponed_by) == (MONTH_ON, None, (cause,))


def test_a_hold_with_an_end_moves_the_erasure_there() -> None:
    due = only(known(held=(Keeping(None, noon(LATER)),)))
    assert (due.due_on, due.erase_on, due.postponed_by) == (MONTH_ON, LATER, (Postponed.HOLD,))


def test_of_several_holds_the_last_to_end_decides() -> None:
    held = (Keeping(None, noon(LATER)), Keeping("profile", noon(date(2026, 8, 1))))
    assert only(known(held=held)).erase_on == LATER


def test_a_hold_that_ends_before_the_date_postpones_nothing() -> None:
    due = only(known(held=(Keeping(None, noon(DAY)),)))
    assert (due.erase_on, due.postponed_by) == (MONTH_ON, ())


def test_a_hold_on_one_document_keeps_the_person_and_no_other_category() -> None:
    held = (Keeping("documents/1", None),)
    cookies = replace(RULE, slug="cookies", categories=("telemetry", "documents"), period=Period())
    expected = {None: None, "telemetry": DAY, "documents": None}
    assert dates(known(held=held), RULE, cookies) == expected


def test_an_officers_override_postpones_to_its_day() -> None:
    due = only(known(overridden=(Keeping(None, noon(LATER)),)))
    assert (due.erase_on, due.postponed_by) == (LATER, (Postponed.OVERRIDE,))


def test_open_duties_postpone_where_the_rule_says_so() -> None:
    rule = replace(RULE, exception=Exemption.OPEN_DUTIES)
    assert only(known(contract_open=True), rule).postponed_by == (Postponed.OPEN_DUTIES,)
    assert only(known(contract_open=True)).postponed_by == ()


def test_a_rule_that_waits_for_ever_yields_to_one_that_does_not() -> None:
    waits = replace(RULE, slug="waits", period=Period(), exception=Exemption.OPEN_DUTIES)
    assert only(known(contract_open=True), waits, RULE).rule == "unused"
