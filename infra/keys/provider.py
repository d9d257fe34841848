"""Who holds the root keys: a narrow door to a KMS, and the local file behind it here.

Rules. A root key never leaves its provider; it wraps controller keys alone. Versions are numbered
from 1 and never used again after destruction. Whatever goes wrong with a provider is
``KeyUnavailable``: it is never mistaken for an erasure. A deleted file is destroyed by best effort
only: the medium and its backups may keep it, and a certificate says so.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from domain.answers import KeyUnavailable, SealBroken
from domain.values import Instant
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes

_OWNER_ONLY = 0o600
_OTHERS = 0o077


class ProviderBusy(KeyUnavailable):
    """The provider refuses for a moment (a throttle, HTTP 429): the same call may be made again."""


class DestructionKind(StrEnum):
    """What a provider can promise when it destroys a root version; a certificate names it."""

    FILE_REWRITTEN = "file-rewritten"
    """Best effort: the file was rewritten without the key; its medium may keep the old bytes."""

    OBJECT_DESTROYED = "object-destroyed"
    """A PKCS#11 token destroyed the key object, which could never be read out of it."""

    DELETION_SCHEDULED = "deletion-scheduled"
    """A KMS refuses the key at once and deletes it later; until then it can be called off."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was promised: how, and when it is final; ``at`` is None for before the answer."""

    kind: DestructionKind
    at: Instant | None = None


class KekProvider(Protocol):
    """A KMS reduced to what the tree needs: some versions of one root, each destroyed on its own.

    One key a version, so that each can be destroyed alone, fits every service that was looked at:

    - a file, a PKCS#11 token: a key or key object a version;
    - Vault and OpenBao Transit: a named key a version (``glemmebok-root-3``, with
      ``deletion_allowed``), not the engine's own versions: trimming those leaves them in its
      storage's backups. ``aad`` is ``associated_data``. 429 and 503 are ``ProviderBusy``;
    - AWS KMS: a customer key a version, an alias with its number. ``aad`` goes in hex into the
      encryption context. ``destroy_version`` schedules deletion, 7 to 30 days on, and answers
      ``Destroyed(DELETION_SCHEDULED, at)``: the key refuses at once, and is gone at ``at``.
      Throttling is ``ProviderBusy``.

    The number of a version is remembered where keys are not (a counter, a label, a tag): a number
    that was destroyed never comes again. Calls may come from several threads.
    """

    def wrap(self, version: int, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap at most a few hundred bytes under one root version.

        Raises:
            KeyUnavailable: the provider is away, or holds no such version.
        """
        ...

    def unwrap(self, version: int, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap what :meth:`wrap` made under the same version and ``aad``.

        Raises:
            KeyUnavailable: the provider is away, or holds no such version, or another root.
        """
        ...

    def versions(self) -> tuple[int, ...]:
        """Name the versions held and not destroyed nor about to be, ascending.

        Raises:
            KeyUnavailable: the provider is away.
        """
        ...

    def create_version(self, after: int = 0) -> int:
        """Make the next root version, durably, and return its number, which is above ``after``.

        ``after`` is the newest number another provider of the same house ever made.

        Raises:
            KeyUnavailable: the provider is away.
        """
        ...

    def destroy_version(self, version: int) -> Destroyed:
        """Destroy a root version and say what that is worth; doing it twice is allowed.

        Raises:
            KeyUnavailable: the provider is away; the version may be destroyed or not.
        """
        ...


class LocalFileProvider:
    """Root keys in one JSON file, mode 0600: ``{"next": n, "keys": {"1": hex, ...}}``.

    The file is read on every call: the tree calls once per process and version.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; :meth:`create_version` makes it."""
        self._path = path

    def wrap(self, version: int, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap under one root version."""
        return self._root(version).wrap(plaintext, aad)

    def unwrap(self, version: int, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap; another root's file answers ``KeyUnavailable``."""
        try:
            return self._root(version).unwrap(wrapped, aad)
        except SealBroken:
            message = f"the root key file does not hold this house's version {version}"
            raise KeyUnavailable(message) from None

    def versions(self) -> tuple[int, ...]:
        """Name the versions held, ascending."""
        return tuple(sorted(self._read()[1]))

    def create_version(self, after: int = 0) -> int:
        """Make the next root version; the first call makes the file."""
        following, keys = self._read() if self._path.exists() else (1, {})
        following = max(following, after + 1)
        keys[following] = random_bytes(KEY_BYTES).hex()
        self._write(following + 1, keys)
        return following

    def destroy_version(self, version: int) -> Destroyed:
        """Rewrite the file without the version."""
        following, keys = self._read()
        if keys.pop(version, None) is not None:
            self._write(following, keys)
        return Destroyed(DestructionKind.FILE_REWRITTEN)

    def keep_version(self, version: int, source: "LocalFileProvider") -> None:
        """Copy one version out of another file into this one, an escrow copy."""
        following, keys = self._read() if self._path.exists() else (1, {})
        theirs = source._read()[1]  # noqa: SLF001 - this class's own
        if version not in theirs:
            message = f"root version {version} is not held"
            raise KeyUnavailable(message)
        keys[version] = theirs[version]
        self._write(max(following, version + 1), keys)

    def _root(self, version: int) -> WrappingKey:
        keys = self._read()[1]
        if version not in keys:
            message = f"root version {version} is not held"
            raise KeyUnavailable(message)
        return WrappingKey(bytes.fromhex(keys[version]))

    def _read(self) -> tuple[int, dict[int, str]]:
        try:
            if self._path.stat().st_mode & _OTHERS:
                message = "the root key file is open to others; its mode must be 0600"
                raise KeyUnavailable(message)
            stored = json.loads(self._path.read_bytes())
            return int(stored["next"]), {int(v): str(key) for v, key in stored["keys"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            message = "the root key file is away or unreadable"
            raise KeyUnavailable(message) from None

    def _write(self, following: int, keys: dict[int, str]) -> None:
        text = json.dumps({"next": following, "keys": {str(v): key for v, key in keys.items()}})
        beside = self._path.with_name(self._path.name + ".new")
        with suppress(FileNotFoundError):
            beside.unlink()
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        sync_directory(self._path.parent)


def sync_directory(directory: Path) -> None:
    """Make a rename in ``directory`` durable (POSIX: the directory is written on its own)."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
