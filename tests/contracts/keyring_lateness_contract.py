"""A fact from before an erasure brings nobody back."""

from domain.keyring import Admitted, LateFact, SourceRef
from domain.values import ControllerId
from infra.clock import FixedClock
from infra.keys.shapes import LATE_FACT_PERIOD
from tests.contracts.whole_keyring import PROFILE, WholeKeyring, admit_one, claim, erase


class LatenessContract:
    """The cases of the late-fact guard."""

    def test_a_fact_from_before_the_erasure_is_late(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        assert keyring.admit(controller, [claim(at=clock.now())]) == [LateFact()]

    def test_a_later_fact_that_begins_nothing_is_late(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        later = claim(at=clock.now() + 1, begins=False)
        assert keyring.admit(controller, [later]) == [LateFact()]

    def test_a_later_registration_is_a_new_person(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        gone = admit_one(keyring, controller, claim())
        erase(keyring, controller, gone)
        assert admit_one(keyring, controller, claim(at=clock.now() + 1)) != gone

    def test_a_new_persons_old_facts_are_late(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        admit_one(keyring, controller, claim(at=clock.now() + 1))
        old = claim(at=clock.now(), begins=False)
        assert keyring.admit(controller, [old]) == [LateFact()]

    def test_a_new_persons_later_facts_are_hers(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        subject = admit_one(keyring, controller, claim(at=clock.now() + 1))
        assert admit_one(keyring, controller, claim(at=clock.now() + 2, begins=False)) == subject

    def test_on_one_page_a_fact_before_the_new_beginning_is_late_and_one_after_is_not(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        later = claim(at=clock.now() + 1, begins=False)
        page = [later, claim(at=clock.now() + 1), later]
        late, first, second = keyring.admit(controller, page)
        assert (late, first) == (LateFact(), second)

    def test_the_guard_is_silent_after_its_period(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        clock.instant += LATE_FACT_PERIOD + 1
        assert isinstance(keyring.admit(controller, [claim()])[0], Admitted)

    def test_a_category_leaves_no_guard(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject, PROFILE)
        assert admit_one(keyring, controller, claim()) == subject

    def test_another_sources_id_is_not_guarded(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        erase(keyring, controller, admit_one(keyring, controller, claim()))
        (answer,) = keyring.admit(controller, [claim(SourceRef("crm", "r-1"))])
        assert isinstance(answer, Admitted)
