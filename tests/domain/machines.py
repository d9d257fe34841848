"""The stream every decider's machine drives: claims in, facts folded, and what always holds."""

from dataclasses import replace

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant

from domain import subject
from domain.fact import Fact, Stamp, mark_of
from domain.subject import Refused, SubjectState
from domain.values import Instant
from tests.examples import SOURCE, stamp

BRIEFLY = settings(max_examples=60, stateful_step_count=40, deadline=None)


def fold(history: list[tuple[Stamp, Fact]]) -> SubjectState:
    """Fold a whole stream from nothing."""
    state = subject.EMPTY
    for stamped, fact in history:
        state = subject.evolve(state, stamped, fact)
    return state


class Stream(RuleBasedStateMachine):
    """One person's stream under random claims, each with a fact id of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.state = subject.EMPTY
        self.history: list[tuple[Stamp, Fact]] = []
        self.claims = 0

    def claim(self, fact: Fact, occurred_at: Instant, source: str = SOURCE) -> None:
        """Decide a claim, fold what it became, and make it again."""
        self.claims += 1
        stamped = stamp(self.claims, occurred_at=occurred_at, source=source)
        decision = subject.decide(self.state, stamped, fact)
        if isinstance(decision, Refused):
            return
        for decided in decision:
            self.state = subject.evolve(self.state, stamped, decided)
            self.history.append((stamped, decided))
        assert subject.decide(self.state, stamped, fact) == ()

    def repeat(self, n: int) -> None:
        """Make an earlier claim again: it decides nothing, or history that changes nothing."""
        if not self.history:
            return
        stamped, fact = self.history[n % len(self.history)]
        decision = subject.decide(self.state, stamped, fact)
        assert isinstance(decision, tuple)
        for decided in decision:
            after = subject.evolve(self.state, stamped, decided)
            assert after.profile == self.state.profile
            assert after.applications == self.state.applications
            assert after.documents == self.state.documents

    def repeat_what_occurred_last(self) -> None:
        """Make again the claim that occurred last of all: it stands, so it decides nothing."""
        if not self.history:
            return
        stamped, fact = max(self.history, key=lambda pair: mark_of(pair[0]))
        assert subject.decide(replace(self.state, last=None), stamped, fact) == ()

    @invariant()
    def folding_from_nothing_gives_the_state(self) -> None:
        assert fold(self.history) == self.state

    @invariant()
    def versions_have_no_gap(self) -> None:
        assert self.state.facts == len(self.history)
