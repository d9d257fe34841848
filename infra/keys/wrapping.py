"""Wrapping keys and secrets under keys, and keyed hashes under secrets.

Rules. *Wrap/unwrap* is for keys and look-up entries, *seal/open* for values. A wrapped key is
``nonce 12 | ciphertext | tag 16`` under AES-256-GCM; its AAD names its kind and its place, so a row
copied to another place does not unwrap.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from domain.answers import SealBroken
from infra.random_ids import random_bytes

KEY_BYTES = 32
NONCE_BYTES = 12


class WrappingKey:
    """A key that wraps others: a root, controller, cohort or bucket key. Never printed."""

    __slots__ = ("_aead", "secret")

    def __init__(self, secret: bytes) -> None:
        """Take 32 random bytes."""
        self.secret = secret
        self._aead = AESGCM(secret)

    def __repr__(self) -> str:
        """Hide the material."""
        return "<WrappingKey>"

    def wrap(self, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap under a random nonce; 28 bytes longer than ``plaintext``."""
        return self.wrap_with(random_bytes(NONCE_BYTES), plaintext, aad)

    def wrap_with(self, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap under a random nonce the caller drew with its page's other random bytes."""
        return nonce + self._aead.encrypt(nonce, plaintext, aad)

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap what :meth:`wrap` made.

        Raises:
            SealBroken: the bytes were changed, or come from another row.
        """
        try:
            return self._aead.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], aad)
        except (InvalidTag, ValueError):
            message = "a wrapped key does not unwrap in its place"
            raise SealBroken(message) from None


class KeyedHash:
    """HMAC-SHA256 under one secret. A third of the cost of ``hmac.digest``: the key is set once."""

    __slots__ = ("_keyed",)

    def __init__(self, secret: bytes) -> None:
        """Set the key."""
        self._keyed = HMAC(secret, SHA256())

    def __repr__(self) -> str:
        """Hide the material."""
        return "<KeyedHash>"

    def __call__(self, message: bytes) -> bytes:
        """Return the 32-byte HMAC of ``message``."""
        keyed = self._keyed.copy()
        keyed.update(message)
        return keyed.finalize()
