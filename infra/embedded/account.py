"""Whose processes the server's are: our own, or a system user's when we are root.

PostgreSQL refuses to run as root, so root's clusters run as ``glemmebok``, a system user without
home or shell. It is created once and never removed: files belong to it.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from typing import TypedDict

from infra.embedded.unavailable import EmbeddedUnavailable

SYSTEM_USER = "glemmebok"
USERADD_SECONDS = 30.0
"""useradd waits for the lock on /etc/passwd; past this something else is wrong."""


class Identity(TypedDict):
    """What :mod:`subprocess` needs to start a program as an account; None changes nothing."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group ids the server's processes have, and whether they are our own."""

    uid: int
    gid: int
    own: bool

    def identity(self) -> Identity:
        """Return the arguments that make :mod:`subprocess` run a program as this account."""
        if self.own:
            return {"user": None, "group": None, "extra_groups": None}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """Return the account the server runs as, creating root's system user when it is missing.

    Raises:
        EmbeddedUnavailable: we are root, and the system user cannot be created.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), own=True)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        entry = _create()
    return Account(entry.pw_uid, entry.pw_gid, own=False)


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    reason = "useradd is missing"
    if useradd:
        ended = subprocess.run(  # noqa: S603 - a fixed command, no shell
            [useradd, *command[1:]], capture_output=True, timeout=USERADD_SECONDS, check=False
        )
        reason = f"useradd ended with status {ended.returncode}"
    try:
        # Asked whatever useradd said: another process may have created the user meanwhile.
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        message = (
            f"PostgreSQL refuses to run as root and there is no user {SYSTEM_USER} ({reason}); "
            f"create it with: {' '.join(command)}"
        )
        raise EmbeddedUnavailable(message) from None
