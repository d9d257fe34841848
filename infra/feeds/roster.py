"""Who is known where: each person's home source, and the second source some have.

Person number ``n`` of ``candidates`` comes early or late in the window as ``n`` is small or large.
Every :data:`TWO_SOURCES_EVERY`-th person is known to a second source of her controller, every
:data:`TWO_CONTROLLERS_EVERY`-th to a second controller, and a share of those found on LinkedIn
were enriched. The same person in two sources is two data subjects with one e-mail address.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.feeds.dice import Lane, dice
from infra.feeds.habits import HABITS, Opening, source_slugs

CANDIDATES_MAX = 5_000_000
"""Beyond it subject numbers would leave the bits the dice give them, and disks fill."""

TWO_SOURCES_EVERY = 40
TWO_CONTROLLERS_EVERY = 60

_TWO_SOURCES_FROM = 17
_TWO_CONTROLLERS_FROM = 19
_ENRICHED_EVERY = 5
_ENRICHED_SHARE = 2
_REPLIES_EVERY = 3
_SLOTS = 4
_FIRST_SUBJECT = 1_000_000


class CandidatesOutOfRangeError(ValueError):
    """A feed has between 1 and :data:`CANDIDATES_MAX` candidates."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One person as one source knows her. ``slot`` 0 is her home, 1 and 2 are the second source."""

    source: str
    person: int
    slot: int

    def __repr__(self) -> str:
        """Name the source; hide whom it knows."""
        return f"<Subject {self.source}>"

    @property
    def number(self) -> int:
        """A number no other subject of any source has."""
        return _FIRST_SUBJECT + self.person * _SLOTS + self.slot

    @property
    def remote_id(self) -> str:
        """The source's id for her; no two sources share one."""
        return f"{self.source.partition('.')[2][:2]}-{self.number}"


class Roster:
    """The placement of every person; one byte a person."""

    def __init__(self, candidates: int, seed: int) -> None:
        if not 1 <= candidates <= CANDIDATES_MAX:
            message = f"a feed has between 1 and {CANDIDATES_MAX} candidates"
            raise CandidatesOutOfRangeError(message)
        self.candidates = candidates
        self._sources = source_slugs()
        self._homes = _homes(candidates, seed, self._sources)

    def home(self, person: int) -> str:
        """Return the source that knows the person first."""
        return self._sources[self._homes[person]]

    def second(self, person: int) -> str | None:
        """Return another source of the same controller that knows her too, if any."""
        home = self.home(person)
        if HABITS[home].opening is Opening.SOURCED:
            return self._enricher(home) if self.enriched(person) else None
        if person % TWO_SOURCES_EVERY != _TWO_SOURCES_FROM:
            return None
        siblings = self._siblings(home)
        return siblings[(siblings.index(home) + 1) % len(siblings)]

    def elsewhere(self, person: int) -> str | None:
        """Return another controller's source that knows her too, if any."""
        if person % TWO_CONTROLLERS_EVERY != _TWO_CONTROLLERS_FROM:
            return None
        mine = _owner(self.home(person))
        others = [s for s in self._sources if _owner(s) != mine and _has_mail(s)]
        return others[person // TWO_CONTROLLERS_EVERY % len(others)]

    def replies(self, person: int) -> bool:
        """Say whether someone found on LinkedIn answers, and so states her e-mail address."""
        return person % _REPLIES_EVERY == 0

    def subjects(self, source: str) -> Iterator[Subject]:
        """Yield the people a source knows, in the order in which they come."""
        for person in range(self.candidates):
            for slot, known in enumerate(self.known(person)):
                if known == source:
                    yield Subject(source, person, slot)

    def known(self, person: int) -> tuple[str, str | None, str | None]:
        """Return the sources that know a person, by slot."""
        return self.home(person), self.second(person), self.elsewhere(person)

    def shared_within(self, person: int) -> bool:
        """Say whether two sources of one controller carry her e-mail address."""
        found = HABITS[self.home(person)].opening is Opening.SOURCED
        return self.second(person) is not None and (not found or self.replies(person))

    def shared_across(self, person: int) -> bool:
        """Say whether two controllers carry her e-mail address."""
        found = HABITS[self.home(person)].opening is Opening.SOURCED
        mailed = not found or self.replies(person) or self.enriched(person)
        return self.elsewhere(person) is not None and mailed

    def enriched(self, person: int) -> bool:
        """Say whether a service told the address of someone found on LinkedIn."""
        return person < len(self._sources) or person % _ENRICHED_EVERY < _ENRICHED_SHARE

    def _siblings(self, home: str) -> list[str]:
        mine = [s for s in self._sources if _owner(s) == _owner(home)]
        return [s for s in mine if s == home or _has_mail(s)]

    def _enricher(self, home: str) -> str:
        mine = [s for s in self._sources if _owner(s) == _owner(home)]
        return next(s for s in mine if HABITS[s].opening is Opening.ENRICHED)


def _homes(candidates: int, seed: int, sources: tuple[str, ...]) -> bytes:
    """Place the first people one in each source, so that small feeds have every file filled.

    Of the last three those who do not reply are found in public, so that every feed ends with
    somebody whose approach is young.
    """
    weights = [HABITS[source].weight for source in sources]
    draw = dice(seed, Lane.HOMES, candidates)
    homes = bytearray(draw.choices(range(len(sources)), weights, k=candidates))
    for number, source in enumerate(sources[:candidates]):
        homes[number] = number
        if HABITS[source].weight == 0:
            homes[number] = number - 1
    found = [n for n, source in enumerate(sources) if HABITS[source].opening is Opening.SOURCED]
    for number in range(max(len(sources), candidates - _REPLIES_EVERY), candidates):
        if number % _REPLIES_EVERY:
            homes[number] = found[0]
    return bytes(homes)


def _owner(source: str) -> str:
    return source.partition(".")[0]


def _has_mail(source: str) -> bool:
    return HABITS[source].opening is not Opening.SOURCED
