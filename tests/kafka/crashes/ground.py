"""The ground of every case: one house, a topic for each seed, and members that die reading it.

The house is never cleaned: each seed tells of people of its own in a topic of its own, so what it
leaves behind must not disturb the next.
"""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kafka import KafkaProducer

from infra.codec.envelopes import EnvelopeCodec
from infra.house import House
from tests.kafka.crashes.dying import Last
from tests.kafka.crashes.places import Point
from tests.kafka.crashes.plans import Kill, Plan
from tests.kafka.crashes.telling import Teller
from tests.kafka.crashes.warm import Warm
from tests.kafka.crashes.working import Order
from tests.kafka.members import until
from tests.kafka.topics import Topic, group_of, make_topic, read
from tests.proof.houses import Proof

_FEW = 12
"""Facts told each time."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A topic that was read to its end; ``history`` says where each process ended on the way.

    ``base`` is the log's last position before.
    """

    topic: Topic
    told: Teller
    base: int
    history: tuple[str, ...]


class Ground:
    """A house, a broker, a publisher and the warm parent of members."""

    def __init__(self, house: House, address: str, folder: Path, warm: Warm) -> None:
        self.house = house
        self._address = address
        self._folder = folder
        self._warm = warm
        self._codec = EnvelopeCodec()
        self._producer = KafkaProducer(bootstrap_servers=address, acks="all")

    def close(self) -> None:
        self._producer.close()

    def recovered(self, plan: Plan) -> Recovered:
        """Let members die as a plan says, then let a fresh one read to the end."""
        base = self.house.store.last_position()
        topic = make_topic(self._address, f"seed-{plan.seed}", plan.partitions)
        teller, history = Teller(plan, self._codec), list[str]()
        for number, kill in enumerate(plan.kills):
            self._send(topic, teller.tell(kill.told, strangers=kill.strangers))
            history.append(self._run(self._order(plan, topic, number, kill)))
        self._send(topic, teller.tell(plan.after))
        history.append(self._run(self._order(plan, topic, len(plan.kills), None)))
        return Recovered(topic, teller, base, tuple(history))

    def overtaken(self, plan: Plan, point: Point) -> Recovered:
        """Let a member stand still at a point, another take its partitions, and then let it go on.

        More is told while it stands, and after it: its end is read by itself.
        """
        base = self.house.store.last_position()
        topic = make_topic(self._address, f"zombie-{plan.seed}", plan.partitions)
        teller = Teller(plan, self._codec)
        self._send(topic, teller.tell(_FEW))
        frozen = replace(
            self._order(plan, topic, 0, None),
            group=group_of(topic),
            last=Last(point, 1, signal.SIGSTOP),
            session_ms=1_000,
            door="people" if point.place == "back-off" else None,
        )
        pid = self._warm.start(frozen)
        until(lambda: _stands(pid))
        for _ in range(2):
            self._send(topic, teller.tell(_FEW))
            read(topic, Proof(self.house))
        self._send(topic, teller.tell(_FEW))
        os.kill(pid, signal.SIGCONT)
        return Recovered(topic, teller, base, (self._ended(frozen),))

    def _send(self, topic: Topic, values: Sequence[tuple[int, bytes | None]]) -> None:
        sent = [
            self._producer.send(topic.name, value, b"key", partition=where)
            for where, value in values
        ]
        self._producer.flush()
        for one in sent:
            one.get(10)

    def _order(self, plan: Plan, topic: Topic, number: int, kill: Kill | None) -> Order:
        elsewhere = kill is None or kill.elsewhere
        return Order(
            settings=self.house.settings,
            now=self.house.clock.now(),
            address=self._address,
            topic=topic.name,
            group=f"{topic.name}-{number}" if elsewhere else topic.name,
            instance=None if elsewhere else "member",
            page=plan.page,
            last=None if kill is None else Last(kill.point, kill.passing),
            note=self._folder / "note",
            errors=self._folder / "errors",
            door=None if kill is None else kill.door,
            loses=None if kill is None else kill.loses,
        )

    def _run(self, order: Order) -> str:
        """Run a member in a process of its own; return where it ended."""
        self._warm.start(order)
        return self._ended(order)

    def _ended(self, order: Order) -> str:
        """Wait for a process's end.

        Raises:
            AssertionError: it failed, or hangs; neither is a kill.
        """
        if self._warm.end() not in {0, -signal.SIGKILL}:
            raise AssertionError(order.errors.read_text())
        return order.note.read_text()


def _stands(pid: int) -> bool:
    """Say whether a process was stopped: the state follows its name, which is in brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
