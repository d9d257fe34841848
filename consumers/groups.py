"""People out of streams: a page of heads, those that were merged brought together.

A merge is known to both streams, so from any stream of a person all of them are found, those on
other pages too. A person comes once a walk, with the first of her streams; an erased stream is
nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from consumers.ports import Head, Log
from domain.grouping import tied
from domain.values import ControllerId, SubjectId

PAGE = 500
"""Heads read at a time: about a megabyte."""

Person = Mapping[SubjectId, Head]
"""One person's streams that are left, one for most people."""


class HeadsLog(Log, Protocol):
    """The log, and the heads of one controller in the order of their ids."""

    def heads_after(
        self, controller: ControllerId, after: SubjectId | None, limit: int
    ) -> list[tuple[SubjectId, Head]]:
        """Return a page of heads behind an id; None begins.

        Raises:
            LogUnavailable: the event database is away.
        """
        ...


def people(log: HeadsLog, controller: ControllerId, page: int = PAGE) -> Iterator[list[Person]]:
    """Walk all people of a controller, page by page, everybody once.

    Raises:
        LogUnavailable: the event database is away.
    """
    seen: set[SubjectId] = set()
    after: SubjectId | None = None
    while heads := log.heads_after(controller, after, page):
        after = heads[-1][0]
        yield brought_together(log, controller, dict(heads), seen)


def brought_together(
    log: Log, controller: ControllerId, heads: Person, seen: set[SubjectId]
) -> list[Person]:
    """Make people of heads, loading the streams they are merged with.

    Streams in ``seen`` are passed over; those of merged people are added to it.

    Raises:
        LogUnavailable: the event database is away.
    """
    known = dict(heads)
    _load_tied(log, controller, known)
    found: list[Person] = []
    for subject, head in heads.items():
        if subject in seen or head.state.erasure.end is not None:
            continue
        streams = _group(known, subject) if tied(head.state) else {subject: head}
        if len(streams) > 1:
            seen.update(streams)
        found.append(streams)
    return found


def person_of(log: Log, controller: ControllerId, subject: SubjectId) -> Person:
    """Return all streams of the person that one stream belongs to, this one first.

    Raises:
        LogUnavailable: the event database is away.
    """
    heads = log.load(controller, [subject], []).heads
    whole = brought_together(log, controller, heads, set())
    return whole[0] if whole else heads


def _load_tied(log: Log, controller: ControllerId, known: dict[SubjectId, Head]) -> None:
    """Load what is merged with the known heads, and with those, until nothing is missing."""
    asked: Sequence[SubjectId] = list(known)
    while asked:
        others = {o: None for s in asked for o in tied(known[s].state) if o not in known}
        loaded = log.load(controller, list(others), []).heads if others else {}
        known.update(loaded)
        asked = list(loaded)


def _group(known: Person, first: SubjectId) -> Person:
    """Follow the ties from one stream; streams that ended or never began are left out."""
    group = {first: known[first]}
    waiting = [first]
    while waiting:
        for other in tied(known[waiting.pop()].state):
            head = known[other]
            if other not in group and head.version and head.state.erasure.end is None:
                group[other] = head
                waiting.append(other)
    return group
