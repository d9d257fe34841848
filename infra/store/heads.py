"""Heads as bytes: the folded state of a stream, in MessagePack.

A head is rebuildable: one that was written by another :data:`domain.subject.STATE_VERSION` is
folded again from its stream. What kind of stream it is stands beside the bytes, so that a
person's head is written and read as if there were no other kind.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from consumers.ports import Head, OtherHead
from domain import streams
from domain.fact import Entry
from domain.streams import STATES, StreamKind, StreamState
from domain.subject import SubjectState
from domain.values import SubjectId

PERSON = StreamKind.PERSON.value


class HeadCodec:
    """Writes and reads the states of streams; ids take 16 bytes instead of 36."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
        self._decoder = msgspec.msgpack.Decoder(SubjectState)
        self._others: Mapping[str, msgspec.msgpack.Decoder[Any]] = {
            kind.value: msgspec.msgpack.Decoder(state)
            for kind, state in STATES.items()
            if kind is not StreamKind.PERSON
        }

    def encode(self, state: StreamState) -> bytes:
        """Write a state."""
        return self._encoder.encode(state)

    def decode(self, version: int, kind: str, state: bytes) -> Head | OtherHead:
        """Read a head whose state was written under the present ``STATE_VERSION``."""
        if kind == PERSON:
            return Head(version, self._decoder.decode(state))
        return OtherHead(version, self._others[kind].decode(state))


def fold(entries: Iterable[Entry]) -> Head | OtherHead:
    """Fold a whole stream into its head."""
    version, state = 0, streams.EMPTY
    for entry in entries:
        version, state = entry.version, streams.evolve(state, entry.stamp, entry.fact)
    return head_of(version, state)


def head_of(version: int, state: StreamState) -> Head | OtherHead:
    """Make the head of a stream."""
    if isinstance(state, SubjectState):
        return Head(version, state)
    return OtherHead(version, state)


Heads = Mapping[SubjectId, Head | OtherHead]


def people_of(heads: Heads) -> dict[SubjectId, Head]:
    """Return the heads that are people's."""
    return {subject: head for subject, head in heads.items() if isinstance(head, Head)}


def others_of(heads: Heads) -> dict[SubjectId, OtherHead]:
    """Return the heads that are no person's."""
    return {subject: head for subject, head in heads.items() if isinstance(head, OtherHead)}
