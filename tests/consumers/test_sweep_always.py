"""What holds of a sweep whoever lives there, whatever the rules and whatever the day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.groups import people
from domain.calendar import Period, day_begins
from domain.communication import MessageReceived
from domain.grouping import joined
from domain.legal_holds import LegalHoldPlaced
from domain.outreach import OutreachSent
from domain.policy import Policy
from domain.policy_terms import Action, Exemption, Trigger
from domain.portal import CandidatePortalLoggedIn
from domain.purposes import Purpose
from domain.restriction import ProcessingRestricted
from domain.retention import due_dates
from domain.situation import situation_of
from domain.values import SubjectId
from tests.consumers.populace import Populace
from tests.domain.promises import DAY, RULE, policy
from tests.examples import uploaded

DAYS = 40
SCOPES = ("communications", "documents", "telemetry", "profile")


@dataclass(frozen=True)
class Story:
    """Somebody: when she registered, and what else is told of her, by the day."""

    registered: int
    written: int | None
    signed_in: int | None
    approached: int | None
    papers: int
    hold: tuple[str | None, int | None] | None
    restricted: bool
    longer: int | None
    same_as_before: bool


days = st.integers(0, DAYS)
maybe = st.one_of(st.none(), days)
stories = st.builds(
    Story,
    registered=days,
    written=maybe,
    signed_in=maybe,
    approached=maybe,
    papers=st.integers(0, 2),
    hold=st.one_of(
        st.none(), st.none(), st.tuples(st.sampled_from([None, "communications"]), maybe)
    ),
    restricted=st.sampled_from([False, False, False, True]),
    longer=maybe,
    same_as_before=st.sampled_from([False, False, True]),
)
rules = st.builds(
    lambda **own: replace(RULE, **own),
    slug=st.sampled_from(["one", "two", "three"]),
    categories=st.sampled_from([(None,), (None,), *[(scope,) for scope in SCOPES]]),
    trigger=st.sampled_from([Trigger.REGISTERED, Trigger.FIRST_CONTACT, Trigger.LAST_USED]),
    period=st.builds(Period, days=st.integers(0, DAYS)),
    exception=st.sampled_from([None, Exemption.CONSENT_TO_LONGER]),
    grace_days=st.integers(0, 3),
    warn_days=st.integers(0, 10),
    action=st.sampled_from([Action.ERASE, Action.ERASE, Action.REVIEW]),
)
policies = st.lists(rules, min_size=1, max_size=3, unique_by=lambda rule: rule.slug).map(
    lambda some: policy(*some)
)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def live(populace: Populace, stories: Sequence[Story]) -> None:
    """Let the stories happen, one person after another."""
    for n, story in enumerate(stories):
        person = populace.person(day(story.registered))
        _use(populace, person, story)
        _bind(populace, person, story)
        if story.same_as_before and n:
            populace.merge(populace.people[n - 1], person, day(story.registered), n)
        if story.restricted:
            populace.a(person, day(story.registered), ProcessingRestricted)


def _use(populace: Populace, person: SubjectId, story: Story) -> None:
    for number, kind in (
        (story.written, MessageReceived),
        (story.signed_in, CandidatePortalLoggedIn),
        (story.approached, OutreachSent),
    ):
        if number is not None:
            populace.a(person, day(number), kind)
    for paper in range(story.papers):
        populace.tell(person, day(story.registered), uploaded(paper + 1))


def _bind(populace: Populace, person: SubjectId, story: Story) -> None:
    """Let her consent and place a hold on the day she registered; both end at a midnight."""
    since = day(story.registered)
    if story.longer is not None:
        ends = day_begins(day(story.longer + DAYS))
        populace.consent(person, since, Purpose.LONGER_STORAGE, ends)
    if story.hold is not None:
        category, until = story.hold
        until_at = None if until is None else day_begins(day(until + DAYS))
        populace.a(person, since, LegalHoldPlaced, category=category, until_at=until_at)


Waiting = list[tuple[frozenset[SubjectId], str | None, date | None]]


def erasable(populace: Populace, under: Policy) -> Waiting:
    """List what may be erased when, reckoned without the sweep: streams, scope, day."""
    found: Waiting = []
    for page in people(populace.side.log, populace.side.controller):
        for person in page:
            states = [head.state for head in person.values() if head.state.tokens]
            situation = joined([situation_of(state) for state in states])
            for due in due_dates(under, situation).dues:
                having = [
                    s
                    for s, head in person.items()
                    if due.category is None
                    or any(c.partition("/")[0] == due.category for c in head.state.tokens)
                ]
                if due.action is Action.ERASE and having:
                    found.append((frozenset(having), due.category, due.erase_on))
    return found


def gone(populace: Populace) -> set[SubjectId]:
    return {person for person in populace.people if not populace.readable(person)}


several = st.lists(stories, min_size=1, max_size=4)


@settings(deadline=None, max_examples=50)
@given(several, policies, st.integers(0, 3 * DAYS))
def test_sweeping_twice_is_sweeping_once(some: list[Story], under: Policy, on: int) -> None:
    populace = Populace()
    live(populace, some)
    populace.sweep(day(on), under)
    before = list(populace.side.log.log)
    populace.sweep(day(on), under)
    assert populace.side.log.log == before


@settings(deadline=None, max_examples=50)
@given(several, policies, st.integers(0, 3 * DAYS))
def test_nobody_is_erased_before_her_day_or_against_a_ground(
    some: list[Story], under: Policy, on: int
) -> None:
    populace = Populace()
    live(populace, some)
    due = [
        (streams, category) for streams, category, at in erasable(populace, under)
        if at is not None and at <= day(on)
    ]  # fmt: skip
    populace.sweep(day(on), under)
    whole = {person for streams, category in due if category is None for person in streams}
    touched = {person for streams, _ in due for person in streams}
    for person in populace.people:
        ended = populace.topics(person).count("subject.erased")
        assert person in touched or not ended
        assert person in whole or not (
            populace.side.log.load(populace.side.controller, [person], [])
            .heads[person]
            .state.erasure.end
        )


@settings(deadline=None, max_examples=50)
@given(several, policies, st.integers(0, 3 * DAYS))
def test_nothing_past_its_day_is_left_without_a_ground(
    some: list[Story], under: Policy, on: int
) -> None:
    populace = Populace()
    live(populace, some)
    populace.sweep(day(on), under)
    left = [one for one in erasable(populace, under) if one[2] is not None and one[2] <= day(on)]
    assert left == []


@settings(deadline=None, max_examples=30)
@given(several, policies, st.integers(0, 2 * DAYS), st.integers(1, 3))
def test_a_run_for_each_of_a_few_ends_where_one_run_does(
    some: list[Story], under: Policy, on: int, limit: int
) -> None:
    at_once, bit_by_bit = Populace(), Populace()
    for populace in (at_once, bit_by_bit):
        live(populace, some)
    at_once.sweep(day(on), under)
    for _ in range(sum(2 + story.papers + 3 for story in some)):
        bit_by_bit.sweep(day(on), under, limit=limit)
    ended = [
        [populace.topics(person).count("subject.erased") for person in populace.people]
        for populace in (at_once, bit_by_bit)
    ]
    assert ended[0] == ended[1]
