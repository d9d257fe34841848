"""Where reading goes on in each partition: kept in the event database, not in Kafka.

Rules: the place is the next offset, advanced in the transaction that stores the facts. Kafka's own
committed offset is never believed. A place the broker no longer has, or does not have yet, is an
alarm and never a reset: something was lost, or the topic is another one.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from kafka import TopicPartition

from consumers.ports import PositionFenced


class Bounds(NamedTuple):
    """The offsets a partition holds: the earliest, and the next to be written."""

    earliest: int
    end: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that lies outside what the broker has."""

    name: str
    place: int
    bounds: Bounds

    def __str__(self) -> str:
        """Say what is missing, in numbers."""
        earliest, end = self.bounds
        return f"{self.name}: reading goes on at {self.place}, the broker has {earliest} to {end}"


class OffsetsLost(Exception):  # noqa: N818 - an alarm, told with what to do
    """Records were deleted before they were read, or a topic was made anew under its old name."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__("; ".join(map(str, gaps)))
        self.gaps = tuple(gaps)


@dataclass(frozen=True, slots=True)
class Places:
    """Names partitions and finds where reading goes on. ``position`` asks the event database.

    ``accept`` moves a place over records that are gone for good, when an operator said so.
    """

    cluster: str
    position: Callable[[str], int]
    accept: Callable[[Gap], None] | None = None

    def name_of(self, partition: TopicPartition) -> str:
        """Name a partition of this cluster, as its position is named."""
        return f"kafka/{self.cluster}/{partition.topic}/{partition.partition}"

    def find(
        self, bounds: Mapping[TopicPartition, Bounds]
    ) -> tuple[dict[TopicPartition, int], list[Gap]]:
        """Return the places that can be read on from, and the gaps.

        Raises:
            LogUnavailable: the event database is away.
        """
        places: dict[TopicPartition, int] = {}
        gaps: list[Gap] = []
        for partition, held in bounds.items():
            place = self.position(self.name_of(partition))
            gap = Gap(self.name_of(partition), place, held)
            if held.earliest <= place <= held.end:
                places[partition] = place
            elif self.accept is not None and place < held.earliest:
                with suppress(PositionFenced):  # another member accepted it first
                    self.accept(gap)
                places[partition] = self.position(gap.name)
            else:
                gaps.append(gap)
        return places, gaps
