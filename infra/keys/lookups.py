"""Look-ups: from a (source, remote id) or an address to a person, and nothing the other way.

Rules. A row is a keyed token and, under the cohort's key, the subject with the token's inner
value; so the pepper can be renewed without the address, and rekeying the cohort kills the row in
every old copy. Only (source, remote id) attaches; a contact may name several people. Behind a
contact's inner value rides that of its folded form, so that an erasure can leave a suppression
pointer to an address nobody can read any more (:mod:`infra.keys.folding`).
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import TupleRow

from domain.answers import SealBroken
from domain.keyring import Contact, SourceRef
from domain.values import ControllerId, SubjectId
from infra.keys.cache import Known
from infra.keys.database import Connection
from infra.keys.folding import folded_of
from infra.keys.lateness import Guard
from infra.keys.normalise import (
    SOURCE_KIND,
    contact_identity,
    framed_contact,
    normal_of,
    source_identity,
)
from infra.keys.pepper_epoch import PepperMoved, require_newest
from infra.keys.ring import ControllerRing
from infra.keys.tree import CohortKey, CohortMoved
from infra.keys.vault import Vault
from infra.keys.wrapping import NONCE_BYTES
from infra.random_ids import random_bytes

MARK_BYTES = 16
"""A mark's length: half an HMAC tells the contacts of a cohort apart."""
SUBJECT_BYTES = 16
INNER_BYTES = 32
"""An inner value's length; what is longer has the folded form's behind it."""
_RETRIES = 3
"""How often a read is repeated when a cohort is rekeyed under it."""

_FIND = (
    "SELECT h.sequence, p.newest, l.* FROM journal_head h LEFT JOIN ("
    "SELECT max(epoch) AS newest FROM pepper WHERE controller = %b) p ON true LEFT JOIN ("
    "SELECT l.token, l.kind, l.wrapped, l.cohort, c.generation"
    " FROM lookup l JOIN cohort c ON c.cohort = l.cohort WHERE l.token = ANY(%b)"
    ") l ON true WHERE h.controller = %b"
)
_GUARDS = "SELECT token, erased_at, until FROM erased_source WHERE token = ANY(%b)"
_INSERT = (
    "INSERT INTO lookup (controller, epoch, token, mark, kind, cohort, wrapped)"
    " SELECT %b, %b, * FROM unnest(%b::bytea[], %b::bytea[], %b::smallint[], %b::bigint[],"
    " %b::bytea[])"
)
_INSERT_MISSING = _INSERT + " ON CONFLICT DO NOTHING"


class LookupRow(NamedTuple):
    """A look-up as found, with the generation of its cohort's key."""

    token: bytes
    kind: int
    wrapped: bytes
    cohort: int
    generation: int


class Entry(NamedTuple):
    """A look-up to write: whose it is, its kind and inner values, and the key it hangs off."""

    subject: SubjectId
    kind: int
    inner: bytes
    cohort: CohortKey


def contact_inners(ring: ControllerRing, contact: Contact) -> tuple[int, bytes]:
    """Return a contact's kind, and its inner value with that of its folded form behind it.

    What is no address has no folded form and leads to no pointer.
    """
    normal = normal_of(contact)
    folded = folded_of(contact, normal)
    kind, identity = framed_contact(contact.kind, normal)
    inner = ring.inner(identity)
    if folded is None:
        return kind, inner
    return kind, inner + (
        inner if folded == normal else ring.inner(framed_contact(contact.kind, folded)[1])
    )


def folded_inner(inners: bytes) -> bytes | None:
    """Return the folded form's inner value out of a look-up's, or None where it has none."""
    return inners[INNER_BYTES:] or None


def lookup_aad(controller: ControllerId, kind: int, token: bytes) -> bytes:
    """Name a look-up's place."""
    return b"lookup" + controller.bytes + bytes([kind]) + token


def unwrap_entry(
    controller: ControllerId, row: LookupRow, cohort: CohortKey
) -> tuple[SubjectId, bytes]:
    """Return the subject and the inner value of a row.

    Raises:
        SealBroken: the row was changed or moved.
    """
    opened = cohort.key.unwrap(row.wrapped, lookup_aad(controller, row.kind, row.token))
    return SubjectId(UUID(bytes=opened[:SUBJECT_BYTES])), opened[SUBJECT_BYTES:]


def resolve(vault: Vault, ring: ControllerRing, inners: Sequence[bytes]) -> dict[bytes, Known]:
    """Find the person and the late-fact guard of each inner value, in one round trip.

    Raises:
        KeyUnavailable: the key database or the provider is away.
        GateClosed: the journal went backwards.
    """
    for _ in range(_RETRIES - 1):
        try:
            return _resolve(vault, ring, inners)
        except CohortMoved:
            continue
        except PepperMoved:
            ring = vault.tree.renew(ring)
    return _resolve(vault, ring, inners)


def _resolve(vault: Vault, ring: ControllerRing, inners: Sequence[bytes]) -> dict[bytes, Known]:
    tokens = [token for inner in inners for token in ring.tokens(inner)]
    late = {ring.late_token(inner): inner for inner in inners}
    expected = vault.witness.expect(ring.controller)
    with vault.database.reading() as connection, connection.pipeline():
        # Look-ups before guards: destruction clears the one and writes the other, and seeing
        # neither would take an erased person for one never seen.
        asked = (ring.controller, tokens, ring.controller)
        looked = connection.execute(_FIND, asked, binary=True)
        guarded = connection.execute(_GUARDS, (list(late),), binary=True)
        rows, guards = looked.fetchall(), guarded.fetchall()
    vault.witness.saw(ring.controller, expected, rows[0][0])
    found = _subjects(vault, ring, _found(ring, rows))
    standing = {late[token]: Guard(erased_at, until) for token, erased_at, until in guards}
    return {inner: Known(found.get(inner), standing.get(inner)) for inner in inners}


def _found(ring: ControllerRing, rows: Sequence[TupleRow]) -> list[LookupRow]:
    """Read what :data:`_FIND` answered, when it was asked with the newest pepper too."""
    require_newest(ring, rows[0][1])
    return [LookupRow(*row[2:]) for row in rows if row[2] is not None]


def _subjects(
    vault: Vault, ring: ControllerRing, rows: Sequence[LookupRow]
) -> dict[bytes, SubjectId]:
    keys = vault.tree.cohort_keys(ring.controller, {(row.cohort, row.generation) for row in rows})
    found = {}
    for row in rows:
        subject, inner = unwrap_entry(ring.controller, row, keys[row.cohort, row.generation])
        found[inner] = subject
    return found


def find_source(vault: Vault, controller: ControllerId, ref: SourceRef) -> SubjectId | None:
    """Return the person a source knows by this id, or None.

    Raises:
        KeyUnavailable: the key database or the provider is away.
    """
    ring = vault.tree.ring(controller)
    inner = ring.inner(source_identity(ref))
    return resolve(vault, ring, [inner])[inner].subject


def find_contact(vault: Vault, controller: ControllerId, contact: Contact) -> list[SubjectId]:
    """Return the people whose facts carried this address, ordered by id.

    Raises:
        KeyUnavailable: the key database or the provider is away.
    """
    ring = vault.tree.ring(controller)
    try:
        return _find_contact(vault, ring, contact)
    except PepperMoved:
        return _find_contact(vault, vault.tree.renew(ring), contact)


def _find_contact(vault: Vault, ring: ControllerRing, contact: Contact) -> list[SubjectId]:
    controller = ring.controller
    kind, identity = contact_identity(contact)
    expected = vault.witness.expect(controller)
    asked = (controller, ring.tokens(ring.inner(identity)), controller)
    with vault.database.reading() as connection:
        rows = connection.execute(_FIND, asked, binary=True).fetchall()
    vault.witness.saw(controller, expected, rows[0][0])
    found = _found(ring, rows)
    if any(row.kind != kind for row in found):
        message = "a look-up stands under another kind than it was made for"
        raise SealBroken(message)
    keys = vault.tree.cohort_keys(controller, {(row.cohort, row.generation) for row in found})
    people = {unwrap_entry(controller, row, keys[row.cohort, row.generation])[0] for row in found}
    return sorted(people, key=str)


def write_entries(connection: Connection, ring: ControllerRing, entries: Sequence[Entry]) -> None:
    """Send the look-ups of subjects created in this transaction."""
    rows = _rows(ring, entries)
    if rows:
        connection.execute(_INSERT, (ring.controller, ring.epoch, *_transposed(rows)))


def add_entries(connection: Connection, ring: ControllerRing, entries: Sequence[Entry]) -> None:
    """Send look-ups of existing people that may be there, ordered by token (no deadlock)."""
    rows = sorted(_rows(ring, entries))
    if rows:
        connection.execute(_INSERT_MISSING, (ring.controller, ring.epoch, *_transposed(rows)))


_Row = tuple[bytes, bytes, int, int, bytes]


def _rows(ring: ControllerRing, entries: Sequence[Entry]) -> list[_Row]:
    nonces = random_bytes(NONCE_BYTES * len(entries))
    return [
        _columns(ring, entry, nonces[at : at + NONCE_BYTES])
        for entry, at in zip(entries, range(0, len(nonces), NONCE_BYTES), strict=True)
    ]


def _transposed(rows: Sequence[_Row]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _columns(ring: ControllerRing, entry: Entry, nonce: bytes) -> _Row:
    subject, kind, inner, cohort = entry
    token = ring.token(inner[:INNER_BYTES])
    plaintext = subject.bytes + inner
    mark = b"" if kind == SOURCE_KIND else cohort.mark(plaintext)[:MARK_BYTES]
    wrapped = cohort.key.wrap_with(nonce, plaintext, lookup_aad(ring.controller, kind, token))
    return token, mark, kind, cohort.cohort, wrapped
