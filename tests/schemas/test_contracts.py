"""Each upstream record's contract gives exactly the fact it becomes."""

from dataclasses import fields
from enum import StrEnum
from typing import Any, cast, get_args, get_type_hints

import pytest

from domain.application import ApplicationSubmitted
from domain.catalogue import BY_TOPIC, OTHER_FACTS
from domain.keyring import ContactKind
from domain.mentions import Role
from domain.profile import (
    CandidateRegistered,
    ProfileSectionCorrected,
    ProfileSectionStated,
    Provenance,
)
from schemas.contracts import contracts
from schemas.published import Room, newest, published

TOPICS = sorted(contracts())
CURRENT = newest(published(Room.UPSTREAM))


@pytest.mark.parametrize("topic", TOPICS)
def test_clear_and_keyed_fields_are_the_facts_own_fields(topic: str) -> None:
    contract = contracts()[topic]
    keyed = [*contract.keyed.values(), *([contract.stream] if contract.stream else [])]
    given = contract.clear | {one.becomes for one in keyed}
    own = {item.name for item in fields(cast("Any", BY_TOPIC[topic]))} - {"sealed"}
    assert given == own


@pytest.mark.parametrize("topic", TOPICS)
def test_every_field_is_in_exactly_one_part_of_the_contract(topic: str) -> None:
    contract = contracts()[topic]
    others = [name for one in contract.mentions.values() for name in (one.field, *one.personal)]
    parts = [*contract.clear, *contract.keyed, *contract.personal, *others]
    assert sorted(parts) == sorted(field["name"] for field in CURRENT[topic].record()["fields"])


@pytest.mark.parametrize("topic", TOPICS)
def test_a_clear_fields_reason_is_the_one_its_fact_gives(topic: str) -> None:
    reasons = {
        field["name"]: field["x-clear"]
        for field in CURRENT[topic].record()["fields"]
        if field["x-class"] == "M"
    }
    assert reasons == dict(BY_TOPIC[topic].CLEAR)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_enum_on_the_wire_is_the_enum_of_the_fact(topic: str) -> None:
    hints = get_type_hints(BY_TOPIC[topic])
    for field in CURRENT[topic].record()["fields"]:
        avro, hint = field["type"], hints.get(field["name"])
        if isinstance(avro, dict) and avro["type"] == "array":
            avro, hint = avro["items"], get_args(hint)[:1] and get_args(hint)[0]
        if isinstance(avro, dict) and avro["type"] == "enum":
            assert avro["symbols"] == [member.value for member in cast("type[StrEnum]", hint)]


def test_another_person_in_a_record_has_a_role_of_the_domains() -> None:
    roles = {role for contract in contracts().values() for role in contract.mentions}
    assert roles <= set(Role)
    assert roles >= {Role.REFEREE, Role.INTERVIEWER, Role.ATTENDEE, Role.CLIENT_CONTACT}


def test_an_address_of_another_persons_is_among_her_values() -> None:
    for contract in contracts().values():
        for mention in contract.mentions.values():
            assert mention.contacts.keys() <= mention.personal.keys()
            assert set(mention.contacts.values()) <= set(ContactKind)


@pytest.mark.parametrize("topic", TOPICS)
def test_only_what_is_no_persons_has_a_stream_of_a_kind(topic: str) -> None:
    assert (contracts()[topic].stream is not None) == (BY_TOPIC[topic] in OTHER_FACTS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_rounded_field_is_a_clear_one(topic: str) -> None:
    assert contracts()[topic].rounded.keys() <= contracts()[topic].clear


def test_only_registering_and_applying_begin_a_new_person() -> None:
    begins = {topic for topic, contract in contracts().items() if contract.begins}
    assert begins == {CandidateRegistered.TOPIC, ApplicationSubmitted.TOPIC}


@pytest.mark.requirement("A8", "A42", "A90", "A91", "A131", "A137")
@pytest.mark.parametrize("fact", [ProfileSectionStated, ProfileSectionCorrected])
def test_whatever_is_stated_says_where_it_comes_from(
    fact: type[ProfileSectionStated | ProfileSectionCorrected],
) -> None:
    assert "provenance" in contracts()[fact.TOPIC].clear
    assert get_type_hints(fact)["provenance"] is Provenance


@pytest.mark.requirement("A44")
def test_pay_is_sealed_apart_from_the_profile() -> None:
    contract = contracts()["candidate.profile-section-stated"]
    assert contract.personal["pay_expectation"] == "special"
