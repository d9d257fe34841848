"""What every log must do with streams that are no person's: their heads are kept apart."""

from collections.abc import Iterable
from typing import Protocol

import pytest

from consumers.ports import Batch, Head, OtherHead, VersionConflict
from domain.assignment import AssignmentClosed, AssignmentOpened
from domain.fact import Fact
from domain.values import ControllerId, SubjectId
from infra.store.heads import head_of
from tests import examples
from tests.contracts.log_contract import BEGUN, ReadableLog, recording, stamped
from tests.life_examples import every_other_fact, example

OPENED = stamped(example(AssignmentOpened))


class LogOfKinds(ReadableLog, Protocol):
    """The log with the heads that are read from it by kind."""

    def other_heads_of(self, streams: Iterable[SubjectId]) -> dict[SubjectId, OtherHead]: ...

    def heads_after(
        self, controller: ControllerId, after: SubjectId | None, limit: int
    ) -> list[tuple[SubjectId, Head]]: ...


class OtherHeadsContract:
    """The cases. A subclass gives the fixture ``log``: an empty log."""

    @pytest.mark.parametrize("fact", every_other_fact(), ids=lambda fact: fact.TOPIC)
    def test_the_head_of_what_is_no_person_is_loaded_apart(
        self, log: LogOfKinds, fact: Fact
    ) -> None:
        made = recording(fact)
        log.append(Batch((made, recording(examples.registered(), person=2, first=2))))
        people = [examples.subject(), examples.subject(2)]
        loaded = log.load(examples.controller(), people, [])
        assert loaded.others == {examples.subject(): head_of(1, made.state)}
        assert [loaded.heads[subject].version for subject in people] == [0, 1]
        assert log.other_heads_of(people) == loaded.others

    def test_the_head_of_an_assignment_moves_on(self, log: LogOfKinds) -> None:
        log.append(Batch((recording(*[fact for _, fact in OPENED]),)))
        closed = recording(example(AssignmentClosed), after=OPENED, first=2)
        log.append(Batch((closed,)))
        assert log.other_heads_of([closed.subject])[closed.subject].state == closed.state

    def test_a_stream_does_not_become_another_kind(self, log: LogOfKinds) -> None:
        log.append(Batch((recording(*[fact for _, fact in OPENED]),)))
        hers = recording(examples.registered(), after=BEGUN, first=2)
        with pytest.raises(VersionConflict):
            log.append(Batch((hers,)))

    def test_paging_through_heads_meets_people_alone(self, log: LogOfKinds) -> None:
        log.append(Batch((recording(*[fact for _, fact in OPENED]),)))
        log.append(Batch((recording(examples.registered(), person=2, first=2),)))
        found = log.heads_after(examples.controller(), None, 1)
        assert [subject for subject, _ in found] == [examples.subject(2)]
        assert log.heads_after(examples.controller(), examples.subject(2), 10) == []
