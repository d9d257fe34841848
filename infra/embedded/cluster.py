"""Opening, sharing and removing a home's cluster.

Whoever opens a cluster holds ``clients.lock`` shared, then makes sure that a keeper runs. Because
the lock comes first, a keeper that still waits for the last client cannot stop under us; because a
stopping keeper holds it exclusively until its server has ended, we wait for that and start anew.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from select import select
from threading import Event
from types import TracebackType
from typing import BinaryIO, Self

from psycopg.conninfo import make_conninfo

from infra.embedded.account import Account, server_account
from infra.embedded.databases import EVENTS, KEYS, prepare
from infra.embedded.keeper import START_SECONDS, STOP_SECONDS
from infra.embedded.locks import EXCLUSIVE, SHARED, FileLock, LockHeld, hold, is_free
from infra.embedded.pidfile import read_trace
from infra.embedded.place import (
    Place,
    Secrets,
    Sync,
    clear_away,
    lay_out,
    log_path,
    make_secrets,
    read_secrets,
)
from infra.embedded.programs import program_directory
from infra.embedded.server import SUPERUSER, make_cluster, server_command
from infra.embedded.unavailable import EmbeddedUnavailable

OPEN_SECONDS = START_SECONDS + STOP_SECONDS
"""The longest an open waits: for another's stop, then for a start that replays a crash."""
REMOVE_SECONDS = STOP_SECONDS
"""How long a removal waits for the last client's keeper to finish."""
IN_USE_SECONDS = 1.0
"""The keeper gets the last client's lock within milliseconds; who holds it longer is a client."""
LOG_BYTES = 1 << 20
"""The log starts over past this size; it holds starts, stops and failures only."""
_POLL_SECONDS = 0.005


class Cluster:
    """An open cluster. :meth:`close` (or the end of the process) lets go of it.

    ``events_dsn`` and ``keys_dsn`` are libpq connection strings with their passwords: never print
    them. ``programs`` is the directory of ``pg_dump``, ``pg_basebackup`` and their like.
    """

    def __init__(self, place: Place, secrets: Secrets, programs: Path, lock: FileLock) -> None:
        self.home = place.home
        self.data = place.data
        self.sockets = place.sockets
        self.programs = programs
        self._secrets = secrets
        self._lock = lock

    @property
    def events_dsn(self) -> str:
        """How the event role reaches the event database."""
        return self._dsn(EVENTS.role, self._secrets.events, EVENTS.name)

    @property
    def keys_dsn(self) -> str:
        """How the key role reaches the key database."""
        return self._dsn(KEYS.role, self._secrets.keys, KEYS.name)

    def superuser_dsn(self, dbname: str = "postgres") -> str:
        """How the cluster's own superuser reaches a database: for set-up, backups and tests."""
        return self._dsn(SUPERUSER, self._secrets.superuser, dbname)

    def _dsn(self, role: str, password: str, dbname: str) -> str:
        return make_conninfo(
            host=str(self.sockets), port=5432, user=role, password=password, dbname=dbname
        )

    def close(self) -> None:
        """Let go of the cluster; the server stops when nobody else holds it. Repeatable."""
        self._lock.close()

    def __repr__(self) -> str:
        """Name the home; the passwords stay out."""
        return f"<Cluster {self.home}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_cluster(home: Path, sync: Sync = Sync.DURABLE) -> Cluster:
    """Open the home's cluster: make it if there is none, start it if it is down, or join it.

    ``sync`` counts when this call makes the cluster, and is kept with it.

    Raises:
        EmbeddedUnavailable: it cannot be had here; the message is one line that says why.
    """
    home = home.absolute()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with hold(home / "start.lock", EXCLUSIVE, OPEN_SECONDS):
            return _open(home, sync)
    except LockHeld as held:
        message = f"{held} was held for {OPEN_SECONDS:.0f} seconds by another process"
        raise EmbeddedUnavailable(message) from None
    except subprocess.TimeoutExpired as slow:
        message = f"{Path(slow.cmd[0]).name} was not done after {slow.timeout:.0f} seconds"
        raise EmbeddedUnavailable(message) from None
    except OSError as error:
        message = f"the embedded PostgreSQL in {home}: {error.strerror} ({error.filename})"
        raise EmbeddedUnavailable(message) from error


def _open(home: Path, sync: Sync) -> Cluster:
    account = server_account()
    programs = program_directory(account)
    secrets = read_secrets(home) or make_secrets(home, account, sync)
    place = lay_out(home, account, secrets)
    with ExitStack() as undo:
        lock = undo.enter_context(hold(home / "clients.lock", SHARED, OPEN_SECONDS))
        if not _joins(place):
            make_cluster(programs, place, account, secrets)
            _start_keeper(place, account, server_command(programs, place, secrets.sync))
        cluster = Cluster(place, secrets, programs, lock)
        if not place.prepared.exists():
            prepare(cluster.superuser_dsn, events=secrets.events, keys=secrets.keys)
            place.prepared.touch(mode=0o600)
        undo.pop_all()
    return cluster


def _joins(place: Place) -> bool:
    """Say whether a server is up; wait for one whose starter was killed while it came up."""
    deadline = time.monotonic() + START_SECONDS
    waiting = Event()
    while not is_free(place.home / "keeper.lock"):
        trace = read_trace(place.data)
        if trace is not None and trace.ready:
            return True
        if time.monotonic() >= deadline:
            message = f"the server is not ready; see {log_path(place.home)}"
            raise EmbeddedUnavailable(message)
        waiting.wait(_POLL_SECONDS)
    return False


def _start_keeper(place: Place, account: Account, server: list[str]) -> None:
    owner = ["-1", "-1"] if account.own else [str(account.uid), str(account.gid)]
    receiving, sending = os.pipe2(os.O_CLOEXEC)
    try:
        command = [sys.executable, "-P", "-m", "infra.embedded.keeper", str(place.home)]
        command += [str(sending), *owner, str(place.data), *server]
        with _log(place.home) as log:
            subprocess.run(  # noqa: S603 - ourselves, no shell
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(sending,),
                start_new_session=True,
                timeout=START_SECONDS,
                check=False,  # the pipe says what became of it
            )
    finally:
        os.close(sending)
    with os.fdopen(receiving) as report:
        ready, _, _ = select([report], [], [], OPEN_SECONDS)
        said = report.readline().strip() if ready else "the keeper said nothing"
    if said != "ready":
        message = f"{said or 'the keeper ended'}; see {log_path(place.home)}"
        raise EmbeddedUnavailable(message)


def _log(home: Path) -> BinaryIO:
    path = log_path(home)
    fresh = not path.exists() or path.stat().st_size > LOG_BYTES
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    if fresh:
        os.ftruncate(descriptor, 0)
    return os.fdopen(descriptor, "ab")


def remove_cluster(home: Path) -> None:
    """Delete the home's cluster, its passwords and its log; other files of the home stay.

    Removing where there is none does nothing.

    Raises:
        EmbeddedUnavailable: a client holds it, or its files cannot be deleted.
    """
    home = home.absolute()
    if not home.is_dir():
        return
    try:
        with hold(home / "start.lock", EXCLUSIVE, OPEN_SECONDS):
            _wait_until_unused(home)
            secrets = read_secrets(home)
            if secrets is not None:
                clear_away(home, secrets)
            for name in ("clients.lock", "keeper.lock", "start.lock"):
                (home / name).unlink(missing_ok=True)
    except LockHeld as held:
        message = f"the cluster in {home} is in use ({held} is held)"
        raise EmbeddedUnavailable(message) from None
    except OSError as error:
        message = f"the cluster in {home} is not removed: {error.strerror} ({error.filename})"
        raise EmbeddedUnavailable(message) from error


def _wait_until_unused(home: Path) -> None:
    """Wait for a stopping keeper to end; a client that stays is told apart by its shared lock."""
    began = time.monotonic()
    waiting = Event()
    while not is_free(home / "keeper.lock"):
        stopping = not is_free(home / "clients.lock")
        limit = REMOVE_SECONDS if stopping else IN_USE_SECONDS
        if time.monotonic() - began > limit:
            raise LockHeld(home / "clients.lock")
        waiting.wait(_POLL_SECONDS)
    # A keeper on its way out lets go within milliseconds; a client whose server ended does not.
    hold(home / "clients.lock", EXCLUSIVE, IN_USE_SECONDS).close()
