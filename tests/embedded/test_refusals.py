"""What cannot work is refused in one line; nothing of somebody else's is touched."""

import os
from pathlib import Path

import pytest

from infra.embedded.account import Account
from infra.embedded.cluster import open_cluster
from infra.embedded.place import SOCKET_NAME, SOCKET_PATH_BYTES, Sync, lay_out, make_secrets
from infra.embedded.unavailable import EmbeddedUnavailable

OWN = Account(os.geteuid(), os.getegid(), own=True)


def _refusal(home: Path) -> str:
    with pytest.raises(EmbeddedUnavailable) as refused:
        open_cluster(home, Sync.OFF)
    return str(refused.value)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    assert "File exists" in _refusal(tmp_path / "home")


def test_damaged_secrets_are_refused(home: Path) -> None:
    home.mkdir()
    (home / "secrets.json").write_text("{")
    said = _refusal(home)
    (home / "secrets.json").unlink()
    assert said == f"{home / 'secrets.json'} is damaged; the cluster's passwords are unknown"


def test_another_major_versions_cluster_is_refused(made_home: Path) -> None:
    version = made_home / "cluster" / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("9\n")
    said = _refusal(made_home)
    version.write_text(ours)
    assert "was made by PostgreSQL 9; installed is postgres (PostgreSQL)" in said


def test_a_server_that_cannot_start_is_reported_with_its_log(made_home: Path) -> None:
    control = made_home / "cluster" / "data" / "global" / "pg_control"
    control.rename(control.with_name("aside"))
    said = _refusal(made_home)
    control.with_name("aside").rename(control)
    assert said.endswith(f"while starting; see {made_home / 'cluster.log'}")


def test_a_socket_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path, OWN, Sync.OFF)
    sockets = Path(secrets.sockets)
    sockets.mkdir(mode=0o755)
    try:
        with pytest.raises(EmbeddedUnavailable, match="is not a directory private to user id"):
            lay_out(tmp_path, OWN, secrets)
    finally:
        sockets.rmdir()


def test_a_socket_directory_that_is_a_link_is_refused(tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path, OWN, Sync.OFF)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    sockets = Path(secrets.sockets)
    sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(EmbeddedUnavailable, match="is not a directory private to user id"):
            lay_out(tmp_path, OWN, secrets)
    finally:
        sockets.unlink()


def test_a_long_temporary_directory_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("long" * 30)))
    sockets = Path(make_secrets(tmp_path, OWN, Sync.OFF).sockets)
    assert len(os.fsencode(sockets / SOCKET_NAME)) <= SOCKET_PATH_BYTES
