"""The one module that reads the clock."""

from datetime import UTC, datetime
from typing import Protocol

from domain.values import Instant, instant_of


class Clock(Protocol):
    """Tells the time; a test passes its own."""

    def now(self) -> Instant:
        """Return the present instant in microseconds since 1970, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """Return the present instant."""
        return instant_of(datetime.now(UTC))  # noqa: TID251 - the one place


class FixedClock:
    """A clock that stands where it is put: for tests, simulations and generated feeds."""

    def __init__(self, instant: Instant) -> None:
        self.instant = instant

    def now(self) -> Instant:
        """Return the instant it was set to."""
        return self.instant
