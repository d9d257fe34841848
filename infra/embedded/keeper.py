"""The keeper: runs the server as its child while clients are there, and stops it after the last.

Usage: ``python -m infra.embedded.keeper HOME REPORT UID GID DATA COMMAND...``, by a client that
holds ``start.lock``. REPORT is a pipe's descriptor: ``ready`` or one line of what went wrong is
written to it. UID and GID are -1 for our own account.

Every client holds ``clients.lock`` shared. The keeper asks for it exclusively and gets it when no
client is left, killed ones included, because the kernel frees a dead process's locks. Should
the keeper itself be killed, the kernel sends the server SIGINT: a fast shutdown.
Only the standard library is imported, to start quickly.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from infra.embedded.locks import EXCLUSIVE, LockHeld, hold, wait_for
from infra.embedded.pidfile import Trace, read_trace, trace_path, wait_for_end

START_SECONDS = 120.0
"""A start replays at most ``max_wal_size`` of log after a crash."""
STOP_SECONDS = 60.0
"""A fast shutdown writes out dirty pages; after this the server is told to stop at once."""
_POLL_SECONDS = 0.005
_LOCK_SECONDS = 1.0
"""Somebody may be looking whether the lock is free."""
_PR_SET_PDEATHSIG = 1


class ServerEnded(Exception):  # noqa: N818 - an event
    """The server ended by itself."""


def main() -> None:
    """Keep one server; ends when no client is left or the server is gone."""
    if os.fork():
        return  # the client waits for this process alone and is not left with a dead child
    home, report, uid, gid, data, *command = sys.argv[1:]
    try:
        alive = hold(Path(home) / "keeper.lock", EXCLUSIVE, _LOCK_SECONDS)
    except LockHeld:
        _report(int(report), "another keeper is at work")
        return
    with alive:
        _wait_for_predecessor(Path(data))
        server = _start(command, int(uid), int(gid))
        try:
            _report(int(report), _await_ready(server, Path(data)))
            _wait_for_clients(Path(home), server)
        finally:
            _stop(server)


def _report(pipe: int, line: str) -> None:
    try:
        os.write(pipe, line.encode())
    except BrokenPipeError:
        pass  # the client that asked is gone; its lock will tell whether others are there
    finally:
        os.close(pipe)


def _wait_for_predecessor(data: Path) -> None:
    """Wait for the server of a killed keeper to end; clear the trace of one that ended badly."""
    trace = read_trace(data)
    if trace is not None and wait_for_end(trace.pid, data, STOP_SECONDS):
        # Its number may by now be another process's, which would make the server refuse to start.
        trace_path(data).unlink(missing_ok=True)


def _start(command: list[str], uid: int, gid: int) -> subprocess.Popen[bytes]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    keeper = os.getpid()

    def _die_with_keeper() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != keeper:  # it died before the line above took effect
            os._exit(1)

    other = uid >= 0
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        command,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        user=uid if other else None,
        group=gid if other else None,
        extra_groups=[] if other else None,
        umask=0o077,
        # Called after the change of user, which would clear what it sets.
        preexec_fn=_die_with_keeper,  # noqa: PLW1509 - the keeper has one thread
    )


def _await_ready(server: subprocess.Popen[bytes], data: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if read_trace(data) == Trace(server.pid, ready=True):
            return "ready"
        try:
            status = server.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return f"the server ended with status {status} while starting"
    return f"the server was not ready after {START_SECONDS:.0f} seconds"


def _wait_for_clients(home: Path, server: subprocess.Popen[bytes]) -> None:
    def _child_changed(_signal: int, _frame: FrameType | None) -> None:
        # Not poll(): it may be the very call that the signal interrupted.
        if os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            raise ServerEnded

    def _asked_to_end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, _asked_to_end)
    signal.signal(signal.SIGCHLD, _child_changed)
    try:
        if server.poll() is None:
            # Held until the process ends: a client that comes now waits, then starts a new keeper.
            wait_for(home / "clients.lock", EXCLUSIVE)
    except ServerEnded:
        return
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for order, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0)):
        if server.poll() is None:
            server.send_signal(order)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    server.kill()


if __name__ == "__main__":
    main()
