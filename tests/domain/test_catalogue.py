"""The catalogue: every fact class, its stored name, its shape and its clear fields.

Clear by type: random UUIDs only. Whatever else is to be clear, an enum, a number, a flag, a time or
a string, is declared in ``CLEAR`` with a reason.
"""

import dataclasses
import re
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType, NoneType
from typing import Any, ClassVar, get_args, get_type_hints
from uuid import UUID

import pytest

import domain
from domain.catalogue import BY_TOPIC, FACTS, OTHER_FACTS, PERSON_FACTS
from domain.fact import STAMP_CLEAR, Fact, Stamp
from domain.values import SealedPart

STORED_NAME = re.compile(r"[a-z]+\.[a-z-]+")
MODULES = tuple([import_module(f"domain.{found.name}") for found in iter_modules(domain.__path__)])
DECIDERS = tuple([module for module in MODULES if {"evolve", "decide"} <= vars(module).keys()])

every_class = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.TOPIC)


def is_random_id(hint: Any) -> bool:  # noqa: ANN401 - type hints have no type of their own
    """Say whether a type hint admits random UUIDs alone, optional or in a tuple."""
    leaves = [leaf for leaf in get_args(hint) if leaf not in (NoneType, Ellipsis)]
    if leaves:
        return all(is_random_id(leaf) for leaf in leaves)
    return getattr(hint, "__supertype__", hint) is UUID


def clear_fields(fact: type) -> set[str]:
    """Name the fields that everyone may read and that are no random ids."""
    hints = get_type_hints(fact)
    names = [known.name for known in dataclasses.fields(fact) if known.name != "sealed"]
    return {name for name in names if not is_random_id(hints[name])}


@dataclasses.dataclass(frozen=True, slots=True)
class UndeclaredPay:
    """A fact that lets pay be read by everyone without saying so."""

    TOPIC: ClassVar[str] = "example.undeclared"
    CLEAR: ClassVar[Mapping[str, str]] = {}
    application_id: UUID
    pay: int | None
    sealed: tuple[SealedPart, ...] = ()


@every_class
def test_a_fact_is_frozen(fact: type[Fact]) -> None:
    assert fact.__dataclass_params__.frozen  # type: ignore[attr-defined]  # set by dataclass


@every_class
def test_a_fact_is_slotted(fact: type[Fact]) -> None:
    assert "__slots__" in vars(fact)


@every_class
def test_a_fact_has_a_stored_name_of_its_own(fact: type[Fact]) -> None:
    assert STORED_NAME.fullmatch(vars(fact)["TOPIC"])


@every_class
def test_a_fact_ends_in_its_sealed_parts(fact: type[Fact]) -> None:
    assert dataclasses.fields(fact)[-1].name == "sealed"  # type: ignore[arg-type]  # a dataclass


@every_class
def test_what_a_fact_leaves_clear_is_declared(fact: type[Fact]) -> None:
    assert set(vars(fact)["CLEAR"]) == clear_fields(fact)


@every_class
def test_what_a_fact_leaves_clear_has_a_reason(fact: type[Fact]) -> None:
    assert all(reason.strip() for reason in fact.CLEAR.values())


def test_an_undeclared_clear_field_is_found() -> None:
    assert clear_fields(UndeclaredPay) - set(UndeclaredPay.CLEAR) == {"pay"}


@pytest.mark.parametrize("hint", [UUID, UUID | None, tuple[UUID, ...]])
def test_random_ids_are_clear_by_type(hint: object) -> None:
    assert is_random_id(hint)


@pytest.mark.parametrize("hint", [str, str | None, int, bool, bytes, tuple[UUID, str], tuple[int]])
def test_nothing_else_is_clear_by_type(hint: object) -> None:
    assert not is_random_id(hint)


def test_what_a_stamp_leaves_clear_is_declared() -> None:
    assert set(STAMP_CLEAR) == clear_fields(Stamp)


def test_stored_names_are_unique() -> None:
    assert len(BY_TOPIC) == len(FACTS)


def defined_in(module: ModuleType) -> set[type]:
    """Find the fact classes a module defines itself."""
    return {
        known
        for known in vars(module).values()
        if isinstance(known, type)
        and known.__module__ == module.__name__
        and "TOPIC" in vars(known)
    }


def test_the_catalogue_holds_every_fact_class() -> None:
    assert set().union(*map(defined_in, MODULES)) == set(FACTS)


def test_every_fact_class_stands_beside_its_decider() -> None:
    assert set().union(*map(defined_in, DECIDERS)) == set(FACTS)


def test_a_fact_is_a_persons_or_another_streams() -> None:
    assert set(PERSON_FACTS).isdisjoint(OTHER_FACTS)


def test_what_a_person_may_have_recorded_is_named_after_her() -> None:
    assert {fact.TOPIC.partition(".")[0] for fact in PERSON_FACTS} == {"candidate", "subject"}
