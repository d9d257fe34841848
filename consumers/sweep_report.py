"""What a sweep did, in counts: people by rule and outcome, and the first of those erased."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from consumers.erasure_order import Request
from domain.findings import Finding
from domain.postponing import Postponed
from domain.values import Category, SubjectId

LISTED = 10
"""People named in a report; all of them are counted."""


class Outcome(StrEnum):
    """What became of one date."""

    WARNED = "warned"
    MOVED = "moved"
    ERASED = "erased"
    POSTPONED = "postponed"
    REVIEW = "review"
    LEFT = "left"
    """It is for another run: the limit was reached, or her streams kept moving."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is erased of one person for one rule: whole or a category, in each of her streams."""

    rule: str
    category: Category | None
    due_on: date
    requests: tuple[Request, ...]

    @property
    def subjects(self) -> frozenset[SubjectId]:
        """Her streams."""
        return frozenset([request.subject for request in self.requests])


@dataclass(slots=True)
class Swept:
    """One controller's people. A merged person counts once.

    ``outcomes`` counts dates by rule, ``postponed`` by cause (one date may have several);
    ``persons`` and ``categories`` are what was erased; ``expired`` counts the ends recorded before
    that. ``findings`` counts the people a finding is about. ``first`` lists at most
    :data:`LISTED` of what was erased, in the order of ids.
    """

    people: int = 0
    expired: int = 0
    persons: int = 0
    categories: int = 0
    consents: int = 0
    presentations: int = 0
    outcomes: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    postponed: Counter[Postponed] = field(default_factory=Counter)
    findings: Counter[Finding] = field(default_factory=Counter)
    first: list[Ending] = field(default_factory=list)

    @property
    def erasures(self) -> int:
        """Persons and categories erased: what a limit counts."""
        return self.persons + self.categories

    def count(self, outcome: Outcome) -> int:
        """Count the dates of an outcome, whatever their rules."""
        return sum(count for (_, one), count in self.outcomes.items() if one is outcome)

    def ended(self, ending: Ending) -> None:
        """Count what was erased, or in a dry run would be."""
        self.outcomes[ending.rule, Outcome.ERASED] += 1
        if ending.category is None:
            self.persons += 1
        else:
            self.categories += 1
        if len(self.first) < LISTED:
            self.first.append(ending)

    def waits(self, rule: str, *causes: Postponed) -> None:
        """Count a date that something postpones."""
        self.outcomes[rule, Outcome.POSTPONED] += 1
        self.postponed.update(causes)

    def add(self, other: "Swept") -> None:
        """Add what another part of the walk did."""
        self.people += other.people
        self.expired += other.expired
        self.persons += other.persons
        self.categories += other.categories
        self.consents += other.consents
        self.presentations += other.presentations
        self.outcomes.update(other.outcomes)
        self.postponed.update(other.postponed)
        self.findings.update(other.findings)
        self.first += other.first[: LISTED - len(self.first)]
