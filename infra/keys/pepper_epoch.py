"""Whether a process knows the pepper of now: asked of the database by whoever uses look-ups.

Rules. Peppers are renewed while others work, and a process keeps what it unwrapped. One that did
not know the newest pepper would not find a person whose look-up has moved, and would make her a
second time. So whoever *finds* reads the newest epoch in the snapshot that looks for the rows, and
whoever *writes* look-ups reads it under a lock that renewal takes too: the row of the controller
for arrivals, which renewal locks to make the epoch, and the row of the cohort for anything else,
which it locks later to move the rows.
"""

from domain.answers import KeyUnavailable
from infra.keys.database import Connection
from infra.keys.ring import ControllerRing

NEWEST = "SELECT max(epoch) FROM pepper WHERE controller = %b"


class PepperMoved(KeyUnavailable):
    """The peppers were renewed since this process unwrapped them; unwrap them again."""


def require_newest(ring: ControllerRing, newest: int | None) -> None:
    """Refuse a ring whose newest pepper is not the database's.

    Raises:
        PepperMoved: it is another one.
    """
    if newest != ring.epoch:
        message = f"the peppers of controller {ring.controller} were renewed"
        raise PepperMoved(message)


def require_present(connection: Connection, ring: ControllerRing) -> None:
    """Refuse a ring that does not know the newest pepper; the caller holds the lock.

    Raises:
        PepperMoved: it does not.
    """
    rows = connection.execute(NEWEST, (ring.controller,), binary=True).fetchall()
    require_newest(ring, rows[0][0])
