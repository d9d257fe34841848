"""The local root key file, and what a provider that is away looks like."""

from pathlib import Path

import pytest

from domain.answers import KeyUnavailable
from infra.keys.provider import LocalFileProvider


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "root.json"


def test_what_was_wrapped_unwraps(path: Path) -> None:
    provider = LocalFileProvider(path)
    version = provider.create_version()
    wrapped = provider.wrap(version, b"key", b"place")
    assert provider.unwrap(version, wrapped, b"place") == b"key"


def test_a_key_moved_to_another_place_does_not_unwrap(path: Path) -> None:
    provider = LocalFileProvider(path)
    version = provider.create_version()
    wrapped = provider.wrap(version, b"key", b"place")
    with pytest.raises(KeyUnavailable):
        provider.unwrap(version, wrapped, b"elsewhere")


def test_versions_are_numbered_from_one(path: Path) -> None:
    provider = LocalFileProvider(path)
    assert (provider.create_version(), provider.create_version()) == (1, 2)


def test_the_file_is_the_owners_alone(path: Path) -> None:
    LocalFileProvider(path).create_version()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_open_to_others_is_refused(path: Path) -> None:
    provider = LocalFileProvider(path)
    provider.create_version()
    path.chmod(0o644)
    with pytest.raises(KeyUnavailable, match="0600"):
        provider.versions()


def test_a_missing_file_is_unavailable(path: Path) -> None:
    with pytest.raises(KeyUnavailable):
        LocalFileProvider(path).versions()


def test_a_torn_file_is_unavailable(path: Path) -> None:
    path.write_text('{"next": 2, "ke')
    path.chmod(0o600)
    with pytest.raises(KeyUnavailable):
        LocalFileProvider(path).versions()


def test_a_destroyed_version_is_unavailable(path: Path) -> None:
    provider = LocalFileProvider(path)
    wrapped = provider.wrap(provider.create_version(), b"key", b"place")
    provider.destroy_version(1)
    with pytest.raises(KeyUnavailable):
        provider.unwrap(1, wrapped, b"place")


def test_a_destroyed_version_leaves_no_bytes_in_the_file(path: Path) -> None:
    provider = LocalFileProvider(path)
    provider.create_version()
    before = path.read_text().split('"1": "')[1][:64]
    provider.destroy_version(1)
    assert before not in path.read_text()


def test_a_number_is_never_used_again(path: Path) -> None:
    provider = LocalFileProvider(path)
    provider.destroy_version(provider.create_version())
    assert provider.create_version() == 2
