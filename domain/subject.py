"""One person's stream: the deciders over it, composed, behind one fence.

:func:`evolve` and :func:`decide` send each fact to its decider. Whatever it is, nothing is decided
for a person who is erased or abandoned, nothing but its end while an erasure is ordered, and
nothing that her rights forbid (:mod:`domain.permission`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from domain import application, documents, erasure, life, permission, profile
from domain.anchors import NONE as NO_ANCHORS
from domain.anchors import Anchors, anchored
from domain.application import ApplicationFact, Applications
from domain.decisions import Decision, RefusalReason, Refused
from domain.documents import DocumentFact, Documents
from domain.erasure import ErasureFact, ErasureState, SubjectErased
from domain.fact import Fact, Stamp
from domain.life import Life
from domain.profile import LinkedSource, ProfileFact, ProfileState
from domain.values import Category, FactId, SealedPart

__all__ = [
    "EMPTY",
    "STATE_VERSION",
    "Decision",
    "RefusalReason",
    "Refused",
    "SubjectState",
    "decide",
    "evolve",
    "needs_link",
]

STATE_VERSION = 3
"""Raised whenever a state's shape or an ``evolve`` changes: older stored heads are rebuilt."""


@dataclass(frozen=True, slots=True)
class SubjectState:
    """What decisions about one person need, and the counts her footprint is told from.

    ``facts`` is the stream's version. ``last`` is the latest fact folded: its repetition decides
    nothing. ``tokens`` counts, by category, the tokens in the stream whose keys may live. ``life``
    and ``anchors`` are None until something is told that concerns them.
    """

    facts: int = 0
    last: FactId | None = None
    tokens: Mapping[Category, int] = field(default_factory=dict)
    profile: ProfileState = profile.EMPTY
    applications: Applications = field(default_factory=dict)
    documents: Documents = field(default_factory=dict)
    erasure: ErasureState = erasure.EMPTY
    life: Life | None = None
    anchors: Anchors | None = None

    @property
    def sources(self) -> Mapping[str, LinkedSource]:
        """Each upstream system's sealed id for the person, by source."""
        return self.profile.sources

    @property
    def moments(self) -> Anchors:
        """What retention is reckoned from."""
        return NO_ANCHORS if self.anchors is None else self.anchors


EMPTY = SubjectState()


def evolve(state: SubjectState, stamp: Stamp, fact: Fact) -> SubjectState:
    """Fold one fact into the state; pure.

    Raises:
        KeyError: the fact's class is not in the catalogue.
    """
    return _EVOLVE[type(fact)](state, stamp, fact)


def decide(state: SubjectState, stamp: Stamp, claim: Fact) -> Decision:
    """Decide which facts a claim becomes: usually itself, ``()`` when it stands, or a refusal.

    The fact just folded and every fact that still stands are recognised here; older repetitions
    are the inbox's to recognise.

    Raises:
        KeyError: the claim's class is not in the catalogue.
    """
    if stamp.fact_id == state.last:
        return ()
    decision = _DECIDE[type(claim)](state, stamp, claim)
    if not decision or isinstance(decision, Refused):
        return decision
    active = state.profile.active
    return permission.forbidden(state.life, stamp, claim, active=active) or decision


def needs_link(state: SubjectState, source: str) -> bool:
    """Say whether a ``SourceLinked`` of this source may and must precede its next fact."""
    return source not in state.profile.sources and erasure.bar(state.erasure) is None


def _counted(tokens: Mapping[Category, int], parts: tuple[SealedPart, ...]) -> Mapping[str, int]:
    if not parts:
        return tokens
    counts = dict(tokens)
    for part in parts:
        if not part.category.startswith(erasure.OUTLIVING):
            counts[part.category] = counts.get(part.category, 0) + 1
    return counts


def _evolve_profile(state: SubjectState, stamp: Stamp, fact: ProfileFact) -> SubjectState:
    return SubjectState(
        state.facts + 1,
        stamp.fact_id,
        _counted(state.tokens, fact.sealed),
        profile.evolve(state.profile, stamp, fact),
        state.applications,
        state.documents,
        state.erasure,
        state.life,
        anchored(state.anchors, stamp, fact),
    )


def _evolve_application(state: SubjectState, stamp: Stamp, fact: ApplicationFact) -> SubjectState:
    return SubjectState(
        state.facts + 1,
        stamp.fact_id,
        _counted(state.tokens, fact.sealed),
        state.profile,
        application.evolve(state.applications, stamp, fact),
        state.documents,
        state.erasure,
        state.life,
        anchored(state.anchors, stamp, fact),
    )


def _evolve_document(state: SubjectState, stamp: Stamp, fact: DocumentFact) -> SubjectState:
    return SubjectState(
        state.facts + 1,
        stamp.fact_id,
        _counted(state.tokens, fact.sealed),
        state.profile,
        state.applications,
        documents.evolve(state.documents, fact),
        state.erasure,
        state.life,
        state.anchors,
    )


def _evolve_life(state: SubjectState, stamp: Stamp, fact: Fact) -> SubjectState:
    return SubjectState(
        state.facts + 1,
        stamp.fact_id,
        _counted(state.tokens, fact.sealed),
        state.profile,
        state.applications,
        state.documents,
        state.erasure,
        life.evolve(state.life, stamp, fact),
        anchored(state.anchors, stamp, fact),
    )


def _evolve_erasure(state: SubjectState, stamp: Stamp, fact: ErasureFact) -> SubjectState:
    moved = SubjectState(
        state.facts + 1,
        stamp.fact_id,
        _counted(state.tokens, fact.sealed),
        state.profile,
        state.applications,
        state.documents,
        erasure.evolve(state.erasure, fact, stamp.occurred_at),
        state.life,
        state.anchors,
    )
    return _forgotten(moved, fact.category) if type(fact) is SubjectErased else moved


def _forgotten(state: SubjectState, category: Category | None) -> SubjectState:
    """Drop what the destroyed keys covered; of an erased person only the erasure stays."""
    if category is None:
        return SubjectState(state.facts, state.last, erasure=state.erasure)
    return SubjectState(
        state.facts,
        state.last,
        {name: count for name, count in state.tokens.items() if name != category},
        profile.forget_category(state.profile, category),
        state.applications,
        documents.forget_category(state.documents, category),
        state.erasure,
        life.forget_category(state.life, category),
        state.anchors,
    )


def _decide_profile(state: SubjectState, stamp: Stamp, claim: ProfileFact) -> Decision:
    return erasure.bar(state.erasure) or profile.decide(state.profile, stamp, claim)


def _decide_application(state: SubjectState, stamp: Stamp, claim: ApplicationFact) -> Decision:
    return erasure.bar(state.erasure) or application.decide(state.applications, stamp, claim)


def _decide_document(state: SubjectState, _stamp: Stamp, claim: DocumentFact) -> Decision:
    return erasure.bar(state.erasure) or documents.decide(state.documents, claim)


def _decide_life(state: SubjectState, stamp: Stamp, claim: Fact) -> Decision:
    return erasure.bar(state.erasure) or life.decide(state.life, stamp, claim)


def _decide_erasure(state: SubjectState, stamp: Stamp, claim: ErasureFact) -> Decision:
    decision = erasure.decide(state.erasure, claim, begun=state.facts > 0)
    if not decision or isinstance(decision, Refused):
        return decision
    known = state.erasure.under_way
    reason = None if known is None else known.reason
    return permission.erasure_forbidden(state.life, stamp, claim, reason) or decision


# Each function takes exactly the classes it is entered under, which a mapping cannot say.
_Evolve = Callable[[SubjectState, Stamp, Any], SubjectState]
_Decide = Callable[[SubjectState, Stamp, Any], Decision]

_EVOLVE: Mapping[type[Fact], _Evolve] = {
    **dict.fromkeys(get_args(ProfileFact), _evolve_profile),
    **dict.fromkeys(get_args(ApplicationFact), _evolve_application),
    **dict.fromkeys(get_args(DocumentFact), _evolve_document),
    **dict.fromkeys(get_args(ErasureFact), _evolve_erasure),
    **dict.fromkeys(life.FACTS, _evolve_life),
}
_DECIDE: Mapping[type[Fact], _Decide] = {
    **dict.fromkeys(get_args(ProfileFact), _decide_profile),
    **dict.fromkeys(get_args(ApplicationFact), _decide_application),
    **dict.fromkeys(get_args(DocumentFact), _decide_document),
    **dict.fromkeys(get_args(ErasureFact), _decide_erasure),
    **dict.fromkeys(life.FACTS, _decide_life),
}
