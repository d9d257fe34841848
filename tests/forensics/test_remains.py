"""What an erasure that is final leaves behind, each said in ``docs/threat-model.md``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.keyring import Contact, ContactKind
from infra.broker.broker import open_broker
from infra.broker.unavailable import BrokerUnavailable
from infra.kafka.options import Connection
from infra.kafka.publishing import sending
from infra.kafka.relay import Relay, topic_of
from infra.keys.lookups import INNER_BYTES, contact_inners
from infra.proof.scan import key_needles, needles_of, scan
from tests.consumers.feed import Feed
from tests.forensics.carving import contents
from tests.forensics.evidence import FINAL, KNOWN, Evidence
from tests.kafka.conftest import CACHE
from tests.kafka.topics import CLUSTER, make_topic
from tests.keys.attacker import Attacker
from tests.proof.canaries import HER, marks, tell
from tests.proof.houses import SLUG, SOURCE


def survivor(evidence: Evidence) -> Attacker:
    """Try every copy with the roots that survive."""
    return Attacker(list(evidence.copies.values()), evidence.roots[FINAL]).attack()


def test_a_guessed_address_is_confirmed_by_an_old_copy_of_the_look_ups(evidence: Evidence) -> None:
    """Until the pepper is renewed and its root dies: who holds both can ask, not list."""
    guess = Contact(ContactKind.EMAIL, marks(HER)["email"])
    with evidence.house() as proof:
        ring = proof.house.keyring.vault.tree.ring(proof.controller)
        (token,) = ring.tokens(contact_inners(ring, guess)[1][:INNER_BYTES])
    assert token in {bytes(row["token"]) for row in evidence.copies[KNOWN]["lookup"]}
    assert token not in {bytes(row["token"]) for row in evidence.copies[FINAL]["lookup"]}


def test_a_notice_to_her_source_opens_until_it_is_acknowledged(evidence: Evidence) -> None:
    rows = [row for row in evidence.copies[FINAL]["dek"] if row["subject"] == evidence.her]
    assert rows
    assert {row["category"].partition("/")[0] for row in rows} == {"notice"}
    assert {row["key_id"] for row in rows} <= survivor(evidence).deks.keys()


def test_what_was_parked_and_is_nobodys_opens_until_its_date(evidence: Evidence) -> None:
    items = {row["item"] for row in evidence.copies[FINAL]["loose_key"]}
    assert len(items) >= 4
    assert items == survivor(evidence).loose.keys()


@pytest.fixture(scope="session")
def segments(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Publish a source's messages about her, and our facts as they are stored."""
    try:
        with open_broker(tmp_path_factory.mktemp("broker"), CACHE) as broker:
            published = make_topic(broker.address, "published", 1)
            feed = Feed(SOURCE)
            tell(feed, HER)
            published.tell(feed)
            make_topic(broker.address, topic_of(SLUG), 1)
            with evidence.house() as proof, sending(Connection((broker.address,))) as sender:
                slugs = {proof.controller: SLUG}
                house = proof.house
                Relay(house.store, sender, house.keyring, CLUSTER, slugs).run_once(lambda: False)
            yield broker.data
    except BrokerUnavailable as why:
        reason = str(why).partition("; enable with")[0]
        pytest.skip(f"{reason}; enable with: make deps")


def test_our_topics_hold_her_tokens_and_nothing_that_opens_them(
    evidence: Evidence, keys: frozenset[bytes], segments: Path
) -> None:
    (ours,) = segments.glob(f"{topic_of(SLUG)}-*")
    kept = b"".join(contents(ours))
    tokens = {token.token for token in evidence.tokens[evidence.her]}
    assert tokens
    assert [token for token in tokens if token not in kept] == []
    marked = needles_of([HER, HER.lower()])
    assert scan(ours, (*marked, *key_needles(keys))).found == ()


def test_a_sources_topic_holds_what_the_source_published_in_plaintext(segments: Path) -> None:
    """No key of ours destroys it: the topic's retention does, and the source is told to erase."""
    (theirs,) = segments.glob("published-*")
    assert scan(theirs, needles_of([marks(HER)["given"]])).found != ()
