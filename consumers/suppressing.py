"""Suppression on the write side: what pointers bar, and which pointers facts leave.

Rules. What a house began of its own accord (sourced, enriched, wrote to) is held against the
pointers of every address it carries, before a key is made for it. About somebody nobody here
knows it is refused whenever it happened; about a person who is there, only what happened after the
day a pointer stands from: what came before is her story. A fact about a known person that names no
address is held against every address she is found by (:mod:`consumers.sealing`). An imported
profile, a registration and an application are the person's own acts. A pointer is durable before
the fact that leaves it is appended, so a crash in between bars too much and never too little. What
was said is remembered until its page is committed, since the page after it is prepared meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from consumers.addresses import BEGUN, contacts_of
from consumers.deciding import Decided
from consumers.sealing import SealedDraft, SealedPage
from consumers.translate import Draft
from domain.calendar import civil_date
from domain.keyring import Contact, SourceRef
from domain.outreach import CandidateReplied, OutreachOptedOut, Sentiment
from domain.pointed import DIALOGUE, POINTING, Pointed, pointed_by, pointing_of
from domain.pointing import Bar
from domain.policy import Policy
from domain.subject import SubjectState
from domain.suppression import (
    LiftOrder,
    Pointer,
    Standing,
    Suppressor,
    SuppressOrder,
    came_after,
)
from domain.values import ControllerId, FactId, Instant, SubjectId

_SAYING = frozenset({CandidateReplied.TOPIC, OutreachOptedOut.TOPIC})
_YES = Sentiment.INTERESTED
"""What stands for an opt-out, which has no sentiment: it leaves a pointer as an answer may."""


class _Said(NamedTuple):
    """Where on a page somebody said that nothing was to be begun with her addresses."""

    place: int
    ref: SourceRef
    pointers: frozenset[Pointer]

    def meets(self, place: int, ref: SourceRef, pointers: frozenset[Pointer]) -> bool:
        """Say whether what stands at a later place is about an address of hers, elsewhere known."""
        return self.place < place and self.ref != ref and not pointers.isdisjoint(self.pointers)


class Suppressing:
    """Holds pages against the pointers, and against what pages not yet committed say."""

    def __init__(self) -> None:
        self._in_flight: dict[FactId, _Said] = {}
        self._lock = Lock()

    def bars(
        self, keys: Suppressor, controller: ControllerId, drafts: Sequence[Draft]
    ) -> Mapping[int, Bar]:
        """Say which drafts are barred, by their place on the page; one round trip, if any.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        said = _said(keys, controller, drafts)
        told = [*self._elsewhere({drafts[one.place].fact_id: one for one in said}), *said]
        begun = {place: draft for place, draft in enumerate(drafts) if draft.topic in BEGUN}
        if not begun:
            return {}
        groups = [contacts_of(draft) for draft in begun.values()]
        standing = keys.standing(controller, groups)
        bars = {place: _bar(begun[place], one) for place, one in zip(begun, standing, strict=True)}
        if told:
            for place, hers in zip(begun, keys.pointers(controller, groups), strict=True):
                if any(one.meets(place, begun[place].ref, hers) for one in told):
                    bars[place] = max(bars[place], Bar.NEWCOMERS)
        return {place: bar for place, bar in bars.items() if bar}

    def _elsewhere(self, own: Mapping[FactId, _Said]) -> list[_Said]:
        """Return what pages in flight say, before any place of this one; remember this one's."""
        with self._lock:
            told = [one for fact_id, one in self._in_flight.items() if fact_id not in own]
            self._in_flight.update(own)
        return [one._replace(place=-1) for one in told]

    def settled(self, drafts: Iterable[Draft]) -> None:
        """Forget what a page said: it is committed, and its pointers stand or not."""
        saying = [draft.fact_id for draft in drafts if draft.topic in _SAYING]
        with self._lock:
            for fact_id in saying:
                self._in_flight.pop(fact_id, None)


def _said(keys: Suppressor, controller: ControllerId, drafts: Sequence[Draft]) -> list[_Said]:
    saying = [(place, one) for place, one in enumerate(drafts) if one.topic in _SAYING]
    saying = [(place, one) for place, one in saying if one.clear.get("sentiment", _YES) in DIALOGUE]
    if not saying:
        return []
    pointers = keys.pointers(controller, [draft.contacts for _, draft in saying])
    return [
        _Said(place, draft.ref, hers) for (place, draft), hers in zip(saying, pointers, strict=True)
    ]


def _bar(draft: Draft, standing: Standing) -> Bar:
    if not standing:
        return Bar.NOBODY
    after = came_after(standing, draft.occurred_at)
    return Bar.EVERYBODY if after else Bar.NEWCOMERS


class Orders(NamedTuple):
    """What a page's recorded facts ask of the pointers."""

    suppress: list[SuppressOrder]
    lift: list[LiftOrder]

    def carry_out(self, keys: Suppressor, controller: ControllerId) -> None:
        """Leave and lift, durable before it returns.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        if self.suppress:
            keys.suppress(controller, self.suppress)
        if self.lift:
            keys.lift(controller, self.lift)


def orders_of(
    page: SealedPage, decided: Decided, policy: Callable[[Instant], Policy | None]
) -> Orders:
    """Gather what the facts of a decided page leave and lift; ``policy`` is asked by moment."""
    orders = Orders([], [])
    for recording in decided.recordings:
        pointing = [(s.occurred_at, f) for s, f in recording.facts if type(f) in POINTING]
        if pointing and isinstance(recording.state, SubjectState):
            pointed = pointed_by(recording.state, [fact for _, fact in pointing])
            hers = [one for one in page.ready if one.subject == recording.subject]
            who = recording.subject, _hints(hers)
            at = min(moment for moment, _ in pointing)
            _order(orders, who, pointed, at, policy(at))
    return orders


def _hints(hers: Iterable[SealedDraft]) -> tuple[Contact, ...]:
    """Gather the contact hints of what a person said, each once."""
    saying = [one.draft for one in hers if type(one.fact) in POINTING]
    return tuple(dict.fromkeys(contact for draft in saying for contact in draft.contacts))


def _order(
    orders: Orders,
    who: tuple[SubjectId, tuple[Contact, ...]],
    pointed: Pointed,
    at: Instant,
    policy: Policy | None,
) -> None:
    for reason in sorted(pointed.leave):
        until = pointing_of(reason, policy, civil_date(at)).until
        orders.suppress.append(SuppressOrder(*who, reason, until, at))
    if pointed.lift:
        orders.lift.append(LiftOrder(*who, pointed.lift))
