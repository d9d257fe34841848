"""``publish``, ``consume`` and ``encode`` as their users run them."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition

from infra.cli.app import run
from infra.feeds.manifest import Manifest
from infra.feeds.write import write_feeds
from infra.settings import Settings
from tests.kafka.topics import Topic
from tests.proof.commands import use
from tests.proof.houses import Proof, open_proof

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def used(settings: Settings, topic: Topic, monkeypatch: pytest.MonkeyPatch) -> Topic:
    """Let the program find the house and the broker."""
    use(monkeypatch, settings)
    monkeypatch.setenv("GLEMMEBOK_KAFKA", topic.address)
    return topic


@pytest.fixture
def feeds(tmp_path: Path) -> tuple[Manifest, list[str]]:
    folder = tmp_path / "feeds"
    manifest = write_feeds(30, 5, folder)
    return manifest, [str(folder / file.file) for file in manifest.files]


def publish(topic: Topic, files: list[str], tmp_path: Path) -> int:
    key = tmp_path / "publisher.key"
    key.write_text("a secret of the publisher's\n")
    return run(["publish", *files, "--topic", topic.name, "--key-file", str(key), "--json"])


def consume(topic: Topic, *more: str) -> int:
    return run(["consume", topic.name, "--until-idle", "--json", *more])


def test_what_was_published_is_consumed(
    used: Topic, feeds: tuple[Manifest, list[str]], tmp_path: Path, capsys: Capture
) -> None:
    manifest, files = feeds
    assert publish(used, files, tmp_path) == 0
    published = json.loads(capsys.readouterr().out)["published"]
    assert consume(used) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["recorded"]) == (published, manifest.total.recorded)


def test_publishing_to_a_topic_that_is_not_there_says_how_to_make_it(
    used: Topic, feeds: tuple[Manifest, list[str]], tmp_path: Path, capsys: Capture
) -> None:
    assert publish(replace(used, name="no-such-topic"), feeds[1], tmp_path) == 5
    told = json.loads(capsys.readouterr().err)["error"]
    assert "no-such-topic" in told["message"]
    assert "glemmebok topics --make" in told["hint"]


def test_a_feed_by_kafka_and_by_file_is_recorded_once(
    used: Topic, feeds: tuple[Manifest, list[str]], tmp_path: Path, capsys: Capture
) -> None:
    _, files = feeds
    publish(used, files, tmp_path)
    consume(used)
    capsys.readouterr()
    assert run(["ingest", *files, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recorded"] == 0


def test_an_encoded_message_is_a_record_any_client_can_send(
    used: Topic, tmp_path: Path, capsys: Capture
) -> None:
    assert run(["encode", "--example", "candidate.registered"]) == 0
    (tmp_path / "fact.json").write_text(capsys.readouterr().out)
    assert run(["encode", str(tmp_path / "fact.json"), "--out", str(tmp_path / "m.bin")]) == 0
    used.send([(0, (tmp_path / "m.bin").read_bytes())])
    capsys.readouterr()
    assert consume(used) == 0
    assert json.loads(capsys.readouterr().out)["recorded"] == 1


def test_a_wrong_message_is_told_by_its_place(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "fact.json").write_text('{"source": "a secret value"}')
    assert run(["encode", str(tmp_path / "fact.json")]) == 3
    told = capsys.readouterr().err
    assert ("lacks the field" in told, "secret value" in told) == (True, False)


@pytest.mark.usefixtures("used")
def test_a_topic_that_is_not_there_is_unavailable(capsys: Capture) -> None:
    assert run(["consume", "no-such-topic", "--until-idle"]) == 5
    assert "no-such-topic" in capsys.readouterr().err


def test_without_a_broker_the_command_says_so(
    used: Topic, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("GLEMMEBOK_KAFKA", "127.0.0.1:9")
    assert consume(used) == 5
    assert "Kafka" in capsys.readouterr().err


def test_a_gap_is_refused_until_it_is_accepted(
    used: Topic, feeds: tuple[Manifest, list[str]], tmp_path: Path, capsys: Capture
) -> None:
    publish(used, feeds[1], tmp_path)
    admin = KafkaAdminClient(bootstrap_servers=used.address)
    admin.delete_records({TopicPartition(used.name, 0): 3})
    admin.close()
    assert consume(used) == 5
    assert consume(used, "--accept-gap") == 0
    assert "--accept-gap" in capsys.readouterr().err


def test_a_signal_ends_the_page_in_hand(
    used: Topic, feeds: tuple[Manifest, list[str]], tmp_path: Path, settings: Settings, proof: Proof
) -> None:
    manifest, files = feeds
    publish(used, files, tmp_path)
    service = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", "from infra.cli import main; main()", "consume", used.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),  # noqa: TID251 - what the test put there
    )
    assert service.stderr is not None
    pages = 0
    while pages < manifest.total.recorded:
        told = json.loads(service.stderr.readline())
        pages += told.get("recorded", 0)
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=30)
    assert service.returncode == 0
    with open_proof(settings, proof.house.clock) as again:
        again.house.store.verify_chain()
