"""People of one controller, told of by the day, and the sweep over fakes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from consumers.ports import Batch, Recording
from consumers.sweep import LIMIT, Sweep, SweepPoint, Watch
from consumers.sweep_report import Swept
from domain import subject as subjects
from domain.answers import Present
from domain.consent import ConsentGiven
from domain.fact import Actor, Fact, Stamp
from domain.keyring import Admitted, Claim, SealRequest, SourceRef
from domain.merging import Absorbed, MergedInto
from domain.policy import Policy
from domain.purposes import Purpose
from domain.values import FactId, Instant, SealedPart, SubjectId
from infra.random_ids import random_id
from tests.consumers.side import Side
from tests.domain.promises import noon
from tests.examples import SOURCE, registered
from tests.life_examples import example


def nothing(_point: SweepPoint) -> None:
    return None


@dataclass
class Populace:
    """A house in memory whose people are told of directly."""

    side: Side = field(default_factory=Side)
    people: list[SubjectId] = field(default_factory=list)

    def person(self, since: date | None = None) -> SubjectId:
        """Admit somebody; with a day, she registered on it."""
        claim = Claim(SourceRef(SOURCE, f"r-{len(self.people)}"), 0, begins=True, contacts=(),
                      categories=("profile",))  # fmt: skip
        (admitted,) = self.side.keyring.admit(self.side.controller, [claim])
        assert isinstance(admitted, Admitted)
        self.people.append(admitted.subject)
        if since is not None:
            self.tell(admitted.subject, since, registered())
        return admitted.subject

    def tell(self, person: SubjectId, day: date, fact: Fact) -> None:
        """Record a fact of a day, its values sealed under her keys."""
        at = noon(day)
        controller = self.side.controller
        stamp = Stamp(FactId(random_id()), controller, at, at, SOURCE, Actor.SUBJECT)
        asked = [
            SealRequest(person, stamp.fact_id, part.category, fact.TOPIC, b"a value")
            for part in fact.sealed
        ]
        tokens = self.side.keyring.seal(controller, asked) if asked else []
        sealed = tuple([SealedPart(a.category, t) for a, t in zip(asked, tokens, strict=True)])
        told: Any = replace(fact, sealed=sealed)  # type: ignore[type-var]  # a fact is a dataclass
        head = self.side.log.load(controller, [person], []).heads[person]
        assert subjects.decide(head.state, stamp, told) == (told,)
        state = subjects.evolve(head.state, stamp, told)
        recording = Recording(controller, person, head.version, ((stamp, told),), state)
        self.side.log.append(Batch((recording,)))

    def a(self, person: SubjectId, day: date, kind: type[Fact], n: int = 1, **own: object) -> None:
        """Record an example of a kind of fact."""
        self.tell(person, day, example(kind, n, **own))

    def consent(self, person: SubjectId, day: date, purpose: Purpose, until: Instant) -> None:
        """Let her consent to a purpose at large."""
        scope: dict[str, Any] = {"purpose": purpose, "client_id": None, "assignment_id": None}
        self.a(person, day, ConsentGiven, expires_at=until, **scope)

    def merge(self, person: SubjectId, survivor: SubjectId, day: date, n: int = 1) -> None:
        """Find two streams to be one person."""
        self.a(person, day, MergedInto, n, survivor=survivor)
        self.a(survivor, day, Absorbed, n, merged=person)

    def sweep(
        self,
        day: date,
        policy: Policy,
        limit: int = LIMIT,
        *,
        dry_run: bool = False,
        reached: Callable[[SweepPoint], None] = nothing,
        today: bool = True,
    ) -> Swept:
        """Sweep a day, at noon of it unless the clock is to stay."""
        if today:
            self.side.clock.instant = max(self.side.clock.instant, noon(day))
        sweep = Sweep(
            self.side.log,
            self.side.erasure(),
            self.side.clock.now,
            random_id,
            Watch(reached=reached),
        )
        return sweep.sweep(self.side.controller, policy, day, limit, dry_run=dry_run)

    def topics(self, person: SubjectId) -> list[str]:
        return self.side.topics(person)

    def readable(self, person: SubjectId) -> bool:
        """Say whether anything of hers opens."""
        return any(isinstance(answer, Present) for answer in self.side.open_log(person))
