"""The documents name everything that can be named, and every link of theirs leads somewhere."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from domain.catalogue import BY_TOPIC, FACTS
from infra.cli.app import program
from infra.settings import SETTINGS
from tests.house.tree import ROOT, files

_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@cache
def _documents() -> dict[Path, str]:
    return {path: path.read_text() for path in files() if path.suffix == ".md"}


def _everything() -> str:
    return "\n".join(_documents().values())


def _missing(names: Iterable[str], text: str) -> list[str]:
    return [name for name in names if f"`{name}`" not in text]


def test_every_stored_name_is_documented() -> None:
    assert _missing(BY_TOPIC, (ROOT / "docs" / "facts.md").read_text()) == []


def test_every_fact_class_is_documented() -> None:
    classes = (fact.__name__ for fact in FACTS)
    assert _missing(classes, (ROOT / "docs" / "facts.md").read_text()) == []


def test_every_setting_is_documented() -> None:
    assert _missing((setting.name for setting in SETTINGS), _everything()) == []


def test_no_document_names_a_setting_that_is_not() -> None:
    named = set(re.findall(r"GLEMMEBOK_[A-Z_]+", _everything()))
    assert named <= {setting.name for setting in SETTINGS}


def _verbs(app: typer.Typer, path: str) -> Iterator[str]:
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        if not command.hidden:
            yield f"{path} {name}"
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from _verbs(group.typer_instance, f"{path} {group.name}")


def test_every_verb_of_the_command_is_documented() -> None:
    verbs = _verbs(program(), "glemmebok")
    text = _everything()
    assert [verb for verb in verbs if verb not in text] == []


def test_every_link_leads_to_a_file() -> None:
    dead = [
        (path.name, target)
        for path, text in _documents().items()
        for target in _LINK.findall(text)
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert dead == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    waiting = list(reached)
    while waiting:
        path = waiting.pop()
        targets = {(path.parent / link).resolve() for link in _LINK.findall(_documents()[path])}
        fresh = {target for target in targets & set(_documents()) if target not in reached}
        reached |= fresh
        waiting += fresh
    assert set(_documents()) - reached == set()


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("heading", ["Schemas", "Stored names"])
def test_the_changelog_has_a_place_for_what_is_kept_for_ever(heading: str) -> None:
    assert re.search(rf"^#+ {heading}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
