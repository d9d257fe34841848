"""Signs certificates, and says who signed one: Ed25519 in a compact JWS (RFC 7515, 8037, 9864).

Rules. A controller's signing key is made from a secret of its own, which hangs off its controller
key like every other secret: it is carried through finalisations and keeps its value, so the key is
the same for as long as the house is. It signs and can open nothing. A JWS names its public key in
its header: that the text is whole can be told apart from who signed it. Whoever verifies decides by
the thumbprint (RFC 7638) alone whom to believe.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.values import ControllerId
from infra.keys.founding import found_controller
from infra.keys.provider import KekProvider
from infra.keys.ring import SIGNER
from infra.keys.vault import Vault

ALGORITHM = "Ed25519"
_SEED = b"glemmebok/1/signer"
_PUBLIC = ("crv", "kty", "x")

PublicKey = Mapping[str, str]
"""A public key as a JWK's members: ``crv``, ``kty`` and ``x``."""


class _Registry(jws.JWSRegistry):
    """The library's limits, with room for a person of some ten thousand keys."""

    max_payload_length = 8 << 20


class NotSigned(Exception):  # noqa: N818 - what was found
    """The text is no JWS of this kind, or its signature is not by the key that it names."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a JWS says, and the thumbprint of the key that signed it."""

    payload: bytes
    thumbprint: str


class Signer:
    """A controller's signing key."""

    __slots__ = ("_key",)

    def __init__(self, seed: bytes) -> None:
        """Take the 32 bytes the key is made from."""
        private = Ed25519PrivateKey.from_private_bytes(seed)
        self._key = OKPKey(private, private)

    def __repr__(self) -> str:
        """Hide the material."""
        return f"<Signer {self.thumbprint}>"

    @property
    def public(self) -> PublicKey:
        """The public key."""
        members = self._key.as_dict(private=False)
        return {name: str(members[name]) for name in _PUBLIC}

    @property
    def thumbprint(self) -> str:
        """The public key's thumbprint, 43 characters of base64url."""
        return self._key.thumbprint()

    def sign(self, kind: str, payload: bytes) -> str:
        """Sign ``payload`` as a compact JWS of a ``typ``."""
        header = {"typ": kind, "alg": ALGORITHM, "kid": self.thumbprint, "jwk": dict(self.public)}
        registry = _Registry(algorithms=[ALGORITHM])
        return jws.serialize_compact(header, payload, self._key, registry=registry)


def signer_of(vault: Vault, provider: KekProvider, slug: str, controller: ControllerId) -> Signer:
    """Return a controller's signer; its secret is made where the house is older than signing.

    Raises:
        KeyUnavailable: the key database or the provider is away.
    """
    if SIGNER not in vault.tree.ring(controller).secrets:
        found_controller(vault.database, provider, slug, vault.clock.now())
        vault.tree.clear()
    return Signer(vault.tree.ring(controller).secrets[SIGNER](_SEED))


def thumbprint_of(public: PublicKey) -> str:
    """Name a public key.

    Raises:
        NotSigned: it is no Ed25519 key.
    """
    try:
        return OKPKey.import_key({name: public[name] for name in _PUBLIC}).thumbprint()
    except (JoseError, ValueError, TypeError, KeyError):
        message = "no public key of this kind"
        raise NotSigned(message) from None


def opened(token: bytes, kind: str) -> Signed:
    """Check that a compact JWS is whole, by the public key in its header.

    Raises:
        NotSigned: it is not, or it is of another kind.
    """
    try:
        return _opened(token, kind)
    except (JoseError, ValueError, TypeError, KeyError):
        message = "no signature that can be read"
        raise NotSigned(message) from None


def _opened(token: bytes, kind: str) -> Signed:
    registry = _Registry(algorithms=[ALGORITHM])
    found = jws.extract_compact(token, registry=registry)
    header = found.headers()
    key = OKPKey.import_key({name: header["jwk"][name] for name in _PUBLIC})
    whole = jws.validate_compact(found, key, registry=registry)
    if not whole or header.get("typ") != kind or header.get("kid") != key.thumbprint():
        message = "the signature is not by the key that is named"
        raise NotSigned(message)
    return Signed(found.payload, key.thumbprint())
