"""The journal of finalisations at the anchor: its end, and a copy of its records.

Why the records too: the backup a finalisation proves is made before its own record is written. Put
back, it must be told that it was final, in the very bytes that were certified.
"""

from collections.abc import Iterator, Sequence

from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.anchor_files import AnchorFiles
from infra.keys.anchored import LogHead, RecordsAfter, require_on
from infra.keys.record import ChainedRecord
from infra.keys.record_file import RecordFile


class FinalisedAnchor:
    """Part of a :class:`infra.keys.anchor.FileAnchor`; ``position`` of a head is the number."""

    def __init__(self, files: AnchorFiles) -> None:
        """Share the anchor's directory."""
        self._files = files

    def head(self, controller: ControllerId) -> LogHead | None:
        """Read the anchored end of the journal of finalisations; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._files.head(f"{controller}.finalised.json", "number")
        return LogHead(*stored) if stored else None

    def advance(self, controller: ControllerId, head: LogHead, after: RecordsAfter) -> None:
        """Copy the journal of finalisations up to ``head``, then anchor it; one further on stays.

        Raises:
            GateClosed: ``FORKED`` when it does not pass through what was anchored.
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            held = self.head(controller)
            if held is not None and held.position:
                if held.position >= head.position:
                    return
                require_on(JournalHead(held.position, held.chain), after)
            self._records(controller).follow(head.position, after)
            self._write(controller, head)

    def anew(
        self, controller: ControllerId, head: LogHead, pages: Iterator[Sequence[ChainedRecord]]
    ) -> None:
        """Anchor a verified journal of finalisations whatever was anchored before; audited.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._files.exclusive():
            self._records(controller).replace(pages)
            self._write(controller, head)

    def records(self, controller: ControllerId, after: int = 0) -> Iterator[ChainedRecord]:
        """Yield the copied records of the journal of finalisations behind a number, in order.

        Raises:
            GateClosed: a line is unreadable.
        """
        return self._records(controller).records(after)

    def _records(self, controller: ControllerId) -> RecordFile:
        return self._files.records(f"{controller}.finalised.jsonl")

    def _write(self, controller: ControllerId, head: LogHead) -> None:
        stored: dict[str, int | str] = {"number": head.position, "chain": head.chain.hex()}
        self._files.write(f"{controller}.finalised.json", stored)
