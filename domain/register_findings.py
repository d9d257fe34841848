"""What is missing or overdue in a controller's registers, found against its policy. Pure.

Rules: facts, keys and backups each have a store, inside the region that the policy names; a store
is run by the controller or by a processor; whoever runs the facts' store does not run the keys'. A
legitimate interest is weighed before it is used, and weighed again on its day (GDPR Art. 6(1)(f),
24, 28, 30, 32).
"""

from collections.abc import Iterator
from datetime import date

from domain.findings import Finding, FindingKind
from domain.lawful_basis import LawfulBasis
from domain.policy import Policy
from domain.policy_terms import DataRegion, RecipientRole
from domain.registers import ContactRole, Registers, Store, StoreKind

CONTACTS_NEEDED = (ContactRole.CONTROLLER, ContactRole.NOTICE_CONTACT)
"""A representative and an adviser are for those who must have them."""

STORES_NEEDED = (StoreKind.LOG, StoreKind.KEYS, StoreKind.BACKUP)

_PROCESSING = (RecipientRole.PROCESSOR, RecipientRole.SUB_PROCESSOR)


def of_contacts(known: Registers, day: date) -> Iterator[Finding]:
    """Find roles that nobody fills on a day."""
    filled = {one.role for one in known.contacts_on(day)}
    for role in CONTACTS_NEEDED:
        if role not in filled:
            yield Finding(FindingKind.CONTACT_MISSING, role.value)


def of_stores(policy: Policy, known: Registers) -> Iterator[Finding]:
    """Find stores that are not named, or are not where or with whom they may be."""
    held = {one.holds for one in known.stores}
    for kind in STORES_NEEDED:
        if kind not in held:
            yield Finding(FindingKind.STORE_MISSING, kind.value)
    runs_facts = {one.run_by for one in known.stores if one.holds is StoreKind.LOG}
    for store in known.stores:
        yield from _of_store(policy, store)
        runs_both = store.holds is StoreKind.KEYS and store.run_by in runs_facts
        if runs_both and store.run_by != policy.controller:
            yield Finding(FindingKind.KEYS_WITH_DATA, store.slug)


def _of_store(policy: Policy, store: Store) -> Iterator[Finding]:
    roles = {one.slug: one.role for one in policy.recipients}
    if store.run_by != policy.controller and roles.get(store.run_by) not in _PROCESSING:
        yield Finding(FindingKind.RUN_BY_NO_PROCESSOR, store.slug)
    if store.outside_eea is None:
        yield Finding(FindingKind.STORE_COUNTRY_UNKNOWN, store.slug)
    elif store.outside_eea and policy.data_region is DataRegion.EEA:
        yield Finding(FindingKind.STORE_OUTSIDE_REGION, store.slug)


def of_assessments(policy: Policy, known: Registers, day: date) -> Iterator[Finding]:
    """Find interests that nobody weighed, and those to be weighed again."""
    assessed = dict(known.assessed())
    for activity in policy.activities:
        made = assessed.get(activity.slug)
        if LawfulBasis.LEGITIMATE_INTERESTS not in activity.basis:
            continue
        if made is None:
            yield Finding(FindingKind.INTEREST_UNASSESSED, activity.slug)
        elif made.review_again_on < day:
            yield Finding(FindingKind.ASSESSMENT_OVERDUE, made.slug)


def of_measures(known: Registers, day: date) -> Iterator[Finding]:
    """Find a register without measures or risks, and risks to be looked at again."""
    if not known.measures:
        yield Finding(FindingKind.MEASURES_MISSING)
    if not known.risks:
        yield Finding(FindingKind.RISKS_MISSING)
    for risk in known.risks:
        if risk.review_again_on < day:
            yield Finding(FindingKind.RISK_OVERDUE, risk.slug)


def of_agreements(policy: Policy, known: Registers, day: date) -> Iterator[Finding]:
    """Find processors without an agreement, and changes that may still be objected to."""
    for one in policy.recipients:
        processor = one.role is RecipientRole.PROCESSOR
        if processor and known.agreement_with(one.slug, day) is None:
            yield Finding(FindingKind.AGREEMENT_MISSING, one.slug)
    for change in known.changes:
        if change.announced_on <= day <= change.object_until:
            yield Finding(FindingKind.CHANGE_OPEN, change.slug, change.object_until.isoformat())


def examine_registers(policy: Policy, known: Registers, day: date) -> tuple[Finding, ...]:
    """Find what is missing or overdue on a day, register by register."""
    return (
        *of_contacts(known, day),
        *of_stores(policy, known),
        *of_assessments(policy, known, day),
        *of_measures(known, day),
        *of_agreements(policy, known, day),
    )
