"""What the tests of finalisation share: a house with people in it, and a finalisation of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg_pool import ConnectionPool

from domain.keyring import Contact, ContactKind, OpenRequest, SourceRef
from domain.values import ControllerId, Instant, SubjectId
from infra.clock import FixedClock
from infra.keys.escrow import Escrow
from infra.keys.finalisation_run import Step
from infra.keys.finalisation_shapes import Doors, Finalised, Terms
from infra.keys.finalising import finalise
from infra.keys.keyring import Keyring
from infra.keys.loose import LooseKeys
from infra.keys.provider import KekProvider
from infra.keys.sampling import Sampled, open_sample
from infra.random_ids import random_id
from tests.contracts.whole_keyring import PROFILE, admit_one, claim, sealed
from tests.keys.houses import KeyHouse

SECOND = 1_000_000
AT_ONCE = Terms(lease_seconds=0.0, grace_seconds=0.0)
CATEGORIES = (PROFILE, "communications", "notice/1")


@dataclass
class LiveWitness:
    """Takes the key database itself for its backup: what the tests of other steps need."""

    dsn: str
    asked: list[Instant] = field(default_factory=list)

    def fresh(self, since: Instant) -> str:
        self.asked.append(since)
        return "live"

    def prove(self, backup: str, provider: KekProvider, version: int) -> Sampled:
        assert backup == "live"
        return open_sample(self.dsn, provider, version)

    def replicas_passed(self) -> None:
        """There are none."""


@dataclass
class Waiting:
    """Moves a clock instead of waiting."""

    clock: FixedClock
    waited: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.instant += round(seconds * SECOND)


def doors_of(house: KeyHouse, escrows: tuple[Escrow, ...] = ()) -> Doors:
    """Give what a finalisation of this house needs."""
    return doors_over(house.dsn, house.provider, house.clock, escrows)


def doors_over(
    dsn: str, provider: KekProvider, clock: FixedClock, escrows: tuple[Escrow, ...] = ()
) -> Doors:
    """Give what a finalisation of a key database needs."""
    return Doors(provider, LiveWitness(dsn), Waiting(clock), escrows)


def finalise_now(
    house: KeyHouse,
    terms: Terms = AT_ONCE,
    reached: Callable[[Step], None] = lambda _step: None,
    escrows: tuple[Escrow, ...] = (),
) -> Finalised:
    """Finalise, without waiting for leases and grace unless ``terms`` say so."""
    return finalise(house.keyring.vault, doors_of(house, escrows), terms, reached=reached)


@dataclass
class Person:
    """Somebody with a value sealed in each category."""

    ref: SourceRef
    subject: SubjectId
    email: Contact
    requests: list[OpenRequest]


def contact_of(remote_id: str) -> Contact:
    return Contact(ContactKind.EMAIL, f"{remote_id}@example.test")


def person(
    keyring: Keyring, controller: ControllerId, categories: tuple[str, ...] = CATEGORIES
) -> Person:
    """Admit somebody with an address, and seal a value of each category."""
    ref = SourceRef("ats", str(random_id()))
    email = contact_of(ref.remote_id)
    subject = admit_one(keyring, controller, claim(ref, contacts=(email,)))
    requests = [sealed(keyring, controller, subject, category) for category in categories]
    return Person(ref, subject, email, requests)


@contextmanager
def loose_keys(house: KeyHouse) -> Iterator[LooseKeys]:
    """Lend loose keys over the house's database."""
    with ConnectionPool(house.dsn, min_size=1, max_size=2, open=True) as pool:
        yield LooseKeys(pool, house.provider, house.clock)
