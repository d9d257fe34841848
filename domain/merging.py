"""Merging: two streams found to be one person, and found to be two after all.

Facts, then state, then evolve, then decide. Each merge is one fact in each stream. Nothing is
moved: keys and look-ups stay apart, so un-merging appends and is therefore real. What is done for
the person, a view, a due date, a hold, an erasure, is done for the group (:func:`group`). A
stream is absorbed by one survivor at a time; an undone merge id stays undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.values import SealedPart, SubjectId


@dataclass(frozen=True, slots=True)
class MergedInto:
    """This stream's person is the survivor's: both streams stay, keys and look-ups apart."""

    TOPIC: ClassVar[str] = "subject.merged-into"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    merge_id: UUID
    survivor: SubjectId
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class Absorbed:
    """Another stream's person was found to be this one."""

    TOPIC: ClassVar[str] = "subject.absorbed"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    merge_id: UUID
    merged: SubjectId
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class UnmergedFrom:
    """The two were two people after all."""

    TOPIC: ClassVar[str] = "subject.unmerged-from"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    merge_id: UUID
    survivor: SubjectId
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class Released:
    """What was absorbed was another person's after all."""

    TOPIC: ClassVar[str] = "subject.released"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    merge_id: UUID
    merged: SubjectId
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


MergingFact = MergedInto | Absorbed | UnmergedFrom | Released


class Tie(NamedTuple):
    """One merge, seen from this stream: with whom, and whether it was made and undone."""

    other: SubjectId
    survives: bool
    tied: bool
    undone: bool


Ties = Mapping[UUID, Tie]
"""A person's merges by merge id."""

EMPTY: Ties = {}


def evolve(state: Ties, _stamp: Stamp, fact: MergingFact) -> Ties:
    """Fold one fact. Undoing is final, so the order of arrival does not matter."""
    known = state.get(fact.merge_id)
    ties = isinstance(fact, MergedInto | Absorbed)
    tied, undone = (known.tied, known.undone) if known is not None else (False, False)
    tie = Tie(_other(fact), isinstance(fact, Absorbed | Released), tied or ties, undone or not ties)
    return {**state, fact.merge_id: tie}


def decide(state: Ties, _stamp: Stamp, claim: MergingFact) -> Decision:
    """Record a merge once and its undoing once.

    Whoever is absorbed has one survivor and absorbs nobody: so no merges run in a circle.
    """
    known = state.get(claim.merge_id)
    match claim:
        case MergedInto() | Absorbed():
            if known is not None and known.tied:
                return ()
            if survivor(state) is not None:
                return Refused(RefusalReason.MERGED)
            return (claim,)
        case UnmergedFrom() | Released():
            return () if known is not None and known.undone else (claim,)


def survivor(state: Ties) -> SubjectId | None:
    """Return the stream that stands for this one; None when it stands for itself."""
    for tie in state.values():
        if tie.tied and not tie.undone and not tie.survives:
            return tie.other
    return None


def group(state: Ties) -> tuple[SubjectId, ...]:
    """Return the streams tied to this one directly; whoever expands a group asks each of them."""
    return tuple([tie.other for tie in state.values() if tie.tied and not tie.undone])


def _other(fact: MergingFact) -> SubjectId:
    return fact.survivor if isinstance(fact, MergedInto | UnmergedFrom) else fact.merged
