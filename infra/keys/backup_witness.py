"""F5's witness: a backup of the key database, made after everything was carried, that opens.

Rules. A root version is not destroyed before a backup stands that needs only the next one, and that
was restored somewhere and opened: otherwise one lost disk after it would lose everybody. Backups
older than the destruction are dead for everybody, which is their purpose.
"""

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.answers import KeyUnavailable
from domain.values import Instant
from infra.clock import Clock
from infra.keys.provider import KekProvider, sync_directory
from infra.keys.sampling import Sampled, open_sample

_PROGRAM_SECONDS = 3_600.0
"""How long a dump or a restore may take: a million people's keys are half a gigabyte."""


class BackupWitness(Protocol):
    """What a finalisation asks about backups and replicas before it destroys a root."""

    def fresh(self, since: Instant) -> str:
        """Name a backup of the key database begun after ``since``, taken now if need be.

        Raises:
            KeyUnavailable: there is none and none can be made.
        """
        ...

    def prove(self, backup: str, provider: KekProvider, version: int) -> Sampled:
        """Restore the backup beside the house and open a sample with one root version alone.

        Raises:
            KeyUnavailable: it cannot be restored, or hangs off another version.
            SealBroken: a key in it does not unwrap in its place.
        """
        ...

    def replicas_passed(self) -> None:
        """Return when every replica has replayed what is committed now.

        Raises:
            KeyUnavailable: one has not.
        """
        ...


class DumpWitness:
    """Backups by ``pg_dump`` in a directory, the newest kept; restored into a scratch database.

    ``programs`` is the directory of ``pg_dump`` and ``pg_restore``. ``scratch`` lends the address
    of an empty database and drops it afterwards. Replicas are not known here: a house that has
    some gives a witness of its own.
    """

    def __init__(
        self,
        programs: Path,
        directory: Path,
        keys_dsn: str,
        scratch: Callable[[], AbstractContextManager[str]],
        clock: Clock,
    ) -> None:
        self._programs = programs
        self._directory = directory
        self._keys_dsn = keys_dsn
        self._scratch = scratch
        self._clock = clock

    def fresh(self, since: Instant) -> str:
        """Dump now: whatever is there was begun earlier."""
        name = f"keys-{max(self._clock.now(), since)}.dump"
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._directory / f"{name}.new"
        self._run("pg_dump", self._keys_dsn, "--format=custom", f"--file={beside}")
        beside.chmod(0o600)
        for older in self._directory.glob("keys-*.dump*"):
            if older != beside:
                older.unlink()
        beside.replace(self._directory / name)
        sync_directory(self._directory)
        return name

    def prove(self, backup: str, provider: KekProvider, version: int) -> Sampled:
        """Restore and open."""
        with self._scratch() as dsn:
            flags = ("--no-owner", "--no-privileges", "--exit-on-error")
            self._run("pg_restore", dsn, *flags, str(self._directory / backup))
            return open_sample(dsn, provider, version)

    def replicas_passed(self) -> None:
        """There are none."""

    def _run(self, program: str, dsn: str, *arguments: str) -> None:
        """Run a program on a database; the password goes by the environment, not the arguments.

        Raises:
            KeyUnavailable: it failed; its text is not repeated.
        """
        told = conninfo_to_dict(dsn)
        password = str(told.pop("password", ""))
        target = f"--dbname={make_conninfo('', **told)}"
        try:
            ended = subprocess.run(  # noqa: S603 - our own program, no shell
                [str(self._programs / program), target, "--no-password", *arguments],
                env={"PGPASSWORD": password, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PROGRAM_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            message = f"{program} cannot run here, or was not done in time"
            raise KeyUnavailable(message) from None
        if ended.returncode != 0:
            message = f"{program} ended with status {ended.returncode}"
            raise KeyUnavailable(message)
