"""``topics`` and ``recipient-key``: what Kafka needs before facts and rights can pass."""

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.consuming import connection_of, kafka_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson
from infra.cli.session import Session, begin
from infra.kafka.recipient_keys import write_pair
from infra.kafka.topics import PARTITIONS, TopicState, look, needed
from schemas.controllers import controllers

_FactsOut = Annotated[
    list[str] | None,
    typer.Option("--facts-out", metavar="SLUG", help="Also this controller's facts; repeatable."),
]


def topics(
    *,
    make: Annotated[bool, typer.Option("--make", help="Make those that are missing.")] = False,
    facts_out: _FactsOut = None,
    partitions: Annotated[
        int, typer.Option("--partitions", metavar="N", min=1, max=1000, help="Of a topic made now.")
    ] = PARTITIONS,
    replicas: Annotated[
        int, typer.Option("--replicas", metavar="N", min=1, max=9, help="Of a topic made now.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Show the Kafka topics this house uses, or make those that are missing.

    Records are kept for 30 days, those of the anchor for ever, in one partition. A controller's
    facts go out once its topic is made.

    Example: glemmebok topics --make --replicas 3
    """
    session = begin(as_json=as_json)
    known = {one.slug for one in controllers()}
    if not set(facts_out or ()) <= known:
        message = f"there is no such controller; there are: {', '.join(sorted(known))}"
        raise UsageMistake(message)
    found = look(
        connection_of(kafka_of(session)),
        needed(facts_out or ()),
        make=make,
        replicas=replicas,
        partitions=partitions,
    )
    _tell(session, found)


def _tell(session: Session, found: list[TopicState]) -> None:
    if session.out.as_json:
        session.out.result({"topics": [_document(one) for one in found]})
        return
    words = session.words
    headings = [words.text("column", name) for name in ("topic", "partitions")]
    rows = [(t.name, t.partitions or words.text("topics", "missing")) for t in found]
    session.out.table(headings, rows)
    for one in found:
        if one.faults:
            faults = ", ".join(one.faults)
            session.out.line(words.text("topics", "faults", topic=one.name, faults=faults))


def _document(one: TopicState) -> dict[str, object]:
    return {
        "topic": one.name,
        "partitions": one.partitions,
        "made": one.made,
        "faults": list(one.faults),
    }


def recipient_key(
    *,
    recipient: Annotated[
        str, typer.Argument(metavar="RECIPIENT", help="The registered system, SLUG.NAME.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where both keys go.")],
    as_json: AsJson = False,
) -> None:
    """Make a recipient's key pair: it keeps the .key, this house needs the .pub alone.

    Notices of what it must do are sealed to it, so that nobody else can read them.

    Example: glemmebok recipient-key toptemp.mail --out keys
    """
    session = begin(as_json=as_json)
    known = {source.slug for one in controllers() for source in one.sources}
    if recipient not in known:
        message = f"there is no such system; there are: {', '.join(sorted(known))}"
        raise UsageMistake(message)
    try:
        kept, told = write_pair(out, recipient)
    except FileExistsError:
        message = f"{recipient} has a key in {out} already; it is not written over"
        raise UsageMistake(message) from None
    if as_json:
        session.out.result({"recipient": recipient, "private": str(kept), "public": str(told)})
    else:
        session.out.line(session.words.text("topics", "pair", kept=kept, told=told))
