"""What ``postmaster.pid`` says: the server's process id, and whether it takes connections.

The file's layout is PostgreSQL's (``src/include/utils/pidfile.h``); ``pg_ctl`` reads the same two
lines. Only the standard library is imported: the keeper reads this too.
"""

import os
import select
from dataclasses import dataclass
from pathlib import Path

_PID_LINE = 0
_STATUS_LINE = 7


@dataclass(frozen=True, slots=True)
class Trace:
    """A running server, or one that ended badly and left its file behind."""

    pid: int
    ready: bool


def read_trace(data: Path) -> Trace | None:
    """Read the file in a data directory; None when there is none or it is still being written."""
    try:
        lines = trace_path(data).read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[_PID_LINE].isdigit():
        return None
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return Trace(int(lines[_PID_LINE]), status == "ready")


def trace_path(data: Path) -> Path:
    """Return the file's path."""
    return data / "postmaster.pid"


def serves(pid: int, data: Path) -> bool:
    """Say whether the process is a server of this data directory, by its command line."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(data) in arguments


def wait_for_end(pid: int, data: Path, seconds: float) -> bool:
    """Wait until the process no longer serves the data directory; say whether it came to that."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        # Looked at after the descriptor is held: the number cannot change hands any more.
        if serves(pid, data):
            select.select([descriptor], [], [], seconds)
        return not serves(pid, data)
    finally:
        os.close(descriptor)
