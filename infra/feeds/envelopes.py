"""Envelopes without files: clean lives, and histories of an exact length, for whoever measures."""

from collections.abc import Iterator

from consumers.upstream import Envelope
from domain.profile import (
    CandidateRegistered,
    Channel,
    ProfileSectionStated,
    Provenance,
    Section,
)
from infra.codec.limits import FACT_BYTES_MAX
from infra.codec.upstream import UpstreamCodec
from infra.feeds.dice import Lane, dice
from infra.feeds.habits import DOOR, HABITS, source_slugs
from infra.feeds.life import WINDOW_START
from infra.feeds.lives import World
from infra.feeds.people import person
from infra.feeds.pools import pools
from infra.feeds.roster import Roster
from infra.feeds.sections import Values, Voice, address_values, section_values
from infra.feeds.stream import Feed

_FACTS_MAX = 1 << 16
"""Facts a history may have, so that each (person, fact) has dice of its own."""

_MINUTE = 60_000_000
_STATED = (Section.EMPLOYMENT, Section.SKILLS, Section.EDUCATION, Section.PREFERENCES)


class UnknownControllerError(ValueError):
    """No controller's file has this slug."""


def iter_envelopes(controller: str, candidates: int, seed: int) -> Iterator[Envelope]:
    """Yield the valid facts of one controller's share of ``candidates``, source by source.

    No repeats, nothing late, nothing broken.

    Raises:
        UnknownControllerError: no such controller.
        CandidatesOutOfRangeError, SeedOutOfRangeError: as :func:`infra.feeds.write.write_feeds`.
    """
    sources = [s for s in source_slugs() if s.partition(".")[0] == controller]
    if not sources:
        message = "no controller has this slug"
        raise UnknownControllerError(message)
    world = World(Roster(candidates, seed), pools(seed), seed)
    encode = UpstreamCodec().encode_fact
    for source in sources:
        yield from Feed(world, source, encode, FACT_BYTES_MAX).clean()


def iter_histories(source: str, people: range, facts: range, seed: int) -> Iterator[Envelope]:
    """Yield facts number ``facts`` of each person in ``people``, fact by fact over all people.

    Fact 0 is the registration, the others state sections in turn. A later call with the next
    range continues the same people: ``range(0, 40)``, then ``range(40, 41)``.
    """
    codec, drawn, habit = UpstreamCodec(), pools(seed), HABITS[source]
    for fact in facts:
        for number in people:
            one = person(seed, number, drawn)
            draw = dice(seed, Lane.LIFE, number * _FACTS_MAX + fact)
            voice = Voice(one, habit.trades[number % len(habit.trades)], draw)
            hints = () if fact else one.contacts(*DOOR)
            yield Envelope(
                source=source,
                remote_event_id=f"h{number}-{fact}",
                remote_candidate_id=f"h{number}",
                occurred_at=WINDOW_START + number * 1_000 + fact * _MINUTE,
                contacts=hints,
                fact=codec.encode_fact(*_history(voice, habit.channel, fact)),
            )


def _history(voice: Voice, channel: Channel, fact: int) -> tuple[str, Values]:
    """Say fact number ``fact`` of a history: its stored name and values."""
    if fact == 0:
        registered = address_values(voice.person) | {"channel": channel.value}
        return CandidateRegistered.TOPIC, registered
    section = _STATED[fact % len(_STATED)]
    return ProfileSectionStated.TOPIC, section_values(voice, section, Provenance.STATED)
