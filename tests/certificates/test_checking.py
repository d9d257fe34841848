"""Each way in which a certificate can be wrong has an answer of its own."""

import base64
import json
from dataclasses import replace

import pytest
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from hypothesis import given
from hypothesis import strategies as st

from infra.certificates.checking import Answer, check
from infra.certificates.contents import KIND, Certificate, Head
from infra.keys.signing import Signer
from tests.certificates.examples import (
    CERTIFICATE,
    ERASED,
    KNOWN,
    SIGNER,
    inclusion,
    retold,
    signed,
)

TEXT = signed()
STRANGER = Signer(bytes(32))


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def test_a_certificate_is_valid_and_says_what_was_signed() -> None:
    found = check(TEXT, KNOWN)
    assert (found.answer, found.certificate) == (Answer.VALID, CERTIFICATE)
    assert found.thumbprint == SIGNER.thumbprint


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_line_end_of_a_shell_or_an_editor_is_no_change(end: bytes) -> None:
    assert check(TEXT + end, KNOWN).answer is Answer.VALID


def test_every_byte_counts() -> None:
    whole = TEXT + b"\n"
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        assert check(bytes(flipped), KNOWN).answer is Answer.ALTERED, place


@given(st.integers(0, len(TEXT)), st.integers(1, 255))
def test_any_flipped_byte_is_found(place: int, difference: int) -> None:
    flipped = bytearray(TEXT + b"\n")
    flipped[place] ^= difference
    assert check(bytes(flipped), KNOWN).answer is Answer.ALTERED


@given(st.integers(0, len(TEXT) - 1))
def test_a_certificate_cut_short_is_not_valid(length: int) -> None:
    assert check(TEXT[:length], KNOWN).answer in {Answer.ALTERED, Answer.NOT_A_CERTIFICATE}


@given(st.binary(min_size=1, max_size=40).filter(lambda more: more not in {b"\n", b"\r\n"}))
def test_nothing_can_be_added(more: bytes) -> None:
    assert check(TEXT + more, KNOWN).answer is Answer.ALTERED
    assert check(more + TEXT, KNOWN).answer is Answer.ALTERED


def test_a_strangers_certificate_is_whole_and_not_believed() -> None:
    found = check(signed(signer=STRANGER), KNOWN)
    assert (found.answer, found.thumbprint) == (Answer.UNKNOWN_SIGNER, STRANGER.thumbprint)


def test_where_nobody_is_known_every_signer_is_unknown() -> None:
    assert check(TEXT, {}).answer is Answer.UNKNOWN_SIGNER


def test_a_controllers_key_signs_for_no_other_controller() -> None:
    assert check(TEXT, {SIGNER.thumbprint: "miles"}).answer is Answer.UNKNOWN_SIGNER


@pytest.mark.parametrize(
    "wrong",
    [
        retold(replace(ERASED, destroyed_at="2026-05-01T12:00:00Z")),
        retold(replace(ERASED, keys=())),
        retold(replace(ERASED, sequence=2)),
        replace(CERTIFICATE, journal=replace(CERTIFICATE.journal, chain="5b" * 32)),
        replace(CERTIFICATE, journal=replace(CERTIFICATE.journal, path=())),
        replace(CERTIFICATE, journal=replace(CERTIFICATE.journal, path=("no hash",))),
        replace(CERTIFICATE, journal=replace(CERTIFICATE.journal, head=Head(5, "", "00" * 32))),
        replace(CERTIFICATE, journal=replace(CERTIFICATE.journal, head=Head(0, "", ""))),
        replace(CERTIFICATE, journal=inclusion(replace(ERASED, scope="profile"))),
    ],
    ids=["time", "keys", "sequence", "chain", "path", "no hash", "root", "no head", "another"],
)
def test_a_signed_record_that_leads_to_no_head_is_a_wrong_chain(wrong: Certificate) -> None:
    assert check(signed(wrong), KNOWN).answer is Answer.WRONG_CHAIN


@pytest.mark.parametrize(
    "text",
    [b"", b"\x00\xff" * 100, b"%PDF-1.7", b"eyJhbGciOiJub25lIn0.e30.", b"{}", b"a.b.c"],
)
def test_something_else_is_no_certificate(text: bytes) -> None:
    assert check(text, KNOWN).answer is Answer.NOT_A_CERTIFICATE


def test_what_the_key_signed_for_another_purpose_is_no_certificate() -> None:
    other = SIGNER.sign("something-else", b'{"a":1}').encode()
    assert check(other, KNOWN).answer is Answer.NOT_A_CERTIFICATE
    assert check(SIGNER.sign(KIND, b'{"a":1}').encode(), KNOWN).answer is Answer.NOT_A_CERTIFICATE


def test_a_certificates_words_signed_for_another_purpose_are_altered() -> None:
    other = SIGNER.sign("something-else", CERTIFICATE.encoded()).encode()
    assert check(other, KNOWN).answer is Answer.ALTERED


def test_a_form_of_later_days_is_not_taken_for_this_one() -> None:
    later = signed(replace(CERTIFICATE, form="glemmebok/2"))
    assert check(later, KNOWN).answer is Answer.NOT_A_CERTIFICATE


def test_an_unsigned_certificate_is_altered() -> None:
    header, payload, _ = TEXT.split(b".")
    bare = json.dumps({**json.loads(_decoded(header)), "alg": "none"}).encode()
    forged = base64.urlsafe_b64encode(bare).rstrip(b"=") + b"." + payload + b"."
    assert check(forged, KNOWN).answer is Answer.ALTERED


def test_another_implementation_verifies_the_signature() -> None:
    header, payload, signature = TEXT.split(b".")
    named = json.loads(_decoded(header))
    key = ECC.import_key(
        encoded=bytes.fromhex("302a300506032b6570032100") + _decoded(named["jwk"]["x"].encode())
    )
    verifier = eddsa.new(key, "rfc8032")
    verifier.verify(header + b"." + payload, _decoded(signature))
    with pytest.raises(ValueError, match="not authentic"):
        verifier.verify(header + b"." + payload[:-1], _decoded(signature))
    assert (named["alg"], named["kid"]) == ("Ed25519", SIGNER.thumbprint)
