"""Each decider, and all of them composed, under long random series of claims."""

from collections import Counter

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from domain.application import ApplicationReopened, ApplicationStageChanged, ApplicationSubmitted
from domain.documents import DocumentDeleted, DocumentState, DocumentUploaded
from domain.erasure import (
    End,
    ErasureApproved,
    ErasureOrdered,
    ErasureRequested,
    OpenErasure,
    Phase,
    SubjectAbandoned,
    SubjectErased,
)
from domain.fact import Fact, Stamp, mark_of
from domain.profile import ProfileSectionCorrected, ProfileSectionStated, SourceLinked
from domain.subject import SubjectState
from domain.values import Instant
from tests.domain import claims
from tests.domain.machines import BRIEFLY, Stream
from tests.examples import approved, erased, ordered

numbers = st.integers(min_value=0, max_value=99)


class ProfileStream(Stream):
    """Claims about the profile from two sources."""

    @rule(fact=claims.profile, moment=claims.moments, source=claims.sources)
    def claims_a_fact(self, fact: Fact, moment: Instant, source: str) -> None:
        self.claim(fact, moment, source)

    @rule(n=numbers)
    def repeats_a_claim(self, n: int) -> None:
        self.repeat(n)

    @invariant()
    def what_occurred_last_decides_nothing_again(self) -> None:
        self.repeat_what_occurred_last()

    @invariant()
    def the_statement_that_occurred_last_stands(self) -> None:
        marks = [
            (fact.section, mark_of(stamped))
            for stamped, fact in self.history
            if isinstance(fact, ProfileSectionStated | ProfileSectionCorrected)
        ]
        assert self.state.profile.sections == dict(sorted(marks, key=lambda known: known[1]))

    @invariant()
    def a_source_is_linked_once(self) -> None:
        linked = [s.source for s, fact in self.history if isinstance(fact, SourceLinked)]
        assert sorted(linked) == sorted(self.state.sources)


class ApplicationStream(Stream):
    """Claims about three applications."""

    @rule(fact=claims.application, moment=claims.moments)
    def claims_a_fact(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @rule(n=numbers)
    def repeats_a_claim(self, n: int) -> None:
        self.repeat(n)

    @invariant()
    def what_occurred_last_decides_nothing_again(self) -> None:
        self.repeat_what_occurred_last()

    @invariant()
    def the_stage_is_the_one_set_last(self) -> None:
        staged = [
            (mark_of(stamped), fact)
            for stamped, fact in self.history
            if isinstance(fact, ApplicationStageChanged | ApplicationReopened)
        ]
        latest = {fact.application_id: fact.stage for _, fact in sorted(staged, key=_by_mark)}
        stages = {name: self.state.applications[name].stage for name in latest}
        assert stages == latest

    @invariant()
    def an_application_is_submitted_once(self) -> None:
        names = [f.application_id for _, f in self.history if isinstance(f, ApplicationSubmitted)]
        known = self.state.applications
        assert sorted(names) == sorted(name for name in known if known[name].submitted)


def _by_mark(pair: tuple[tuple[Instant, bytes], Fact]) -> tuple[Instant, bytes]:
    return pair[0]


class DocumentStream(Stream):
    """Claims about three documents."""

    @rule(fact=claims.documents, moment=claims.moments)
    def claims_a_fact(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @rule(n=numbers)
    def repeats_a_claim(self, n: int) -> None:
        self.repeat(n)

    @invariant()
    def what_occurred_last_decides_nothing_again(self) -> None:
        self.repeat_what_occurred_last()

    @invariant()
    def what_was_recorded_of_a_document_is_known_of_it(self) -> None:
        up = {f.document_id for _, f in self.history if isinstance(f, DocumentUploaded)}
        down = {f.document_id for _, f in self.history if isinstance(f, DocumentDeleted)}
        expected = {name: DocumentState(name in up, name in down) for name in up | down}
        assert self.state.documents == expected


class ErasureStream(Stream):
    """Erasures of a person and her categories, in any order of claims."""

    @rule(fact=claims.erasure, moment=claims.moments)
    def claims_a_fact(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @precondition(lambda self: self.state.erasure.under_way is not None)
    @rule(moment=claims.moments)
    def takes_the_next_step(self, moment: Instant) -> None:
        known = self.state.erasure.under_way
        assert known is not None
        before = len(self.history)
        self.claim(_next_step(known), moment)
        assert len(self.history) == before + 1

    @precondition(lambda self: self.state.erasure.under_way is not None)
    @rule(moment=claims.moments)
    def takes_a_step_that_is_not_next(self, moment: Instant) -> None:
        known = self.state.erasure.under_way
        assert known is not None
        before = list(self.history)
        self.claim(_forbidden_step(known), moment)
        assert self.history == before

    @invariant()
    def every_end_was_requested_approved_and_ordered(self) -> None:
        for n, (_, fact) in enumerate(self.history):
            if isinstance(fact, SubjectErased):
                assert [_scope(f) for _, f in self.history[n - 3 : n]] == [
                    (ErasureRequested, fact.erasure_id, fact.category),
                    (ErasureApproved, fact.erasure_id, None),
                    (ErasureOrdered, fact.erasure_id, fact.category),
                ]

    @invariant()
    def no_erasure_ended_that_opened_a_token(self) -> None:
        ends = [fact for _, fact in self.history if isinstance(fact, SubjectErased)]
        assert all(fact.tokens_opened == 0 for fact in ends)

    @invariant()
    def no_erasure_id_ended_twice(self) -> None:
        ends = [f.erasure_id for _, f in self.history if isinstance(f, SubjectErased)]
        assert len(ends) == len(set(ends))


def _next_step(known: OpenErasure) -> Fact:
    number = known.erasure_id.int & 0xFF
    match known.phase:
        case Phase.REQUESTED:
            return approved(number)
        case Phase.APPROVED:
            return ordered(number, known.category)
        case Phase.ORDERED:
            return erased(number, known.category)


def _forbidden_step(known: OpenErasure) -> Fact:
    number = known.erasure_id.int & 0xFF
    match known.phase:
        case Phase.REQUESTED:
            return ordered(number, known.category)
        case Phase.APPROVED:
            return erased(number, known.category)
        case Phase.ORDERED:
            return erased(number, known.category, tokens_opened=1)


def _scope(fact: Fact) -> tuple[type, object, object]:
    return (type(fact), getattr(fact, "erasure_id", None), getattr(fact, "category", None))


class PersonStream(Stream):
    """Every claim there is, and erasures driven to their end."""

    @rule(fact=claims.carried, moment=claims.moments, source=claims.sources)
    def claims_a_fact(self, fact: Fact, moment: Instant, source: str) -> None:
        self.claim(fact, moment, source)

    @rule(fact=claims.erasure, moment=claims.moments)
    def claims_an_erasure(self, fact: Fact, moment: Instant) -> None:
        self.claim(fact, moment)

    @precondition(lambda self: self.state.erasure.under_way is not None)
    @rule(moment=claims.moments)
    def takes_the_next_step(self, moment: Instant) -> None:
        known = self.state.erasure.under_way
        assert known is not None
        self.claim(_next_step(known), moment)

    @invariant()
    def after_a_fence_comes_its_end_and_nothing_else(self) -> None:
        for (_, fact), (_, after) in zip(self.history, self.history[1:], strict=False):
            if isinstance(fact, ErasureOrdered):
                assert _scope(after) == (SubjectErased, fact.erasure_id, fact.category)

    @invariant()
    def nothing_follows_the_end_of_a_person(self) -> None:
        ends = [n for n, pair in enumerate(self.history) if _ends_the_person(pair)]
        assert ends in ([], [len(self.history) - 1])

    @invariant()
    def nothing_but_the_erasure_is_left_of_an_erased_person(self) -> None:
        state = self.state
        if state.erasure.end is End.ERASED:
            assert state == SubjectState(state.facts, state.last, erasure=state.erasure)

    @invariant()
    def no_token_of_a_destroyed_key_is_counted(self) -> None:
        counts: Counter[str] = Counter()
        for _, fact in self.history:
            if isinstance(fact, SubjectErased):
                _discount(counts, fact.category)
            elif not isinstance(fact, ErasureOrdered):
                counts.update([part.category for part in fact.sealed])
        assert self.state.tokens == counts

    @invariant()
    def the_state_survives_being_stored(self) -> None:
        stored = msgspec.msgpack.encode(self.state)
        assert msgspec.msgpack.decode(stored, type=SubjectState) == self.state


def _discount(counts: Counter[str], category: str | None) -> None:
    if category is None:
        counts.clear()
    else:
        counts.pop(category, None)


def _ends_the_person(pair: tuple[Stamp, Fact]) -> bool:
    match pair[1]:
        case SubjectErased(category=None) | SubjectAbandoned():
            return True
        case _:
            return False


TestProfileStream = ProfileStream.TestCase
TestApplicationStream = ApplicationStream.TestCase
TestDocumentStream = DocumentStream.TestCase
TestErasureStream = ErasureStream.TestCase
TestPersonStream = PersonStream.TestCase
TestProfileStream.settings = BRIEFLY
TestApplicationStream.settings = BRIEFLY
TestDocumentStream.settings = BRIEFLY
TestErasureStream.settings = BRIEFLY
TestPersonStream.settings = BRIEFLY
