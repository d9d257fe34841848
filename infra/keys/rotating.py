"""Rotation: keys made anew while people come, go and are looked up; the log is not touched.

Rules. One process at a time, and none beside a finalisation (a session's advisory lock). Each kind
of key is carried a page a transaction and taken up where it was left when it is called again:

- the root (:mod:`infra.keys.rotating_roots`);
- cohort keys and data keys (:mod:`infra.keys.rotating_cohorts`);
- peppers (:mod:`infra.keys.rotating_peppers`).

A rotation destroys no copy of anything: what was read out of an old backup opens with the keys of
then until a finalisation destroys the root above them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from domain.values import ControllerId
from infra.keys import rotation_run as runs
from infra.keys.carrying import alone, forget_everywhere
from infra.keys.database import Connection
from infra.keys.finalisation_shapes import Progress
from infra.keys.rewrapping import ScopeKeys, open_scope
from infra.keys.rotating_cohorts import Moved, Owned, renew_cohorts, retire_keys
from infra.keys.rotating_peppers import move_lookups, move_the_rest, next_peppers
from infra.keys.rotating_roots import RootDoors, RootMoved, rotate_root
from infra.keys.rotation_run import Rotating, Walk
from infra.keys.stragglers import scopes
from infra.keys.tree import COHORT_COLUMNS, CohortRow
from infra.keys.vault import Vault

PAGES = {Rotating.COHORTS: 4, Rotating.KEYS: 8, Rotating.PEPPERS: 4}
"""Cohorts carried in one transaction: about a tenth of a second in which their people wait."""

_PAGE = (
    f"SELECT controller, {COHORT_COLUMNS} FROM cohort WHERE cohort > %b AND cohort <= %b"  # noqa: S608 - a constant
    " ORDER BY cohort LIMIT %b FOR UPDATE"
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a call did; ``progress`` counts a walk as a whole, and of a root what this call carried.

    ``root`` says where the keys hang when the root was rotated.
    """

    what: Rotating
    resumed: bool
    progress: Progress
    root: RootMoved | None = None


def rotate(
    vault: Vault,
    what: Rotating,
    doors: RootDoors,
    report: Callable[[Progress], None] = lambda _progress: None,
    reached: Callable[[], None] = lambda: None,
) -> Rotated:
    """Make one kind of key anew; take up a rotation that was cut short.

    ``reached`` is told whenever something is durable.

    Raises:
        FinalisationUnderWay: another process carries keys; for the root, a finalisation is not
            ended.
        KeyUnavailable: the key database, the provider or an escrow copy is away; call again,
            nothing is lost.
        SealBroken: a wrapped key or a look-up was changed or moved.
    """
    work = _Work(vault, what, doors, report, reached)
    with alone(vault):
        return work.root() if what is Rotating.ROOT else work.walk()


@dataclass(slots=True)
class _Work:
    """One call's work."""

    vault: Vault
    what: Rotating
    doors: RootDoors
    report: Callable[[Progress], None]
    reached: Callable[[], None]
    progress: Progress = field(default_factory=lambda: Progress(0, 0))
    scopes: dict[UUID, ScopeKeys] = field(default_factory=dict)

    def root(self) -> Rotated:
        """Rotate the root."""
        moved = rotate_root(self.vault, self.doors, self._tell, self.reached)
        return Rotated(self.what, moved.resumed, self.progress, moved)

    def walk(self) -> Rotated:
        """Walk the cohorts."""
        walk, resumed = self._begun()
        # A pepper that was just made is to be known here before any look-up moves.
        forget_everywhere(self.vault)
        self._open_scopes()
        while self._page():
            self.reached()
        self._end(walk)
        self.reached()
        forget_everywhere(self.vault)
        return Rotated(self.what, resumed, self.progress)

    def _begun(self) -> tuple[Walk, bool]:
        with self.vault.database.transaction() as connection:
            found = runs.under_way(connection, self.what)
            if found is not None:
                return found, True
            if self.what is Rotating.PEPPERS:
                next_peppers(self.vault, connection)
            walk = runs.begin(connection, self.what, self.vault.clock.now())
        self.reached()
        return walk, False

    def _open_scopes(self) -> None:
        if self.what is Rotating.COHORTS:
            with self.vault.database.reading() as connection:
                for scope in scopes(connection):
                    self.scopes[scope] = open_scope(self.doors.provider, connection, scope)

    def _page(self) -> bool:
        """Carry the next page; say whether there was one."""
        with self.vault.database.transaction() as connection:
            walk = self._present(connection)
            asked = (walk.reached, walk.bound, PAGES[self.what])
            rows = connection.execute(_PAGE.encode(), asked, binary=True).fetchall()
            page = [Owned(ControllerId(row[0]), CohortRow(*row[1:])) for row in rows]
            if page:
                moved = self._carry(connection, walk, page)
                runs.advance(connection, walk, page[-1].row.cohort, *moved)
            self._tell(runs.progress_of(connection, self._present(connection)))
        return bool(page)

    def _present(self, connection: Connection) -> Walk:
        found = runs.under_way(connection, self.what)
        assert found is not None, "only the holder of the lock ends a walk"
        return found

    def _carry(self, connection: Connection, walk: Walk, page: list[Owned]) -> Moved:
        if self.what is Rotating.COHORTS:
            return renew_cohorts(connection, self.scopes, page)
        if self.what is Rotating.KEYS:
            return retire_keys(connection, page, walk.started_at)
        return move_lookups(self.vault, connection, page)

    def _end(self, walk: Walk) -> None:
        rest: Moved | None = Moved(0, 0)
        while rest is not None:
            with self.vault.database.transaction() as connection:
                rest = self._rest(connection)
                if rest is None:
                    runs.end(connection, walk, self.vault.clock.now())
                else:
                    runs.advance(connection, walk, walk.bound, *rest)

    def _rest(self, connection: Connection) -> Moved | None:
        """Move what was left behind; with nothing left, ``None``."""
        if self.what is Rotating.PEPPERS:
            return move_the_rest(self.vault, connection)
        return None

    def _tell(self, progress: Progress) -> None:
        self.progress = progress
        self.report(progress)
