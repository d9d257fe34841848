"""What the codec writes by hand is what fastavro writes, byte for byte."""

import io
from typing import Any, cast

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fact import Fact
from infra.codec.avro import HEADER_BYTES, layouts
from infra.codec.facts import FactCodec
from infra.codec.writing import write_long, write_text, writer_of_optional
from schemas.published import Room, published
from tests.examples import every_fact, stamp

LIMIT = 2**63


def written_by_fastavro(value: object, schema: fastavro.types.Schema) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, cast("Any", value))
    return stream.getvalue()


@pytest.mark.parametrize("fact", every_fact(), ids=lambda fact: fact.TOPIC)
def test_a_fact_is_written_as_fastavro_writes_it(fact: Fact) -> None:
    state = FactCodec().encode(stamp(), fact)
    schema = layouts(published(Room.FACTS))[state[:HEADER_BYTES]].schema
    read = fastavro.schemaless_reader(io.BytesIO(state[HEADER_BYTES:]), schema, None)
    assert written_by_fastavro(read, schema) == state[HEADER_BYTES:]


@given(st.integers(-LIMIT, LIMIT - 1))
def test_a_long_is_written_as_fastavro_writes_it(value: int) -> None:
    assert write_long(value) == written_by_fastavro(value, "long")


@given(st.none() | st.text())
def test_an_optional_text_is_written_as_fastavro_writes_it(value: str | None) -> None:
    written = writer_of_optional(write_text)(value)
    assert written == written_by_fastavro(value, ["null", "string"])


@pytest.mark.parametrize("value", [LIMIT, -LIMIT - 1])
def test_a_number_that_is_no_long_is_refused(value: int) -> None:
    with pytest.raises(OverflowError, match="64 bits"):
        write_long(value)
