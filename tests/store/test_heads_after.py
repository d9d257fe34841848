"""One controller's heads, page after page: everybody once, and nobody else's."""

from dataclasses import replace

from consumers.ports import Batch, Recording
from domain.subject import EMPTY, evolve
from infra.store.store import EventStore
from tests import examples

OURS, OTHERS = examples.controller(1), examples.controller(2)


def begun(person: int, controller: int = 1) -> Recording:
    stamp = replace(examples.stamp(person), controller=examples.controller(controller))
    fact = examples.registered()
    state = evolve(EMPTY, stamp, fact)
    return Recording(stamp.controller, examples.subject(person), 0, ((stamp, fact),), state)


def test_every_head_comes_once_in_the_order_of_ids(store: EventStore) -> None:
    store.append(Batch(recordings=tuple([begun(person) for person in (5, 3, 1, 4, 2)])))
    seen, after = [], None
    while page := store.heads_after(OURS, after, 2):
        assert len(page) <= 2
        seen += [subject for subject, _ in page]
        after = page[-1][0]
    assert seen == [examples.subject(person) for person in (1, 2, 3, 4, 5)]


def test_a_page_holds_the_states_as_they_were_appended(store: EventStore) -> None:
    recording = begun(1)
    store.append(Batch(recordings=(recording,)))
    ((_, head),) = store.heads_after(OURS, None, 10)
    assert (head.version, head.state) == (1, recording.state)


def test_another_controllers_heads_are_not_seen(store: EventStore) -> None:
    store.append(Batch(recordings=(begun(1), begun(2, controller=2))))
    assert [subject for subject, _ in store.heads_after(OTHERS, None, 10)] == [examples.subject(2)]


def test_behind_the_last_there_is_nobody(store: EventStore) -> None:
    store.append(Batch(recordings=(begun(1),)))
    assert store.heads_after(OURS, examples.subject(1), 10) == []
