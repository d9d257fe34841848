"""What is sealed opens where it belongs, and nowhere else."""

from dataclasses import replace

import pytest

from domain.answers import KeyUnavailable, Present, SealBroken, Shredded, Withheld
from domain.keyring import SourceRef
from domain.values import ControllerId, FactId, SubjectId
from infra.random_ids import random_id
from tests.contracts.whole_keyring import (
    COMMUNICATIONS,
    PROFILE,
    WholeKeyring,
    admit_one,
    claim,
    erase,
    opened,
    sealed,
)


class OpeningContract:
    """The cases of Sealer and Opener."""

    def test_a_sealed_value_opens(self, keyring: WholeKeyring, controller: ControllerId) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        assert opened(keyring, controller, request) == Present(b"Kari")

    def test_a_page_opens_in_order(self, keyring: WholeKeyring, controller: ControllerId) -> None:
        subject = admit_one(keyring, controller, claim())
        page = [sealed(keyring, controller, subject, plaintext=bytes([n])) for n in range(9)]
        assert keyring.open(controller, page) == [Present(bytes([n])) for n in range(9)]

    def test_sealing_creates_the_key_of_a_new_category(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject, "assessment/1")
        assert opened(keyring, controller, request) == Present(b"Kari")

    @pytest.mark.requirement("A76")
    def test_two_categories_have_two_keys(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=(PROFILE, COMMUNICATIONS)))
        (epochs,) = keyring.live_epochs(controller, [subject], None)
        assert len({epoch.key_id for epoch in epochs}) == 2

    def test_sealing_for_an_unknown_person_is_unavailable(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        with pytest.raises(KeyUnavailable):
            sealed(keyring, controller, SubjectId(random_id()))

    def test_sealing_for_another_controllers_person_is_unavailable(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        other = keyring.add_controller(str(random_id()))
        with pytest.raises(KeyUnavailable):
            sealed(keyring, other, subject)

    def test_a_token_moved_to_another_fact_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        moved = replace(sealed(keyring, controller, subject), fact_id=FactId(random_id()))
        with pytest.raises(SealBroken):
            opened(keyring, controller, moved)

    @pytest.mark.requirement("A76")
    def test_a_token_moved_to_another_person_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        hers = sealed(keyring, controller, admit_one(keyring, controller, claim()))
        other = admit_one(keyring, controller, claim(SourceRef("ats", "r-2")))
        with pytest.raises(SealBroken):
            opened(keyring, controller, replace(hers, subject=other))

    def test_a_token_moved_to_another_category_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=(PROFILE, COMMUNICATIONS)))
        moved = replace(sealed(keyring, controller, subject), category=COMMUNICATIONS)
        with pytest.raises(SealBroken):
            opened(keyring, controller, moved)

    def test_a_token_moved_to_another_slot_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        moved = replace(sealed(keyring, controller, subject), slot="candidate.sourced")
        with pytest.raises(SealBroken):
            opened(keyring, controller, moved)

    def test_a_token_moved_to_another_controller_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
        other = keyring.add_controller(str(random_id()))
        with pytest.raises(SealBroken):
            opened(keyring, other, request)

    def test_a_cut_token_is_broken(self, keyring: WholeKeyring, controller: ControllerId) -> None:
        request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
        with pytest.raises(SealBroken):
            opened(keyring, controller, replace(request, token=request.token[:-1]))

    def test_a_token_of_an_unknown_key_is_unavailable(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
        unknown = request.token[:2] + bytes(16) + request.token[18:]
        with pytest.raises(KeyUnavailable):
            opened(keyring, controller, replace(request, token=unknown))

    @pytest.mark.requirement("A157")
    def test_a_suspended_persons_value_is_withheld(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        keyring.suspend(controller, [subject])
        assert opened(keyring, controller, request) == Withheld()

    def test_a_value_sealed_while_suspended_is_withheld(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        keyring.suspend(controller, [subject])
        request = sealed(keyring, controller, subject, "assessment/1")
        assert opened(keyring, controller, request) == Withheld()

    def test_a_resumed_persons_value_opens(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        keyring.suspend(controller, [subject])
        keyring.resume(controller, [subject])
        assert opened(keyring, controller, request) == Present(b"Kari")

    def test_a_moved_token_of_a_suspended_person_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=(PROFILE, COMMUNICATIONS)))
        moved = replace(sealed(keyring, controller, subject), category=COMMUNICATIONS)
        keyring.suspend(controller, [subject])
        with pytest.raises(SealBroken):
            opened(keyring, controller, moved)

    @pytest.mark.parametrize("category", ["notice/1", "request/1"])
    def test_what_serves_a_suspended_persons_rights_opens(
        self, keyring: WholeKeyring, controller: ControllerId, category: str
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject, category)
        keyring.suspend(controller, [subject])
        assert opened(keyring, controller, request) == Present(b"Kari")

    def test_a_suspended_persons_value_opens_for_her_rights(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        keyring.suspend(controller, [subject])
        assert keyring.open_for_rights(controller, [request]) == [Present(b"Kari")]
        assert opened(keyring, controller, request) == Withheld()

    def test_a_destroyed_value_does_not_open_for_her_rights(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        keyring.suspend(controller, [subject])
        erase(keyring, controller, subject)
        assert keyring.open_for_rights(controller, [request]) == [Shredded()]
        assert opened(keyring, controller, request) == Shredded()

    def test_a_moved_token_does_not_open_for_her_rights(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=(PROFILE, COMMUNICATIONS)))
        moved = replace(sealed(keyring, controller, subject), category=COMMUNICATIONS)
        keyring.suspend(controller, [subject])
        with pytest.raises(SealBroken):
            keyring.open_for_rights(controller, [moved])

    def test_settling_suspends_whom_the_log_calls_restricted_and_resumes_the_rest(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        first, second = [
            admit_one(keyring, controller, claim(SourceRef("ats", name))) for name in ("r-1", "r-2")
        ]
        keyring.suspend(controller, [second])
        assert keyring.settle(controller, [first, second], lambda _people: [first]) == 2
        assert keyring.suspended(controller) == [first]
        values = [sealed(keyring, controller, person) for person in (first, second)]
        assert keyring.open(controller, values) == [Withheld(), Present(b"Kari")]

    def test_settling_again_changes_nothing(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        keyring.suspend(controller, [subject])
        assert keyring.settle(controller, [subject], lambda people: people) == 0

    def test_an_erased_person_is_not_among_the_suspended(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        keyring.suspend(controller, [subject])
        erase(keyring, controller, subject)
        assert keyring.suspended(controller) == []
        assert keyring.settle(controller, [subject], lambda _people: []) == 0
