"""The file anchor: written whole, and unreadable is not absent."""

from pathlib import Path

import pytest

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.anchor import FileAnchor
from infra.keys.anchored import LogHead
from infra.random_ids import random_id

CONTROLLER = ControllerId(random_id())


def test_what_was_pushed_is_read(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "anchor")
    anchor.push(CONTROLLER, JournalHead(3, b"three"))
    assert anchor.journal(CONTROLLER) == JournalHead(3, b"three")


def test_a_second_push_replaces_the_first(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path)
    anchor.push(CONTROLLER, JournalHead(3, b"three"))
    anchor.push(CONTROLLER, JournalHead(4, b"four"))
    assert anchor.journal(CONTROLLER) == JournalHead(4, b"four")


def test_nothing_pushed_is_none(tmp_path: Path) -> None:
    assert FileAnchor(tmp_path).journal(CONTROLLER) is None


def test_controllers_have_anchors_of_their_own(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path)
    anchor.push(CONTROLLER, JournalHead(3, b"three"))
    assert anchor.journal(ControllerId(random_id())) is None


def test_the_logs_end_is_anchored(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path)
    anchor.write_log(LogHead(9, b"nine"))
    assert anchor.log() == LogHead(9, b"nine")


def test_no_file_is_left_half_written(tmp_path: Path) -> None:
    FileAnchor(tmp_path).push(CONTROLLER, JournalHead(3, b"three"))
    assert [path.name for path in tmp_path.iterdir()] == [f"{CONTROLLER}.json"]


def test_a_torn_file_closes_the_gate(tmp_path: Path) -> None:
    (tmp_path / f"{CONTROLLER}.json").write_text('{"sequence": 3')
    with pytest.raises(GateClosed) as closed:
        FileAnchor(tmp_path).journal(CONTROLLER)
    assert closed.value.verdict is GateVerdict.ANCHOR_LOST
