"""The copy of a journal beside the anchor: whole lines, in order, whatever cut the last one."""

from pathlib import Path

import pytest

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.anchor import FileAnchor
from infra.keys.record import GENESIS, ChainedRecord
from infra.keys.record_file import RecordFile
from tests.examples import numbered


def record(sequence: int, size: int = 40) -> ChainedRecord:
    return ChainedRecord(sequence, bytes([sequence % 251]) * size, bytes([sequence % 251]) * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.jsonl"


@pytest.fixture
def file(path: Path) -> RecordFile:
    """Give a file of three records."""
    made = RecordFile(path)
    made.append([record(1), record(2)])
    made.append([record(3)])
    return made


def test_records_come_back_as_they_were(file: RecordFile) -> None:
    assert list(file.records()) == [record(1), record(2), record(3)]


def test_records_are_read_behind_a_sequence(file: RecordFile) -> None:
    assert list(file.records(after=2)) == [record(3)]


def test_the_last_sequence_is_known(file: RecordFile, tmp_path: Path) -> None:
    assert (file.last(), RecordFile(tmp_path / "none").last()) == (3, 0)


@pytest.mark.parametrize("size", [40, 70_000, 200_000])
def test_the_last_line_is_found_however_long_it_is(path: Path, size: int) -> None:
    made = RecordFile(path)
    made.append([record(1), record(2, size)])
    assert made.last() == 2
    made.append([record(3, size)])
    assert [one.sequence for one in made.records()] == [1, 2, 3]


def test_a_line_cut_short_by_a_crash_is_written_anew(file: RecordFile, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])
    assert (file.last(), len(list(file.records()))) == (2, 2)
    file.append([record(3)])
    assert list(file.records()) == [record(1), record(2), record(3)]


def test_a_first_line_cut_short_leaves_an_empty_file(path: Path) -> None:
    path.write_bytes(b'{"sequence": 1')
    assert (RecordFile(path).last(), list(RecordFile(path).records())) == (0, [])


def test_a_damaged_line_closes_the_gate(file: RecordFile, path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"chain": "02', b'"chain": "zz'))
    with pytest.raises(GateClosed) as closed:
        list(file.records())
    assert closed.value.verdict is GateVerdict.ANCHOR_LOST


def test_nobody_else_may_read_it(file: RecordFile, path: Path) -> None:
    assert file.last() == 3
    assert path.stat().st_mode & 0o077 == 0


CONTROLLER = ControllerId(numbered("controller", 1))
JOURNAL = [record(n) for n in range(1, 6)]


def after(sequence: int) -> list[ChainedRecord]:
    return [one for one in JOURNAL if one.sequence > sequence][:2]


def head(sequence: int) -> JournalHead:
    return JournalHead(sequence, record(sequence).chain)


@pytest.fixture
def anchor(tmp_path: Path) -> FileAnchor:
    made = FileAnchor(tmp_path / "anchor")
    made.push(CONTROLLER, GENESIS)
    return made


def test_the_records_are_copied_before_the_head_names_them(anchor: FileAnchor) -> None:
    anchor.advance(CONTROLLER, head(3), after)
    anchor.advance(CONTROLLER, head(5), after)
    assert list(anchor.records(CONTROLLER)) == JOURNAL
    assert anchor.journal(CONTROLLER) == head(5)


def test_an_anchor_further_on_stays(anchor: FileAnchor) -> None:
    anchor.advance(CONTROLLER, head(5), after)
    anchor.advance(CONTROLLER, head(3), after)
    assert anchor.journal(CONTROLLER) == head(5)


def test_a_journal_that_went_on_otherwise_moves_no_anchor(anchor: FileAnchor) -> None:
    """Guard: pushed on, a forked journal would take its own evidence away."""
    anchor.push(CONTROLLER, JournalHead(3, b"other" * 6 + b"--"))
    with pytest.raises(GateClosed) as closed:
        anchor.advance(CONTROLLER, head(5), after)
    assert closed.value.verdict is GateVerdict.FORKED


def test_an_anchor_that_was_never_begun_is_not_begun_by_an_erasure(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "nowhere")
    with pytest.raises(GateClosed) as closed:
        anchor.advance(CONTROLLER, head(3), after)
    assert closed.value.verdict is GateVerdict.ANCHOR_LOST
