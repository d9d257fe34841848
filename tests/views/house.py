"""A small house for questions: real tokens, a log in memory, the views in PostgreSQL, a desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from psycopg_pool import ConnectionPool

from consumers.packing import pack
from domain.fact import Actor, Entry, Fact, Stamp
from domain.keyring import (
    Admitted,
    Claim,
    Contact,
    ContactKind,
    DestroyOrder,
    SealRequest,
    SourceRef,
)
from domain.values import Category, ControllerId, ErasureId, FactId, SealedPart, SubjectId
from infra.clock import FixedClock
from infra.views.postgres import postgres_views
from infra.views.queries.desk import Asker, Desk, Look
from infra.views.runner import Runner
from tests import examples
from tests.examples import MINUTE, SOURCE, START, erased
from tests.fakes.keyring import FakeKeyring
from tests.fakes.log import MemoryLog

Values = Mapping[Category, Mapping[str, object]]

BEGUN = "profile"


@dataclass
class Audit:
    """Keeps the looks; ``away`` refuses them."""

    looks: list[Look] = field(default_factory=list)
    away: bool = False

    def record(self, look: Look) -> None:
        if self.away:
            raise ConnectionError
        self.looks.append(look)


class House:
    """People, facts about them, erasures; every question sees the views folded to the log's end."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.keyring = FakeKeyring(FixedClock(START))
        self.audit = Audit()
        self.log = MemoryLog()
        self.controller = self.keyring.add_controller("fjord")
        self.views = postgres_views(pool)
        self._desk = Desk(pool, self.keyring, self.keyring, self.audit)

    def asker(self, controller: ControllerId | None = None, purpose: str = "recruiting") -> Asker:
        return Asker(controller or self.controller, "account-7", purpose)

    def desk(self) -> Desk:
        """Fold every view to the log's end and give the desk."""
        with Runner(self.log, self.views) as runner:
            told = runner.run_once()
        assert [status.failure for status in told] == [None] * len(self.views)
        return self._desk

    def person(self, remote_id: str = "r-1", email: str = "ada@example.test") -> SubjectId:
        """Admit a person a source knows by this id, with an address."""
        claim = Claim(
            SourceRef(SOURCE, remote_id),
            START,
            begins=True,
            contacts=(Contact(ContactKind.EMAIL, email),),
            categories=(BEGUN,),
        )
        (admitted,) = self.keyring.admit(self.controller, [claim])
        assert isinstance(admitted, Admitted)
        return admitted.subject

    def tell(self, person: SubjectId, fact: Fact, values: Values | None = None) -> Entry:
        """Append a fact with these values sealed in it, a minute after the last."""
        n = len(self.log.log) + 1
        stamp = Stamp(
            examples.fact_id(n), self.controller, START + n * MINUTE, START, SOURCE, Actor.SUBJECT
        )
        parts = tuple(
            self._sealed(person, stamp.fact_id, category, fact.TOPIC, fields)
            for category, fields in (values or {}).items()
        )
        version = 1 + sum(entry.subject == person for entry in self.log.log)
        sealed: Any = replace(fact, sealed=parts)  # type: ignore[type-var]  # every fact is a dataclass
        entry = Entry(n, person, version, stamp, sealed)
        self.log.log.append(entry)
        return entry

    def destroy(self, person: SubjectId, category: Category | None = None) -> ErasureId:
        """Destroy keys and nothing else: the views still hold the tokens."""
        erasure = examples.erasure_id(len(self.log.log) + 1)
        (epochs,) = self.keyring.live_epochs(self.controller, [person], category)
        self.keyring.destroy(self.controller, [DestroyOrder(person, erasure, category, epochs)])
        return erasure

    def erase(self, person: SubjectId, category: Category | None = None) -> None:
        """Destroy keys and record the end of the erasure."""
        erasure = self.destroy(person, category)
        self.tell(person, replace(erased(category=category), erasure_id=erasure))

    def _sealed(
        self,
        person: SubjectId,
        fact_id: FactId,
        category: Category,
        topic: str,
        fields: Mapping[str, object],
    ) -> SealedPart:
        request = SealRequest(person, fact_id, category, topic, pack(fields))
        (token,) = self.keyring.seal(self.controller, [request])
        return SealedPart(category, token)
