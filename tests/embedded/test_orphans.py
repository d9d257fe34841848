"""Root's clusters lie apart from their homes; one whose home was deleted can be found again.

The store here is a directory of the test's own: no account but ours is needed.
"""

import os
import subprocess
from pathlib import Path

import pytest

from infra.embedded import orphans
from infra.embedded.orphans import main, orphaned_clusters, remove_orphan
from infra.embedded.place import home_record
from infra.embedded.unavailable import EmbeddedUnavailable


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a store with two clusters: one linked to by its home, one whose home is gone."""
    monkeypatch.setattr(orphans, "ROOT_STORE", tmp_path / "store")
    clusters = tmp_path / "store" / "clusters"
    for name in ("kept", "orphan"):
        (clusters / name / "data").mkdir(parents=True)
        home_record(clusters / name).write_text(str(tmp_path / f"home of {name}"))
    (tmp_path / "home of kept").mkdir()
    (tmp_path / "home of kept" / "cluster").symlink_to(clusters / "kept")
    return clusters


def test_a_cluster_that_no_home_links_to_is_an_orphan(store: Path, tmp_path: Path) -> None:
    assert orphaned_clusters() == {store / "orphan": tmp_path / "home of orphan"}


def test_a_home_that_links_to_a_newer_cluster_has_left_an_orphan(store: Path) -> None:
    home_record(store / "orphan").write_text(home_record(store / "kept").read_text())
    assert list(orphaned_clusters()) == [store / "orphan"]


def test_a_removed_orphan_leaves_nothing(store: Path) -> None:
    remove_orphan(store / "orphan")
    assert sorted(path.name for path in store.iterdir()) == ["kept", "kept.home"]


def test_a_cluster_with_a_home_is_not_removed(store: Path) -> None:
    with pytest.raises(EmbeddedUnavailable, match="is no orphaned cluster"):
        remove_orphan(store / "kept")
    assert (store / "kept" / "data").is_dir()


def test_an_orphan_whose_server_runs_is_not_removed(store: Path) -> None:
    data = store / "orphan" / "data"
    command = ["/bin/sh", "-c", "echo up; read -r end", str(data)]
    with subprocess.Popen(  # noqa: S603 - stands in for a server
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        server.stdout.readline()
        (data / "postmaster.pid").write_text(f"{server.pid}\n")
        with pytest.raises(EmbeddedUnavailable, match=f"process {server.pid}"):
            remove_orphan(store / "orphan")


def test_the_command_removes_those_named_and_lists_the_rest(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (store / "other").mkdir()
    home_record(store / "other").write_text("/nowhere")
    monkeypatch.setattr("sys.argv", ["orphans", os.fspath(store / "orphan")])
    main()
    assert capsys.readouterr().out == f"{store / 'other'}\tmade for /nowhere\n"


def test_the_command_refuses_in_one_line(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["orphans", str(store / "kept")])
    with pytest.raises(SystemExit, match="is no orphaned cluster"):
        main()
