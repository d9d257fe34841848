"""A message that was cut is truncated, wherever the cut fell: also inside a number."""

import pytest

from consumers.ports import ParkReason
from infra.codec.avro import HEADER_BYTES
from infra.codec.upstream import UpstreamCodec
from tests.codec.messages import MESSAGES

CODEC = UpstreamCodec()


@pytest.mark.parametrize("topic", sorted(MESSAGES))
def test_a_message_cut_anywhere_is_truncated(topic: str) -> None:
    whole = CODEC.encode_fact(topic, MESSAGES[topic])
    for length in range(HEADER_BYTES, len(whole)):
        assert CODEC.decode_fact(whole[:length]) is ParkReason.TRUNCATED, length
