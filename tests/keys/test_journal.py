"""The erasure journal: an edited, cut or forked chain shows, and so does a journal put back."""

import pytest

from domain.answers import GateClosed, GateVerdict, KeyringError
from domain.keyring import DestroyOrder, SourceRef
from domain.values import ControllerId, ErasureId
from infra.keys.keyring import Keyring
from infra.keys.record import JournalBroken
from infra.random_ids import random_id
from tests.contracts.whole_keyring import admit_one, claim, erase, opened, sealed
from tests.keys.houses import KeyHouse, open_keyring


@pytest.fixture
def controller(own: KeyHouse) -> ControllerId:
    """Three erasures in a journal of its own."""
    controller = own.keyring.add_controller(str(random_id()))
    for n in range(3):
        subject = admit_one(own.keyring, controller, claim(SourceRef("ats", str(n))))
        erase(own.keyring, controller, subject)
    return controller


def test_an_edited_record_shows(own: KeyHouse, controller: ControllerId) -> None:
    own.sql(
        "UPDATE journal SET encoded = set_byte(encoded, 90, get_byte(encoded, 90) # 1)"
        " WHERE sequence = 2 AND controller = %s",
        controller,
    )
    with pytest.raises(JournalBroken) as broken:
        own.keyring.verify_journal(controller)
    assert broken.value.sequence == 2


def test_every_byte_of_a_record_counts(own: KeyHouse, controller: ControllerId) -> None:
    ((size,),) = own.sql(
        "SELECT length(encoded) FROM journal WHERE sequence = 2 AND controller = %s", controller
    )
    flip = (
        "UPDATE journal SET encoded = set_byte(encoded, %s, get_byte(encoded, %s) # 1)"
        " WHERE sequence = 2 AND controller = %s"
    )
    for place in range(size):
        own.sql(flip, place, place, controller)
        with pytest.raises(JournalBroken):
            own.keyring.verify_journal(controller)
        own.sql(flip, place, place, controller)
    assert own.keyring.verify_journal(controller).sequence == 3


def test_a_record_cut_from_the_middle_shows(own: KeyHouse, controller: ControllerId) -> None:
    own.sql("DELETE FROM journal WHERE sequence = 2 AND controller = %s", controller)
    with pytest.raises(JournalBroken) as broken:
        own.keyring.verify_journal(controller)
    assert broken.value.sequence == 2


def test_a_record_cut_from_the_end_shows(own: KeyHouse, controller: ControllerId) -> None:
    own.sql("DELETE FROM journal WHERE sequence = 3 AND controller = %s", controller)
    with pytest.raises(JournalBroken) as broken:
        own.keyring.verify_journal(controller)
    assert broken.value.sequence == 3


def test_swapped_records_show(own: KeyHouse, controller: ControllerId) -> None:
    _renumber(own, controller, 1, 9)
    _renumber(own, controller, 2, 1)
    _renumber(own, controller, 9, 2)
    with pytest.raises(JournalBroken):
        own.keyring.verify_journal(controller)


def test_another_controllers_record_shows(own: KeyHouse, controller: ControllerId) -> None:
    other = own.keyring.add_controller(str(random_id()))
    erase(own.keyring, other, admit_one(own.keyring, other, claim()))
    own.sql("DELETE FROM journal WHERE sequence = 1 AND controller = %s", controller)
    own.sql("UPDATE journal SET controller = %s WHERE controller = %s", controller, other)
    with pytest.raises(JournalBroken):
        own.keyring.verify_journal(controller)


def test_an_edited_head_shows(own: KeyHouse, controller: ControllerId) -> None:
    own.sql("UPDATE journal_head SET chain = %s WHERE controller = %s", bytes(32), controller)
    with pytest.raises(JournalBroken):
        own.keyring.verify_journal(controller)


def test_chains_of_two_controllers_do_not_mix(own: KeyHouse, controller: ControllerId) -> None:
    other = own.keyring.add_controller(str(random_id()))
    erase(own.keyring, other, admit_one(own.keyring, other, claim()))
    assert own.keyring.verify_journal(controller).sequence == 3


def test_a_part_of_the_chain_verifies_from_a_head(own: KeyHouse, controller: ControllerId) -> None:
    start = own.keyring.journal_head(controller)
    subject = admit_one(own.keyring, controller, claim(SourceRef("ats", "next")))
    destroyed = erase(own.keyring, controller, subject)
    assert own.keyring.verify_journal(controller, start) == destroyed.head


def test_an_erasure_id_of_another_person_is_refused(
    keyring: Keyring,
) -> None:
    controller = keyring.add_controller(str(random_id()))
    erasure_id = ErasureId(random_id())
    erase(keyring, controller, admit_one(keyring, controller, claim()), erasure_id=erasure_id)
    other = admit_one(keyring, controller, claim(SourceRef("ats", "2")))
    with pytest.raises(KeyringError, match="another person"):
        keyring.destroy(controller, [DestroyOrder(other, erasure_id, None, ())])


def test_a_refused_destruction_destroys_nothing(keyring: Keyring) -> None:
    controller = keyring.add_controller(str(random_id()))
    erasure_id = ErasureId(random_id())
    erase(keyring, controller, admit_one(keyring, controller, claim()), erasure_id=erasure_id)
    other = admit_one(keyring, controller, claim(SourceRef("ats", "2")))
    request = sealed(keyring, controller, other)
    third = admit_one(keyring, controller, claim(SourceRef("ats", "3")))
    orders = [
        DestroyOrder(third, ErasureId(random_id()), None, ()),
        DestroyOrder(other, erasure_id, None, ()),
    ]
    with pytest.raises(KeyringError):
        keyring.destroy(controller, orders)
    assert keyring.live_epochs(controller, [third], None) != [()]
    assert request.subject == other


def test_a_journal_that_goes_backwards_shuts_the_process(
    own: KeyHouse, controller: ControllerId
) -> None:
    subject = admit_one(own.keyring, controller, claim(SourceRef("ats", "next")))
    sealed(own.keyring, controller, subject, "assessment/1")
    _put_back(own, controller, 2)
    with pytest.raises(GateClosed) as closed:
        own.keyring.find_source(controller, SourceRef("ats", "next"))
    assert closed.value.verdict is GateVerdict.ROLLED_BACK


def test_a_shut_process_stays_shut(own: KeyHouse, controller: ControllerId) -> None:
    subject = admit_one(own.keyring, controller, claim(SourceRef("ats", "next")))
    request = sealed(own.keyring, controller, subject)
    _put_back(own, controller, 2)
    with pytest.raises(GateClosed):
        own.keyring.find_source(controller, SourceRef("ats", "next"))
    _put_back(own, controller, 3)
    with pytest.raises(GateClosed):
        opened(own.keyring, controller, request)


def test_another_process_going_on_is_no_going_back(own: KeyHouse, controller: ControllerId) -> None:
    with open_keyring(own.dsn, own.provider, own.clock) as other:
        subject = admit_one(other, controller, claim(SourceRef("ats", "next")))
        request = sealed(own.keyring, controller, subject)
        erase(other, controller, admit_one(other, controller, claim(SourceRef("ats", "more"))))
        assert opened(own.keyring, controller, request) == opened(other, controller, request)


def _renumber(own: KeyHouse, controller: ControllerId, sequence: int, to: int) -> None:
    own.sql(
        "UPDATE journal SET sequence = %s WHERE sequence = %s AND controller = %s",
        to,
        sequence,
        controller,
    )


def _put_back(own: KeyHouse, controller: ControllerId, sequence: int) -> None:
    own.sql("UPDATE journal_head SET sequence = %s WHERE controller = %s", sequence, controller)
