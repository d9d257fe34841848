"""The token: its bytes are frozen, and each way of tampering has its expected answer.

The golden file was made by another program from the layout alone: cryptography's ``HKDFExpand``,
its ``AESGCM``, and framing by ``struct``.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from domain.answers import Answer, KeyUnavailable, Present, SealBroken, Shredded, Withheld
from domain.keyring import OpenRequest
from domain.values import ControllerId, FactId, SubjectId
from infra.keys import token as tokens
from infra.keys.cache import HeldKey
from infra.keys.opening import answer
from infra.keys.token import DataKey

Vector = dict[str, Any]
GOLDEN: list[Vector] = json.loads(Path(__file__).with_name("golden_tokens.json").read_text())
OPENING = [vector for vector in GOLDEN if vector["expected"] == "opens"]
IDS = [vector["name"] for vector in GOLDEN]


def data_key(row: dict[str, str]) -> DataKey:
    return DataKey(
        bytes.fromhex(row["dek"]),
        UUID(row["key_id"]).bytes,
        ControllerId(UUID(row["controller"])),
        SubjectId(UUID(row["subject"])),
        row["category"],
    )


def held_key(row: dict[str, str]) -> HeldKey:
    key = data_key(row)
    given_instead: dict[str, Answer | None] = {
        "live": None,
        "destroyed": Shredded(),
        "suspended": Withheld(),
    }
    return HeldKey(
        key.key_id,
        key.controller,
        key.subject,
        key.category,
        key.commitment,
        key,
        given_instead[row["state"]],
    )


def verdict(vector: Vector) -> str:
    """Open a vector's token with the one key its world has."""
    asked = vector["request"]
    request = OpenRequest(
        SubjectId(UUID(asked["subject"])),
        FactId(UUID(asked["fact_id"])),
        asked["category"],
        asked["slot"],
        bytes.fromhex(vector["token"]),
    )
    held = held_key(vector["row"])
    try:
        claimed = tokens.key_id_of(request.token, request.fact_id)
        found = held if claimed == held.key_id else None
        match answer(ControllerId(UUID(asked["controller"])), request, found):
            case Present(plaintext):
                assert plaintext.hex() == vector["plaintext"]
                return "opens"
            case Shredded():
                return "shredded"
            case Withheld():
                return "withheld"
    except SealBroken:
        return "seal_broken"
    except KeyUnavailable:
        return "key_unavailable"


@pytest.mark.parametrize("vector", GOLDEN, ids=IDS)
def test_a_golden_token_gets_its_answer(vector: Vector) -> None:
    assert verdict(vector) == vector["expected"]


@pytest.mark.parametrize("vector", OPENING, ids=[vector["name"] for vector in OPENING])
def test_sealing_makes_the_golden_bytes(vector: Vector) -> None:
    asked = vector["request"]
    item = (
        data_key(vector["row"]),
        FactId(UUID(asked["fact_id"])),
        asked["slot"],
        bytes.fromhex(vector["plaintext"]),
    )
    (token,) = tokens._seal_page([item], bytes.fromhex(vector["nonce"]))  # noqa: SLF001 - the nonce is given here alone
    assert token.hex() == vector["token"]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_one_hmac_is_hkdf_expand(dek: bytes, key_id: bytes) -> None:
    info = b"glemmebok/1/dek\0" + key_id
    assert tokens.expand(dek, key_id) == HKDFExpand(SHA512(), 64, info).derive(dek)


@given(st.binary(max_size=200), st.data())
def test_no_flipped_bit_opens(plaintext: bytes, data: st.DataObject) -> None:
    key = data_key(GOLDEN[0]["row"])
    fact_id = FactId(UUID(int=1))
    (token,) = tokens.seal_page([(key, fact_id, "slot", plaintext)])
    at = data.draw(st.integers(18 * 8, len(token) * 8 - 1))
    flipped = bytearray(token)
    flipped[at // 8] ^= 1 << at % 8
    with pytest.raises(SealBroken):
        key.open(fact_id, "slot", bytes(flipped))


@pytest.mark.parametrize("context", [None, tokens.HEADER], ids=["none", "the header alone"])
def test_a_token_sealed_without_its_context_does_not_open(context: bytes | None) -> None:
    row, nonce = GOLDEN[0]["row"], bytes(12)
    key = data_key(row)
    okm = tokens.expand(bytes.fromhex(row["dek"]), key.key_id)
    sealed = AESGCM(okm[:32]).encrypt(nonce, b"Kari", context)
    token = tokens.HEADER + key.key_id + nonce + okm[32:] + sealed
    with pytest.raises(SealBroken):
        key.open(FactId(UUID(int=1)), "slot", token)


def test_two_tokens_of_one_value_differ() -> None:
    item = (data_key(GOLDEN[0]["row"]), FactId(UUID(int=1)), "slot", b"Kari")
    first, second = tokens.seal_page([item, item])
    assert first[18:30] != second[18:30]


def test_a_key_does_not_print_its_material() -> None:
    key = data_key(GOLDEN[0]["row"])
    assert repr(key) == f"<DataKey {key.key_id.hex()}>"
