"""The witness of F5: a dump of the key database, restored and opened with one root version."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from domain.answers import KeyUnavailable
from infra.embedded.account import server_account
from infra.embedded.cluster import Cluster
from infra.embedded.programs import program_directory
from infra.keys.backup_witness import DumpWitness
from infra.keys.finalising import finalise
from infra.keys.ring import PURPOSES
from tests.keys.finalising_houses import AT_ONCE, doors_of, person
from tests.keys.houses import KeyHouse

_SCRATCH = "finalisation_scratch"


@pytest.fixture
def witness(house: KeyHouse, cluster: Cluster, tmp_path: Path) -> DumpWitness:
    @contextmanager
    def scratch() -> Iterator[str]:
        with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_SCRATCH} TEMPLATE template0")
            try:
                yield cluster.superuser_dsn(_SCRATCH)
            finally:
                connection.execute(f"DROP DATABASE {_SCRATCH} WITH (FORCE)")

    programs = program_directory(server_account())
    return DumpWitness(programs, tmp_path / "kept", house.dsn, scratch, house.clock)


def test_the_old_root_dies_only_after_a_dump_was_opened_with_the_new_one(
    house: KeyHouse, witness: DumpWitness, tmp_path: Path
) -> None:
    person(house.keyring, house.keyring.add_controller("miles"))
    doors = replace(doors_of(house), backups=witness)
    (record,) = finalise(house.keyring.vault, doors, AT_ONCE).records
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [record.backup]
    assert record.backup is not None
    opened = witness.prove(record.backup, house.provider, record.to_version)
    # Its roots are the secrets, the controller key and the pepper.
    assert (opened.roots, opened.branches, opened.leaves) == (len(PURPOSES) + 2, 1, 5)
    with pytest.raises(KeyUnavailable):
        witness.prove(record.backup, house.provider, record.from_version)


def test_a_dump_from_before_the_carrying_does_not_pass(
    house: KeyHouse, witness: DumpWitness
) -> None:
    person(house.keyring, house.keyring.add_controller("miles"))
    early = witness.fresh(house.clock.now())
    house.provider.create_version()
    with pytest.raises(KeyUnavailable, match="hangs off root version 1"):
        witness.prove(early, house.provider, 2)


def test_a_torn_dump_does_not_pass(house: KeyHouse, witness: DumpWitness, tmp_path: Path) -> None:
    person(house.keyring, house.keyring.add_controller("miles"))
    kept = tmp_path / "kept" / witness.fresh(house.clock.now())
    kept.write_bytes(kept.read_bytes()[:4_000])
    with pytest.raises(KeyUnavailable, match="pg_restore"):
        witness.prove(kept.name, house.provider, 1)
