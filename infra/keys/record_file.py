"""A copy of a controller's erasure journal, kept with the anchor, outside both databases.

Why: an anchor that holds the head alone can say that erasures were undone by a restore, and not
whose. With the records beside it they are put back byte for byte, and the chain goes on.

Rules. One JSON line a record, ``{"sequence", "record", "chain"}`` (base64, hexadecimal), in the
order of the journal; appended and synced, never rewritten but by an audited re-anchor. A line cut
short by a crash is cut off by the next append. It holds what the journal holds: ids, times, key
fingerprints.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from domain.answers import GateClosed, GateVerdict
from infra.keys.record import ChainedRecord

_BLOCK = 65_536
"""Bytes read at once when the last line is looked for; a record is well below one block."""


class RecordFile:
    """The records of one controller's journal; the caller takes turns with other writers."""

    def __init__(self, path: Path) -> None:
        """Name the file; the first append makes it."""
        self._path = path

    def last(self) -> int:
        """Return the last whole record's sequence; 0 when there is none.

        Raises:
            GateClosed: the line is not what was written.
        """
        line = self._last_line()
        return self._read(line, -1).sequence if line else 0

    def append(self, records: Sequence[ChainedRecord]) -> None:
        """Add records, durably before it returns.

        Raises:
            OSError: the file cannot be written.
        """
        lines = b"".join([_line(record) for record in records])
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            file.seek(self._whole())
            file.truncate()
            file.write(lines)
            file.flush()
            os.fsync(descriptor)

    def follow(self, end: int, after: Callable[[int], Sequence[ChainedRecord]]) -> None:
        """Copy what ``after`` reads behind the last record, as far as ``end``.

        Raises:
            GateClosed: the last line is not what was written.
            OSError: the file cannot be written.
        """
        last = self.last()
        while last < end:
            page = after(last)
            if not page:
                return
            self.append(page)
            last = page[-1].sequence

    def records(self, after: int = 0) -> Iterator[ChainedRecord]:
        """Yield the whole records behind a sequence, in order.

        Raises:
            GateClosed: a line is not what was written.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                record = self._read(line, number)
                if record.sequence > after:
                    yield record

    def replace(self, records: Iterator[Sequence[ChainedRecord]]) -> None:
        """Write the copy anew from pages of records; the old one stays until the new is whole."""
        beside = RecordFile(self._path.with_name(self._path.name + ".new"))
        beside._path.unlink(missing_ok=True)
        beside.append([])
        for page in records:
            beside.append(page)
        beside._path.replace(self._path)

    def _whole(self) -> int:
        """Return where the last whole line ends."""
        size = self._path.stat().st_size
        with self._path.open("rb") as file:
            end = size
            while end > 0:
                start = max(0, end - _BLOCK)
                file.seek(start)
                at = file.read(end - start).rfind(b"\n")
                if at >= 0:
                    return start + at + 1
                end = start
        return 0

    def _last_line(self) -> bytes:
        if not self._path.exists():
            return b""
        end = self._whole()
        with self._path.open("rb") as file:
            length = 0
            while length < end:
                length = min(end, length + _BLOCK)
                file.seek(end - length)
                lines = file.read(length).splitlines(keepends=True)
                if len(lines) > 1:
                    return lines[-1]
            file.seek(0)
            return file.read(end)

    def _read(self, line: bytes, number: int) -> ChainedRecord:
        try:
            stored = json.loads(line)
            encoded = base64.b64decode(stored["record"], validate=True)
            return ChainedRecord(int(stored["sequence"]), encoded, bytes.fromhex(stored["chain"]))
        except (ValueError, KeyError, TypeError):
            message = f"{self._path.name} is unreadable at line {number}"
            raise GateClosed(GateVerdict.ANCHOR_LOST, message) from None


def _line(record: ChainedRecord) -> bytes:
    stored = {
        "sequence": record.sequence,
        "record": base64.b64encode(record.encoded).decode(),
        "chain": record.chain.hex(),
    }
    return json.dumps(stored).encode() + b"\n"
