"""Admission: claims become people with live keys, in one transaction of the key database.

Rules. Arrivals of one controller are serial: the controller's row is locked before anyone is
created, and what was read without the lock is read again under it; if it changed, the page begins
anew. So two processes that meet the same new (source, remote id) make one person, and a person
erased in between is not created again past her guard. The ordinals of arrival fill cohorts of
256. When everybody is known and leased nothing is asked of the database: a destruction this
process has not heard of yet is stopped by the fence in the person's stream.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

from domain.answers import KeyUnavailable, SubjectErased
from domain.keyring import Admitted, Barred, Claim, LateFact
from domain.values import ControllerId
from infra.keys.arriving import arrive, lock_arrivals
from infra.keys.cache import HeldKey, Known
from infra.keys.creating import Wanted, insert_missing, insert_new, new_key, wanted_keys
from infra.keys.database import Connection
from infra.keys.fetching import Pair, fetch_pairs
from infra.keys.locking import lock_existing
from infra.keys.lookups import Entry, add_entries, contact_inners, resolve, write_entries
from infra.keys.normalise import SOURCE_KIND, source_identity
from infra.keys.pepper_epoch import PepperMoved, require_present
from infra.keys.planning import Plan, plan_page
from infra.keys.ring import ControllerRing
from infra.keys.tree import CohortKey
from infra.keys.vault import Vault

PAGE_LIMIT = 10_000
"""Claims a call: what one transaction may hold locks for, about a quarter of a second."""

_ATTEMPTS = 8
"""How often a page begins anew because somebody else's arrival or erasure came first."""


class _Overtaken(Exception):  # noqa: N818 - a signal inside this module
    """What was read without the lock changed before the lock was held."""


def admit(
    vault: Vault, controller: ControllerId, claims: Sequence[Claim]
) -> list[Admitted | LateFact | Barred]:
    """Look up or create the person of each claim and her missing keys; one answer a claim.

    Raises:
        KeyUnavailable: the key database or the provider is away, or others kept coming first.
        GateClosed: the journal went backwards.
        ValueError: more than ``PAGE_LIMIT`` claims.
    """
    if len(claims) > PAGE_LIMIT:
        message = f"a page holds at most {PAGE_LIMIT} claims"
        raise ValueError(message)
    ring = vault.tree.ring(controller)
    vault.witness.expect(controller)
    inners = _inners(ring, claims)
    for _ in range(_ATTEMPTS):
        try:
            return _attempt(vault, ring, claims, inners)
        except PepperMoved:
            ring = vault.tree.renew(ring)
        except (_Overtaken, SubjectErased):
            _forget(vault, inners)
    message = f"admission was overtaken {_ATTEMPTS} times"
    raise KeyUnavailable(message)


def _inners(ring: ControllerRing, claims: Sequence[Claim]) -> list[bytes]:
    refs = [claim.ref for claim in claims]
    hashed = {ref: ring.inner(source_identity(ref)) for ref in set(refs)}
    return [hashed[ref] for ref in refs]


def _forget(vault: Vault, inners: Sequence[bytes]) -> None:
    for known in vault.cache.people(inners):
        if known is not None and known.subject is not None:
            vault.cache.evict(known.subject.int)


def _attempt(
    vault: Vault, ring: ControllerRing, claims: Sequence[Claim], inners: Sequence[bytes]
) -> list[Admitted | LateFact | Barred]:
    generation = vault.cache.generation()
    known = _known(vault, ring, inners)
    plan = plan_page(claims, inners, known, vault.clock.now(), partial(contact_inners, ring))
    needs = _needs(vault, ring.controller, plan)
    if plan.new or needs.pairs or needs.contacts:
        made = _write(vault, ring, plan, needs, known)
        people = [(inner, Known(who, known[inner].guard)) for inner, who in plan.new.items()]
        vault.cache.keep_people(generation, people)
        vault.cache.keep_made(generation, made)
        vault.cache.keep_contacts(generation, needs.contacts)
    return plan.answers


def _known(vault: Vault, ring: ControllerRing, inners: Sequence[bytes]) -> dict[bytes, Known]:
    distinct = list(dict.fromkeys(inners))
    held = dict(zip(distinct, vault.cache.people(distinct), strict=True))
    known = {inner: found for inner, found in held.items() if found is not None}
    missing = [inner for inner in distinct if inner not in known]
    if missing:
        generation = vault.cache.generation()
        resolved = resolve(vault, ring, missing)
        vault.cache.keep_people(generation, resolved.items())
        known.update(resolved)
    return known


class _Needs(NamedTuple):
    """What is to be written: DEKs of new and of existing people, and contacts."""

    new_pairs: Sequence[Pair]
    pairs: Sequence[Pair]
    contacts: list[tuple[int, bytes]]


def _needs(vault: Vault, controller: ControllerId, plan: Plan) -> _Needs:
    created = {subject.int for subject in plan.new.values()}
    new_pairs = [(who, pair[1]) for pair, who in plan.pairs.items() if pair[0] in created]
    existing = [pair for pair in plan.pairs if pair[0] not in created]
    held = vault.cache.by_pair(existing)
    unheld = [pair for pair, key in zip(existing, held, strict=True) if key is None]
    if unheld:
        asked = [(plan.pairs[pair], pair[1]) for pair in unheld]
        fetched = fetch_pairs(vault, controller, asked)
        unheld = [pair for pair in unheld if pair not in fetched]
    pairs: list[Pair] = [(plan.pairs[pair], pair[1]) for pair in unheld]
    return _Needs(new_pairs, pairs, vault.cache.unwritten(list(plan.contacts)))


def _write(
    vault: Vault,
    ring: ControllerRing,
    plan: Plan,
    needs: _Needs,
    known: dict[bytes, Known],
) -> list[HeldKey]:
    """Create in one transaction; after the locks, statements are sent without waiting."""
    now = vault.clock.now()
    with vault.database.transaction() as connection:
        arrivals = lock_arrivals(connection, ring, plan.new, known) if plan.new else 0
        if arrivals is None:
            raise _Overtaken
        cohorts, wanted = _existing(vault, ring, connection, plan, needs)
        with connection.pipeline():
            subjects = list(plan.new.values())
            created = arrive(vault, ring, connection, subjects, arrivals, now)
            missing = insert_missing(connection, ring.controller, wanted, now)
            add_entries(connection, ring, _entries(plan, needs.contacts, cohorts))
            write_entries(connection, ring, _new_entries(plan, needs.contacts, created))
            new = [new_key(who, category, created) for who, category in needs.new_pairs]
            return insert_new(connection, ring.controller, new, now) + missing.won()


def _existing(
    vault: Vault, ring: ControllerRing, connection: Connection, plan: Plan, needs: _Needs
) -> tuple[dict[UUID, CohortKey], list[Wanted]]:
    """Lock the existing people who get keys or contacts; return their cohorts and wanted keys."""
    created = set(plan.new.values())
    owners = {plan.contacts[contact][0] for contact in needs.contacts} - created
    if not needs.pairs and not owners:
        return {}, []
    locked = lock_existing(vault, ring.controller, connection, needs.pairs, owners)
    if owners:
        require_present(connection, ring)
    cohorts: dict[UUID, CohortKey] = {who: locked.living_cohort_of(who) for who in owners}
    return cohorts, wanted_keys(locked, needs.pairs)


def _entries(
    plan: Plan, contacts: Sequence[tuple[int, bytes]], cohorts: Mapping[UUID, CohortKey]
) -> list[Entry]:
    """List the contacts of those whose cohort is among ``cohorts``."""
    owned = [(plan.contacts[contact], contact[1]) for contact in contacts]
    return [
        Entry(who, kind, inner, cohort)
        for (who, kind), inner in owned
        if (cohort := cohorts.get(who)) is not None
    ]


def _new_entries(
    plan: Plan, contacts: Sequence[tuple[int, bytes]], created: Mapping[UUID, CohortKey]
) -> list[Entry]:
    sources = [Entry(who, SOURCE_KIND, inner, created[who]) for inner, who in plan.new.items()]
    return sources + _entries(plan, contacts, created)
