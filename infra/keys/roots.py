"""Which root version is newest: held still while a key is wrapped under a controller key.

Rules. Whoever makes a key that hangs off a controller key (a cohort, a bucket, a secret, another
controller key) calls :func:`hold_roots` first, in the same transaction; finalisation calls
:func:`seize_roots` when it gives a scope its next controller key. So nothing new is ever wrapped
under a version that is on its way out: what was missed there would die with its root.
"""

from uuid import UUID

from infra.keys.database import Connection

_LOCK = 0x676C656D5F726F6F
"""The advisory lock of the roots: ``glem_roo`` in ASCII."""

_HOLD = "SELECT pg_advisory_xact_lock_shared(%b)"
_SEIZE = "SELECT pg_advisory_xact_lock(%b)"
_NEWEST = "SELECT max(root_version) FROM controller_key WHERE controller = %b"
_NEWEST_OF_ALL = "SELECT max(root_version) FROM controller_key"


def hold_roots(connection: Connection) -> None:
    """Let no scope get its next controller key until this transaction ends."""
    connection.execute(_HOLD, (_LOCK,))


def seize_roots(connection: Connection) -> None:
    """Wait for whoever holds the roots, and keep others waiting until the transaction ends."""
    connection.execute(_SEIZE, (_LOCK,))


def newest_of(connection: Connection, scope: UUID) -> int | None:
    """Return the version a scope's new keys are wrapped under; the roots are held or seized."""
    rows = connection.execute(_NEWEST, (scope,), binary=True).fetchall()
    newest: int | None = rows[0][0]
    return newest


def newest_of_all(connection: Connection) -> int:
    """Return the newest version any controller key is wrapped under, 0 when there is none."""
    rows = connection.execute(_NEWEST_OF_ALL, binary=True).fetchall()
    return rows[0][0] or 0
