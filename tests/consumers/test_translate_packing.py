"""What is sealed says exactly what its source said."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.packing import pack, unpack
from tests.codec.messages import MESSAGES

LEAVES = st.one_of(st.text(), st.booleans(), st.integers(-(2**63), 2**63 - 1))
INNER = st.recursive(
    st.one_of(LEAVES, st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)
GIVEN = st.one_of(LEAVES, st.lists(INNER), st.dictionaries(st.text(), INNER))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), GIVEN))
def test_what_was_packed_unpacks_to_equal_values(values: dict[str, object]) -> None:
    assert unpack(pack(values)) == values


@pytest.mark.parametrize("topic", sorted(MESSAGES))
def test_every_message_survives_packing(topic: str) -> None:
    assert unpack(pack(MESSAGES[topic])) == MESSAGES[topic]


def test_a_value_not_given_is_not_packed() -> None:
    assert unpack(pack({"given_name": "Probe", "preferred_name": None})) == {"given_name": "Probe"}


def test_an_empty_list_is_packed() -> None:
    assert unpack(pack({"emails": []})) == {"emails": []}


def test_foreign_bytes_are_refused_without_being_repeated() -> None:
    with pytest.raises(msgspec.DecodeError) as refused:
        unpack(b"\xa6canary")
    assert "canary" not in str(refused.value)
