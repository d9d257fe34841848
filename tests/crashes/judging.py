"""What must be true of a house that was killed and put right; each finding is a sentence.

A check yields what it found wrong, in ids and numbers. Its words are what ``docs/reliability.md``
says of it. The checks of a work are made in their order: the last one moves the clock.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consumers.ports import Head, OtherHead
from domain.answers import Present, Shredded
from domain.keyring import OpenRequest
from domain.streams import EMPTY, evolve
from domain.values import ControllerId, SubjectId
from infra.checks import Verdict, examine
from infra.clock import FixedClock
from infra.house import House
from infra.store.records import ChainHead
from infra.upkeep import upkeep
from infra.views.runner import Runner
from projections.view import View
from tests.crashes.evidence import Evidence, rows, tokens
from tests.crashes.places import Work
from tests.fakes.views import memory_views

_MONTH_AND_A_DAY = 31 * 24 * 3_600_000_000
_ROWS_MAX = 100_000
_SURVIVING = "SELECT subject, category FROM dek WHERE survives"
_JOURNAL = "SELECT erasure_id FROM journal"
_MAY_WANT_ATTENTION = {"parked", "outbox", "views"}


@dataclass(frozen=True, slots=True)
class Case:
    """The house, what it holds, and what a house holds that nobody killed."""

    house: House
    evidence: Evidence
    unkilled: Evidence


@dataclass(frozen=True, slots=True)
class Check:
    """What must be true, in words, and how what is not is found."""

    words: str
    find: Callable[[Case], Iterator[str]]


def histories(case: Case) -> Iterator[str]:
    ours, theirs = case.evidence.lines(), case.unkilled.lines()
    if ours != theirs:
        yield f"{(theirs - ours).total()} histories are missing, {(ours - theirs).total()} are new"


def beside(case: Case) -> Iterator[str]:
    for name, theirs in case.unkilled.beside.items():
        ours = case.evidence.beside[name]
        if ours != theirs:
            missing, new = (theirs - ours).total(), (ours - theirs).total()
            yield f"{name}: {missing} are missing, {new} are new"


def files_read(case: Case) -> Iterator[str]:
    ends = {_file(name): at for name, at in case.unkilled.positions.items() if _is_reading(name)}
    for name, at in case.evidence.positions.items():
        if _is_reading(name) and at != ends[_file(name)]:
            yield f"{name} stands at {at} of {ends[_file(name)]}"
    missing = case.unkilled.positions.keys() - case.evidence.positions.keys()
    if missing:
        yield f"{len(missing)} positions are missing"


def _file(position: str) -> str:
    return position.rpartition("/")[0]


def _is_reading(position: str) -> bool:
    return position.startswith("file/") and not position.endswith("/passes")


def heads_fold(case: Case) -> Iterator[str]:
    store, every = case.house.store, case.evidence.streams
    heads: dict[SubjectId, Head | OtherHead] = {}
    heads.update(store.heads_of(every))
    heads.update(store.other_heads_of(every))
    for subject, stream in every.items():
        state = EMPTY
        for version, entry in enumerate(stream, start=1):
            state = evolve(state, entry.stamp, entry.fact)
            if entry.version != version:
                yield f"the stream of {subject} has version {entry.version} for {version}"
        if (heads[subject].version, heads[subject].state) != (len(stream), state):
            yield f"the head of {subject} is not its stream's fold"


def examined(case: Case) -> Iterator[str]:
    for check in examine(case.house):
        attention = check.verdict is Verdict.ATTENTION and check.name in _MAY_WANT_ATTENTION
        if check.verdict is not Verdict.WELL and not attention:
            yield f"{check.name} is {check.verdict.value} ({check.count}) {check.fault}"


def log_opens(case: Case) -> Iterator[str]:
    told = [token for stream in case.evidence.streams.values() for token in tokens(stream)]
    yield from _opening(case, dict(told), "the log")


def views_open(case: Case) -> Iterator[str]:
    for view in case.house.views:
        shown = view.probe_all(tuple(case.evidence.streams))
        yield from _opening(case, dict.fromkeys(shown, True), view.projection.name)


def _opening(case: Case, told: Mapping[OpenRequest, bool], where: str) -> Iterator[str]:
    asked: dict[ControllerId, list[OpenRequest]] = defaultdict(list)
    for request in told:
        asked[case.evidence.owner(request.subject)].append(request)
    for controller, requests in asked.items():
        answers = case.house.keyring.open(controller, requests)
        for request, answer in zip(requests, answers, strict=True):
            if type(answer) is not (Present if told[request] else Shredded):
                found = f"{request.subject} ({request.category}) answers {type(answer).__name__}"
                yield f"{where}: a token of {found}"


def views_fold(case: Case) -> Iterator[str]:
    folded = memory_views()
    with Runner(case.house.store, folded) as runner:
        runner.run_once()
    for held, fold in zip(case.house.views, folded, strict=True):
        name = held.projection.name
        if held.position() != case.house.store.last_position():
            yield f"{name} stands at {held.position()}"
        if _rows(held) != _rows(fold):
            yield f"{name} does not hold what the log folds to"
    for (view,) in rows(case.house, "SELECT view FROM views.position WHERE build = 'views_next'"):
        yield f"a rebuild of {view} is left"


def _rows(view: View) -> Iterable[Any]:
    return view.scan(None, _ROWS_MAX)


def journal_once(case: Case) -> Iterator[str]:
    known = [
        erasure for (erasure,) in rows(case.house, "SELECT erasure_id FROM journal", keys=True)
    ]
    ended = case.evidence.erasures()
    if sorted(known) != sorted(ended.elements()):
        yield f"{len(known)} are in the journal, {ended.total()} in the log"


def anchored(case: Case) -> Iterator[str]:
    house = case.house
    for slug, controller in house.controllers.items():
        head = house.keyring.journal_head(controller)
        witnesses = [house.anchor.journal(controller), house.store.erasure_head(controller)]
        if head.sequence and witnesses != [head, head]:
            yield f"{slug}: the journal ends at {head.sequence}, the witnesses say {witnesses}"
    end = house.anchor.log()
    assert end is not None
    if ChainHead(end.position, end.chain) != house.store.chain_head():
        yield f"the log is anchored at {end.position}"


def keys_have_streams(case: Case) -> Iterator[str]:
    for (subject,) in rows(case.house, "SELECT subject FROM dek", keys=True):
        if subject not in case.evidence.streams:
            yield f"{subject} has a key and no stream"


def forgotten(case: Case) -> Iterator[str]:
    clock = case.house.clock
    assert isinstance(clock, FixedClock)
    clock.instant += _MONTH_AND_A_DAY
    upkeep(case.house)
    yield from keys_have_streams(case)
    for subject, category in rows(case.house, _SURVIVING, keys=True):
        yield f"{subject} has a key ({category}) whose period is over"


_ALWAYS = (
    Check("each person's facts are those of a run nobody killed, once, in their order", histories),
    Check("so are inbox, parked items, notices, look-ups, late-fact guards and keys", beside),
    Check("every head is the fold of its stream, whose versions have no gap", heads_fold),
    Check("log chain, journals, audit and restore gate verify; no erasure is under way", examined),
    Check("in the log, what was erased answers so, and every other token opens", log_opens),
)
_VIEWS_OPEN = Check("no view shows a token of an erased scope; every token shown opens", views_open)
_ANCHORED = Check("the anchor and the log agree with the journal on its head", anchored)
_FORGOTTEN = Check(
    "a month later no notice and no letter has a key, nor who never began", forgotten
)
_ERASING = (
    *_ALWAYS,
    _VIEWS_OPEN,
    Check("the journal knows each erasure of the log once, and no other", journal_once),
    _ANCHORED,
    _FORGOTTEN,
)

CHECKS: Mapping[Work, tuple[Check, ...]] = {
    Work.INGEST: (
        *_ALWAYS,
        Check("every file counts as read, each reading of it to its end", files_read),
        _ANCHORED,
        _FORGOTTEN,
    ),
    Work.PROJECTION: (
        *_ALWAYS,
        Check("every view holds what the whole log folds to; no rebuild is left over", views_fold),
        _VIEWS_OPEN,
    ),
    Work.ERASURE: _ERASING,
    Work.SWEEP: _ERASING,
}
GIVEN_UP = (
    *_ALWAYS[2:],
    Check("a day later nobody has a key and no stream", keys_have_streams),
)
"""The checks after an ingest that was killed and never begun again."""


def findings(checks: Iterable[Check], case: Case) -> list[str]:
    """Make the checks."""
    return [f"{check.words}? {found}" for check in checks for found in check.find(case)]
