"""A parked payload is read again as the envelope it was, whatever held it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from infra.codec.avro import MAGIC, fingerprint_of
from infra.codec.container import read_container, sync_marker_of, write_container
from infra.codec.envelopes import EnvelopeCodec
from infra.codec.parcels import ParcelReader
from infra.kafka.schemas import NoSchemas, SchemaDirectory
from infra.kafka.wire import CONFLUENT, Wire, WriterSchemas
from tests.codec.messages import envelope


@pytest.fixture
def raw(tmp_path: Path) -> bytes:
    """Give an envelope's own bytes, as a container's reader parks them."""
    write_container(tmp_path / "feed", [envelope()], sync_marker_of(b"one"))
    (incoming,) = read_container(tmp_path / "feed", 0)
    return incoming.raw


NONE = NoSchemas()


def read(payload: bytes, schemas: WriterSchemas = NONE) -> Envelope | ParkReason:
    return ParcelReader(Wire(schemas).read).read(payload)


def test_what_a_container_held_reads_back_whole(raw: bytes) -> None:
    assert read(raw) == envelope()


def test_a_single_object_reads_back_whole(raw: bytes) -> None:
    header = MAGIC + fingerprint_of(EnvelopeCodec().writing_record())
    assert read(header + raw) == envelope()


def test_a_record_in_the_wire_format_reads_back_when_its_number_is_known(
    raw: bytes, tmp_path: Path
) -> None:
    (tmp_path / "12.avsc").write_text(json.dumps(EnvelopeCodec().writing_record()))
    assert read(CONFLUENT + (12).to_bytes(4, "big") + raw, SchemaDirectory(tmp_path)) == envelope()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda raw: raw[:-3], ParkReason.TRUNCATED),
        (lambda raw: raw + b"more", ParkReason.TRAILING_BYTES),
        (lambda _raw: MAGIC + b"\x00" * 20, ParkReason.UNKNOWN_SCHEMA),
        (lambda raw: CONFLUENT + b"\x00\x00\x00\x09" + raw, ParkReason.UNKNOWN_SCHEMA),
        (lambda _raw: CONFLUENT + b"\x00", ParkReason.TRUNCATED),
    ],
    ids=["cut", "followed", "unknown", "unknown number", "cut number"],
)
def test_what_is_not_one_envelope_says_why(
    raw: bytes, spoil: Callable[[bytes], bytes], reason: ParkReason
) -> None:
    assert read(spoil(raw)) is reason
