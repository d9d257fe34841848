"""What a record's value may be, whoever wrote it."""

import io
import json
from pathlib import Path

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from infra.codec.avro import MAGIC, fingerprint_of
from infra.codec.envelopes import EnvelopeCodec, value_of
from infra.kafka.schemas import UNKNOWN_SECONDS, NoSchemas, SchemaDirectory
from infra.kafka.wire import CONFLUENT, VALUE_BYTES_MAX, Fault, SchemasUnavailable, Wire
from tests.consumers.feed import Feed, email
from tests.kafka.topics import encoded, envelopes_of

(ENVELOPE,) = envelopes_of(Feed(items=[Feed().tell(contacts=email("ane@example.org"))]))
PUBLISHED = EnvelopeCodec().writing_record()


def written(record: object, envelope: Envelope = ENVELOPE, **more: object) -> bytes:
    """Write an envelope's body by another schema."""
    stream = io.BytesIO()
    schema = fastavro.parse_schema(record)  # type: ignore[arg-type]  # the library ships no types
    fastavro.schemaless_writer(stream, schema, {**value_of(envelope), **more})
    return stream.getvalue()


def with_field(**field: object) -> dict[str, object]:
    return {**PUBLISHED, "fields": [*PUBLISHED["fields"], field]}


def directory(folder: Path, number: int, record: object) -> SchemaDirectory:
    (folder / f"{number}.avsc").write_text(json.dumps(record))
    return SchemaDirectory(folder)


def test_a_single_object_is_an_envelope() -> None:
    assert Wire(NoSchemas()).incoming(7, encoded(ENVELOPE)).envelope == ENVELOPE


def test_the_wire_format_is_an_envelope_when_its_number_is_known(tmp_path: Path) -> None:
    wire = Wire(directory(tmp_path, 12, PUBLISHED))
    value = CONFLUENT + (12).to_bytes(4, "big") + written(PUBLISHED)
    assert wire.incoming(7, value).envelope == ENVELOPE


def test_a_newer_publisher_whose_schema_resolves_is_read(tmp_path: Path) -> None:
    newer = with_field(name="trace", type="string")
    wire = Wire(directory(tmp_path, 13, newer))
    value = CONFLUENT + (13).to_bytes(4, "big") + written(newer, trace="t-1")
    assert wire.incoming(7, value).envelope == ENVELOPE


def test_a_newer_single_object_is_found_by_its_fingerprint(tmp_path: Path) -> None:
    newer = with_field(name="trace", type="string")
    wire = Wire(directory(tmp_path, 13, newer))
    value = MAGIC + fingerprint_of(newer) + written(newer, trace="t-1")
    assert wire.incoming(7, value).envelope == ENVELOPE


def test_a_schema_that_does_not_resolve_is_parked(tmp_path: Path) -> None:
    other = {**PUBLISHED, "fields": PUBLISHED["fields"][1:]}
    wire = Wire(directory(tmp_path, 14, other))
    value = CONFLUENT + (14).to_bytes(4, "big") + written(other)
    assert wire.incoming(7, value).reason is ParkReason.UNKNOWN_SCHEMA


def test_a_recursive_schema_is_not_decoded_with(tmp_path: Path) -> None:
    recursive = with_field(name="next", type=["null", "glemmebok.upstream.Envelope"], default=None)
    wire = Wire(directory(tmp_path, 15, recursive))
    value = CONFLUENT + (15).to_bytes(4, "big") + b"\x00" * 100
    assert wire.incoming(7, value).reason is ParkReason.UNKNOWN_SCHEMA


def test_an_unknown_number_is_parked() -> None:
    value = CONFLUENT + (99).to_bytes(4, "big") + written(PUBLISHED)
    assert Wire(NoSchemas()).incoming(7, value).reason is ParkReason.UNKNOWN_SCHEMA


def test_a_directory_that_is_away_parks_nothing(tmp_path: Path) -> None:
    (tmp_path / "1.avsc").mkdir()
    with pytest.raises(SchemasUnavailable) as away:
        Wire(SchemaDirectory(tmp_path)).incoming(7, CONFLUENT + b"\0\0\0\1body")
    assert away.value.fault is Fault.UNREADABLE


def test_a_tombstone_is_parked() -> None:
    assert Wire(NoSchemas()).incoming(7, None).reason is ParkReason.MALFORMED


def test_an_oversize_value_is_parked_and_cut() -> None:
    parked = Wire(NoSchemas()).incoming(7, encoded(ENVELOPE) + bytes(VALUE_BYTES_MAX))
    assert (parked.reason, len(parked.raw) < VALUE_BYTES_MAX) == (ParkReason.OVERSIZE, True)


def test_what_has_no_schema_yet_is_parked_whole() -> None:
    """Guard: it is read again when its schema is known, so not a byte may be cut."""
    value = CONFLUENT + (99).to_bytes(4, "big") + bytes(VALUE_BYTES_MAX - 5)
    assert Wire(NoSchemas()).incoming(7, value).raw == value


def test_a_schema_that_is_registered_later_is_found_without_a_restart(tmp_path: Path) -> None:
    now = [0.0]
    wire = Wire(SchemaDirectory(tmp_path, lambda: now[0]))
    value = CONFLUENT + (12).to_bytes(4, "big") + written(PUBLISHED)
    assert wire.incoming(7, value).reason is ParkReason.UNKNOWN_SCHEMA
    (tmp_path / "12.avsc").write_text(json.dumps(PUBLISHED))
    now[0] += UNKNOWN_SECONDS
    assert wire.incoming(8, value).envelope == ENVELOPE


def test_bytes_behind_an_envelope_are_parked() -> None:
    parked = Wire(NoSchemas()).incoming(7, encoded(ENVELOPE) + b"x")
    assert parked.reason is ParkReason.TRAILING_BYTES


@given(st.binary(max_size=200), st.sampled_from([b"", CONFLUENT, encoded(ENVELOPE)[:12]]))
def test_nothing_a_sender_can_send_raises(body: bytes, head: bytes) -> None:
    found = Wire(NoSchemas()).incoming(7, head + body)
    assert (found.envelope is None) == (found.reason is not None)


@given(st.data())
def test_no_damage_to_a_newer_envelope_raises(data: st.DataObject) -> None:
    newer = with_field(name="trace", type=["null", "string"], default=None)
    reader = EnvelopeCodec().reader_of(json.dumps(newer))
    body = bytearray(written(newer, trace="t-1"))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.integers(0, 255))
    reader.read(bytes(body), 0)
