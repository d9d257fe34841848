"""Who is found by a source's id or an address."""

import pytest

from domain.keyring import Admitted, Contact, ContactKind, SourceRef
from domain.values import ControllerId
from infra.random_ids import random_id
from tests.contracts.whole_keyring import EMAIL, REF, WholeKeyring, admit_one, claim


class FindingContract:
    """The cases of Finder."""

    def test_a_source_id_finds_its_person(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        assert keyring.find_source(controller, REF) == subject

    def test_an_unknown_source_id_finds_nobody(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        assert keyring.find_source(controller, REF) is None

    @pytest.mark.requirement("A136")
    def test_an_address_finds_everybody_who_used_it(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        first = claim(contacts=(EMAIL,))
        second = claim(SourceRef("ats", "r-2"), contacts=(EMAIL,))
        answers = keyring.admit(controller, [first, second])
        people = {answer.subject for answer in answers if isinstance(answer, Admitted)}
        assert set(keyring.find_contact(controller, EMAIL)) == people

    def test_an_address_is_found_in_another_spelling(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        shouted = Contact(ContactKind.EMAIL, " KARI@example.test ")
        assert keyring.find_contact(controller, shouted) == [subject]

    def test_an_address_that_comes_later_is_found(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        assert keyring.find_contact(controller, EMAIL) == [subject]

    def test_a_repeated_address_is_one_look_up(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        page = [claim(contacts=(EMAIL,)), claim(contacts=(EMAIL,))]
        keyring.admit(controller, page)
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        assert keyring.footprint(controller, subject).lookups == {"source": 1, "email": 1}

    def test_another_controllers_address_finds_nobody(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        other = keyring.add_controller(str(random_id()))
        assert keyring.find_contact(other, EMAIL) == []
