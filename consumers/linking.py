"""The link that precedes a source's first fact about a person: the source's own id for her.

It is sealed under her key, so that the source can be told of an erasure later (GDPR Art. 17(2),
19) and nobody else can read what it calls her.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from consumers.packing import pack
from consumers.sealing import PROFILE, SealedDraft
from domain.keyring import Identifier, Sealer, SealRequest
from domain.profile import SourceLinked
from domain.streams import StreamState, needs_link
from domain.values import ControllerId, FactId, SealedPart, SubjectId

Linked = tuple[int, str]
"""A person, by her id's integer, and a source that knows her: an integer is hashed in C."""

Link = tuple[FactId, SourceLinked]
"""A link and the id it was sealed with."""


def linked(item: SealedDraft) -> Linked:
    """Name what a fact's link ties together."""
    return (item.subject.int, item.draft.ref.source)


@dataclass(frozen=True, slots=True)
class Linker:
    """Seals the links a page needs."""

    identifier: Identifier
    sealer: Sealer

    def links(
        self,
        controller: ControllerId,
        ready: Sequence[SealedDraft],
        known: frozenset[FactId],
        state_of: Callable[[SubjectId], StreamState],
    ) -> Mapping[Linked, Link]:
        """Seal the link that must precede each source's first fact about a person.

        Raises:
            SubjectErased: a person was erased meanwhile.
            KeyUnavailable: the key database or the provider is away.
        """
        missing = _unlinked(ready, known, state_of)
        requests = [self._request(controller, item) for item in missing]
        tokens = self.sealer.seal(controller, requests) if requests else []
        return {
            linked(item): (request.fact_id, SourceLinked((SealedPart(PROFILE, token),)))
            for item, request, token in zip(missing, requests, tokens, strict=True)
        }

    def _request(self, controller: ControllerId, item: SealedDraft) -> SealRequest:
        """Name the link after the fact it precedes: a source may be linked again later."""
        draft = item.draft
        made = self.identifier.keyed_id(
            controller, "source-link", draft.ref.source, str(draft.fact_id)
        )
        values = pack({"remote_id": draft.ref.remote_id})
        return SealRequest(item.subject, FactId(made), PROFILE, SourceLinked.TOPIC, values)


def _unlinked(
    ready: Sequence[SealedDraft],
    known: frozenset[FactId],
    state_of: Callable[[SubjectId], StreamState],
) -> list[SealedDraft]:
    """Return the first item of each (person, source) that the person's stream does not know."""
    first: dict[Linked, SealedDraft] = {}
    for item in ready:
        if not known or item.draft.fact_id not in known:
            first.setdefault(linked(item), item)
    return [
        item
        for item in first.values()
        if needs_link(state_of(item.subject), item.draft.ref.source, item.fact)
    ]
