"""What is owed to one person, or about her, on a day: from her state and the policy. Pure.

Rules:

- Retention is :mod:`domain.retention_duties`'; of an erased person nothing is owed.
- Requests are answered within the controller's promise, at the latest the law's month (Art. 12(3)).
- A consent is to be renewed two weeks before it ends.
- Who was found or spoken of, and did not come herself, is told within a month of the collection,
  at the first contact or at the first disclosure, whichever is first (Art. 14(3)).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from domain import (
    assessment,
    disclosure,
    matching,
    notices,
    outreach,
    profile,
    relations,
)
from domain.anchors import Anchors
from domain.calendar import STATUTORY_MONTHS, add_months, civil_date, due_for_request
from domain.consent import ConsentStatus
from domain.duties import Duty, DutyKind, DutyState, Whose, clocked
from domain.erasure import Phase
from domain.grouping import joined
from domain.life import UNUSED, Life
from domain.policy import Policy
from domain.purposes import ADVERTISING
from domain.restriction import RestrictionStatus
from domain.retention_duties import Streams, retention_duties
from domain.situation import Situation, situation_of
from domain.subject import SubjectState
from domain.values import ControllerId, Instant

RENEWAL_DAYS = 14
"""How long before a consent ends it is to be renewed."""


def person_duties(
    controller: ControllerId, streams: Streams, policy: Policy | None, day: date
) -> Iterator[Duty]:
    """Yield what is owed about one person on a day; without a policy, what the law alone asks."""
    promised = None if policy is None else policy.settings.response_days
    situations: list[Situation] = []
    for subject, state in streams.items():
        situations.append(situation_of(state))
        yield from _of_stream((controller, subject), state, situations[-1], promised, day)
    situation = joined(situations)
    if policy is not None and situation.kept:
        yield from retention_duties(
            (controller, next(iter(streams))), streams, situation, policy, day
        )


def _of_stream(
    whose: Whose, state: SubjectState, situation: Situation, promised: int | None, day: date
) -> Iterator[Duty]:
    yield from _asked(whose, state, promised, day)
    if not situation.kept:
        return
    yield from _collection(whose, state, day)
    if state.life is not None:
        yield from _consents(whose, state.life, day)
        yield from _answers(whose, state.life, promised, day)
        yield from _restrictions(whose, state.life)
        yield from _holds(whose, state.life, day)
        yield from _presentations(whose, state.life, day)
        yield from _checks(whose, state.life, situation, day)


def _asked(whose: Whose, state: SubjectState, promised: int | None, day: date) -> Iterator[Duty]:
    known = state.erasure.under_way
    if known is None or known.phase is Phase.ORDERED:
        return
    kind, about = DutyKind.ERASURE_REQUEST, str(known.erasure_id)
    if known.since is None:
        owed = Duty(kind, DutyState.UNANSWERED, *whose, about=about)
    else:
        owed = _answer(whose, promised, day, kind, about, known.since)
    yield owed._replace(grounds=(known.phase.value,))


def _collected(state: SubjectState) -> date | None:
    """Return when a person's data were first taken from elsewhere than from her, if they were.

    The latest sourcing of each source is kept, and the first arrival of all: where she did not
    register before it, the first arrival was the collection.
    """
    arrivals = state.profile.arrivals
    found = [mark[0] for name, mark in arrivals.items() if name.startswith(_SOURCED)]
    came = [mark[0] for name, mark in arrivals.items() if name.startswith(_REGISTERED)]
    first = state.moments.registered_at
    if found and first is not None and first not in came:
        found.append(first)
    mentions = () if state.life is None else (state.life.mentions or {}).values()
    if not came and not state.applications:
        found += [mark[0] for _, mark in mentions]
    return civil_date(min(found)) if found else None


_SOURCED = profile.CandidateSourced.TOPIC
_REGISTERED = profile.CandidateRegistered.TOPIC


def _collection(whose: Whose, state: SubjectState, day: date) -> Iterator[Duty]:
    collected, life = _collected(state), state.life or UNUSED
    told = (life.outreach or outreach.EMPTY).latest.get(outreach.Art14NoticeSent.TOPIC)
    delivered = (life.notices or notices.EMPTY).get(notices.NoticeDelivered.TOPIC)
    if collected is None or told is not None or delivered is not None:
        return
    due_on = _told_by(collected, state.moments, life)
    yield Duty(
        DutyKind.COLLECTION_NOTICE, clocked(due_on, day), *whose, due_on=due_on, since=collected
    )


def _told_by(collected: date, moments: Anchors, life: Life) -> date:
    known = life.disclosure or disclosure.EMPTY
    disclosed = known.latest.get(disclosure.PersonalDataDisclosed.TOPIC)
    first = [mark[0] for _, _, mark in known.presentations.values()]
    first += [] if disclosed is None else [disclosed[0]]
    first += [] if moments.first_contact_at is None else [moments.first_contact_at]
    uses = [civil_date(one) for one in first if civil_date(one) >= collected]
    return min([add_months(collected, STATUTORY_MONTHS), *uses])


def _consents(whose: Whose, life: Life, day: date) -> Iterator[Duty]:
    for scope, known in (life.consent or {}).items():
        since = civil_date(known.mark[0])
        if known.status is ConsentStatus.OUTDATED:
            kind = DutyKind.CONSENT_ANEW
            yield Duty(kind, DutyState.UNANSWERED, *whose, since=since, about=scope)
        if known.status is not ConsentStatus.GIVEN or known.expires_at is None:
            continue
        ends = civil_date(known.expires_at)
        if ends - timedelta(days=RENEWAL_DAYS) <= day:
            state = DutyState.COMING if day < ends else clocked(ends, day)
            yield Duty(DutyKind.CONSENT_EXPIRY, state, *whose, ends, since, scope)


def _answers(whose: Whose, life: Life, promised: int | None, day: date) -> Iterator[Duty]:
    """Yield what she asked and nobody answered; advertising is never weighed (Art. 21(3))."""
    owed = partial(_answer, whose, promised, day)
    for thing_id, thing in (life.relations or relations.EMPTY).enquiries.items():
        if thing[1] is relations.EnquiryStatus.OPEN:
            yield owed(DutyKind.ENQUIRY, str(thing_id), thing[2][0])
    for thing_id, review in (life.matching or matching.EMPTY).reviews.items():
        if review[1] is matching.ReviewStatus.REQUESTED:
            yield owed(DutyKind.HUMAN_REVIEW, str(thing_id), review[2][0])
    for thing_id, one in (life.objections or {}).items():
        if one.raised is not None and one.verdict is None and one.purpose not in ADVERTISING:
            yield owed(DutyKind.OBJECTION, str(thing_id), one.raised[0])


def _answer(
    whose: Whose, promised: int | None, day: date, kind: DutyKind, about: str, at: Instant
) -> Duty:
    since = civil_date(at)
    due_on = due_for_request(since, promised)
    return Duty(kind, clocked(due_on, day), *whose, due_on=due_on, since=since, about=about)


def _restrictions(whose: Whose, life: Life) -> Iterator[Duty]:
    for restriction_id, (begun, status, mark) in (life.restrictions or {}).items():
        if not begun or status is RestrictionStatus.LIFTED:
            continue
        announced = status is RestrictionStatus.LIFT_ANNOUNCED
        kind = DutyKind.RESTRICTION_LIFT if announced else DutyKind.RESTRICTION
        state = DutyState.UNANSWERED if announced else DutyState.STANDING
        since = civil_date(mark[0])
        yield Duty(kind, state, *whose, since=since, about=str(restriction_id))


def _holds(whose: Whose, life: Life, day: date) -> Iterator[Duty]:
    for hold_id, hold in (life.holds or {}).items():
        if hold.placed is None or hold.released is not None:
            continue
        ends = None if hold.until_at is None else civil_date(hold.until_at)
        if ends is None or ends <= day:
            state = DutyState.UNSET if ends is None else clocked(ends, day)
            yield Duty(DutyKind.HOLD, state, *whose, ends, civil_date(hold.placed[0]), str(hold_id))


def _presentations(whose: Whose, life: Life, day: date) -> Iterator[Duty]:
    known = life.disclosure or disclosure.EMPTY
    for presentation_id, expires_at in known.expiries.items():
        thing = known.presentations.get(presentation_id)
        shown = thing is not None and thing[1] in disclosure.SHOWN
        if shown and civil_date(expires_at) <= day:
            ended = civil_date(expires_at)
            state, about = clocked(ended, day), str(presentation_id)
            yield Duty(DutyKind.PRESENTATION, state, *whose, due_on=ended, about=about)


def _checks(whose: Whose, life: Life, situation: Situation, day: date) -> Iterator[Duty]:
    """Yield checks whose result is kept after their use: none of her applications is active."""
    if situation.applications_active:
        return
    closed = situation.applications_closed_at
    for check_id, (_, progress, mark) in (life.assessment or assessment.EMPTY).checks.items():
        if progress is assessment.Progress.COMPLETED:
            done = civil_date(max(mark[0], closed or mark[0]))
            state = clocked(done, day)
            yield Duty(DutyKind.CHECK, state, *whose, done, civil_date(mark[0]), str(check_id))
