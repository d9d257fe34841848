"""The newest tokens of several people at once: what the verification of an erasure samples."""

from consumers.ports import Batch
from infra.store.store import EventStore
from tests import examples
from tests.contracts.log_contract import advance, recording


def test_each_person_gives_the_tokens_of_her_last_facts(store: EventStore) -> None:
    facts = (
        examples.registered(),
        examples.section_stated(),
        examples.hired(sealed=(examples.part("communications", b"newest"),)),
    )
    told = recording(*facts)
    store.append(Batch(recordings=(told,), advance=advance(0, 3, 1)))
    (request,) = store.newest_tokens([told.subject], 1)
    last, _ = told.facts[-1]
    assert (request.fact_id, request.slot, request.token) == (
        last.fact_id,
        facts[-1].TOPIC,
        b"newest",
    )


def test_only_those_asked_for_give_tokens(store: EventStore) -> None:
    told = recording(examples.registered())
    store.append(Batch(recordings=(told,), advance=advance(0, 1, 1)))
    assert store.newest_tokens([examples.subject(9)], 10) == []
