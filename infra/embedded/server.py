"""The commands that make and run a server.

Nothing of the caller's environment reaches the server: a stray ``PGOPTIONS`` or ``LD_PRELOAD`` is
not its business.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from infra.embedded.account import Account
from infra.embedded.place import Place, Secrets, Sync, sync_directory
from infra.embedded.unavailable import EmbeddedUnavailable

SUPERUSER = "postgres"
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
INITDB_SECONDS = 120.0
"""initdb takes half a second here; a slow disk gets two minutes."""


_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # the unix socket alone: no port, nothing to reach from elsewhere
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",  # the queries are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Error texts quote values, so neither statements nor parameters nor errors are logged.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
_UNSYNCED: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def server_command(programs: Path, place: Place, sync: Sync) -> list[str]:
    """Return the command that runs the server in the foreground."""
    quoted = '"' + str(place.sockets).replace('"', '""') + '"'
    settings = {**_SETTINGS, "unix_socket_directories": quoted}
    if sync is Sync.OFF:
        settings |= _UNSYNCED
    command = [str(programs / "postgres"), "-D", str(place.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def make_cluster(programs: Path, place: Place, account: Account, secrets: Secrets) -> None:
    """Run initdb where there is no cluster yet; a half-made one is made anew.

    The superuser's password reaches initdb through memory, not through a file on disk.

    Raises:
        EmbeddedUnavailable: initdb failed, or the cluster is another major version's.
    """
    if (place.data / "PG_VERSION").is_file():
        _check_version(programs, place)
        return
    unfinished = place.cluster / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    descriptor = os.memfd_create("password", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, secrets.superuser.encode())
        os.fchown(descriptor, account.uid, account.gid)
        command = _initdb_command(programs, unfinished, descriptor)
        if secrets.sync is Sync.OFF:
            command.append("--no-sync")
        _run_as(account, command, descriptor)
    finally:
        os.close(descriptor)
    unfinished.rename(place.data)
    sync_directory(place.cluster)


def _initdb_command(programs: Path, data: Path, password: int) -> list[str]:
    command = [str(programs / "initdb"), "-D", str(data), f"--pwfile=/proc/self/fd/{password}"]
    command += [f"--username={SUPERUSER}", "--auth=scram-sha-256", "--data-checksums"]
    command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
    return [*command, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _run_as(account: Account, command: list[str], password: int) -> None:
    ended = subprocess.run(  # noqa: S603 - our own programs, no shell
        command,
        env=dict(ENVIRONMENT),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        pass_fds=(password,),
        timeout=INITDB_SECONDS,
        check=False,
        umask=0o077,
        **account.identity(),
    )
    if ended.returncode != 0:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else "it said nothing"
        message = f"initdb ended with status {ended.returncode}: {reason}"
        raise EmbeddedUnavailable(message)


def _check_version(programs: Path, place: Place) -> None:
    made_by = (place.data / "PG_VERSION").read_text().strip()
    said = subprocess.run(  # noqa: S603 - our own program, no shell
        [str(programs / "postgres"), "--version"], capture_output=True, check=True, timeout=10
    ).stdout.decode()
    if not said.split()[-1].startswith(made_by + "."):
        message = f"{place.data} was made by PostgreSQL {made_by}; installed is {said.strip()}"
        raise EmbeddedUnavailable(message)
