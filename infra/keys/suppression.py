"""Suppression pointers in the key database: made, asked, lifted, counted and expired.

Rules. A pointer is ``HMAC(suppression secret, inner value of the folded address)`` with its
reason and two days; no subject, and nothing that joins one person's pointers but the day they
stand from, which is why no finer time is kept. The secret is the controller's own, so two agencies'
pointers of one address have nothing in common. A person's pointers are made from her look-ups,
whose rows are locked like a creation's (subject, cohort, ``FOR SHARE``), so that an erasure cannot
clear them while they are read. Rows are written in the order of their tokens: no deadlock. One
whose time is over bars nothing, and upkeep deletes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.keyring import Contact
from domain.suppression import (
    LiftOrder,
    Standing,
    SuppressionCount,
    SuppressionReason,
    SuppressOrder,
)
from domain.values import ControllerId, Instant, SubjectId
from infra.keys.clearing import Held, scan
from infra.keys.database import Connection
from infra.keys.locking import lock_existing
from infra.keys.lookups import contact_inners, folded_inner
from infra.keys.normalise import KIND_CODES
from infra.keys.ring import ControllerRing
from infra.keys.shapes import DAY
from infra.keys.vault import Vault

PAGE_LIMIT = 10_000
"""Groups of contacts, people or orders a call: as many as claims of one admission."""

EXPIRED_PAGE = 1_000
"""Pointers deleted in one transaction; the rest waits for the next."""

_KINDS = {code: kind for kind, code in KIND_CODES.items()}

_STANDING = (
    "SELECT token, reason, since FROM suppression"
    " WHERE token = ANY(%b) AND (until IS NULL OR until > %b)"
)
_MAKE = (
    "INSERT INTO suppression AS s (controller, token, kind, reason, since, until)"
    " SELECT %(controller)b, * FROM unnest(%(tokens)b::bytea[], %(kinds)b::smallint[],"
    " %(reasons)b::text[], %(sinces)b::bigint[], %(untils)b::bigint[])"
    " ON CONFLICT (token, reason) DO UPDATE SET"
    " since = CASE WHEN s.until <= %(now)b THEN excluded.since"
    " ELSE least(s.since, excluded.since) END,"
    " until = CASE WHEN s.until IS NULL OR excluded.until IS NULL THEN NULL"
    " ELSE greatest(s.until, excluded.until) END"
    " WHERE excluded.since < s.since OR excluded.until > s.until"
    " OR (excluded.until IS NULL AND s.until IS NOT NULL)"
)
_LIFT = (
    "DELETE FROM suppression USING unnest(%b::bytea[], %b::text[]) AS w(token, reason)"
    " WHERE suppression.token = w.token AND suppression.reason = w.reason"
)
_COUNT = (
    "SELECT reason, kind, count(*), min(since), min(until) FROM suppression"
    " WHERE controller = %b AND (until IS NULL OR until > %b) GROUP BY reason, kind"
    " ORDER BY reason, kind"
)
_EXPIRE = (
    "DELETE FROM suppression WHERE (token, reason) IN (SELECT token, reason FROM suppression"
    " WHERE until <= %b ORDER BY token LIMIT %b FOR UPDATE SKIP LOCKED)"
)

Pointer = tuple[bytes, int]
"""A pointer's token, and the kind of address it was made of."""


class Made(NamedTuple):
    """A pointer to write; its times are cut to whole days, the last one up."""

    token: bytes
    kind: int
    reason: SuppressionReason
    since: Instant
    until: Instant | None


def standing(
    vault: Vault, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
) -> list[Standing]:
    """Say which reasons stand for any contact of each group, and since when, in one round trip.

    Raises:
        KeyUnavailable: the key database or the provider is away.
        ValueError: more than ``PAGE_LIMIT`` groups.
    """
    _check(pages)
    ring = vault.tree.ring(controller)
    return _standing(vault, ring, [_of_contacts(ring, page) for page in pages])


def pointers(
    vault: Vault, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
) -> list[frozenset[bytes]]:
    """Name each group's pointers.

    Raises:
        KeyUnavailable: the provider is away.
    """
    ring = vault.tree.ring(controller)
    return [frozenset([token for token, _ in _of_contacts(ring, page)]) for page in pages]


def standing_of_people(
    vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId]
) -> list[Standing]:
    """Say which reasons stand for any address of each person, and since when.

    Raises:
        KeyUnavailable: the key database or the provider is away, or a person is unknown to it.
        SealBroken: a look-up was changed or moved.
        ValueError: more than ``PAGE_LIMIT`` people.
    """
    _check(subjects)
    ring = vault.tree.ring(controller)
    with vault.database.transaction() as connection:
        found = _of_people(vault, connection, ring, subjects)
    return _standing(vault, ring, [found.get(subject, []) for subject in subjects])


def suppress(vault: Vault, controller: ControllerId, orders: Sequence[SuppressOrder]) -> int:
    """Leave pointers; return how many are new or stand longer than before.

    Raises:
        KeyUnavailable: the key database or the provider is away, or a person is unknown to it.
        SealBroken: a look-up was changed or moved.
        ValueError: more than ``PAGE_LIMIT`` orders.
    """
    _check(orders)
    ring = vault.tree.ring(controller)
    vault.witness.expect(controller)
    with vault.database.transaction() as connection:
        people = [order.subject for order in orders if order.subject is not None]
        hers = _of_people(vault, connection, ring, people)
        now = vault.clock.now()
        pointed = [
            Made(*pointer, order.reason, now if order.since is None else order.since, order.until)
            for order in orders
            for pointer in [*_of_contacts(ring, order.contacts), *_hers(hers, order.subject)]
        ]
        return make_pointers(connection, controller, pointed, now)


def lift(vault: Vault, controller: ControllerId, orders: Sequence[LiftOrder]) -> int:
    """Remove pointers; return how many there were.

    Raises:
        KeyUnavailable: the key database or the provider is away, or a person is unknown to it.
        SealBroken: a look-up was changed or moved.
        ValueError: more than ``PAGE_LIMIT`` orders.
    """
    _check(orders)
    ring = vault.tree.ring(controller)
    vault.witness.expect(controller)
    with vault.database.transaction() as connection:
        people = [order.subject for order in orders if order.subject is not None]
        hers = _of_people(vault, connection, ring, people)
        doomed = sorted(
            {
                (token, reason.value)
                for order in orders
                for token, _ in [*_of_contacts(ring, order.contacts), *_hers(hers, order.subject)]
                for reason in order.reasons
            }
        )
        columns = [token for token, _ in doomed], [reason for _, reason in doomed]
        return connection.execute(_LIFT, columns).rowcount


def count(vault: Vault, controller: ControllerId) -> list[SuppressionCount]:
    """Count the pointers that stand, by reason and kind.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with vault.database.reading() as connection:
        rows = connection.execute(_COUNT, (controller, vault.clock.now()), binary=True)
        return [
            SuppressionCount(SuppressionReason(reason), _KINDS[kind], *told)
            for reason, kind, *told in rows
        ]


def expire(vault: Vault, now: Instant) -> int:
    """Delete the pointers whose time is over; return how many.

    Raises:
        KeyUnavailable: the key database is away.
    """
    total = 0
    while True:
        with vault.database.transaction() as connection:
            deleted = connection.execute(_EXPIRE, (now, EXPIRED_PAGE)).rowcount
        total += deleted
        if deleted < EXPIRED_PAGE:
            return total


def pointers_of(ring: ControllerRing, held: Iterable[Held]) -> dict[SubjectId, list[Pointer]]:
    """Make each person's pointers of her look-ups; (source, remote id) leads to none."""
    found: dict[SubjectId, list[Pointer]] = defaultdict(list)
    for each in held:
        folded = folded_inner(each.inner)
        if folded is not None:
            found[each.subject].append((ring.pointer(folded), each.row.kind))
    return found


def make_pointers(
    connection: Connection, controller: ControllerId, made: Iterable[Made], now: Instant
) -> int:
    """Write pointers in this transaction; one that stands is never shortened."""
    rows: dict[tuple[bytes, str], tuple[int, Instant, Instant | None]] = {}
    for token, kind, reason, since, until in made:
        place = token, reason.value
        known = rows.get(place, (kind, since, until))
        rows[place] = kind, min(known[1], since), _later(known[2], until)
    ordered = sorted(rows.items())
    if not ordered:
        return 0
    columns = {
        "controller": controller,
        "tokens": [token for (token, _), _ in ordered],
        "kinds": [kind for _, (kind, _, _) in ordered],
        "reasons": [reason for (_, reason), _ in ordered],
        "sinces": [since - since % DAY for _, (_, since, _) in ordered],
        "untils": [until and -(-until // DAY) * DAY for _, (_, _, until) in ordered],
        "now": now,
    }
    return connection.execute(_MAKE, columns).rowcount


def _standing(
    vault: Vault, ring: ControllerRing, groups: Sequence[Sequence[Pointer]]
) -> list[Standing]:
    asked = [token for group in groups for token, _ in group]
    if not asked:
        return [{}] * len(groups)
    vault.witness.expect(ring.controller)
    found: dict[bytes, list[tuple[SuppressionReason, Instant]]] = defaultdict(list)
    with vault.database.reading() as connection:
        now = vault.clock.now()
        for token, reason, since in connection.execute(_STANDING, (asked, now), binary=True):
            found[token].append((SuppressionReason(reason), since))
    return [_earliest([one for token, _ in g for one in found.get(token, ())]) for g in groups]


def _earliest(found: Iterable[tuple[SuppressionReason, Instant]]) -> Standing:
    """Keep each reason's first day."""
    return dict(sorted(found, key=lambda one: one[1], reverse=True))


def _of_contacts(ring: ControllerRing, contacts: Iterable[Contact]) -> list[Pointer]:
    hashed = [contact_inners(ring, contact) for contact in contacts]
    return [
        (ring.pointer(folded), kind)
        for kind, inners in hashed
        if (folded := folded_inner(inners)) is not None
    ]


def _of_people(
    vault: Vault, connection: Connection, ring: ControllerRing, people: Sequence[SubjectId]
) -> Mapping[SubjectId, list[Pointer]]:
    """Read people's pointers out of their cohorts' look-ups, locked for sharing."""
    if not people:
        return {}
    locked = lock_existing(vault, ring.controller, connection, (), people)
    hers, _ = scan(vault, connection, ring.controller, people, list(locked.cohorts))
    return pointers_of(ring, hers)


def _hers(found: Mapping[SubjectId, list[Pointer]], subject: SubjectId | None) -> Sequence[Pointer]:
    return () if subject is None else found.get(subject, ())


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    return None if one is None or other is None else max(one, other)


def _check(page: Sequence[object]) -> None:
    if len(page) > PAGE_LIMIT:
        message = f"a page holds at most {PAGE_LIMIT} items"
        raise ValueError(message)
