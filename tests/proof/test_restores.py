"""Older databases brought back: the gate closes, nothing opens, and the evidence stays."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from consumers.erasure_ports import Step
from domain.answers import GateClosed, GateVerdict, KeyringError, Present, Shredded
from domain.values import ControllerId
from infra.cli.exits import Exit
from infra.clock import FixedClock
from infra.gate import restore_gate
from infra.house import open_house
from infra.settings import Settings
from infra.upkeep import resume_erasures
from tests.consumers.feed import Feed
from tests.consumers.side import Crash, crash_at
from tests.proof.commands import show, use
from tests.proof.houses import SOURCE, Backups, Proof, open_proof, request


def verdict(proof: Proof, remote_id: str) -> GateVerdict:
    with pytest.raises(GateClosed) as closed:
        proof.person(remote_id)
    return closed.value.verdict


def erase_and_leave(settings: Settings, clock: FixedClock, remote_id: str) -> None:
    with open_proof(settings, clock) as proof:
        proof.erase(proof.person(remote_id))
        proof.anchor_log()


def test_both_databases_put_back_open_nothing(
    settled: Settings,
    clock: FixedClock,
    backups: Backups,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guard: the anchor, outside both; a restored pair agrees with itself."""
    with open_proof(settled, clock) as proof:
        person, tokens = proof.person("r-1"), proof.tokens(proof.person("r-1"))
    old = backups.of(settled)
    erase_and_leave(settled, clock, "r-1")
    with open_proof(old, clock) as restored, pytest.raises(GateClosed):
        restored.answers(tokens)
    use(monkeypatch, old)
    assert show(person) == Exit.REFUSED


def test_without_the_anchors_journal_the_restored_pair_would_open(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """The twin: with an anchor put back too, she opens. It is the anchor that holds."""
    with open_proof(settled, clock) as proof:
        tokens = proof.tokens(proof.person("r-1"))
    shutil.copytree(settled.anchor, settled.anchor.with_name("old anchor"))
    old = replace(backups.of(settled), anchor=settled.anchor.with_name("old anchor"))
    erase_and_leave(settled, clock, "r-1")
    with open_proof(old, clock) as restored:
        assert all(isinstance(answer, Present) for answer in restored.answers(tokens))


def test_a_key_database_put_back_alone_is_rolled_back(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, events=False)
    erase_and_leave(settled, clock, "r-1")
    with open_proof(old, clock) as restored:
        assert verdict(restored, "r-1") is GateVerdict.ROLLED_BACK


def test_an_event_database_put_back_alone_is_behind(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, keys=False)
    erase_and_leave(settled, clock, "r-1")
    with open_proof(old, clock) as restored:
        assert verdict(restored, "r-2") is GateVerdict.EVENTS_BEHIND


def test_a_lost_anchor_opens_nothing(settled: Settings, clock: FixedClock) -> None:
    shutil.rmtree(settled.anchor)
    with open_proof(settled, clock) as proof:
        assert verdict(proof, "r-2") is GateVerdict.ANCHOR_LOST


def test_a_put_back_log_takes_nothing_in(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: admitting people asks the gate; what is taken in would be lost or doubled."""
    old = backups.of(settled, keys=False)
    erase_and_leave(settled, clock, "r-1")
    with open_proof(old, clock) as restored, pytest.raises(GateClosed):
        restored.take(many("other").items, "other/1")


def test_work_on_a_put_back_log_does_not_put_back_its_anchor(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: the log's anchor moves only along the chain; grown past it, the old log would pass.

    The work is done by a process that does not ask the gate.
    """
    old = backups.of(settled, keys=False)
    with open_proof(settled, clock) as proof:
        proof.take(many("lost").items, "lost/1")
        proof.anchor_log()
    with open_house(old, clock) as house:
        restored = Proof(house)
        restored.take(many("other").items, "other/1")
        restored.take(many("more").items, "more/1")
        restored.anchor_log()
    with open_proof(old, clock) as again:
        assert verdict(again, "r-2") is GateVerdict.EVENTS_BEHIND


def test_finishing_an_old_erasure_does_not_put_back_the_journals_anchor(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: an anchor further on stays; pushed back, r-2's erasure would be forgotten."""
    with open_proof(settled, clock) as proof:
        tokens = proof.tokens(proof.person("r-2"))
        process = proof.house.erasure(crash_at(Step.ORDERED))
        asked = [request(proof.person("r-1"))]
        with pytest.raises(Crash):
            process.erase(proof.controller, asked)
    old = backups.of(settled)
    with open_proof(settled, clock) as proof:
        resume_erasures(proof.house)
        proof.erase(proof.person("r-2"))
        (settled.anchor / "log.json").unlink()
    with open_proof(old, clock) as restored:
        with pytest.raises(KeyringError):
            resume_erasures(restored.house)
        with pytest.raises(GateClosed):
            restored.answers(tokens)


def many(label: str) -> Feed:
    feed = Feed(SOURCE)
    for n in range(8):
        feed.tell(f"{label}-{n}", event=f"{label}-{n}")
    return feed


def test_a_key_row_put_back_does_not_open(known: Proof) -> None:
    """Guard: the tombstone wins over a key row; rows alone would bring her back."""
    person = known.person("r-1")
    tokens = known.tokens(person)
    known.keys("CREATE TABLE kept AS SELECT * FROM dek WHERE subject = %s", person)
    known.erase(person)
    known.keys("INSERT INTO dek SELECT * FROM kept")
    with known.again() as other:
        assert other.answers(tokens) == {Shredded()}
        assert known.answers(tokens) == {Shredded()}


def test_a_key_row_put_back_with_her_look_ups_seals_nothing(known: Proof) -> None:
    """Guard: the subject's own row says erased; sealing under the old key would revive her."""
    person = known.person("r-1")
    known.keys("CREATE TABLE kept AS SELECT * FROM dek WHERE subject = %s", person)
    known.keys("CREATE TABLE looked AS SELECT * FROM lookup")
    known.erase(person)
    known.keys("INSERT INTO dek SELECT * FROM kept")
    known.keys("INSERT INTO lookup SELECT * FROM looked ON CONFLICT DO NOTHING")
    late = Feed(SOURCE)
    late.tell("r-1", event="late")
    with known.again() as other:
        version = len(other.house.store.stream(person))
        with suppress(KeyringError):
            other.take(late.items, "late/1")
        assert len(other.house.store.stream(person)) == version


@pytest.mark.parametrize("first", ["_log", "_anchor"])
def test_the_gate_passes_while_others_erase(known: Proof, first: str) -> None:
    """Guard: E is read before A; the other way round an erasure between looks like a lost anchor.

    Another process erases after one witness of the controller was read, and before the next.
    """
    gate = restore_gate(known.house)
    gate()
    person = known.person("r-1")
    with known.again() as other:
        witness = _After(getattr(gate, first), known.controller, lambda: other.erase(person))
        setattr(gate, first, witness)
        gate()
    assert witness.told


class _After:
    """A witness; something happens once, after its first answer about a controller."""

    def __init__(
        self, witness: object, controller: ControllerId, then: Callable[[], object]
    ) -> None:
        self._witness = witness
        self._controller = controller
        self._then = then
        self.told = False

    def __getattr__(self, name: str) -> Callable[..., object]:
        answer = getattr(self._witness, name)

        def asked(*arguments: object) -> object:
            answered = answer(*arguments)
            if arguments == (self._controller,) and not self.told:
                self.told = True
                self._then()
            return answered

        return asked
