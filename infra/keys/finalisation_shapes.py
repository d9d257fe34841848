"""What a finalisation is given and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.values import Instant
from infra.keys.backup_witness import BackupWitness
from infra.keys.escrow import Escrow
from infra.keys.finalised import FinalisedRecord
from infra.keys.provider import KekProvider

LEASE_SECONDS = 30.0
"""How long after F3 another process may still use a key it had in memory (``CacheLimits``)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a house promises: ``grace_seconds`` between the carrying and the destruction.

    A backup of the keys older than the grace is dead for everybody.
    """

    lease_seconds: float = LEASE_SECONDS
    grace_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Doors:
    """What a finalisation needs beside the keyring. ``wait`` pauses for some seconds."""

    provider: KekProvider
    backups: BackupWitness
    wait: Callable[[float], object]
    escrows: tuple[Escrow, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far F3 is: cohorts carried of all, and what hung off them."""

    done: int
    total: int
    dirty: int = 0
    keys: int = 0
    lookups: int = 0


@dataclass(frozen=True, slots=True)
class Finalised:
    """What a call did. ``records`` is empty while the grace runs: ``due_at`` is when to call again.

    ``progress`` counts what this call carried; a resumed run carried the rest before.
    """

    run: int
    from_version: int
    to_version: int
    resumed: bool
    progress: Progress
    records: tuple[FinalisedRecord, ...]
    due_at: Instant | None = None
