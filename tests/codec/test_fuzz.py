"""Hostile bytes end as a reason or a value, never as a foreign exception."""

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from consumers.ports import ParkReason
from consumers.upstream import DecodedFact
from infra.codec.avro import HEADER_BYTES, Unreadable, layouts, write_object
from infra.codec.envelopes import read_records, value_of
from infra.codec.facts import FactCodec, FactUnreadable
from infra.codec.upstream import UpstreamCodec
from schemas.published import ENVELOPE, Room, published
from tests.codec.messages import MESSAGES, envelope
from tests.examples import every_fact, stamp

UPSTREAM = UpstreamCodec()
FACTS = FactCodec()
PAYLOADS = [UPSTREAM.encode_fact(topic, values) for topic, values in MESSAGES.items()]
STATES = [(fact.TOPIC, FACTS.encode(stamp(), fact)) for fact in every_fact()]
(WRAPPED,) = (
    layout
    for layout in layouts(published(Room.UPSTREAM)).values()
    if layout.published.stored_name == ENVELOPE
)
RECORD = write_object(value_of(envelope()), WRAPPED)[HEADER_BYTES:]
HUGE = st.sampled_from(
    [
        b"\xff" * 9 + b"\x01",
        b"\xfe" + b"\xff" * 8 + b"\x01",
        b"\x80" * 30 + b"\x01",
        b"\x01",
        b"\x80\xc0\xce\x1c",
    ]
)
"""Lengths and counts: the least and the greatest long, an endless one, minus one, 30 million."""
EDITS = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), st.one_of(st.binary(max_size=8), HUGE)),
    min_size=1,
    max_size=4,
)


def edited(original: bytes, edits: list[tuple[int, int, bytes]], keep: int) -> bytes:
    """Cut and put in at places behind the first ``keep`` bytes, which lead to the schema."""
    body = original[keep:]
    for place, cut, put in edits:
        at = place % (len(body) + 1)
        body = body[:at] + put + body[at + cut :]
    return original[:keep] + body


@settings(max_examples=400, deadline=None)
@given(payload=st.sampled_from(PAYLOADS), edits=EDITS)
def test_a_mutated_upstream_fact_decodes_or_has_a_reason(
    payload: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    found = UPSTREAM.decode_fact(edited(payload, edits, HEADER_BYTES))
    assert isinstance(found, DecodedFact | ParkReason)


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(b"")
@example(b"\xc3")
def test_any_bytes_at_all_decode_or_have_a_reason(payload: bytes) -> None:
    assert isinstance(UPSTREAM.decode_fact(payload), DecodedFact | ParkReason)


@settings(max_examples=300, deadline=None)
@given(stored=st.sampled_from(STATES), edits=EDITS)
def test_a_mutated_stored_fact_decodes_or_is_unreadable(
    stored: tuple[str, bytes], edits: list[tuple[int, int, bytes]]
) -> None:
    topic, state = stored
    try:
        _, fact = FACTS.decode(topic, edited(state, edits, HEADER_BYTES))
    except FactUnreadable:
        return
    assert topic == fact.TOPIC


@settings(max_examples=300, deadline=None)
@given(edits=EDITS)
def test_a_mutated_block_decodes_or_is_unreadable(edits: list[tuple[int, int, bytes]]) -> None:
    with suppress(Unreadable):
        assert len(read_records(edited(RECORD * 3, edits, 0), WRAPPED, 3)) == 3
