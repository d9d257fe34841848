"""What a finalisation and a rotation of the root share: F1 to F4, and that one of them runs.

Rules. A version that a killed run made at the provider is taken over by the next. Every escrow copy
gets it before anything hangs off it. Carrying goes on until nothing is left behind: a cohort that
an erasure dirties meanwhile changes from page to page. The lock is a session's, so it is freed when
the process dies.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from domain.answers import KeyringError
from infra.keys.database import Connection
from infra.keys.escrow import Escrow
from infra.keys.finalisation_shapes import Progress
from infra.keys.listening import CHANNEL, EVERYTHING
from infra.keys.provider import KekProvider
from infra.keys.rebucketing import carry_buckets
from infra.keys.rekeying import Carried, carry_cohorts
from infra.keys.rewrapping import open_scope
from infra.keys.roots import seize_roots
from infra.keys.stragglers import remaining, require_none, scopes
from infra.keys.vault import Vault

_LOCK = 0x676C656D5F66696E
"""The advisory lock of whoever carries keys: ``glem_fin`` in ASCII."""


class FinalisationUnderWay(KeyringError):  # noqa: N818 - a state
    """Another process is finalising or rotating this key database now, or a run is not ended."""


@contextmanager
def alone(vault: Vault) -> Iterator[None]:
    """Hold the lock of whoever carries keys.

    Raises:
        FinalisationUnderWay: another process holds it.
    """
    with vault.database.reading() as connection:
        taken = connection.execute("SELECT pg_try_advisory_lock(%b)", (_LOCK,)).fetchone()
        if taken != (True,):
            message = "another process is finalising or rotating keys"
            raise FinalisationUnderWay(message)
        try:
            yield
        finally:
            connection.execute("SELECT pg_advisory_unlock(%b)", (_LOCK,))


def next_version(
    provider: KekProvider, escrows: Sequence[Escrow], present: int, created: Callable[[], None]
) -> int:
    """F1. Return the version after ``present``; ``created`` is told before copies are kept.

    Raises:
        KeyUnavailable: the provider or a copy is away.
    """
    made = [version for version in provider.versions() if version > present]
    version = max(made) if made else provider.create_version(present)
    created()
    for escrow in escrows:
        escrow.keep(version)
    return version


def carry_all(
    vault: Vault,
    provider: KekProvider,
    version: int,
    report: Callable[[Progress], None],
    page_carried: Callable[[], None],
) -> None:
    """F3. Carry every cohort and bucket to ``version``.

    Raises:
        KeyUnavailable: the key database or the provider is away.
        SealBroken: a wrapped key was changed or moved.
    """
    progress = Progress(0, _left(vault, version))
    report(progress)
    while True:
        for carried in _carry(vault, provider, version):
            progress = _counted(progress, carried)
            report(progress)
            page_carried()
        if not _left(vault, version):
            return


def require_carried(connection: Connection, version: int) -> None:
    """F4. Drop the older controller keys once nothing hangs off them.

    Raises:
        StillReferred: something does.
    """
    seize_roots(connection)
    require_none(connection, version)


def forget_everywhere(vault: Vault) -> None:
    """Have every process drop what it unwrapped: old keys are not to stay in memory."""
    vault.tree.clear()
    vault.cache.clear()
    with vault.database.reading() as connection:
        connection.execute("SELECT pg_notify(%b, %b)", (CHANNEL, EVERYTHING))


def _left(vault: Vault, version: int) -> int:
    with vault.database.reading() as connection:
        return remaining(connection, version)


def _carry(vault: Vault, provider: KekProvider, version: int) -> Iterator[Carried]:
    with vault.database.reading() as connection:
        held = [open_scope(provider, connection, scope) for scope in scopes(connection)]
    for scope in held:
        yield from carry_cohorts(vault, scope, version)
        yield from carry_buckets(vault, scope, version)


def _counted(so_far: Progress, carried: Carried) -> Progress:
    done = so_far.done + carried.cohorts
    return Progress(
        done,
        max(done, so_far.total),
        so_far.dirty + carried.dirty,
        so_far.keys + carried.keys,
        so_far.lookups + carried.lookups,
    )
