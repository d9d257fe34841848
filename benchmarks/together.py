"""Row 10: a million facts come in from files while a member consumes from Kafka.

``ingest`` and ``consume`` run as an operator runs them, each a process of its own; a publisher
tells of the same people all the while. What is wanted is not speed: everybody's facts are in order
and there once, and neither process grows.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.clockwork import timed
from benchmarks.crowd import Crowd, order_findings
from benchmarks.figures import Figure, at_most
from benchmarks.memory import CommandFailed
from benchmarks.site import settings_in
from consumers.upstream import Envelope
from infra.broker.broker import open_broker
from infra.clock import SystemClock
from infra.embedded.cluster import open_cluster, remove_cluster
from infra.foundation import found_house
from infra.house import House, open_house
from infra.kafka.consumer import TOPIC
from infra.kafka.options import connection
from infra.kafka.publishing import Publisher, publishing
from infra.kafka.topics import PARTITIONS, look
from infra.settings import DatabaseUrls, KafkaPlace, Settings

MILLION = Crowd(files=10, people=5_000, told=20, more=2)
"""A million facts by files, a tenth as many by Kafka, of the same 50,000 people."""

ROW = "10 a million facts from files while Kafka is consumed"
CACHE = Path.home() / ".cache" / "glemmebok"

_SECRET = b"a publisher of this benchmark"
_BATCH = 500
_BEAT_SECONDS = 0.2
_END_SECONDS = 60
_EARLY, _LATE = (0.10, 0.30), (0.80, 1.0)
"""The parts of the run whose memory is compared; before the first, caches fill."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How far the log was, in parts of the whole, and a process's resident megabytes then."""

    part: float
    process: str
    megabytes: float


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run; ``seconds`` until the files were read and until all was in the log."""

    files_seconds: float
    seconds: float
    samples: Sequence[Sample]
    findings: Sequence[str]

    def resident(self, process: str, part: tuple[float, float]) -> float:
        """Return a process's median megabytes in a part of the run."""
        first, last = part
        return median(
            [s.megabytes for s in self.samples if s.process == process and first <= s.part <= last]
        )


def measure_together(crowd: Crowd = MILLION) -> list[Figure]:
    """Measure row 10: many minutes."""
    with TemporaryDirectory(prefix="glemmebok-bench-") as parent:
        folder = Path(parent)
        settings = settings_in(folder)
        try:
            with open_cluster(settings.home) as cluster, open_broker(folder / "kafka", CACHE) as b:
                urls = DatabaseUrls(cluster.events_dsn, cluster.keys_dsn)
                settings = replace(
                    settings, databases=urls, kafka=KafkaPlace(b.address, None, None)
                )
                found_house(settings, SystemClock())
                place = connection(b.address, None)
                look(place, [TOPIC], make=True, replicas=1, partitions=PARTITIONS)
                with open_house(settings, SystemClock()) as house:
                    run = together(house, TOPIC, crowd, folder)
        finally:
            remove_cluster(settings.home)
    if run.findings:
        message = "; ".join(run.findings)
        raise AssertionError(message)
    return _figures(crowd, run)


def together(house: House, topic: str, crowd: Crowd, folder: Path) -> Run:
    """Take a crowd's facts in by files and by a topic at once; the log held nothing of them.

    The house must be at ``house.settings``, whose databases and Kafka are named.

    Raises:
        CommandFailed: a command ended before its time, or not well.
    """
    files = crowd.write(folder)
    base = house.store.last_position()
    commands = _commands(house.settings)
    assert house.settings.kafka is not None
    place = connection(house.settings.kafka.servers, None)
    samples: list[Sample] = []
    with (
        _running(commands, folder, "consume", topic) as consume,
        publishing(place, topic, _SECRET) as publisher,
        timed() as all_in,
    ):
        with timed() as files_in, _running(commands, folder, "ingest", *map(str, files)) as ingest:
            feeding = _Feeding(house, crowd, base, publisher, crowd.messages())
            while ingest.poll() is None:
                part = feeding.step()
                samples += [Sample(part, *seen) for seen in _resident(ingest, consume)]
                _beat(consume)
        feeding.tell_all()
        while feeding.step() < 1.0:
            _beat(consume)
    return Run(files_in.seconds, all_in.seconds, samples, order_findings(house, crowd, base))


@dataclass(slots=True)
class _Feeding:
    """Publishes as the log grows, so that Kafka and the files come to an end together."""

    house: House
    crowd: Crowd
    base: int
    publisher: Publisher
    messages: Iterator[Envelope]
    sent: int = 0

    def step(self) -> float:
        """Publish what is due; return how much of everything is in the log, 0 to 1."""
        part = (self.house.store.last_position() - self.base) / self.crowd.rows
        while self.sent < part * self.crowd.by_kafka and self._send():
            pass
        return part

    def tell_all(self) -> None:
        """Publish what is left."""
        while self._send():
            pass

    def _send(self) -> bool:
        batch = list(islice(self.messages, _BATCH))
        for envelope in batch:
            self.publisher.publish(envelope)
        self.publisher.flush()
        self.sent += len(batch)
        return bool(batch)


def _beat(consume: "subprocess.Popen[bytes]") -> None:
    if consume.poll() is not None:
        message = "glemmebok consume ended before it was told to"
        raise CommandFailed(message)
    time.sleep(_BEAT_SECONDS)


def _commands(settings: Settings) -> Mapping[str, str]:
    """Say in the environment what the settings say."""
    assert settings.databases is not None
    assert settings.kafka is not None
    return {
        "PATH": os.defpath,
        "GLEMMEBOK_HOME": str(settings.home),
        "GLEMMEBOK_DATABASE_URL": settings.databases.events,
        "GLEMMEBOK_KEYS_DATABASE_URL": settings.databases.keys,
        "GLEMMEBOK_ROOT_KEY": str(settings.root_key),
        "GLEMMEBOK_ANCHOR": str(settings.anchor),
        "GLEMMEBOK_KAFKA": settings.kafka.servers,
    }


@contextmanager
def _running(
    environment: Mapping[str, str], folder: Path, *arguments: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command until the block ends; then it is told to end, and must end well."""
    program = Path(sys.executable).with_name("glemmebok")
    with ExitStack() as stack:
        log = stack.enter_context((folder / f"{arguments[0]}.log").open("wb"))
        process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            [str(program), *arguments], env=dict(environment), stdout=log, stderr=log
        )
        stack.callback(process.kill)
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(_END_SECONDS)
        _must_end_well(process, Path(log.name))


def _must_end_well(process: "subprocess.Popen[bytes]", log: Path) -> None:
    if process.poll() != 0:
        last = log.read_text(encoding="utf-8").splitlines()[-3:]
        message = f"a command ended with {process.returncode}: {' | '.join(last)}"
        raise CommandFailed(message)


def _resident(
    ingest: "subprocess.Popen[bytes]", consume: "subprocess.Popen[bytes]"
) -> Iterator[tuple[str, float]]:
    for name, process in (("ingest", ingest), ("consume", consume)):
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
        if kilobytes:  # a process that just ended has none
            yield name, int(kilobytes[0]) / 1024.0


def _figures(crowd: Crowd, run: Run) -> list[Figure]:
    facts = crowd.by_file + crowd.by_kafka
    figures = [
        Figure(
            ROW,
            f"{crowd.by_file:,} facts of {crowd.size:,} people from files",
            crowd.by_file / run.files_seconds,
            "facts/s",
        ),
        Figure(ROW, f"{crowd.by_kafka:,} more from Kafka, all in", facts / run.seconds, "facts/s"),
        Figure(ROW, "facts lost, doubled or out of order", len(run.findings), "", at_most(0)),
    ]
    for process in ("ingest", "consume"):
        early, late = run.resident(process, _EARLY), run.resident(process, _LATE)
        figures += [
            Figure(ROW, f"{process}, resident early", early, "MB"),
            Figure(ROW, f"{process}, resident late", late, "MB"),
            Figure(ROW, f"ratio, {process}", late / early, "x", at_most(1.2)),
        ]
    return figures
