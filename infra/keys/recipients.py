"""Sealing something to a recipient, so that it alone can read it: HPKE (RFC 9180).

X25519, HKDF-SHA256, AES-256-GCM, base mode. What was sealed opens for whoever has the recipient's
private key; this house keeps the public one alone. ``info`` names what the bytes are for, and bytes
made for another purpose do not open.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from domain.answers import SealBroken

PUBLIC_BYTES = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_pair() -> tuple[bytes, bytes]:
    """Make a recipient's key pair: the private key, which it keeps, and the public one."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal_to(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal to a public key.

    Raises:
        ValueError: it is no X25519 public key.
    """
    return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), info)


def open_as(private: bytes, sealed: bytes, info: bytes) -> bytes:
    """Open with a private key.

    Raises:
        SealBroken: it was sealed to another key or for another purpose, cut or forged.
        ValueError: it is no X25519 private key.
    """
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info)
    except InvalidTag:
        message = "sealed to another recipient or for another purpose, cut or forged"
        raise SealBroken(message) from None
