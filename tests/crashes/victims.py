"""Whom the erasures of a case are about."""

from collections.abc import Iterator

from domain.fact import Entry
from domain.values import SubjectId
from infra.house import House
from tests.crashes.working import Victim

PAGE = 1_000


def streams(house: House) -> dict[SubjectId, list[Entry]]:
    """Read the whole log, by person, in the order in which people came into it."""
    found: dict[SubjectId, list[Entry]] = {}
    for entry in entries(house):
        found.setdefault(entry.subject, []).append(entry)
    return found


def entries(house: House) -> Iterator[Entry]:
    """Read the whole log."""
    after = 0
    while page := house.store.entries(after, PAGE):
        yield from page
        after = page[-1].position


def first_victim(house: House) -> Victim:
    """Choose who is erased before everything."""
    first = _people(house)[0][0]
    return Victim(first.stamp.controller, first.subject, None, None)


def victims(house: House) -> tuple[Victim, ...]:
    """Choose every third person whole, a letter for each other one, and the next for a category."""
    found: list[Victim] = []
    for place, stream in enumerate(_people(house)):
        first = stream[0]
        letter = "someone@example.org" if place % 2 else None
        if place % 3 == 0:
            found.append(Victim(first.stamp.controller, first.subject, None, letter))
        elif place % 3 == 1:
            held = {part.category for entry in stream for part in entry.fact.sealed}
            category = max(held - {"profile"}, default="profile")
            found.append(Victim(first.stamp.controller, first.subject, category, letter))
    return tuple(found)


def _people(house: House) -> list[list[Entry]]:
    """Return the streams of people who are not erased."""
    every = streams(house)
    heads = house.store.heads_of(every)
    return [
        stream
        for subject, stream in every.items()
        if subject in heads and heads[subject].state.erasure.end is None
    ]
