"""The second beat: drafts get their person and their keys, and become sealed facts.

One call to the key database admits the whole page, one seals it. A draft of an erased person
comes back as late, one that a suppression pointer stands against as barred, and no key is made for
either. On a version conflict this beat is done again, never the decision alone:
a person may have been erased in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from consumers.addresses import BEGUN, contacts_of
from consumers.packing import pack
from consumers.translate import Draft
from domain.fact import Fact
from domain.keyring import Admitted, Admitter, Barred, Claim, LateFact, Sealer, SealRequest
from domain.pointing import Bar
from domain.suppression import Suppressor, came_after
from domain.values import ControllerId, Sealed, SealedPart, SubjectId

PROFILE = "profile"


class SealingKeys(Admitter, Sealer, Suppressor, Protocol):
    """What the write side may do with keys."""


class SealedDraft(NamedTuple):
    """A draft that knows its person and holds her sealed fact."""

    draft: Draft
    subject: SubjectId
    fact: Fact


@dataclass(frozen=True, slots=True)
class SealedPage:
    """One controller's share of a page after the keys were opened.

    ``mentions`` are those of other people in its facts, ``unmentioned`` those of erased ones
    (:mod:`consumers.mentioning`). ``barred`` are those a suppression pointer stands against.
    """

    controller: ControllerId
    ready: Sequence[SealedDraft]
    late: Sequence[Draft]
    mentions: Sequence[SealedDraft] = ()
    unmentioned: Sequence[Draft] = ()
    barred: Sequence[Draft] = ()

    @property
    def items(self) -> Sequence[SealedDraft]:
        """Every fact of the page, the mentions last."""
        return [*self.ready, *self.mentions] if self.mentions else self.ready


def claim_of(draft: Draft, bar: Bar) -> Claim:
    """Ask for the draft's person, with a profile key besides those of its own categories."""
    return Claim(
        ref=draft.ref,
        occurred_at=draft.occurred_at,
        begins=draft.begins,
        contacts=contacts_of(draft),
        categories=(PROFILE, *[c for c in draft.personal if c != PROFILE]),
        bar=bar,
    )


def seal_page(
    keys: SealingKeys,
    controller: ControllerId,
    drafts: Sequence[Draft],
    bars: Mapping[int, Bar],
) -> SealedPage:
    """Admit and seal one controller's drafts, but those barred at their place on the page.

    Raises:
        SubjectErased: a person was erased between the two calls; do the page again.
        KeyUnavailable: the key database or the provider is away.
    """
    claims = [claim_of(draft, bars.get(at, Bar.NOBODY)) for at, draft in enumerate(drafts)]
    answers = keys.admit(controller, claims)
    placed = [
        (draft, answer.subject)
        for draft, answer in zip(drafts, answers, strict=True)
        if isinstance(answer, Admitted)
    ]
    late = [d for d, a in zip(drafts, answers, strict=True) if isinstance(a, LateFact)]
    barred = [d for d, a in zip(drafts, answers, strict=True) if isinstance(a, Barred)]
    unaddressed = _barred_unaddressed(keys, controller, placed)
    if unaddressed:
        barred += [draft for draft, _ in unaddressed]
        placed = [one for one in placed if one not in unaddressed]
    tokens = iter(keys.seal(controller, _requests(placed)))
    ready = [
        SealedDraft(draft, subject, draft.fact(_parts(draft, tokens))) for draft, subject in placed
    ]
    return SealedPage(controller, ready, late, barred=barred)


def _barred_unaddressed(
    keys: SealingKeys, controller: ControllerId, placed: Sequence[tuple[Draft, SubjectId]]
) -> list[tuple[Draft, SubjectId]]:
    """Find what a house began without naming an address, though a pointer stands at one of hers."""
    begun = [one for one in placed if one[0].topic in BEGUN and not contacts_of(one[0])]
    if not begun:
        return []
    people = list(dict.fromkeys(subject for _, subject in begun))
    standing = dict(zip(people, keys.standing_of_people(controller, people), strict=True))
    return [one for one in begun if came_after(standing[one[1]], one[0].occurred_at)]


def _requests(placed: Sequence[tuple[Draft, SubjectId]]) -> list[SealRequest]:
    return [
        SealRequest(subject, draft.fact_id, category, draft.topic, pack(values))
        for draft, subject in placed
        for category, values in draft.personal.items()
    ]


def _parts(draft: Draft, tokens: Iterator[Sealed]) -> tuple[SealedPart, ...]:
    return tuple([SealedPart(category, next(tokens)) for category in draft.personal])
