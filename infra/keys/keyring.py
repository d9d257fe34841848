"""The keyring: the one object behind the narrow doors of ``domain.keyring``.

Rules. It forwards to the modules that do the work and holds what they share. The restore gate is
asked before the first opening of a process; while it refuses, nothing opens. Every failure of the
database or the provider is ``KeyUnavailable``.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from domain.answers import Answer
from domain.keyring import (
    Admitted,
    Barred,
    Claim,
    Contact,
    DestroyOrder,
    Destruction,
    JournalHead,
    KeyEpoch,
    LateFact,
    OpenRequest,
    SealRequest,
    SourceRef,
)
from domain.values import Category, ControllerId, FactId, Instant, Sealed, SubjectId
from infra.clock import Clock
from infra.keys import (
    admission,
    finalised,
    founding,
    journal,
    lookups,
    opening,
    sealing,
    shredding,
    surviving,
    suspending,
)
from infra.keys.anchored import LogHead
from infra.keys.cache import CacheLimits, KeyCache
from infra.keys.database import Connection, KeyDatabase
from infra.keys.listening import EvictionListener
from infra.keys.pointing import PointerDoor
from infra.keys.provider import KekProvider
from infra.keys.record import GENESIS, ChainedRecord
from infra.keys.shapes import Abandoned, KeyFootprint, outlives
from infra.keys.tree import KeyTree
from infra.keys.vault import Vault
from infra.keys.witness import Witness

_FIRST_LISTEN_SECONDS = 1.0
"""How long construction waits for the listener; without it the keyring works uncached."""


class Keyring(PointerDoor):
    """Every door of ``domain.keyring`` over the key database.

    ``pool`` is this keyring's own. ``monotonic`` times the leases, in seconds.
    """

    def __init__(
        self,
        pool: ConnectionPool[Connection],
        provider: KekProvider,
        clock: Clock,
        limits: CacheLimits = CacheLimits(),  # noqa: B008 - frozen
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        database = KeyDatabase(pool)
        self._provider = provider
        self._listener = EvictionListener(lambda: _listening_connection(pool), time.monotonic)
        cache = KeyCache(limits, monotonic, self._listener.alive)
        tree = KeyTree(database, provider)
        self._vault = Vault(database, tree, cache, Witness(), clock)
        self._gate: Callable[[], None] | None = None
        self._listener.start(cache, tree.clear)
        self._listener.wait_until_alive(_FIRST_LISTEN_SECONDS)

    def close(self) -> None:
        """End the listener. The pool is its maker's to close."""
        self._listener.stop()
        self._vault.cache.clear()
        self._vault.tree.clear()

    @property
    def vault(self) -> Vault:
        """What finalisation works on: every key of the house, and none of its own."""
        return self._vault

    def set_gate(self, gate: Callable[[], None]) -> None:
        """Ask ``gate`` before the next opening; it raises ``GateClosed`` or lets pass for good."""
        self._gate = gate

    def _pass_gate(self) -> None:
        if self._gate is not None:
            self._gate()
            self._gate = None

    # Controllers

    def add_controller(self, slug: str) -> ControllerId:
        """Return the controller of ``slug``, made with its keys if new."""
        return founding.found_controller(
            self._vault.database, self._provider, slug, self._vault.clock.now()
        )

    def controllers(self) -> dict[str, ControllerId]:
        """Return the controllers by slug."""
        return founding.list_controllers(self._vault.database)

    # Identifier

    def fact_id(self, controller: ControllerId, source: str, remote_event_id: str) -> FactId:
        """Make a fact's id."""
        return self._vault.tree.ring(controller).fact_id(source, remote_event_id)

    def keyed_id(self, controller: ControllerId, kind: str, source: str, remote_id: str) -> UUID:
        """Make the id of a source's thing."""
        return self._vault.tree.ring(controller).keyed_id(kind, source, remote_id)

    # Admitter

    def admit(
        self, controller: ControllerId, claims: Sequence[Claim]
    ) -> list[Admitted | LateFact | Barred]:
        """Look up or create the person of each claim; see :func:`admission.admit`."""
        self._pass_gate()
        return admission.admit(self._vault, controller, claims)

    def confirm(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        """Note that people's first facts are in the log."""
        surviving.confirm(self._vault, controller, subjects)

    def abandoned(self, before: Instant) -> list[Abandoned]:
        """Name subjects created before an instant and never confirmed, oldest first."""
        return surviving.abandoned(self._vault, before)

    # Sealer

    def seal(self, controller: ControllerId, requests: Sequence[SealRequest]) -> list[Sealed]:
        """Seal each value; see :func:`sealing.seal`."""
        self._pass_gate()
        return sealing.seal(self._vault, controller, requests)

    # Opener

    def open(self, controller: ControllerId, requests: Sequence[OpenRequest]) -> list[Answer]:
        """Open each token once the gate has passed; see :func:`opening.open_page`."""
        self._pass_gate()
        return opening.open_page(self._vault, controller, requests)

    def open_for_rights(
        self, controller: ControllerId, requests: Sequence[OpenRequest]
    ) -> list[Answer]:
        """Open each token, a restricted person's too; see :func:`opening.open_for_rights`."""
        self._pass_gate()
        return opening.open_for_rights(self._vault, controller, requests)

    def suspend(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        """Answer ``Withheld`` for these people until resumed (GDPR Art. 18)."""
        suspending.suspend(self._vault, controller, subjects)

    def resume(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        """Open for these people again, once the gate has passed: a log put back knows less."""
        self._pass_gate()
        suspending.resume(self._vault, controller, subjects)

    def settle(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        restricted: suspending.Restricted,
    ) -> int:
        """Suspend and resume as the log says, once the gate has passed."""
        self._pass_gate()
        return suspending.settle(self._vault, controller, subjects, restricted)

    def suspended(self, controller: ControllerId) -> list[SubjectId]:
        """Name the people whose keys are suspended."""
        return suspending.suspended(self._vault, controller)

    # Finder

    def find_contact(self, controller: ControllerId, contact: Contact) -> list[SubjectId]:
        """Return the people whose facts carried this address, ordered by id."""
        self._pass_gate()
        return lookups.find_contact(self._vault, controller, contact)

    def find_source(self, controller: ControllerId, ref: SourceRef) -> SubjectId | None:
        """Return the person a source knows by this id, or None."""
        self._pass_gate()
        return lookups.find_source(self._vault, controller, ref)

    # Shredder

    def live_epochs(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        category: Category | None,
    ) -> list[tuple[KeyEpoch, ...]]:
        """Name the live DEKs an erasure would destroy, one answer a subject, by category."""
        live = surviving.live_keys(self._vault, controller, subjects)
        return [
            tuple(
                epoch
                for epoch in live[subject]
                if not outlives(epoch.category) and category in {None, epoch.category}
            )
            for subject in subjects
        ]

    def destroy(
        self, controller: ControllerId, orders: Sequence[DestroyOrder]
    ) -> list[Destruction]:
        """Carry out a page of destructions once the gate has passed; see :func:`shredding.destroy`.

        A journal that was put back would be forked by new records: it is reconciled first.
        """
        self._pass_gate()
        return shredding.destroy(self._vault, controller, orders)

    def destroy_category_key(
        self, controller: ControllerId, subject: SubjectId, category: Category
    ) -> bool:
        """Destroy an acknowledged ``notice/`` or ``request/`` key; say whether there was one."""
        return surviving.destroy_category_key(self._vault, controller, subject, category)

    def expire_notices(self, now: Instant) -> int:
        """Destroy ``notice/`` and ``request/`` keys older than 30 days; return how many."""
        return surviving.expire_notices(self._vault, now)

    def footprint(self, controller: ControllerId, subject: SubjectId) -> KeyFootprint:
        """Count a person's live keys by category and look-ups by kind."""
        return surviving.footprint(self._vault, controller, subject)

    # The journal

    def journal_head(self, controller: ControllerId) -> JournalHead:
        """Read the end of a controller's erasure journal."""
        return journal.journal_head(self._vault, controller)

    def journal_records(
        self, controller: ControllerId, after: int, limit: int = journal.RECORDS_PAGE
    ) -> list[ChainedRecord]:
        """Read at most ``limit`` records (5,000 at most) that follow ``after``, in order."""
        return journal.journal_records(self._vault, controller, after, limit)

    def verify_journal(self, controller: ControllerId, start: JournalHead = GENESIS) -> JournalHead:
        """Verify the chain after ``start`` and return its head; raises ``JournalBroken``."""
        return journal.verify_journal(self._vault, controller, start)

    # The journal of finalisations

    def finalised_records(
        self, controller: ControllerId, after: int, limit: int = finalised.RECORDS_PAGE
    ) -> list[ChainedRecord]:
        """Read at most ``limit`` records (1,000 at most) that follow number ``after``, in order."""
        found = finalised.finalised_records(self._vault, controller, after, limit)
        return [ChainedRecord(one.number, one.encoded, one.chain) for one in found]

    def verify_finalised(self, controller: ControllerId) -> LogHead:
        """Verify its chain and return its end; raises ``FinalisedBroken``."""
        return LogHead(*finalised.finalised_end(self._vault, controller))


def _listening_connection(pool: ConnectionPool[Connection]) -> psycopg.Connection[Any]:
    """Connect like the pool does, outside it: a listener holds its connection for good."""
    conninfo = pool.conninfo() if callable(pool.conninfo) else pool.conninfo
    return psycopg.connect(conninfo, autocommit=True)
