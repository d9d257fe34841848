"""Given facts, when a claim is made, then so is decided: the one helper of these tests."""

from domain import subject
from domain.catalogue import PERSON_FACTS
from domain.fact import Fact, Stamp
from domain.subject import Decision, RefusalReason, Refused, SubjectState
from tests.examples import every_fact, stamp

CLAIMED = 1000
"""The number of the stamp of a claim made with :func:`when`; given facts count from 1."""

OF_PERSONS = tuple([fact for fact in every_fact() if type(fact) in PERSON_FACTS])
"""One fact of each class that may stand in a person's stream, in the catalogue's order."""


def told(*pairs: tuple[Stamp, Fact]) -> SubjectState:
    """Decide and fold facts under their own stamps; each must be accepted as it is."""
    state = subject.EMPTY
    for stamped, fact in pairs:
        assert subject.decide(state, stamped, fact) == (fact,)
        state = subject.evolve(state, stamped, fact)
    return state


def given(*facts: Fact) -> SubjectState:
    """Decide and fold facts a minute apart."""
    return told(*[(stamp(n), fact) for n, fact in enumerate(facts, start=1)])


def when(state: SubjectState, claim: Fact, n: int = CLAIMED) -> Decision:
    """Decide a claim under the n-th stamp."""
    return subject.decide(state, stamp(n), claim)


def refused(reason: RefusalReason) -> Refused:
    return Refused(reason)
