"""The bytes on the anchor's topic, and which of two heads counts."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.kafka.anchor import furthest
from infra.kafka.anchor_form import Told, Undecodable, decode, encode
from infra.keys.anchored import Heads, LogHead
from infra.keys.record import ChainedRecord
from tests.examples import numbered

ONE = ControllerId(numbered("controller", 1))
HEADS = Heads(
    LogHead(3, b"a"), {ONE: JournalHead(2, b"b")}, {ONE: LogHead(1, b"d")}, {ONE: LogHead(1, b"c")}
)
RECORD = ChainedRecord(2, b"record", b"chain")


def test_what_is_written_is_read() -> None:
    told = Told(HEADS, anew=True, page=(ONE, [RECORD]), controllers=frozenset([ONE]))
    assert decode(encode(told, told.controllers)) == told


def test_of_two_anchors_each_chains_furthest_head_counts() -> None:
    one = Heads(LogHead(3, b"a"), {ONE: JournalHead(2, b"b")}, {}, {ONE: LogHead(1, b"c")})
    two = Heads(LogHead(2, b"d"), {ONE: JournalHead(5, b"e")}, {ONE: LogHead(1, b"f")}, {})
    both = Heads(one.log, two.journals, two.audits, one.finalised)
    assert furthest(one, two) == furthest(two, one) == both


@pytest.mark.parametrize(
    "value", [None, b"", b"[" * 100_000, b"[]", b"{}", b'{"format": 2}', b"\xff"]
)
def test_what_is_no_anchor_is_refused(value: bytes | None) -> None:
    with pytest.raises(Undecodable):
        decode(value)


@given(st.data())
def test_a_field_that_is_anything_else_is_refused_or_read(data: st.DataObject) -> None:
    """Whoever may write to the topic cannot make the gate end in a defect."""
    stored = json.loads(encode(Told(HEADS, anew=False), frozenset([ONE])))
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
    stored[data.draw(st.sampled_from(sorted(stored)))] = data.draw(anything)
    with suppress(Undecodable):
        decode(json.dumps(stored).encode())
