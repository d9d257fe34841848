"""Destruction, in one transaction: keys, tombstones, late-fact guard, look-ups, journal.

Rules. Locks: subject, cohort, keys, each by id, ``FOR UPDATE``, then the journal's head. A
person's destruction takes every key she has but ``notice/`` and ``request/``, also one made after
the fence by a page in flight; a category's takes the named epochs alone. Look-ups are found by
unwrapping her cohort's, deleted, and read back: what remains must be what was unwrapped as
somebody else's. What an order leaves as suppression pointers is made of those look-ups, in the
same transaction. A repeated ``erasure_id`` answers its record. Orders of one cohort share its scan.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.answers import KeyringError
from domain.keyring import DestroyOrder, Destruction
from domain.values import ControllerId, ErasureId, Instant, SubjectId
from infra.keys import journal
from infra.keys.burying import Doomed, bury, find_doomed
from infra.keys.clearing import Held, clear_lookups
from infra.keys.database import Connection
from infra.keys.listening import CHANNEL
from infra.keys.record import JournalRecord
from infra.keys.suppression import Made, make_pointers, pointers_of
from infra.keys.vault import Vault

ORDERS_LIMIT = 500
"""Destructions a call: what one transaction may hold locks for."""

_LOCK_SUBJECTS = (
    "SELECT subject, cohort, controller FROM subject WHERE subject = ANY(%b)"
    " ORDER BY subject FOR UPDATE"
)
_LOCK_COHORTS = "SELECT cohort FROM cohort WHERE cohort = ANY(%b) ORDER BY cohort FOR UPDATE"
_ERASE = (
    "INSERT INTO subject (controller, created_at, erased, subject)"
    " SELECT %b, %b, true, * FROM unnest(%b::uuid[])"
    " ON CONFLICT (subject) DO UPDATE SET erased = true"
)
_DIRTY = "UPDATE cohort SET dirty = true WHERE cohort = ANY(%b) AND NOT dirty"
_NOTIFY = "SELECT pg_notify(%b, payload) FROM unnest(%b::text[]) AS payload"


def destroy(
    vault: Vault, controller: ControllerId, orders: Sequence[DestroyOrder]
) -> list[Destruction]:
    """Carry out the orders in one transaction; one answer an order, in order.

    Raises:
        KeyUnavailable: the key database or the provider is away; nothing was destroyed, or it is
            not known.
        KeyringError: an erasure id or a subject is another's.
        ValueError: more than ``ORDERS_LIMIT`` orders.
    """
    if len(orders) > ORDERS_LIMIT:
        message = f"at most {ORDERS_LIMIT} orders at once"
        raise ValueError(message)
    vault.witness.expect(controller)
    vault.tree.ring(controller)
    answers: dict[ErasureId, Destruction] = {}
    with vault.database.transaction() as connection:
        for round_of_orders in _rounds(orders):
            answers |= _destroy(vault, connection, controller, round_of_orders)
    for order in orders:
        vault.cache.evict(order.subject.int)
    return [answers[order.erasure_id] for order in orders]


def _rounds(orders: Sequence[DestroyOrder]) -> list[list[DestroyOrder]]:
    """Split into rounds with one order a person; a later round locks nobody new."""
    rounds: list[list[DestroyOrder]] = []
    turns: Counter[SubjectId] = Counter()
    for order in orders:
        turn = turns[order.subject]
        turns[order.subject] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(order)
    return rounds


def _destroy(
    vault: Vault, connection: Connection, controller: ControllerId, orders: Sequence[DestroyOrder]
) -> dict[ErasureId, Destruction]:
    cohorts = lock_people(connection, controller, orders)
    asked = [(order.erasure_id, order.subject) for order in orders]
    done = journal.recorded(connection, controller, asked)
    open_orders = [order for order in orders if order.erasure_id not in done]
    if not open_orders:
        return done
    now = vault.clock.now()
    doomed = find_doomed(connection, open_orders)
    bury(connection, controller, doomed, now)
    cleared = forget(vault, connection, controller, open_orders, cohorts, now)
    head = journal.lock_head(connection, controller)
    records = [
        record_of(controller, order, head.sequence + place, doomed[order], cleared, now)
        for place, order in enumerate(open_orders, start=1)
    ]
    fresh = journal.append(vault, connection, controller, records)
    connection.execute(_NOTIFY, (CHANNEL, [order.subject.hex for order in open_orders]))
    return done | {answer.erasure_id: answer for answer in fresh}


def lock_people(
    connection: Connection, controller: ControllerId, orders: Sequence[DestroyOrder]
) -> dict[SubjectId, int]:
    """Lock subjects, then cohorts; return the cohort of each subject that has one."""
    subjects = [order.subject for order in orders]
    rows = connection.execute(_LOCK_SUBJECTS, (subjects,), binary=True).fetchall()
    if any(owner != controller for _, _, owner in rows):
        message = "a subject to destroy is another controller's"
        raise KeyringError(message)
    cohorts = {SubjectId(subject): cohort for subject, cohort, _ in rows if cohort is not None}
    connection.execute(_LOCK_COHORTS, (sorted(set(cohorts.values())),))
    return cohorts


def forget(
    vault: Vault,
    connection: Connection,
    controller: ControllerId,
    orders: Sequence[DestroyOrder],
    cohorts: Mapping[SubjectId, int],
    now: Instant,
) -> Mapping[SubjectId, int]:
    """Mark whole people erased and clear their look-ups; return how many look-ups each had."""
    people = [order.subject for order in orders if order.category is None]
    touched = sorted({cohorts[o.subject] for o in orders if o.subject in cohorts})
    connection.execute(_DIRTY, (touched,))
    if not people:
        return {}
    connection.execute(_ERASE, (controller, now, people))
    placed = {subject: cohorts[subject] for subject in people if subject in cohorts}
    guarded = {order.subject for order in orders if order.guarded}

    def point(hers: Sequence[Held]) -> None:
        _point(vault, connection, controller, orders, hers, now)

    return clear_lookups(vault, connection, (controller, placed, guarded), now, point)


def _point(
    vault: Vault,
    connection: Connection,
    controller: ControllerId,
    orders: Sequence[DestroyOrder],
    hers: Sequence[Held],
    now: Instant,
) -> None:
    """Leave the pointers that the orders of whole people ask for."""
    asked = {o.subject: o.suppress for o in orders if o.category is None and o.suppress}
    found = pointers_of(vault.tree.ring(controller), [h for h in hers if h.subject in asked])
    made = [
        Made(*pointer, asked[subject].reason, now, asked[subject].until)
        for subject, pointers in found.items()
        for pointer in pointers
    ]
    make_pointers(connection, controller, made, now)


def record_of(
    controller: ControllerId,
    order: DestroyOrder,
    sequence: int,
    doomed: Sequence[Doomed],
    cleared: Mapping[SubjectId, int],
    now: Instant,
) -> JournalRecord:
    """Tell what an order destroyed, for the journal."""
    destroyed = [key for key in doomed if key.fingerprint]
    return JournalRecord(
        sequence=sequence,
        erasure_id=order.erasure_id,
        controller=controller,
        subject=order.subject,
        whole_person=order.category is None,
        epochs=tuple(key.epoch for key in destroyed),
        fingerprints=tuple(key.fingerprint for key in destroyed),
        lookups_cleared=cleared.get(order.subject, 0),
        destroyed_at=now,
        category=order.category,
        guarded=order.guarded,
    )
