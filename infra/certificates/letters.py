"""The address of the closing letter: opened, audited, while it lives; destroyed on delivery.

It is sealed under ``request/<erasure id>``, a key that outlives the person's by 30 days at most.
"""

from dataclasses import dataclass, field

from domain.answers import Present
from domain.erasure import ErasureOrdered
from domain.keyring import OpenRequest
from domain.values import ControllerId, ErasureId, FactId, Instant
from infra.certificates.issuing import Told, found, told_of
from infra.house import House
from infra.keys.shapes import NOTICE_PERIOD
from infra.store.audit import Opening

VIEW = "closing_letter"
"""The name under which an opening stands in the access audit."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the letter goes, and until when that can be read."""

    written: str = field(repr=False)
    until: Instant


def open_address(house: House, receipt: ErasureId, who: str, purpose: str) -> Address | None:
    """Open the address given with an erasure; None when none was given, or its key is gone.

    Raises:
        NoSuchReceipt, NotEnded: there is no such erasure, or it has not ended.
        LogUnavailable, KeyUnavailable: a database is away.
        SealBroken: the token was moved, cut or forged.
        GateClosed: a database is older than its anchor.
    """
    controller, told = _found(house, receipt)
    request = _request(told, receipt)
    if request is None:
        return None
    opening = Opening(who, purpose, controller, VIEW, (told.subject,), (1,))
    house.audit.record(opening, house.clock.now())
    (answer,) = house.keyring.open(controller, [request])
    if not isinstance(answer, Present):
        return None
    return Address(answer.plaintext.decode(), told.ended.destroyed_at + NOTICE_PERIOD)


def delivered(house: House, receipt: ErasureId) -> bool:
    """Destroy the key of the letter's address; say whether there was one.

    Raises:
        NoSuchReceipt, NotEnded: there is no such erasure, or it has not ended.
        LogUnavailable, KeyUnavailable: a database is away.
    """
    controller, told = _found(house, receipt)
    return house.keyring.destroy_category_key(controller, told.subject, f"request/{receipt}")


def _found(house: House, receipt: ErasureId) -> tuple[ControllerId, Told]:
    controller, _ = found(house, receipt)
    return controller, told_of(house, controller, receipt)


def _request(told: Told, receipt: ErasureId) -> OpenRequest | None:
    category = f"request/{receipt}"
    for part in () if told.order is None else told.order.sealed:
        if part.category == category:
            fact_id, slot = FactId(receipt), ErasureOrdered.TOPIC
            return OpenRequest(told.subject, fact_id, category, slot, part.sealed.token)
    return None
