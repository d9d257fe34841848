"""Pointers as stored: whose they are cannot be read off them, nor are they left half."""

import pytest

from domain.answers import KeyringError, KeyUnavailable, Present
from domain.keyring import Contact, ContactKind
from domain.pointing import Bar, Pointing
from domain.suppression import SuppressionReason, SuppressOrder
from domain.values import ControllerId
from infra.keys.clearing import scan
from infra.keys.keyring import Keyring
from infra.keys.shapes import DAY
from infra.random_ids import random_id
from tests.contracts.whole_keyring import EMAIL, admit_one, claim, erase, opened, sealed
from tests.keys.houses import KeyHouse

SELF_DELETED = SuppressionReason.SELF_DELETED
TAGGED = Contact(ContactKind.EMAIL, "KARI+x@example.test")
CONTACTS = (
    TAGGED,
    Contact(ContactKind.PHONE, "+47 (0) 112 34 567"),
    Contact(ContactKind.LINKEDIN, "https://www.linkedin.com/in/kari-n/nb"),
)
ROWS = "SELECT * FROM suppression WHERE controller = %s"


@pytest.mark.requirement("A30", "A35")
def test_a_pointer_holds_nothing_of_the_person(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    subject = admit_one(keyring, controller, claim(contacts=CONTACTS))
    tokens = shared_house.sql("SELECT token FROM lookup WHERE controller = %s", controller)
    erase(keyring, controller, subject, suppress=Pointing(SELF_DELETED, None))
    rows = shared_house.sql(ROWS, controller)
    assert len(rows) == 3
    for token, *told in rows:
        assert bytes(token) not in {bytes(one) for (one,) in tokens}
        assert subject not in told
        assert subject.bytes not in bytes(token)


def test_a_pointers_times_are_whole_days(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    until = shared_house.clock.now() + 5 * DAY + 17
    keyring.suppress(controller, [SuppressOrder(None, (EMAIL,), SELF_DELETED, until)])
    ((since, stored),) = shared_house.sql(
        "SELECT since, until FROM suppression WHERE controller = %s", controller
    )
    assert (since % DAY, stored % DAY) == (0, 0)
    assert stored >= until


@pytest.mark.requirement("T16")
def test_two_controllers_pointers_of_one_address_differ(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    other = keyring.add_controller(str(random_id()))
    for one in (controller, other):
        keyring.suppress(one, [SuppressOrder(None, (EMAIL,), SELF_DELETED, None)])
    tokens = shared_house.sql(
        "SELECT token FROM suppression WHERE controller = ANY(%s)", [controller, other]
    )
    assert len(set(tokens)) == 2


def test_the_rows_of_a_person_are_in_the_order_of_their_tokens(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    keyring.suppress(controller, [SuppressOrder(None, CONTACTS, SELF_DELETED, None)])
    rows = shared_house.sql(
        "SELECT token FROM suppression WHERE controller = %s ORDER BY ctid", controller
    )
    assert rows == sorted(rows)


def test_a_destruction_that_fails_leaves_neither_pointer_nor_dead_key(house: KeyHouse) -> None:
    controller = house.keyring.add_controller("a")
    subject = admit_one(house.keyring, controller, claim(contacts=CONTACTS))
    request = sealed(house.keyring, controller, subject)
    house.sql("ALTER TABLE journal ADD CONSTRAINT never CHECK (false) NOT VALID")
    with pytest.raises((KeyUnavailable, KeyringError)):
        erase(house.keyring, controller, subject, suppress=Pointing(SELF_DELETED, None))
    assert house.sql("SELECT 1 FROM suppression") == []
    assert opened(house.keyring, controller, request) == Present(b"Kari")


def test_a_pointer_that_cannot_be_written_stops_the_destruction(house: KeyHouse) -> None:
    controller = house.keyring.add_controller("a")
    subject = admit_one(house.keyring, controller, claim(contacts=CONTACTS))
    request = sealed(house.keyring, controller, subject)
    house.sql("ALTER TABLE suppression ADD CONSTRAINT never CHECK (false)")
    with pytest.raises(KeyUnavailable):
        erase(house.keyring, controller, subject, suppress=Pointing(SELF_DELETED, None))
    assert opened(house.keyring, controller, request) == Present(b"Kari")


def test_a_barred_claim_writes_no_row_anywhere(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    wanted = claim(contacts=CONTACTS)._replace(bar=Bar.NEWCOMERS)
    keyring.admit(controller, [wanted])
    for table in ("subject", "lookup", "cohort"):
        statement = f"SELECT 1 FROM {table} WHERE controller = %s"  # noqa: S608 - one of three words
        assert shared_house.sql(statement, controller) == []


@pytest.mark.requirement("A30")
def test_every_look_up_of_a_contact_carries_its_folded_form(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    """Without it an erased person's pointer would meet one spelling alone."""
    subject = admit_one(keyring, controller, claim(contacts=CONTACTS))
    vault = keyring._vault  # noqa: SLF001 - what is stored is seen by no door
    cohorts = shared_house.sql("SELECT cohort FROM cohort WHERE controller = %s", controller)
    with vault.database.transaction() as connection:
        hers, _ = scan(vault, connection, controller, [subject], [one for (one,) in cohorts])
    assert sorted((each.row.kind, len(each.inner)) for each in hers) == [
        (0, 32),
        (1, 64),
        (2, 64),
        (3, 64),
    ]


def test_two_spellings_of_one_look_up_form_are_kept_apart_and_find_her_once(
    keyring: Keyring, controller: ControllerId
) -> None:
    spelt = [Contact(ContactKind.LINKEDIN, value) for value in ("kari-n", "ola-n")]
    subject = admit_one(keyring, controller, claim(contacts=tuple(spelt)))
    assert keyring.find_contact(controller, spelt[0]) == [subject]
    erase(keyring, controller, subject, suppress=Pointing(SELF_DELETED, None))
    assert keyring.suppressed(controller, [(one,) for one in spelt]) == [{SELF_DELETED}] * 2


def test_a_controller_founded_before_there_were_pointers_gets_its_secret(house: KeyHouse) -> None:
    controller = house.keyring.add_controller("a")
    house.sql("DELETE FROM controller_secret WHERE purpose = 'suppression'")
    house.keyring.add_controller("a")
    house.keyring.suppress(controller, [SuppressOrder(None, (EMAIL,), SELF_DELETED, None)])
    assert house.keyring.suppressed(controller, [(TAGGED,)]) == [{SELF_DELETED}]


def test_expired_pointers_are_deleted_page_by_page(
    house: KeyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.keys.suppression.EXPIRED_PAGE", 2)
    controller = house.keyring.add_controller("a")
    people = tuple([Contact(ContactKind.EMAIL, f"p{n}@example.test") for n in range(5)])
    until = house.clock.now() + DAY
    house.keyring.suppress(controller, [SuppressOrder(None, people, SELF_DELETED, until)])
    house.keyring.suppress(controller, [SuppressOrder(None, (EMAIL,), SELF_DELETED, None)])
    assert house.keyring.expire_suppressions(until + DAY) == 5
    assert house.sql("SELECT count(*) FROM suppression") == [(1,)]


def test_a_page_is_bounded(keyring: Keyring, controller: ControllerId) -> None:
    with pytest.raises(ValueError, match="at most"):
        keyring.suppressed(controller, [()] * 10_001)


def test_a_gate_that_is_closed_answers_nothing(own: KeyHouse) -> None:
    controller = own.keyring.add_controller(str(random_id()))

    def closed() -> None:
        message = "closed"
        raise KeyUnavailable(message)

    own.keyring.set_gate(closed)
    with pytest.raises(KeyUnavailable):
        own.keyring.suppressed(controller, [(EMAIL,)])
