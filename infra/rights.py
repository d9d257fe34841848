"""The officer's processes over a house: restricting, and what seals with a fact."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from consumers.recipients import Recipients, SourceIds
from consumers.rectifying import Rectifying
from consumers.restricting import Restricting, Step
from consumers.rights import Sealing
from domain.restriction import ProcessingRestricted
from domain.values import ControllerId, SubjectId
from infra.house import House
from infra.random_ids import random_id


def recipients_of(house: House) -> Recipients:
    """Make what tells a person's sources, although she is restricted."""
    return Recipients(SourceIds(house.keyring, house.rights_opener()), house.keyring, random_id)


def tell_corrections(house: House, stopping: Callable[[], bool]) -> int:
    """Leave notices of what was corrected since the last time; return how many.

    Raises:
        GateClosed: the databases are to be reconciled first.
        KeyUnavailable, LogUnavailable: a database is away.
    """
    rectifying = Rectifying(house.store, recipients_of(house), house.clock.now, random_id)
    return rectifying.run_once(stopping)


def sealing_of(house: House) -> Callable[[ControllerId], Sealing]:
    """Make what seals an officer's words under a person's keys."""
    return lambda controller: Sealing(house.keyring, controller)


def restricting(house: House, reached: Callable[[Step], None] = lambda _step: None) -> Restricting:
    """Make the restriction process; ``reached`` is told each step as it is durable."""
    return Restricting(
        log=house.store,
        rights=house.rights(),
        keys=house.keyring,
        sealing=sealing_of(house),
        recipients=recipients_of(house),
        reached=reached,
    )


def unsettled(house: House) -> Mapping[ControllerId, tuple[SubjectId, ...]]:
    """Name the people whose keys disagree with the log about their restriction; a crash left them.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    told: dict[ControllerId, set[SubjectId]] = defaultdict(set)
    for entry in house.store.told_of(ProcessingRestricted):
        told[entry.stamp.controller].add(entry.subject)
    process = restricting(house)
    return {c: process.differing(c, told[c]) for c in house.controllers.values()}


def settle_restrictions(house: House) -> int:
    """Suspend who is restricted and resume who is not, where a crash left it otherwise.

    Returns how many people it was.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    process = restricting(house)
    return sum(process.settle(c, people) for c, people in unsettled(house).items() if people)
