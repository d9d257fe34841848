"""How a thing of a person's stands, whatever order its facts came in.

A thing is an interview, an offer, a note: it begins, and moves from status to status. The fact
with the latest mark sets the status; a final status yields only to a later final one. So any order
of arrival ends alike, and a repetition of the fact that stands decides nothing. An outcome may be
known before the beginning: *begun* says whether the fact that begins the thing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from domain.decisions import Decision, unless_standing
from domain.fact import Fact, Mark, Stamp, mark_of

Key = TypeVar("Key")
Status = TypeVar("Status", bound=StrEnum)

Thing = tuple[bool, Status, Mark]
"""(begun, status, mark of the fact that set it): a tuple, because states hold many."""

Marks = Mapping[str, Mark]
"""Of facts that only happen, the latest mark of each kind, by stored name."""


@dataclass(frozen=True, slots=True)
class Course(Generic[Status]):
    """What each kind of fact makes of its thing, which kinds begin it, which statuses are final."""

    statuses: Mapping[type[Fact], Status]
    begins: frozenset[type[Fact]]
    finals: frozenset[Status] = frozenset()

    def moved(
        self, known: Mapping[Key, Thing[Status]], key: Key, stamp: Stamp, fact: Fact
    ) -> Mapping[Key, Thing[Status]]:
        """Fold a fact into its thing; an older one leaves the status as it is."""
        status, mark = self.statuses[type(fact)], mark_of(stamp)
        begins = type(fact) in self.begins
        thing = known.get(key)
        if thing is None:
            return {**known, key: (begins, status, mark)}
        begun, standing, since = thing
        if (status in self.finals, mark) > (standing in self.finals, since):
            return {**known, key: (begun or begins, status, mark)}
        return {**known, key: (True, standing, since)} if begins and not begun else known

    def unless_standing(
        self, known: Mapping[Key, Thing[Status]], key: Key, stamp: Stamp, claim: Fact
    ) -> Decision:
        """Record the claim unless it is the very fact that stands."""
        thing = known.get(key)
        return unless_standing(None if thing is None else thing[2], stamp, claim)


def status_of(known: Mapping[Key, Thing[Status]], key: Key) -> Status | None:
    """Return how a thing stands; None when its beginning is not known."""
    thing = known.get(key)
    return thing[1] if thing is not None and thing[0] else None


def count_of(known: Mapping[Key, Thing[Status]], status: Status) -> int:
    """Count the things that have begun and stand so."""
    return sum(begun and standing is status for begun, standing, _ in known.values())


def happened(known: Marks, stamp: Stamp, fact: Fact) -> Marks:
    """Fold a fact that only happens."""
    mark = mark_of(stamp)
    latest = known.get(fact.TOPIC)
    return known if latest is not None and mark <= latest else {**known, fact.TOPIC: mark}


def unless_latest(known: Marks, stamp: Stamp, claim: Fact) -> Decision:
    """Record the claim unless it is the very fact that happened last."""
    return unless_standing(known.get(claim.TOPIC), stamp, claim)
