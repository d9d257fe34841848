"""Where reading goes on in each partition: kept in the event database, not in Kafka.

Rules: the place is the next offset, advanced in the transaction that stores the facts. Kafka's own
committed offset is never believed. A place the broker no longer has, or does not have yet, is an
alarm and never a reset: something was lost. So is a topic that was made anew under its name: beside
each place lies a mark of the topic's id (KIP-516). No place goes backwards, so it needs a new name.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from kafka import TopicPartition

from consumers.ports import PositionFenced

_MARK = "/topic-id"
_MARK_MAX = 2**63 - 1
"""What PostgreSQL's bigint holds."""


class Bounds(NamedTuple):
    """The offsets a partition holds: the earliest, and the next to be written."""

    earliest: int
    end: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that lies outside what the broker has, or is one in a topic that is gone."""

    name: str
    place: int
    bounds: Bounds
    is_anew: bool = False

    def __str__(self) -> str:
        """Say what is missing, in numbers."""
        earliest, end = self.bounds
        stands = "the topic was made anew, it was read to" if self.is_anew else "reading goes on at"
        return f"{self.name}: {stands} {self.place}, the broker has {earliest} to {end}"


class OffsetsLost(Exception):  # noqa: N818 - an alarm, told with what to do
    """Records were deleted before they were read, or a topic was made anew under its old name."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__("; ".join(map(str, gaps)))
        self.gaps = tuple(gaps)


@dataclass(frozen=True, slots=True)
class Places:
    """Names partitions and finds where reading goes on.

    ``position`` asks the event database for a named number, ``move`` changes one by compare-and-set
    and raises :class:`PositionFenced`. ``accepting`` passes over records that are gone for good: an
    operator said so.
    """

    cluster: str
    position: Callable[[str], int]
    move: Callable[[str, int, int], None]
    accepting: bool = False

    def name_of(self, partition: TopicPartition) -> str:
        """Name a partition of this cluster, as its position is named."""
        return f"kafka/{self.cluster}/{partition.topic}/{partition.partition}"

    def find(
        self, bounds: Mapping[TopicPartition, Bounds], ids: Mapping[str, UUID | None]
    ) -> tuple[dict[TopicPartition, int], list[Gap]]:
        """Return the places that can be read on from, and the gaps; ``ids`` are the topics' own.

        Raises:
            LogUnavailable: the event database is away.
        """
        places: dict[TopicPartition, int] = {}
        gaps: list[Gap] = []
        for partition, held in bounds.items():
            name, mark = self.name_of(partition), _mark_of(ids.get(partition.topic))
            place, is_anew = self.position(name), self._is_anew(name, mark)
            gap = Gap(name, place, held, is_anew)
            if not is_anew and held.earliest <= place <= held.end:
                places[partition] = place
            elif self.accepting and not is_anew and place < held.earliest:
                places[partition] = self._passed_over(gap)
            else:
                gaps.append(gap)
        return places, gaps

    def _is_anew(self, name: str, mark: int) -> bool:
        """Hold a topic's mark against the one beside a place, which is written the first time."""
        if not mark:
            return False
        if not self.position(name + _MARK):
            with suppress(PositionFenced):  # another member was first
                self.move(name + _MARK, 0, mark)
        return self.position(name + _MARK) != mark

    def _passed_over(self, gap: Gap) -> int:
        """Move a place to the earliest record there is; another member may have been first."""
        with suppress(PositionFenced):
            self.move(gap.name, gap.place, gap.bounds.earliest)
        return self.position(gap.name)


def _mark_of(topic_id: UUID | None) -> int:
    """Make a number of a topic's id; 0 where an old broker tells none."""
    return 0 if topic_id is None else topic_id.int & _MARK_MAX | 1
