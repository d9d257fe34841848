"""A record keeps its place in the tree, also where a restore lost others."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from domain.erasure import SubjectErased
from domain.keyring import JournalHead, KeyEpoch
from domain.values import ControllerId, ErasureId
from infra.certificates.contents import Certificate, Head, Inclusion, erased_of
from infra.certificates.issuing import require_same
from infra.certificates.journal import Walked, walk
from infra.certificates.tree import root_over
from infra.certificates.witnessing import Witnessed, witness
from infra.keys.record import (
    GENESIS,
    ChainedRecord,
    JournalBroken,
    JournalRecord,
    Restoration,
    extend,
    verify,
)
from infra.keys.wrapping import KeyedHash
from tests.certificates.examples import CERTIFICATE

CONTROLLER = ControllerId(UUID(int=7))
SUBJECT = UUID("3c9d6f0e-6a35-4b0a-9a49-5f1c8c7f4a11")
DOCUMENT = "6f7a2f57-4c86-4c0c-8a0f-5d2c76f0d9a4"
SECRET = KeyedHash(bytes(32))
START = 1_780_000_000_000_000


class Stored:
    """A journal in memory, chained and verified as the key database's is."""

    def __init__(self, records: Sequence[ChainedRecord], head: JournalHead) -> None:
        self.records = records
        self.head = head

    def verify_journal(self, controller: ControllerId) -> JournalHead:
        verify(SECRET, controller, GENESIS, self.records)
        return self.head

    def journal_records(self, controller: ControllerId, after: int) -> list[ChainedRecord]:
        assert controller == CONTROLLER
        return [record for record in self.records if record.sequence > after][:2]


def record(sequence: int, restoration: Restoration | None = None) -> JournalRecord:
    epochs = (
        KeyEpoch("profile", 1, UUID(int=1)),
        KeyEpoch(f"documents/{DOCUMENT}", 1, UUID(int=2)),
    )
    return JournalRecord(
        sequence=sequence,
        erasure_id=UUID(int=100 + sequence),
        controller=CONTROLLER,
        subject=SUBJECT,
        whole_person=restoration is None,
        epochs=() if restoration else epochs,
        fingerprints=() if restoration else (bytes([sequence]) * 32, bytes(32)),
        lookups_cleared=2,
        destroyed_at=START + sequence,
        restoration=restoration,
    )


def journal(length: int) -> Stored:
    head, records = GENESIS, []
    for sequence in range(1, length + 1):
        records.append(extend(SECRET, head, record(sequence)))
        head = JournalHead(sequence, records[-1].chain)
    return Stored(records, head)


def restored(length: int, to: int, lost_to: int) -> Stored:
    """Put a journal back to a sequence, lose what followed, and go on behind what was seen."""
    before = journal(lost_to)
    kept = list(before.records[:to])
    present = JournalHead(to, kept[-1].chain)
    told = record(lost_to + 1, Restoration(to, present, before.head))
    kept.append(extend(SECRET, before.head, told))
    head = JournalHead(lost_to + 1, kept[-1].chain)
    for sequence in range(lost_to + 2, length + 1):
        kept.append(extend(SECRET, head, record(sequence)))
        head = JournalHead(sequence, kept[-1].chain)
    return Stored(kept, head)


def leads(stored: Stored, link: ChainedRecord) -> bool:
    walked = walk(stored, CONTROLLER, link.sequence)
    leaf = erased_of(link.decoded()).leaf(link.chain.hex())
    return root_over(leaf, link.sequence - 1, walked.head.sequence, walked.path) == walked.root


@pytest.mark.parametrize("length", [1, 2, 5, 8])
def test_every_record_leads_to_the_root(length: int) -> None:
    stored = journal(length)
    assert all(leads(stored, link) for link in stored.records)


def test_records_lead_to_the_root_on_both_sides_of_a_gap() -> None:
    stored = restored(length=9, to=3, lost_to=6)
    destroyed = [link for link in stored.records if link.decoded().restoration is None]
    assert [link.sequence for link in destroyed] == [1, 2, 3, 8, 9]
    assert all(leads(stored, link) for link in destroyed)
    assert walk(stored, CONTROLLER, 3).lost


def test_an_erasure_that_a_restore_undid_says_when_it_was_applied_again() -> None:
    stored = restored(length=4, to=1, lost_to=2)
    assert walk(stored, CONTROLLER, 2).applied_again_at == (START + 3,)
    assert walk(stored, CONTROLLER, 1).applied_again_at == ()
    assert walk(stored, CONTROLLER, 4).applied_again_at == ()


def test_a_journal_cut_behind_its_verification_is_broken() -> None:
    """Guard: what is read for the tree is what was verified."""
    stored = journal(4)
    cut = Stored(stored.records[:3], stored.head)
    with pytest.raises(JournalBroken):
        walk(cut, CONTROLLER, 2)
    other = extend(
        SECRET,
        JournalHead(3, stored.records[2].chain),
        replace(record(4), epochs=(), fingerprints=()),
    )
    with pytest.raises(JournalBroken):
        walk(Stored([*stored.records[:3], other], stored.head), CONTROLLER, 2)


def test_what_is_told_of_a_record_names_neither_her_nor_a_document() -> None:
    told = repr(erased_of(record(1)))
    assert DOCUMENT not in told
    assert str(SUBJECT) not in told
    assert [key.category for key in erased_of(record(1)).keys] == ["profile", "documents"]
    category = replace(record(1), whole_person=False, category=f"documents/{DOCUMENT}")
    assert erased_of(category).scope == "documents"


def certified(stored: Stored, sequence: int) -> Certificate:
    """Certify a record of a journal as it stands, as far as a witness looks."""
    walked = walk(stored, CONTROLLER, sequence)
    head = Head(walked.head.sequence, walked.head.chain.hex(), walked.root.hex())
    return replace(CERTIFICATE, journal=Inclusion("", (), head))


def test_a_journal_that_went_on_agrees_with_its_certificates() -> None:
    for length in (2, 3, 4, 7):
        found = witness(journal(7), CONTROLLER, certified(journal(length), 2))
        assert found is Witnessed.AGREES


def test_a_journal_that_was_put_back_is_behind_its_certificate() -> None:
    one = certified(journal(4), 2)
    assert witness(journal(3), CONTROLLER, one) is Witnessed.BEHIND
    assert witness(Stored([], GENESIS), CONTROLLER, one) is Witnessed.BEHIND


def test_a_journal_that_went_another_way_since_differs() -> None:
    """What was put back and went on past the certificate's end, each chain whole in itself."""
    first = journal(3).records
    other = extend(SECRET, JournalHead(3, first[2].chain), replace(record(4), lookups_cleared=9))
    last = extend(SECRET, JournalHead(4, other.chain), record(5))
    forked = Stored([*first, other, last], JournalHead(5, last.chain))
    assert witness(forked, CONTROLLER, certified(journal(4), 2)) is Witnessed.DIFFERS
    assert witness(forked, CONTROLLER, certified(journal(3), 2)) is Witnessed.AGREES


def test_a_declared_loss_cannot_be_told_from_another_journal() -> None:
    stored = restored(length=9, to=3, lost_to=6)
    assert witness(stored, CONTROLLER, certified(journal(6), 2)) is Witnessed.GAP
    assert witness(stored, CONTROLLER, certified(journal(3), 2)) is Witnessed.AGREES


def test_another_journal_is_told_where_the_loss_comes_later() -> None:
    first = extend(SECRET, GENESIS, replace(record(1), lookups_cleared=9))
    other = Stored([first], JournalHead(1, first.chain))
    stored = restored(length=9, to=3, lost_to=6)
    assert witness(stored, CONTROLLER, certified(other, 1)) is Witnessed.DIFFERS


def _ended(head: JournalHead) -> SubjectErased:
    return SubjectErased(ErasureId(UUID(int=1)), None, START, head.sequence, head.chain, 2, 9, 0)


def _walked(*, lost: bool) -> Walked:
    return Walked(GENESIS, b"", (), lost, ())


def test_the_log_and_the_journal_must_tell_of_the_same_record() -> None:
    link = journal(3).records[2]
    require_same(link, _ended(JournalHead(3, link.chain)), _walked(lost=False))
    for other in (JournalHead(3, bytes(32)), JournalHead(2, link.chain)):
        with pytest.raises(JournalBroken):
            require_same(link, _ended(other), _walked(lost=False))


def test_a_record_made_again_after_a_loss_stands_further_on() -> None:
    link = journal(3).records[2]
    require_same(link, _ended(JournalHead(1, bytes(32))), _walked(lost=True))
    with pytest.raises(JournalBroken):
        require_same(link, _ended(JournalHead(3, bytes(32))), _walked(lost=True))
