"""A destroyed key's values are shredded, and everybody else's stand."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.answers import KeyUnavailable, Present, SealBroken, Shredded, SubjectErased
from domain.keyring import Admitted, DestroyOrder, KeyEpoch, SourceRef
from domain.values import ControllerId, ErasureId, SubjectId
from infra.clock import FixedClock
from infra.keys.shapes import KeyFootprint
from infra.random_ids import random_id
from tests.contracts.whole_keyring import (
    COMMUNICATIONS,
    EMAIL,
    PROFILE,
    REF,
    WholeKeyring,
    admit_one,
    claim,
    erase,
    opened,
    sealed,
)

HOUR = 3_600_000_000


class ErasureContract:
    """The cases of Shredder."""

    def test_a_destroyed_persons_value_is_shredded(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        erase(keyring, controller, subject)
        assert opened(keyring, controller, request) == Shredded()

    def test_everybody_else_still_opens(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        other = admit_one(keyring, controller, claim(SourceRef("ats", "r-2")))
        request = sealed(keyring, controller, other)
        erase(keyring, controller, subject)
        assert opened(keyring, controller, request) == Present(b"Kari")

    def test_a_destroyed_token_moved_to_another_person_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        other = admit_one(keyring, controller, claim(SourceRef("ats", "r-2")))
        request = sealed(keyring, controller, subject)
        erase(keyring, controller, subject)
        with pytest.raises(SealBroken):
            opened(keyring, controller, replace(request, subject=other))

    def test_a_destroyed_token_with_another_commitment_is_broken(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        erase(keyring, controller, subject)
        forged = request.token[:30] + bytes(32) + request.token[62:]
        with pytest.raises(SealBroken):
            opened(keyring, controller, replace(request, token=forged))

    @pytest.mark.requirement("A117", "A208")
    def test_a_destroyed_category_leaves_the_others(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        profile = sealed(keyring, controller, subject, PROFILE)
        messages = sealed(keyring, controller, subject, COMMUNICATIONS)
        erase(keyring, controller, subject, PROFILE)
        assert keyring.open(controller, [profile, messages]) == [Shredded(), Present(b"Kari")]

    def test_a_category_used_again_has_the_next_epoch(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject, PROFILE)
        sealed(keyring, controller, subject, PROFILE)
        (epochs,) = keyring.live_epochs(controller, [subject], PROFILE)
        assert [epoch.epoch for epoch in epochs] == [2]

    def test_a_destruction_names_an_epoch_and_spares_the_next(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        (named,) = keyring.live_epochs(controller, [subject], PROFILE)
        erase(keyring, controller, subject, PROFILE)
        request = sealed(keyring, controller, subject, PROFILE)
        late = DestroyOrder(subject, ErasureId(random_id()), PROFILE, named)
        keyring.destroy(controller, [late])
        assert opened(keyring, controller, request) == Present(b"Kari")

    def test_a_person_is_destroyed_with_keys_made_after_the_fence(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        (fenced,) = keyring.live_epochs(controller, [subject], None)
        request = sealed(keyring, controller, subject, "assessment/1")
        keyring.destroy(controller, [DestroyOrder(subject, ErasureId(random_id()), None, fenced)])
        assert opened(keyring, controller, request) == Shredded()

    def test_a_key_named_by_the_fence_and_lost_is_shredded(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        lost = UUID(int=random_id().int)
        request = sealed(keyring, controller, subject)
        token = request.token[:2] + lost.bytes + request.token[18:]
        named = (KeyEpoch(PROFILE, 1, lost),)
        keyring.destroy(controller, [DestroyOrder(subject, ErasureId(random_id()), None, named)])
        assert opened(keyring, controller, replace(request, token=token)) == Shredded()

    def test_a_person_the_database_never_knew_is_tombstoned(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        stranger = SubjectId(random_id())
        erase(keyring, controller, stranger)
        with pytest.raises((SubjectErased, KeyUnavailable)):
            sealed(keyring, controller, stranger)

    def test_sealing_for_a_destroyed_person_is_refused(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject)
        with pytest.raises(SubjectErased):
            sealed(keyring, controller, subject, "assessment/1")

    def test_a_destruction_names_what_it_destroyed(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=(PROFILE, COMMUNICATIONS)))
        (live,) = keyring.live_epochs(controller, [subject], None)
        destroyed = erase(keyring, controller, subject)
        assert destroyed.epochs == live

    def test_fingerprints_are_the_commitments_of_the_tokens(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        request = sealed(keyring, controller, subject)
        assert erase(keyring, controller, subject).fingerprints == (request.token[30:62],)

    def test_repeating_an_erasure_returns_its_record(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erasure_id = ErasureId(random_id())
        first = erase(keyring, controller, subject, erasure_id=erasure_id)
        clock.instant += HOUR
        assert erase(keyring, controller, subject, erasure_id=erasure_id) == first

    def test_a_page_of_orders_is_answered_in_order(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        page = [claim(SourceRef("ats", str(n))) for n in range(20)]
        admitted = [a for a in keyring.admit(controller, page) if isinstance(a, Admitted)]
        orders = [DestroyOrder(a.subject, ErasureId(random_id()), None, ()) for a in admitted]
        answers = keyring.destroy(controller, orders)
        assert [answer.erasure_id for answer in answers] == [o.erasure_id for o in orders]

    def test_two_orders_of_one_person_are_two_records(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        (named,) = keyring.live_epochs(controller, [subject], PROFILE)
        orders = [
            DestroyOrder(subject, ErasureId(random_id()), PROFILE, named),
            DestroyOrder(subject, ErasureId(random_id()), None, ()),
        ]
        answers = keyring.destroy(controller, orders)
        assert [answer.head.sequence for answer in answers] == [1, 2]

    def test_a_destroyed_persons_address_finds_nobody(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        erase(keyring, controller, subject)
        assert keyring.find_contact(controller, EMAIL) == []

    def test_a_destroyed_persons_source_id_finds_nobody(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject)
        assert keyring.find_source(controller, REF) is None

    def test_a_destruction_counts_the_look_ups_cleared(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        assert erase(keyring, controller, subject).lookups_cleared == 2

    def test_a_category_leaves_the_look_ups(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        erase(keyring, controller, subject, PROFILE)
        assert keyring.find_contact(controller, EMAIL) == [subject]

    def test_another_persons_shared_address_stays(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        other = admit_one(keyring, controller, claim(SourceRef("ats", "2"), contacts=(EMAIL,)))
        erase(keyring, controller, subject)
        assert keyring.find_contact(controller, EMAIL) == [other]

    def test_the_footprint_counts_keys_and_look_ups(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        footprint = keyring.footprint(controller, subject)
        assert footprint == KeyFootprint({PROFILE: 1}, {"source": 1, "email": 1})
