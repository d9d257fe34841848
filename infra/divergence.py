"""Where the two databases and the anchor part: what a restore undid, found and not yet mended.

What a restore explains is told apart from what it does not. A database that is behind its
witnesses was put back, or cut at its end: whoever reconciles says which, and it is audited. A
record that was edited, taken out or put in, and a chain that has gone on otherwise than was
witnessed, is tampering: :class:`JournalBroken` or :class:`LogTampered`, and nothing is mended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.answers import GateClosed
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.audit_divergence import AuditState, audit_state
from infra.finals import FinalState, finals
from infra.gate import anchor_topic
from infra.house import House
from infra.kafka.faults import TopicMissing
from infra.keys.anchored import Heads, LogHead
from infra.keys.record import (
    GENESIS,
    ChainedRecord,
    JournalBroken,
    restoration_of,
)
from infra.keys.restoring import Restorer
from infra.store.chain import LOG
from infra.store.erasures import every_erasure
from infra.store.records import ChainHead, LogTampered, PendingErasure
from infra.unfenced import unfenced


@dataclass(frozen=True, slots=True)
class JournalState:
    """One controller's journal against its witnesses.

    ``kept`` is where the records kept outside end behind the journal; ``undone`` are erasures of
    the log that neither holds; ``unfenced`` counts records whose erasure the log does not know.
    ``elsewhere`` is the head anchored on Kafka.
    """

    controller: ControllerId
    journal: JournalHead
    anchored: JournalHead | None
    recorded: JournalHead
    kept: JournalHead
    undone: tuple[PendingErasure, ...]
    unfenced: int
    finals: FinalState
    elsewhere: JournalHead = GENESIS

    @property
    def witnessed(self) -> JournalHead:
        """The latest head anybody saw."""
        anchored = (self.anchored or GENESIS, self.elsewhere)
        heads = (self.journal, self.kept, *anchored, self.recorded)
        return max(heads, key=lambda head: head.sequence)

    @property
    def behind(self) -> int:
        """How many records the key database lost."""
        return self.witnessed.sequence - self.journal.sequence

    @property
    def gap(self) -> int:
        """How many of them nobody kept."""
        return max(0, self.witnessed.sequence - self.kept.sequence)

    @property
    def anchor_lost(self) -> bool:
        """Whether the anchor is missing, or older than the log."""
        if self.anchored is None:
            return max(self.journal.sequence, self.recorded.sequence) > 0
        return self.anchored.sequence < self.recorded.sequence

    @property
    def wrong(self) -> bool:
        """Whether something beside the anchor is to be mended."""
        ended = any(one.ended_at is not None for one in self.undone)
        return bool(self.behind or self.unfenced or ended or self.finals.lost)


@dataclass(frozen=True, slots=True)
class Divergence:
    """Everything that was found; ``log_lost`` counts positions behind the log's anchor.

    ``kafka_unreadable``: its anchor holds something that is no anchor.
    """

    log: ChainHead
    anchored_log: LogHead | None
    log_lost: int
    journals: tuple[JournalState, ...]
    audits: tuple[AuditState, ...]
    restored: bool
    under_way: bool
    kafka_unreadable: bool = False

    @property
    def events_behind(self) -> bool:
        """Whether the event database lost facts or rows of the access audit."""
        return bool(self.log_lost or any(audit.lost for audit in self.audits))

    @property
    def anchor_lost(self) -> bool:
        """Whether an anchor is missing, or says nothing that can be read."""
        return self.kafka_unreadable or any(journal.anchor_lost for journal in self.journals)

    @property
    def wrong(self) -> bool:
        """Whether something beside the anchor is to be mended."""
        mended = self.restored or self.under_way or self.events_behind
        return mended or any(journal.wrong for journal in self.journals)


def diverged(house: House, restorer: Restorer) -> Divergence:
    """Compare everything with everything; changes nothing.

    Raises:
        JournalBroken, FinalisedBroken, LogTampered: somebody tampered; the first bad sequence is
            named.
        ClusterUnavailable: Kafka holds an anchor too, and is away.
        KeyUnavailable, LogUnavailable: a database is away.
    """
    begun = house.anchor.reconciliation() or {}
    further, unreadable = _further(house)
    # What a reconciliation under way has appended stands where lost facts and rows stood.
    events = Heads(None, {}, {}, {}) if begun else further
    anchored = _anchored_log(house)
    log = house.store.verify_chain()
    journals = [_journal(house, restorer, one, further) for one in house.controllers.values()]
    audits = [audit_state(house, one, begun, events) for one in house.controllers.values()]
    return Divergence(
        log=log,
        anchored_log=anchored,
        log_lost=max(_lost(house, log, one) for one in (anchored, events.log)),
        journals=tuple(journals),
        audits=tuple(audits),
        restored=house.anchor.restored() is not None,
        under_way=bool(begun),
        kafka_unreadable=unreadable,
    )


def _further(house: House) -> tuple[Heads, bool]:
    """Read the anchor on Kafka, and whether it cannot be read.

    Raises:
        ClusterUnavailable: it is away: what it holds must be known before anything is mended.
    """
    nothing = Heads(None, {}, {}, {})
    topic = anchor_topic(house)
    try:
        return (topic.read() or nothing if topic else nothing), False
    except TopicMissing:
        return nothing, False
    except GateClosed:
        return nothing, True


def _anchored_log(house: House) -> LogHead | None:
    try:
        return house.anchor.log()
    except GateClosed:
        return None


def _lost(house: House, log: ChainHead, anchored: LogHead | None) -> int:
    """Count the positions the log lost behind its anchor.

    Raises:
        LogTampered: it has gone on otherwise than was anchored.
    """
    if anchored is None or anchored.position == 0:
        return 0
    if anchored.position > log.position:
        return anchored.position - log.position
    if house.store.link_at(anchored.position).chain != anchored.chain:
        raise LogTampered(LOG, 1, anchored.position)
    return 0


def _journal(
    house: House, restorer: Restorer, controller: ControllerId, further: Heads
) -> JournalState:
    journal = house.keyring.verify_journal(controller)
    anchored = _anchored_journal(house, controller)
    recorded = house.store.erasure_head(controller) or GENESIS
    elsewhere = further.journals.get(controller, GENESIS)
    for witness in (anchored or GENESIS, recorded, elsewhere):
        _require_on(house, controller, journal, witness)
    lost = _lost_records(house, controller, journal)
    kept = restorer.follow(controller, journal, lost)
    return JournalState(
        controller=controller,
        journal=journal,
        anchored=anchored,
        recorded=recorded,
        kept=kept,
        undone=tuple(_undone(house, restorer, controller, lost)),
        unfenced=sum(len(page) for page in unfenced(house, controller, lost)),
        finals=finals(house, restorer, controller, further.finalised.get(controller)),
        elsewhere=elsewhere,
    )


def _anchored_journal(house: House, controller: ControllerId) -> JournalHead | None:
    try:
        return house.anchor.journal(controller)
    except GateClosed:
        return None


def _require_on(
    house: House, controller: ControllerId, journal: JournalHead, witness: JournalHead
) -> None:
    """Require that the journal passes through what a witness saw, as far as it reaches.

    Raises:
        JournalBroken: it has gone on otherwise.
    """
    if not 0 < witness.sequence <= journal.sequence:
        return
    (there,) = house.keyring.journal_records(controller, witness.sequence - 1, 1)
    if there.sequence == witness.sequence:
        seen = there.chain == witness.chain
    else:
        told = restoration_of(there)
        assert told is not None, "a verified journal has declared gaps alone"
        continued = told.continues
        seen = continued == witness or continued.sequence > witness.sequence
    if not seen:
        raise JournalBroken(controller, witness.sequence)


def _lost_records(
    house: House, controller: ControllerId, journal: JournalHead
) -> list[ChainedRecord]:
    """Read the records kept outside behind the journal, as far as they follow each other.

    Raises:
        JournalBroken: the journal's end is not the one that was kept.
    """
    found: list[ChainedRecord] = []
    following = journal.sequence + 1
    try:
        for record in house.anchor.records(controller, journal.sequence - 1):
            if record.sequence == journal.sequence and record.chain != journal.chain:
                raise JournalBroken(controller, journal.sequence)
            if record.sequence == following:
                found.append(record)
                following += 1
    except GateClosed:
        return found
    return found


def _undone(
    house: House, restorer: Restorer, controller: ControllerId, kept: Sequence[ChainedRecord]
) -> Iterator[PendingErasure]:
    """Yield the erasures of the log that neither the journal nor what was kept holds."""
    outside = {record.decoded().erasure_id for record in kept}
    for page in every_erasure(house.store.database, controller):
        held = restorer.recorded([one.erasure_id for one in page])
        yield from (
            one for one in page if one.erasure_id not in held and one.erasure_id not in outside
        )
