"""Restricting through the program: withheld everywhere, told, lifted only after she was told."""

from uuid import UUID

import pytest

from domain.values import ControllerId, SubjectId
from infra.house import House
from infra.rights import settle_restrictions, unsettled
from tests.cli.conftest import Cli
from tests.cli.officer.doing import do, recorded, shown, states

GROUND = ("--ground", "accuracy_contested")


@pytest.fixture
def restricted(cli: Cli, subject: str) -> str:
    """Restrict somebody."""
    do(cli, "restrict", subject, *GROUND, "--reason", "she says the grade is wrong")
    return subject


@pytest.mark.requirement("A33", "A157")
def test_a_restricted_person_is_withheld_in_every_view(cli: Cli, restricted: str) -> None:
    dossier = shown(cli, restricted)
    assert states(dossier) == {"withheld"}
    assert dossier["restricted"] is True
    facts = do(cli, "timeline", restricted).document["facts"]
    assert {value["state"] for fact in facts for value in fact["values"]} == {"withheld"}


def test_a_lifted_restriction_is_present_again(cli: Cli, restricted: str) -> None:
    assert recorded(do(cli, "restriction", "announce-lift", restricted)) == [
        (restricted, "subject.restriction-lift-announced")
    ]
    assert recorded(do(cli, "restriction", "lift", restricted)) == [
        (restricted, "subject.restriction-lifted")
    ]
    dossier = shown(cli, restricted)
    assert states(dossier) == {"present"}
    assert dossier["restricted"] is False


def test_lifting_before_she_was_told_is_refused_by_a_duty(cli: Cli, restricted: str) -> None:
    answer = cli("restriction", "lift", restricted, "--json")
    assert answer.code == 4
    assert "not_announced" in answer.error["message"]
    assert states(shown(cli, restricted)) == {"withheld"}


def test_the_register_lists_who_is_restricted_and_on_what_ground(cli: Cli, restricted: str) -> None:
    listed = do(cli, "restriction", "list").document["restrictions"]
    (one,) = [one for one in listed if one["subject"] == restricted]
    assert (one["ground"], one["status"]) == ("accuracy_contested", "in_force")
    assert restricted in cli("restriction", "list").out


def test_restricting_twice_on_one_ground_changes_nothing(cli: Cli, restricted: str) -> None:
    assert recorded(do(cli, "restrict", restricted, *GROUND)) == []


def test_a_restricted_person_is_not_erased_for_retention(cli: Cli, restricted: str) -> None:
    answer = cli("erase", restricted, "--reason", "retention", "--yes", "--json")
    assert answer.code == 4
    assert "restricted" in answer.error["message"]


def test_a_restricted_person_is_erased_at_her_own_request_and_her_source_is_told(
    cli: Cli, restricted: str
) -> None:
    (receipt,) = do(cli, "erase", restricted, "--reason", "request", "--yes").document["erased"]
    assert (receipt["tokens_opened"], bool(receipt["recipients"])) == (0, True)
    assert states(shown(cli, restricted)) == {"shredded"}


def test_a_person_of_two_streams_is_restricted_in_both(cli: Cli, two: tuple[str, str]) -> None:
    first, second = two
    do(cli, "merge", first, second)
    told = do(cli, "restrict", first, *GROUND)
    assert {subject for subject, _ in recorded(told)} == {first, second}
    assert set(told.document["streams"]) == {first, second}
    assert states(shown(cli, second)) == {"withheld"}


def test_keys_suspended_without_a_restriction_are_found_and_resumed(
    cli: Cli, subject: str, house: House
) -> None:
    known = SubjectId(UUID(subject))
    house.keyring.suspend(_owner(house, known), [known])
    assert [people for people in unsettled(house).values() if people] == [(known,)]
    (check,) = [c for c in do(cli, "doctor").document["checks"] if c["name"] == "restrictions"]
    assert (check["verdict"], check["count"]) == ("attention", 1)
    assert states(shown(cli, subject)) == {"present"}


def test_a_restriction_whose_keys_open_is_found_and_suspends_them(
    house: House, restricted: str
) -> None:
    known = SubjectId(UUID(restricted))
    house.keyring.resume(_owner(house, known), [known])
    assert settle_restrictions(house) == 1
    assert known in house.keyring.suspended(_owner(house, known))


def _owner(house: House, subject: SubjectId) -> ControllerId:
    return house.store.stream(subject, 0, 1)[0].stamp.controller
