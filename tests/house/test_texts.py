"""Every fact can be told in every language, and every stored word in it has a word for people."""

import re
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest

from domain.catalogue import FACTS
from domain.decisions import RefusalReason
from domain.fact import Fact
from infra.cli.wording import Wording, wording
from schemas.contracts import contracts

LANGUAGES = [wording("en"), wording("nb")]
every_language = pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)


def told(fact: type[Fact], sentence: str) -> set[str]:
    """Name what a sentence asks of a fact, beside the source that every fact has."""
    return set(re.findall(r"\{(\w+)\}", sentence)) - {"source"} - set(get_type_hints(fact))


@every_language
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.TOPIC)
def test_every_fact_has_a_sentence_of_its_own_fields(fact: type[Fact], words: Wording) -> None:
    assert told(fact, words.texts["sentence"][fact.TOPIC]) == set()


@every_language
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.TOPIC)
def test_every_stored_word_has_a_word_for_people(fact: type[Fact], words: Wording) -> None:
    missing = [
        (name, member.value)
        for name, hint in get_type_hints(fact).items()
        for kind in (hint, *get_args(hint))
        if isinstance(kind, type) and issubclass(kind, StrEnum)
        for member in kind
        if member.value not in words.texts.get(name, {})
    ]
    assert missing == []


@every_language
def test_every_sealed_value_a_source_sends_has_a_name(words: Wording) -> None:
    names = {name for contract in contracts().values() for name in contract.personal}
    assert names - words.texts["field"].keys() == set()


@every_language
def test_every_refusal_has_a_word(words: Wording) -> None:
    assert {reason.value for reason in RefusalReason} - words.texts["refusal"].keys() == set()


def test_both_languages_say_the_same_things() -> None:
    english, norwegian = (
        {group: set(texts) for group, texts in words.texts.items()} for words in LANGUAGES
    )
    assert english == norwegian
