"""F7: the old root versions are destroyed, and T2 is recorded.

Rules. Escrow copies go first: when one is away, nothing was destroyed at the provider and nothing
is claimed. Then every older version the provider holds. Then the canaries: the old one must be
refused and the new one must open, in that order, and the provider must list what it holds, so that
one that went away is not taken for a destruction. ``final_at`` is the latest of the times promised:
a scheduled deletion is not final before it happens.
"""

from collections.abc import Callable
from typing import Protocol

from domain.answers import KeyUnavailable, SealBroken
from domain.values import ControllerId, Instant
from infra.keys import finalisation_run as runs
from infra.keys.database import Connection
from infra.keys.escrow import Escrow
from infra.keys.finalisation_run import Run, Step
from infra.keys.finalised import Ended, FinalisedRecord, append, next_number
from infra.keys.provider import Destroyed, KekProvider
from infra.keys.vault import Vault

CANARY_AAD = b"canary"
"""The place of a canary: nobody's."""

_PROVIDER = "provider"
_COVERS = (
    "SELECT h.controller, least(h.sequence, (SELECT min(c.rekeyed_at_seq) FROM cohort c"
    " WHERE c.controller = h.controller)) FROM journal_head h ORDER BY h.controller"
)


class RootDoors(Protocol):
    """What the destruction needs of :class:`infra.keys.finalising.Doors`."""

    @property
    def provider(self) -> KekProvider:
        """Who holds the root versions."""
        ...

    @property
    def escrows(self) -> tuple[Escrow, ...]:
        """Every listed copy."""
        ...


def destroy_roots(
    vault: Vault, run: Run, doors: RootDoors, reached: Callable[[Step], None]
) -> tuple[FinalisedRecord, ...]:
    """Destroy every version older than the run's and record T2, one record a controller.

    Raises:
        KeyUnavailable: the provider or a copy is away: nothing is recorded.
        SealBroken: a version said to be destroyed still unwraps.
    """
    old = sorted({v for v in doors.provider.versions() if v < run.target} | {run.from_version})
    promised = [(e.name, e.destroy_version(v)) for e in doors.escrows for v in old]
    reached(Step.COPIES_DESTROYED)
    promised += [(_PROVIDER, doors.provider.destroy_version(version)) for version in old]
    _require_dead(run, doors.provider)
    reached(Step.DESTROYED)
    with vault.database.transaction() as connection:
        records = _record(vault, connection, run, promised)
        runs.note_end(connection, run, vault.clock.now())
    reached(Step.RECORDED)
    return records


def _require_dead(run: Run, provider: KekProvider) -> None:
    """Try both canaries.

    Raises:
        SealBroken: the old one opens.
        KeyUnavailable: the new one does not: the provider is away, and the old one says nothing.
    """
    assert run.canary_before is not None, "canaries are made with the version"
    assert run.canary_after is not None, "canaries are made with the version"
    try:
        provider.unwrap(run.from_version, run.canary_before, CANARY_AAD)
    except KeyUnavailable:
        provider.unwrap(run.target, run.canary_after, CANARY_AAD)
        alive = run.from_version in provider.versions()
    else:
        alive = True
    if alive:
        message = f"root version {run.from_version} still unwraps after its destruction"
        raise SealBroken(message)


def _record(
    vault: Vault, connection: Connection, run: Run, promised: list[tuple[str, Destroyed]]
) -> tuple[FinalisedRecord, ...]:
    now = vault.clock.now()
    ended = tuple(
        Ended(where, d.kind.value, now if d.at is None else d.at) for where, d in promised
    )
    rows = connection.execute(_COVERS, binary=True).fetchall()
    made = []
    for controller, covers in rows:
        number = next_number(connection, ControllerId(controller), run.run)
        if number is not None:
            made.append(_made(run, (controller, number, covers), ended, now))
            append(vault, connection, made[-1])
    return tuple(made)


def _made(
    run: Run, place: tuple[ControllerId, int, int], ended: tuple[Ended, ...], now: Instant
) -> FinalisedRecord:
    controller, number, covers = place
    assert run.rekeyed_at is not None, "the keys were carried"
    return FinalisedRecord(
        number=number,
        controller=controller,
        run=run.run,
        from_version=run.from_version,
        to_version=run.target,
        covers=covers,
        started_at=run.started_at,
        rekeyed_at=run.rekeyed_at,
        final_at=max(now, *(each.at for each in ended)),
        destroyed=ended,
        backup=run.backup,
    )
