"""Pointers to addresses: made, met in any spelling, kept through an erasure, lifted, run out."""

import pytest

from domain.keyring import (
    Admitted,
    Barred,
    Contact,
    ContactKind,
    LateFact,
    SourceRef,
)
from domain.pointing import Bar, Pointing
from domain.suppression import LiftOrder, SuppressionReason, SuppressOrder
from domain.values import ControllerId, Instant, SubjectId
from infra.clock import FixedClock
from infra.random_ids import random_id
from tests.contracts.whole_keyring import EMAIL, WholeKeyring, admit_one, claim, erase

DAY: Instant = 86_400_000_000
OPTED_OUT = SuppressionReason.OPTED_OUT
IN_DIALOGUE = SuppressionReason.IN_DIALOGUE
PHONE = Contact(ContactKind.PHONE, "11234567")
PROFILE = Contact(ContactKind.LINKEDIN, "https://www.linkedin.com/in/kari-n")
SPELLINGS = (
    Contact(ContactKind.EMAIL, " Kari+jobb@EXAMPLE.test"),
    Contact(ContactKind.EMAIL, "Kari N <kari@example.test>"),
    Contact(ContactKind.PHONE, "+47 (0) 112 34 567"),
    Contact(ContactKind.LINKEDIN, "no.linkedin.com/in/K%61ri-n/details?trk=1"),
)


def suppress(
    keyring: WholeKeyring,
    controller: ControllerId,
    *contacts: Contact,
    subject: SubjectId | None = None,
    until: Instant | None = None,
    reason: SuppressionReason = OPTED_OUT,
) -> int:
    """Leave pointers of one reason; return how many were made."""
    return keyring.suppress(controller, [SuppressOrder(subject, contacts, reason, until)])


def reasons(
    keyring: WholeKeyring, controller: ControllerId, *contacts: Contact
) -> frozenset[SuppressionReason]:
    """Ask what stands against one group of contacts."""
    return keyring.suppressed(controller, [contacts])[0]


class SuppressionContract:
    """The cases of Suppressor."""

    def test_nothing_stands_against_an_address_nobody_suppressed(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        suppress(keyring, controller, PHONE)
        assert reasons(keyring, controller, EMAIL) == frozenset()

    def test_each_group_of_contacts_gets_its_own_answer(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        suppress(keyring, controller, EMAIL)
        asked = [(EMAIL,), (PHONE,), (), (PHONE, EMAIL)]
        stands, nothing = frozenset({OPTED_OUT}), frozenset[SuppressionReason]()
        assert keyring.suppressed(controller, asked) == [stands, nothing, nothing, stands]

    @pytest.mark.parametrize("reason", list(SuppressionReason))
    def test_every_reason_is_answered_as_itself(
        self, keyring: WholeKeyring, controller: ControllerId, reason: SuppressionReason
    ) -> None:
        suppress(keyring, controller, EMAIL, reason=reason)
        assert reasons(keyring, controller, EMAIL) == {reason}

    @pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda contact: contact.value)
    def test_another_spelling_meets_the_pointer(
        self, keyring: WholeKeyring, controller: ControllerId, spelling: Contact
    ) -> None:
        suppress(keyring, controller, EMAIL, PHONE, PROFILE)
        assert reasons(keyring, controller, spelling) == {OPTED_OUT}

    def test_what_is_no_address_suppresses_nobody(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        nothing = Contact(ContactKind.EMAIL, "n/a")
        assert suppress(keyring, controller, nothing) == 0
        assert reasons(keyring, controller, nothing) == frozenset()

    def test_a_person_is_suppressed_at_every_address_she_is_found_by(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL, PHONE, PROFILE)))
        assert suppress(keyring, controller, subject=subject) == 3
        (hers,) = keyring.standing_of_people(controller, [subject])
        assert set(hers) == {OPTED_OUT}
        assert reasons(keyring, controller, PHONE) == {OPTED_OUT}

    def test_suppressing_again_makes_nothing(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        suppress(keyring, controller, EMAIL)
        assert suppress(keyring, controller, EMAIL, EMAIL) == 0

    def test_a_shorter_order_shortens_nothing(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        suppress(keyring, controller, EMAIL)
        assert suppress(keyring, controller, EMAIL, until=clock.now() + DAY) == 0
        clock.instant += 40 * DAY
        assert reasons(keyring, controller, EMAIL) == {OPTED_OUT}

    def test_a_longer_order_prolongs(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        suppress(keyring, controller, EMAIL, until=clock.now() + DAY)
        assert suppress(keyring, controller, EMAIL, until=clock.now() + 9 * DAY) == 1
        clock.instant += 5 * DAY
        assert reasons(keyring, controller, EMAIL) == {OPTED_OUT}

    def test_an_expired_pointer_bars_nothing(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        suppress(keyring, controller, EMAIL, until=clock.now() + DAY)
        clock.instant += 3 * DAY
        assert reasons(keyring, controller, EMAIL) == frozenset()
        assert keyring.suppressions(controller) == []

    def test_upkeep_deletes_what_has_expired_and_nothing_else(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        suppress(keyring, controller, EMAIL, until=clock.now() + DAY)
        suppress(keyring, controller, PHONE)
        keyring.expire_suppressions(clock.now() + 3 * DAY)
        assert keyring.suppressed(controller, [(EMAIL,), (PHONE,)]) == [frozenset(), {OPTED_OUT}]

    def test_lifting_takes_the_reason_asked_and_leaves_the_others(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        suppress(keyring, controller, EMAIL)
        suppress(keyring, controller, EMAIL, reason=IN_DIALOGUE)
        order = LiftOrder(None, (SPELLINGS[0],), frozenset({OPTED_OUT}))
        assert keyring.lift(controller, [order]) == 1
        assert reasons(keyring, controller, EMAIL) == {IN_DIALOGUE}

    def test_lifting_for_a_person_reaches_all_her_addresses(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL, PHONE)))
        suppress(keyring, controller, EMAIL, PHONE)
        assert keyring.lift(controller, [LiftOrder(subject, (), frozenset({OPTED_OUT}))]) == 2
        assert reasons(keyring, controller, EMAIL, PHONE) == frozenset()

    def test_another_controllers_pointer_bars_nothing_here(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        other = keyring.add_controller(str(random_id()))
        suppress(keyring, other, EMAIL)
        assert reasons(keyring, controller, EMAIL) == frozenset()

    def test_an_erasure_leaves_the_pointers_it_was_ordered_to(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL, PHONE, PROFILE)))
        pointing = Pointing(SuppressionReason.SELF_DELETED, None)
        erase(keyring, controller, subject, suppress=pointing)
        answers = keyring.suppressed(controller, [(spelling,) for spelling in SPELLINGS])
        assert answers == [{SuppressionReason.SELF_DELETED}] * len(SPELLINGS)

    def test_an_erasure_without_that_order_leaves_the_pointers_as_they_stand(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL, PHONE)))
        suppress(keyring, controller, EMAIL)
        erase(keyring, controller, subject)
        assert keyring.suppressed(controller, [(EMAIL,), (PHONE,)]) == [{OPTED_OUT}, frozenset()]

    def test_the_erasure_of_a_category_leaves_no_pointer(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        erase(keyring, controller, subject, "profile", suppress=Pointing(OPTED_OUT, None))
        assert reasons(keyring, controller, EMAIL) == frozenset()

    def test_an_erased_person_is_suppressed_by_no_look_up(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(contacts=(EMAIL,)))
        erase(keyring, controller, subject)
        assert suppress(keyring, controller, subject=subject) == 0

    @pytest.mark.parametrize("bar", [Bar.NEWCOMERS, Bar.EVERYBODY])
    def test_a_barred_claim_makes_nobody(
        self, keyring: WholeKeyring, controller: ControllerId, bar: Bar
    ) -> None:
        wanted = claim(SourceRef("ats", "new"), contacts=(EMAIL,))._replace(bar=bar)
        assert keyring.admit(controller, [wanted]) == [Barred()]
        assert keyring.find_contact(controller, EMAIL) == []

    def test_a_bar_against_newcomers_lets_a_person_who_is_there_have_the_fact(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        wanted = [claim()._replace(bar=bar) for bar in (Bar.NEWCOMERS, Bar.EVERYBODY)]
        assert keyring.admit(controller, wanted) == [Admitted(subject, new=False), Barred()]

    def test_a_barred_claim_about_an_erased_person_is_late(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        wanted = claim(begins=False)._replace(bar=Bar.EVERYBODY)
        assert keyring.admit(controller, [wanted]) == [LateFact()]

    def test_a_pointer_stands_from_the_earliest_day_it_was_ordered_for(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        midnight = clock.now() - clock.now() % DAY
        for since in (None, clock.now() - 3 * DAY, clock.now() - DAY):
            keyring.suppress(controller, [SuppressOrder(None, (EMAIL,), OPTED_OUT, None, since)])
        assert keyring.standing(controller, [(EMAIL,)]) == [{OPTED_OUT: midnight - 3 * DAY}]

    def test_spellings_share_their_pointer_before_anything_stands(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        one, other, third = keyring.pointers(controller, [(EMAIL,), (SPELLINGS[0],), (PHONE,)])
        assert one == other
        assert not one & third

    def test_pointers_are_counted_by_reason_and_kind(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        suppress(keyring, controller, EMAIL, PHONE)
        suppress(keyring, controller, PHONE, reason=IN_DIALOGUE, until=clock.now() + 5 * DAY)
        told = {(one.reason, one.kind): one for one in keyring.suppressions(controller)}
        midnight = clock.now() - clock.now() % DAY
        assert [one.pointers for one in told.values()] == [1, 1, 1]
        assert {one.oldest_at for one in told.values()} == {midnight}
        assert told[IN_DIALOGUE, ContactKind.PHONE].next_until == midnight + 6 * DAY
