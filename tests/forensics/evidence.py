"""A house whose every byte is kept: what a patient thief collects, moment by moment.

At each moment a base backup of the whole cluster, a backup by the program, the home's own files
and a copy of every key row; in the end the write-ahead log, whole. The root key alone is not among
the kept files: whether an old one survives is what the attacks differ in.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from domain.keyring import OpenRequest
from domain.values import SubjectId
from infra.backup import BOTH, back_up
from infra.clock import Clock
from infra.embedded.cluster import Cluster
from infra.finalisation import witness
from infra.keys.finalisation_run import Step
from infra.keys.finalisation_shapes import Doors
from infra.keys.finalising import finalise
from infra.postgres_programs import run_program
from infra.settings import Settings
from tests.keys.attacker import Copy, copy_of, roots_of
from tests.keys.finalising_houses import AT_ONCE
from tests.proof.houses import Proof, open_proof, run_sql

KNOWN, ERASED, FINAL = "known", "erased", "final"
MOMENTS = (KNOWN, ERASED, FINAL)
_KEEP_LOG = "ALTER SYSTEM SET wal_keep_size = '4GB'"


@dataclass(frozen=True)
class Rows:
    """A database that answers behind everybody's back."""

    dsn: str

    def sql(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        return run_sql(self.dsn, statement, *arguments)


@dataclass
class Evidence:
    """The house, what was kept of it, and what is known of two of its people."""

    settings: Settings
    cluster: Cluster
    clock: Clock
    kept: Path
    copies: dict[str, Copy] = field(default_factory=dict)
    roots: dict[str, list[bytes]] = field(default_factory=dict)
    tokens: dict[SubjectId, list[OpenRequest]] = field(default_factory=dict)
    her: SubjectId = field(init=False)
    other: SubjectId = field(init=False)

    @contextmanager
    def house(self) -> Iterator[Proof]:
        with open_proof(self.settings, self.clock) as proof:
            yield proof

    def keep_log(self) -> None:
        """Let the server throw no write-ahead log away."""
        with psycopg.connect(self.cluster.superuser_dsn(), autocommit=True) as connection:
            connection.execute(_KEEP_LOG)
            connection.execute("SELECT pg_reload_conf()")

    def keep(self, moment: str) -> None:
        """Keep everything there is now, and mark the moment in the write-ahead log."""
        folder = self.kept / moment
        folder.mkdir(parents=True)
        self.copies[moment] = copy_of(Rows(self.cluster.keys_dsn))
        self.roots[moment] = roots_of(self.settings.root_key)
        url = self.cluster.superuser_dsn()
        base = ["pg_basebackup", f"--pgdata={folder / 'base'}", "--wal-method=none"]
        base += ["--checkpoint=fast", "--no-sync", "--no-manifest"]
        run_program(self.cluster.programs, base, url, lambda: None)
        back_up(self.settings, self.clock, folder / "backup", BOTH, lambda *_told: None)
        self._keep_files(folder)
        run_sql(url, f"SELECT pg_create_restore_point('{moment}')")

    def _keep_files(self, folder: Path) -> None:
        """Copy the home without its cluster, and the anchor; the root key is nobody's to keep."""
        left_out = {str(self.settings.home / "cluster"), str(self.settings.root_key)}

        def ignored(directory: str, names: list[str]) -> list[str]:
            return [name for name in names if os.path.join(directory, name) in left_out]  # noqa: PTH118 - as copytree asks

        shutil.copytree(self.settings.home, folder / "home", ignore=ignored)
        shutil.copytree(self.settings.anchor, folder / "anchor")

    def keep_wal(self) -> None:
        """Copy the write-ahead log, from the first byte after :meth:`keep_log`."""
        run_sql(self.cluster.superuser_dsn(), "SELECT pg_switch_wal()")
        run_sql(self.cluster.superuser_dsn(), "CHECKPOINT")
        shutil.copytree(self.cluster.data / "pg_wal", self.kept / "wal")

    def finalise(self) -> None:
        """Finalise at once, and keep a copy of the key rows at each step of it."""

        def reached(step: Step) -> None:
            self.copies[step.value] = copy_of(Rows(self.cluster.keys_dsn))

        with self.house() as proof, witness(self.settings, self.clock) as backups:
            doors = Doors(proof.house.provider, backups, lambda _seconds: None)
            finalise(proof.house.keyring.vault, doors, AT_ONCE, reached=reached)

    def unpack(self) -> None:
        """Write each dump out as text beside itself: compressed, its bytes hide from a search."""
        for dump in self.kept.rglob("*.dump"):
            command = ["pg_restore", f"--file={dump.with_suffix('.sql')}", str(dump)]
            run_program(self.cluster.programs, command, self.cluster.superuser_dsn(), lambda: None)
