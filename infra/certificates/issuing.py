"""Makes a certificate: from the erasure journal, the log, and the journal of finalisations.

Rules. Nothing is certified while the restore gate is closed, from a journal whose chain does not
hold, or before the log says that the erasure ended with no token opening. A certificate may be made
again at any time; a later one says more (it became final, a recipient acknowledged). Nothing of the
person is opened. Its cost grows with the controller's journal: every record is verified and hashed.
"""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from domain.erasure import ErasureOrdered, SubjectErased
from domain.keyring import JournalHead
from domain.values import ControllerId, ErasureId, SubjectId, iso_of
from infra.certificates.contents import (
    FORM,
    KIND,
    STATEMENT,
    Backups,
    Certificate,
    Controller,
    Head,
    Inclusion,
    Recipient,
    RootCopy,
    erased_of,
)
from infra.certificates.journal import Walked, walk
from infra.certificates.residuals import everywhere_since, residuals
from infra.certificates.signers import FOLDER, export_signer
from infra.gate import restore_gate
from infra.house import House
from infra.keys.finalised import finalisation_of, verify_finalised
from infra.keys.journal import record_of
from infra.keys.kek_uri import Kek
from infra.keys.provider import DestructionKind
from infra.keys.record import ChainedRecord, JournalBroken, JournalRecord
from infra.keys.signing import signer_of
from schemas.controllers import controllers as declared_controllers

_PROVIDER = "provider"


class NoSuchReceipt(Exception):  # noqa: N818 - what was asked for
    """No erasure that destroyed anything has this receipt."""


class NotEnded(Exception):  # noqa: N818 - a state
    """The erasure is under way: keys are destroyed, and it is not verified and recorded yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the log tells of an erasure: its fence and its end. Never printed."""

    subject: SubjectId
    order: ErasureOrdered | None
    ended: SubjectErased


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, its signed text, and the public key that verifies it, in its file."""

    certificate: Certificate
    text: str
    thumbprint: str
    signer: Path


def issue(house: House, receipt: ErasureId) -> Issued:
    """Certify an erasure.

    Raises:
        NoSuchReceipt, NotEnded: there is nothing to certify.
        GateClosed: the databases are older than their anchor.
        JournalBroken, FinalisedBroken: a chain does not hold.
        KeyUnavailable, LogUnavailable: a part is away.
    """
    restore_gate(house)()
    controller, link = found(house, receipt)
    walked = walk(house.keyring, controller, link.sequence)
    slug = house.slug_of(controller)
    certificate = _certificate(house, link, walked, told_of(house, controller, receipt))
    signer = signer_of(house.keyring.vault, house.provider, slug, controller)
    text = signer.sign(KIND, certificate.encoded())
    file = export_signer(house.settings.home / FOLDER, slug, signer)
    return Issued(certificate, text, signer.thumbprint, file)


def found(house: House, receipt: ErasureId) -> tuple[ControllerId, ChainedRecord]:
    """Find an erasure's record in the journal, unverified, and whose it is.

    Raises:
        NoSuchReceipt: there is none.
        KeyUnavailable: the key database is away.
    """
    place = record_of(house.keyring.vault, receipt)
    if place is None:
        message = f"no erasure has the receipt {receipt}"
        raise NoSuchReceipt(message)
    return place


def told_of(house: House, controller: ControllerId, receipt: ErasureId) -> Told:
    """Find an erasure's fence and end in the log.

    Raises:
        NotEnded: it has no end there.
        LogUnavailable: the event database is away.
    """
    for one in house.store.erasures(controller, [receipt]):
        facts = [entry.fact for entry in house.store.stream(one.subject)]
        orders = [f for f in facts if isinstance(f, ErasureOrdered) and f.erasure_id == receipt]
        ends = [f for f in facts if isinstance(f, SubjectErased) and f.erasure_id == receipt]
        if ends:
            return Told(one.subject, orders[0] if orders else None, ends[-1])
    message = f"the erasure {receipt} has not ended: run any of erase, ingest or project"
    raise NotEnded(message)


def _certificate(house: House, link: ChainedRecord, walked: Walked, told: Told) -> Certificate:
    record = link.decoded()
    require_same(link, told.ended, walked)
    controller = ControllerId(record.controller)
    slug, now = house.slug_of(controller), house.clock.now()
    backups = _backups(house, controller, record)
    return Certificate(
        form=FORM,
        statement=STATEMENT,
        issued_at=iso_of(now),
        controller=Controller(slug, _name_of(slug)),
        erasure=erased_of(record),
        unreadable_since=iso_of(record.destroyed_at),
        unreadable_everywhere_since=iso_of(everywhere_since(record)),
        tokens_tried=told.ended.tokens_probed,
        tokens_opened=told.ended.tokens_opened,
        journal=_inclusion(link, walked),
        applied_again_at=tuple([iso_of(at) for at in walked.applied_again_at]),
        backups=backups,
        recipients=_recipients(house, told.order),
        residuals=residuals(house, record, told.order, final=backups.final),
    )


def require_same(link: ChainedRecord, ended: SubjectErased, walked: Walked) -> None:
    """Hold the record against what the log recorded at the erasure's end.

    A journal whose lost records nobody kept has a new record of the same erasure, further on.

    Raises:
        JournalBroken: the log recorded another.
    """
    recorded = JournalHead(ended.journal_sequence, ended.journal_chain)
    lost_and_done_again = walked.lost and link.sequence > recorded.sequence
    if recorded != JournalHead(link.sequence, link.chain) and not lost_and_done_again:
        raise JournalBroken(ControllerId(link.decoded().controller), link.sequence)


def _inclusion(link: ChainedRecord, walked: Walked) -> Inclusion:
    head = Head(walked.head.sequence, walked.head.chain.hex(), walked.root.hex())
    return Inclusion(link.chain.hex(), tuple([each.hex() for each in walked.path]), head)


def _name_of(slug: str) -> str:
    names = {declared.slug: declared.name for declared in declared_controllers()}
    return names.get(slug, slug)


def _backups(house: House, controller: ControllerId, record: JournalRecord) -> Backups:
    vault, promise = house.keyring.vault, _promise(house.settings.kek[-1])
    verify_finalised(vault, controller)
    covering = finalisation_of(vault, controller, record.sequence)
    if covering is None:
        return Backups(final=False, final_at=None, promise=promise, destroyed=())
    ended = covering.decoded()
    copies = [
        RootCopy(_where(number, each.where), each.kind, iso_of(each.at))
        for number, each in enumerate(ended.destroyed, 1)
    ]
    kinds = [each.kind for each in ended.destroyed if each.where == _PROVIDER]
    told = kinds[-1] if kinds else promise
    final_at = iso_of(ended.final_at)
    return Backups(final=True, final_at=final_at, promise=told, destroyed=tuple(copies))


def _promise(kek: Kek) -> str:
    """Name what the provider of new root versions can promise."""
    kind = DestructionKind.FILE_REWRITTEN if kek is None else DestructionKind.OBJECT_DESTROYED
    return kind.value


def _where(number: int, where: str) -> str:
    """Name a copy of the root without saying where the house keeps it."""
    return where if where == _PROVIDER else f"escrow-{number}"


def _recipients(house: House, order: ErasureOrdered | None) -> tuple[Recipient, ...]:
    if order is None:
        return ()
    notices = [
        UUID(part.category.removeprefix("notice/"))
        for part in order.sealed
        if part.category.startswith("notice/")
    ]
    heard = house.outbox.acknowledged(notices)
    told = zip(order.recipients, notices, strict=True)
    return tuple([Recipient(name, notice in heard) for name, notice in told])
