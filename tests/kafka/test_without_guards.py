"""Probes of taking in from Kafka fail when their guards are taken away."""

import pytest

from domain.answers import KeyUnavailable
from infra.kafka import consuming
from infra.kafka.places import Places
from infra.settings import Settings
from tests.guardless import RED
from tests.kafka import test_outages as outages
from tests.kafka import test_topics_change as changes
from tests.kafka.topics import Topic
from tests.proof.houses import Proof


def test_a_topic_made_anew_that_nobody_marked_is_read_on(
    topic: Topic, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Places, "_is_anew", lambda *_: False)
    with pytest.raises(RED):
        changes.test_a_topic_made_anew_under_its_name_is_an_alarm(topic, proof, 14)


def test_a_member_that_does_not_wait_for_keys_is_seen(
    topic: Topic, proof: Proof, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = tuple(one for one in consuming.AWAY if one is not KeyUnavailable)
    monkeypatch.setattr(consuming, "AWAY", waited)
    monkeypatch.setattr("consumers.ingest.PATIENCE", 1)
    with pytest.raises(KeyUnavailable):
        outages.test_a_root_key_that_is_away_when_it_is_first_needed_is_waited_for(
            topic, proof, settings
        )
