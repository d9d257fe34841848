"""From an upstream message to a draft: everything a fact will be, one sealing away.

Rules: the contract decides where a field goes; a source's own id leaves only as a keyed id; every
personal value ends in exactly one category; a message without ids is parked, because nothing could
attach it to a person or recognise it when it comes again. Pure: keys stay behind the
:class:`~domain.keyring.Identifier`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from consumers.ports import ParkReason
from consumers.upstream import DecodedFact, Envelope
from domain.catalogue import BY_TOPIC
from domain.fact import Fact
from domain.keyring import Contact, Identifier, SourceRef
from domain.values import Category, ControllerId, FactId, Instant, SealedPart
from schemas.contracts import Contract, Keyed


class Draft(NamedTuple):
    """A fact whose personal values are not sealed yet.

    ``personal`` maps each category to the plaintext values of its fields; ``clear`` holds the
    fact's own fields, keyed ids among them. ``others`` are the mentions of other people in it, and
    ``mentioned_in`` is, of a mention, the fact that speaks of her. A tuple, like whatever is made
    once a fact and lives no longer than its page: a frozen dataclass takes three times as long.
    """

    topic: str
    fact_id: FactId
    ref: SourceRef
    occurred_at: Instant
    begins: bool
    contacts: tuple[Contact, ...]
    personal: Mapping[Category, Mapping[str, object]]
    clear: Mapping[str, object]
    others: tuple["Draft", ...] = ()
    mentioned_in: FactId | None = None

    def __repr__(self) -> str:
        """Name the fact; hide what it says."""
        return f"<Draft {self.topic} {self.fact_id}>"

    @property
    def categories(self) -> tuple[Category, ...]:
        """The DEKs the draft is to be sealed with."""
        return tuple(self.personal)

    def fact(self, sealed: tuple[SealedPart, ...]) -> Fact:
        """Make the fact, with one sealed part a category.

        Raises:
            ValueError: the parts are not the draft's categories.
        """
        given = [part.category for part in sealed]
        if given != list(self.personal) and sorted(given) != sorted(self.personal):
            message = (
                f"{self.topic} {self.fact_id}: the sealed parts are not the draft's categories"
            )
            raise ValueError(message)
        construct: Callable[..., Fact] = BY_TOPIC[self.topic]
        return construct(**self.clear, sealed=sealed)


class _IdMissingError(Exception):
    """A message names nothing where an id must stand."""


def translate(
    envelope: Envelope,
    decoded: DecodedFact,
    contract: Contract,
    identifier: Identifier,
    controller: ControllerId,
) -> Draft | ParkReason:
    """Take a decoded message apart by its contract; MISSING_ID when an id in it is blank."""
    try:
        event_id = _given(envelope.remote_event_id)
        ref = _ref(envelope, contract.stream)
        keyed = {
            becomes: _keyed(_Keying(identifier, controller, envelope.source, kind), given)
            for name, (kind, becomes) in contract.keyed.items()
            for given in [decoded.values[name]]
        }
    except _IdMissingError:
        return ParkReason.MISSING_ID
    if contract.stream is not None:
        kind, becomes = contract.stream
        own = envelope.remote_candidate_id
        keyed[becomes] = identifier.keyed_id(controller, kind, envelope.source, own)
    return Draft(
        topic=decoded.topic,
        fact_id=identifier.fact_id(controller, envelope.source, event_id),
        ref=ref,
        occurred_at=envelope.occurred_at,
        begins=contract.begins,
        contacts=tuple([hint for hint in envelope.contacts if hint.value.strip()]),
        personal=_personal(decoded.values, contract, keyed),
        clear={**_clear(decoded, contract), **keyed},
    )


def _ref(envelope: Envelope, stream: Keyed | None) -> SourceRef:
    """Say whose the message is; a thing's id is told from a person's by its kind before it."""
    own = _given(envelope.remote_candidate_id)
    return SourceRef(envelope.source, own if stream is None else f"{stream.kind}:{own}")


def _given(remote_id: str) -> str:
    if not remote_id.strip():
        raise _IdMissingError
    return remote_id


FACT = "fact"
"""The kind of id that names another message of the source: it is keyed as that message's fact."""

_OF_CONTROLLER = frozenset({"recipient"})
"""Kinds of ids that are the controller's own words (a policy's slugs), alike in all its sources."""


def owner_of(source: str) -> str:
    """Return the slug of a source's controller, with which a source's slug begins."""
    return source.partition(".")[0]


_KeyedIds = UUID | tuple[UUID, ...] | None


class _Keying(NamedTuple):
    """How one kind of a source's ids is keyed."""

    identifier: Identifier
    controller: ControllerId
    source: str
    kind: str

    def key(self, remote_id: str) -> UUID:
        """Key one id: another message's as that message's fact, anything else by its kind."""
        if self.kind == FACT:
            return self.identifier.fact_id(self.controller, self.source, remote_id)
        scope = owner_of(self.source) if self.kind in _OF_CONTROLLER else self.source
        return self.identifier.keyed_id(self.controller, self.kind, scope, remote_id)


def _keyed(keying: _Keying, remote: object) -> _KeyedIds:
    """Key a source's id, or each of several; an optional one that was not given stays away."""
    if remote is None:
        return None
    if isinstance(remote, list):
        return tuple([keying.key(_given(one)) for one in remote])
    return keying.key(_given(cast("str", remote)))


def _personal(
    values: Mapping[str, object], contract: Contract, keyed: Mapping[str, _KeyedIds]
) -> dict[Category, dict[str, object]]:
    """Gather the values that were given, by category."""
    gathered: dict[Category, dict[str, object]] = {}
    for name, template in contract.personal.items():
        if values[name] is not None:
            category = template.format_map(keyed) if "{" in template else template
            gathered.setdefault(category, {})[name] = values[name]
    return gathered


def _clear(decoded: DecodedFact, contract: Contract) -> dict[str, object]:
    clear = {name: decoded.values[name] for name in contract.clear}
    for name, members in _enums(decoded.topic).items():
        if name in clear:
            clear[name] = _members(members, clear[name])
    for name, multiple in contract.rounded.items():
        clear[name] = _rounded_up(cast("int", clear[name]), multiple)
    return clear


def _rounded_up(quantity: int, multiple: int) -> int:
    return -(-quantity // multiple) * multiple


def _members(members: Mapping[str, StrEnum], given: object) -> object:
    """Return the enum's member, or those of a list."""
    if isinstance(given, list):
        return tuple([members[one] for one in given])
    return members[cast("str", given)]


@cache
def _enums(topic: str) -> Mapping[str, Mapping[str, StrEnum]]:
    """Find which of a fact's fields are enums or several of one; read once a topic."""
    hints = {name: _item(hint) for name, hint in get_type_hints(BY_TOPIC[topic]).items()}
    return {
        name: {member.value: member for member in hint}
        for name, hint in hints.items()
        if isinstance(hint, type) and issubclass(hint, StrEnum)
    }


def _item(hint: object) -> object:
    return get_args(hint)[0] if get_origin(hint) is tuple else hint
