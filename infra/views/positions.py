"""How far each build of each view was folded, and the lock that goes with it.

A *build* is a set of tables, named by its schema: LIVE is what readers read, NEXT is a rebuild
under way. Whoever changes a view's rows holds its row here until the transaction ends; where both
builds are held, LIVE is taken first.
"""

from infra.views.transaction import Cursor
from projections.view import ViewFenced

LIVE = "views"
NEXT = "views_next"


def read(cursor: Cursor, build: str, view: str) -> int:
    """Return the position a build was folded to; 0 when it was never folded."""
    cursor.execute(
        "SELECT position FROM views.position WHERE build = %s AND view = %s", [build, view]
    )
    found = cursor.fetchone()
    return 0 if found is None else int(found[0])


def begin(cursor: Cursor, build: str, view: str) -> None:
    """Enter a build at position 0, unless it is entered."""
    cursor.execute(
        "INSERT INTO views.position VALUES (%s, %s, 0) ON CONFLICT DO NOTHING", [build, view]
    )


def move(cursor: Cursor, build: str, view: str, after: int, end: int) -> None:
    """Move a build from ``after`` to ``end`` and hold it.

    Raises:
        ViewFenced: it stands elsewhere.
    """
    cursor.execute(
        "UPDATE views.position SET position = %s WHERE build = %s AND view = %s AND position = %s",
        [end, build, view, after],
    )
    if cursor.rowcount != 1:
        raise ViewFenced(view, after)


def hold(cursor: Cursor, view: str) -> list[str]:
    """Hold every build of a view and name them."""
    cursor.execute(
        "SELECT build FROM views.position WHERE view = %s ORDER BY build FOR UPDATE", [view]
    )
    return [build for (build,) in cursor.fetchall()]


def builds(cursor: Cursor, view: str) -> list[str]:
    """Name every build of a view without holding it."""
    cursor.execute("SELECT build FROM views.position WHERE view = %s ORDER BY build", [view])
    return [build for (build,) in cursor.fetchall()]


def end(cursor: Cursor, build: str, view: str) -> None:
    """Strike a build out."""
    cursor.execute("DELETE FROM views.position WHERE build = %s AND view = %s", [build, view])


def promote(cursor: Cursor, view: str) -> None:
    """Let NEXT's position be LIVE's."""
    end(cursor, LIVE, view)
    cursor.execute(
        "UPDATE views.position SET build = %s WHERE build = %s AND view = %s", [LIVE, NEXT, view]
    )
