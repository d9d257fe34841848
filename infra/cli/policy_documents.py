"""The JSON shapes of ``policy check``, ``policy simulate`` and ``due``. Days are YYYY-MM-DD."""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.findings import Finding
from domain.policy import Policy
from domain.retention import Due
from domain.simulation import Change, Nearness, Shift, nearness
from domain.values import SubjectId
from infra.cli.output import Document
from infra.retention import DueList, Pressing, Simulation


def checked(slug: str, policy: Policy | None, findings: Sequence[Finding]) -> Document:
    """Write one controller's policy in force, None before the first, with what was found in it."""
    return {
        "controller": slug,
        "policy": None if policy is None else version(policy),
        "findings": [finding(one) for one in findings],
    }


def due_list(policy: Policy, day: date, made: DueList) -> Document:
    """Write one controller's dates on a day."""
    return {
        "controller": policy.controller,
        "policy": version(policy),
        "people": made.people,
        "counts": {near.value: made.counts[near] for near in Nearness},
        "postponed": {cause.value: count for cause, count in sorted(made.postponed.items())},
        "findings": counted(made.findings),
        "due": [_pressing(one, day) for one in made.pressing],
    }


def simulation(pair: tuple[Policy, Policy], day: date, made: Simulation) -> Document:
    """Write what another policy would change."""
    present, proposed = pair
    return {
        "controller": proposed.controller,
        "as_of": day.isoformat(),
        "present": version(present),
        "proposed": version(proposed),
        "people": made.people,
        "at_once": made.at_once,
        "changes": {change.value: made.changes[change] for change in Change},
        "months": dict(sorted(made.months.items())),
        "findings": counted(made.findings),
        "subjects": [_shift(subject, shift) for subject, shift in made.first],
    }


def version(policy: Policy) -> Document:
    """Write which policy it is, in counts."""
    return {
        "version": policy.version,
        "effective_from": policy.effective_from.isoformat(),
        "kind": policy.kind.value,
        "activities": len(policy.activities),
        "rules": len(policy.rules),
        "recipients": len(policy.recipients),
    }


def finding(found: Finding) -> Document:
    """Write what was found, and where."""
    return {
        "severity": found.severity.value,
        "kind": found.kind.value,
        "where": found.where,
        "reason": found.reason,
    }


def counted(findings: Mapping[Finding, int]) -> list[Document]:
    """Write findings with the number of people they are about."""
    told = sorted(findings.items(), key=lambda one: (one[0].kind, one[0].where))
    return [{**finding(found), "people": count} for found, count in told]


def _pressing(one: Pressing, day: date) -> Document:
    state = nearness(one.due, day).value
    return {"subject": one.subject, "streams": one.streams, "state": state, **_due(one.due)}


def _shift(subject: SubjectId, shift: Shift) -> Document:
    return {
        "subject": subject,
        "category": shift.category,
        "change": shift.change.value,
        "present": None if shift.now is None else _due(shift.now),
        "proposed": None if shift.then is None else _due(shift.then),
    }


def _due(due: Due) -> Mapping[str, object]:
    return {
        "category": due.category,
        "rule": due.rule,
        "action": due.action.value,
        "due_on": due.due_on.isoformat(),
        "erase_on": None if due.erase_on is None else due.erase_on.isoformat(),
        "warn_on": due.warn_on.isoformat(),
        "trigger": due.why.trigger.value,
        "since": due.why.since.isoformat(),
        "by_consent": due.why.by_consent,
        "postponed_by": [cause.value for cause in due.postponed_by],
    }
