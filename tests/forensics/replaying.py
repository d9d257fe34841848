"""An attacker who restores: a base backup, and the write-ahead log replayed to a marked moment."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import msgspec

from infra.embedded.account import server_account
from infra.embedded.cluster import Cluster, open_cluster, remove_cluster
from infra.embedded.place import Sync, lay_out, make_secrets, read_secrets

_RECOVERY = """
restore_command = '/bin/false'
recovery_target_name = '{moment}'
recovery_target_action = 'promote'
shared_buffers = '16MB'
"""


@contextmanager
def replayed(home: Path, base: Path, log: Path, moment: str) -> Iterator[Cluster]:
    """Run a cluster from a base backup of a home's, brought to a moment by the log alone."""
    where = home.with_name(f"replayed to {moment}")
    where.mkdir()
    account, old = server_account(), read_secrets(home)
    assert old is not None
    made = make_secrets(where, account, Sync.OFF)
    own = replace(made, superuser=old.superuser, events=old.events, keys=old.keys)
    (where / "secrets.json").write_bytes(msgspec.json.encode(asdict(own) | {"sync": "off"}))
    place = lay_out(where, account, own)
    shutil.copytree(base, place.data)
    shutil.copytree(log, place.data / "pg_wal", dirs_exist_ok=True)
    (place.data / "recovery.signal").touch()
    with (place.data / "postgresql.auto.conf").open("a") as file:
        file.write(_RECOVERY.format(moment=moment))
    place.prepared.touch()
    for path in (place.data, *place.data.rglob("*")):
        os.chown(path, account.uid, account.gid)
    place.data.chmod(0o700)
    try:
        with open_cluster(where) as cluster:
            yield cluster
    finally:
        remove_cluster(where)
        shutil.rmtree(where)
