"""One controller's secrets, unwrapped: what hangs off its controller key.

Rules. Nothing is shared between controllers, so the same address gives two agencies unrelated
tokens. A look-up token is ``HMAC(pepper of the epoch, HMAC(secret, normalised id))``; the late-fact
token is another HMAC of the same inner value, so destruction can compute it from the look-up entry
without knowing the remote id; likewise a suppression pointer, of a folded address's inner value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from domain.framing import lp
from domain.values import ControllerId, FactId
from infra.codec.fields import uuid_of
from infra.keys.wrapping import KeyedHash, WrappingKey

FACT_ID = "fact-id"
KEYED_ID = "keyed-id"
LOOKUP = "lookup"
LATE_FACT = "late-fact"
JOURNAL = "journal"
SUPPRESSION = "suppression"
SIGNER = "signer"
PURPOSES = (FACT_ID, KEYED_ID, LOOKUP, LATE_FACT, JOURNAL, SUPPRESSION, SIGNER)
"""The HMAC secrets of a controller, as stored."""

_NAMES_REMEMBERED = 1_024
"""Sources and kinds of ids: names of ours, of which a house has a few dozen."""


@lru_cache(_NAMES_REMEMBERED)
def _framed(name: str) -> bytes:
    return lp(name.encode())


@dataclass(frozen=True, slots=True)
class ControllerRing:
    """A controller's keys by root version, its HMAC secrets, and its peppers by epoch."""

    controller: ControllerId
    keys: Mapping[int, WrappingKey]
    secrets: Mapping[str, KeyedHash]
    peppers: Mapping[int, KeyedHash]

    @property
    def version(self) -> int:
        """The root version new keys are wrapped under."""
        return max(self.keys)

    @property
    def epoch(self) -> int:
        """The pepper epoch new look-ups are written under."""
        return max(self.peppers)

    def fact_id(self, source: str, remote_event_id: str) -> FactId:
        """HMAC of (source, remote event id), first 16 bytes."""
        framed = _framed(source) + lp(remote_event_id.encode())
        return FactId(uuid_of(self.secrets[FACT_ID](framed)[:16]))

    def keyed_id(self, kind: str, source: str, remote_id: str) -> UUID:
        """HMAC of (kind, source, remote id), first 16 bytes."""
        framed = _framed(kind) + _framed(source) + lp(remote_id.encode())
        return uuid_of(self.secrets[KEYED_ID](framed)[:16])

    def inner(self, identity: bytes) -> bytes:
        """Hash a framed, normalised id: what every token of it is made from."""
        return self.secrets[LOOKUP](identity)

    def token(self, inner: bytes) -> bytes:
        """Make the look-up token of the newest epoch."""
        return self.peppers[self.epoch](inner)

    def tokens(self, inner: bytes) -> list[bytes]:
        """Make the look-up tokens of every epoch still held."""
        return [pepper(inner) for pepper in self.peppers.values()]

    def pointer(self, inner: bytes) -> bytes:
        """Make the suppression pointer's token of a folded address's inner value."""
        return self.secrets[SUPPRESSION](inner)

    def late_token(self, inner: bytes) -> bytes:
        """Make the late-fact guard's token."""
        return self.secrets[LATE_FACT](inner)
