"""What an erasure would reach: the dry run, and step 1 of an erasure. Counts only, no values."""

from collections.abc import Mapping
from dataclasses import dataclass

from consumers.groups import Person, person_of
from domain.erasure import OUTLIVING, ErasureState
from domain.values import Category, ControllerId, SubjectId
from infra.house import House


@dataclass(frozen=True, slots=True)
class Footprint:
    """Where a person's sealed values are, in scope of one erasure.

    ``keys`` are her live DEKs by category; ``tokens`` those in her stream; ``views`` the tokens
    each view holds; ``parked`` the items about her that wait, which only an erasure of the whole
    person discards; ``recipients`` the sources to be told. ``erased`` says that this scope was
    erased before. ``group`` are the streams merged with hers that are erased with it.
    """

    subject: SubjectId
    category: Category | None
    erased: bool
    facts: int
    keys: Mapping[Category, int]
    tokens: Mapping[Category, int]
    lookups: Mapping[str, int]
    views: Mapping[str, int]
    parked: int
    recipients: tuple[str, ...]
    group: tuple[SubjectId, ...] = ()

    @property
    def nothing_left(self) -> bool:
        """No live key is in scope: there is nothing to erase."""
        return not self.keys

    def as_json(self) -> dict[str, object]:
        """Give the documented shape."""
        return {
            "subject": self.subject,
            "category": self.category,
            "already_erased": self.erased,
            "facts": self.facts,
            "keys": dict(self.keys),
            "tokens": dict(self.tokens),
            "lookups": dict(self.lookups),
            "views": dict(self.views),
            "parked": self.parked,
            "recipients": list(self.recipients),
            "group": list(self.group),
        }


def footprint_of(
    house: House,
    controller: ControllerId,
    subject: SubjectId,
    category: Category | None,
    *,
    alone: bool = False,
) -> Footprint:
    """Count what an erasure of this scope would reach; ``alone`` leaves merged streams out.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    streams = person_of(house.store, controller, subject)
    head = streams[subject]
    held = house.keyring.footprint(controller, subject)
    keys = {
        name: count
        for name, count in held.keys.items()
        if category in (None, name) and not name.startswith(OUTLIVING)
    }
    return Footprint(
        subject=subject,
        category=category,
        erased=_erased(head.state.erasure, category),
        facts=head.version,
        keys=keys,
        tokens={n: c for n, c in head.state.tokens.items() if category in (None, n)},
        lookups=held.lookups if category is None else {},
        views={
            view.projection.name: sum(category in (None, t.category) for t in view.probe(subject))
            for view in house.views
        },
        parked=house.parking.waiting_about(subject) if category is None else 0,
        recipients=tuple(head.state.sources),
        group=() if alone else _others(streams, subject, category),
    )


def _others(
    streams: Person, subject: SubjectId, category: Category | None
) -> tuple[SubjectId, ...]:
    """Name the merged streams that have anything of the scope."""
    having = [
        one
        for one, head in streams.items()
        if (head.state.tokens if category is None else category in head.state.tokens)
    ]
    return tuple([one for one in having if one != subject])


def _erased(state: ErasureState, category: Category | None) -> bool:
    return state.end is not None or (category is not None and category in state.ended.values())
