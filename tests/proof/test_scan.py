import base64
from pathlib import Path

import pytest

from infra.proof.scan import needles_of, scan, walk

CANARY = "Kanarifugl Æsop-7731"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_value_is_found_in_plain_text(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "heap").write_bytes(b"\x00\x01" + CANARY.encode(encoding) + b"\xff")
    assert scan(tmp_path, needles_of([CANARY])).found == (tmp_path / "heap",)


@pytest.mark.parametrize("lead", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("tail", [0, 1, 2])
def test_a_value_is_found_in_base64_wherever_it_begins(
    tmp_path: Path, lead: int, tail: int
) -> None:
    text = base64.b64encode(b"x" * lead + CANARY.encode() + b"y" * tail)
    (tmp_path / "dump").write_bytes(b"{" + text + b"}")
    assert scan(tmp_path, needles_of([CANARY])).found == (tmp_path / "dump",)


@pytest.mark.parametrize("upper", [False, True])
def test_a_value_is_found_in_hexadecimal(tmp_path: Path, *, upper: bool) -> None:
    digits = CANARY.encode().hex()
    (tmp_path / "dump").write_text(digits.upper() if upper else digits)
    assert scan(tmp_path, needles_of([CANARY])).found == (tmp_path / "dump",)


def test_a_value_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "heap").write_bytes(b"nothing to see")
    assert scan(tmp_path, needles_of([CANARY])).found == ()


def test_files_behind_a_link_to_a_directory_are_searched(tmp_path: Path) -> None:
    home, cluster = tmp_path / "home", tmp_path / "cluster"
    home.mkdir()
    cluster.mkdir()
    (cluster / "wal").write_text(CANARY)
    (home / "cluster").symlink_to(cluster)
    assert scan(home, needles_of([CANARY])).found == (home / "cluster" / "wal",)


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "again").symlink_to(tmp_path)
    assert list(walk(tmp_path)) == [tmp_path / "file"]


def test_a_short_value_is_no_canary() -> None:
    with pytest.raises(ValueError, match="3 characters"):
        needles_of(["Ola"])
