"""People come, are worked with, erased and parked while somebody carries keys.

Each keyring stands for a process of its own; one of them hears no evictions.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from threading import Event, Lock
from uuid import UUID

from domain.answers import Present, Shredded, SubjectErased
from domain.keyring import Admitted
from domain.values import ControllerId
from infra.keys.keyring import Keyring
from infra.keys.loose import LooseKeys
from infra.random_ids import random_bytes, random_id
from tests.contracts.whole_keyring import claim, erase, sealed
from tests.keys.finalising_houses import SECOND, Person, loose_keys, person
from tests.keys.houses import KeyHouse, open_keyring

PAUSE_SECONDS = 0.003
"""Between two deeds, so that everybody gets a turn on two processors."""


class Bustle:
    """What everybody does until whoever carries keys is done."""

    def __init__(self, house: KeyHouse, controller: ControllerId) -> None:
        self.house = house
        self.controller = controller
        self.done = Event()
        self.lock = Lock()
        self.living: list[Person] = []
        self.erased: list[Person] = []
        self.kept: dict[UUID, bytes] = {}
        self.destroyed: dict[UUID, bytes] = {}

    def until_done(self, deed: Callable[[], None], times: int) -> None:
        while not self.done.wait(PAUSE_SECONDS) and times:
            deed()
            times -= 1

    def arrive(self, keyring: Keyring) -> None:
        fresh = person(keyring, self.controller)
        with self.lock:
            self.living.append(fresh)

    def go_on(self, keyring: Keyring) -> None:
        """Seal, open and find somebody who may be erased meanwhile."""
        each = self.somebody()
        number = random_bytes(1)[0] % 8
        with suppress(SubjectErased):
            sealed(keyring, self.controller, each.subject, f"documents/{number}")
            sealed(keyring, self.controller, each.subject)
        answers = keyring.open(self.controller, each.requests)
        assert set(answers) <= {Present(b"Kari"), Shredded()}
        keyring.footprint(self.controller, each.subject)
        (answer,) = keyring.admit(self.controller, [claim(each.ref, contacts=(each.email,))])
        assert not isinstance(answer, Admitted) or answer.subject == each.subject

    def erase(self, keyring: Keyring) -> None:
        with self.lock:
            if len(self.living) < 20:
                return
            each = self.living.pop(random_bytes(1)[0] % len(self.living))
            self.erased.append(each)
        erase(keyring, self.controller, each.subject)
        keyring.destroy_category_key(self.controller, each.subject, "notice/1")

    def park(self, loose: LooseKeys) -> None:
        items = [random_id(), random_id()]
        until = self.house.clock.now() + 3_600 * SECOND
        for scope in (self.controller, None):
            tokens = loose.seal(scope, "parked", [(item, b"x") for item in items], until)
            loose.destroy(items[:1])
            self.destroyed[items[0]], self.kept[items[1]] = tokens
            items = [random_id(), random_id()]

    def found(self, keyring: Keyring) -> None:
        """Found controllers, and people of theirs."""
        controller = keyring.add_controller(str(random_id()))
        person(keyring, controller)

    def somebody(self) -> Person:
        with self.lock:
            return self.living[random_bytes(1)[0] % len(self.living)]

    def run(self, carry: Callable[[], None]) -> None:
        """Do everything at once until ``carry`` has ended; raise what any of it raised."""
        for _ in range(24):
            self.arrive(self.house.keyring)
        with ExitStack() as stack, ThreadPoolExecutor(8) as threads:
            rings = [
                stack.enter_context(
                    open_keyring(self.house.dsn, self.house.provider, self.house.clock)
                )
                for _ in range(5)
            ]
            rings[2]._listener.stop()  # noqa: SLF001 - deaf on purpose
            loose = stack.enter_context(loose_keys(self.house))
            deeds: list[tuple[Callable[[], None], int]] = [
                (lambda: self.arrive(rings[0]), 100),
                (lambda: self.go_on(rings[1]), 1_000),
                (lambda: self.go_on(rings[2]), 1_000),
                (lambda: self.erase(rings[3]), 60),
                (lambda: self.park(loose), 40),
                (lambda: self.found(rings[4]), 6),
            ]
            working = [threads.submit(self.until_done, *deed) for deed in deeds]
            working.append(threads.submit(self._carry, carry))
            for work in working:
                work.result()  # and raises what the deed raised

    def _carry(self, carry: Callable[[], None]) -> None:
        try:
            carry()
        finally:
            self.done.set()

    def require_whole(self) -> None:
        """Require everybody living to open and be found once, and nobody erased to."""
        keyring, controller = self.house.keyring, self.controller
        for each in self.living:
            assert keyring.open(controller, each.requests) == [Present(b"Kari")] * 3
            assert keyring.find_source(controller, each.ref) == each.subject
            assert keyring.find_contact(controller, each.email) == [each.subject]
            lookups = keyring.footprint(controller, each.subject).lookups
            assert lookups == {"source": 1, "email": 1}
        assert self.erased
        for each in self.erased:
            assert set(keyring.open(controller, each.requests)) == {Shredded()}
            assert self.house.sql("SELECT 1 FROM dek WHERE subject = %s", each.subject) == []
            assert keyring.find_source(controller, each.ref) is None
        with loose_keys(self.house) as loose:
            assert set(loose.open("parked", list(self.kept.items()))) == {Present(b"x")}
            assert set(loose.open("parked", list(self.destroyed.items()))) == {Shredded()}
