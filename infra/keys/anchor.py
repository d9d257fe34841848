"""The anchor: the last known end of every chain, and the journals, outside both databases.

::

    log.json                       the log's last position and its chain there
    <controller>.json              the erasure journal's last sequence and its chain
    <controller>.journal.jsonl     the journal's records (:mod:`infra.keys.record_file`)
    <controller>.audit.json        the access audit's last sequence and its chain
    <controller>.finalised.json    the journal of finalisations' last number and its chain
    <controller>.finalised.jsonl   its records
    restored.json                  that a backup was restored and is not reconciled yet
    reconciliation.json            what a reconciliation under way found when it began
    pushed.json                    what was last anchored on Kafka too, where there is Kafka

Rules. Written whole, synced and renamed, so a crash leaves the old or the new. It must live
outside the home directory and its backups: an anchor restored together with the databases
witnesses nothing. A file that is there and unreadable closes the gate. Records are written before
the head that names them.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.anchor_files import AnchorFiles
from infra.keys.anchored import Heads, LogHead, RecordsAfter, require_on
from infra.keys.finalised_anchor import FinalisedAnchor
from infra.keys.record import ChainedRecord
from infra.keys.record_file import RecordFile

_RESTORED = "restored.json"
_RECONCILIATION = "reconciliation.json"
_PUSHED = "pushed.json"


class FileAnchor:
    """Anchors in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; the first write makes it."""
        self._files = AnchorFiles(directory)
        self.finalisations = FinalisedAnchor(self._files)

    def journal(self, controller: ControllerId) -> JournalHead | None:
        """Read a controller's anchored journal head; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._files.head(f"{controller}.json", "sequence")
        return JournalHead(*stored) if stored else None

    def push(self, controller: ControllerId, head: JournalHead) -> None:
        """Anchor a journal's head, durably before it returns; one further on stays.

        Erasures of two processes push in any order, and a journal that was put back must not put
        back its witness.

        Raises:
            GateClosed: the file is there and unreadable.
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            held = self.journal(controller)
            if held is None or held.sequence < head.sequence:
                self._write_journal(controller, head)

    def advance(self, controller: ControllerId, head: JournalHead, after: RecordsAfter) -> None:
        """Copy the journal's records up to ``head``, then anchor it; one further on stays.

        Raises:
            GateClosed: ``ANCHOR_LOST`` when none was ever begun; ``FORKED`` when the journal does
                not pass through what was anchored.
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            held = self.journal(controller)
            if held is None:
                detail = f"none, with the journal at {head.sequence}"
                raise GateClosed(GateVerdict.ANCHOR_LOST, detail)
            if held.sequence < head.sequence:
                require_on(held, after)
                self._record_file(controller).follow(head.sequence, after)
                self._write_journal(controller, head)

    def anew(
        self,
        controller: ControllerId,
        head: JournalHead,
        pages: Iterator[Sequence[ChainedRecord]],
    ) -> None:
        """Anchor a verified journal whatever was anchored before: a re-anchor, which is audited.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._record_file(controller).replace(pages)
            self._write_journal(controller, head)

    def records(self, controller: ControllerId, after: int = 0) -> Iterator[ChainedRecord]:
        """Yield the copied records of a journal behind a sequence, in order.

        Raises:
            GateClosed: a line is unreadable.
        """
        return self._record_file(controller).records(after)

    def bring(self, controller: ControllerId, records: Sequence[ChainedRecord]) -> None:
        """Add verified records of a journal that were kept elsewhere, behind those that are here.

        Raises:
            GateClosed: a line is unreadable.
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            file = self._record_file(controller)
            last = file.last()
            file.append([one for one in records if one.sequence > last])

    def _record_file(self, controller: ControllerId) -> RecordFile:
        return self._files.records(f"{controller}.journal.jsonl")

    def _write_journal(self, controller: ControllerId, head: JournalHead) -> None:
        name = f"{controller}.json"
        self._files.write(name, {"sequence": head.sequence, "chain": head.chain.hex()})

    def audit(self, controller: ControllerId) -> LogHead | None:
        """Read the anchored end of a controller's access audit; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._files.head(f"{controller}.audit.json", "position")
        return LogHead(*stored) if stored else None

    def write_audit(self, controller: ControllerId, head: LogHead) -> None:
        """Anchor the end of a controller's access audit, durably before it returns.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            name = f"{controller}.audit.json"
            self._files.write(name, {"position": head.position, "chain": head.chain.hex()})

    def finalised(self, controller: ControllerId) -> LogHead | None:
        """Read the anchored end of the journal of finalisations; see :mod:`finalised_anchor`."""
        return self.finalisations.head(controller)

    def heads(self, controllers: Sequence[ControllerId]) -> Heads:
        """Read every anchored head of these controllers.

        Raises:
            GateClosed: a file is there and unreadable.
        """
        journals = {one: self.journal(one) for one in controllers}
        audits = {one: self.audit(one) for one in controllers}
        finalised = {one: self.finalised(one) for one in controllers}
        return Heads(
            self.log(),
            {one: head for one, head in journals.items() if head is not None},
            {one: head for one, head in audits.items() if head is not None},
            {one: head for one, head in finalised.items() if head is not None},
        )

    def restored(self) -> dict[str, str] | None:
        """Read the note of a restore that is not reconciled yet; None when there is none."""
        return self._files.note(_RESTORED)

    def note_restore(self, note: Mapping[str, str]) -> None:
        """Note, before it is done, that a backup is restored: nothing opens until reconciled.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._files.write(_RESTORED, note)

    def reconciliation(self) -> dict[str, str] | None:
        """Read what a reconciliation under way had found; None when none is."""
        return self._files.note(_RECONCILIATION)

    def begin_reconciliation(self, found: Mapping[str, str]) -> None:
        """Keep what a reconciliation found, before it changes anything.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._files.write(_RECONCILIATION, found)

    def end_reconciliation(self) -> None:
        """Forget the restore and the reconciliation: the gate may open.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._files.remove(_RESTORED, _RECONCILIATION)

    def pushed(self) -> dict[str, str]:
        """Read what was last anchored on Kafka too, as :meth:`note_pushed` was told it."""
        return self._files.note(_PUSHED) or {}

    def note_pushed(self, pushed: Mapping[str, str]) -> None:
        """Note what is anchored on Kafka too.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._files.write(_PUSHED, pushed)

    def log(self) -> LogHead | None:
        """Read the anchored end of the log; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._files.head("log.json", "position")
        return LogHead(*stored) if stored else None

    def write_log(self, head: LogHead) -> None:
        """Anchor the log's end, durably before it returns.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._files.write("log.json", {"position": head.position, "chain": head.chain.hex()})
