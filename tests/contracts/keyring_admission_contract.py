"""Who a claim is about, and which ids it gets."""

import pytest

from domain.answers import KeyUnavailable
from domain.keyring import Admitted, SourceRef
from domain.values import ControllerId
from infra.clock import FixedClock
from infra.keys.shapes import Abandoned
from infra.random_ids import random_id
from tests.contracts.whole_keyring import COMMUNICATIONS, EMAIL, WholeKeyring, admit_one, claim


class AdmissionContract:
    """The cases of Identifier and Admitter."""

    def test_a_fact_id_is_stable(self, keyring: WholeKeyring, controller: ControllerId) -> None:
        assert keyring.fact_id(controller, "ats", "1") == keyring.fact_id(controller, "ats", "1")

    def test_fact_ids_of_two_controllers_differ(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        other = keyring.add_controller(str(random_id()))
        assert keyring.fact_id(controller, "ats", "1") != keyring.fact_id(other, "ats", "1")

    def test_the_border_between_source_and_id_counts(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        assert keyring.fact_id(controller, "at", "s1") != keyring.fact_id(controller, "ats", "1")

    def test_keyed_ids_of_two_kinds_differ(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        document = keyring.keyed_id(controller, "document", "ats", "1")
        assert document != keyring.keyed_id(controller, "application", "ats", "1")

    def test_adding_a_controller_twice_gives_the_same(self, keyring: WholeKeyring) -> None:
        slug = str(random_id())
        assert keyring.add_controller(slug) == keyring.add_controller(slug)

    def test_controllers_are_listed_by_slug(self, keyring: WholeKeyring) -> None:
        slug = str(random_id())
        added = keyring.add_controller(slug)
        assert keyring.controllers()[slug] == added

    def test_an_unknown_controller_is_unavailable(self, keyring: WholeKeyring) -> None:
        with pytest.raises(KeyUnavailable):
            keyring.admit(ControllerId(random_id()), [claim()])

    def test_a_first_claim_creates_a_person(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        (answer,) = keyring.admit(controller, [claim()])
        assert isinstance(answer, Admitted)
        assert answer.new

    def test_a_second_claim_finds_her(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        assert keyring.admit(controller, [claim()]) == [Admitted(subject, new=False)]

    def test_claims_of_one_new_source_id_on_a_page_are_one_person(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        answers = keyring.admit(controller, [claim(), claim(categories=(COMMUNICATIONS,))])
        assert answers[0] == answers[1]

    def test_claims_of_two_source_ids_are_two_people(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        answers = keyring.admit(controller, [claim(), claim(SourceRef("ats", "r-2"))])
        assert answers[0] != answers[1]

    def test_the_same_remote_id_of_two_sources_is_two_people(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        answers = keyring.admit(controller, [claim(), claim(SourceRef("crm", "r-1"))])
        assert answers[0] != answers[1]

    @pytest.mark.requirement("A136")
    def test_a_shared_address_attaches_nobody(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        first = claim(contacts=(EMAIL,))
        second = claim(SourceRef("ats", "r-2"), contacts=(EMAIL,))
        answers = keyring.admit(controller, [first, second])
        assert answers[0] != answers[1]

    def test_an_empty_page_is_admitted(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        assert keyring.admit(controller, []) == []

    def test_more_than_a_cohort_is_admitted_on_one_page(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        page = [claim(SourceRef("ats", str(n))) for n in range(300)]
        answers = keyring.admit(controller, page)
        assert len({a.subject for a in answers if isinstance(a, Admitted)}) == 300

    def test_someone_admitted_and_not_confirmed_is_abandoned(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        assert Abandoned(controller, subject, clock.now()) in keyring.abandoned(clock.now() + 1)

    def test_nobody_is_abandoned_before_her_time(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        assert subject not in [each.subject for each in keyring.abandoned(clock.now())]

    def test_someone_confirmed_is_not_abandoned(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        keyring.confirm(controller, [subject])
        assert subject not in [each.subject for each in keyring.abandoned(clock.now() + 1)]
