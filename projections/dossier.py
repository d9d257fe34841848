"""The dossier: what stands about a person, slot by slot.

A slot is a thing that is stated and restated: a registration, a profile section, an application,
a document. One row a slot, made from the one fact that stands in it:

===================================  =====================================================
``registered/<source>``              the registration, one a source
``sourced/<source>``                 the sourcing, one a source
``source/<source>``                  the source's own id for the person
``section/<section>``                the section's standing statement
``activity``                         the latest deactivation or reactivation
``application/<application id>``     the application as submitted: title, answers
``document/<document id>``           the upload, or the deletion, which is final
``parsed/<document id>``             what a parser found in the document
``imported/<provider>``              the latest profile imported from there
``tag/<id>``, ``pool/<id>``          on or off, in or out
``availability``                     the latest statement
``interview/<id>``, ``offer/<id>``,  what was agreed, asked for or begun; and, beside it in
``assessment/<id>``, ``check/<id>``,  ``<slot>/outcome``, what came of it. A note, a test or a
``reference/<id>``,                  check that was deleted is deleted for good
``placement/<id>``
``scorecard/<id>``, ``note/<id>``,   the latest fact of the thing
``message/<id>``, ``call/<id>``,
``meeting/<id>``, ``enquiry/<id>``,
``presentation/<id>``,
``restriction/<id>``,
``objection/<id>``, ``hold/<id>``
``consent/<scope>``                  how a consent stands, by purpose, client or assignment
``customer``, ``newsletter``,        the latest of two opposite facts
``approach``, ``matching``,
``account``
``reply/<id>``, ``merge/<id>``,      a reply to an approach; another stream that is hers; in what
``mention/<fact id>``                else she is spoken of, with her own values there
``erasure``, ``erasure/<category>``  the end of the person's, or of a category's, erasure
===================================  =====================================================

The fact with the latest mark (occurred at, fact id) stands, whatever came last. A row whose tokens
are all destroyed is *shredded*: a neutral tombstone, which yields to the next fact that brings
tokens under a new key (a category erased can be used again).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from domain.application import ApplicationSubmitted
from domain.assessment import AssessmentDeleted, BackgroundCheckDeleted
from domain.communication import NoteDeleted
from domain.documents import DocumentDeleted, DocumentUploaded
from domain.erasure import SubjectErased
from domain.fact import Actor, Entry, Fact, mark_of
from domain.keyring import OpenRequest
from domain.profile import (
    CandidateDeactivated,
    CandidateReactivated,
    CandidateRegistered,
    CandidateSourced,
    ProfileSectionCorrected,
    ProfileSectionStated,
    SourceLinked,
)
from domain.values import Category, ControllerId, FactId, Instant, SubjectId
from projections.life_slots import LIFE_SLOTS
from projections.parts import (
    NO_PARTS,
    holds_tokens,
    open_requests,
    pack_clear,
    pack_parts,
    purge_parts,
    unpack_parts,
)
from projections.projection import Key, Projection, Tokens


class SlotState(StrEnum):
    """Whether a slot's fact stands or only its tombstone is left."""

    STANDING = "standing"
    SHREDDED = "shredded"


class DossierRow(NamedTuple):
    """One slot. ``parts`` and ``clear`` are packed as :mod:`projections.parts` says."""

    subject: SubjectId
    slot: str
    controller: ControllerId
    topic: str
    fact_id: FactId
    occurred_at: Instant
    source: str
    actor: Actor
    clear: bytes
    parts: bytes
    state: SlotState
    purgeable: bool


# Each function takes exactly the class it is entered under, which a mapping cannot say.
_Slot = Callable[[str, Any], str]

_SLOT: Mapping[type[Fact], _Slot] = {
    CandidateRegistered: lambda source, _fact: f"registered/{source}",
    CandidateSourced: lambda source, _fact: f"sourced/{source}",
    SourceLinked: lambda source, _fact: f"source/{source}",
    ProfileSectionStated: lambda _source, fact: f"section/{fact.section.value}",
    ProfileSectionCorrected: lambda _source, fact: f"section/{fact.section.value}",
    CandidateDeactivated: lambda _source, _fact: "activity",
    CandidateReactivated: lambda _source, _fact: "activity",
    ApplicationSubmitted: lambda _source, fact: f"application/{fact.application_id}",
    DocumentUploaded: lambda _source, fact: f"document/{fact.document_id}",
    DocumentDeleted: lambda _source, fact: f"document/{fact.document_id}",
    SubjectErased: lambda _source, fact: (
        "erasure" if fact.category is None else f"erasure/{fact.category}"
    ),
    **LIFE_SLOTS,
}
_DELETIONS: frozenset[type[Fact]] = frozenset(
    {DocumentDeleted, NoteDeleted, AssessmentDeleted, BackgroundCheckDeleted}
)
_DELETED = frozenset(fact.TOPIC for fact in _DELETIONS)
"""A deletion is final, whatever is told afterwards of what was deleted."""

_OWN_KEY = {DocumentDeleted.TOPIC: "documents/", AssessmentDeleted.TOPIC: "assessment/"}
"""Deletions of things that have a key of their own, and how its category begins."""


def _slot(entry: Entry) -> str:
    return _SLOT[type(entry.fact)](entry.stamp.source, entry.fact)


def _key(entry: Entry) -> Key:
    return entry.subject, _slot(entry)


def _evolve(row: DossierRow | None, entry: Entry) -> DossierRow:
    if row is not None and _stands(row, entry):
        return row
    stamp, fact = entry.stamp, entry.fact
    parts = pack_parts(fact.sealed)
    return DossierRow(
        entry.subject,
        _slot(entry) if row is None else row.slot,
        stamp.controller,
        fact.TOPIC,
        stamp.fact_id,
        stamp.occurred_at,
        stamp.source,
        stamp.actor,
        pack_clear(fact),
        parts,
        SlotState.STANDING,
        parts != NO_PARTS or fact.TOPIC in _OWN_KEY,
    )


def _stands(row: DossierRow, entry: Entry) -> bool:
    """Say whether what is in the slot stands against the entry."""
    stamp, fact = entry.stamp, entry.fact
    if row.state is SlotState.SHREDDED and fact.sealed:
        return False
    if type(fact) is SourceLinked:
        return True
    if type(fact) in _DELETIONS:
        return row.topic in _DELETED
    if row.topic in _DELETED:
        return True
    return mark_of(stamp) <= (row.occurred_at, row.fact_id.bytes)


def _purge(row: DossierRow, category: Category | None) -> DossierRow:
    if not row.purgeable or not _in_scope(row, category):
        return row
    parts = purge_parts(row.parts, category)
    if category is not None and holds_tokens(parts):
        return row._replace(parts=parts)
    # By place: a replacement by name costs four times as much.
    return DossierRow._make((*row[:-3], parts, SlotState.SHREDDED, False))


def _in_scope(row: DossierRow, category: Category | None) -> bool:
    """Say whether destroying a category's key, or all for None, touches the row.

    A deletion holds no token, yet once its thing's own key is destroyed the thing is forgotten:
    a document uploaded again is new, and so is a test taken again.
    """
    if category is None:
        return True
    prefix = _OWN_KEY.get(row.topic)
    if prefix is not None:
        return prefix + row.slot.split("/")[1] == category
    return any(name == category for name, _ in unpack_parts(row.parts))


def _requests(row: DossierRow) -> list[OpenRequest]:
    return open_requests(row.subject, row.fact_id, row.topic, row.parts)


DOSSIER = Projection(
    name="dossier",
    facts=frozenset(_SLOT),
    key=_key,
    evolve=_evolve,
    tokens=Tokens(_purge, _requests),
)
