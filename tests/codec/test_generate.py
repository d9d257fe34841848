"""Stored schemas come from the fact classes; nothing is clear without its reason."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import pytest

from domain.erasure import ErasureOrdered
from domain.fact import NOTHING_SEALED
from domain.values import SealedPart
from infra.codec.generate import main, schema_of, unpublished


@dataclass(frozen=True, slots=True)
class Whispered:
    """A class that forgot to say why its field may be read by anyone."""

    TOPIC: ClassVar[str] = "candidate.whispered"
    CLEAR: ClassVar[Mapping[str, str]] = {}
    whisper: str
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A class of ids alone, which need no reason."""

    TOPIC: ClassVar[str] = "candidate.mentioned"
    CLEAR: ClassVar[Mapping[str, str]] = {}
    others: tuple[UUID, ...]
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class Regretted:
    """A hire with a field more than the published one."""

    TOPIC: ClassVar[str] = "candidate.hired"
    CLEAR: ClassVar[Mapping[str, str]] = {"regrets": "a count"}
    application_id: UUID
    regrets: int = 1
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


def test_a_clear_field_without_a_reason_is_not_published() -> None:
    with pytest.raises(ValueError, match="whisper would be stored in clear"):
        schema_of(Whispered)


def test_ids_are_clear_by_their_type() -> None:
    assert "others" in schema_of(Mentioned)


def test_a_new_class_gets_its_first_version() -> None:
    (item,) = unpublished([Mentioned])
    assert item.file_name == "facts/candidate.mentioned.v1.avsc"


def test_a_class_that_grew_gets_its_next_version() -> None:
    (item,) = unpublished([Regretted])
    assert item.file_name == "facts/candidate.hired.v2.avsc"


def test_a_later_fields_default_stands_in_the_schema() -> None:
    fields = {field["name"]: field for field in json.loads(schema_of(Regretted))["fields"]}
    assert fields["regrets"]["default"] == 1


def test_a_named_type_is_defined_once_and_then_referred_to() -> None:
    assert schema_of(ErasureOrdered).count('"name": "Uuid"') == 1


def test_instants_are_timestamps_to_whoever_reads_the_schema() -> None:
    fields = {field["name"]: field for field in json.loads(schema_of(Mentioned))["fields"]}
    assert fields["occurred_at"]["type"] == {"type": "long", "logicalType": "timestamp-micros"}


def test_checking_finds_nothing_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["--check"]), capsys.readouterr().out) == (0, "")
