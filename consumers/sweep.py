"""The retention sweep: walks a controller's people and does what the day asks, page by page.

Of each page, in this order: decide; record what ran out, warnings and ends in one append; erase.
Every step may be done twice, so a sweep that was cut short is finished by the next one: a date
that was recorded as come is not recorded again, and is erased. A stream that moved meanwhile has
its page decided again. What a duty forbids at the last moment is left out of its page, and counted.

A day that is not here yet can only be looked at: nothing is erased before its date.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from consumers import erasure as erasures
from consumers.erasure import ErasureProcess, Receipt
from consumers.erasure_ports import ErasureRefused
from consumers.groups import HeadsLog, Person, brought_together, people
from consumers.ports import Batch, VersionConflict
from consumers.sweep_deciding import Decided, Moment, cause_of, decide_page
from consumers.sweep_report import Ending, Outcome, Swept
from domain.calendar import civil_date
from domain.policy import Policy
from domain.sweeping import last_of_day
from domain.values import ControllerId, Instant, SubjectId

_Work = tuple[Decided, Sequence[Person]]
"""What was done, and the people of the page who come next."""

LIMIT = 10_000
"""Persons and categories erased in one run: a quarter of a minute where a thousand go a second."""

CONFLICTS = 5
"""Times a page is decided again when its streams keep moving; then it is for the next run."""


class SweepPoint(StrEnum):
    """How far a page has come; tests end the process there."""

    PAGE_DECIDED = "page_decided"
    RECORDED = "recorded"
    ERASING = "erasing"
    SWEPT = "swept"


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on: ``report`` is told the counts so far after every page, ``reached`` each point.

    ``stopped`` is asked after every page: the next sweep goes on.
    """

    report: Callable[[Swept], None] = lambda _swept: None
    reached: Callable[[SweepPoint], None] = lambda _point: None
    stopped: Callable[[], bool] = lambda: False


UNWATCHED = Watch()


class NotYet(ValueError):  # noqa: N818 - what the day is
    """The day to be swept has not come: it can only be looked at."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Sweeps one controller at a time."""

    log: HeadsLog
    erasure: ErasureProcess
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]
    watch: Watch = UNWATCHED

    def sweep(
        self,
        controller: ControllerId,
        policy: Policy,
        day: date,
        limit: int = LIMIT,
        *,
        dry_run: bool = False,
    ) -> Swept:
        """Do what the policy asks on a day; in a dry run only count what would be done.

        Raises:
            NotYet: the day has not come, and this is no dry run.
            ErasureFailed: a token still opened after the keys were destroyed.
            KeyUnavailable, LogUnavailable: a database is away; the next sweep goes on.
        """
        if not dry_run and day > civil_date(self.now()):
            message = f"{day} has not come: it can only be looked at"
            raise NotYet(message)
        swept = Swept()
        for page in people(self.log, controller):
            waiting: Sequence[Person] = page
            while waiting:
                moment = self._moment(controller, policy, day)
                work = self._looked if dry_run else self._settled
                decided, waiting = work(moment, waiting, limit - swept.erasures)
                swept.add(decided.swept)
            self.watch.report(swept)
            if self.watch.stopped():
                break
        return swept

    def _moment(self, controller: ControllerId, policy: Policy, day: date) -> Moment:
        """Take the hour: now, and on another day its end; what will be is recorded then."""
        now = self.now()
        at = now if civil_date(now) == day else last_of_day(day)
        return Moment(controller, policy, day, at, max(now, at), self.new_id)

    def _looked(self, moment: Moment, page: Sequence[Person], room: int) -> _Work:
        decided = decide_page(moment, page, room)
        for ending in decided.endings:
            decided.swept.ended(ending)
        return decided, page[decided.people :]

    def _settled(self, moment: Moment, page: Sequence[Person], room: int) -> _Work:
        """Record a page and erase its people; return it with the people it had no room for."""
        decided = self._decided(moment, page, room)
        for _ in range(CONFLICTS):
            try:
                self._record(decided)
            except VersionConflict:
                page = self._anew(moment.controller, page)
                decided = self._decided(moment, page, room)
            else:
                self._erase(moment.controller, decided)
                self.watch.reached(SweepPoint.SWEPT)
                return decided, page[decided.people :]
        return _left(decided), page[decided.people :]

    def _decided(self, moment: Moment, page: Sequence[Person], room: int) -> Decided:
        decided = decide_page(moment, page, room)
        self.watch.reached(SweepPoint.PAGE_DECIDED)
        return decided

    def _record(self, decided: Decided) -> None:
        if decided.recordings:
            self.log.append(Batch(tuple(decided.recordings)))
        self.watch.reached(SweepPoint.RECORDED)

    def _anew(self, controller: ControllerId, page: Sequence[Person]) -> list[Person]:
        """Load people again whose streams moved; who was erased meanwhile is not among them."""
        subjects = [subject for person in page for subject in person]
        heads = self.log.load(controller, subjects, []).heads
        return brought_together(self.log, controller, heads, set())

    def _erase(self, controller: ControllerId, decided: Decided) -> None:
        for page in _pages(decided.endings):
            self._erase_page(controller, page, decided.swept)

    def _erase_page(self, controller: ControllerId, page: Sequence[Ending], swept: Swept) -> None:
        """Erase a page; who may not be erased after all is taken out, and the others go on."""
        while page:
            self.watch.reached(SweepPoint.ERASING)
            requests = [request for ending in page for request in ending.requests]
            try:
                receipts = self.erasure.erase(controller, requests)
            except ErasureRefused as refused:
                page = _without(page, refused, swept)
            except VersionConflict:
                swept.outcomes.update((ending.rule, Outcome.LEFT) for ending in page)
                return
            else:
                _count(page, receipts, swept)
                return


def _without(page: Sequence[Ending], refused: ErasureRefused, swept: Swept) -> list[Ending]:
    """Take out a person to whom an erasure was refused, all her streams."""
    for ending in page:
        if refused.subject in ending.subjects:
            swept.waits(ending.rule, cause_of(refused.reason))
    return [ending for ending in page if refused.subject not in ending.subjects]


def _count(page: Sequence[Ending], receipts: Sequence[Receipt], swept: Swept) -> None:
    erased = {receipt.subject for receipt in receipts}
    for ending in page:
        if not erased.isdisjoint(ending.subjects):
            swept.ended(ending)


def _left(decided: Decided) -> Decided:
    """Count for another run what could not be recorded."""
    left = Swept(people=decided.swept.people)
    left.outcomes.update((ending.rule, Outcome.LEFT) for ending in decided.endings)
    return replace(decided, swept=left)


def _pages(endings: Sequence[Ending]) -> list[list[Ending]]:
    """Cut into pages that the erasure does at once: nobody twice, a person's streams together."""
    pages: list[list[Ending]] = []
    on_page: list[set[SubjectId]] = []
    for ending in endings:
        for page, subjects in zip(pages, on_page, strict=True):
            fits = len(subjects) + len(ending.subjects) <= erasures.PAGE
            if fits and subjects.isdisjoint(ending.subjects):
                page.append(ending)
                subjects.update(ending.subjects)
                break
        else:
            pages.append([ending])
            on_page.append(set(ending.subjects))
    return pages
