"""The daily finalisation of ``run``, where the root's provider can promise that a version is gone.

A finalisation makes every older backup of the key database dead, for everybody, so it happens by
itself only where it was asked for (``GLEMMEBOK_FINALISE_AT``) or where a token holds the root: a
file that is rewritten is a promise of best effort. With nothing to make final nothing is done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from infra.finalisation import finalise_house
from infra.house import House
from infra.keys.carrying import FinalisationUnderWay
from infra.keys.finality import KeyStatus, key_status
from infra.running import Job
from infra.timetable import DAY, HOUR, Daily
from infra.views.runner import Stop

FINALISE_JOBS = ("finalise",)
"""Their names."""


LATE_DAYS = {True: 3, False: 90}
"""Days after which an erasure should be final in backups, where that is done each day, and where
somebody does it: an erasure that is not final in three months was forgotten."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many erasures are not final in backups, and whether one of them is late."""

    erasures: int
    late: bool


class _Stopped(Exception):  # noqa: N818 - a signal inside this module
    """The service was told to stop while leases were waited for; the run is taken up."""


def finalise_jobs(house: House) -> tuple[Job, ...]:
    """Make the job; none where it is not to be done by itself."""
    hour = house.settings.finalise_at
    if hour is None:
        return ()
    return (Job("finalise", Daily(hour), lambda stop: finalise_due(house, stop)),)


def finalise_due(house: House, stop: Stop) -> int:
    """Finalise if anything was destroyed since the last time; return how many erasures are final.

    Raises:
        GateClosed: the databases are to be reconciled first.
        KeyUnavailable: a part is away; the run is taken up.
        SealBroken: a wrapped key was changed, or a destroyed root still unwraps.
    """
    before = key_status(house.keyring.vault)
    if not is_due(before):
        return 0
    try:
        finalise_house(house, wait=_waiting(stop))
    except (FinalisationUnderWay, _Stopped):
        return 0
    return _open(before) - _open(key_status(house.keyring.vault))


def finality_of(house: House) -> Waiting:
    """Count the erasures that are not final in backups.

    Raises:
        KeyUnavailable: the key database is away.
    """
    status, settings = key_status(house.keyring.vault), house.settings
    days = LATE_DAYS[settings.finalise_at is not None] * DAY
    since = house.clock.now() - days - settings.grace_hours * HOUR
    oldest = [each.oldest_at for each in status.controllers if each.oldest_at is not None]
    return Waiting(_open(status), late=any(at < since for at in oldest))


def is_due(status: KeyStatus) -> bool:
    """Say whether a finalisation was begun, or has something to do."""
    dirty = status.dirty_cohorts or status.dirty_buckets
    return bool(status.run is not None or dirty or _open(status))


def _open(status: KeyStatus) -> int:
    return sum(each.open for each in status.controllers)


def _waiting(stop: Stop) -> Callable[[float], object]:
    """Wait in full, or give the run up: what comes after the leases must not come before."""

    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise _Stopped

    return wait
