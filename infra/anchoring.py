"""Anchors what the files say on Kafka too, and says how far that is.

Rules. After the files, never instead of them. What Kafka holds is judged first: a house that does
not pass through it writes nothing, for it is the evidence. What cannot be pushed now is pushed by
the job ``anchor``; a command pushes at its end when something was destroyed or finalised.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from domain.answers import GateClosed, KeyringError
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.gate import anchor_finalised, anchor_log, anchor_topic, restore_gate
from infra.house import House
from infra.kafka.anchor import furthest
from infra.kafka.anchor_form import Page
from infra.kafka.faults import ClusterUnavailable, NotDelivered, TopicMissing
from infra.kafka.options import connection
from infra.kafka.topics import anchor_faults
from infra.keys.anchored import Heads
from infra.keys.record import GENESIS, ChainedRecord
from infra.keys.restoring import Restorer

RECORDS_PAGE = 500
"""Journal records read at once."""

PAGE_BYTES_MAX = 256 * 1024
"""Records' bytes in one message, a third more as it is written; a broker takes a megabyte."""

_NOTHING = Heads(None, {}, {}, {})


def anchor_all(house: House) -> int:
    """Anchor the end of every chain in the files, then on Kafka; return how many chains moved.

    Raises:
        FinalisedBroken, GateClosed: a chain does not follow its anchor.
        ClusterUnavailable, NotDelivered: the files are written, Kafka is away.
        LogUnavailable, KeyUnavailable: a database is away.
    """
    anchor_log(house)
    for controller in house.controllers.values():
        anchor_finalised(house, controller)
    return push_anchor(house)


def push_anchor(house: House) -> int:
    """Bring what the files say to Kafka; return how many chains were behind there.

    Raises:
        GateClosed: the house does not pass through what Kafka holds.
        ClusterUnavailable, NotDelivered: Kafka is away; nothing is lost.
        LogUnavailable, KeyUnavailable: a database is away.
    """
    topic = anchor_topic(house)
    if topic is None:
        return 0
    try:
        told = topic.read()
    except TopicMissing:
        return 0
    restore_gate(house, lambda: told)()
    merged = furthest(told or _NOTHING, _in_files(house))
    moved = _behind(told, merged)
    if moved:
        before = told or _NOTHING
        topic.write(before, merged, _records(house, before, merged), anew=False)
    house.anchor.note_pushed(_destroyed(merged))
    return moved


def push_destroyed(house: House) -> None:
    """Push at a command's end, if a journal moved since; what is away is left to the job."""
    if house.settings.kafka is None:
        return
    with suppress(ClusterUnavailable, NotDelivered, KeyringError):
        if house.anchor.pushed() != _destroyed(_in_files(house)):
            push_anchor(house)


def push_anew(house: House) -> None:
    """Write what the files say, whatever Kafka held: the last word of a reconciliation.

    What Kafka knows of an erasure journal stays: it was mended to pass through it, and the files
    may have lost it.

    Raises:
        ClusterUnavailable, NotDelivered: Kafka is away.
    """
    topic = anchor_topic(house)
    if topic is not None and topic.is_there():
        mine = _in_files(house)
        try:
            told = topic.read() or _NOTHING
        except GateClosed:
            told = _NOTHING
        heads = replace(mine, journals=furthest(told, mine).journals)
        topic.write(told, heads, _records(house, told, heads), anew=True)
        house.anchor.note_pushed(_destroyed(heads))


def bring_records(house: House, restorer: Restorer) -> None:
    """Copy from Kafka beside the anchor the journal records that the files have lost.

    So a machine that was put back whole knows again who was erased since.

    Raises:
        JournalBroken: what Kafka kept does not follow what the files kept.
        ClusterUnavailable: Kafka is away.
        KeyUnavailable: the key database is away.
    """
    topic = anchor_topic(house)
    try:
        told = None if topic is None else topic.read()
    except (TopicMissing, GateClosed):
        return
    if topic is None or told is None:
        return
    files = {one: _last_kept(house, one) for one in told.journals if one in _ours(house)}
    behind = {c: h for c, h in files.items() if h.sequence < told.journals[c].sequence}
    if behind:
        for c, records in topic.records({c: h.sequence for c, h in behind.items()}).items():
            if records and records[0].sequence == behind[c].sequence + 1:
                restorer.follow(c, behind[c], records)
                house.anchor.bring(c, records)


def _last_kept(house: House, controller: ControllerId) -> JournalHead:
    last = GENESIS
    for record in house.anchor.records(controller):
        last = JournalHead(record.sequence, record.chain)
    return last


def _ours(house: House) -> frozenset[ControllerId]:
    return frozenset(house.controllers.values())


def _records(house: House, told: Heads, heads: Heads) -> Iterator[Page]:
    """Read the journal records between what was told and what is to be told."""
    for controller, head in heads.journals.items():
        after = told.journals.get(controller, GENESIS).sequence
        while after < head.sequence:
            page = house.keyring.journal_records(controller, after, RECORDS_PAGE)
            if not page:
                break
            for records in _cut(page):
                yield controller, records
            after = page[-1].sequence


def _cut(page: Sequence[ChainedRecord]) -> Iterator[list[ChainedRecord]]:
    """Cut records into what fits one message, at least one each."""
    part: list[ChainedRecord] = []
    size = 0
    for record in page:
        if part and size + len(record.encoded) > PAGE_BYTES_MAX:
            yield part
            part, size = [], 0
        part.append(record)
        size += len(record.encoded)
    if part:
        yield part


@dataclass(frozen=True, slots=True)
class OnKafka:
    """How the anchor on Kafka stands: chains there, journals behind the files, what is wrong."""

    chains: int
    behind: int
    faults: Sequence[str]


def on_kafka(house: House) -> OnKafka | None:
    """Look at the anchor on Kafka; None where there is no Kafka.

    Raises:
        ClusterUnavailable: it is away: the files decide alone.
        GateClosed: a record cannot be read.
    """
    topic, kafka = anchor_topic(house), house.settings.kafka
    if topic is None or kafka is None:
        return None
    mine = _destroyed(_in_files(house))
    try:
        told = topic.read()
    except TopicMissing:
        return OnKafka(0, len(mine), ("missing",))
    faults = anchor_faults(connection(kafka.servers, kafka.client_file))
    there = _destroyed(told or _NOTHING)
    behind = sum(1 for name, end in mine.items() if _number(there.get(name)) < _number(end))
    return OnKafka(_count(told), behind, faults)


def _in_files(house: House) -> Heads:
    return house.anchor.heads(tuple(house.controllers.values()))


def _destroyed(heads: Heads) -> dict[str, str]:
    """Name the ends of the journals: of what was destroyed, and of what was made final."""
    ends = {f"{c}.journal": f"{h.sequence}:{h.chain.hex()}" for c, h in heads.journals.items()}
    return ends | {
        f"{c}.finalised": f"{h.position}:{h.chain.hex()}" for c, h in heads.finalised.items()
    }


def _number(end: str | None) -> int:
    return -1 if end is None else int(end.partition(":")[0])


def _count(told: Heads | None) -> int:
    if told is None:
        return 0
    kinds: tuple[Mapping[ControllerId, object], ...] = (told.journals, told.audits, told.finalised)
    return (told.log is not None) + sum(len(kind) for kind in kinds)


def _behind(told: Heads | None, merged: Heads) -> int:
    before = told or _NOTHING
    pairs = (
        (before.journals, merged.journals),
        (before.audits, merged.audits),
        (before.finalised, merged.finalised),
    )
    moved = sum(1 for old, new in pairs for c, head in new.items() if old.get(c) != head)
    return moved + (before.log != merged.log)
