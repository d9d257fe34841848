"""How the keyring in memory keeps suppression pointers: by folded address, and of nobody."""

from collections import defaultdict
from collections.abc import Iterable

from domain.keyring import Contact, ContactKind
from domain.suppression import (
    LiftOrder,
    Pointing,
    SuppressionCount,
    SuppressionReason,
    SuppressOrder,
)
from domain.values import Instant, SubjectId
from infra.keys.folding import folded_of
from infra.keys.normalise import normal_of
from infra.keys.shapes import DAY
from tests.fakes.key_house import KeyHouse, Pointer


def pointers(house: KeyHouse, contacts: Iterable[Contact]) -> set[Pointer]:
    found = {(one.kind, folded_of(one, normal_of(one))) for one in contacts}
    return {(kind, house.secret(folded.encode())) for kind, folded in found if folded is not None}


def standing(house: KeyHouse, hers: set[Pointer]) -> dict[SuppressionReason, Instant]:
    found: dict[SuppressionReason, Instant] = {}
    for (pointer, reason), (since, until) in house.pointers.items():
        if pointer in hers and (until is None or until > house.clock.now()):
            found[reason] = min(found.get(reason, since), since)
    return found


def suppress(house: KeyHouse, order: SuppressOrder) -> int:
    pointing = Pointing(order.reason, order.until)
    return point(house, _asked(house, order.subject, order.contacts), pointing, order.since)


def point(
    house: KeyHouse, hers: set[Pointer], pointing: Pointing, since: Instant | None = None
) -> int:
    now = house.clock.now()
    begins = now if since is None else since
    ends = None if pointing.until is None else -(-pointing.until // DAY) * DAY
    made = 0
    for pointer in hers:
        place = pointer, pointing.reason
        known, new = house.pointers.get(place), (begins - begins % DAY, ends)
        if known is not None and not (known[1] is not None and known[1] <= now):
            new = min(known[0], new[0]), _later(known[1], ends)
        house.pointers[place] = new
        made += new != known
    return made


def lift(house: KeyHouse, order: LiftOrder) -> int:
    hers = _asked(house, order.subject, order.contacts)
    doomed = [(p, why) for p, why in house.pointers if p in hers and why in order.reasons]
    for place in doomed:
        del house.pointers[place]
    return len(doomed)


def count(house: KeyHouse) -> list[SuppressionCount]:
    groups: dict[tuple[SuppressionReason, ContactKind], list[tuple[Instant, Instant | None]]] = (
        defaultdict(list)
    )
    for ((kind, _), reason), days in house.pointers.items():
        if days[1] is None or days[1] > house.clock.now():
            groups[reason, kind].append(days)
    return [
        SuppressionCount(
            reason,
            kind,
            len(held),
            min(since for since, _ in held),
            min([until for _, until in held if until is not None], default=None),
        )
        for (reason, kind), held in sorted(groups.items())
    ]


def expire(house: KeyHouse, now: Instant) -> int:
    due = [
        place for place, (_, until) in house.pointers.items() if until is not None and until <= now
    ]
    for place in due:
        del house.pointers[place]
    return len(due)


def _asked(house: KeyHouse, subject: SubjectId | None, contacts: Iterable[Contact]) -> set[Pointer]:
    hers = set() if subject is None else house.addresses.get(subject, set())
    return pointers(house, contacts) | hers


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    return None if one is None or other is None else max(one, other)
