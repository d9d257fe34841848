"""A person is one controller's candidate: another's name does not open her."""

import pytest

from tests.cli.conftest import Cli, World, subject_of


@pytest.mark.parametrize("verb", ["show", "timeline"])
def test_a_person_opens_under_her_own_controller(cli: Cli, world: World, verb: str) -> None:
    person = world.somebody()
    subject = subject_of(cli, person)
    assert cli(verb, subject, "--controller", person["controller"], "--json").code == 0


@pytest.mark.parametrize("verb", ["show", "timeline"])
def test_a_person_does_not_open_under_another_controller(cli: Cli, world: World, verb: str) -> None:
    person = world.somebody()
    subject = subject_of(cli, person)
    other = "miles" if person["controller"] != "miles" else "express"
    assert cli(verb, subject, "--controller", other, "--json").code == 2
