"""Merges and mentions: other streams that have to do with a person."""

import pytest

from domain.fact import Fact
from domain.mentions import MentionedIn, Role
from domain.merging import Absorbed, MergedInto, Released, UnmergedFrom, group, survivor
from domain.subject import RefusalReason, SubjectState
from tests.domain.deciding import given, refused, when
from tests.life_examples import example, known_as

MERGED = example(MergedInto)
UNMERGED = example(UnmergedFrom)


def others(state: SubjectState) -> tuple[object, ...]:
    assert state.life is not None
    ties = state.life.ties or {}
    return survivor(ties), group(ties)


def test_a_merged_stream_has_a_survivor() -> None:
    assert others(given(MERGED)) == (known_as("survivor"), (known_as("survivor"),))


def test_a_survivor_stands_for_itself() -> None:
    assert others(given(example(Absorbed))) == (None, (known_as("merged"),))


def test_a_stream_has_one_survivor_at_a_time() -> None:
    assert when(given(MERGED), example(MergedInto, 2)) == refused(RefusalReason.MERGED)


def test_whoever_is_absorbed_absorbs_nobody() -> None:
    assert when(given(MERGED), example(Absorbed, 2)) == refused(RefusalReason.MERGED)


@pytest.mark.parametrize(("tie", "undo"), [(MergedInto, UnmergedFrom), (Absorbed, Released)])
def test_an_undone_merge_ties_nobody(tie: type[Fact], undo: type[Fact]) -> None:
    assert others(given(example(tie), example(undo))) == (None, ())


def test_an_undone_merge_that_arrives_late_stays_undone() -> None:
    assert others(given(UNMERGED, MERGED)) == (None, ())


def test_after_undoing_another_survivor_may_come() -> None:
    assert when(given(MERGED, UNMERGED), example(MergedInto, 2)) == (example(MergedInto, 2),)


@pytest.mark.parametrize("kind", [MergedInto, Absorbed, UnmergedFrom, Released])
def test_a_merge_is_told_once_whatever_the_fact(kind: type[Fact]) -> None:
    assert when(given(example(kind)), example(kind)) == ()


def test_mentions_are_counted_by_role() -> None:
    contact = example(MentionedIn, 3, role=Role.CLIENT_CONTACT)
    state = given(example(MentionedIn), example(MentionedIn, 2), contact)
    assert state.life is not None
    counts = {role: known[0] for role, known in (state.life.mentions or {}).items()}
    assert counts == {Role.REFEREE: 2, Role.CLIENT_CONTACT: 1}
