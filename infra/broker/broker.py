"""One broker: its directory formatted, its process started, stopped, killed and started again.

Rules: it listens on the loopback address; topics are made on purpose, never by naming one; the
kernel ends it with the thread that started it, so that no broker is left behind.
"""

import shutil
import signal
import socket
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from infra.broker.jars import ENABLE, jars
from infra.broker.unavailable import BrokerUnavailable
from infra.random_ids import random_bytes

HOST = "127.0.0.1"
START_SECONDS = 60.0
"""A broker is ready in two seconds; a busy machine gets a minute."""

STOP_SECONDS = 30.0
FORMAT_SECONDS = 60.0
PARTITIONS = 3
"""Partitions of a topic that is made without saying how many."""

_JAVA = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms64m")
_LOG4J = "-Dlog4j2.level=WARN"
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions={partitions}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


class Broker:
    """A broker below ``home``. ``memory`` is the heap's limit as Java writes it."""

    def __init__(self, home: Path, libraries: Path, port: int, memory: str = "512m") -> None:
        self.port = port
        self._home = home
        self._libraries = libraries
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return ``host:port`` for clients."""
        return f"{HOST}:{self.port}"

    @property
    def data(self) -> Path:
        """Return the directory of the topics' segments."""
        return self._home / "data"

    def start(self) -> Self:
        """Start the broker, its directory made if it is new; return when it answers.

        Raises:
            BrokerUnavailable: it did not come up, or its port is taken.
        """
        if _listens(self.port):
            message = f"something listens on {self.address} already, maybe a broker started before"
            raise BrokerUnavailable(message)
        self._home.mkdir(parents=True, exist_ok=True)
        if not (self.data / "meta.properties").exists():
            self._format()
        with (self._home / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                ["setpriv", "--pdeathsig", "KILL", *self._command("kafka.Kafka", self._config)],  # noqa: S607 - found on the path
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """End it in good order, or kill it when that takes too long."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def _config(self) -> Path:
        return self._home / "server.properties"

    def _command(self, program: str, *arguments: object) -> list[str]:
        classpath = str(self._libraries / "*")
        options = [*_JAVA, f"-Xmx{self._memory}", _LOG4J]
        return ["java", *options, "-cp", classpath, program, *map(str, arguments)]

    def _format(self) -> None:
        text = _PROPERTIES.format(
            host=HOST,
            port=self.port,
            controller=free_port(),
            data=self.data,
            partitions=PARTITIONS,
        )
        self._config.write_text(text)
        # An id that began with a dash would be taken for an option.
        cluster = "K" + urlsafe_b64encode(random_bytes(16)).decode().rstrip("=")[1:]
        ended = subprocess.run(  # noqa: S603 - our own program, no shell
            self._command(
                "kafka.tools.StorageTool", "format", "--cluster-id", cluster, "-c", self._config
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=FORMAT_SECONDS,
            check=False,
        )
        if ended.returncode != 0:
            message = f"the broker's directory could not be made (status {ended.returncode})"
            raise BrokerUnavailable(message)

    def _wait_until_ready(self) -> None:
        """Wait for a metadata answer: an open port alone is not a broker that serves."""
        from kafka import KafkaAdminClient  # noqa: PLC0415 - half a second of imports
        from kafka.errors import KafkaError  # noqa: PLC0415 - likewise

        process = self._process
        assert process is not None
        waited = 0.0
        while waited < START_SECONDS:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                break
            waited += 0.1
            if not _listens(self.port):
                continue
            with suppress(KafkaError):
                admin = KafkaAdminClient(bootstrap_servers=self.address)
                admin.list_topics()
                admin.close()
                return
        self.kill()
        message = f"the broker did not answer; its log: {self._home / 'broker.log'}"
        raise BrokerUnavailable(message)


@contextmanager
def open_broker(home: Path, cache: Path, port: int | None = None) -> Iterator[Broker]:
    """Run a broker below ``home`` for as long as the block does.

    Raises:
        BrokerUnavailable: Java or a jar is missing, or it did not come up; the message says what
            brings it.
    """
    _require_programs()
    broker = Broker(home, jars(cache), port or free_port())
    try:
        yield broker.start()
    finally:
        broker.stop()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0


def _require_programs() -> None:
    for program in ("java", "setpriv"):
        if shutil.which(program) is None:
            message = f"{program} is missing, which runs the broker; enable with: {ENABLE}"
            raise BrokerUnavailable(message)
