"""A whole house over two real databases, and what an attacker or a restore does to them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from consumers.erasure import Receipt
from consumers.erasure_order import Request
from consumers.ingest import Span
from consumers.tally import Tally
from consumers.upstream import Incoming
from domain.answers import Answer
from domain.erasure import ErasureReason
from domain.keyring import Contact, ContactKind, OpenRequest, SourceRef
from domain.values import Category, ControllerId, SubjectId
from infra.clock import Clock
from infra.embedded.cluster import Cluster
from infra.gate import anchor_log, keep_gate
from infra.house import House, open_house
from infra.settings import DatabaseUrls, Language, Settings
from tests.examples import numbered

SOURCE = "toptemp.mail"
OTHER_SOURCE = "toptemp.min-side"
SLUG = "toptemp"


def settings_of(events: str, keys: str, folder: Path) -> Settings:
    """Name everything a house needs, its anchor outside its home."""
    return Settings(
        home=folder / "home",
        databases=DatabaseUrls(events, keys),
        root_key=folder / "home" / "root.key",
        anchor=folder / "anchor",
        language=Language.ENGLISH,
    )


@dataclass
class Proof:
    """An open house, and short words for what the probes do with it."""

    house: House

    @property
    def controller(self) -> ControllerId:
        return self.house.controllers[SLUG]

    def take(self, items: Sequence[Incoming], name: str = "feed/1") -> Tally:
        """Take a page in at the position where the name stands."""
        ingest = self.house.ingest()
        span = Span(name, "feed", self.house.store.position(name), items[-1].index + 1)
        return ingest.commit(ingest.prepare(items), span)

    def project(self) -> None:
        with self.house.runner() as runner:
            told = runner.run_once()
        assert [status.failure for status in told] == [None] * len(told)

    def erase(self, *people: SubjectId, category: Category | None = None) -> list[Receipt]:
        requests = [request(person, category) for person in people]
        return self.house.erasure().erase(self.controller, requests)

    def person(self, remote_id: str, source: str = SOURCE) -> SubjectId:
        found = self.house.keyring.find_source(self.controller, SourceRef(source, remote_id))
        assert found is not None
        return found

    def found(self, address: str, slug: str = SLUG) -> list[SubjectId]:
        contact = Contact(ContactKind.EMAIL, address)
        return self.house.keyring.find_contact(self.house.controllers[slug], contact)

    def tokens(self, person: SubjectId) -> list[OpenRequest]:
        """Collect her tokens in the log and in every view, but the notices'."""
        found = [
            *self.house.log_tokens([person]),
            *(token for view in self.house.views for token in view.probe(person)),
        ]
        return [token for token in found if not token.category.startswith("notice/")]

    def answers(self, tokens: Sequence[OpenRequest]) -> set[Answer]:
        return set(self.house.keyring.open(self.controller, tokens))

    def anchor_log(self) -> None:
        anchor_log(self.house)

    def events(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return run_sql(_urls(self.house).events, statement, *values)

    def keys(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return run_sql(_urls(self.house).keys, statement, *values)

    def again(self) -> AbstractContextManager["Proof"]:
        """Open the same house as another process would, with nothing remembered."""
        return open_proof(self.house.settings, self.house.clock)


def _urls(house: House) -> DatabaseUrls:
    assert house.settings.databases is not None
    return house.settings.databases


def run_sql(dsn: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Do something behind the house's back; return the rows, if any."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def request(person: SubjectId, category: Category | None = None) -> Request:
    return Request(person, category, ErasureReason.REQUEST, numbered("user", 1))


@contextmanager
def open_proof(settings: Settings, clock: Clock) -> Iterator[Proof]:
    """Open a house as a command does: its restore gate is watched."""
    with open_house(settings, clock) as house:
        keep_gate(house)
        yield Proof(house)


@dataclass
class Backups:
    """Copies of databases: what a backup holds and a restore brings back."""

    cluster: Cluster
    made: list[str]
    prefix: str = "old"

    def copy(self, dsn: str, name: str) -> str:
        """Copy a database nobody is connected to; return the copy's connection string."""
        source = str(conninfo_to_dict(dsn)["dbname"])
        with psycopg.connect(self.cluster.superuser_dsn(), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                               " WHERE datname = %s", [source])  # fmt: skip
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
            owner = sql.Identifier(str(conninfo_to_dict(dsn)["user"]))
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(source), owner))
        self.made.append(name)
        return make_conninfo(dsn, dbname=name)

    def of(self, settings: Settings, *, events: bool = True, keys: bool = True) -> Settings:
        """Copy one database or both; return settings in which the copies stand for them."""
        assert settings.databases is not None
        now = settings.databases
        label = len(self.made)
        return replace(
            settings,
            databases=DatabaseUrls(
                self.copy(now.events, f"{self.prefix}_events_{label}") if events else now.events,
                self.copy(now.keys, f"{self.prefix}_keys_{label}") if keys else now.keys,
            ),
        )

    def drop(self) -> None:
        with psycopg.connect(self.cluster.superuser_dsn(), autocommit=True) as connection:
            for name in self.made:
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                connection.execute(drop.format(sql.Identifier(name)))
