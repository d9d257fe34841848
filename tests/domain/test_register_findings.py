"""What is missing or overdue in registers, and what of it is owed by a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.duties import DutyKind, DutyState
from domain.findings import FindingKind
from domain.house_duties import register_duties
from domain.lawful_basis import LawfulBasis
from domain.policy_terms import DataRegion, RecipientRole
from domain.register_findings import examine_registers
from domain.registers import ContactRole, Registers, Store
from tests.domain.promises import DAY, HIRING, POOL, RECIPIENT, policy
from tests.domain.registered import (
    AGAIN,
    AGREED,
    BACKUP,
    CHANGED,
    CONTACTS,
    KEYS,
    LOG,
    RISK,
    WEIGHED,
    WHOLE,
    without,
)
from tests.examples import controller

POLICY = policy(activities=(replace(POOL, basis=(LawfulBasis.LEGITIMATE_INTERESTS,)), HIRING))
AFTER = AGAIN + timedelta(days=1)


def found(known: Registers, day: date = DAY) -> list[tuple[FindingKind, str]]:
    return [(one.kind, one.where) for one in examine_registers(POLICY, known, day)]


def owed(known: Registers, day: date) -> list[tuple[DutyKind, DutyState, str]]:
    duties = register_duties(controller(), (POLICY,), known, day)
    return [(duty.kind, duty.state, duty.about) for duty in duties]


def test_a_register_in_which_all_is_written_has_no_gap() -> None:
    assert found(WHOLE) == []


def test_of_an_empty_register_every_gap_is_found() -> None:
    assert found(Registers()) == [
        (FindingKind.CONTACT_MISSING, "controller"),
        (FindingKind.CONTACT_MISSING, "notice_contact"),
        (FindingKind.STORE_MISSING, "log"),
        (FindingKind.STORE_MISSING, "keys"),
        (FindingKind.STORE_MISSING, "backup"),
        (FindingKind.INTEREST_UNASSESSED, "pool"),
        (FindingKind.MEASURES_MISSING, ""),
        (FindingKind.RISKS_MISSING, ""),
        (FindingKind.AGREEMENT_MISSING, "mailer"),
    ]


@pytest.mark.requirement("A3", "A125")
def test_a_role_nobody_fills_any_more_is_found() -> None:
    ended = replace(CONTACTS[0], until=DAY - timedelta(days=1))
    assert found(without(contacts=(ended, CONTACTS[1]))) == [
        (FindingKind.CONTACT_MISSING, "controller")
    ]


@pytest.mark.requirement("A38")
def test_a_contact_is_replaced_and_the_earlier_one_stays_for_her_days() -> None:
    last, first = date(2025, 12, 31), date(2026, 1, 1)
    early = replace(CONTACTS[1], holder="staff-1", until=last)
    late = replace(CONTACTS[1], holder="staff-2", since=first)
    known = without(contacts=(early, late))
    assert [one.holder for one in known.contacts_on(last)] == ["staff-1"]
    assert [one.holder for one in known.contacts_on(first)] == ["staff-2"]
    assert {one.role for one in known.contacts} == {ContactRole.NOTICE_CONTACT}


@pytest.mark.requirement("A27")
@pytest.mark.parametrize("store", [LOG, KEYS, BACKUP], ids=lambda store: store.slug)
def test_every_store_must_lie_in_the_promised_region(store: Store) -> None:
    abroad = replace(store, country="US", outside_eea=True)
    stores = tuple([abroad if one is store else one for one in WHOLE.stores])
    known = without(stores=stores)
    assert [kind for kind, _ in found(known)] == [FindingKind.STORE_OUTSIDE_REGION]
    anywhere = replace(POLICY, data_region=DataRegion.ANYWHERE)
    assert examine_registers(anywhere, known, DAY) == ()


def test_a_store_nobody_knows_the_country_of_is_found() -> None:
    somewhere = replace(LOG, country=None, outside_eea=None)
    known = without(stores=(somewhere, KEYS, BACKUP))
    assert found(known) == [(FindingKind.STORE_COUNTRY_UNKNOWN, "log")]


@pytest.mark.requirement("A61")
def test_who_runs_the_facts_may_not_run_the_keys() -> None:
    both = replace(KEYS, run_by=LOG.run_by)
    assert found(without(stores=(LOG, both, BACKUP))) == [(FindingKind.KEYS_WITH_DATA, "keys")]


@pytest.mark.requirement("A61", "A102")
def test_who_runs_a_store_is_the_controller_or_a_processor() -> None:
    known = replace(RECIPIENT, role=RecipientRole.INDEPENDENT_CONTROLLER)
    made = examine_registers(replace(POLICY, recipients=(known,)), WHOLE, DAY)
    assert [(one.kind, one.where) for one in made] == [(FindingKind.RUN_BY_NO_PROCESSOR, "log")]


@pytest.mark.requirement("A15")
def test_an_interest_nobody_weighed_is_found_and_owed() -> None:
    known = without(assessments=())
    assert found(known) == [(FindingKind.INTEREST_UNASSESSED, "pool")]
    assert owed(known, DAY) == [(DutyKind.INTEREST_UNASSESSED, DutyState.UNSET, "pool")]


@pytest.mark.requirement("A15")
def test_an_assessment_past_its_day_is_found_and_owed() -> None:
    known = without(risks=(replace(RISK, review_again_on=date(2030, 1, 1)),))
    assert found(known, AGAIN) == []
    assert found(known, AFTER) == [(FindingKind.ASSESSMENT_OVERDUE, "pool-1")]
    assert owed(known, AFTER) == [(DutyKind.ASSESSMENT_REVIEW, DutyState.OVERDUE, "pool-1")]


def test_weighing_again_ends_what_was_owed() -> None:
    again = replace(WEIGHED, slug="pool-2", reviewed_on=AGAIN, review_again_on=date(2028, 1, 15))
    known = without(assessments=(again, WEIGHED), risks=(replace(RISK, review_again_on=AFTER),))
    assert found(known, AFTER) == []


@pytest.mark.requirement("A169")
def test_a_risk_is_told_of_before_its_day_and_overdue_after_it() -> None:
    known = without(assessments=(replace(WEIGHED, review_again_on=date(2030, 1, 1)),))
    kind, near = DutyKind.RISK_REVIEW, AGAIN - timedelta(days=30)
    assert owed(known, near - timedelta(days=1)) == []
    assert owed(known, near) == [(kind, DutyState.COMING, "loss")]
    assert owed(known, AFTER) == [(kind, DutyState.OVERDUE, "loss")]
    assert found(known, AFTER) == [(FindingKind.RISK_OVERDUE, "loss")]


@pytest.mark.requirement("A58", "A105")
def test_a_processor_without_an_agreement_in_force_is_found() -> None:
    ended = replace(AGREED, until=DAY - timedelta(days=1))
    assert found(without(agreements=(ended,))) == [(FindingKind.AGREEMENT_MISSING, "mailer")]


@pytest.mark.requirement("A104")
def test_a_processors_change_is_shown_while_it_may_be_objected_to() -> None:
    known = without(changes=(CHANGED,))
    assert found(known, CHANGED.object_until) == [(FindingKind.CHANGE_OPEN, "new-host")]
    assert found(known, CHANGED.object_until + timedelta(days=1)) == []
