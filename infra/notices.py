"""Notices to recipients once written: opened, brought, acknowledged, their keys destroyed.

Rules. A notice holds the recipient's own id for the person and nothing else, under a key that
outlives the person's (GDPR Art. 17(2), 19). Acknowledged is durable first, then the key is
destroyed, then that is noted: whatever is cut short in between is finished by the next
:func:`settle`. Every step may be repeated. Opening one is audited like any other opening; a late
fact's notice is nobody's any more, and is entered in the audit under its own id.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from consumers.ports import Notice
from consumers.recipients import open_request_of
from domain.answers import Answer, Shredded, Withheld
from domain.values import SubjectId
from infra.house import House
from infra.store.audit import Opening

PAGE = 500
"""Notices handled between two looks whether to stop: half a second of destroying keys."""

VIEW = "notice"
"""The name under which an opening stands in the access audit."""

LOOSE = "notice"
"""The purpose of a late-fact notice's loose key."""


class Courier(Protocol):
    """Brings notices to recipients that can be reached without a person."""

    @property
    def recipients(self) -> Collection[str]:
        """Name the recipients it reaches."""
        ...

    def deliver(self, notices: Sequence[Notice]) -> Sequence[UUID]:
        """Bring a page of notices; return the ids of those that were acknowledged.

        It may be given the same notice again. What it could not bring waits for the next turn.
        """
        ...


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What became of an acknowledgement: the notices that are so now, and who is not known.

    ``keys_destroyed`` counts keys that lived until now.
    """

    notices: tuple[UUID, ...]
    unknown: tuple[UUID, ...]
    keys_destroyed: int


def acknowledge(house: House, notice_ids: Sequence[UUID]) -> Acknowledged:
    """Note that recipients acknowledged, and destroy the notices' keys.

    Raises:
        LogUnavailable, KeyUnavailable: a database is away; calling again finishes it.
    """
    known = house.outbox.acknowledge(notice_ids, house.clock.now())
    destroyed = _destroy(house, house.outbox.named(known))
    unknown = [one for one in notice_ids if one not in set(known)]
    return Acknowledged(tuple(known), tuple(unknown), destroyed)


def settle(house: House, stopping: Callable[[], bool]) -> int:
    """Destroy the keys of notices acknowledged without it; return how many lived.

    Raises:
        LogUnavailable, KeyUnavailable: a database is away.
    """
    destroyed = 0
    while not stopping() and (page := house.outbox.unsettled(PAGE)):
        destroyed += _destroy(house, page)
    return destroyed


def deliver(house: House, courier: Courier, stopping: Callable[[], bool]) -> int:
    """Have a courier bring what waits for its recipients; return how many were acknowledged.

    In the order it was written, again at each turn, but never what a later notice to the same
    recipient about the same person overtook.

    Raises:
        LogUnavailable, KeyUnavailable: a database is away.
    """
    count, last = 0, None
    while not stopping() and (page := house.outbox.sendable(PAGE, last)):
        last = page[-1]
        his = [notice for notice in page if notice.recipient in courier.recipients]
        brought = courier.deliver(his) if his else ()
        count += len(acknowledge(house, brought).notices) if brought else 0
    return count


def waiting(house: House) -> Iterator[Notice]:
    """Yield the notices that nobody acknowledged, oldest first.

    Raises:
        LogUnavailable: the event database is away.
    """
    last = None
    while page := house.outbox.waiting(PAGE, last):
        yield from page
        last = page[-1]


def open_notice(house: House, notice: Notice, who: str, purpose: str) -> Answer:
    """Open the recipient's own id for the person, audited first.

    Raises:
        LogUnavailable, KeyUnavailable: a database is away.
        SealBroken: the token was moved, cut or forged.
        GateClosed: a database is older than its anchor.
    """
    if notice.token is None:
        return Shredded()
    subject = notice.subject or SubjectId(notice.notice_id)
    opening = Opening(who, purpose, notice.controller, VIEW, (subject,), (1,))
    house.audit.record(opening, house.clock.now())
    if notice.subject is None:
        return house.loose.open(LOOSE, [(notice.notice_id, notice.token)])[0]
    request = open_request_of(notice)
    answer = house.keyring.open(notice.controller, [request])[0]
    if isinstance(answer, Withheld):
        # A recipient is told of a restriction, and while one stands (GDPR Art. 18(2), 19).
        answer = house.rights_opener().open_for_rights(notice.controller, [request])[0]
    return answer


def _destroy(house: House, notices: Sequence[Notice]) -> int:
    if not notices:
        return 0
    loose = [notice.notice_id for notice in notices if notice.subject is None]
    destroyed = house.loose.destroy(loose) if loose else 0
    for notice in notices:
        if notice.subject is not None:
            category = _category(notice)
            destroyed += house.keyring.destroy_category_key(
                notice.controller, notice.subject, category
            )
    house.outbox.settle([notice.notice_id for notice in notices], house.clock.now())
    return destroyed


def _category(notice: Notice) -> str:
    return f"notice/{notice.notice_id}"
