"""The JSON shapes of ``register``: the record of processing of GDPR Art. 30(1), letter by letter.

Made of the policy in force, of the registers beside it, and of what the upstream contracts say of
their fields. Days are YYYY-MM-DD; what nobody said is null, and a finding.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.findings import Finding
from domain.policy import Activity, Policy, Recipient, Rule
from domain.policy_terms import KEPT_CATEGORIES
from domain.registers import Registers
from domain.values import Category
from infra.cli.output import Document
from infra.cli.policy_documents import finding
from schemas.contracts import contracts


def contacts(_policy: Policy, known: Registers, day: date) -> list[Document]:
    """Write who answers on a day, by role (letter a)."""
    return [
        {
            "role": one.role.value,
            "title": one.title,
            "address": one.address,
            "holder": one.holder,
            "since": one.since.isoformat(),
            "until": _day(one.until),
        }
        for one in known.contacts_on(day)
    ]


def activities(policy: Policy, _known: Registers, _day_asked: date) -> list[Document]:
    """Write what is done, with whose and which data, and how long (letters b, c and f)."""
    return [_activity(policy, one) for one in policy.activities]


def _activity(policy: Policy, one: Activity) -> Document:
    rules = [rule for rule in policy.rules if rule.activity == one.slug]
    categories = _categories(rules)
    return {
        "activity": one.slug,
        "why": one.why,
        "purpose": None if one.purpose is None else one.purpose.value,
        "basis": [basis.value for basis in one.basis],
        "notice": one.notice,
        "people": _people(categories),
        "categories": [{"category": name, "fields": _fields(name)} for name in categories],
        "time_limits": [_limit(rule) for rule in rules],
    }


def _categories(rules: Sequence[Rule]) -> list[Category]:
    """Name what an activity's rules cover; all kinds where a rule covers the person, or none is."""
    named = {category for rule in rules for category in rule.categories}
    whole = None in named or not named
    return [name for name in KEPT_CATEGORIES if whole or name in named]


def _fields(category: Category) -> list[str]:
    """Name the fields of a category, of the person herself and of those that are mentioned."""
    found: set[str] = set()
    for contract in contracts().values():
        hers = [contract.personal, *[one.personal for one in contract.mentions.values()]]
        found |= {n for part in hers for n, kept in part.items() if _is_of(kept, category)}
    return sorted(found)


def _is_of(kept: str, category: Category) -> bool:
    return kept.partition("/")[0] == category


def _people(categories: Sequence[Category]) -> list[str]:
    """Name the kinds of people: the candidate, and whoever is mentioned in such data."""
    roles = {
        role
        for contract in contracts().values()
        for role, one in contract.mentions.items()
        if any(_is_of(kept, name) for kept in one.personal.values() for name in categories)
    }
    return ["candidate", *sorted(roles)]


def _limit(rule: Rule) -> Document:
    return {
        "rule": rule.slug,
        "trigger": rule.trigger.value,
        "months": rule.period.months if rule.period is not None and rule.period.months else None,
        "days": rule.period.days if rule.period is not None and not rule.period.months else None,
        "justification": rule.justification,
        "action": rule.action.value,
    }


def recipients(policy: Policy, known: Registers, day: date) -> list[Document]:
    """Write who gets data, where, under which safeguard and agreement (letters d and e)."""
    return [_recipient(policy, known, one, day) for one in policy.recipients]


def _recipient(policy: Policy, known: Registers, one: Recipient, day: date) -> Document:
    transfer = policy.transfer_on(one, day)
    agreed = known.agreement_with(one.slug, day)
    return {
        "recipient": one.slug,
        "title": one.title,
        "role": one.role.value,
        "parent": one.parent,
        "country": one.country,
        "outside_eea": one.outside_eea,
        "safeguard": None if transfer is None else transfer.mechanism.value,
        "safeguard_until": None if transfer is None else _day(transfer.valid_until),
        "categories": list(one.categories),
        "fields": list(one.fields),
        "shared": [_shared(known, one.slug, name) for name in _shared_in(known, one.slug)],
        "erasure": one.erasure.value,
        "agreement": None if agreed is None else agreed.reference,
        "changes": [
            {
                "change": change.slug,
                "what": change.what,
                "announced_on": change.announced_on.isoformat(),
                "object_until": change.object_until.isoformat(),
            }
            for change in known.changes
            if change.processor == one.slug
        ],
    }


def _shared_in(known: Registers, recipient: str) -> list[Category]:
    return sorted({one.category for one in known.shares if one.recipient == recipient})


def _shared(known: Registers, recipient: str, category: Category) -> Mapping[str, object]:
    named = [one for one in known.shares if (one.recipient, one.category) == (recipient, category)]
    return {
        "category": category,
        "data": sorted({kind.value for one in named for kind in one.data}),
    }


def stores(policy: Policy, known: Registers, _day_asked: date) -> list[Document]:
    """Write where data lie, who is controller of it and who runs it."""
    return [
        {
            "store": one.slug,
            "title": one.title,
            "holds": one.holds.value,
            "controller": policy.controller,
            "run_by": one.run_by,
            "responsible": one.responsible,
            "country": one.country,
            "outside_eea": one.outside_eea,
        }
        for one in known.stores
    ]


def assessments(_policy: Policy, known: Registers, _day_asked: date) -> list[Document]:
    """Write which interests were weighed, and when again."""
    return [
        {
            "assessment": one.slug,
            "activity": one.activity,
            "interest": one.interest,
            "necessity": one.necessity,
            "balancing": one.balancing,
            "reviewer": one.reviewer,
            "reviewed_on": one.reviewed_on.isoformat(),
            "review_again_on": one.review_again_on.isoformat(),
        }
        for one in known.assessments
    ]


def measures(_policy: Policy, known: Registers, _day_asked: date) -> list[Document]:
    """Write what keeps data safe (letter g), each with the risks it is against."""
    return [
        {
            "measure": one.slug,
            "kind": one.kind.value,
            "what": one.what,
            "risks": [
                {
                    "risk": risk.slug,
                    "what": risk.what,
                    "reviewed_on": risk.reviewed_on.isoformat(),
                    "review_again_on": risk.review_again_on.isoformat(),
                }
                for risk in known.risks
                if risk.measure == one.slug
            ],
        }
        for one in known.measures
    ]


def whole(policy: Policy, known: Registers, day: date) -> Document:
    """Write the whole record of Art. 30(1), for ``register activities``."""
    return {
        "entities": [one.name for one in policy.entities],
        "contacts": contacts(policy, known, day),
        "activities": activities(policy, known, day),
        "recipients": recipients(policy, known, day),
        "measures": measures(policy, known, day),
    }


def findings(found: Sequence[Finding]) -> list[Document]:
    """Write what is missing or overdue."""
    return [finding(one) for one in found]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
