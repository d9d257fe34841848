"""Stored facts come back exactly as they went, and what is not one is told apart."""

from collections.abc import Callable
from typing import Any, NewType, cast, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.application import ApplicationSubmitted, CandidateHired
from domain.catalogue import FACTS
from domain.fact import Actor, Fact, Stamp
from domain.values import ControllerId, FactId, Sealed, SealedPart
from infra.codec.avro import HEADER_BYTES, SchemaMissing, fingerprint_of
from infra.codec.facts import FactCodec, FactUnreadable, own_fields
from infra.codec.fields import shape_of, uuid_of
from schemas.published import Room, newest, published
from tests.examples import hired, stamp, submitted

LONGS = st.integers(-(2**63), 2**63 - 1)
PARTS = st.lists(st.builds(SealedPart, st.text(max_size=50), st.builds(Sealed, st.binary())))
PLAIN = {int: LONGS, str: st.text(), bytes: st.binary()}
STAMPS = st.builds(
    Stamp,
    st.uuids().map(FactId),
    st.uuids().map(ControllerId),
    LONGS,
    LONGS,
    st.text(),
    st.sampled_from(Actor),
)


def values_of(annotation: object) -> st.SearchStrategy[Any]:
    if isinstance(annotation, NewType):
        return values_of(annotation.__supertype__)
    if get_origin(annotation) is tuple:
        return st.lists(values_of(get_args(annotation)[0]), max_size=5).map(tuple)
    return PLAIN[annotation] if annotation in PLAIN else st.from_type(cast("type", annotation))


def facts_of(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    make: Callable[..., Fact] = kind
    own = {name: values_of(annotation) for name, annotation in own_fields(kind).items()}
    return st.builds(make, **own, sealed=PARTS.map(tuple))


@pytest.fixture(scope="module")
def codec() -> FactCodec:
    return FactCodec()


@settings(deadline=None)
@given(stamped=STAMPS, fact=st.sampled_from(FACTS).flatmap(facts_of))
def test_every_fact_comes_back_as_it_went(codec: FactCodec, stamped: Stamp, fact: Fact) -> None:
    assert codec.decode(fact.TOPIC, codec.encode(stamped, fact)) == (stamped, fact)


@settings(deadline=None)
@given(stamped=STAMPS, fact=st.sampled_from(FACTS).flatmap(facts_of))
def test_every_value_comes_back_in_its_own_type(
    codec: FactCodec, stamped: Stamp, fact: Fact
) -> None:
    found_stamp, found = codec.decode(fact.TOPIC, codec.encode(stamped, fact))
    assert (repr(found_stamp), repr(found)) == (repr(stamped), repr(fact))


@settings(deadline=None)
@given(stamped=STAMPS, fact=st.sampled_from(FACTS).flatmap(facts_of))
def test_tokens_read_alone_are_those_of_the_fact(
    codec: FactCodec, stamped: Stamp, fact: Fact
) -> None:
    parts = [(part.category, part.sealed.token) for part in fact.sealed]
    found = codec.tokens(fact.TOPIC, codec.encode(stamped, fact))
    assert found == (stamped.fact_id, parts)


def test_a_stored_fact_is_a_single_object_of_its_newest_schema(codec: FactCodec) -> None:
    schema = newest(published(Room.FACTS))[CandidateHired.TOPIC].record()
    header = b"\xc3\x01" + fingerprint_of(schema)
    assert codec.encode(stamp(), hired()).startswith(header)


def test_a_fact_without_sealed_values_shares_the_empty_tuple(codec: FactCodec) -> None:
    _, fact = codec.decode(CandidateHired.TOPIC, codec.encode(stamp(), hired()))
    assert fact.sealed is CandidateHired(UUID(int=0)).sealed


def test_a_fact_under_another_stored_name_is_unreadable(codec: FactCodec) -> None:
    with pytest.raises(FactUnreadable, match="unknown_schema"):
        codec.decode(ApplicationSubmitted.TOPIC, codec.encode(stamp(), hired()))


def test_a_fact_of_a_schema_unknown_here_is_unreadable(codec: FactCodec) -> None:
    state = codec.encode(stamp(), hired())
    with pytest.raises(FactUnreadable, match="unknown_schema"):
        codec.decode(CandidateHired.TOPIC, state[:2] + bytes(8) + state[HEADER_BYTES:])


def test_a_fact_cut_short_is_unreadable(codec: FactCodec) -> None:
    with pytest.raises(FactUnreadable, match="truncated"):
        codec.decode(CandidateHired.TOPIC, codec.encode(stamp(), hired())[:-1])


def test_a_byte_behind_a_fact_makes_it_unreadable(codec: FactCodec) -> None:
    with pytest.raises(FactUnreadable, match="trailing_bytes"):
        codec.decode(CandidateHired.TOPIC, codec.encode(stamp(), hired()) + b"\0")


def test_an_unreadable_fact_repeats_nothing_of_its_bytes(codec: FactCodec) -> None:
    token = SealedPart("profile", Sealed(b"canary"))
    with pytest.raises(FactUnreadable) as unreadable:
        codec.decode(CandidateHired.TOPIC, codec.encode(stamp(), hired(sealed=(token,)))[:-1])
    assert str(unreadable.value) == "candidate.hired: truncated"
    assert unreadable.value.__suppress_context__


def test_an_open_application_has_no_assignment(codec: FactCodec) -> None:
    fact = submitted(assignment=None)
    assert codec.decode(fact.TOPIC, codec.encode(stamp(), fact)) == (stamp(), fact)


def test_a_fact_class_without_a_published_schema_stops_the_codec() -> None:
    with pytest.raises(SchemaMissing, match=r"candidate\.hired"):
        FactCodec([CandidateHired], [])


@settings(deadline=None)
@given(st.uuids())
def test_a_quick_uuid_is_a_uuid(made: UUID) -> None:
    quick = uuid_of(made.bytes)
    assert (quick, hash(quick), str(quick), quick.is_safe) == (
        made,
        hash(made),
        str(made),
        made.is_safe,
    )


def test_a_type_without_a_place_in_avro_is_refused() -> None:
    with pytest.raises(TypeError, match="no place in a stored fact"):
        shape_of(dict[str, str])
