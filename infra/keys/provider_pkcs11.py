"""Root keys in a PKCS#11 token: an HSM, a smart card, SoftHSM2.

Rules. A version is an AES-256 key object labelled ``<prefix>-<version>``: sensitive and not
extractable, so it never was outside the token and ``C_DestroyObject`` destroys it. Wrapping is
``CKM_AES_GCM`` with the AAD; the wrapped form is ``nonce 12 | ciphertext | tag 16``. The newest
number ever made stands in a data object ``<prefix>-newest``: a token that holds keys holds it, so
an emptied listing is not taken for an empty token.

Whatever the token answers, the call is tried again in a new session, and at last with the module
initialised anew: a module whose token was away answers for the dead one until then. A login belongs
to the whole process, so a session may find it made. ``python-pkcs11`` is an optional part
(``glemmebok[pkcs11]``).
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from domain.answers import KeyUnavailable
from infra.keys.kek_uri import Pkcs11Place
from infra.keys.provider import Destroyed, DestructionKind
from infra.keys.wrapping import NONCE_BYTES
from infra.random_ids import random_bytes

if TYPE_CHECKING:
    from pkcs11 import Object, Session

_KEY_BITS = 256
_TAG_BITS = 128
_APPLICATION = "glemmebok"
_PIN_BYTES = 256
"""The longest PIN read: a file that is longer is no PIN."""

T = TypeVar("T")


class _Stale(Exception):  # noqa: N818 - a signal inside this module
    """The session shows a token without the objects that must be there."""


class Pkcs11Provider:
    """A KEK provider over one token. One session, used by one thread at a time."""

    def __init__(self, place: Pkcs11Place) -> None:
        """Name the token; it is looked for at the first call."""
        self._place = place
        self._session: Session | None = None
        self._lock = Lock()

    def wrap(self, version: int, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap under one root version."""
        nonce = random_bytes(NONCE_BYTES)
        sealed: bytes = self._do(
            lambda session: self._key(session, version).encrypt(plaintext, **_gcm(nonce, aad))
        )
        return nonce + sealed

    def unwrap(self, version: int, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap; a token with another root answers ``KeyUnavailable``."""
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        opened: bytes = self._do(
            lambda session: self._key(session, version).decrypt(sealed, **_gcm(nonce, aad))
        )
        return opened

    def versions(self) -> tuple[int, ...]:
        """Name the versions held, ascending."""
        return self._do(self._held, empty=())

    def create_version(self, after: int = 0) -> int:
        """Generate the next key inside the token; the counter is written first."""
        newest = max(self._do(self._newest, empty=0), after)
        return self._do(lambda session: self._generate(session, newest + 1))

    def destroy_version(self, version: int) -> Destroyed:
        """Destroy the key object."""

        def destroy(session: "Session") -> None:
            self._newest(session)
            for key in self._keys(session):
                if _version_of(key, self._place.prefix) == version:
                    key.destroy()

        self._do(destroy)
        return Destroyed(DestructionKind.OBJECT_DESTROYED)

    def _key(self, session: "Session", version: int) -> Any:  # noqa: ANN401 - what it can do is mixed in at run time
        """Find the key object of a version.

        Raises:
            KeyUnavailable: the token is there and holds no such version.
            _Stale: the token may be away.
        """
        for key in self._keys(session):
            if _version_of(key, self._place.prefix) == version:
                return key
        self._newest(session)
        message = f"PKCS#11 token {self._place.token}: root version {version} is not held"
        raise KeyUnavailable(message)

    def _keys(self, session: "Session") -> list["Object"]:
        """List the key objects; whole, for a search left open ends badly in another session."""
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - an optional part

        return list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}))

    def _held(self, session: "Session") -> tuple[int, ...]:
        self._newest(session)
        named = (_version_of(key, self._place.prefix) for key in self._keys(session))
        return tuple(sorted(version for version in named if version is not None))

    def _counters(self, session: "Session") -> list["Object"]:
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - an optional part

        label = f"{self._place.prefix}-newest"
        asked = {Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: label}
        return list(session.get_objects(asked))

    def _newest(self, session: "Session") -> int:
        """Read the newest number ever made.

        Raises:
            _Stale: there is no counter: an empty token, or one that is away.
        """
        from pkcs11 import Attribute  # noqa: PLC0415 - an optional part

        counters = self._counters(session)
        if not counters:
            raise _Stale
        return max(int(counter[Attribute.VALUE]) for counter in counters)

    def _generate(self, session: "Session", version: int) -> int:
        from pkcs11 import Attribute, KeyType, MechanismFlag, ObjectClass  # noqa: PLC0415 - likewise

        label = f"{self._place.prefix}-newest"
        earlier = self._counters(session)
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.DATA,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: True,
                Attribute.APPLICATION: _APPLICATION,
                Attribute.LABEL: label,
                Attribute.VALUE: str(version).encode(),
            }
        )
        session.generate_key(
            KeyType.AES,
            _KEY_BITS,
            label=f"{self._place.prefix}-{version}",
            store=True,
            capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )
        for counter in earlier:
            counter.destroy()
        return version

    def _do(self, work: Callable[["Session"], T], empty: T | None = None) -> T:
        """Work in the session; then in a new one; then in one of a module initialised anew.

        ``empty`` is the answer when a token that is there shows no counter at last.
        """
        from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415 - an optional part

        fault = ""
        with self._lock:
            for renew in (self._present, self._reopened, self._initialised):
                try:
                    return work(renew())
                except _Stale:
                    fault = "holds no root key"
                except PKCS11Error as error:
                    fault = type(error).__name__
                    self._session = None
        if empty is not None and fault == "holds no root key":
            return empty
        message = f"PKCS#11 token {self._place.token}: {fault}"
        raise KeyUnavailable(message)

    def _present(self) -> "Session":
        return self._session or self._reopened()

    def _reopened(self) -> "Session":
        import pkcs11  # noqa: PLC0415 - an optional part
        from pkcs11.exceptions import UserAlreadyLoggedIn  # noqa: PLC0415 - likewise

        token = pkcs11.lib(str(self._place.module)).get_token(token_label=self._place.token)
        try:
            self._session = token.open(rw=True, user_pin=self._pin())
        except UserAlreadyLoggedIn:
            self._session = token.open(rw=True)
        return self._session

    def _initialised(self) -> "Session":
        import pkcs11  # noqa: PLC0415 - an optional part

        self._session = None
        pkcs11.lib(str(self._place.module)).reinitialize()
        return self._reopened()

    def _pin(self) -> str:
        try:
            with self._place.pin_file.open("rb") as file:
                return file.read(_PIN_BYTES).decode().strip()
        except (OSError, UnicodeDecodeError):
            message = "the file of the token's PIN is away or unreadable"
            raise KeyUnavailable(message) from None


def _gcm(nonce: bytes, aad: bytes) -> dict[str, object]:
    from pkcs11 import GCMParams, Mechanism  # noqa: PLC0415 - an optional part

    return {
        "mechanism": Mechanism.AES_GCM,
        "mechanism_param": GCMParams(nonce, aad, _TAG_BITS),
    }


def _version_of(key: "Object", prefix: str) -> int | None:
    from pkcs11 import Attribute  # noqa: PLC0415 - an optional part

    name, _, number = str(key[Attribute.LABEL]).rpartition("-")
    return int(number) if name == prefix and number.isdigit() else None
