"""Every erasure is one record of a chain."""

from domain.keyring import JournalHead
from domain.values import ControllerId
from tests.contracts.whole_keyring import PROFILE, WholeKeyring, admit_one, claim, erase


class JournalContract:
    """The cases of the erasure journal."""

    def test_the_journal_begins_empty(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        assert keyring.journal_head(controller) == JournalHead(0, bytes(32))

    def test_each_erasure_is_one_record(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject, PROFILE)
        erase(keyring, controller, subject)
        assert [r.sequence for r in keyring.journal_records(controller, 0)] == [1, 2]

    def test_a_destruction_carries_the_head_after_it(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        destroyed = erase(keyring, controller, admit_one(keyring, controller, claim()))
        assert destroyed.head == keyring.journal_head(controller)

    def test_the_journal_verifies_to_its_head(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject, PROFILE)
        erase(keyring, controller, subject)
        assert keyring.verify_journal(controller) == keyring.journal_head(controller)

    def test_a_record_says_what_the_answer_said(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        destroyed = erase(keyring, controller, admit_one(keyring, controller, claim()))
        (record,) = keyring.journal_records(controller, 0)
        assert record.decoded().destruction(record.chain) == destroyed
