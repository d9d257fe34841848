"""Both languages say the same things, and have a word for everything that is shown."""

import string
from dataclasses import fields
from enum import StrEnum
from typing import Any, get_type_hints

import pytest

from consumers.ports import ParkReason
from domain.application import Stage, Status
from domain.catalogue import BY_TOPIC, FACTS
from domain.decisions import RefusalReason
from domain.fact import Fact
from infra.checks import Verdict
from infra.cli.wording import Wording, wording
from infra.settings import Language
from infra.views.queries.answers import ValueState
from infra.views.queries.board import COLUMNS
from infra.views.queries.slots import PersonStatus
from schemas.contracts import contracts

LANGUAGES = [language.value for language in Language]
ENUMS: dict[str, type[StrEnum]] = {
    "value": ValueState,
    "stage": Stage,
    "park": ParkReason,
    "refusal": RefusalReason,
    "verdict": Verdict,
    "state": PersonStatus,
}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _enums_of(fact: type[Fact]) -> list[tuple[str, type[StrEnum]]]:
    hints: dict[str, Any] = get_type_hints(fact)
    return [
        (field.name, kind)
        for field in fields(fact)
        for kind in (hints[field.name], *getattr(hints[field.name], "__args__", ()))
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    ]


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Wording:
    return wording(request.param)


def test_both_languages_have_the_same_keys() -> None:
    english, bokmal = (
        {(group, key) for group, texts in wording(name).texts.items() for key in texts}
        for name in LANGUAGES
    )
    assert english == bokmal


def test_both_languages_fill_in_the_same_values() -> None:
    english, bokmal = (wording(name).texts for name in LANGUAGES)
    different = [
        (group, key)
        for group, texts in english.items()
        for key, text in texts.items()
        if _placeholders(text) != _placeholders(bokmal[group][key])
    ]
    assert different == []


def test_every_fact_has_a_sentence(words: Wording) -> None:
    assert words.texts["sentence"].keys() == BY_TOPIC.keys()


def test_every_sentence_is_filled_from_clear_fields(words: Wording) -> None:
    for topic, text in words.texts["sentence"].items():
        clear = set(BY_TOPIC[topic].CLEAR) | {"source"}
        assert _placeholders(text) <= clear, topic


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.TOPIC)
def test_every_word_of_a_facts_enums_is_translated(words: Wording, fact: type[Fact]) -> None:
    for name, kind in _enums_of(fact):
        missing = {member.value for member in kind} - words.texts[name].keys()
        assert missing == set(), (fact.TOPIC, name)


@pytest.mark.parametrize(("group", "kind"), ENUMS.items(), ids=ENUMS)
def test_every_word_that_is_shown_is_translated(
    words: Wording, group: str, kind: type[StrEnum]
) -> None:
    assert {member.value for member in kind} <= words.texts[group].keys()


def test_every_column_of_a_board_is_translated(words: Wording) -> None:
    named = words.texts["stage"].keys() | words.texts["state"].keys()
    assert set(COLUMNS) <= named
    assert {status.value for status in Status} <= words.texts["state"].keys()


def test_every_personal_field_has_a_name(words: Wording) -> None:
    personal = {name for contract in contracts().values() for name in contract.personal}
    assert personal <= words.texts["field"].keys()


def test_a_late_fact_has_a_word(words: Wording) -> None:
    assert "late_fact" in words.texts["refusal"]


def test_a_category_keeps_its_things_id(words: Wording) -> None:
    assert words.category("documents/7").endswith(" 7")
    assert words.category("profile") == words.text("category", "profile")
