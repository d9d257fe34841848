"""Restricting again whose restriction a restored event database has lost: suspended keys tell it.

Keys are suspended before a restriction is recorded and resumed after it was lifted (ADR 43). So
whoever's keys are suspended without a restriction in a log that has lost its end was restricted
since the backup, or is in between; she is withheld rather than shown. The ground she gave is lost
with the fact. It is now that what is known of her is in doubt, until somebody has asked her; the
reason, sealed in her file, says so. Her sources are told again: the notices are lost too.

A person whose whole stream is lost keeps this fact as its first, so that nobody gives her up and
nobody shows her when her source sends her again.
"""

from domain.decisions import Refused
from domain.restriction import RestrictionGround
from domain.values import ControllerId, SubjectId
from infra.house import House
from infra.rights import restricting, unsettled

_GROUND = RestrictionGround.ACCURACY_CONTESTED
_REASON = (
    "Recorded again after the event database was put back: she was restricted since the backup, "
    "and the ground she gave is lost. Ask her before it is lifted."
)


def restrict_again(house: House, controller: ControllerId) -> list[SubjectId]:
    """Record the restrictions that only suspended keys tell of; return whose they were.

    Who is being erased is not restricted: nothing of hers is shown any more.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away; repeat it.
    """
    process = restricting(house)
    suspended = frozenset(house.keyring.suspended(controller))
    lost = [one for one in unsettled(house)[controller] if one in suspended]
    return [
        one
        for one in lost
        if not isinstance(process.restrict(controller, [one], _GROUND, _REASON), Refused)
    ]
