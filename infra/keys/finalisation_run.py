"""The run of a finalisation, as stored: one at a time, taken up where it was left.

Rules. A run's row is written before anything else is done, and its ``step`` after each step is
durable: a step is done again whole, or not at all. The canaries are random bytes wrapped under the
old root and the new one: at the end the one must not unwrap and the other must.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.values import Instant
from infra.keys.database import Connection

_OPEN = (
    "SELECT run, from_version, to_version, step, started_at, rekeyed_at, canary_before,"
    " canary_after, backup FROM finalisation WHERE ended_at IS NULL"
)
_BEGIN = (
    "INSERT INTO finalisation (from_version, step, started_at) VALUES (%b, %b, %b)"
    " ON CONFLICT DO NOTHING"
)
_SET = "UPDATE finalisation SET step = %b, {column} = %b WHERE run = %b"
_STEP = "UPDATE finalisation SET step = %b WHERE run = %b"
_CANARIES = (
    "UPDATE finalisation SET step = %b, to_version = %b, canary_before = %b, canary_after = %b"
    " WHERE run = %b"
)


class Step(StrEnum):
    """What was done, in order. Those marked with a dot are told and not stored."""

    BEGUN = "begun"
    VERSION_CREATED = "version-created"  # . the provider has it, the run does not know yet
    VERSION_MADE = "version-made"
    SCOPE_KEYED = "scope-keyed"  # . one controller's new wraps use the new version
    NEW_WRAPS = "new-wraps"
    PAGE_REKEYED = "page-rekeyed"  # . some cohorts, or a bucket
    REKEYED = "rekeyed"
    CHECKED = "checked"
    BACKED_UP = "backed-up"
    LEASES_PASSED = "leases-passed"
    GRACE_PASSED = "grace-passed"
    COPIES_DESTROYED = "copies-destroyed"
    DESTROYED = "destroyed"
    RECORDED = "recorded"


_ORDER = {step: place for place, step in enumerate(Step)}


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way; times are instants. ``rekeyed_at`` is when the last wrap was carried."""

    run: int
    from_version: int
    to_version: int | None
    step: Step
    started_at: Instant
    rekeyed_at: Instant | None
    canary_before: bytes | None
    canary_after: bytes | None
    backup: str | None

    def has(self, step: Step) -> bool:
        """Say whether a step is done and durable."""
        return _ORDER[self.step] >= _ORDER[step]

    @property
    def target(self) -> int:
        """The new version; the run has reached ``VERSION_MADE``."""
        assert self.to_version is not None, "the version is made before anything is wrapped"
        return self.to_version


def under_way(connection: Connection) -> Run | None:
    """Read the run that has not ended, if there is one."""
    rows = connection.execute(_OPEN, binary=True).fetchall()
    if not rows:
        return None
    run, before, after, step, *rest = rows[0]
    return Run(run, before, after, Step(step), *rest)


def begin(connection: Connection, from_version: int, now: Instant) -> None:
    """Write a new run, unless there is one."""
    connection.execute(_BEGIN, (from_version, Step.BEGUN.value, now))


def note_version(
    connection: Connection, run: Run, version: int, canaries: tuple[bytes, bytes]
) -> None:
    """Note the new version and the canaries under the old and the new one."""
    connection.execute(_CANARIES, (Step.VERSION_MADE.value, version, *canaries, run.run))


def note(connection: Connection, run: Run, step: Step) -> None:
    """Note a step as done."""
    connection.execute(_STEP, (step.value, run.run))


def note_rekeyed(connection: Connection, run: Run, now: Instant) -> None:
    """Note when everything was carried: leases and grace are counted from here."""
    statement = _SET.format(column="rekeyed_at")
    connection.execute(statement.encode(), (Step.REKEYED.value, now, run.run))


def note_backup(connection: Connection, run: Run, backup: str) -> None:
    """Note the backup that was restored and opened."""
    statement = _SET.format(column="backup")
    connection.execute(statement.encode(), (Step.BACKED_UP.value, backup, run.run))


def note_end(connection: Connection, run: Run, now: Instant) -> None:
    """Note the run as ended."""
    statement = _SET.format(column="ended_at")
    connection.execute(statement.encode(), (Step.RECORDED.value, now, run.run))
