"""The one module that makes random ids and random bytes."""

import secrets
from uuid import UUID

_VERSION_4 = 4


def random_id() -> UUID:
    """Make a random UUID (RFC 9562, version 4)."""
    return UUID(bytes=secrets.token_bytes(16), version=_VERSION_4)


def random_bytes(count: int) -> bytes:
    """Make ``count`` bytes from the operating system's generator, fork-safe."""
    return secrets.token_bytes(count)
