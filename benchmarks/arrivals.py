"""What arrives in a round: messages of people nobody has seen, or of people with a history."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from consumers.upstream import Envelope, Incoming
from infra.feeds.envelopes import iter_envelopes, iter_histories

CONTROLLER = "aktiv-bemanning"
SOURCE = "aktiv-bemanning.recman"

_CANDIDATES_A_FACT = 0.3
"""Candidates of all controllers for one fact of this one, and some to spare."""

_PEOPLE_A_ROUND = 100_000
"""Rounds take their people from ranges this far apart."""


def natural(number: int, facts: int) -> list[Incoming]:
    """Return a round's first ``facts`` messages in the feeds' own mix; its people are new."""
    candidates = int(facts * _CANDIDATES_A_FACT)
    clean = iter_envelopes(CONTROLLER, candidates, seed=number + 1)
    return _incoming(_renamed(number, islice(clean, facts)))


def people_of(number: int, people: int) -> list[Incoming]:
    """Return every message of a round's first ``people`` people, in the feeds' own mix."""
    clean = iter_envelopes(CONTROLLER, 8 * people, seed=number + 1)
    kept: list[Envelope] = []
    seen: set[str] = set()
    for envelope in _renamed(number, clean):
        if envelope.source == SOURCE:
            known = envelope.remote_candidate_id in seen
            if known or len(seen) < people:
                seen.add(envelope.remote_candidate_id)
                kept.append(envelope)
    return _incoming(kept)


def histories(number: int, people: int, facts: range) -> list[Incoming]:
    """Return these facts of a round's people, fact by fact over all of them."""
    first = number * _PEOPLE_A_ROUND
    return _incoming(iter_histories(SOURCE, range(first, first + people), facts, seed=1))


def _renamed(number: int, envelopes: Iterable[Envelope]) -> Iterator[Envelope]:
    """Give a round ids of its own: seeds change people, not what sources call them."""
    for envelope in envelopes:
        yield replace(
            envelope,
            remote_event_id=f"{number}/{envelope.remote_event_id}",
            remote_candidate_id=f"{number}/{envelope.remote_candidate_id}",
        )


def _incoming(envelopes: Iterable[Envelope]) -> list[Incoming]:
    return [Incoming(i, envelope, None, envelope.fact) for i, envelope in enumerate(envelopes)]
