"""Finalisation: what was destroyed becomes unreadable in every copy ever made, F1 to F7.

Rules. One run at a time (a session's advisory lock), every step idempotent and noted when durable,
so that a run that was killed is taken up by the next call. In order:

- F1 the provider makes the next root version, and every escrow copy gets it;
- F2 new keys are wrapped under it (:mod:`infra.keys.rewrapping`);
- F3 every cohort and bucket is carried to it, dirty ones with new keys (:mod:`infra.keys.rekeying`,
  :mod:`infra.keys.rebucketing`);
- F4 nothing refers to an older version, in any table that names one;
- F5 a fresh backup, restored, opens with the new version alone; replicas and leases have passed;
- F6 the grace has passed;
- F7 the old versions are destroyed, in escrow copies first; the old canary must not unwrap and the
  new one must, for a provider that is away refuses both; T2 is recorded for each controller.

Ingest and erasure go on meanwhile. What is erased while it runs may wait for the next run: a
record says up to which sequence of the erasure journal it covers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from domain.answers import KeyUnavailable
from domain.values import Instant
from infra.keys import finalisation_run as runs
from infra.keys.carrying import (
    FinalisationUnderWay,
    alone,
    carry_all,
    forget_everywhere,
    next_version,
    require_carried,
)
from infra.keys.destroying import CANARY_AAD, destroy_roots
from infra.keys.finalisation_run import Run, Step
from infra.keys.finalisation_shapes import Doors, Finalised, Progress, Terms
from infra.keys.finalised import FinalisedRecord
from infra.keys.rewrapping import next_controller_keys
from infra.keys.roots import newest_of_all
from infra.keys.vault import Vault
from infra.keys.wrapping import KEY_BYTES
from infra.random_ids import random_bytes

__all__ = ["FinalisationUnderWay", "finalise"]

_SECOND = 1_000_000
_WAIT_MAX_SECONDS = 120.0
"""The longest a call waits for leases and grace; a longer grace is left to a later call."""


def finalise(
    vault: Vault,
    doors: Doors,
    terms: Terms = Terms(),  # noqa: B008 - frozen
    report: Callable[[Progress], None] = lambda _progress: None,
    reached: Callable[[Step], None] = lambda _step: None,
) -> Finalised:
    """Carry every key to a new root version and destroy the old one; take up a run left behind.

    ``reached`` is told each step as it is durable.

    Raises:
        FinalisationUnderWay: another process is at it.
        KeyUnavailable: the key database, the provider, an escrow copy or a backup is away; call
            again, nothing is lost.
        SealBroken: a wrapped key was changed or moved, or a destroyed root still unwraps.
        KeyringError: something still refers to the old version.
    """
    work = _Work(vault, doors, terms, report, reached)
    with alone(vault):
        return work.run()


@dataclass(slots=True)
class _Work:
    """One call's work."""

    vault: Vault
    doors: Doors
    terms: Terms
    report: Callable[[Progress], None]
    reached: Callable[[Step], None]
    progress: Progress = field(default_factory=lambda: Progress(0, 0))

    def run(self) -> Finalised:
        """Go through the steps that are not done."""
        run, resumed = self._begun()
        for step, do in (
            (Step.VERSION_MADE, self._make_version),
            (Step.NEW_WRAPS, self._move_new_wraps),
            (Step.REKEYED, self._rekey),
            (Step.CHECKED, self._check),
            (Step.BACKED_UP, self._restore_backup),
        ):
            if not run.has(step):
                do(run)
                self.reached(step)
                run = self._present()
        due_at = self._pass_time(run)
        if due_at is not None:
            return self._told(run, (), resumed=resumed, due_at=due_at)
        records = destroy_roots(self.vault, self._present(), self.doors, self.reached)
        forget_everywhere(self.vault)
        return self._told(run, records, resumed=resumed)

    def _begun(self) -> tuple[Run, bool]:
        with self.vault.database.transaction() as connection:
            found = runs.under_way(connection)
            if found is not None:
                return found, True
            newest = newest_of_all(connection)
            if not newest:
                message = "the key database holds no controller"
                raise KeyUnavailable(message)
            runs.begin(connection, newest, self.vault.clock.now())
        self.reached(Step.BEGUN)
        return self._present(), False

    def _present(self) -> Run:
        with self.vault.database.reading() as connection:
            found = runs.under_way(connection)
        assert found is not None, "only the holder of the lock ends a run"
        return found

    def _make_version(self, run: Run) -> None:
        """F1. A version made by a run that was killed before it noted it is taken over."""
        provider = self.doors.provider
        version = next_version(
            provider,
            self.doors.escrows,
            run.from_version,
            lambda: self.reached(Step.VERSION_CREATED),
        )
        canaries = (
            provider.wrap(run.from_version, random_bytes(KEY_BYTES), CANARY_AAD),
            provider.wrap(version, random_bytes(KEY_BYTES), CANARY_AAD),
        )
        with self.vault.database.transaction() as connection:
            runs.note_version(connection, run, version, canaries)

    def _move_new_wraps(self, run: Run) -> None:
        """F2."""
        next_controller_keys(
            self.vault, self.doors.provider, run.target, lambda: self.reached(Step.SCOPE_KEYED)
        )
        self._note(run, Step.NEW_WRAPS)
        forget_everywhere(self.vault)

    def _rekey(self, run: Run) -> None:
        """F3."""
        carry_all(
            self.vault,
            self.doors.provider,
            run.target,
            self._told_progress,
            lambda: self.reached(Step.PAGE_REKEYED),
        )
        with self.vault.database.transaction() as connection:
            runs.note_rekeyed(connection, run, self.vault.clock.now())
        forget_everywhere(self.vault)

    def _told_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.report(progress)

    def _check(self, run: Run) -> None:
        """F4."""
        with self.vault.database.transaction() as connection:
            require_carried(connection, run.target)
            runs.note(connection, run, Step.CHECKED)

    def _restore_backup(self, run: Run) -> None:
        """F5: the backup, and the replicas."""
        assert run.rekeyed_at is not None, "the keys were carried"
        backups = self.doors.backups
        backup = backups.fresh(run.rekeyed_at)
        backups.prove(backup, self.doors.provider, run.target)
        backups.replicas_passed()
        with self.vault.database.transaction() as connection:
            runs.note_backup(connection, run, backup)

    def _pass_time(self, run: Run) -> Instant | None:
        """F5 and F6: wait for leases and grace; when the grace is long, say when it has passed."""
        assert run.rekeyed_at is not None, "the keys were carried"
        for step, seconds in (
            (Step.LEASES_PASSED, self.terms.lease_seconds),
            (Step.GRACE_PASSED, self.terms.grace_seconds),
        ):
            if run.has(step):
                continue
            due_at = run.rekeyed_at + round(seconds * _SECOND)
            left = (due_at - self.vault.clock.now()) / _SECOND
            if left > _WAIT_MAX_SECONDS:
                return due_at
            if left > 0:
                self.doors.wait(left)
            self._note(run, step)
            self.reached(step)
        return None

    def _note(self, run: Run, step: Step) -> None:
        with self.vault.database.transaction() as connection:
            runs.note(connection, run, step)

    def _told(
        self,
        run: Run,
        records: tuple[FinalisedRecord, ...],
        *,
        resumed: bool,
        due_at: Instant | None = None,
    ) -> Finalised:
        return Finalised(
            run.run, run.from_version, run.target, resumed, self.progress, records, due_at
        )
