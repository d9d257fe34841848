"""Row 7: erasures are made final; what it costs by erasures and by people.

The key database alone is filled: a person is a source id, an address and two keys. Leases and grace
are not waited for, and the backup is timed on its own: both cost the same whatever was erased.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from psycopg_pool import ConnectionPool

from benchmarks.clockwork import timed
from benchmarks.figures import Figure, at_most
from domain.keyring import Admitted, Claim, Contact, ContactKind, DestroyOrder, SourceRef
from domain.values import ControllerId, ErasureId, Instant, SubjectId
from infra.clock import SystemClock
from infra.embedded.account import server_account
from infra.embedded.cluster import Cluster, open_cluster, remove_cluster
from infra.embedded.programs import program_directory
from infra.finalisation import scratch_beside
from infra.keys.backup_witness import DumpWitness
from infra.keys.database import create_schema
from infra.keys.finalisation_shapes import Doors, Terms
from infra.keys.finalising import finalise
from infra.keys.keyring import Keyring
from infra.keys.provider import KekProvider, LocalFileProvider
from infra.keys.sampling import Sampled
from infra.random_ids import random_id

ROW = "7 finalise after erasures"
FEW, MANY = 10_000, 1_000_000
ERASURES = (1, 100, 1_000)
_PAGE = 5_000
_ORDERS = 500
_AT_ONCE = Terms(lease_seconds=0.0, grace_seconds=0.0)


class _NoBackup:
    """Asks for no backup: it is timed on its own."""

    def fresh(self, since: Instant) -> str:
        """Name none."""
        return f"none since {since}"

    def prove(self, backup: str, provider: KekProvider, version: int) -> Sampled:
        """Open nothing."""
        _ = backup, provider, version
        return Sampled(0, 0, 0)

    def replicas_passed(self) -> None:
        """There are none."""


def measure_finalising(rounds: int, sizes: Sequence[int] = (FEW, MANY)) -> list[Figure]:
    """Measure row 7 at each size of house."""
    figures: list[Figure] = []
    took: dict[tuple[int, int], float] = {}
    for people in sizes:
        with _filled(people) as house:
            for erasures in ERASURES:
                took[people, erasures] = median([house.round(erasures) for _ in range(rounds)])
            backup = house.back_up()
        figures += [
            Figure(
                ROW,
                f"{erasures:,} erasures, {people:,} people",
                took[people, erasures],
                "s",
                at_most(0.5) if erasures == 1 and people == min(sizes) else None,
            )
            for erasures in ERASURES
        ]
        figures.append(
            Figure(ROW, f"its backup, restored and opened, {people:,} people", backup, "s")
        )
    for erasures in ERASURES if len(sizes) > 1 else ():
        ratio = took[max(sizes), erasures] / took[min(sizes), erasures]
        what = f"{erasures:,} erasures, {max(sizes):,} people against {min(sizes):,}"
        figures.append(Figure(ROW, what, ratio, "x", at_most(15)))
    return figures


class _House:
    """A key database with people in it."""

    def __init__(self, cluster: Cluster, keyring: Keyring, provider: KekProvider) -> None:
        self._cluster = cluster
        self._keyring = keyring
        self._provider = provider
        self._controller: ControllerId = keyring.add_controller("benchmark")
        self._people: list[SubjectId] = []

    def fill(self, people: int) -> None:
        """Admit people."""
        for first in range(0, people, _PAGE):
            page = [_claim(number) for number in range(first, min(first + _PAGE, people))]
            answers = self._keyring.admit(self._controller, page)
            self._people += [each.subject for each in answers if isinstance(each, Admitted)]

    def round(self, erasures: int) -> float:
        """Erase people spread over the whole house, finalise, and return the latter's seconds."""
        step = max(1, len(self._people) // erasures)
        doomed = self._people[::step][:erasures]
        gone = set(doomed)
        self._people = [subject for subject in self._people if subject not in gone]
        for first in range(0, len(doomed), _ORDERS):
            orders = [
                DestroyOrder(subject, ErasureId(random_id()), None, ())
                for subject in doomed[first : first + _ORDERS]
            ]
            self._keyring.destroy(self._controller, orders)
        doors = Doors(self._provider, _NoBackup(), _never)
        with timed() as took:
            finalise(self._keyring.vault, doors, _AT_ONCE)
        return took.seconds

    def back_up(self) -> float:
        """Make a backup, restore it and open it; return the seconds."""
        programs = program_directory(server_account())
        with TemporaryDirectory(prefix="glemmebok-bench-") as folder, timed() as took:
            lend = scratch_beside(self._cluster.home)
            witness = DumpWitness(
                programs, Path(folder), self._cluster.keys_dsn, lend, SystemClock()
            )
            witness.prove(witness.fresh(0), self._provider, max(self._provider.versions()))
        return took.seconds


@contextmanager
def _filled(people: int) -> Iterator[_House]:
    with TemporaryDirectory(prefix="glemmebok-bench-") as parent:
        home = Path(parent) / "home"
        try:
            with open_cluster(home) as cluster:
                yield from _furnished(cluster, Path(parent), people)
        finally:
            remove_cluster(home)


def _furnished(cluster: Cluster, folder: Path, people: int) -> Iterator[_House]:
    create_schema(cluster.keys_dsn)
    provider = LocalFileProvider(folder / "root.key")
    provider.create_version()
    with ConnectionPool(cluster.keys_dsn, min_size=1, max_size=4, open=True) as pool:
        keyring = Keyring(pool, provider, SystemClock())
        try:
            house = _House(cluster, keyring, provider)
            house.fill(people)
            yield house
        finally:
            keyring.close()


def _claim(number: int) -> Claim:
    address = Contact(ContactKind.EMAIL, f"{number}@example.test")
    categories = ("profile", "communications")
    return Claim(
        SourceRef("benchmark", str(number)),
        0,
        begins=True,
        contacts=(address,),
        categories=categories,
    )


def _never(seconds: float) -> None:
    message = f"nothing is to be waited for, least of all {seconds} s"
    raise AssertionError(message)
