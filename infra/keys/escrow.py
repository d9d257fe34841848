"""Escrow copies of root versions: what a house keeps elsewhere so that a lost root loses nobody.

Rules. Every copy is listed, or destroying a root version means nothing. A finalisation hands each
new version to every copy before anything is wrapped under it, and takes the old one out of every
copy before it destroys it at the provider: a copy that is away stops it there.
"""

from pathlib import Path
from typing import Protocol

from infra.keys.provider import Destroyed, LocalFileProvider


class Escrow(Protocol):
    """One listed copy."""

    @property
    def name(self) -> str:
        """What a certificate calls it."""
        ...

    def keep(self, version: int) -> None:
        """Hold a copy of a version; doing it twice is allowed.

        Raises:
            KeyUnavailable: the copy or the provider is away.
        """
        ...

    def destroy_version(self, version: int) -> Destroyed:
        """Destroy the copy of a version; doing it twice is allowed.

        Raises:
            KeyUnavailable: the copy is away.
        """
        ...


class FileEscrow:
    """A copy of the root key file, on another disk."""

    def __init__(self, name: str, path: Path, source: LocalFileProvider) -> None:
        """Name the copy's file and the provider it copies."""
        self.name = name
        self._copy = LocalFileProvider(path)
        self._source = source

    def keep(self, version: int) -> None:
        """Copy the version out of the root key file."""
        self._copy.keep_version(version, self._source)

    def destroy_version(self, version: int) -> Destroyed:
        """Rewrite the copy without the version."""
        return self._copy.destroy_version(version)
