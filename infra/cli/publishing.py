"""``publish`` and ``encode``: how a system's facts get onto a Kafka topic."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.consuming import connection_of, kafka_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, Feeds
from infra.cli.session import Session, begin
from infra.codec.container import read_container
from infra.codec.envelopes import EnvelopeCodec
from infra.codec.messages import MESSAGE_CHARS_MAX, example_of, read_message
from infra.kafka.consumer import TOPIC
from infra.kafka.publishing import SECRET_BYTES_MIN, Publisher, publishing

_SECRET_BYTES_MAX = 4096

_Topic = Annotated[str, typer.Option("--topic", metavar="NAME", help="The Kafka topic.")]
_Secret = Annotated[
    Path,
    typer.Option(
        "--key-file",
        metavar="FILE",
        help="A file with the publisher's secret, of at least 16 bytes: record keys are made with "
        "it, and it must stay the same.",
    ),
]


def publish(
    *, files: Feeds, topic: _Topic = TOPIC, key_file: _Secret, as_json: AsJson = False
) -> None:
    """Publish feeds to a Kafka topic, a person's facts in order in one partition.

    Nothing of a person is a record's key or header. If it is cut short, publish the same file
    again: a fact that comes twice is taken once.

    Example: glemmebok publish feeds/*.avro --key-file publisher.key
    """
    session = begin(as_json=as_json)
    place = kafka_of(session)
    missing = [path for path in (*files, key_file) if not path.is_file()]
    if missing:
        message = f"there is no file {missing[0]}"
        raise UsageMistake(message)
    with publishing(connection_of(place), topic, _secret(key_file)) as publisher:
        acknowledged, damaged = _sent(session, publisher, files)
    _tell(session, topic, acknowledged, damaged)


def encode(
    *,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FACT.json]", help="A message as JSON; - for standard input."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the bytes go; standard output if not."),
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", metavar="KIND", help="Print an example message of this kind."),
    ] = None,
) -> None:
    """Encode one message of an upstream system as the bytes a Kafka record carries.

    Any client can send them. Exits 3 when the message is wrong, and names the place.

    Example: glemmebok encode fact.json --out m.bin
    """
    session = begin(as_json=False)
    if example is not None:
        session.out.result(example_of(example))
        return
    value = EnvelopeCodec().encode(read_message(_text(file)))
    if out is None:
        sys.stdout.buffer.write(value)
    else:
        out.write_bytes(value)
        session.out.line(session.words.text("encode", "wrote", count=len(value), out=out))


def _text(file: str | None) -> str:
    if file is None:
        message = "name a file, - for standard input, or --example KIND"
        raise UsageMistake(message)
    if file == "-":
        return sys.stdin.read(MESSAGE_CHARS_MAX + 1)
    with Path(file).open(encoding="utf-8", errors="replace") as stream:
        return stream.read(MESSAGE_CHARS_MAX + 1)


def _secret(path: Path) -> bytes:
    """Read the publisher's secret, without the line's end that an editor leaves.

    Raises:
        UsageMistake: there is no such file, or it is too short or too long.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        secret = stream.read(_SECRET_BYTES_MAX + 1).strip()
    if not SECRET_BYTES_MIN <= len(secret) <= _SECRET_BYTES_MAX:
        message = f"{path} must hold {SECRET_BYTES_MIN} to {_SECRET_BYTES_MAX} bytes"
        raise UsageMistake(message)
    return secret


def _sent(session: Session, publisher: Publisher, files: list[Path]) -> tuple[int, int]:
    """Send every envelope of the files; return how many were acknowledged, and damaged places."""
    sent, damaged = 0, 0
    with session.out.progress(session.words.text("publish", "publishing"), None) as move:
        for path in files:
            for item in read_container(path, 0):
                if item.envelope is None:
                    damaged += 1
                else:
                    publisher.publish(item.envelope)
                    sent += 1
                    move(sent, path.name)
        return publisher.flush(), damaged


def _tell(session: Session, topic: str, published: int, damaged: int) -> None:
    if session.out.as_json:
        session.out.result({"topic": topic, "published": published, "damaged": damaged})
        return
    told = session.words.text("publish", "told", count=published, topic=topic)
    session.out.line(told)
    if damaged:
        session.out.line(session.words.text("publish", "damaged", count=damaged))
