"""A provider that may hang or throttle, held to a limit: callers get an answer or KeyUnavailable.

Rules. A call that takes too long is given up, and while it still hangs no other is begun, so that
threads do not pile up behind a dead HSM. ``ProviderBusy`` is tried again a few times, each pause
twice as long as the one before.
"""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from threading import Lock, Thread
from typing import Any, TypeVar

from domain.answers import KeyUnavailable
from infra.keys.provider import Destroyed, KekProvider, ProviderBusy

CALL_SECONDS = 5.0
"""How long one call may take: an HSM on the network answers in milliseconds."""

_ATTEMPTS = 4
_PAUSE_SECONDS = 0.1
"""The first pause after ``ProviderBusy``; four attempts wait 0.7 seconds in all."""

T = TypeVar("T")


class BoundedProvider:
    """A KEK provider around another. ``wait`` pauses for some seconds."""

    def __init__(
        self, inner: KekProvider, wait: Callable[[float], object], seconds: float = CALL_SECONDS
    ) -> None:
        self._inner = inner
        self._wait = wait
        self._seconds = seconds
        self._lock = Lock()
        self._hanging: Future[Any] | None = None

    def wrap(self, version: int, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap, in time."""
        return self._do(lambda: self._inner.wrap(version, plaintext, aad))

    def unwrap(self, version: int, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap, in time."""
        return self._do(lambda: self._inner.unwrap(version, wrapped, aad))

    def versions(self) -> tuple[int, ...]:
        """Name the versions held, in time."""
        return self._do(self._inner.versions)

    def create_version(self, after: int = 0) -> int:
        """Make a version, in time; one given up may have been made all the same."""
        return self._do(lambda: self._inner.create_version(after))

    def destroy_version(self, version: int) -> Destroyed:
        """Destroy a version, in time."""
        return self._do(lambda: self._inner.destroy_version(version))

    def _do(self, work: Callable[[], T]) -> T:
        pause = _PAUSE_SECONDS
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._once(work)
            except ProviderBusy:
                self._wait(pause)
                pause *= 2
        return self._once(work)

    def _once(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self._hanging is not None and not self._hanging.done():
                message = "the key provider still hangs in an earlier call"
                raise KeyUnavailable(message)
            begun: Future[T] = Future()
            # A thread of its own, and a daemon: one that hangs for good must not hold up the end.
            Thread(target=_settle, args=(begun, work), daemon=True).start()
        try:
            return begun.result(self._seconds)
        except TooLong:
            with self._lock:
                self._hanging = begun
            message = f"the key provider did not answer within {self._seconds:g} s"
            raise KeyUnavailable(message) from None


def _settle(begun: Future[T], work: Callable[[], T]) -> None:
    try:
        begun.set_result(work())
    except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
        begun.set_exception(error)
