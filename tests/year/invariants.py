"""What must hold each night and at the end of the year, judged from bare facts.

A broken promise names the plan and tells the person's story in versions, days and fact names:
never a value.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from domain.answers import Present, Shredded, Withheld
from domain.calendar import day_begins
from domain.fact import Entry
from domain.purposes import Purpose
from domain.restriction import ProcessingRestricted, RestrictionLifted
from domain.values import Category, ControllerId, Instant, SubjectId
from tests.year.house import NIGHT, YearHouse
from tests.year.reckoning import Promised, day_of, promised, told_of

Scope = tuple[SubjectId, Category | None]

APPROACHES = ("outreach-sent", "enrichment-requested", "contact-enriched")
MESSAGES = ("message-sent",)
FOUND = ("sourced",)
DAY: Instant = 86_400_000_000


class BrokenPromiseError(AssertionError):
    """What was promised did not hold; the message holds ids and fact names alone."""


class Known(NamedTuple):
    """What was reckoned of a stream of so many facts under a version of the policy."""

    facts: int
    version: int
    kept: set[Category]
    dates: list[Promised]


@dataclass
class Watch:
    """Watches one house.

    ``suppressed`` are the plain addresses of those who opted out, and when, by controller.
    """

    house: YearHouse
    plan: object
    suppressed: dict[ControllerId, dict[str, Instant]] = field(default_factory=dict)
    addresses: dict[SubjectId, set[str]] = field(default_factory=dict)
    dead: set[SubjectId] = field(default_factory=set)
    seen: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _known: dict[SubjectId, Known] = field(default_factory=dict)

    def due(self, day: date) -> set[Scope]:
        """Name what this night must erase: no more, and no less."""
        return {
            scope
            for subject, entries in self.house.log.streams.items()
            if subject not in self.dead
            for scope in self._due(subject, entries, day)
        }

    def night(self, day: date, *, twice: bool = True) -> None:
        """Sweep once and hold what was erased against what was due; a second time for nothing."""
        due, before = self.due(day), len(self.house.log.log)
        self.house.night(day)
        erased = self._erased(before)
        self._hold("erased before its date", erased - due)
        self._hold("kept past its date without a ground", due - erased)
        self.dead |= {subject for subject, category in erased if category is None}
        self.counts["erased"] += len(erased)
        self.seen = len(self.house.log.log)
        if twice:
            self.house.night(day)
            moved: set[Scope] = {(e.subject, None) for e in self.house.log.log[self.seen :]}
            self._hold("changed by a second sweep of the day", moved)

    def told(self) -> None:
        """Look at what was recorded since: nobody is approached who may not be."""
        for entry in self.house.log.log[self.seen :]:
            kind = entry.fact.TOPIC.partition(".")[2]
            if kind in (*APPROACHES, *MESSAGES, *FOUND):
                self.counts[kind] += 1
                bar = self._bar(entry, kind)
                if bar is not None:
                    self._hold(f"{kind} recorded although {bar}", {(entry.subject, None)})
            if kind == "erased" and getattr(entry.fact, "category", "") is None:
                self.dead.add(entry.subject)
        self.seen = len(self.house.log.log)

    def end(self) -> None:
        """Try every token: of erased people none opens, of everybody else all do."""
        for controller, owned in self._owned().items():
            tokens = self.house.tokens(owned)
            answers = self.house.keyring.open(controller, tokens)
            for token, answer in zip(tokens, answers, strict=True):
                wanted = self._answer(token.subject, token.fact_id.bytes, token.category)
                if not isinstance(answer, wanted):
                    what = f"{token.slot}: {type(answer).__name__} for {wanted.__name__}"
                    self._hold(what, {(token.subject, token.category)})
                self.counts[wanted.__name__] += 1

    def _due(self, subject: SubjectId, entries: list[Entry], day: date) -> list[Scope]:
        at = day_begins(day) + NIGHT
        known = self._reckoned(subject, entries, day)
        come = [
            one
            for one in known.dates
            if one.erase_on is not None
            and one.erase_on <= day
            and not (one.lasts_until is not None and at < one.lasts_until)
        ]
        if any(one.category is None for one in come):
            return [(subject, None)]
        return [
            (subject, category)
            for category in known.kept
            if any(_covers(one.category, category) for one in come)
        ]

    def _reckoned(self, subject: SubjectId, entries: list[Entry], day: date) -> Known:
        policy = self.house.policy(entries[0].stamp.controller, day)
        known = self._known.get(subject)
        if known is None or known[:2] != (len(entries), policy.version):
            kept = _kept(entries)
            dates = promised(policy, entries) if kept else []
            known = self._known[subject] = Known(len(entries), policy.version, kept, dates)
        return known

    def _erased(self, before: int) -> set[Scope]:
        ends = [e for e in self.house.log.log[before:] if e.fact.TOPIC == "subject.erased"]
        return {(e.subject, getattr(e.fact, "category", None)) for e in ends}

    def _bar(self, entry: Entry, kind: str) -> str | None:
        """Say what forbade an approach at the moment it was recorded."""
        stream = self.house.log.streams[entry.subject][: entry.version - 1]
        new = all(e.fact.TOPIC == "candidate.source-linked" for e in stream)
        told = told_of(stream)
        if _restricted(stream):
            return "restricted"
        if kind in (*FOUND, *APPROACHES) and self._suppressed(entry, new=new):
            return "suppressed"
        purpose = getattr(entry.fact, "purpose", Purpose.SOURCING)
        objected = {one.fact.purpose for one in told if one.kind == "objection-raised"}
        if kind not in FOUND and objected & {purpose, Purpose.EVERYTHING}:
            return "objecting"
        return "unwanted" if _unwanted([one.kind for one in told], kind, purpose) else None

    def _suppressed(self, entry: Entry, *, new: bool) -> bool:
        """Say whether an address of hers had opted out: a new person's ever, a known one's before.

        A pointer is no finer than a day: what happened on its day is her story still.
        """
        opted_out = self.suppressed.get(entry.stamp.controller, {})
        since = [opted_out[a] for a in self.addresses.get(entry.subject, ()) if a in opted_out]
        known = (at for at in since if entry.stamp.recorded_at > at)
        return any(new or entry.stamp.occurred_at >= at + DAY for at in known)

    def _owned(self) -> dict[ControllerId, list[SubjectId]]:
        owned: dict[ControllerId, list[SubjectId]] = {}
        for subject, entries in self.house.log.streams.items():
            owned.setdefault(entries[0].stamp.controller, []).append(subject)
        return owned

    def _answer(
        self, subject: SubjectId, fact_id: bytes, category: Category
    ) -> type[Present | Shredded | Withheld]:
        entries = self.house.log.streams[subject]
        version = next(e.version for e in entries if e.stamp.fact_id.bytes == fact_id)
        ends = [e for e in entries[version:] if e.fact.TOPIC == "subject.erased"]
        if any(getattr(e.fact, "category", None) in (None, category) for e in ends):
            return Shredded
        return Withheld if _restricted(entries) else Present

    def _hold(self, what: str, scopes: set[Scope]) -> None:
        if scopes:
            subject, category = min(scopes, key=str)
            message = f"{len(scopes)} {what}; {self.plan}\n{self.story(subject, category)}"
            raise BrokenPromiseError(message)

    def story(self, subject: SubjectId, category: Category | None) -> str:
        """Tell a person's story without a word of hers."""
        entries = self.house.log.streams[subject]
        owner = self.house.slugs[entries[0].stamp.controller]
        lines = [
            f"  {e.version:3} {day_of(e.stamp.occurred_at)} told {day_of(e.stamp.recorded_at)}"
            f" {e.fact.TOPIC}"
            for e in entries
        ]
        return "\n".join([f"{owner} {subject} {category or 'whole'}", *lines])


def _kept(entries: list[Entry]) -> set[Category]:
    """Name the categories of which tokens may still open."""
    kept: set[Category] = set()
    for entry in entries:
        if entry.fact.TOPIC == "subject.erased":
            kept.discard(getattr(entry.fact, "category", ""))
        kept |= {part.category for part in entry.fact.sealed}
    return {one for one in kept if not one.startswith(("notice/", "request/"))}


def _unwanted(kinds: list[str], kind: str, purpose: Purpose) -> bool:
    """Say whether she said that she wants no approaches, or no newsletters."""
    if kind in APPROACHES:
        wish = _last(kinds, "outreach-opted-out", "outreach-opted-in")
        return wish == "outreach-opted-out"
    if kind in MESSAGES and purpose is Purpose.MARKETING:
        wish = _last(kinds, "marketing-subscribed", "marketing-unsubscribed")
        return wish == "marketing-unsubscribed"
    return False


def _restricted(entries: list[Entry]) -> bool:
    """Say whether a restriction was laid on and not lifted."""
    bound = [e.fact for e in entries if isinstance(e.fact, ProcessingRestricted)]
    lifted = {e.fact.restriction_id for e in entries if isinstance(e.fact, RestrictionLifted)}
    return any(one.restriction_id not in lifted for one in bound)


def _covers(scope: Category | None, category: Category) -> bool:
    return scope is not None and (category == scope or category.startswith(f"{scope}/"))


def _last(kinds: list[str], *wanted: str) -> str | None:
    return next((kind for kind in reversed(kinds) if kind in wanted), None)
