"""What is left after an erasure, counted and dated where the house knows it.

Rules. Everything that can be left is named, also where it is certainly harmless; what is certainly
not there (its key was destroyed, it never was) is not. Nothing is opened.
"""

from collections.abc import Iterator

from consumers.ingest import PARKED_PERIOD
from domain.erasure import ErasureOrdered
from domain.values import ControllerId, Instant, SubjectId, iso_of
from infra.certificates.contents import Remains, Residual
from infra.house import House
from infra.keys.cache import LEASE_LIMIT_SECONDS
from infra.keys.record import JournalRecord
from infra.keys.shapes import LATE_FACT_PERIOD, NOTICE_PERIOD
from infra.keys.surviving import live_keys

_SECOND: Instant = 1_000_000


def everywhere_since(record: JournalRecord) -> Instant:
    """Say when the last process that had fetched a key must have forgotten it."""
    return record.destroyed_at + round(LEASE_LIMIT_SECONDS) * _SECOND


def residuals(
    house: House, record: JournalRecord, order: ErasureOrdered | None, *, final: bool
) -> tuple[Residual, ...]:
    """Name what is left of an erasure; ``order`` is None where the log has lost its fence.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    return (
        Residual(Remains.LOG_TOKENS),
        Residual(Remains.CLEAR_FACTS),
        Residual(Remains.JOURNAL_RECORD),
        *_of_a_person(record),
        *_outliving(house, record, order),
        *_parked(house, record),
        Residual(Remains.OTHERS_TEXT),
        Residual(Remains.LEASES, until=iso_of(everywhere_since(record))),
        *([] if final else [Residual(Remains.KEY_BACKUPS)]),
        Residual(Remains.UNLISTED_COPIES),
        Residual(Remains.BACKUP_LOOKUPS),
    )


def _of_a_person(record: JournalRecord) -> Iterator[Residual]:
    if record.whole_person:
        if record.guarded:
            until = iso_of(record.destroyed_at + LATE_FACT_PERIOD)
            yield Residual(Remains.LATE_FACT_GUARD, until=until)
        yield Residual(Remains.SUPPRESSION_POINTERS)


def _outliving(
    house: House, record: JournalRecord, order: ErasureOrdered | None
) -> Iterator[Residual]:
    """Count the keys of notices and of the letter's address that live yet."""
    if order is None:
        return
    sealed = {part.category for part in order.sealed}
    subject = SubjectId(record.subject)
    live = live_keys(house.keyring.vault, ControllerId(record.controller), [subject])[subject]
    alive = sealed & {key.category for key in live}
    until = iso_of(record.destroyed_at + NOTICE_PERIOD)
    letters = {category for category in alive if category.startswith("request/")}
    for what, count in (
        (Remains.NOTICE_KEYS, len(alive - letters)),
        (Remains.LETTER_ADDRESS, len(letters)),
    ):
        if count:
            yield Residual(what, count, until)


def _parked(house: House, record: JournalRecord) -> Iterator[Residual]:
    found = house.parking.unattributed(ControllerId(record.controller), record.destroyed_at)
    if found.latest is not None:
        until = iso_of(found.latest + PARKED_PERIOD)
        yield Residual(Remains.UNATTRIBUTED_ITEMS, found.waiting, until)
