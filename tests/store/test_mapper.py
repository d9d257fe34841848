"""Facts go to the log under their stored names, and come back as they were."""

import pytest
from eventsourcing.utils import get_topic, resolve_topic

from domain.catalogue import FACTS
from domain.fact import Fact
from infra.codec.facts import FactCodec
from infra.store.mapper import AvroMapper, Placed
from tests import examples


@pytest.mark.parametrize("fact", examples.every_fact(), ids=lambda fact: fact.TOPIC)
def test_a_fact_comes_back_as_it_was(codec: FactCodec, fact: Fact) -> None:
    mapper = AvroMapper(codec)
    placed = Placed(examples.subject(), 4, examples.stamp(), fact)
    stored = mapper.to_stored_event(placed)
    assert stored.topic == fact.TOPIC
    assert mapper.to_domain_event(stored) == placed


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.TOPIC)
def test_the_library_knows_a_fact_by_its_stored_name_alone(
    codec: FactCodec, kind: type[Fact]
) -> None:
    AvroMapper(codec)
    assert get_topic(kind) == kind.TOPIC
    assert resolve_topic(kind.TOPIC) is kind
