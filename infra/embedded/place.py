"""Where a home's cluster lies on disk, and the secrets that go with it.

The passwords are random, 256 bits each, and are in ``secrets.json`` alone: mode 0600, written
whole and synced before the cluster that knows them exists.
"""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec

from infra.embedded.account import Account
from infra.embedded.programs import ROOT_STORE, store_directory
from infra.embedded.unavailable import EmbeddedUnavailable
from infra.random_ids import random_bytes

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107
"""sockaddr_un.sun_path holds 108 bytes, the last one zero (unix(7))."""


class Sync(Enum):
    """Whether a commit waits for the disk; settled when a cluster is made."""

    DURABLE = "durable"
    OFF = "off"
    """For tests: a machine's crash may lose the cluster. A killed process loses nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """A cluster's random id, its socket's directory, its durability, and its three passwords."""

    cluster_id: str
    sockets: str
    sync: Sync
    superuser: str
    events: str
    keys: str


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of one home; ``cluster`` is where the files really are."""

    home: Path
    cluster: Path
    sockets: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.cluster / "data"

    @property
    def prepared(self) -> Path:
        """A file that exists once roles and databases do."""
        return self.cluster / "prepared"


def log_path(home: Path) -> Path:
    """Return the file the keeper and the server write to."""
    return home / "cluster.log"


def read_secrets(home: Path) -> Secrets | None:
    """Read the home's secrets; None when it has no cluster yet.

    Raises:
        EmbeddedUnavailable: the file is there and is not what we wrote.
    """
    try:
        raw = (home / "secrets.json").read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(raw, type=Secrets)
    except (msgspec.DecodeError, msgspec.ValidationError):
        message = f"{home / 'secrets.json'} is damaged; the cluster's passwords are unknown"
        raise EmbeddedUnavailable(message) from None


def make_secrets(home: Path, account: Account, sync: Sync) -> Secrets:
    """Draw and write the secrets of a new cluster."""
    cluster_id = random_bytes(8).hex()
    passwords = {name: random_bytes(32).hex() for name in ("superuser", "events", "keys")}
    secrets = Secrets(cluster_id, str(_socket_directory(account, cluster_id)), sync, **passwords)
    _write_private(home / "secrets.json", msgspec.json.encode(secrets))
    return secrets


def _write_private(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    unfinished.rename(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make a rename in the directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _socket_directory(account: Account, cluster_id: str) -> Path:
    if not account.own:
        return ROOT_STORE / "clusters" / cluster_id / "socket"
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - random name, 0700
        directory = parent / f"glemmebok-{cluster_id}"
        if len(os.fsencode(directory / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            return directory
    message = "no temporary directory has a name short enough for a socket"
    raise EmbeddedUnavailable(message)


def lay_out(home: Path, account: Account, secrets: Secrets) -> Place:
    """Make the directories of the home's cluster where they are missing, and name them.

    Raises:
        EmbeddedUnavailable: another user's directory stands where one of ours should.
    """
    link = home / "cluster"
    if account.own:
        cluster = link
    else:
        cluster = store_directory("clusters") / secrets.cluster_id
        _link(link, cluster)
        _record_home(cluster, home)
    place = Place(home, cluster, Path(secrets.sockets))
    _own_directory(cluster, account)
    _own_directory(place.sockets, account)
    return place


def home_record(cluster: Path) -> Path:
    """Return the file beside one of root's clusters that names the home it was made for."""
    return cluster.with_name(f"{cluster.name}.home")


def _record_home(cluster: Path, home: Path) -> None:
    record = home_record(cluster)
    if not record.exists() or record.read_bytes() != os.fsencode(home):  # new, or home was moved
        _write_private(record, os.fsencode(home))


def _link(link: Path, cluster: Path) -> None:
    if link.is_symlink() and link.readlink() == cluster:
        return
    if link.is_symlink() or link.exists():
        message = f"{link} is not the cluster that {link.parent / 'secrets.json'} belongs to"
        raise EmbeddedUnavailable(message)
    link.symlink_to(cluster)


def _own_directory(directory: Path, account: Account) -> None:
    """Make a directory private to the server's account; refuse one that is somebody else's."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        os.chown(directory, account.uid, account.gid)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        message = f"{directory} is not a directory private to user id {account.uid}"
        raise EmbeddedUnavailable(message)


def clear_away(home: Path, secrets: Secrets) -> None:
    """Delete the cluster's files and everything this room keeps in the home."""
    cluster = home / "cluster"
    if cluster.is_symlink():
        target = ROOT_STORE / "clusters" / secrets.cluster_id
        if target.is_dir():
            shutil.rmtree(target)
        home_record(target).unlink(missing_ok=True)
        cluster.unlink()
    elif cluster.is_dir():
        shutil.rmtree(cluster)
    sockets = Path(secrets.sockets)
    if sockets.is_dir():
        shutil.rmtree(sockets)
    for name in ("cluster.log", "secrets.json", "secrets.json.new"):
        (home / name).unlink(missing_ok=True)
