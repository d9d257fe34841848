"""What the restore gate reads of the log and of the keyring."""

from collections.abc import Sequence
from typing import Protocol

from domain.keyring import JournalHead
from domain.values import ControllerId, ErasureId
from infra.keys.record import ChainedRecord


class LogWitness(Protocol):
    """What the gate reads from the log."""

    def erasure_head(self, controller: ControllerId) -> JournalHead | None:
        """Return E: the last journal head recorded for a controller, or None."""
        ...

    def last_position(self) -> int:
        """Return the log's highest position, 0 when empty."""
        ...

    def chain_at(self, position: int) -> bytes | None:
        """Return the log's chain hash at a position, or None where it has none."""
        ...

    def audit_at(self, controller: ControllerId, sequence: int) -> bytes | None:
        """Return the access audit's chain hash at a sequence, or None where it has none."""
        ...

    def unknown(
        self, controller: ControllerId, erasures: Sequence[ErasureId]
    ) -> Sequence[ErasureId]:
        """Return those of the erasures that have no fence in the log."""
        ...


class JournalReader(Protocol):
    """What the gate reads from the keyring."""

    def journal_head(self, controller: ControllerId) -> JournalHead:
        """Return the journal's head."""
        ...

    def journal_records(
        self, controller: ControllerId, after: int, limit: int
    ) -> list[ChainedRecord]:
        """Return at most ``limit`` records that follow ``after``, in order."""
        ...

    def verify_journal(self, controller: ControllerId, start: JournalHead) -> JournalHead:
        """Verify the chain after ``start`` and return its head."""
        ...

    def finalised_records(
        self, controller: ControllerId, after: int, limit: int
    ) -> list[ChainedRecord]:
        """Return at most ``limit`` records of finalisations that follow ``after``, in order."""
        ...
