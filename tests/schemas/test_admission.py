"""What a schema must be before anything is decoded with it."""

import copy
import json
from typing import Any

import pytest

from schemas.admission import admit
from schemas.published import Published, Room, published
from schemas.shape_rules import (
    NESTING_DEPTH_MAX,
    SCHEMA_BYTES_MAX,
    Objection,
    SchemaNotAdmitted,
    read_shape,
)

CLEAR = {"x-class": "M", "x-clear": "a reason"}
PERSONAL = {"x-class": "P", "x-category": "profile"}
EVERY = [*published(Room.UPSTREAM), *published(Room.FACTS)]


def record(*fields: dict[str, Any], name: str = "Probe") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def field(avro: object, name: str = "probe", **attributes: object) -> dict[str, Any]:
    return {"name": name, "type": avro, **attributes}


def objection_to(schema: object) -> Objection:
    with pytest.raises(SchemaNotAdmitted) as refused:
        admit(json.dumps(schema))
    return refused.value.objection


def nested(levels: int) -> object:
    return "string" if levels == 0 else {"type": "array", "items": nested(levels - 1)}


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.file_name)
def test_every_published_schema_is_admitted(item: Published) -> None:
    admit(item.text)


def test_a_record_that_contains_itself_is_recursive() -> None:
    loop = record(field(["null", "Probe"], **PERSONAL))
    assert objection_to(loop) is Objection.RECURSIVE


def test_a_record_that_contains_itself_by_its_full_name_is_recursive() -> None:
    loop = record(field({"type": "array", "items": "space.Probe"}, **PERSONAL))
    loop["namespace"] = "space"
    assert objection_to(loop) is Objection.RECURSIVE


def test_a_record_that_contains_itself_through_another_is_recursive() -> None:
    inner = record(field({"type": "map", "values": "Probe"}), name="Inner")
    assert objection_to(record(field(inner, **PERSONAL))) is Objection.RECURSIVE


@pytest.mark.parametrize(
    "item",
    [
        "null",
        {"type": "fixed", "name": "Nothing", "size": 0},
        record(name="Empty"),
        record(field("null"), name="Hollow"),
        {"type": "null"},
    ],
    ids=["null", "fixed of 0", "empty record", "record of null", "wrapped null"],
)
@pytest.mark.parametrize("many", [("array", "items"), ("map", "values")], ids=lambda m: m[0])
def test_items_without_width_are_not_admitted(many: tuple[str, str], item: object) -> None:
    kind, key = many
    probe = record(field({"type": kind, key: item}, **PERSONAL))
    assert objection_to(probe) is Objection.ZERO_WIDTH_ITEMS


def test_a_named_type_without_width_is_no_item_either() -> None:
    empty = field(record(name="Empty"), name="first", **PERSONAL)
    many = field({"type": "array", "items": "Empty"}, name="then", **PERSONAL)
    assert objection_to(record(empty, many)) is Objection.ZERO_WIDTH_ITEMS


def test_a_union_with_null_is_an_item_because_its_branch_takes_a_byte() -> None:
    admit(json.dumps(record(field({"type": "array", "items": ["null", "string"]}, **PERSONAL))))


def test_nesting_to_the_limit_is_admitted() -> None:
    admit(json.dumps(record(field(nested(NESTING_DEPTH_MAX - 1), **PERSONAL))))


def test_nesting_beyond_the_limit_is_too_deep() -> None:
    probe = record(field(nested(NESTING_DEPTH_MAX), **PERSONAL))
    assert objection_to(probe) is Objection.TOO_DEEP


def test_a_large_text_is_not_even_parsed() -> None:
    with pytest.raises(SchemaNotAdmitted) as refused:
        read_shape(b" " * (SCHEMA_BYTES_MAX + 1))
    assert refused.value.objection is Objection.TOO_LARGE


def test_brackets_that_would_exhaust_the_parser_are_no_schema() -> None:
    with pytest.raises(SchemaNotAdmitted) as refused:
        read_shape(b"[" * (SCHEMA_BYTES_MAX - 1))
    assert refused.value.objection is Objection.NOT_A_SCHEMA


@pytest.mark.parametrize(
    "schema",
    ["string", [], 5, {"type": "record"}, {"type": "record", "name": "A", "fields": [3]}],
)
def test_what_is_no_record_is_no_schema(schema: object) -> None:
    assert objection_to(schema) is Objection.NOT_A_SCHEMA


@pytest.mark.parametrize(
    "avro",
    ["Unheard", 5, {"items": "string"}, {"type": "enum", "name": "E", "symbols": [1]}],
    ids=["undefined name", "number", "no type", "symbols that are no text"],
)
def test_a_type_that_is_none_is_no_schema(avro: object) -> None:
    assert objection_to(record(field(avro, **PERSONAL))) is Objection.NOT_A_SCHEMA


@pytest.mark.parametrize(
    "avro",
    [
        "string",
        "long",
        "boolean",
        "bytes",
        ["null", "string"],
        {"type": "enum", "name": "E", "symbols": ["a"]},
        {"type": "fixed", "name": "F", "size": 4},
        {"type": "array", "items": "string"},
        record(name="Empty"),
    ],
    ids=str,
)
def test_a_leaf_without_a_class_is_unclassified(avro: object) -> None:
    assert objection_to(record(field(avro))) is Objection.UNCLASSIFIED


def test_a_nested_leaf_without_a_class_is_unclassified() -> None:
    inner = record(field("string"), name="Inner")
    assert objection_to(record(field(inner, **PERSONAL))) is Objection.UNCLASSIFIED


def test_a_clear_leaf_needs_its_reason() -> None:
    assert objection_to(record(field("long", **{"x-class": "M"}))) is Objection.UNCLASSIFIED


@pytest.mark.parametrize("left_out", ["x-clear", "x-keyed", "x-becomes"])
def test_an_id_of_the_source_needs_what_it_becomes(left_out: str) -> None:
    whole = {"x-class": "I", "x-clear": "keyed", "x-keyed": "thing", "x-becomes": "thing_id"}
    partial = {key: value for key, value in whole.items() if key != left_out}
    assert objection_to(record(field("string", **partial))) is Objection.UNCLASSIFIED


def test_a_personal_leaf_needs_a_category() -> None:
    assert objection_to(record(field("string", **{"x-class": "P"}))) is Objection.MISCLASSIFIED


@pytest.mark.parametrize(
    ("declared", "category"),
    [("S", "profile"), ("T", "communications"), ("P", "special"), ("F", "telemetry")],
)
def test_a_class_in_another_classs_category_is_misclassified(declared: str, category: str) -> None:
    probe = record(field("string", **{"x-class": declared, "x-category": category}))
    assert objection_to(probe) is Objection.MISCLASSIFIED


def test_nothing_is_clear_inside_a_personal_field() -> None:
    inner = record(field("long", **CLEAR), name="Inner")
    assert objection_to(record(field(inner, **PERSONAL))) is Objection.MISCLASSIFIED


@pytest.mark.requirement("A44")
def test_pay_is_not_hidden_inside_the_profile() -> None:
    inner = record(field("long", **{"x-class": "S"}), name="Inner")
    assert objection_to(record(field(inner, **PERSONAL))) is Objection.MISCLASSIFIED


def test_bytes_may_carry_what_is_classified_elsewhere() -> None:
    admit(json.dumps(record(field("bytes", **{"x-carries": "fact"}))))


def test_a_text_carries_nothing_but_itself() -> None:
    probe = record(field("string", **{"x-carries": "fact"}))
    assert objection_to(probe) is Objection.UNCLASSIFIED


@pytest.mark.requirement("A5")
@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.file_name)
def test_taking_away_any_class_of_a_published_schema_is_noticed(item: Published) -> None:
    whole = json.loads(item.text)
    for index, own in enumerate(whole["fields"]):
        if "x-class" in own:
            probe = copy.deepcopy(whole)
            del probe["fields"][index]["x-class"]
            assert objection_to(probe) is Objection.UNCLASSIFIED


def test_another_persons_field_needs_her_id_in_the_same_record() -> None:
    hers = field("string", **PERSONAL, **{"x-about": "referee"})
    assert objection_to(record(hers)) is Objection.MISCLASSIFIED
    named = {"x-class": "I", "x-clear": "a reason", "x-mentions": "referee"}
    admit(json.dumps(record(hers, field(["null", "string"], "remote_id", **named))))


def test_an_id_that_becomes_nothing_and_names_nobody_is_unclassified() -> None:
    nothing = field("string", **{"x-class": "I", "x-clear": "a reason"})
    assert objection_to(record(nothing)) is Objection.UNCLASSIFIED
