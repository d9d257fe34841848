"""How policies and due dates are told to people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from domain.findings import Finding
from domain.policy import Policy
from domain.simulation import Change, Nearness, Shift, nearness
from domain.values import Category, SubjectId
from infra.cli.session import Session
from infra.cli.wording import Wording
from infra.retention import DueList, Pressing, Simulation

Word = TypeVar("Word", bound=StrEnum)


def print_policy(
    session: Session, slug: str, policy: Policy | None, findings: Sequence[Finding]
) -> None:
    """Print a controller's policy in force and what was found in it."""
    words = session.words
    if policy is None:
        session.out.heading(words.text("policy", "none", controller=slug))
        return
    title = words.text(
        "policy",
        "version",
        controller=slug,
        version=policy.version,
        since=policy.effective_from,
        rules=len(policy.rules),
    )
    _table(
        session, ("severity", "finding", "where"), [_found(words, one) for one in findings], title
    )


def print_due(session: Session, policy: Policy, day: date, made: DueList) -> None:
    """Print one controller's dates: the most pressing, then all in counts."""
    words = session.words
    rows = [_due_row(words, one, day) for one in made.pressing]
    title = words.text("due", "title", controller=policy.controller, day=day, people=made.people)
    _table(session, ("when", "state", "scope", "rule", "subject"), rows, title)
    session.out.line(_counts(words, "nearness", made.counts, Nearness))
    if made.postponed:
        causes = _counts(words, "postponed", made.postponed, sorted(made.postponed))
        session.out.line(words.text("due", "postponed", causes=causes))
    print_findings(session, made.findings)


def print_simulation(session: Session, pair: tuple[Policy, Policy], made: Simulation) -> None:
    """Print what another policy would change: the first erased, then all in counts."""
    words, (present, proposed) = session.words, pair
    rows = [_shift_row(words, subject, shift) for subject, shift in made.first]
    title = words.text(
        "simulation",
        "title",
        controller=proposed.controller,
        present=present.version,
        proposed=proposed.version,
        people=made.people,
    )
    _table(session, ("proposed", "present", "change", "scope", "subject"), rows, title)
    session.out.line(_counts(words, "change", made.changes, Change))
    session.out.line(words.text("simulation", "at_once", count=made.at_once))
    print_findings(session, made.findings)


def _table(
    session: Session, names: Sequence[str], rows: Sequence[Sequence[object]], title: str
) -> None:
    headings = [session.words.text("column", name) for name in names]
    if rows:
        session.out.table(headings, rows, title)
    else:
        session.out.heading(title)


def print_found(session: Session, found: Sequence[Finding]) -> None:
    """Print findings that are about no people; nothing when there is none."""
    rows = [_found(session.words, one) for one in found]
    if rows:
        _table(session, ("severity", "finding", "where"), rows, "")


def _found(words: Wording, finding: Finding) -> tuple[str, str, str]:
    severity = words.text("severity", finding.severity.value)
    reason = words.word("basis", finding.reason)
    return severity, words.text("finding", finding.kind.value, reason=reason), finding.where


def print_findings(session: Session, findings: Mapping[Finding, int]) -> None:
    """Print findings with the number of people they are about; nothing when there is none."""
    words = session.words
    rows = [(*_found(words, one), count) for one, count in findings.items()]
    if rows:
        _table(session, ("severity", "finding", "where", "people"), sorted(rows), "")


def _due_row(words: Wording, one: Pressing, day: date) -> tuple[object, ...]:
    due = one.due
    state = words.text("nearness", nearness(due, day).value)
    causes = ", ".join(words.text("postponed", cause.value) for cause in due.postponed_by)
    told = f"{state} ({causes})" if causes else state
    scope = scope_told(words, due.category, one.streams)
    return due.erase_on or due.due_on, told, scope, due.rule, one.subject


def _shift_row(words: Wording, subject: SubjectId, shift: Shift) -> tuple[object, ...]:
    change = words.text("change", shift.change.value)
    present = None if shift.now is None else shift.now.erase_on
    return shift.erased_on, present, change, _scope(words, shift.category), subject


def scope_told(words: Wording, category: Category | None, streams: int) -> str:
    """Name a scope, and how many streams it is in when the person is merged."""
    scope = _scope(words, category)
    return words.text("due", "streams", scope=scope, count=streams) if streams > 1 else scope


def _scope(words: Wording, category: Category | None) -> str:
    return words.text("due", "person") if category is None else words.category(category)


def _counts(words: Wording, group: str, counts: Mapping[Word, int], order: Iterable[Word]) -> str:
    return ", ".join(f"{words.text(group, one.value)}: {counts.get(one, 0)}" for one in order)
