"""Who holds the root keys: a narrow door to a KMS, and the local file behind it here.

Rules. A root key never leaves its provider; it wraps controller keys alone. Versions are numbered
from 1 and never used again after destruction. Whatever goes wrong with a provider is
``KeyUnavailable``: it is never mistaken for an erasure. A deleted file is destroyed by best effort
only: the medium and its backups may keep it, and a certificate says so.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from domain.answers import KeyUnavailable, SealBroken
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes

_OWNER_ONLY = 0o600
_OTHERS = 0o077


class KekProvider(Protocol):
    """A KMS reduced to what the tree needs."""

    def wrap(self, version: int, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap under one root version.

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
        """Name the versions held, ascending.

        Raises:
            KeyUnavailable: the provider is away.
        """
        ...

    def create_version(self) -> int:
        """Make the next root version and return its number."""
        ...

    def destroy_version(self, version: int) -> None:
        """Destroy a root version; doing it twice is allowed."""
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

    def create_version(self) -> int:
        """Make the next root version; the first call makes the file."""
        following, keys = self._read() if self._path.exists() else (1, {})
        keys[following] = random_bytes(KEY_BYTES).hex()
        self._write(following + 1, keys)
        return following

    def destroy_version(self, version: int) -> None:
        """Rewrite the file without the version."""
        following, keys = self._read()
        keys.pop(version, None)
        self._write(following, keys)

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
