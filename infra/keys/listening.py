"""The eviction listener: hears from the key database that a key died elsewhere.

Rules. One thread with a connection of its own. It counts as alive only while its last round trip is
younger than a few seconds, so a connection that hangs is as good as dead: without it nothing is
remembered (``KeyCache``). Whatever was missed while it was away is not known, so coming back clears
the cache before it counts as alive. An unreadable message clears too.
"""

from collections.abc import Callable
from threading import Event, Thread

import psycopg

from infra.keys.cache import KeyCache
from infra.keys.database import Connection

CHANNEL = "glemmebok_keys"
EVERYTHING = "*"
"""The message that clears the cache and the tree; any other is a subject's id in hex."""

_BEAT_SECONDS = 0.1
"""How often the listener proves that its connection answers."""

_ALIVE_SECONDS = 3.0
"""How old the last proof may be: several beats, so that a slow machine is not taken for dead."""

_AGAIN_SECONDS = 1.0
"""The pause before connecting again."""


class EvictionListener:
    """The thread and what it last proved."""

    def __init__(self, connect: Callable[[], Connection], monotonic: Callable[[], float]) -> None:
        self._connect = connect
        self._monotonic = monotonic
        self._proved = float("-inf")
        self._stopping = Event()
        self._ready = Event()
        self._thread: Thread | None = None

    def alive(self) -> bool:
        """Say whether evictions are being heard."""
        return self._monotonic() - self._proved < _ALIVE_SECONDS

    def start(self, cache: KeyCache, forget: Callable[[], None]) -> None:
        """Begin listening; ``forget`` is called with each message that clears everything."""
        self._thread = Thread(
            target=self._run, args=(cache, forget), name="key-evictions", daemon=True
        )
        self._thread.start()

    def wait_until_alive(self, seconds: float) -> bool:
        """Wait for the first connection."""
        return self._ready.wait(seconds)

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._proved = float("-inf")

    def _run(self, cache: KeyCache, forget: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    forget()
                    cache.clear()
                    self._listen(connection, cache, forget)
            except psycopg.Error:
                self._proved = float("-inf")
                cache.clear()
                self._stopping.wait(_AGAIN_SECONDS)

    def _listen(self, connection: Connection, cache: KeyCache, forget: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            asked = self._monotonic()
            connection.execute("SELECT 1")
            self._proved = asked
            self._ready.set()
            for message in connection.notifies(timeout=_BEAT_SECONDS):
                evict(cache, forget, message.payload)


def evict(cache: KeyCache, forget: Callable[[], None], payload: str) -> None:
    """Do what one message says."""
    try:
        cache.evict(int(payload, 16))
    except ValueError:
        forget()
        cache.clear()
