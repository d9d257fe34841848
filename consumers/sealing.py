"""The second beat: drafts get their person and their keys, and become sealed facts.

One call to the key database admits the whole page, one seals it. A draft of an erased person
comes back as late. On a version conflict this beat is done again, never the decision alone:
a person may have been erased in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from consumers.packing import pack
from consumers.translate import Draft
from domain.fact import Fact
from domain.keyring import Admitted, Admitter, Claim, LateFact, Sealer, SealRequest
from domain.values import ControllerId, Sealed, SealedPart, SubjectId

PROFILE = "profile"


class SealingKeys(Admitter, Sealer, Protocol):
    """What the write side may do with keys."""


class SealedDraft(NamedTuple):
    """A draft that knows its person and holds her sealed fact."""

    draft: Draft
    subject: SubjectId
    fact: Fact


@dataclass(frozen=True, slots=True)
class SealedPage:
    """One controller's share of a page after the keys were opened."""

    controller: ControllerId
    ready: Sequence[SealedDraft]
    late: Sequence[Draft]


def claim_of(draft: Draft) -> Claim:
    """Ask for the draft's person, with a profile key besides those of its own categories."""
    return Claim(
        ref=draft.ref,
        occurred_at=draft.occurred_at,
        begins=draft.begins,
        contacts=draft.contacts,
        categories=(PROFILE, *[c for c in draft.personal if c != PROFILE]),
    )


def seal_page(keys: SealingKeys, controller: ControllerId, drafts: Sequence[Draft]) -> SealedPage:
    """Admit and seal one controller's drafts.

    Raises:
        SubjectErased: a person was erased between the two calls; do the page again.
        KeyUnavailable: the key database or the provider is away.
    """
    answers = keys.admit(controller, [claim_of(draft) for draft in drafts])
    placed = [
        (draft, answer.subject)
        for draft, answer in zip(drafts, answers, strict=True)
        if isinstance(answer, Admitted)
    ]
    late = [d for d, a in zip(drafts, answers, strict=True) if isinstance(a, LateFact)]
    tokens = iter(keys.seal(controller, _requests(placed)))
    ready = [
        SealedDraft(draft, subject, draft.fact(_parts(draft, tokens))) for draft, subject in placed
    ]
    return SealedPage(controller, ready, late)


def _requests(placed: Sequence[tuple[Draft, SubjectId]]) -> list[SealRequest]:
    return [
        SealRequest(subject, draft.fact_id, category, draft.topic, pack(values))
        for draft, subject in placed
        for category, values in draft.personal.items()
    ]


def _parts(draft: Draft, tokens: Iterator[Sealed]) -> tuple[SealedPart, ...]:
    return tuple([SealedPart(category, next(tokens)) for category in draft.personal])
