"""The log in PostgreSQL passes the contract cases, and samples the tokens of a page of people."""

import pytest

from consumers.ports import Batch
from domain.keyring import OpenRequest
from domain.values import Sealed, SealedPart
from infra.store.store import EventStore
from tests import examples
from tests.contracts.log_contract import LogContract, recording
from tests.contracts.other_heads_contract import OtherHeadsContract
from tests.contracts.seen_contract import SeenContract

SECTIONS = [
    examples.section_stated(sealed=(SealedPart("profile", Sealed(token)),))
    for token in (b"oldest", b"newer", b"newest")
]


class TestEventStore(LogContract, OtherHeadsContract, SeenContract):
    @pytest.fixture
    def log(self, store: EventStore) -> EventStore:
        return store


def test_a_sampled_token_carries_the_context_it_was_sealed_in(store: EventStore) -> None:
    told = recording(*SECTIONS[:1])
    store.append(Batch((told,)))
    ((stamp, fact),) = told.facts
    wanted = OpenRequest(told.subject, stamp.fact_id, "profile", fact.TOPIC, b"oldest")
    assert store.newest_tokens([told.subject], 10) == [wanted]


def test_the_newest_tokens_of_each_person_are_sampled(store: EventStore) -> None:
    told = recording(*SECTIONS)
    store.append(Batch((told,)))
    found = {request.token for request in store.newest_tokens([told.subject], 2)}
    assert found == {b"newer", b"newest"}
