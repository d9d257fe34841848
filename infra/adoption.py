"""What the house does with its controllers' own streams: policies adopted, consents outdated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from consumers.adoption import Adopting, claim_of, to_adopt
from consumers.controller_stream import ControllerStream, read_controller
from consumers.outdating import Outdating
from consumers.policies import policies
from consumers.ports import Log
from domain.calendar import civil_date, day_begins
from domain.controller import Adopted, ControllerState, PolicyAdopted
from domain.policy import Policy, in_force
from domain.values import ControllerId, Instant
from infra.house import House
from infra.random_ids import random_id


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a policy: as it was adopted, or None while the log does not know it."""

    controller: str
    version: int
    effective_at: Instant
    digest: bytes
    adopted: Adopted | None
    in_force: bool


def adopt_all(
    log: Log, controllers: Mapping[str, ControllerId], now: Callable[[], Instant]
) -> tuple[PolicyAdopted, ...]:
    """Adopt what the log does not know of the controllers' policies; return what was new.

    Raises:
        PolicyEdited: a file says something else than what was adopted.
        LogUnavailable: the event database is away.
    """
    adopting = Adopting(log, now, random_id)
    return tuple(
        [
            claim
            for slug, controller in sorted(controllers.items())
            for claim in adopting.adopt(controller, slug, policies().get(slug, ()))
        ]
    )


def adopt_policies(house: House) -> tuple[PolicyAdopted, ...]:
    """Adopt before the house acts on its policies: a query a controller when nothing is new.

    Raises:
        PolicyEdited: a file says something else than what was adopted.
        LogUnavailable: the event database is away.
    """
    return adopt_all(house.store, house.controllers, house.clock.now)


def check_policies(house: House) -> None:
    """Compare the files with the log, and adopt nothing.

    Raises:
        PolicyEdited: a file says something else than what was adopted.
        LogUnavailable: the event database is away.
    """
    versions(house.store, house.controllers, civil_date(house.clock.now()))


def versions(log: Log, controllers: Mapping[str, ControllerId], day: date) -> list[Version]:
    """Compare every controller's file with the log, and name what either knows, oldest first.

    Raises:
        PolicyEdited: a file says something else than what was adopted.
        LogUnavailable: the event database is away.
    """
    return [
        version
        for slug, controller in sorted(controllers.items())
        for version in _versions(
            slug, read_controller(log, controller)[1], policies().get(slug, ()), day
        )
    ]


def outdate_consents(house: House, controllers: Sequence[ControllerId] = ()) -> int:
    """Outdate the consents that notices in force leave behind, of some controllers or of all.

    Raises:
        VersionConflict: streams kept moving; doing it again goes on.
        LogUnavailable, KeyUnavailable: a database is away; likewise.
    """
    outdating = Outdating(house.store, house.rights(), house.keyring)
    now = house.clock.now()
    return sum(
        outdating.outdate(controller, read_controller(house.store, controller)[1], now)
        for controller in controllers or house.controllers.values()
    )


def stream_of(house: House, controller: ControllerId) -> ControllerStream:
    """Open a controller's own stream."""
    return ControllerStream(house.store, controller, house.clock.now, random_id)


def _versions(
    slug: str, state: ControllerState, in_file: Sequence[Policy], day: date
) -> list[Version]:
    to_adopt(slug, state, in_file)
    standing = in_force(in_file, day)
    return [
        Version(
            slug,
            policy.version,
            day_begins(policy.effective_from),
            claim_of(policy).digest,
            state.policies.get(policy.version),
            policy is standing,
        )
        for policy in in_file
    ]
