"""Telling the other systems that know a person what was corrected (GDPR Art. 16, 19).

Follows the log: of each correction, every source that knows the person, by any of her streams, is
told which section was wrong, but for the stream's source that told of it. A notice names the
section and never the value: its key outlives the person's. The position moves in the transaction
that leaves the notices, and only while her streams stand as they were read, so nobody is told of a
correction behind an erasure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from consumers.groups import person_of
from consumers.ports import Advance, Batch, Log, Notice, NoticeKind
from consumers.recipients import Recipients
from domain.answers import SubjectErased
from domain.fact import Entry
from domain.profile import ProfileSectionCorrected
from domain.subject import SubjectState
from domain.values import Instant, SubjectId

PAGE = 100
"""Corrections told in one transaction: each costs a look at the person's sources and a key."""

POSITION = "rectified"
"""The name under which the log is followed."""


class FollowedLog(Log, Protocol):
    """The log, and where its readers stand."""

    def entries(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        """Return facts behind a position, of some stored names."""
        ...

    def position(self, name: str) -> int:
        """Return where a named reader goes on."""
        ...

    def last_position(self) -> int:
        """Return the position of the last fact."""
        ...


@dataclass(frozen=True, slots=True)
class Rectifying:
    """Tells of corrections; ``run_once`` may be cut short anywhere and done again."""

    log: FollowedLog
    recipients: Recipients
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]

    def run_once(self, stopped: Callable[[], bool]) -> int:
        """Tell of what was corrected since, to the log's end or until stopped; return how many.

        Raises:
            PositionFenced: another process does the same.
            VersionConflict: a stream moved; it is told of the next time.
            LogUnavailable, KeyUnavailable, GateClosed: nothing is opened now.
        """
        told, after = 0, self.log.position(POSITION)
        while not stopped() and after < (end := self.log.last_position()):
            page = self.log.entries(after, PAGE, (ProfileSectionCorrected.TOPIC,))
            until = page[-1].position if len(page) == PAGE else max([end, *_positions(page)])
            notices, seen = self._notices(page)
            advance = Advance(POSITION, after, until, self.new_id())
            self.log.append(Batch(notices=notices, seen=seen, advance=advance))
            told, after = told + len(notices), until
        return told

    def _notices(
        self, page: Sequence[Entry]
    ) -> tuple[tuple[Notice, ...], tuple[tuple[SubjectId, int], ...]]:
        made: list[Notice] = []
        seen: dict[SubjectId, int] = {}
        for entry in page:
            person = person_of(self.log, entry.stamp.controller, entry.subject)
            made += self._of(entry, {one: head.state for one, head in person.items()})
            seen |= {one: head.version for one, head in person.items()}
        return tuple(made), tuple(seen.items())

    def _of(self, entry: Entry, person: Mapping[SubjectId, SubjectState]) -> list[Notice]:
        """Tell of one correction; nobody, when she is erased or no other source knows her."""
        fact = entry.fact
        assert isinstance(fact, ProfileSectionCorrected)
        try:
            told = self.recipients.notices(
                entry.stamp.controller,
                NoticeKind.RECTIFIED,
                person,
                self.now(),
                {"section": fact.section.value},
                but=(entry.subject, entry.stamp.source),
            )
        except SubjectErased:
            return []
        return [notice for notices in told.values() for notice in notices]


def _positions(page: Sequence[Entry]) -> list[int]:
    return [entry.position for entry in page]
