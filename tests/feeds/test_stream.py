"""Who is known where, and in which order her facts arrive."""

import pytest

from domain.application import ApplicationStageChanged, ApplicationSubmitted
from domain.profile import CandidateRegistered
from infra.codec.limits import FACT_BYTES_MAX
from infra.codec.upstream import UpstreamCodec
from infra.feeds.habits import HABITS, Opening
from infra.feeds.lives import World
from infra.feeds.pools import pools
from infra.feeds.roster import Roster
from infra.feeds.stream import CHUNK_PEOPLE, Chunk, Feed
from infra.feeds.trouble import Item, Outcome
from tests.feeds.conftest import SEED

MANY = 6_000
SOURCE = "toptemp.min-side"


@pytest.fixture(scope="module")
def roster() -> Roster:
    return Roster(MANY, SEED)


@pytest.fixture(scope="module")
def chunks() -> list[Chunk]:
    world = World(Roster(2_000, SEED), pools(SEED), SEED)
    return list(Feed(world, SOURCE, UpstreamCodec().encode_fact, FACT_BYTES_MAX).chunks())


def first_arrivals(chunks: list[Chunk]) -> dict[tuple[str, str], int]:
    """Place each person's, or application's, first item of each kind among the good items."""
    placed: dict[tuple[str, str], int] = {}
    good = [i for chunk in chunks for i in chunk.items if i.outcome is Outcome.RECORDED]
    for place, item in enumerate(good):
        placed.setdefault((item.topic, item.about or item.envelope.remote_candidate_id), place)
        placed.setdefault(("any", item.envelope.remote_candidate_id), place)
    return placed


def owner(source: str) -> str:
    return source.partition(".")[0]


def test_a_second_source_is_another_one_of_the_same_controller(roster: Roster) -> None:
    pairs = [(roster.home(p), roster.second(p)) for p in range(MANY)]
    doubled = [(home, second) for home, second in pairs if second is not None]
    assert doubled
    assert all(home != second and owner(home) == owner(second) for home, second in doubled)


def test_a_second_source_always_tells_her_address(roster: Roster) -> None:
    seconds = {roster.second(p) for p in range(MANY)} - {None}
    assert all(HABITS[s].opening is not Opening.SOURCED for s in seconds if s is not None)


def test_a_source_elsewhere_is_another_controllers(roster: Roster) -> None:
    pairs = [(roster.home(p), roster.elsewhere(p)) for p in range(MANY)]
    doubled = [(home, other) for home, other in pairs if other is not None]
    assert len(doubled) == MANY // 60
    assert all(owner(home) != owner(other) for home, other in doubled)


def test_facts_arrive_before_some_registrations(chunks: list[Chunk]) -> None:
    placed = first_arrivals(chunks)
    people = [who for kind, who in placed if kind == CandidateRegistered.TOPIC]
    late = [w for w in people if placed["any", w] < placed[CandidateRegistered.TOPIC, w]]
    assert 0 < len(late) < len(people) * 0.1


def test_some_stage_changes_arrive_before_their_application(chunks: list[Chunk]) -> None:
    placed = first_arrivals(chunks)
    staged = [about for kind, about in placed if kind == ApplicationStageChanged.TOPIC]
    late = [
        about
        for about in staged
        if placed[ApplicationStageChanged.TOPIC, about] < placed[ApplicationSubmitted.TOPIC, about]
    ]
    assert 0 < len(late) < len(staged) * 0.1


def test_some_repeats_follow_at_once_and_some_after_others(chunks: list[Chunk]) -> None:
    distances = set()
    for chunk in chunks:
        places: dict[str, int] = {}
        for place, item in enumerate(chunk.items):
            if item.outcome is Outcome.RECORDED:
                places[item.envelope.remote_event_id] = place
            elif item.outcome is Outcome.DUPLICATE:
                distances.add(place - places[item.envelope.remote_event_id])
    assert min(distances) == 1
    assert max(distances) > 500


def test_a_repeat_is_the_same_envelope(chunks: list[Chunk]) -> None:
    items = [item for chunk in chunks for item in chunk.items]
    good = {i.envelope.remote_event_id: i for i in items if i.outcome is Outcome.RECORDED}
    repeated: list[Item] = [i for i in items if i.outcome is Outcome.DUPLICATE]
    assert all(good[i.envelope.remote_event_id].envelope == i.envelope for i in repeated)


def test_a_chunk_holds_so_many_people_and_no_more(chunks: list[Chunk]) -> None:
    assert len(chunks) > 1
    assert {len(chunk.lives) for chunk in chunks[:-1]} == {CHUNK_PEOPLE}
