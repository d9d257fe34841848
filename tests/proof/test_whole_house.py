"""The whole house as a machine: whatever is done in whatever order, an erased value never opens.

A model keeps, for each token ever seen, whether its key was destroyed; after every step the real
house must agree. People are told of by three ids of one source; a person erased may come again.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from consumers.upstream import Incoming
from domain.answers import Present, Shredded
from domain.keyring import OpenRequest, SourceRef
from domain.values import Category, SubjectId
from infra.clock import FixedClock
from infra.settings import Settings
from infra.views.queries.board import board
from infra.views.queries.desk import Asker
from infra.views.rebuild import rebuild
from tests.consumers.feed import REGISTERED, STATED, SUBMITTED, Feed
from tests.proof.houses import SOURCE, Proof, open_proof

SECOND = 1_000_000
EXAMPLES = 9
STEPS = 25
WHO = st.integers(0, 2)
BEGINS = {REGISTERED, SUBMITTED}


@dataclass
class Desk:
    """What examples share: one founded house, and how it is opened anew."""

    settings: Settings
    clock: FixedClock
    stack: ExitStack
    runs: int = 0
    applications: int = 0

    def __post_init__(self) -> None:
        self.proof: Proof = self.stack.enter_context(open_proof(self.settings, self.clock))

    def restart(self) -> None:
        self.stack.close()
        self.proof = self.stack.enter_context(open_proof(self.settings, self.clock))


@dataclass
class Person:
    """The model of one remote id: who she is now, and what was ever told of her."""

    remote_id: str
    subject: SubjectId | None = None
    told: list[Incoming] = field(default_factory=list)


class WholeHouse(RuleBasedStateMachine):
    """Ingests, erases, rebuilds, restarts and asks, in any order."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        desk.runs += 1
        self.desk = desk
        self.label = f"run-{desk.runs}"
        self.people = [Person(f"{self.label}-{n}") for n in range(3)]
        self.feed = Feed(SOURCE)
        self.readings = 1
        self.dead: set[OpenRequest] = set()
        self.subjects: set[SubjectId] = set()

    @property
    def proof(self) -> Proof:
        return self.desk.proof

    def tokens(self, subject: SubjectId) -> list[OpenRequest]:
        return list(dict.fromkeys(self.proof.tokens(subject)))

    @rule(who=WHO, topic=st.sampled_from([REGISTERED, SUBMITTED, STATED]))
    def tell(self, who: int, topic: str) -> None:
        """Ingest a new fact; of someone erased, only one that begins is taken."""
        self.desk.clock.instant += SECOND
        person = self.people[who]
        index = len(self.feed.items)
        ids = {"remote_application_id": f"{self.label}-A-{index}"} if topic == SUBMITTED else {}
        item = self.feed.tell(
            person.remote_id,
            topic,
            event=f"{self.label}-{index}",
            at=self.desk.clock.instant,
            values=ids,
        )
        tally = self.proof.take([item], f"{self.label}/1")
        late = person.subject is None and bool(person.told) and topic not in BEGINS
        assert (tally.recorded, tally.refused.total()) == ((0, 1) if late else (1, 0))
        person.told.append(item)
        if not late:
            self.desk.applications += topic == SUBMITTED
            person.subject = self.proof.person(person.remote_id)
            self.subjects.add(person.subject)

    @initialize()
    def begin(self) -> None:
        """Know three people, of whom something is sealed in every category."""
        for who in range(len(self.people)):
            for topic in (REGISTERED, SUBMITTED, STATED):
                self.tell(who, topic)

    @precondition(lambda self: self.living)
    @rule(who=WHO, category=st.sampled_from([None, None, "communications", "special"]))
    def erase(self, who: int, category: Category | None) -> None:
        """Erase one of those who are known now, or one category of hers."""
        self._erase(self.living[who % len(self.living)], category)
        if category is None:
            self.read_again()

    @property
    def living(self) -> list[Person]:
        """Those whose id leads to somebody."""
        return [person for person in self.people if person.subject is not None]

    def _erase(self, person: Person, category: Category | None) -> None:
        assert person.subject is not None
        self.desk.clock.instant += SECOND
        scope = [t for t in self.tokens(person.subject) if category in (None, t.category)]
        receipts = self.proof.erase(person.subject, category=category)
        assert [receipt.tokens_opened for receipt in receipts] == [0]
        self.dead.update(scope)
        if category is None:
            person.subject = None

    @rule()
    def read_again(self) -> None:
        """Read everything ever told once more; nothing is recorded."""
        self.readings += 1
        end = self.proof.house.store.last_position()
        tally = self.proof.take(self.feed.items, f"{self.label}/{self.readings}")
        assert tally.recorded == tally.unchanged == tally.people == 0
        assert tally.duplicate + tally.refused.total() == len(self.feed.items)
        assert self.proof.house.store.last_position() == end

    @rule()
    def project(self) -> None:
        """Feed the views; the board counts every application, also of the erased."""
        self.proof.project()
        asker = Asker(self.proof.controller, "account-7", "recruitment")
        assert board(self.proof.house.desk(), asker, 1).total == self.desk.applications

    @rule(which=st.integers(0, 3))
    def rebuild(self, which: int) -> None:
        """Make a view anew from the log."""
        rebuild(self.proof.house.views[which], self.proof.house.store, lambda _progress: None)

    @rule()
    def restart(self) -> None:
        """Be another process: nothing is remembered, the gate asks again."""
        self.proof.anchor_log()
        self.desk.restart()

    @invariant()
    def an_erased_value_never_opens_and_every_other_does(self) -> None:
        """Open every token there is, of everybody, in the log and in the views."""
        for subject in self.subjects:
            tokens = self.tokens(subject)
            answers = self.proof.house.keyring.open(self.proof.controller, tokens)
            for token, answer in zip(tokens, answers, strict=True):
                wanted = Shredded if token in self.dead else Present
                assert type(answer) is wanted

    @invariant()
    def an_id_finds_whoever_has_it_now(self) -> None:
        """Ask for everybody by id; an erased person is found by none."""
        for person in self.people:
            ref = SourceRef(SOURCE, person.remote_id)
            found = self.proof.house.keyring.find_source(self.proof.controller, ref)
            assert found == person.subject


@pytest.fixture
def desk(settings: Settings, clock: FixedClock) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(settings, clock, stack)


BOUNDED = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_the_whole_house(desk: Desk) -> None:
    run_state_machine_as_test(lambda: WholeHouse(desk), settings=BOUNDED)  # type: ignore[arg-type]  # a factory is documented
    desk.proof.house.store.verify_chain()
    desk.proof.house.keyring.verify_journal(desk.proof.controller)
