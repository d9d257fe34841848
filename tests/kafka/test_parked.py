"""What a topic's record was parked for is mended: its replay records what is missing, and no more.

A record names its writer's schema; where that is found is a setting, the same for both.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from consumers.ingest import PARKED_PERIOD
from consumers.parking import Outcome, Replayed
from consumers.ports import Parked, ParkReason
from consumers.upstream import Envelope
from infra.cli.app import run
from infra.clock import FixedClock, SystemClock
from infra.codec.avro import MAGIC, fingerprint_of
from infra.codec.envelopes import EnvelopeCodec
from infra.kafka.wire import CONFLUENT, Fault, SchemasUnavailable
from infra.settings import KafkaPlace, Settings
from infra.upkeep import upkeep
from tests.kafka.test_consuming import people
from tests.kafka.test_wire import with_field, written
from tests.kafka.topics import Topic, encoded, envelopes_of, read
from tests.proof.commands import use
from tests.proof.houses import SOURCE, Proof, open_proof

PUBLISHED = EnvelopeCodec().writing_record()
NEWER = with_field(name="trace", type="string")
NUMBER = CONFLUENT + (12).to_bytes(4, "big")

Frame = Callable[[Envelope], bytes]


def numbered(envelope: Envelope) -> bytes:
    return NUMBER + encoded(envelope)[10:]


def newer(envelope: Envelope) -> bytes:
    return MAGIC + fingerprint_of(NEWER) + written(NEWER, envelope, trace="t-1")


def told(topic: Topic, proof: Proof, frame: Frame, count: int = 5) -> Sequence[Envelope]:
    """Tell of people: every second record's schema is known to nobody yet."""
    envelopes = list(envelopes_of(people(count)))
    topic.send((0, (frame if n % 2 else encoded)(e)) for n, e in enumerate(envelopes))
    tally = read(topic, proof)
    assert tally.parked == {ParkReason.UNKNOWN_SCHEMA.value: count}
    return envelopes


def mended(proof: Proof, schemas: str) -> Proof:
    """Say where the schemas are, as an operator sets it."""
    kafka = KafkaPlace("127.0.0.1:9", None, schemas)
    return Proof(replace(proof.house, settings=replace(proof.house.settings, kafka=kafka)))


def directory(folder: Path) -> str:
    (folder / "12.avsc").write_text(json.dumps(PUBLISHED))
    (folder / "newer.avsc").write_text(json.dumps(NEWER))
    return str(folder)


def waiting(proof: Proof) -> list[Parked]:
    return proof.house.parking.waiting(100)


def replayed(proof: Proof) -> Replayed:
    counts = Replayed()
    proof.house.replay().replay(waiting(proof), counts)
    return counts


def inbox(proof: Proof) -> set[UUID]:
    return {fact for (fact,) in proof.events("SELECT fact_id FROM inbox")}


def ids_of(proof: Proof, envelopes: Sequence[Envelope]) -> set[UUID]:
    make = proof.house.keyring.fact_id
    return {make(proof.controller, SOURCE, e.remote_event_id) for e in envelopes}


@pytest.mark.requirement("A198")
@pytest.mark.parametrize("frame", [numbered, newer])
def test_a_replay_after_a_fix_records_exactly_the_missing_facts(
    topic: Topic, proof: Proof, tmp_path: Path, frame: Frame
) -> None:
    envelopes = told(topic, proof, frame)
    before = inbox(proof)
    assert before == ids_of(proof, envelopes[::2])
    counts = replayed(mended(proof, directory(tmp_path)))
    assert (counts.asked, counts.recorded, counts.duplicate) == (5, 5, 0)
    assert inbox(proof) - before == ids_of(proof, envelopes[1::2])
    assert waiting(proof) == []


def test_what_was_sent_again_meanwhile_is_a_duplicate_of_itself(
    topic: Topic, proof: Proof, tmp_path: Path
) -> None:
    envelopes = told(topic, proof, numbered)
    topic.send((1, encoded(e)) for e in envelopes[1:4])
    read(topic, proof)
    counts = replayed(mended(proof, directory(tmp_path)))
    assert (counts.recorded, counts.duplicate) == (3, 2)
    assert inbox(proof) == ids_of(proof, envelopes)


def test_without_the_fix_everything_waits_on(topic: Topic, proof: Proof) -> None:
    told(topic, proof, numbered)
    counts = replayed(proof)
    assert (counts.recorded, counts.waiting) == (0, {"unknown_schema": 5})
    assert len(waiting(proof)) == 5


def test_while_the_registry_is_away_nothing_is_settled(topic: Topic, proof: Proof) -> None:
    told(topic, proof, numbered)
    with pytest.raises(SchemasUnavailable) as away:
        replayed(mended(proof, "http://127.0.0.1:9"))
    assert away.value.fault is Fault.SILENT
    assert len(waiting(proof)) == 5


def test_behind_its_period_a_fix_comes_too_late(
    topic: Topic, proof: Proof, tmp_path: Path, clock: FixedClock
) -> None:
    told(topic, proof, numbered)
    items, before = waiting(proof), inbox(proof)
    clock.instant += PARKED_PERIOD
    upkeep(proof.house)
    assert waiting(proof) == []
    counts = Replayed()
    mended(proof, directory(tmp_path)).house.replay().replay(items, counts)
    assert (counts.recorded, counts.expired, inbox(proof)) == (0, 5, before)
    how = proof.house.parking.settled([item.parked_id for item in items])
    assert {settled.outcome for settled in how.values()} == {Outcome.DISCARDED}


def test_the_command_finds_schemas_where_consume_does(
    topic: Topic,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_proof(settings, SystemClock()) as proof:
        told(topic, proof, numbered)
    use(monkeypatch, settings)
    monkeypatch.setenv("GLEMMEBOK_KAFKA", topic.address)
    monkeypatch.setenv("GLEMMEBOK_SCHEMAS", "http://127.0.0.1:9")
    command = ["parked", "replay", "--reason", "unknown_schema", "--json"]
    assert run(command) == 5
    monkeypatch.setenv("GLEMMEBOK_SCHEMAS", directory(tmp_path))
    capsys.readouterr()
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out)["recorded"] == 5
