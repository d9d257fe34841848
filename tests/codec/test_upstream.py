"""An upstream payload is a decoded fact or a reason to park it, and nothing else."""

from collections.abc import Mapping

import pytest

from consumers.ports import ParkReason
from consumers.upstream import DecodedFact
from infra.codec import limits
from infra.codec.avro import HEADER_BYTES, SchemaMissing
from infra.codec.upstream import UpstreamCodec
from schemas.contracts import contracts
from tests.codec.messages import MESSAGES

CODEC = UpstreamCodec()
HIRED = CODEC.encode_fact("candidate.hired", MESSAGES["candidate.hired"])
DOCUMENT = "candidate.document-uploaded"
APPLICATION = "candidate.application-submitted"


def outcome(topic: str, **changed: object) -> DecodedFact | ParkReason:
    return CODEC.decode_fact(CODEC.encode_fact(topic, {**MESSAGES[topic], **changed}))


def answers(count: int, text: str = "") -> list[Mapping[str, str]]:
    return [{"question": "", "answer": text}] * count


def test_there_is_a_message_of_every_kind() -> None:
    assert MESSAGES.keys() == contracts().keys()


@pytest.mark.parametrize("topic", sorted(MESSAGES))
def test_what_was_encoded_decodes_to_the_same_values(topic: str) -> None:
    assert outcome(topic) == DecodedFact(topic, MESSAGES[topic])


@pytest.mark.requirement("A47")
def test_a_field_left_out_is_there_with_its_default() -> None:
    payload = CODEC.encode_fact(APPLICATION, {"remote_application_id": "A", "kind": "open"})
    found = CODEC.decode_fact(payload)
    assert isinstance(found, DecodedFact)
    assert found.values["remote_assignment_id"] is None


def test_a_record_nobody_published_is_not_encoded() -> None:
    with pytest.raises(SchemaMissing):
        CODEC.encode_fact("candidate.unheard-of", {})


@pytest.mark.parametrize("length", range(len(HIRED)))
def test_a_payload_cut_short_anywhere_is_truncated(length: int) -> None:
    assert CODEC.decode_fact(HIRED[:length]) is ParkReason.TRUNCATED


def test_bytes_behind_the_record_are_trailing() -> None:
    assert CODEC.decode_fact(HIRED + b"\0") is ParkReason.TRAILING_BYTES


@pytest.mark.parametrize("magic", [b"\x00\x01", b"\xc3\x02", b"Ob", b"{}"])
def test_another_magic_is_malformed(magic: bytes) -> None:
    assert CODEC.decode_fact(magic + HIRED[2:]) is ParkReason.MALFORMED


def test_another_fingerprint_is_an_unknown_schema() -> None:
    payload = HIRED[:2] + bytes(8) + HIRED[HEADER_BYTES:]
    assert CODEC.decode_fact(payload) is ParkReason.UNKNOWN_SCHEMA


def test_an_enum_beyond_its_symbols_is_malformed() -> None:
    payload = bytearray(CODEC.encode_fact("candidate.registered", MESSAGES["candidate.registered"]))
    payload[HEADER_BYTES] = 0x7E
    assert CODEC.decode_fact(bytes(payload)) is ParkReason.MALFORMED


def test_a_text_that_is_not_utf_8_is_malformed() -> None:
    assert CODEC.decode_fact(HIRED[:-1] + b"\xff") is ParkReason.MALFORMED


def test_a_payload_beyond_the_limit_is_oversize_before_it_is_read() -> None:
    payload = HIRED + bytes(limits.FACT_BYTES_MAX - len(HIRED) + 1)
    assert CODEC.decode_fact(payload) is ParkReason.OVERSIZE


def test_a_list_at_the_limit_is_taken() -> None:
    assert isinstance(outcome(APPLICATION, answers=answers(limits.LIST_ITEMS_MAX)), DecodedFact)


def test_a_list_beyond_the_limit_is_oversize() -> None:
    found = outcome(APPLICATION, answers=answers(limits.LIST_ITEMS_MAX + 1))
    assert found is ParkReason.OVERSIZE


def test_a_text_at_the_limit_is_taken() -> None:
    found = outcome(APPLICATION, answers=answers(1, "å" * limits.TEXT_CHARS_MAX))
    assert isinstance(found, DecodedFact)


def test_a_text_beyond_the_limit_is_oversize_however_deep() -> None:
    found = outcome(APPLICATION, answers=answers(1, "a" * (limits.TEXT_CHARS_MAX + 1)))
    assert found is ParkReason.OVERSIZE


def test_an_id_of_the_source_beyond_the_limit_is_oversize() -> None:
    found = outcome(DOCUMENT, remote_document_id="d" * (limits.REMOTE_ID_CHARS_MAX + 1))
    assert found is ParkReason.OVERSIZE


def test_one_id_of_several_beyond_the_limit_is_oversize() -> None:
    ids = ["d", "d" * (limits.REMOTE_ID_CHARS_MAX + 1)]
    found = outcome("candidate.presented-to-client", remote_document_ids=ids)
    assert found is ParkReason.OVERSIZE


def test_a_document_of_negative_size_is_malformed() -> None:
    assert outcome(DOCUMENT, size_bytes=-1) is ParkReason.MALFORMED


def test_a_document_too_large_to_be_true_is_oversize() -> None:
    assert outcome(DOCUMENT, size_bytes=2**63 - 1) is ParkReason.OVERSIZE


def test_a_decoded_fact_prints_its_kind_alone() -> None:
    assert repr(outcome(DOCUMENT)) == "<DecodedFact candidate.document-uploaded>"
