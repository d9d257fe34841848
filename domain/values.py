"""The value types every room shares: ids, instants and sealed tokens.

Ids are :class:`uuid.UUID`: random, or keyed tokens that mean nothing without a controller's
secret; never derived from identity alone. An :data:`Instant` is an integer count of microseconds
since 1970-01-01T00:00:00Z, because facts are folded by the hundred thousand and an integer is
what the log stores.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType
from uuid import UUID

ControllerId = NewType("ControllerId", UUID)
SubjectId = NewType("SubjectId", UUID)
FactId = NewType("FactId", UUID)
ErasureId = NewType("ErasureId", UUID)

Instant = int
"""Microseconds since 1970-01-01T00:00:00Z."""

Category = str
"""What one DEK of a person covers: ``profile``, ``communications``, ``documents/<uuid>``, ..."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An opaque token: the sealed values of one person, one fact and one category.

    ``token`` is the byte layout of DESIGN "Keys" (version, algorithm, key id, nonce, commitment,
    ciphertext, tag). It never prints its bytes.
    """

    token: bytes

    def __repr__(self) -> str:
        """Say how long the token is and nothing else."""
        return f"<Sealed {len(self.token)} bytes>"


@dataclass(frozen=True, slots=True)
class SealedPart:
    """One category's share of a fact: the category's name, in clear, and its token."""

    category: Category
    sealed: Sealed


def instant_of(moment: datetime) -> Instant:
    """Convert an aware datetime to an :data:`Instant`.

    Raises:
        ValueError: the datetime has no time zone.
    """
    if moment.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    return (moment - _EPOCH) // _MICROSECOND


def datetime_of(instant: Instant) -> datetime:
    """Convert an :data:`Instant` to an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=instant)


def iso_of(instant: Instant) -> str:
    """Write an :data:`Instant` as RFC 3339 in UTC, whole seconds."""
    return datetime_of(instant).strftime("%Y-%m-%dT%H:%M:%SZ")
