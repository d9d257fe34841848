"""The anchor: the last known end of every chain, and the journals, outside both databases.

::

    log.json                     the log's last position and its chain there
    <controller>.json            the erasure journal's last sequence and its chain
    <controller>.journal.jsonl   the journal's records (:mod:`infra.keys.record_file`)
    <controller>.audit.json      the access audit's last sequence and its chain
    restored.json                that a backup was restored and is not reconciled yet
    reconciliation.json          what a reconciliation under way found when it began

Rules. Written whole, synced and renamed, so a crash leaves the old or the new. It must live
outside the home directory and its backups: an anchor restored together with the databases
witnesses nothing. A file that is there and unreadable closes the gate. Records are written before
the head that names them.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.provider import sync_directory
from infra.keys.record import GENESIS, ChainedRecord, restoration_of
from infra.keys.record_file import RecordFile

_RESTORED = "restored.json"
_RECONCILIATION = "reconciliation.json"

RecordsAfter = Callable[[int], Sequence[ChainedRecord]]
"""Reads a page of a journal's records behind a sequence."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """The end of the log as anchored: its highest position and the chain's hash there."""

    position: int
    chain: bytes


class FileAnchor:
    """Anchors in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; the first write makes it."""
        self._directory = directory

    def journal(self, controller: ControllerId) -> JournalHead | None:
        """Read a controller's anchored journal head; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._read(f"{controller}.json", "sequence")
        return JournalHead(*stored) if stored else None

    def push(self, controller: ControllerId, head: JournalHead) -> None:
        """Anchor a journal's head, durably before it returns; one further on stays.

        Erasures of two processes push in any order, and a journal that was put back must not put
        back its witness.

        Raises:
            GateClosed: the file is there and unreadable.
            OSError: the directory cannot be written.
        """
        with self._exclusive():
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
        with self._exclusive():
            held = self.journal(controller)
            if held is None:
                detail = f"none, with the journal at {head.sequence}"
                raise GateClosed(GateVerdict.ANCHOR_LOST, detail)
            if held.sequence < head.sequence:
                _require_on(held, after)
                self._copy(controller, head, after)
                self._write_journal(controller, head)

    def _copy(self, controller: ControllerId, head: JournalHead, after: RecordsAfter) -> None:
        file = self._record_file(controller)
        last = file.last()
        while last < head.sequence:
            page = after(last)
            if not page:
                return
            file.append(page)
            last = page[-1].sequence

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
        with self._exclusive():
            self._record_file(controller).replace(pages)
            self._write_journal(controller, head)

    def records(self, controller: ControllerId, after: int = 0) -> Iterator[ChainedRecord]:
        """Yield the copied records of a journal behind a sequence, in order.

        Raises:
            GateClosed: a line is unreadable.
        """
        return self._record_file(controller).records(after)

    def _record_file(self, controller: ControllerId) -> RecordFile:
        return RecordFile(self._directory / f"{controller}.journal.jsonl")

    def _write_journal(self, controller: ControllerId, head: JournalHead) -> None:
        name = f"{controller}.json"
        self._write(name, {"sequence": head.sequence, "chain": head.chain.hex()})

    def audit(self, controller: ControllerId) -> LogHead | None:
        """Read the anchored end of a controller's access audit; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._read(f"{controller}.audit.json", "position")
        return LogHead(*stored) if stored else None

    def write_audit(self, controller: ControllerId, head: LogHead) -> None:
        """Anchor the end of a controller's access audit, durably before it returns.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            name = f"{controller}.audit.json"
            self._write(name, {"position": head.position, "chain": head.chain.hex()})

    def restored(self) -> dict[str, str] | None:
        """Read the note of a restore that is not reconciled yet; None when there is none."""
        return self._note(_RESTORED)

    def note_restore(self, note: Mapping[str, str]) -> None:
        """Note, before it is done, that a backup is restored: nothing opens until reconciled.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            self._write(_RESTORED, note)

    def reconciliation(self) -> dict[str, str] | None:
        """Read what a reconciliation under way had found; None when none is."""
        return self._note(_RECONCILIATION)

    def begin_reconciliation(self, found: Mapping[str, str]) -> None:
        """Keep what a reconciliation found, before it changes anything.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            self._write(_RECONCILIATION, found)

    def end_reconciliation(self) -> None:
        """Forget the restore and the reconciliation: the gate may open.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            for name in (_RESTORED, _RECONCILIATION):
                (self._directory / name).unlink(missing_ok=True)
            sync_directory(self._directory)

    def _note(self, name: str) -> dict[str, str] | None:
        try:
            stored = json.loads((self._directory / name).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise GateClosed(GateVerdict.ANCHOR_LOST, f"{name} is unreadable") from None
        return {str(key): str(value) for key, value in dict(stored).items()}

    def log(self) -> LogHead | None:
        """Read the anchored end of the log; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._read("log.json", "position")
        return LogHead(*stored) if stored else None

    def write_log(self, head: LogHead) -> None:
        """Anchor the log's end, durably before it returns.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            self._write("log.json", {"position": head.position, "chain": head.chain.hex()})

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Take turns with other processes: the directory's own lock, freed with its descriptor."""
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self, name: str, count: str) -> tuple[int, bytes] | None:
        try:
            stored = json.loads((self._directory / name).read_bytes())
            return int(stored[count]), bytes.fromhex(stored["chain"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise GateClosed(GateVerdict.ANCHOR_LOST, f"{name} is unreadable") from None

    def _write(self, name: str, stored: Mapping[str, int | str]) -> None:
        beside = self._directory / (name + ".new")
        with beside.open("w") as file:
            file.write(json.dumps(stored))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._directory / name)
        sync_directory(self._directory)


def _require_on(held: JournalHead, after: RecordsAfter) -> None:
    """Require that a journal passes through an anchored head, or says that it goes on from it.

    Raises:
        GateClosed: ``FORKED``.
    """
    if held == GENESIS:
        return
    following = after(held.sequence - 1)
    if not following or chain_at(held.sequence, following[0]) != held.chain:
        detail = f"at {held.sequence}, against the anchor"
        raise GateClosed(GateVerdict.FORKED, detail)


def chain_at(sequence: int, record: ChainedRecord) -> bytes | None:
    """Return the chain at a sequence, told by the first record not before it; None if it cannot.

    Behind a declared gap it is the restoration's word for the head it continues.
    """
    if record.sequence == sequence:
        return record.chain
    told = restoration_of(record)
    if told is not None and told.continues.sequence == sequence:
        return told.continues.chain
    return None
