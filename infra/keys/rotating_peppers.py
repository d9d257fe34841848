"""Peppers made anew: every look-up's token is made again from its wrapped inner value.

Rules. First every controller gets its next pepper, with its row locked, so that no arrival is under
way that does not know it (:mod:`infra.keys.pepper_epoch`). Then the look-ups of each cohort move,
with the cohort locked: the inner value is unwrapped, its token made under the new pepper, and the
row stands under that instead. Both peppers are asked for meanwhile. When nothing stands under an
older one any more, the older ones are deleted, in the transaction that saw it. No address is
needed, and none is known. Late-fact guards and suppression pointers hang off secrets of their own:
they stay.
"""

from collections.abc import Sequence
from uuid import UUID

from domain.answers import KeyringError
from domain.values import ControllerId, SubjectId
from infra.keys.database import Connection
from infra.keys.lookups import SUBJECT_BYTES, Entry, add_entries, lookup_aad
from infra.keys.pepper_epoch import NEWEST, require_present
from infra.keys.ring import ControllerRing
from infra.keys.roots import hold_roots, newest_of
from infra.keys.rotating_cohorts import Moved, Owned, by_controller
from infra.keys.tree import COHORT_COLUMNS, CohortRow, pepper_aad
from infra.keys.vault import Vault
from infra.keys.wrapping import KEY_BYTES
from infra.random_ids import random_bytes

STRAGGLERS_PAGE = 16
"""Cohorts with look-ups left behind that are moved in one transaction."""

_CONTROLLERS = "SELECT controller FROM controller ORDER BY controller"
_LOCK_CONTROLLERS = _CONTROLLERS + " FOR NO KEY UPDATE"
_ADD = "INSERT INTO pepper VALUES (%b, %b, %b, %b)"
_ROWS = (
    "SELECT token, mark, kind, wrapped, cohort FROM lookup WHERE cohort = ANY(%b) AND epoch < %b"
)
_ERASED = "SELECT subject FROM subject WHERE cohort = ANY(%b) AND erased"
_DELETE = (
    "DELETE FROM lookup l USING unnest(%b::bytea[], %b::bytea[]) AS w(token, mark)"
    " WHERE l.token = w.token AND l.mark = w.mark"
)
_PRESENT = "SELECT controller, max(epoch) FROM pepper GROUP BY controller"
_OLDER = f"WHERE (controller, epoch) NOT IN ({_PRESENT})"
_BEHIND = f"SELECT DISTINCT cohort FROM lookup {_OLDER} LIMIT %b"  # noqa: S608 - constants
_COHORTS = (
    f"SELECT controller, {COHORT_COLUMNS} FROM cohort WHERE cohort = ANY(%b)"  # noqa: S608 - constants
    " ORDER BY cohort FOR UPDATE"
)
_DROP = f"DELETE FROM pepper {_OLDER}"  # noqa: S608 - constants


def next_peppers(vault: Vault, connection: Connection) -> None:
    """Give every controller its next pepper; nobody arrives until the transaction ends.

    Raises:
        KeyUnavailable: the provider is away.
    """
    for (scope,) in connection.execute(_CONTROLLERS, binary=True).fetchall():
        vault.tree.ring(ControllerId(scope))  # the provider is asked before anything is locked
    locked = connection.execute(_LOCK_CONTROLLERS, binary=True).fetchall()
    hold_roots(connection)
    for (scope,) in locked:
        controller = ControllerId(scope)
        version = newest_of(connection, controller)
        assert version is not None, "a controller is founded with its key"
        epoch = connection.execute(NEWEST, (controller,), binary=True).fetchall()[0][0] + 1
        key = vault.tree.ring_with(controller, version).keys[version]
        wrapped = key.wrap(random_bytes(KEY_BYTES), pepper_aad(controller, epoch))
        connection.execute(_ADD, (controller, epoch, version, wrapped))


def move_lookups(vault: Vault, connection: Connection, page: Sequence[Owned]) -> Moved:
    """Move the look-ups of locked cohorts to the newest pepper.

    Raises:
        KeyUnavailable: the provider is away.
        SealBroken: a look-up was changed or moved.
    """
    moved = 0
    for controller, rows in by_controller(page).items():
        moved += _move(vault, connection, vault.tree.ring(controller), rows)
    return Moved(0, moved)


def move_the_rest(vault: Vault, connection: Connection) -> Moved | None:
    """Move some look-ups that were left behind; without any, delete the older peppers: ``None``.

    Raises:
        KeyUnavailable: the provider is away.
        KeyringError: look-ups hang off no cohort.
    """
    behind = connection.execute(_BEHIND, (STRAGGLERS_PAGE,), binary=True).fetchall()
    if not behind:
        connection.execute(_DROP)
        return None
    rows = connection.execute(_COHORTS, ([cohort for (cohort,) in behind],), binary=True)
    page = [Owned(ControllerId(row[0]), CohortRow(*row[1:])) for row in rows.fetchall()]
    if not page:
        message = "look-ups under an older pepper hang off no cohort"
        raise KeyringError(message)
    return move_lookups(vault, connection, page)


def _move(
    vault: Vault, connection: Connection, ring: ControllerRing, cohorts: Sequence[CohortRow]
) -> int:
    """Write each row under its new token; one whose address came again meanwhile is there."""
    require_present(connection, ring)
    keys = {row.cohort: vault.tree.cohort_key(ring.controller, row) for row in cohorts}
    places = list(keys)
    erased = {subject for (subject,) in connection.execute(_ERASED, (places,), binary=True)}
    entries, tokens, marks = [], [], []
    for token, mark, kind, wrapped, cohort in connection.execute(
        _ROWS, (places, ring.epoch), binary=True
    ).fetchall():
        opened = keys[cohort].key.unwrap(wrapped, lookup_aad(ring.controller, kind, token))
        subject = UUID(bytes=opened[:SUBJECT_BYTES])
        tokens.append(token)
        marks.append(mark)
        if subject not in erased:
            entries.append(Entry(SubjectId(subject), kind, opened[SUBJECT_BYTES:], keys[cohort]))
    connection.execute(_DELETE, (tokens, marks))
    add_entries(connection, ring, entries)
    return len(entries)
