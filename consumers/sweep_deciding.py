"""Deciding a page of a sweep: from people to the facts to record and the erasures to come.

Nothing is durable here. Rules: what ran out is folded before dates are reckoned, so one sweep
finds what two would. A person's end is recorded in all of her streams or in none; what her rights
forbid at this hour postpones it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from consumers.erasure_order import Request
from consumers.groups import Person
from consumers.ports import Recording
from consumers.sweep_report import Ending, Outcome, Swept
from domain import subject as subjects
from domain.consent import ConsentExpired
from domain.decisions import RefusalReason, Refused
from domain.disclosure import PresentationExpired
from domain.erasure import ErasureReason
from domain.fact import HOUSE, Actor, Fact, Stamp
from domain.grouping import joined
from domain.policy import Policy
from domain.postponing import Postponed
from domain.retention import Due, DueDates
from domain.retention_facts import RetentionExpired, RetentionExpiryMoved
from domain.situation import Situation, situation_of
from domain.subject import SubjectState
from domain.sweeping import (
    Deed,
    Told,
    announcement,
    deed_of,
    dues_of,
    end_of,
    policy_id_of,
    run_out,
)
from domain.values import ControllerId, FactId, Instant, SubjectId

FACTS = 5_000
"""Facts after which a page is closed early: a quarter of what one append takes."""

_CAUSES: Mapping[RefusalReason, Postponed] = {
    RefusalReason.HELD: Postponed.HOLD,
    RefusalReason.RESTRICTED: Postponed.RESTRICTION,
}


def cause_of(reason: RefusalReason) -> Postponed:
    """Say what postpones an erasure that was refused; the other reasons are another erasure's."""
    return _CAUSES.get(reason, Postponed.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is swept, and the day it is swept for: what ran out by ``at``, recorded ``now``."""

    controller: ControllerId
    policy: Policy
    day: date
    at: Instant
    now: Instant
    new_id: Callable[[], UUID]

    def stamp(self, told: Told, place: int) -> Stamp:
        """Stamp the ``place``-th fact of a stream: a microsecond apart, so that they keep order."""
        happened = self.now + place if told.occurred_at is None else told.occurred_at
        fact_id = FactId(self.new_id())
        return Stamp(fact_id, self.controller, happened, self.now, HOUSE, Actor.SYSTEM)


@dataclass(frozen=True, slots=True)
class Draft:
    """One stream, and the facts that are to enter it."""

    subject: SubjectId
    version: int
    state: SubjectState
    facts: tuple[tuple[Stamp, Fact], ...] = ()

    def told(self, moment: Moment, some: Iterable[Told]) -> "Draft | Refused":
        """Decide facts upon each other; one that is refused refuses them all."""
        state, facts = self.state, list(self.facts)
        for told in some:
            stamp = moment.stamp(told, len(facts))
            decision = subjects.decide(state, stamp, told.fact)
            if isinstance(decision, Refused):
                return decision
            for fact in decision:
                state = subjects.evolve(state, stamp, fact)
                facts.append((stamp, fact))
        return replace(self, state=state, facts=tuple(facts))

    def recording(self, controller: ControllerId) -> Recording:
        """Make the part of a batch."""
        return Recording(controller, self.subject, self.version, self.facts, self.state)


@dataclass(slots=True)
class Reckoned:
    """A person of whom something is kept, and her dates. ``over`` is what has run out."""

    drafts: list[Draft]
    over: list[Told]
    situation: Situation
    dates: DueDates


def reckoned(moment: Moment, person: Person) -> Reckoned | None:
    """Reckon a person's dates, what ran out by then folded; None when nothing of her is kept."""
    drafts = [
        Draft(subject, head.version, head.state)
        for subject, head in person.items()
        if head.state.tokens
    ]
    if not drafts:
        return None
    over: list[Told] = []
    for place, draft in enumerate(drafts):
        some = run_out(draft.state, moment.at)
        told = draft.told(moment, some) if some else draft
        if some and isinstance(told, Draft):
            drafts[place] = told
            over += some
    situation = joined([situation_of(draft.state) for draft in drafts])
    categories = {category for draft in drafts for category in draft.state.tokens}
    return Reckoned(drafts, over, situation, dues_of(moment.policy, situation, categories))


@dataclass(slots=True)
class Decided:
    """What a page comes to; ``facts`` counts those of its recordings."""

    recordings: list[Recording] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    swept: Swept = field(default_factory=Swept)
    facts: int = 0
    people: int = 0


def decide_page(moment: Moment, page: Sequence[Person], room: int) -> Decided:
    """Decide people in order until the page is full; ``room`` is how many may be erased."""
    made = Decided()
    for person in page:
        if made.facts >= FACTS:
            break
        made.people += 1
        known = reckoned(moment, person)
        if known is not None:
            case = _Case(moment, made, room, known.drafts)
            case.decide(known)
            recorded = [one.recording(moment.controller) for one in case.drafts if one.facts]
            made.recordings += recorded
            made.facts += sum(len(one.facts) for one in recorded)
    return made


@dataclass(slots=True)
class _Case:
    moment: Moment
    made: Decided
    room: int
    drafts: list[Draft]

    def decide(self, known: Reckoned) -> None:
        """Go through her dates; when she is erased whole, nothing of the rest is left to do."""
        moment, swept = self.moment, self.made.swept
        kinds = [type(one.fact) for one in known.over]
        swept.consents += kinds.count(ConsentExpired)
        swept.presentations += kinds.count(PresentationExpired)
        swept.people += 1
        swept.findings.update(known.dates.findings)
        for due in known.dates.dues:
            deed = deed_of(moment.policy, due, known.situation, moment.day, moment.at)
            if deed is Deed.ERASE and self._ends(due) and due.category is None:
                return
            if deed in (Deed.WARN, Deed.POSTPONE):
                self._announce(due)
            if deed is Deed.POSTPONE:
                swept.waits(due.rule, *due.postponed_by)
            if deed is Deed.REVIEW:
                swept.outcomes[due.rule, Outcome.REVIEW] += 1

    def _announce(self, due: Due) -> None:
        """Announce a date in each stream where it does not stand; a fenced one is passed over."""
        outcomes: set[Outcome] = set()
        for place, draft in enumerate(self.drafts):
            if not _concerns(due, draft):
                continue
            fact = announcement(
                self.moment.policy, due, draft.subject, draft.state, self.moment.day
            )
            told = None if fact is None else draft.told(self.moment, [Told(fact)])
            if isinstance(told, Draft):
                self.drafts[place] = told
                moved = isinstance(fact, RetentionExpiryMoved)
                outcomes.add(Outcome.MOVED if moved else Outcome.WARNED)
        self.made.swept.outcomes.update((due.rule, outcome) for outcome in outcomes)

    def _ends(self, due: Due) -> bool:
        """End a scope in each stream that has it, or in none; false when it is postponed."""
        swept = self.made.swept
        if len(self.made.endings) >= self.room:
            swept.outcomes[due.rule, Outcome.LEFT] += 1
            return True
        ended = [self._ended(due, draft) for draft in self.drafts]
        refused = next((one for one in ended if isinstance(one, Refused)), None)
        if refused is not None:
            swept.waits(due.rule, cause_of(refused.reason))
            return False
        drafts = [one for one in ended if isinstance(one, Draft)]
        swept.expired += any(_expired(*pair) for pair in zip(self.drafts, drafts, strict=True))
        self.drafts = drafts
        whose = [draft.subject for draft in drafts if _concerns(due, draft)]
        approver = policy_id_of(self.moment.policy)
        why, by_policy = ErasureReason.RETENTION, True
        requests = [Request(s, due.category, why, approver, by_policy=by_policy) for s in whose]
        self.made.endings.append(Ending(due.rule, due.category, due.due_on, tuple(requests)))
        return True

    def _ended(self, due: Due, draft: Draft) -> Draft | Refused:
        if not _concerns(due, draft):
            return draft
        under_way = draft.state.erasure.under_way
        if under_way is not None and under_way.category != due.category:
            return Refused(RefusalReason.ERASURE_UNDER_WAY)
        facts = end_of(self.moment.policy, due, draft.subject, draft.state, self.moment.day)
        return draft.told(self.moment, [Told(fact) for fact in facts])


def _concerns(due: Due, draft: Draft) -> bool:
    return due.category is None or due.category in draft.state.tokens


def _expired(before: Draft, behind: Draft) -> bool:
    added = behind.facts[len(before.facts) :]
    return any(isinstance(fact, RetentionExpired) for _, fact in added)
