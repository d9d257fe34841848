"""The restore gate: every way a restored database shows, and the one way that is only a crash."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId, ErasureId
from infra.keys.anchor import FileAnchor
from infra.keys.anchored import Heads, LogHead
from infra.keys.gate import Journal, Outcome, RestoreGate, check, check_log
from infra.keys.record import GENESIS
from tests.contracts.whole_keyring import admit_one, claim, erase, opened, sealed
from tests.keys.houses import KeyHouse

CHAINS = {n: bytes([n]) * 32 for n in range(1, 10)}


def head(sequence: int) -> JournalHead:
    return JournalHead(sequence, CHAINS[sequence]) if sequence else GENESIS


def journal(sequence: int, chains: Mapping[int, bytes] = CHAINS) -> Journal:
    return Journal(head(sequence), {n: chain for n, chain in chains.items() if n <= sequence})


def verdict(
    anchored: JournalHead | None, recorded: JournalHead | None, of: Journal
) -> GateVerdict | Outcome:
    try:
        return check(anchored, recorded, of)
    except GateClosed as closed:
        return closed.verdict


def test_level_heads_open() -> None:
    assert verdict(head(3), head(3), journal(3)) is Outcome.LEVEL


def test_an_erasure_not_yet_recorded_opens() -> None:
    assert verdict(head(3), head(2), journal(3)) is Outcome.LEVEL


def test_a_journal_ahead_of_its_anchor_is_a_crash() -> None:
    assert verdict(head(2), head(2), journal(3)) is Outcome.PUSH_ANCHOR


def test_a_journal_behind_its_anchor_was_rolled_back() -> None:
    assert verdict(head(3), head(2), journal(2)) is GateVerdict.ROLLED_BACK


def test_a_journal_behind_the_log_was_rolled_back() -> None:
    assert verdict(None, head(3), journal(2)) is GateVerdict.ROLLED_BACK


def test_both_databases_rolled_back_are_seen_by_the_anchor() -> None:
    assert verdict(head(3), head(1), journal(1)) is GateVerdict.ROLLED_BACK


def test_another_hash_at_the_anchor_is_a_fork() -> None:
    assert verdict(JournalHead(3, b"x"), head(2), journal(4)) is GateVerdict.FORKED


def test_another_hash_in_the_log_is_a_fork() -> None:
    assert verdict(head(3), JournalHead(2, b"x"), journal(4)) is GateVerdict.FORKED


def test_an_anchor_behind_the_log_was_lost() -> None:
    assert verdict(head(1), head(3), journal(3)) is GateVerdict.ANCHOR_LOST


def test_no_anchor_with_a_journal_was_lost() -> None:
    assert verdict(None, None, journal(1)) is GateVerdict.ANCHOR_LOST


def test_no_anchor_with_a_recorded_erasure_was_lost() -> None:
    assert verdict(None, head(1), journal(1)) is GateVerdict.ANCHOR_LOST


def test_a_house_without_erasures_gets_its_anchor() -> None:
    assert verdict(None, None, journal(0)) is Outcome.PUSH_ANCHOR


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_it_opens_exactly_when_j_is_not_behind_a_nor_a_behind_e(j: int, a: int, e: int) -> None:
    opens = isinstance(verdict(head(a), head(e), journal(j)), Outcome)
    assert opens == (j >= a >= e)


def test_a_log_at_its_anchor_passes() -> None:
    check_log(LogHead(5, b"five"), 7, b"five")


def test_a_log_never_anchored_passes() -> None:
    check_log(None, 0, None)


def test_a_log_behind_its_anchor_is_seen() -> None:
    with pytest.raises(GateClosed) as closed:
        check_log(LogHead(5, b"five"), 4, None)
    assert closed.value.verdict is GateVerdict.EVENTS_BEHIND


def test_a_log_regrown_past_its_anchor_is_seen() -> None:
    with pytest.raises(GateClosed) as closed:
        check_log(LogHead(5, b"five"), 7, b"other")
    assert closed.value.verdict is GateVerdict.EVENTS_BEHIND


class Log:
    """What the gate reads from a log."""

    def __init__(self) -> None:
        self.head: JournalHead | None = None
        self.forgotten: set[ErasureId] = set()

    def erasure_head(self, controller: ControllerId) -> JournalHead | None:
        assert isinstance(controller, UUID)
        return self.head

    def last_position(self) -> int:
        return 5

    def chain_at(self, position: int) -> bytes | None:
        return b"five" if position == 5 else None

    def audit_at(self, controller: ControllerId, sequence: int) -> bytes | None:
        assert isinstance(controller, UUID)
        return b"two" if sequence == 2 else None

    def unknown(
        self, controller: ControllerId, erasures: Sequence[ErasureId]
    ) -> Sequence[ErasureId]:
        assert isinstance(controller, UUID)
        return [one for one in erasures if one in self.forgotten]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def anchor(tmp_path: Path) -> FileAnchor:
    return FileAnchor(tmp_path / "anchor")


@pytest.fixture
def gate(own: KeyHouse, log: Log, anchor: FileAnchor, controller: ControllerId) -> RestoreGate:
    return RestoreGate(anchor, log, own.keyring, lambda: [controller])


def test_a_crash_before_the_anchor_pushes_it(
    own: KeyHouse, controller: ControllerId, anchor: FileAnchor, gate: RestoreGate
) -> None:
    gate()
    destroyed = erase(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    gate()
    assert anchor.journal(controller) == destroyed.head


def test_an_edited_journal_is_not_pushed(
    own: KeyHouse, controller: ControllerId, anchor: FileAnchor, gate: RestoreGate
) -> None:
    gate()
    erase(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    own.sql(
        "UPDATE journal SET encoded = encoded || '\\x00'::bytea WHERE controller = %s", controller
    )
    with pytest.raises(GateClosed):
        gate()
    assert anchor.journal(controller) == GENESIS


def test_a_log_put_back_closes_the_gate(anchor: FileAnchor, gate: RestoreGate) -> None:
    anchor.write_log(LogHead(6, b"six"))
    with pytest.raises(GateClosed):
        gate()


def test_an_audit_that_does_not_reach_its_anchor_closes_the_gate(
    controller: ControllerId, anchor: FileAnchor, gate: RestoreGate
) -> None:
    anchor.write_audit(controller, LogHead(2, b"two"))
    gate()
    anchor.write_audit(controller, LogHead(3, b"three"))
    with pytest.raises(GateClosed) as closed:
        gate()
    assert closed.value.verdict is GateVerdict.EVENTS_BEHIND


FURTHER: Mapping[str, Callable[[ControllerId], Heads]] = {
    "log": lambda _c: Heads(LogHead(6, b"six"), {}, {}, {}),
    "journal": lambda c: Heads(None, {c: JournalHead(1, b"one")}, {}, {}),
    "audit": lambda c: Heads(None, {}, {c: LogHead(3, b"three")}, {}),
    "finalised": lambda c: Heads(None, {}, {}, {c: LogHead(1, b"one")}),
}


@pytest.mark.parametrize("kind", FURTHER)
def test_any_head_ahead_at_the_second_anchor_closes_the_gate(
    own: KeyHouse, log: Log, anchor: FileAnchor, controller: ControllerId, kind: str
) -> None:
    """Guard: each kind of head is asked for at the second anchor as at the first."""
    RestoreGate(anchor, log, own.keyring, lambda: [controller])()
    further = FURTHER[kind](controller)
    gate = RestoreGate(anchor, log, own.keyring, lambda: [controller], lambda: further)
    with pytest.raises(GateClosed):
        gate()


def test_a_second_anchor_that_is_level_opens(
    own: KeyHouse, log: Log, anchor: FileAnchor, controller: ControllerId
) -> None:
    further = Heads(
        LogHead(5, b"five"), {controller: GENESIS}, {controller: LogHead(2, b"two")}, {}
    )
    RestoreGate(anchor, log, own.keyring, lambda: [controller], lambda: further)()


def test_finalisations_that_do_not_reach_their_anchor_close_the_gate(
    own: KeyHouse, anchor: FileAnchor, controller: ControllerId, gate: RestoreGate
) -> None:
    """Guard: a key database put back to before a finalisation's record shows."""
    gate()
    assert own.keyring.finalised_records(controller, 0) == []
    anchor.finalisations.advance(controller, LogHead(1, b"one"), lambda _after: [])
    with pytest.raises(GateClosed) as closed:
        gate()
    assert closed.value.verdict is GateVerdict.ROLLED_BACK


def test_an_erasure_without_a_fence_in_the_log_closes_the_gate(
    own: KeyHouse, log: Log, controller: ControllerId, gate: RestoreGate
) -> None:
    """Guard: a log put back to before its own last anchoring is not behind its anchor."""
    gate()
    destroyed = erase(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    gate()
    log.forgotten = {destroyed.erasure_id}
    with pytest.raises(GateClosed) as closed:
        gate()
    assert closed.value.verdict is GateVerdict.EVENTS_BEHIND


@pytest.mark.parametrize("note", ["note_restore", "begin_reconciliation"])
def test_a_restore_or_a_reconciliation_under_way_closes_the_gate(
    anchor: FileAnchor, gate: RestoreGate, note: str
) -> None:
    gate()
    getattr(anchor, note)({"at": "noon"})
    with pytest.raises(GateClosed) as closed:
        gate()
    assert closed.value.verdict is GateVerdict.UNRECONCILED
    anchor.end_reconciliation()
    gate()


def test_nothing_opens_while_the_gate_is_closed(
    own: KeyHouse, controller: ControllerId, anchor: FileAnchor, gate: RestoreGate
) -> None:
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    anchor.push(controller, JournalHead(1, b"one"))
    own.keyring.set_gate(gate)
    with pytest.raises(GateClosed) as closed:
        opened(own.keyring, controller, request)
    assert closed.value.verdict is GateVerdict.ROLLED_BACK


def test_the_gate_is_asked_until_it_passes_and_then_no_more(
    own: KeyHouse, controller: ControllerId
) -> None:
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    asked = []
    own.keyring.set_gate(lambda: asked.append(1))
    opened(own.keyring, controller, request)
    opened(own.keyring, controller, request)
    assert asked == [1]
