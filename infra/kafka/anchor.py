"""The anchor on Kafka: what the files of the anchor say, once more, on another machine.

Rules. One topic of one partition, never compacted, kept for ever. A record is the whole anchor: the
end of every chain, in JSON, ids and numbers and hashes alone; records of an erasure journal ride
along before the head that names them (:mod:`infra.kafka.anchor_form`). Whoever reads takes the last
:data:`WINDOW` records and of each chain the head that is furthest on: a writer reads before it
writes, so a head that was told is in every record after it but in those of writers who came
between. A record that says ``anew`` ends what was before it: a reconciliation's last word.

Who may write to the topic can close the gate of the house, and open nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.kafka.anchor_form import Page, Told, Undecodable, decode, encode
from infra.kafka.faults import ClusterUnavailable, NotDelivered, TopicMissing
from infra.kafka.options import Connection
from infra.keys.anchored import Heads, LogHead
from infra.keys.record import ChainedRecord

ANCHOR = "glemmebok.anchor"
"""The topic; a cluster holds the anchor of one house."""

WINDOW = 64
"""Records that are read back: many times what can be written between a reading and a writing."""

ANSWER_MS = 3_000
"""How long a command waits for the cluster, before the files of the anchor decide alone."""

_POLL_MS = 200
_SILENT = "ReadTimeout"
_Head = TypeVar("_Head", JournalHead, LogHead)


class AnchorTopic:
    """Reads and writes the anchor of the house that has ``controllers``."""

    def __init__(self, connection: Connection, controllers: Sequence[ControllerId]) -> None:
        self._arguments = {**connection.arguments(), "bootstrap_timeout_ms": ANSWER_MS}
        self._controllers = frozenset(controllers)

    def is_there(self) -> bool:
        """Say whether the topic is there.

        Raises:
            ClusterUnavailable: no broker answers.
        """
        with _lent(lambda: KafkaConsumer(**self._arguments, **_ALONE)) as consumer:
            return ANCHOR in consumer.topics()

    def read(self) -> Heads | None:
        """Read the furthest head of each chain; None when nothing of this house was ever written.

        Raises:
            ClusterUnavailable: no broker answers.
            TopicMissing: the topic is not there.
            GateClosed: a record cannot be read.
        """
        found: Heads | None = None
        for offset, value in reversed(list(self._values(WINDOW))):
            told = self._told(offset, value)
            if told is not None:
                found = told.heads if found is None else furthest(told.heads, found)
                if told.anew:
                    break
        return found

    def write(self, told: Heads, heads: Heads, records: Iterable[Page], *, anew: bool) -> None:
        """Write pages of journal records, then the whole anchor; on every replica as it returns.

        ``told`` is what was read before: it stands beside each page, so that wherever this is cut
        short no head is told without its records, and none is forgotten.

        Raises:
            ClusterUnavailable: no broker answers.
            NotDelivered: something was not acknowledged.
        """
        with _lent(lambda: KafkaProducer(**self._arguments, **_SURE)) as producer:
            for page in records:
                _send(producer, encode(Told(told, anew=False, page=page), self._controllers))
            _send(producer, encode(Told(heads, anew=anew), self._controllers))

    def records(self, after: Mapping[ControllerId, int]) -> dict[ControllerId, list[ChainedRecord]]:
        """Walk the whole topic for the journal records behind a sequence, of these controllers.

        What was written last counts; a record that cannot be read is passed over.

        Raises:
            ClusterUnavailable: no broker answers.
            TopicMissing: the topic is not there.
        """
        found: dict[ControllerId, dict[int, ChainedRecord]] = {one: {} for one in after}
        for _, value in self._values(None):
            with suppress(Undecodable):
                controller, records = decode(value).page
                if controller in found:
                    last = after[controller]
                    found[controller] |= {r.sequence: r for r in records if r.sequence > last}
        return {one: [kept[n] for n in sorted(kept)] for one, kept in found.items()}

    def _values(self, window: int | None) -> Iterator[tuple[int, bytes | None]]:
        """Yield offsets and values, of the last ``window`` records or of all."""
        with _lent(lambda: KafkaConsumer(**self._arguments, **_ALONE)) as consumer:
            if not consumer.partitions_for_topic(ANCHOR):
                raise TopicMissing(ANCHOR)
            place = TopicPartition(ANCHOR, 0)
            consumer.assign([place])
            (first,) = consumer.beginning_offsets([place]).values()
            (end,) = consumer.end_offsets([place]).values()
            consumer.seek(place, first if window is None else max(first, end - window))
            silent = 0
            while consumer.position(place) < end:
                polled = [row for rows in consumer.poll(_POLL_MS).values() for row in rows]
                silent = 0 if polled else silent + _POLL_MS
                if silent > ANSWER_MS:
                    raise ClusterUnavailable(_SILENT)
                yield from [(row.offset, row.value) for row in polled]

    def _told(self, offset: int, value: bytes | None) -> Told | None:
        """Read a record; None when it is another house's.

        Raises:
            GateClosed: it is no record of an anchor.
        """
        try:
            told = decode(value)
        except Undecodable:
            detail = f"{ANCHOR} is unreadable at offset {offset}"
            raise GateClosed(GateVerdict.ANCHOR_LOST, detail) from None
        return told if self._controllers & told.controllers else None


_ALONE: dict[str, Any] = {"enable_auto_commit": False, "allow_auto_create_topics": False}
_SURE: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "max_block_ms": ANSWER_MS,
    "request_timeout_ms": ANSWER_MS,
    "delivery_timeout_ms": ANSWER_MS,
}


def furthest(one: Heads, other: Heads) -> Heads:
    """Take of each chain the head that is further on, the other's where they are level."""
    logs = [head for head in (one.log, other.log) if head is not None]
    return Heads(
        max(reversed(logs), key=_place, default=None),
        _furthest(one.journals, other.journals),
        _furthest(one.audits, other.audits),
        _furthest(one.finalised, other.finalised),
    )


def _furthest(
    one: Mapping[ControllerId, _Head], other: Mapping[ControllerId, _Head]
) -> Mapping[ControllerId, _Head]:
    found = dict(one)
    for controller, head in other.items():
        held = found.get(controller)
        if held is None or _place(held) <= _place(head):
            found[controller] = head
    return found


def _place(head: JournalHead | LogHead) -> int:
    return head.sequence if isinstance(head, JournalHead) else head.position


def _send(producer: Any, value: bytes) -> None:  # noqa: ANN401 - the library ships no types
    try:
        producer.send(ANCHOR, value, partition=0).get(ANSWER_MS / 1_000)
    except KafkaError:
        raise NotDelivered(0, 1) from None


@contextmanager
def _lent(made: Callable[[], Any]) -> Iterator[Any]:
    """Open a client for as long as the block lasts; the library ships no types.

    Raises:
        ClusterUnavailable: no broker answers.
    """
    try:
        client = made()
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    try:
        yield client
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    finally:
        client.close()
