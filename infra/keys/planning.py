"""Planning an admission: whom each claim belongs to and what must be written. Pure.

Rules. Claims are taken in order, so several claims of one new (source, remote id) are one person
and a late fact before her beginning stays late. Nothing is written for a late fact, nor for one
that a suppression pointer bars.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.keyring import Admitted, Barred, Claim, Contact, LateFact
from domain.pointing import Bar
from domain.values import Category, Instant, SubjectId
from infra.keys.cache import Known
from infra.keys.lateness import is_late
from infra.random_ids import random_id


@dataclass(slots=True)
class Plan:
    """What a page of claims needs.

    ``new``: inner value of (source, remote id) to the subject to create, in order of arrival.
    ``pairs``: the DEKs the claims use, (subject's integer, category) to subject. ``contacts``:
    (subject's integer, inner values) to (subject, kind).
    """

    answers: list[Admitted | LateFact | Barred] = field(default_factory=list)
    new: dict[bytes, SubjectId] = field(default_factory=dict)
    pairs: dict[tuple[int, Category], SubjectId] = field(default_factory=dict)
    contacts: dict[tuple[int, bytes], tuple[SubjectId, int]] = field(default_factory=dict)


def plan_page(
    claims: Sequence[Claim],
    inners: Sequence[bytes],
    known: Mapping[bytes, Known],
    now: Instant,
    hash_contact: Callable[[Contact], tuple[int, bytes]],
) -> Plan:
    """Plan ``claims``, whose (source, remote id) hash to ``inners`` and resolve as ``known``."""
    plan = Plan()
    admitted: dict[bytes, Admitted] = {}
    for claim, inner in zip(claims, inners, strict=True):
        found = known[inner]
        known_now = found.subject is not None or inner in plan.new
        if found.guard and is_late(claim, found.guard, now, known=known_now):
            plan.answers.append(LateFact())
            continue
        if claim.bar is Bar.EVERYBODY or (claim.bar and not known_now):
            plan.answers.append(Barred())
            continue
        answer = admitted.get(inner)
        if answer is None:
            answer = admitted[inner] = _begin(plan, inner, found)
        plan.answers.append(answer)
        _collect(plan, claim, answer.subject, hash_contact)
    return plan


def _begin(plan: Plan, inner: bytes, found: Known) -> Admitted:
    if found.subject is not None:
        return Admitted(found.subject, new=False)
    subject = plan.new[inner] = SubjectId(random_id())
    return Admitted(subject, new=True)


def _collect(
    plan: Plan,
    claim: Claim,
    subject: SubjectId,
    hash_contact: Callable[[Contact], tuple[int, bytes]],
) -> None:
    who = subject.int
    for category in claim.categories:
        plan.pairs[who, category] = subject
    for contact in claim.contacts:
        kind, inners = hash_contact(contact)
        plan.contacts[who, inners] = subject, kind
