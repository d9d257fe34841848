"""Subject rights go out: what a recipient must do for a person, readable by that recipient alone.

One Kafka topic for all recipients, ``glemmebok.subject-rights``. A record holds the notice's random
id, its kind and the recipient's name in clear; the recipient's own id for the person is sealed to
the recipient's public key with sixteen bytes that prove, when they come back on
``glemmebok.acknowledgements``, that it was read. Notices of one person share a partition, in order.
What is not acknowledged is sent again at the next turn: a notice that comes twice is done once.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hmac import compare_digest
from typing import cast
from uuid import UUID

from consumers.packing import unpack
from consumers.ports import Notice
from domain.answers import Answer, Present
from domain.keyring import Identifier
from domain.values import ControllerId
from infra.codec.avro import (
    HEADER_BYTES,
    Layout,
    Unreadable,
    layouts,
    newest_layouts,
    read_object,
    write_object,
)
from infra.kafka.relay import KIND, Sender
from infra.keys.recipients import open_as, seal_to
from schemas.published import Room, published

RIGHTS = "glemmebok.subject-rights"
ACKNOWLEDGEMENTS = "glemmebok.acknowledgements"
PROOF_BYTES = 16
_INFO = b"glemmebok/1/subject-rights"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its recipient reads it. ``remote_id`` is the recipient's own.

    ``more`` is what the kind needs besides: the purpose of a consent that was withdrawn.
    """

    notice_id: UUID
    kind: str
    recipient: str
    created_at: int
    remote_id: str
    more: Mapping[str, object]
    proof: bytes

    def __repr__(self) -> str:
        """Hide whom it is about."""
        return f"<Told {self.kind} {self.notice_id}>"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a recipient sends back."""

    notice_id: UUID
    proof: bytes


@dataclass(frozen=True, slots=True)
class RightsCourier:
    """Brings notices to the recipients whose public keys are known.

    ``open_notice`` opens a notice's token, audited; what it does not answer is not sent.
    """

    sender: Sender
    identifier: Identifier
    keys: Mapping[str, bytes]
    open_notice: Callable[[Notice], Answer]

    @property
    def recipients(self) -> Collection[str]:
        """Name the recipients that can be reached."""
        return self.keys.keys()

    def deliver(self, notices: Sequence[Notice]) -> Sequence[UUID]:
        """Send a page; nothing is acknowledged yet.

        Raises:
            NotDelivered: the cluster did not take all of them.
            LogUnavailable, KeyUnavailable: a database is away.
        """
        for notice in notices:
            answer = self.open_notice(notice)
            if isinstance(answer, Present):
                values = _values_of(notice, answer.plaintext)
                self.sender.send(RIGHTS, self._key(notice), self._value(notice, values))
        self.sender.flush()
        return ()

    def _key(self, notice: Notice) -> bytes:
        if notice.subject is None:
            return notice.notice_id.bytes
        named = notice.subject.hex
        return self.identifier.keyed_id(notice.controller, KIND, "glemmebok", named).bytes

    def _value(self, notice: Notice, values: Mapping[str, object]) -> bytes:
        proof = proof_of(self.identifier, notice.controller, notice.notice_id)
        info = _INFO + notice.notice_id.bytes
        record = {
            "notice_id": notice.notice_id.bytes,
            "kind": notice.kind.value,
            "recipient": notice.recipient,
            "created_at": notice.created_at,
            "sealed": seal_to(self.keys[notice.recipient], proof + _json(values), info),
        }
        return write_object(record, _layout("subject-rights"))


def _values_of(notice: Notice, plaintext: bytes) -> Mapping[str, object]:
    """Return what a notice's token seals: a late fact's, which is nobody's, the bare id alone."""
    if notice.subject is None:
        return {"remote_id": plaintext.decode()}
    return unpack(plaintext)


def _json(values: Mapping[str, object]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()


def proof_of(identifier: Identifier, controller: ControllerId, notice_id: UUID) -> bytes:
    """Return what an acknowledgement must carry: keyed, so that nothing needs to be stored."""
    return identifier.keyed_id(controller, "acknowledge", "glemmebok", notice_id.hex).bytes


def is_proven(acknowledged: Acknowledged, identifier: Identifier, controller: ControllerId) -> bool:
    """Say whether whoever sent an acknowledgement had read the notice."""
    expected = proof_of(identifier, controller, acknowledged.notice_id)
    return compare_digest(expected, acknowledged.proof)


def recipient_of(value: bytes) -> str | None:
    """Read whom a record is for; None when it is no notice."""
    found = _read(value, "subject-rights")
    return None if found is None else str(found["recipient"])


def read_notice(value: bytes, private: bytes) -> Told | None:
    """Read a notice with the recipient's private key; None when the bytes are no notice.

    Raises:
        SealBroken: it is for another recipient, or was changed.
    """
    found = _read(value, "subject-rights")
    if found is None:
        return None
    notice_id = cast("bytes", found["notice_id"])
    opened = open_as(private, cast("bytes", found["sealed"]), _INFO + notice_id)
    values = json.loads(opened[PROOF_BYTES:])
    return Told(
        UUID(bytes=notice_id),
        str(found["kind"]),
        str(found["recipient"]),
        int(str(found["created_at"])),
        values.pop("remote_id"),
        values,
        opened[:PROOF_BYTES],
    )


def acknowledge(told: Told) -> bytes:
    """Write the acknowledgement of a notice that was done."""
    record = {"notice_id": told.notice_id.bytes, "proof": told.proof}
    return write_object(record, _layout("acknowledgement"))


def read_acknowledgement(value: bytes) -> Acknowledged | None:
    """Read an acknowledgement; None when the bytes are none."""
    found = _read(value, "acknowledgement")
    if found is None:
        return None
    notice_id, proof = cast("bytes", found["notice_id"]), cast("bytes", found["proof"])
    return Acknowledged(UUID(bytes=notice_id), proof)


def _read(value: bytes, name: str) -> dict[str, object] | None:
    layout = _layouts().get(value[:HEADER_BYTES])
    if layout is None or layout.published.stored_name != name:
        return None
    try:
        return read_object(value, layout)
    except Unreadable:
        return None


@cache
def _layouts() -> dict[bytes, Layout]:
    return layouts(published(Room.OUTBOUND))


def _layout(name: str) -> Layout:
    return newest_layouts(_layouts())[name]
