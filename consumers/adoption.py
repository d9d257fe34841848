"""Adopting policies: what the controllers' files say becomes facts of the log, and stays so.

Each version is adopted once, in order, with a digest of all that it says. A file whose adopted
version says something else, or lacks it, is refused: a policy is never edited, a change is another
version. So what the house acts on is what the log can show it promised.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from consumers.controller_stream import ControllerStream, read_controller
from consumers.ports import Log
from domain.calendar import civil_date, day_begins
from domain.controller import Adopted, ControllerState, PolicyAdopted
from domain.decisions import Refused
from domain.fact import Actor
from domain.policy import Policy
from domain.values import ControllerId, Instant


class PolicyEdited(Exception):  # noqa: N818 - what was found
    """A policy that was adopted is not what its file says; the message names all but values."""

    def __init__(self, controller: str, version: int, what: str) -> None:
        super().__init__(
            f"schemas/controllers/{controller}.toml, policy version {version}: {what}; "
            "a policy is never edited: put back what was adopted and add a version with a later "
            "first day"
        )
        self.controller = controller
        self.version = version


@dataclass(frozen=True, slots=True)
class Adopting:
    """Adopts policies into a log."""

    log: Log
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]

    def adopt(
        self, controller: ControllerId, slug: str, versions: Sequence[Policy]
    ) -> tuple[PolicyAdopted, ...]:
        """Adopt what the log does not know of a controller's policies; return what was new.

        Raises:
            PolicyEdited: the file and the log disagree; nothing after the disagreement is adopted.
            VersionConflict: the controller's stream kept moving.
            LogUnavailable: the event database is away.
        """
        stream = ControllerStream(self.log, controller, self.now, self.new_id)
        waiting = to_adopt(slug, read_controller(self.log, controller)[1], versions)
        for claim in waiting:
            decision = stream.record(claim, Actor.SYSTEM)
            if isinstance(decision, Refused):
                raise PolicyEdited(slug, claim.version, _EARLIER)
        return waiting


_EARLIER = "a later version or first day is adopted already"


def to_adopt(
    slug: str, state: ControllerState, versions: Sequence[Policy]
) -> tuple[PolicyAdopted, ...]:
    """Compare a file with what was adopted; return what is still to be, in order.

    Raises:
        PolicyEdited: the file and the log disagree.
    """
    in_file = {policy.version: claim_of(policy) for policy in versions}
    for version, adopted in sorted(state.policies.items()):
        _compare(slug, version, adopted, in_file.get(version))
    new = [claim for version, claim in in_file.items() if version not in state.policies]
    for claim in new:
        if claim.version < max(state.policies, default=0):
            raise PolicyEdited(slug, claim.version, _EARLIER)
    return tuple(new)


def claim_of(policy: Policy) -> PolicyAdopted:
    """Make the fact that a policy was adopted."""
    return PolicyAdopted(policy.version, day_begins(policy.effective_from), digest_of(policy))


def digest_of(policy: Policy) -> bytes:
    """Hash all that a policy says: SHA-256 of its values as JSON, names sorted.

    A field at its default is left out: one that is added to the software later changes no digest.
    """
    told = json.dumps(_plain(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(b"glemmebok/1/policy\0" + told.encode()).digest()


def _compare(slug: str, version: int, adopted: Adopted, claim: PolicyAdopted | None) -> None:
    if claim is None:
        raise PolicyEdited(slug, version, "it was adopted and is not in the file")
    if claim.effective_at != adopted.effective_at:
        since = civil_date(adopted.effective_at)
        raise PolicyEdited(slug, version, f"effective_from was {since} when it was adopted")
    if claim.digest != adopted.digest:
        raise PolicyEdited(slug, version, "what it says is not what was adopted")


def _plain(value: object) -> object:
    if is_dataclass(value):
        told = {
            item.name: getattr(value, item.name) for item in fields(value) if _said(value, item)
        }
        return {name: _plain(one) for name, one in told.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _said(value: Any, item: Field[Any]) -> bool:  # noqa: ANN401 - any dataclass of a policy
    return item.default is MISSING or getattr(value, item.name) != item.default
