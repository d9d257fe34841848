"""What an ended erasure leaves behind: its last fact, and a notice to each recipient."""

from uuid import UUID

from consumers.erasure_order import Standing
from consumers.ports import Notice, NoticeKind
from domain.erasure import SubjectErased
from domain.keyring import Destruction
from domain.values import ControllerId, Instant


def erased_fact(standing: Standing, destruction: Destruction, probed: int) -> SubjectErased:
    """Say that the keys are destroyed and that none of the ``probed`` tokens opened."""
    return SubjectErased(
        erasure_id=standing.order.erasure_id,
        category=standing.order.category,
        destroyed_at=destruction.destroyed_at,
        journal_sequence=destruction.head.sequence,
        journal_chain=destruction.head.chain,
        keys_destroyed=len(destruction.epochs),
        tokens_probed=probed,
        tokens_opened=0,
    )


def notices_of(controller: ControllerId, standing: Standing, now: Instant) -> list[Notice]:
    """One notice a recipient, holding only its own remote id (GDPR Art. 17(2), 19)."""
    order = standing.order
    notices = [part for part in order.sealed if part.category.startswith("notice/")]
    kind = NoticeKind.ERASED if order.category is None else NoticeKind.CATEGORY_ERASED
    return [
        Notice(
            notice_id=UUID(part.category.removeprefix("notice/")),
            controller=controller,
            kind=kind,
            recipient=recipient,
            subject=standing.subject,
            erasure_id=order.erasure_id,
            token=part.sealed.token,
            created_at=now,
        )
        for recipient, part in zip(order.recipients, notices, strict=True)
    ]
