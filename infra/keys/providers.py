"""Opens the KEK provider a house is set to: one, or the old and the new while it moves."""

from collections.abc import Callable, Sequence
from pathlib import Path

from domain.answers import KeyUnavailable
from infra.keys.bounded import BoundedProvider
from infra.keys.kek_uri import Kek
from infra.keys.provider import KekProvider, LocalFileProvider
from infra.keys.provider_pkcs11 import Pkcs11Provider
from infra.keys.routing import RoutedProvider


def open_provider(
    keks: Sequence[Kek], root_key: Path, wait: Callable[[float], object]
) -> KekProvider:
    """Make the provider of the places given, the one of new versions last.

    Nothing is asked of it yet: one that is away says so at its first call.
    """
    opened = [_open(kek, root_key, wait) for kek in keks]
    return opened[0] if len(opened) == 1 else RoutedProvider(opened)


def _open(kek: Kek, root_key: Path, wait: Callable[[float], object]) -> KekProvider:
    if kek is None:
        return LocalFileProvider(root_key)
    return BoundedProvider(Pkcs11Provider(kek), wait)


def holds_roots(keks: Sequence[Kek], root_key: Path, provider: KekProvider) -> bool:
    """Say whether a root was ever made; a file that is not there is none made yet.

    Raises:
        KeyUnavailable: a provider is away.
    """
    if all(kek is None for kek in keks) and not root_key.exists():
        return False
    try:
        return bool(provider.versions())
    except KeyUnavailable:
        if all(kek is None for kek in keks):
            return True
        raise
