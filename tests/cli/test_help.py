"""Help explains every command and option, with an example, and nobody's data."""

import re
from importlib.metadata import version
from typing import Any

import pytest
from typer.main import get_command

from infra.cli.app import COMMANDS, program
from tests.cli.conftest import Cli

NAMES = [command.__name__.strip("_").replace("_", "-") for command in COMMANDS]
ADDRESS = re.compile(r"[\w.]+@([\w.]+)")


def _command(name: str) -> Any:  # noqa: ANN401 - the parser's own type is private
    group: Any = get_command(program())
    return group.commands[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_says_what_it_does_and_how_it_is_typed(name: str) -> None:
    text = _command(name).help
    assert len(text.split("\n\n")[0]) > 20
    assert f"Example: glemmebok {name}" in text or f"glemmebok {name}" in text.split("Example: ")[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_option_has_a_help_text(name: str) -> None:
    silent = [option.name for option in _command(name).params if not option.help]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_help_is_printed_without_a_house(anywhere: Cli, name: str) -> None:
    answer = anywhere(name, "--help")
    assert answer.code == 0
    assert all(len(line) <= 80 for line in answer.out.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_examples_hold_reserved_addresses_only(name: str) -> None:
    assert set(ADDRESS.findall(_command(name).help)) <= {"example.com"}


def test_the_help_lists_every_command(anywhere: Cli) -> None:
    printed = anywhere("--help").out
    assert [name for name in NAMES if f" {name} " not in printed] == []


def test_nothing_asked_for_is_answered_with_help(anywhere: Cli) -> None:
    answer = anywhere()
    assert answer.code == 2
    assert "Usage: glemmebok" in answer.out + answer.err


def test_the_version_is_the_packages(anywhere: Cli) -> None:
    answer = anywhere("--version")
    assert (answer.code, answer.out) == (0, f"glemmebok {version('glemmebok')}\n")
