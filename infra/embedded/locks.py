"""Advisory locks on files (flock): the kernel frees them however their holder ends.

A lock belongs to the process that took it: the descriptor is closed in forked children and in
executed programs, so neither keeps the lock alive.
"""

import fcntl
import os
import time
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self
from weakref import WeakSet

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX
_POLL_SECONDS = 0.005


class LockHeld(Exception):  # noqa: N818 - a state of the lock, not a fault
    """Somebody else held the lock for as long as we would wait; the message is its path."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))


class FileLock:
    """A held lock; :meth:`close` or the process's end frees it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        _locks_of_this_process().add(self)

    def stat(self) -> os.stat_result:
        """Describe the file that is locked."""
        return os.fstat(self._descriptor)

    def close(self) -> None:
        """Free the lock. Closing twice does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@cache
def _locks_of_this_process() -> WeakSet[FileLock]:
    """Hold this process's locks, to close them in every child that it forks.

    Closing, not unlocking: parent and child share the lock, unlocking would free the parent's.
    """
    locks: WeakSet[FileLock] = WeakSet()

    def _close_in_child() -> None:
        for lock in tuple(locks):
            lock.close()

    os.register_at_fork(after_in_child=_close_in_child)
    return locks


def hold(path: Path, mode: int, seconds: float) -> FileLock:
    """Take the lock within ``seconds``; 0 tries once. The file is made when missing, mode 0600.

    Raises:
        LockHeld: somebody else held it all the while.
        OSError: the file cannot be opened.
    """
    deadline = time.monotonic() + seconds
    waiting = Event()
    while True:
        with suppress(BlockingIOError):
            lock = _lock(path, mode | fcntl.LOCK_NB)
            if _still_there(path, lock):
                return lock
            lock.close()
        if time.monotonic() >= deadline:
            raise LockHeld(path)
        waiting.wait(_POLL_SECONDS)


def wait_for(path: Path, mode: int) -> FileLock:
    """Take the lock, however long it takes; a signal's handler may end the wait by raising."""
    return _lock(path, mode)


def _lock(path: Path, mode: int) -> FileLock:
    with ExitStack() as undo:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        lock = undo.enter_context(FileLock(descriptor))
        fcntl.flock(descriptor, mode)
        undo.pop_all()
        return lock


def is_free(path: Path) -> bool:
    """Say whether nobody holds the lock exclusively at this moment."""
    try:
        hold(path, SHARED, 0).close()
    except LockHeld:
        return False
    return True


def _still_there(path: Path, lock: FileLock) -> bool:
    # A file removed between our open and our flock is a lock that nobody else will meet.
    try:
        return os.path.samestat(path.stat(), lock.stat())
    except FileNotFoundError:
        return False
