"""The keyring against a model: whatever the order, a destroyed value never opens, the others do."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from domain.answers import Present, Shredded, SubjectErased, Withheld
from domain.keyring import OpenRequest, SourceRef
from domain.values import Category, SubjectId
from infra.clock import FixedClock
from infra.keys.keyring import Keyring
from infra.random_ids import random_id
from tests.contracts.whole_keyring import WholeKeyring, admit_one, claim, erase, sealed
from tests.fakes.keyring import FakeKeyring

CATEGORIES = st.sampled_from(["profile", "communications", "documents/1", "notice/1"])


@dataclass
class Person:
    """What the model knows of a person."""

    ref: SourceRef
    subject: SubjectId
    erased: bool = False
    suspended: bool = False
    live: list[tuple[Category, OpenRequest, bytes]] = field(default_factory=list)
    dead: list[OpenRequest] = field(default_factory=list)


class KeyringMachine(RuleBasedStateMachine):
    """Seal, destroy a category, destroy a person, suspend, come back."""

    people = Bundle("people")

    def __init__(self, keyring: WholeKeyring, clock: FixedClock) -> None:
        super().__init__()
        self.keyring = keyring
        self.clock = clock
        self.controller = keyring.add_controller(str(random_id()))
        self.everybody: list[Person] = []

    @rule(target=people)
    def register(self) -> Person:
        return self._admit(SourceRef("ats", str(random_id())))

    @rule(target=people, person=people)
    def come_back(self, person: Person) -> object:
        if not person.erased:
            return multiple()
        self.clock.instant += 1
        person.ref, ref = SourceRef("ats", str(random_id())), person.ref
        return self._admit(ref)

    @rule(person=people, category=CATEGORIES, plaintext=st.binary(max_size=40))
    def seal(self, person: Person, category: Category, plaintext: bytes) -> None:
        if person.erased and not category.startswith("notice/"):
            with pytest.raises(SubjectErased):
                sealed(self.keyring, self.controller, person.subject, category, plaintext)
            return
        request = sealed(self.keyring, self.controller, person.subject, category, plaintext)
        person.live.append((category, request, plaintext))

    @rule(person=people, category=CATEGORIES)
    def destroy_category(self, person: Person, category: Category) -> None:
        if category.startswith("notice/"):
            self.keyring.destroy_category_key(self.controller, person.subject, category)
        else:
            erase(self.keyring, self.controller, person.subject, category)
        self._bury(person, {category})

    @rule(person=people)
    def destroy_person(self, person: Person) -> None:
        erase(self.keyring, self.controller, person.subject)
        person.erased = True
        self._bury(person, {"profile", "communications", "documents/1"})

    @rule(person=people)
    def suspend(self, person: Person) -> None:
        self.keyring.suspend(self.controller, [person.subject])
        person.suspended = True

    @rule(person=people)
    def resume(self, person: Person) -> None:
        self.keyring.resume(self.controller, [person.subject])
        person.suspended = False

    @invariant()
    def the_destroyed_never_opens(self) -> None:
        dead = [request for person in self.everybody for request in person.dead]
        assert set(self.keyring.open(self.controller, dead)) <= {Shredded()}

    @invariant()
    def everything_else_opens_unless_suspended(self) -> None:
        for person in self.everybody:
            answers = self.keyring.open(self.controller, [live[1] for live in person.live])
            assert answers == [
                Withheld() if person.suspended and category != "notice/1" else Present(plaintext)
                for category, _, plaintext in person.live
            ]

    @invariant()
    def for_her_rights_everything_else_opens(self) -> None:
        for person in self.everybody:
            tokens = [request for _, request, _ in person.live]
            answers = self.keyring.open_for_rights(self.controller, tokens)
            assert answers == [Present(plaintext) for _, _, plaintext in person.live]

    @invariant()
    def the_living_suspended_are_named(self) -> None:
        wanted = {p.subject for p in self.everybody if p.suspended and not p.erased}
        assert set(self.keyring.suspended(self.controller)) == wanted

    @invariant()
    def source_ids_name_the_living_alone(self) -> None:
        for person in self.everybody:
            found = self.keyring.find_source(self.controller, person.ref)
            assert found == (None if person.erased else person.subject)

    def teardown(self) -> None:
        self.keyring.verify_journal(self.controller)

    def _admit(self, ref: SourceRef) -> Person:
        wanted = claim(ref, at=self.clock.now())
        person = Person(ref, admit_one(self.keyring, self.controller, wanted))
        self.everybody.append(person)
        return person

    @staticmethod
    def _bury(person: Person, categories: set[Category]) -> None:
        person.dead += [live[1] for live in person.live if live[0] in categories]
        person.live = [live for live in person.live if live[0] not in categories]


def _run(keyring: WholeKeyring, clock: FixedClock, examples: int) -> None:
    class Machine(KeyringMachine):
        def __init__(self) -> None:
            super().__init__(keyring, clock)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_keyring_keeps_the_models_promises(keyring: Keyring, clock: FixedClock) -> None:
    _run(keyring, clock, 15)


def test_the_fake_keeps_the_models_promises(clock: FixedClock) -> None:
    _run(FakeKeyring(clock), clock, 25)
