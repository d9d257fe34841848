"""``consume``: facts out of Kafka's topics, as a member of a consumer group."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import Event
from typing import Annotated

import typer

from consumers.tally import Tally
from domain.values import iso_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson
from infra.cli.session import Session, begin, entered
from infra.house import House
from infra.kafka.consumer import GROUP, TOPIC, consumption
from infra.kafka.consuming import Observer
from infra.kafka.metrics import Metrics, served
from infra.kafka.options import Connection, connection
from infra.kafka.places import Gap
from infra.kafka.schemas import writer_schemas
from infra.settings import KafkaPlace
from infra.upkeep import upkeep

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_Topics = Annotated[
    list[str] | None, typer.Argument(metavar="[TOPIC...]", help=f"Default: {TOPIC}.")
]
_Group = Annotated[
    str, typer.Option("--group", metavar="NAME", help="The consumer group this member joins.")
]
_UntilIdle = Annotated[
    bool, typer.Option("--until-idle", help="End when every partition is read to its end.")
]
_MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port",
        metavar="PORT",
        min=0,
        max=65535,
        help="Serve /metrics and /health on the loopback address.",
    ),
]


_AcceptGap = Annotated[
    bool,
    typer.Option(
        "--accept-gap", help="Pass over records that were deleted before they were read, for good."
    ),
]


def consume(
    *,
    topics: _Topics = None,
    group: _Group = GROUP,
    until_idle: _UntilIdle = False,
    accept_gap: _AcceptGap = False,
    metrics_port: _MetricsPort = None,
    as_json: AsJson = False,
) -> None:
    """Take facts in from Kafka: every value is sealed before anything is stored.

    Reads on where the event database says, whatever Kafka says, so nothing is lost or taken twice.
    While a database is away it waits. What cannot be read is parked with its reason. Ctrl-C or
    SIGTERM ends the page in hand. Exits 5 when records were deleted before they were read.

    Example: GLEMMEBOK_KAFKA=127.0.0.1:9092 glemmebok consume --until-idle
    """
    session = begin(as_json=as_json)
    place = kafka_of(session)
    log = _Log(session, as_json=as_json or not sys.stderr.isatty())
    metrics = Metrics()
    serving = nullcontext() if metrics_port is None else served(metrics, metrics_port)
    with entered(session) as house, serving, _told_to_stop() as stopped:
        upkeep(house)
        observer = _both(metrics.observer(), log.observer(house))
        with consumption(
            house,
            connection_of(place),
            topics or [TOPIC],
            group=group,
            schemas=writer_schemas(place.schemas),
            observer=observer,
            stopped=stopped,
            accept_gaps=accept_gap,
        ) as member:
            total = member.run(until_idle=until_idle)
    _tell(session, total)


def kafka_of(session: Session) -> KafkaPlace:
    """Return where Kafka is.

    Raises:
        UsageMistake: it was not set.
    """
    if session.settings.kafka is None:
        message = "say where Kafka is: GLEMMEBOK_KAFKA=HOST:PORT"
        raise UsageMistake(message)
    return session.settings.kafka


def connection_of(place: KafkaPlace) -> Connection:
    """Read the connection's settings.

    Raises:
        ClientFileError: the client file is wrong.
    """
    return connection(place.servers, place.client_file)


@contextmanager
def _told_to_stop() -> Iterator[Callable[[], bool]]:
    """Turn the signals that end a service into a question that is asked between pages."""
    stop = Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in _SIGNALS}
    try:
        yield stop.is_set
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@dataclass(frozen=True, slots=True)
class _Log:
    """Tells on standard error what happens, in ids, counts and the names of places."""

    session: Session
    as_json: bool

    def observer(self, house: House) -> Observer:
        """Make the observer that writes the log."""

        def tell(event: str, **told: object) -> None:
            self._write({"at": iso_of(house.clock.now()), "event": event, **told})

        return Observer(
            taken=lambda name, tally: tell("page", place=name, **tally.as_json()),
            away=lambda what, attempt: tell("away", what=what, attempt=attempt),
            fenced=lambda name: tell("fenced", place=name),
            gapped=lambda gap: tell("gap", place=gap.name, at=gap.place, broker=list(gap.bounds)),
        )

    def _write(self, told: dict[str, object]) -> None:
        if self.as_json:
            sys.stderr.write(json.dumps(told) + "\n")
            sys.stderr.flush()
        elif told["event"] != "page":
            words = self.session.words
            place = str(told.get("place", told.get("what", "")))
            self.session.out.note(words.text("consume", str(told["event"]), place=place))


def _both(one: Observer, other: Observer) -> Observer:
    """Tell two observers of everything."""

    def taken(name: str, tally: Tally) -> None:
        one.taken(name, tally)
        other.taken(name, tally)

    def away(what: str, attempt: int) -> None:
        one.away(what, attempt)
        other.away(what, attempt)

    def fenced(name: str) -> None:
        one.fenced(name)
        other.fenced(name)

    def gapped(gap: Gap) -> None:
        one.gapped(gap)
        other.gapped(gap)

    return Observer(one.polled, taken, away, fenced, gapped, one.lag, one.given_up)


def _tell(session: Session, total: Tally) -> None:
    if session.out.as_json:
        session.out.result(total.as_json())
        return
    words, out = session.words, session.out
    counts = {name: total.as_json()[name] for name in ("read", "recorded", "duplicate")}
    out.line(words.text("consume", "told", **counts, parked=total.parked.total()))
    if total.recorded:
        out.line(words.text("ingest", "next"))
