"""What keeps an erasure waiting although its time has come.

Rules: a hold, a restriction and an officer's override always do (GDPR Art. 17(3), 18); duties that
follow from a contract do where the rule says so. The last of them to end decides.
"""

from datetime import date
from enum import StrEnum

from domain.calendar import civil_date
from domain.policy import Rule
from domain.policy_terms import Exemption
from domain.situation import Keeping, Situation
from domain.values import Category


class Postponed(StrEnum):
    """What keeps an erasure waiting."""

    HOLD = "hold"
    RESTRICTION = "restriction"
    OVERRIDE = "override"
    OPEN_DUTIES = "open_duties"
    UNDER_WAY = "under_way"
    """Another erasure of hers has begun and must end first."""


def postponed(
    rule: Rule, category: Category | None, day: date, situation: Situation
) -> tuple[tuple[Postponed, ...], date | None]:
    """Return what postpones an erasure planned for a day, and the day it becomes.

    The day is None while something postpones it without an end.
    """
    causes: dict[Postponed, date | None] = {}
    for cause, keepings in (
        (Postponed.HOLD, situation.held),
        (Postponed.OVERRIDE, situation.overridden),
    ):
        ends = [_end(one) for one in keepings if _meet(one.category, category)]
        if ends:
            causes[cause] = None if None in ends else max(end for end in ends if end is not None)
    if situation.restricted:
        causes[Postponed.RESTRICTION] = None
    if rule.exception is Exemption.OPEN_DUTIES and situation.contract_open:
        causes[Postponed.OPEN_DUTIES] = None
    binding = {cause: end for cause, end in causes.items() if end is None or end > day}
    ends = list(binding.values())
    if None in ends:
        return tuple(binding), None
    return tuple(binding), max([day, *[end for end in ends if end is not None]])


def _end(keeping: Keeping) -> date | None:
    return None if keeping.until_at is None else civil_date(keeping.until_at)


def _meet(one: Category | None, other: Category | None) -> bool:
    """Say whether two scopes share anything; ``documents`` holds every ``documents/<id>``."""
    if one is None or other is None or one == other:
        return True
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")
