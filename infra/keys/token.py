"""The token: how one person's values of one fact and category look when sealed.

Layout, in bytes::

    01 version | 01 algorithm | key id 16 | nonce 12 | commitment 32 | ciphertext | tag 16

Rules. AES-256-GCM with key commitment: a DEK is expanded by HKDF-Expand-SHA512 (RFC 5869) into the
encryption key and the commitment ``C``, so a token opens under one key only. ``C`` is compared in
constant time before anything is decrypted. The AAD is built from the caller's scope, never from the
token::

    01 | 01 | controller 16 | subject 16 | key id 16 | fact id 16 | lp(category) | lp(slot)

Nonces are random and made here alone, once a page.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha512
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.answers import SealBroken
from domain.framing import lp
from domain.values import Category, ControllerId, FactId, SubjectId
from infra.random_ids import random_bytes

HEADER = b"\x01\x01"
"""Version 1, algorithm 1: AES-256-GCM with the commitment below."""

DEK_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = slice(2, 18)
_NONCE = slice(18, 30)
_COMMITMENT = slice(30, 62)
_CIPHERTEXT = slice(62, None)
OVERHEAD = 78
"""How much longer a token is than its plaintext, in bytes: also the shortest token."""

_DEK_INFO = b"glemmebok/1/dek\0"
_FIRST_BLOCK = b"\x01"


def expand(dek: bytes, key_id: bytes) -> bytes:
    """Expand a DEK to 64 bytes: encryption key, then commitment.

    64 bytes are one block of SHA-512, so HKDF-Expand is one HMAC (RFC 5869 section 2.3).
    """
    return hmac.digest(dek, _DEK_INFO + key_id + _FIRST_BLOCK, sha512)


class DataKey:
    """One DEK, ready to seal and open, bound to its person and category. Never printed.

    Holds the derived encryption key inside an AEAD object; the DEK itself is not kept.
    """

    __slots__ = (
        "_aad_category",
        "_aad_head",
        "_aead",
        "_prefix",
        "category",
        "commitment",
        "controller",
        "key_id",
        "subject",
    )

    def __init__(
        self,
        dek: bytes,
        key_id: bytes,
        controller: ControllerId,
        subject: SubjectId,
        category: Category,
    ) -> None:
        """Expand ``dek`` (32 bytes); ``key_id`` is 16 random bytes."""
        okm = expand(dek, key_id)
        self.key_id = key_id
        self.controller = controller
        self.subject = subject
        self.category = category
        self.commitment = okm[32:]
        self._aead = AESGCM(okm[:32])
        self._prefix = HEADER + key_id
        self._aad_head = HEADER + controller.bytes + subject.bytes + key_id
        self._aad_category = lp(category.encode())

    def __repr__(self) -> str:
        """Name the key, not its material."""
        return f"<DataKey {self.key_id.hex()}>"

    def open(self, fact_id: FactId, slot: str, token: bytes) -> bytes:
        """Open a token that was sealed for this person and category, this fact and this slot.

        Raises:
            SealBroken: the token was moved, cut or forged, or belongs to another key.
        """
        if not hmac.compare_digest(token[_COMMITMENT], self.commitment):
            raise SealBroken(_broken(fact_id, "another key's commitment"))
        try:
            return self._aead.decrypt(
                token[_NONCE], token[_CIPHERTEXT], self._aad(fact_id, lp(slot.encode()))
            )
        except InvalidTag:
            raise SealBroken(_broken(fact_id, "its context or bytes differ")) from None

    def _aad(self, fact_id: FactId, framed_slot: bytes) -> bytes:
        return b"".join(
            (self._aad_head, fact_id.int.to_bytes(16, "big"), self._aad_category, framed_slot)
        )

    def _seal(self, fact_id: FactId, framed_slot: bytes, plaintext: bytes, nonce: bytes) -> bytes:
        sealed = self._aead.encrypt(nonce, plaintext, self._aad(fact_id, framed_slot))
        return b"".join((self._prefix, nonce, self.commitment, sealed))


def seal_page(items: Sequence[tuple[DataKey, FactId, str, bytes]]) -> list[bytes]:
    """Seal (key, fact id, slot, plaintext) each; one call to the random generator for the page."""
    return _seal_page(items, random_bytes(_NONCE_BYTES * len(items)))


def _seal_page(items: Sequence[tuple[DataKey, FactId, str, bytes]], nonces: bytes) -> list[bytes]:
    """Seal with given nonces, 12 bytes each: golden tokens are made through here."""
    framed = {slot: lp(slot.encode()) for slot in {item[2] for item in items}}
    tokens = []
    at = 0
    for key, fact_id, slot, plaintext in items:
        nonce = nonces[at : at + _NONCE_BYTES]
        at += _NONCE_BYTES
        tokens.append(key._seal(fact_id, framed[slot], plaintext, nonce))  # noqa: SLF001 - this module's own class
    return tokens


def key_id_of(token: bytes, fact_id: UUID) -> bytes:
    """Read the key id a token claims; ``fact_id`` only names the fact in the error.

    Raises:
        SealBroken: too short, or a version or algorithm this house never wrote.
    """
    if len(token) < OVERHEAD:
        raise SealBroken(_broken(fact_id, "cut short"))
    if token[:2] != HEADER:
        raise SealBroken(_broken(fact_id, "unknown version or algorithm"))
    return token[_KEY_ID]


def commitment_of(token: bytes) -> bytes:
    """Read the commitment of a token whose length was checked by :func:`key_id_of`."""
    return token[_COMMITMENT]


def _broken(fact_id: UUID, why: str) -> str:
    return f"token of fact {fact_id}: {why}"
