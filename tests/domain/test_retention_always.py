"""What holds of due dates whatever the rules and whoever the person."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.anchors import Anchors
from domain.calendar import Period
from domain.consent import Consent, ConsentStatus
from domain.policy import Rule
from domain.policy_terms import Exemption, Trigger
from domain.purposes import Purpose
from domain.retention import due_dates
from domain.situation import Keeping, Situation
from tests.domain.promises import noon, policy

rules = st.builds(
    Rule,
    slug=st.sampled_from(["one", "two", "three"]),
    activity=st.sampled_from(["pool", "hiring"]),
    categories=st.sampled_from([(None,), ("profile",), ("telemetry", "documents")]),
    trigger=st.sampled_from([Trigger.REGISTERED, Trigger.LAST_LOGIN]),
    period=st.one_of(st.none(), st.builds(Period, months=st.integers(0, 60))),
    exception=st.sampled_from([None, *Exemption]),
    grace_days=st.integers(0, 30),
    warn_days=st.integers(0, 60),
)
keepings = st.builds(
    Keeping,
    st.sampled_from([None, "profile", "documents/1"]),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2040, 1, 1)).map(noon)),
)
consents = st.builds(
    Consent,
    st.sampled_from(ConsentStatus),
    st.tuples(st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(noon), st.just(b"fact")),
    st.just(1),
    st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2040, 1, 1)).map(noon)),
)
situations = st.builds(
    Situation,
    anchors=st.builds(
        Anchors,
        registered_at=st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(noon),
        last_login_at=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(noon)),
    ),
    contract_open=st.booleans(),
    consents=st.dictionaries(st.just(Purpose.LONGER_STORAGE), consents),
    held=st.lists(keepings, max_size=2).map(tuple),
    restricted=st.booleans(),
)
several = st.lists(rules, min_size=1, max_size=4)


def dates(situation: Situation, *some: Rule) -> dict[str | None, date | None]:
    return {due.category: due.erase_on for due in due_dates(policy(*some), situation).dues}


@given(several, situations)
def test_warning_promise_and_erasure_come_in_this_order(
    some: list[Rule], situation: Situation
) -> None:
    for due in due_dates(policy(*some), situation).dues:
        assert due.why.since <= due.warn_on <= due.due_on
        assert due.erase_on is None or due.due_on <= due.erase_on


@given(several, situations)
def test_nothing_is_listed_twice(some: list[Rule], situation: Situation) -> None:
    categories = [due.category for due in due_dates(policy(*some), situation).dues]
    assert len(categories) == len(set(categories))


@given(several, situations, keepings)
def test_one_more_hold_never_makes_an_erasure_earlier(
    some: list[Rule], situation: Situation, keeping: Keeping
) -> None:
    free = replace(situation, held=(), restricted=False)
    before, behind = dates(free, *some), dates(replace(free, held=(keeping,)), *some)
    for category in set(before) & set(behind):
        assert (behind[category] or date.max) >= (before[category] or date.max)


@given(several, situations)
def test_a_restricted_person_is_never_erased_by_time(
    some: list[Rule], situation: Situation
) -> None:
    found = dates(replace(situation, restricted=True), *some)
    assert set(found.values()) <= {None}


@given(rules, situations, st.integers(1, 400))
def test_a_longer_period_is_never_due_earlier(rule: Rule, situation: Situation, more: int) -> None:
    short = replace(rule, period=Period(days=1), exception=None)
    long = replace(short, period=Period(days=1 + more))
    for one, other in zip(
        due_dates(policy(short), situation).dues,
        due_dates(policy(long), situation).dues,
        strict=True,
    ):
        assert other.due_on - one.due_on == timedelta(days=more)
