"""The sweep of a whole house: every controller under its own policy, one limit for the run.

Policies the log does not know are adopted and erasures that were cut short are finished first. A
day that has passed may be swept for as long as the policy of that day is still in force: what an
older one would have erased, the present one may keep.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from consumers.policies import policies
from consumers.sweep import LIMIT, UNWATCHED, NotYet, Sweep, Watch
from consumers.sweep_report import Outcome, Swept
from domain.calendar import civil_date
from domain.policy import Policy, in_force
from domain.values import ControllerId
from infra.adoption import adopt_policies, check_policies, outdate_consents
from infra.house import House
from infra.random_ids import random_id
from infra.upkeep import resume_erasures


class PolicyChanged(ValueError):  # noqa: N818 - what happened since
    """The policy of a day that has passed is no longer in force: that day cannot be swept."""


@dataclass(frozen=True, slots=True)
class ControllerSweep:
    """What was done for one controller; ``policy`` is None where none is in force on the day."""

    controller: str
    policy: Policy | None
    swept: Swept


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep did, by controller; ``resumed`` counts the erasures it finished first."""

    day: date
    dry_run: bool
    resumed: int
    controllers: tuple[ControllerSweep, ...]

    def count(self, outcome: Outcome) -> int:
        """Count the dates of an outcome in all controllers."""
        return sum(one.swept.count(outcome) for one in self.controllers)

    @property
    def erasures(self) -> int:
        """Persons and categories erased."""
        return sum(one.swept.erasures for one in self.controllers)


def sweep(
    house: House,
    day: date,
    controllers: Iterable[ControllerId],
    limit: int = LIMIT,
    *,
    dry_run: bool = False,
    watch: Watch = UNWATCHED,
) -> SweepReport:
    """Do what the policies ask on a day; in a dry run only count what would be done.

    Raises:
        NotYet: the day has not come, and this is no dry run.
        PolicyChanged: the day has passed, and so has a policy that was in force then.
        PolicyEdited: a policy's file says something else than what was adopted.
        ErasureFailed: a token still opened after the keys were destroyed.
        KeyUnavailable, LogUnavailable: a database is away; the next sweep goes on.
    """
    asked = {house.slug_of(one): one for one in controllers}
    found = {slug: in_force(policies().get(slug, ()), day) for slug in sorted(asked)}
    if dry_run:
        check_policies(house)
    else:
        check_day(house, found, day)
        adopt_policies(house)
        outdate_consents(house, list(asked.values()))
    resumed = 0 if dry_run else len(resume_erasures(house))
    process = Sweep(house.store, house.erasure(), house.clock.now, random_id, watch)
    made = SweepReport(day, dry_run, resumed, ())
    for slug, policy in found.items():
        swept = Swept()
        if policy is not None and not watch.stopped():
            room = limit - made.erasures
            swept = process.sweep(asked[slug], policy, day, room, dry_run=dry_run)
        one = ControllerSweep(slug, policy, swept)
        made = replace(made, controllers=(*made.controllers, one))
    return made


def check_day(house: House, slugs: Iterable[str], day: date) -> None:
    """Refuse a day that cannot be swept, before anything is done.

    Raises:
        NotYet: the day has not come.
        PolicyChanged: it has passed, and so has a policy that was in force then.
    """
    today = civil_date(house.clock.now())
    if day > today:
        message = (
            f"{day} has not come: look at it with --dry-run; nothing is erased before its date"
        )
        raise NotYet(message)
    for slug in slugs:
        versions = policies().get(slug, ())
        if in_force(versions, today) != in_force(versions, day):
            message = f"the policy of {slug} has changed since {day}: sweep today, or --dry-run"
            raise PolicyChanged(message)
