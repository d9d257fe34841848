"""Merging through the program: one person of two ids, shown as one, and taken apart again."""

import pytest

from tests.cli.conftest import Cli
from tests.cli.officer.conftest import Newcomers
from tests.cli.officer.doing import do, recorded, shown


@pytest.fixture
def pair(cli: Cli, two: tuple[str, str]) -> tuple[str, str]:
    """Merge two people; the second stands for both."""
    do(cli, "merge", *two)
    return two


def test_a_merge_is_recorded_in_both_streams(cli: Cli, two: tuple[str, str]) -> None:
    first, second = two
    assert recorded(do(cli, "merge", first, second)) == [
        (first, "subject.merged-into"),
        (second, "subject.absorbed"),
    ]


@pytest.mark.requirement("A136")
def test_either_id_shows_the_slots_of_both(cli: Cli, pair: tuple[str, str]) -> None:
    for asked, other in (pair, pair[::-1]):
        dossier = shown(cli, asked)
        assert dossier["streams"] == [asked, other]
        assert {slot["subject"] for slot in dossier["slots"]} == set(pair)
    assert pair[0] in cli("show", pair[1]).out


@pytest.mark.requirement("A136")
def test_unmerging_takes_them_apart(cli: Cli, pair: tuple[str, str]) -> None:
    first, second = pair
    assert recorded(do(cli, "unmerge", first)) == [
        (first, "subject.unmerged-from"),
        (second, "subject.released"),
    ]
    dossier = shown(cli, second)
    assert dossier["streams"] == [second]
    assert {slot["subject"] for slot in dossier["slots"]} == {second}


def test_merging_again_changes_nothing(cli: Cli, pair: tuple[str, str]) -> None:
    assert recorded(do(cli, "merge", *pair)) == []


def test_a_circle_is_refused(cli: Cli, pair: tuple[str, str]) -> None:
    answer = cli("merge", *pair[::-1], "--json")
    assert (answer.code, "merged" in answer.error["message"]) == (4, True)


def test_nobody_is_merged_into_one_that_is_absorbed(
    cli: Cli, pair: tuple[str, str], newcomers: Newcomers
) -> None:
    (third,) = newcomers(1)
    assert cli("merge", third, pair[0], "--json").code == 4
    assert cli("merge", third, pair[1], "--json").code == 0
    assert set(shown(cli, pair[0])["streams"]) == {*pair, third}


def test_a_person_is_not_merged_with_another_controllers(
    cli: Cli, subject: str, newcomers: Newcomers
) -> None:
    (other,) = newcomers(1, "miles")
    assert cli("merge", subject, other, "--json").code == 2


def test_a_person_is_not_merged_with_herself(cli: Cli, subject: str) -> None:
    assert cli("merge", subject, subject, "--json").code == 2


def test_the_survivor_is_not_what_is_unmerged(cli: Cli, pair: tuple[str, str]) -> None:
    answer = cli("unmerge", pair[1], "--json")
    assert answer.code == 2
    assert pair[0] in answer.error["message"]
