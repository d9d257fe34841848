"""Present, or one of four answers why not: shredded, withheld, unavailable, tampered.

``Present``, ``Shredded`` and ``Withheld`` are values: a reader must say what it does with each.
``KeyUnavailable`` and ``SealBroken`` are raised: the first is retried, the second is audited.
None of them stands in for another, and none answers like a string.

::

    KeyringError
    ├── KeyUnavailable      the key or its provider is away; retry later
    ├── SealBroken          the token was moved, cut or forged
    ├── GateClosed          the key database is older than its anchor; nothing opens
    └── SubjectErased       a key was asked for a person who is erased
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.values import SubjectId


@dataclass(frozen=True, slots=True)
class Present:
    """The value opened: the plaintext bytes. Never printed."""

    plaintext: bytes

    def __repr__(self) -> str:
        """Hide the plaintext."""
        return "<Present>"


@dataclass(frozen=True, slots=True)
class Shredded:
    """The key was destroyed on purpose; no copy of the value can be read."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """The value exists and may not be seen now: restricted, or not for this role."""


Answer = Present | Shredded | Withheld


class KeyringError(Exception):
    """The root of what a keyring raises. Messages carry ids, never values."""


class KeyUnavailable(KeyringError):  # noqa: N818 - an answer, named in DESIGN
    """A key is missing without a tombstone, or its provider or database is away."""


class SealBroken(KeyringError):  # noqa: N818 - an answer, named in DESIGN
    """A token does not open under the key and context it claims: tampering."""


class GateVerdict(StrEnum):
    """Why the restore gate is closed."""

    ROLLED_BACK = "key-database-rolled-back"
    FORKED = "erasure-journal-forked"
    EVENTS_BEHIND = "event-database-behind"
    ANCHOR_LOST = "anchor-lost"
    UNRECONCILED = "not-reconciled"


class GateClosed(KeyringError):  # noqa: N818 - the gate's state, not a fault of the caller
    """The restore gate found the databases older than what was anchored."""

    def __init__(self, verdict: GateVerdict, detail: str) -> None:
        """Keep the verdict for machines and the detail (ids and numbers only) for people."""
        super().__init__(f"{verdict.value}: {detail}")
        self.verdict = verdict


class SubjectErased(KeyringError):  # noqa: N818 - the tombstone speaking
    """A key was asked for a person whose keys were destroyed."""

    def __init__(self, subject: SubjectId) -> None:
        """Name the subject."""
        super().__init__(f"subject {subject} is erased")
        self.subject = subject
