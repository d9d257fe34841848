"""A controller adopts each version of its policy once, and announces a notice before it binds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain import controller
from domain.calendar import day_begins
from domain.controller import (
    ControllerFact,
    ControllerState,
    NoticeAnnounced,
    NoticePublished,
    PolicyAdopted,
    comments_end,
    outdated_by,
)
from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import Stamp
from domain.purposes import Purpose
from domain.values import Instant, instant_of
from tests.conftest import NOON
from tests.domain.deciding import refused
from tests.domain.machines import BRIEFLY
from tests.examples import stamp

NOW = instant_of(NOON)
TODAY = NOON.date()
CHANGED = (Purpose.RECRUITMENT,)


def adopted(version: int = 1, since: date = date(2018, 7, 20), text: bytes = b"a") -> PolicyAdopted:
    return PolicyAdopted(version, day_begins(since), text)


def announced(version: int = 2, in_days: int = 40, comment_days: int = 30) -> NoticeAnnounced:
    """Announce today what shall bind so many days from now."""
    effective = day_begins(TODAY + timedelta(days=in_days))
    return NoticeAnnounced(version, effective, comments_end(NOW, comment_days), CHANGED, b"text")


def published(version: int = 2, in_days: int = 40, comment_days: int = 30) -> NoticePublished:
    effective = day_begins(TODAY + timedelta(days=in_days))
    return NoticePublished(version, effective, comment_days, CHANGED, b"text")


def told(*facts: ControllerFact) -> ControllerState:
    """Decide and fold facts told now; each must be accepted."""
    state = controller.EMPTY
    for n, fact in enumerate(facts, start=1):
        stamped = stamp(n, occurred_at=NOW)
        assert controller.decide(state, stamped, fact) == (fact,)
        state = controller.evolve(state, stamped, fact)
    return state


def when(state: ControllerState, claim: ControllerFact) -> Decision:
    return controller.decide(state, stamp(1000, occurred_at=NOW), claim)


def test_a_version_is_adopted_once() -> None:
    assert when(told(adopted()), adopted()) == ()


def test_an_adopted_version_with_another_text_is_refused() -> None:
    state = told(adopted(), adopted(2, TODAY))
    for changed in (adopted(text=b"b"), adopted(since=TODAY)):
        assert when(state, changed) == refused(RefusalReason.POLICY_CHANGED)


@pytest.mark.parametrize("late", [adopted(1, date(2017, 1, 1)), adopted(3, date(2018, 7, 20))])
def test_history_is_not_written_anew(late: PolicyAdopted) -> None:
    assert when(told(adopted(2)), late) == refused(RefusalReason.SUPERSEDED)


@pytest.mark.requirement("A39")
def test_the_first_notice_binds_nobody_to_a_change() -> None:
    first = published(1, in_days=0)
    assert when(controller.EMPTY, first) == (first,)


@pytest.mark.requirement("A217")
def test_a_changed_notice_is_announced_before_it_is_published() -> None:
    state = told(published(1, in_days=0))
    assert when(state, published()) == refused(RefusalReason.UNANNOUNCED)
    unasked = published(comment_days=0)
    assert when(state, unasked) == (unasked,)


@pytest.mark.requirement("A217")
@pytest.mark.parametrize(("in_days", "binds"), [(29, False), (30, False), (31, True)])
def test_a_notice_binds_after_thirty_whole_days_of_comments(in_days: int, binds: bool) -> None:  # noqa: FBT001 - the case
    claim = announced(in_days=in_days)
    state = told(published(1, in_days=0))
    assert when(state, claim) == ((claim,) if binds else refused(RefusalReason.COMMENT_PERIOD))


def test_a_notice_announced_under_a_shorter_period_waits_for_the_policys() -> None:
    state = told(published(1, in_days=0), announced(in_days=10, comment_days=5))
    claim = published(in_days=10)
    assert when(state, claim) == refused(RefusalReason.COMMENT_PERIOD)


@pytest.mark.parametrize(
    "other",
    [
        published(in_days=39),
        replace(published(), purposes_changed=(*CHANGED, Purpose.MATCHING)),
        replace(published(), digest=b"another text"),
    ],
    ids=["earlier", "more purposes", "another text"],
)
def test_what_is_published_is_what_was_announced(other: NoticePublished) -> None:
    state = told(published(1, in_days=0), announced())
    assert when(state, other) == refused(RefusalReason.UNANNOUNCED)
    assert when(state, published()) == (published(),)


@pytest.mark.parametrize("claim", [announced(), published()], ids=["announced", "published"])
def test_telling_of_a_notice_again_decides_nothing(claim: ControllerFact) -> None:
    state = told(published(1, in_days=0), announced())
    if isinstance(claim, NoticePublished):
        state = controller.evolve(state, stamp(9, occurred_at=NOW), claim)
    assert when(state, claim) == ()


@pytest.mark.requirement("A79")
def test_a_published_notice_is_not_announced_or_published_otherwise() -> None:
    state = told(published(1, in_days=0), announced(), published())
    later: list[ControllerFact] = [
        announced(in_days=60),
        published(in_days=60),
        published(1, in_days=60),
    ]
    assert [when(state, claim) for claim in later] == [refused(RefusalReason.SUPERSEDED)] * 3


def test_a_purpose_is_outdated_from_the_day_its_notice_binds() -> None:
    state = told(published(1, in_days=0), announced(), published())
    assert outdated_by(state, NOW) == {Purpose.RECRUITMENT: 1}
    assert outdated_by(state, published().effective_at) == {Purpose.RECRUITMENT: 2}


def test_the_end_of_a_comment_period_follows_the_calendar_over_the_change_of_clocks() -> None:
    spring = day_begins(date(2026, 3, 20)) + 15 * 3_600_000_000
    assert comments_end(spring, 14) == day_begins(date(2026, 4, 4))


versions = st.integers(1, 3)
days = st.integers(0, 3)
claims: st.SearchStrategy[ControllerFact] = st.one_of(
    st.builds(
        lambda version, day, text: adopted(version, TODAY + timedelta(days=day), text),
        versions,
        days,
        st.sampled_from([b"a", b"b"]),
    ),
    st.builds(announced, versions, days, days),
    st.builds(published, versions, days, days),
)
moments: st.SearchStrategy[Instant] = st.integers(NOW, NOW + 6)


@settings(max_examples=100)
@given(data=st.data())
def test_any_order_of_arrival_ends_alike(data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.tuples(claims, moments), max_size=8))
    first = [(stamp(n, occurred_at=at), fact) for n, (fact, at) in enumerate(drawn)]

    def folded(pairs: list[tuple[Stamp, ControllerFact]]) -> ControllerState:
        state = controller.EMPTY
        for stamped, fact in pairs:
            state = controller.evolve(state, stamped, fact)
        return state

    assert folded(first) == folded(data.draw(st.permutations(first)))


class ControllerStream(RuleBasedStateMachine):
    """A controller's stream under random claims, each with a fact id of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.state = controller.EMPTY
        self.history: list[ControllerFact] = []
        self.claims = 0

    @rule(claim=claims)
    def claims_a_fact(self, claim: ControllerFact) -> None:
        self.claims += 1
        stamped = stamp(self.claims, occurred_at=NOW)
        decision = controller.decide(self.state, stamped, claim)
        if isinstance(decision, Refused):
            return
        for _ in decision:
            self.state = controller.evolve(self.state, stamped, claim)
            self.history.append(claim)
        assert when(self.state, claim) == ()

    @invariant()
    def each_version_has_one_text_for_ever(self) -> None:
        policies = [fact for fact in self.history if isinstance(fact, PolicyAdopted)]
        assert len({fact.version for fact in policies}) == len(policies)
        assert policies == sorted(policies, key=lambda fact: (fact.version, fact.effective_at))

    @invariant()
    def no_notice_but_the_first_binds_before_its_comments_are_in(self) -> None:
        notices = [fact for fact in self.history if isinstance(fact, NoticePublished)]
        for notice in notices[1:]:
            if notice.comment_days:
                assert notice.effective_at >= comments_end(NOW, notice.comment_days)


TestControllerStream = ControllerStream.TestCase
TestControllerStream.settings = BRIEFLY
