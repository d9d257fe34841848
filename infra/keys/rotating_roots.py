"""The root made anew, and nothing destroyed: F1 to F4 of a finalisation.

Rules. The key database itself says where it stands: while anything refers to a version older than
the newest, a rotation was cut short and is taken up; otherwise a new version is made. Older ones
stay with the provider, so that older backups open; the next finalisation destroys them all. While a
finalisation is not ended none is begun: what it will claim to be final hangs off its own version.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.answers import KeyUnavailable
from infra.keys import finalisation_run
from infra.keys.carrying import (
    FinalisationUnderWay,
    carry_all,
    forget_everywhere,
    next_version,
    require_carried,
)
from infra.keys.escrow import Escrow
from infra.keys.finalisation_shapes import Progress
from infra.keys.provider import KekProvider
from infra.keys.rewrapping import next_controller_keys
from infra.keys.roots import newest_of_all
from infra.keys.stragglers import referring
from infra.keys.vault import Vault


@dataclass(frozen=True, slots=True)
class RootMoved:
    """Where every key hangs now, whether a rotation was taken up, and what the provider holds."""

    version: int
    resumed: bool
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RootDoors:
    """Who holds the root versions, and every listed copy."""

    provider: KekProvider
    escrows: Sequence[Escrow] = ()


def rotate_root(
    vault: Vault,
    doors: RootDoors,
    report: Callable[[Progress], None],
    reached: Callable[[], None],
) -> RootMoved:
    """Carry every key to a new root version; the caller is alone.

    ``reached`` is told whenever something is durable.

    Raises:
        FinalisationUnderWay: a finalisation waits for its grace, or was cut short.
        KeyUnavailable: the key database, the provider or a copy is away; call again.
        SealBroken: a wrapped key was changed or moved.
    """
    present, resumed = _standing(vault)
    version = present if resumed else next_version(doors.provider, doors.escrows, present, reached)
    reached()
    next_controller_keys(vault, doors.provider, version, reached)
    forget_everywhere(vault)
    carry_all(vault, doors.provider, version, report, reached)
    with vault.database.transaction() as connection:
        require_carried(connection, version)
    reached()
    forget_everywhere(vault)
    return RootMoved(version, resumed, doors.provider.versions())


def _standing(vault: Vault) -> tuple[int, bool]:
    """Return the newest version, and whether anything still refers to an older one."""
    with vault.database.transaction() as connection:
        if finalisation_run.under_way(connection) is not None:
            message = "a finalisation is not ended, and makes a new root itself: keys finalise"
            raise FinalisationUnderWay(message)
        newest = newest_of_all(connection)
        if not newest:
            message = "the key database holds no controller"
            raise KeyUnavailable(message)
        return newest, bool(referring(connection, newest))
