"""The other people in a fact: a referee, an interviewer, a client's contact.

Each value is sealed under its own person's key. A record that names another person by the source's
id becomes two drafts: its own fact, and a :class:`~domain.mentions.MentionedIn` in the other's
stream, which holds her values and the id of the fact that speaks of her. Both go into one batch.
The second is recorded only where the first is; and where the other person was erased, she stays
so: the fact is recorded without her, and its source is told. So the erasure or restriction of one
leaves the other readable.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from consumers.ports import ParkReason
from consumers.sealing import SealedPage, SealingKeys, seal_page
from consumers.translate import Draft
from domain.keyring import Contact, ContactKind, Identifier, SourceRef
from domain.mentions import MentionedIn, Role
from domain.pointing import Bar
from domain.values import Category, ControllerId, FactId
from schemas.contracts import Contract, Mention

_KIND = "mention"
"""The kind of id that a mention's fact is keyed as."""


def with_others(
    draft: Draft,
    values: Mapping[str, object],
    contract: Contract,
    identifier: Identifier,
    controller: ControllerId,
) -> Draft | ParkReason:
    """Add to a draft those of the other people its record names.

    MISSING_ID when an id is blank, or when a person's values came without an id of hers: nothing
    could attach them to her, and they are nobody else's.
    """
    others: list[Draft] = []
    for role, mention in contract.mentions.items():
        people = _ids(values[mention.field])
        hers = {name: values[name] for name in mention.personal if values[name]}
        if any(not one.strip() for one in people) or (hers and not people):
            return ParkReason.MISSING_ID
        for one in people:
            if one != draft.ref.remote_id:
                key = f"{draft.fact_id}/{role}/{one}"
                made = identifier.keyed_id(controller, _KIND, draft.ref.source, key)
                others.append(_other(draft, FactId(made), (Role(role), one), mention, hers))
    return draft._replace(others=tuple(others)) if others else draft


def seal_with_others(
    keys: SealingKeys, controller: ControllerId, drafts: Sequence[Draft], bars: Mapping[int, Bar]
) -> SealedPage:
    """Admit and seal drafts and, with the same two calls, those of the other people in them.

    ``bars`` says, by their place, which drafts a suppression pointer stands against.

    Raises:
        SubjectErased: a person was erased between the two calls; do the page again.
        KeyUnavailable: the key database or the provider is away.
    """
    others = [other for draft in drafts if draft.others for other in draft.others]
    if not others:
        return seal_page(keys, controller, drafts, bars)
    return _apart(seal_page(keys, controller, [*drafts, *others], bars))


def _apart(page: SealedPage) -> SealedPage:
    """Set the mentions apart: they are decided after the facts that speak of those people."""
    return SealedPage(
        page.controller,
        [item for item in page.ready if item.draft.mentioned_in is None],
        [draft for draft in page.late if draft.mentioned_in is None],
        [item for item in page.ready if item.draft.mentioned_in is not None],
        [draft for draft in page.late if draft.mentioned_in is not None],
        page.barred,
    )


def _ids(given: object) -> list[str]:
    if given is None:
        return []
    several = given if isinstance(given, list) else [given]
    return list(dict.fromkeys(cast("list[str]", several)))


def _other(
    draft: Draft,
    fact_id: FactId,
    person: tuple[Role, str],
    mention: Mention,
    hers: Mapping[str, object],
) -> Draft:
    role, remote_id = person
    return Draft(
        topic=MentionedIn.TOPIC,
        fact_id=fact_id,
        ref=SourceRef(draft.ref.source, remote_id),
        occurred_at=draft.occurred_at,
        begins=False,
        contacts=tuple(_contacts(mention, hers)),
        personal=_personal(role, mention, hers),
        clear={"mentioning_fact_id": draft.fact_id, "role": role},
        mentioned_in=draft.fact_id,
    )


def _personal(
    role: Role, mention: Mention, hers: Mapping[str, object]
) -> dict[Category, dict[str, object]]:
    """Gather her values by category, named as in every mention: ``referee_name`` is a name."""
    gathered: dict[Category, dict[str, object]] = {}
    for name, value in hers.items():
        field = name.removeprefix(f"{role.value}_")
        gathered.setdefault(mention.personal[name], {})[field] = value
    return gathered


def _contacts(mention: Mention, hers: Mapping[str, object]) -> Iterator[Contact]:
    """Yield her addresses, by which she is found and no fact is attached."""
    for name, kind in mention.contacts.items():
        for value in _ids(hers.get(name)):
            if value.strip():
                yield Contact(ContactKind(kind), value)
