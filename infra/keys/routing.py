"""Several providers seen as one: while a house moves from one to another, both hold versions.

Rules. The last provider makes new versions. A version is asked of whoever holds it; numbers are
unlike in all of them, because each new one is above everybody's. ``versions`` needs every provider:
with one away it is not known what is held.
"""

from collections.abc import Sequence

from domain.answers import KeyUnavailable
from infra.keys.provider import Destroyed, KekProvider


class RoutedProvider:
    """A KEK provider over one or more others."""

    def __init__(self, providers: Sequence[KekProvider]) -> None:
        """Take at least one provider, the one of new versions last."""
        self._providers = tuple(providers)
        self._found: dict[int, KekProvider] = {}

    def wrap(self, version: int, plaintext: bytes, aad: bytes) -> bytes:
        """Wrap at the version's holder."""
        return self._holder(version).wrap(version, plaintext, aad)

    def unwrap(self, version: int, wrapped: bytes, aad: bytes) -> bytes:
        """Unwrap at the version's holder."""
        return self._holder(version).unwrap(version, wrapped, aad)

    def versions(self) -> tuple[int, ...]:
        """Name the versions held by any, ascending."""
        return tuple(sorted({v for provider in self._providers for v in provider.versions()}))

    def create_version(self, after: int = 0) -> int:
        """Make a version at the last provider, numbered above everybody's."""
        newest = max(self.versions() if len(self._providers) > 1 else (), default=0)
        return self._providers[-1].create_version(max(after, newest))

    def destroy_version(self, version: int) -> Destroyed:
        """Destroy at the version's holder; one that nobody holds is asked of the first."""
        self._found.pop(version, None)
        for provider in self._providers:
            if version in provider.versions():
                return provider.destroy_version(version)
        return self._providers[0].destroy_version(version)

    def _holder(self, version: int) -> KekProvider:
        found = self._found.get(version)
        if found is not None:
            return found
        for provider in reversed(self._providers):
            try:
                held = version in provider.versions()
            except KeyUnavailable:
                continue
            if held:
                self._found[version] = provider
                return provider
        message = f"no key provider that answers holds root version {version}"
        raise KeyUnavailable(message)
