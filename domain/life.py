"""The deciders of a person's life beyond her profile, applications and documents, side by side.

Each has its place in :class:`Life`, None until it is first used: most people are never tested,
placed or restricted, and their states say nothing of it. What the deciders may not do to each
other's rights is :mod:`domain.permission`'s.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args

from domain import (
    assessment,
    communication,
    consent,
    disclosure,
    lawful_basis,
    legal_holds,
    matching,
    mentions,
    merging,
    notices,
    objection,
    outreach,
    portal,
    references,
    relations,
    restriction,
    retention_facts,
    selection,
    staffing,
    traits,
)
from domain.assessment import AssessmentState
from domain.communication import CommunicationState
from domain.consent import Consents
from domain.decisions import Decision
from domain.disclosure import DisclosureState
from domain.fact import Fact, Stamp
from domain.lawful_basis import Bases
from domain.legal_holds import Holds
from domain.matching import MatchingState
from domain.mentions import Mentions
from domain.merging import Ties
from domain.notices import Notices
from domain.objection import Objections
from domain.outreach import OutreachState
from domain.portal import PortalState
from domain.references import References
from domain.relations import RelationState
from domain.restriction import Restrictions
from domain.retention_facts import Expiries
from domain.selection import SelectionState
from domain.staffing import StaffingState
from domain.traits import TraitState
from domain.values import Category


class Life(NamedTuple):
    """One state a decider; a tuple, so that what is not used is stored in one byte."""

    outreach: OutreachState | None = None
    traits: TraitState | None = None
    selection: SelectionState | None = None
    assessment: AssessmentState | None = None
    references: References | None = None
    mentions: Mentions | None = None
    staffing: StaffingState | None = None
    communication: CommunicationState | None = None
    relations: RelationState | None = None
    disclosure: DisclosureState | None = None
    consent: Consents | None = None
    bases: Bases | None = None
    notices: Notices | None = None
    portal: PortalState | None = None
    matching: MatchingState | None = None
    restrictions: Restrictions | None = None
    objections: Objections | None = None
    holds: Holds | None = None
    expiries: Expiries | None = None
    ties: Ties | None = None


UNUSED = Life()


class _Decider(NamedTuple):
    """A decider's kinds of facts, its empty state and its two functions.

    Each function takes exactly the classes it is entered under, which a mapping cannot say.
    """

    facts: tuple[type[Fact], ...]
    empty: Any
    evolve: Callable[[Any, Stamp, Any], Any]
    decide: Callable[[Any, Stamp, Any], Decision]


def _decider(module: Any, facts: Any) -> _Decider:  # noqa: ANN401 - modules and unions have no type of their own
    return _Decider(get_args(facts) or (facts,), module.EMPTY, module.evolve, module.decide)


_DECIDERS: Mapping[str, _Decider] = {
    "outreach": _decider(outreach, outreach.OutreachFact),
    "traits": _decider(traits, traits.TraitFact),
    "selection": _decider(selection, selection.SelectionFact),
    "assessment": _decider(assessment, assessment.AssessmentFact),
    "references": _decider(references, references.ReferenceFact),
    "mentions": _decider(mentions, mentions.MentionFact),
    "staffing": _decider(staffing, staffing.StaffingFact),
    "communication": _decider(communication, communication.CommunicationFact),
    "relations": _decider(relations, relations.RelationFact),
    "disclosure": _decider(disclosure, disclosure.DisclosureFact),
    "consent": _decider(consent, consent.ConsentFact),
    "bases": _decider(lawful_basis, lawful_basis.BasisFact),
    "notices": _decider(notices, notices.NoticeFact),
    "portal": _decider(portal, portal.PortalFact),
    "matching": _decider(matching, matching.MatchingFact),
    "restrictions": _decider(restriction, restriction.RestrictionFact),
    "objections": _decider(objection, objection.ObjectionFact),
    "holds": _decider(legal_holds, legal_holds.HoldFact),
    "expiries": _decider(retention_facts, retention_facts.RetentionFact),
    "ties": _decider(merging, merging.MergingFact),
}

FACTS: tuple[type[Fact], ...] = tuple([fact for one in _DECIDERS.values() for fact in one.facts])

_PLACES: Mapping[type[Fact], tuple[int, _Decider]] = {
    fact: (Life._fields.index(name), decider)
    for name, decider in _DECIDERS.items()
    for fact in decider.facts
}


def evolve(life: Life | None, stamp: Stamp, fact: Fact) -> Life:
    """Fold one fact into its decider's place."""
    place, decider = _PLACES[type(fact)]
    parts = list(UNUSED if life is None else life)
    known = parts[place]
    parts[place] = decider.evolve(decider.empty if known is None else known, stamp, fact)
    return Life._make(parts)


def decide(life: Life | None, stamp: Stamp, claim: Fact) -> Decision:
    """Ask the claim's own decider."""
    place, decider = _PLACES[type(claim)]
    known = None if life is None else life[place]
    return decider.decide(decider.empty if known is None else known, stamp, claim)


def forget_category(life: Life | None, category: Category) -> Life | None:
    """Drop what an erased category alone covered."""
    if life is None or life.assessment is None:
        return life
    return life._replace(assessment=assessment.forget_category(life.assessment, category))
