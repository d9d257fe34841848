"""Files and Kafka at once: everybody's facts are there once, by either way in their order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.crowd import Crowd, order_findings
from benchmarks.together import together
from consumers.reading import Place, read_all
from consumers.upstream import Incoming
from infra.clock import SystemClock
from infra.codec.container import read_container
from infra.house import House, open_house
from infra.settings import KafkaPlace, Settings
from tests.kafka.topics import Topic
from tests.proof.houses import Proof

CROWD = Crowd(files=2, people=300, told=5, more=3)
FEW = Crowd(files=1, people=3, told=3, more=2)

Items = list[Incoming]


@pytest.mark.requirement("A50")
def test_files_and_kafka_at_once_keep_everybodys_order(
    topic: Topic, settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, kafka=KafkaPlace(topic.address, None, None))
    with open_house(settings, SystemClock()) as house:
        run = together(house, topic.name, CROWD, tmp_path)
        house.store.verify_chain()
    assert run.findings == []
    assert {sample.process for sample in run.samples} == {"ingest", "consume"}


def take(house: House, name: str, items: Items) -> None:
    """Take items in one by one, so that each is where it was told."""
    for at, item in enumerate(items):
        one = iter([replace(item, index=at)])
        read_all(house.ingest(), one, Place(name, name, at), lambda _tally, _at: None)


def by_kafka() -> Iterator[Incoming]:
    return (Incoming(n, e, None, e.fact) for n, e in enumerate(FEW.messages()))


def found(proof: Proof, files: Items, kafka: Items) -> Sequence[str]:
    base = proof.house.store.last_position()
    take(proof.house, "file", files)
    take(proof.house, "kafka", kafka)
    return order_findings(proof.house, FEW, base)


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda files, kafka: (files, kafka), ""),
        (lambda files, kafka: (files[::-1], kafka), "person 2: fact 2 instead of 0"),
        (lambda files, kafka: (files, kafka[::-1]), "person 2: fact 4 instead of 3"),
        (lambda files, kafka: (files[:-1], kafka), "1 people lack facts"),
        (lambda files, kafka: (files, kafka[:-1]), "1 people lack facts"),
    ],
    ids=["nothing", "files turned", "kafka turned", "file cut", "kafka cut"],
)
def test_what_is_out_of_order_or_lost_is_found(
    proof: Proof,
    tmp_path: Path,
    spoil: Callable[[Items, Items], tuple[Items, Items]],
    finding: str,
) -> None:
    (path,) = FEW.write(tmp_path)
    told = found(proof, *spoil(list(read_container(path, 0)), list(by_kafka())))
    assert next(iter(told), "") == finding
