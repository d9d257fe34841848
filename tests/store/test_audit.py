"""The access audit: complete, chained, without a person's name."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import LiteralString

import psycopg
import pytest

from infra.store.audit import AccessAudit, BadOpening, Opening
from infra.store.records import LogTampered
from infra.store.store import EventStore
from tests import examples

OPENING = Opening(
    who="user-7",
    purpose="recruitment",
    controller=examples.controller(),
    view="dossier",
    subjects=(examples.subject(1), examples.subject(2)),
    counts=(3, 4),
)


@pytest.fixture
def audit(store: EventStore) -> AccessAudit:
    return opened_thrice(store)


def opened_thrice(store: EventStore) -> AccessAudit:
    """Give an audit with three openings of two people."""
    made = AccessAudit(store.database)
    for at in range(3):
        made.record(OPENING, examples.START + at)
    return made


@pytest.mark.requirement("A22")
def test_a_person_sees_who_saw_her(audit: AccessAudit) -> None:
    seen = audit.of(examples.subject(2))
    assert [(access.who, access.view, access.opened) for access in seen] == 3 * [
        ("user-7", "dossier", 4)
    ]
    assert [access.sequence for access in seen] == [6, 4, 2]


def test_an_untouched_audit_follows_its_chain(audit: AccessAudit) -> None:
    assert audit.verify(examples.controller()).position == 6


def test_controllers_have_chains_of_their_own(audit: AccessAudit) -> None:
    audit.record(replace(OPENING, controller=examples.controller(2)), examples.START)
    assert audit.verify(examples.controller(2)).position == 2
    assert audit.verify(examples.controller()).position == 6


def test_openings_at_once_take_turns(audit: AccessAudit) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda at: audit.record(OPENING, at), range(40)))
    assert audit.verify(examples.controller()).position == 86


def test_an_opening_of_nobody_is_no_row(audit: AccessAudit) -> None:
    audit.record(replace(OPENING, subjects=(), counts=()), examples.START)
    assert audit.verify(examples.controller()).position == 6


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE access_audit SET who = 'user-8' WHERE sequence = 3",
        "UPDATE access_audit SET purpose = 'x' WHERE sequence = 3",
        "UPDATE access_audit SET view = 'x' WHERE sequence = 3",
        "UPDATE access_audit SET opened = 0 WHERE sequence = 3",
        "UPDATE access_audit SET at = at + 1 WHERE sequence = 3",
        "UPDATE access_audit SET subject = gen_random_uuid() WHERE sequence = 3",
        "DELETE FROM access_audit WHERE sequence = 3",
        "UPDATE access_audit SET sequence = 9 WHERE sequence = 3",
    ],
)
def test_a_change_is_found(audit: AccessAudit, events_dsn: str, edit: LiteralString) -> None:
    with psycopg.connect(events_dsn) as connection:
        connection.execute("ALTER TABLE access_audit DISABLE TRIGGER append_only")
        connection.execute(edit)
    with pytest.raises(LogTampered):
        audit.verify(examples.controller())


def test_the_audit_is_append_only(audit: AccessAudit, events_dsn: str) -> None:
    assert audit.of(examples.subject())
    with psycopg.connect(events_dsn) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute("UPDATE access_audit SET who = 'user-8'")


@pytest.mark.parametrize("name", ["Kari Nordmann", "kari@example.org", "", "x" * 65])
@pytest.mark.parametrize("field", ["who", "purpose", "view"])
def test_a_name_that_could_be_a_persons_is_refused_and_not_repeated(field: str, name: str) -> None:
    fields = {"who": OPENING.who, "purpose": OPENING.purpose, "view": OPENING.view, field: name}
    with pytest.raises(BadOpening) as raised:
        Opening(fields["who"], fields["purpose"], OPENING.controller, fields["view"], (), ())
    assert not name or name not in str(raised.value)


def test_people_and_counts_pair(audit: AccessAudit) -> None:
    assert audit.of(examples.subject())
    with pytest.raises(BadOpening):
        replace(OPENING, counts=(1,))
