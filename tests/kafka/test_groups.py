"""Several members on one topic: shared, handed over, overtaken."""

from threading import Thread

from consumers.tally import Tally
from infra.kafka.consuming import Observer
from tests.consumers.feed import Feed
from tests.kafka.test_consuming import people, recorded
from tests.kafka.topics import Topic, client, member, read
from tests.proof.houses import SOURCE, Proof


def more(start: int, count: int) -> Feed:
    feed = Feed(SOURCE)
    for number in range(start, start + count):
        feed.tell(f"r-{number}", event=f"more-{number}")
    return feed


def test_two_members_share_a_topic_and_double_nothing(topic: Topic, proof: Proof) -> None:
    topic.tell(people(60))
    taken: dict[int, int] = {0: 0, 1: 0}
    told = Tally()

    def run(number: int) -> None:
        def count(_name: str, tally: Tally) -> None:
            taken[number] += tally.read
            told.add(tally)

        with client(topic) as consumer:
            one = member(
                consumer, topic, proof, Observer(taken=count), lambda: told.recorded >= 120
            )
            one.run()

    threads = [Thread(target=run, args=(number,)) for number in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (told.recorded, told.duplicate, recorded(proof)) == (120, 0, 120)


def test_a_zombie_is_fenced_and_looks_again(topic: Topic, proof: Proof) -> None:
    topic.tell(people(5))
    fenced: list[str] = []
    with client(topic) as consumer:
        zombie = member(consumer, topic, proof, Observer(fenced=fenced.append))
        zombie.run(until_idle=True)
        topic.tell(more(5, 12))
        read(topic, proof, "successors")
        tally = zombie.run(until_idle=True)
    assert set(fenced) == {topic.name_of(n) for n in range(topic.partitions)}
    assert (tally.recorded, recorded(proof)) == (10, 22)


def test_a_member_goes_on_where_another_ended(topic: Topic, proof: Proof) -> None:
    topic.tell(people(5))
    read(topic, proof)
    topic.tell(more(5, 7))
    assert read(topic, proof).recorded == 7
