"""Look-ups and cohorts as stored: unlinkable, bounded, and gone after an erasure."""

import pytest

from domain.answers import KeyUnavailable, Present, SealBroken, Shredded
from domain.keyring import Contact, ContactKind, SourceRef
from domain.values import ControllerId
from infra.keys.keyring import Keyring
from infra.random_ids import random_id
from tests.contracts.whole_keyring import (
    EMAIL,
    admit_one,
    claim,
    erase,
    opened,
    sealed,
)
from tests.keys.houses import KeyHouse

CONTACTS = (
    EMAIL,
    Contact(ContactKind.PHONE, "11234567"),
    Contact(ContactKind.LINKEDIN, "https://www.linkedin.com/in/kari-n"),
)


@pytest.mark.requirement("T16")
def test_two_controllers_tokens_of_one_address_differ(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    other = keyring.add_controller(str(random_id()))
    admit_one(keyring, controller, claim(contacts=CONTACTS))
    admit_one(keyring, other, claim(contacts=CONTACTS))
    tokens = shared_house.sql(
        "SELECT token FROM lookup WHERE controller = ANY(%s)", [controller, other]
    )
    assert len(set(tokens)) == 8


def test_two_controllers_guards_of_one_source_id_differ(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    other = keyring.add_controller(str(random_id()))
    erase(keyring, controller, admit_one(keyring, controller, claim()))
    erase(keyring, other, admit_one(keyring, other, claim()))
    guards = shared_house.sql(
        "SELECT token FROM erased_source WHERE controller = ANY(%s)", [controller, other]
    )
    assert len(set(guards)) == 2


def test_no_look_up_row_is_left_after_an_erasure(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    erase(keyring, controller, admit_one(keyring, controller, claim(contacts=CONTACTS)))
    assert shared_house.sql("SELECT 1 FROM lookup WHERE controller = %s", controller) == []


def test_a_look_up_that_cannot_be_deleted_stops_the_erasure(house: KeyHouse) -> None:
    controller = house.keyring.add_controller("a")
    request = sealed(house.keyring, controller, admit_one(house.keyring, controller, claim()))
    house.sql("CREATE RULE kept AS ON DELETE TO lookup DO INSTEAD NOTHING")
    with pytest.raises(SealBroken, match="left after clearing"):
        erase(house.keyring, controller, request.subject)
    assert opened(house.keyring, controller, request) == Present(b"Kari")


def test_a_look_up_moved_to_another_token_is_broken(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    admit_one(keyring, controller, claim())
    admit_one(keyring, controller, claim(SourceRef("ats", "r-2")))
    shared_house.sql(
        "UPDATE lookup SET wrapped = (SELECT wrapped FROM lookup o"
        " WHERE o.controller = lookup.controller AND o.token <> lookup.token)"
        " WHERE controller = %s",
        controller,
    )
    with pytest.raises(SealBroken):
        keyring.find_source(controller, SourceRef("ats", "r-2"))


def test_a_wrapped_key_moved_to_another_row_is_broken(own: KeyHouse) -> None:
    controller = own.keyring.add_controller(str(random_id()))
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    admit_one(own.keyring, controller, claim(SourceRef("ats", "r-2")))
    own.sql(
        "UPDATE dek SET wrapped = (SELECT o.wrapped FROM dek o JOIN subject s USING (subject)"
        " WHERE s.controller = %s AND o.subject <> dek.subject) WHERE subject = %s",
        controller,
        request.subject,
    )
    own.keyring.resume(controller, [request.subject])
    with pytest.raises(SealBroken):
        opened(own.keyring, controller, request)


def test_nothing_is_sealed_with_another_persons_wrapped_key(
    own: KeyHouse, controller: ControllerId
) -> None:
    subject = admit_one(own.keyring, controller, claim())
    other = admit_one(own.keyring, controller, claim(SourceRef("ats", "r-2")))
    own.sql(
        "UPDATE dek SET wrapped = (SELECT o.wrapped FROM dek o WHERE o.subject = %s)"
        " WHERE subject = %s",
        other,
        subject,
    )
    own.keyring.resume(controller, [subject])
    with pytest.raises(SealBroken):
        sealed(own.keyring, controller, subject)


def test_an_address_repeated_in_another_process_is_one_look_up(
    keyring: Keyring, own: KeyHouse, controller: ControllerId
) -> None:
    subject = admit_one(keyring, controller, claim(contacts=CONTACTS))
    admit_one(own.keyring, controller, claim(contacts=CONTACTS))
    assert keyring.footprint(controller, subject).lookups["email"] == 1


def test_a_cohort_holds_256_people_in_order_of_arrival(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    for start in (0, 200, 400):
        page = [claim(SourceRef("ats", str(n))) for n in range(start, start + 200)]
        keyring.admit(controller, page)
    sizes = shared_house.sql(
        "SELECT c.number, count(*) FROM cohort c JOIN subject s USING (cohort)"
        " WHERE c.controller = %s GROUP BY c.number ORDER BY c.number",
        controller,
    )
    assert sizes == [(0, 256), (1, 256), (2, 88)]


def test_an_erasure_makes_its_cohort_dirty(
    keyring: Keyring, shared_house: KeyHouse, controller: ControllerId
) -> None:
    page = [claim(SourceRef("ats", str(n))) for n in range(300)]
    keyring.admit(controller, page)
    first = keyring.find_source(controller, SourceRef("ats", "0"))
    assert first is not None
    erase(keyring, controller, first)
    dirty = shared_house.sql(
        "SELECT number FROM cohort WHERE controller = %s AND dirty", controller
    )
    assert dirty == [(0,)]


def test_a_key_row_put_back_beside_its_tombstone_stays_dead(
    own: KeyHouse, controller: ControllerId
) -> None:
    subject = admit_one(own.keyring, controller, claim())
    request = sealed(own.keyring, controller, subject)
    row = own.sql("SELECT * FROM dek WHERE subject = %s", subject)[0]
    erase(own.keyring, controller, subject)
    own.sql("INSERT INTO dek VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", *row)
    assert opened(own.keyring, controller, request) == Shredded()


def test_nothing_is_sealed_with_a_key_row_put_back(own: KeyHouse, controller: ControllerId) -> None:
    subject = admit_one(own.keyring, controller, claim())
    row = own.sql("SELECT * FROM dek WHERE subject = %s", subject)[0]
    erase(own.keyring, controller, subject, "profile")
    own.sql("INSERT INTO dek VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", *row)
    with pytest.raises(KeyUnavailable):
        sealed(own.keyring, controller, subject, "profile")


def test_a_deleted_key_row_without_a_tombstone_is_no_erasure(
    own: KeyHouse, controller: ControllerId
) -> None:
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    own.sql("DELETE FROM dek WHERE subject = %s", request.subject)
    own.keyring.resume(controller, [request.subject])
    with pytest.raises(KeyUnavailable):
        opened(own.keyring, controller, request)
