"""Holds through the program: what they keep, when they end, and the register of them."""

from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.officer.doing import do, recorded

REFERENCE = "Bokføringsloven § 13, sak 2026-17"
ERASE = ("--reason", "request", "--yes", "--json")


@pytest.mark.requirement("A75")
def test_a_held_person_is_not_erased_until_it_is_released(cli: Cli, subject: str) -> None:
    placed = do(cli, "hold", "place", subject, "--ground", "accounting")
    assert recorded(placed) == [(subject, "subject.legal-hold-placed")]
    answer = cli("erase", subject, *ERASE)
    assert (answer.code, "held" in answer.error["message"]) == (4, True)
    assert recorded(do(cli, "hold", "release", subject)) == [
        (subject, "subject.legal-hold-released")
    ]
    assert cli("erase", subject, *ERASE).code == 0


def test_a_category_hold_keeps_that_category_alone(cli: Cli, subject: str) -> None:
    do(cli, "hold", "place", subject, "--ground", "claim", "--category", "profile")
    assert cli("erase", subject, "--category", "profile", *ERASE).code == 4


def test_a_hold_on_a_category_that_is_not_hers_is_a_mistake(cli: Cli, subject: str) -> None:
    answer = cli("hold", "place", subject, "--ground", "claim", "--category", "profil", "--json")
    assert answer.code == 2
    assert "profile" in answer.error["message"]


def test_the_register_tells_the_last_day(cli: Cli, subject: str) -> None:
    do(cli, "hold", "place", subject, "--ground", "authority", "--until", "2099-12-31")
    (one,) = _of(cli, subject)
    assert (one["ground"], one["until"], one["binds"]) == ("authority", "2099-12-31", True)
    assert "2099-12-31" in cli("hold", "list").out


def test_a_released_hold_is_not_in_the_register(cli: Cli, subject: str) -> None:
    do(cli, "hold", "place", subject, "--ground", "other")
    do(cli, "hold", "release", subject)
    assert _of(cli, subject) == []


@pytest.mark.requirement("A75", "A99", "A215")
def test_the_legal_reference_is_sealed_and_shown_to_who_opens_her_story(
    cli: Cli, subject: str
) -> None:
    placed = do(cli, "hold", "place", subject, "--ground", "accounting", "--reference", REFERENCE)
    assert REFERENCE not in placed.out
    assert cli("project", "--once").code == 0
    assert REFERENCE in do(cli, "timeline", subject).out


def test_one_of_several_holds_is_named(cli: Cli, subject: str) -> None:
    for ground in ("accounting", "claim"):
        do(cli, "hold", "place", subject, "--ground", ground)
    answer = cli("hold", "release", subject, "--json")
    ids = [one["hold_id"] for one in _of(cli, subject)]
    assert answer.code == 2
    assert all(one in answer.error["message"] for one in ids)
    do(cli, "hold", "release", subject, "--hold", ids[0])
    assert [one["hold_id"] for one in _of(cli, subject)] == ids[1:]


def test_a_hold_on_one_stream_keeps_the_other_stream_of_hers(
    cli: Cli, two: tuple[str, str]
) -> None:
    first, second = two
    do(cli, "merge", first, second)
    do(cli, "hold", "place", second, "--ground", "claim")
    assert cli("erase", first, *ERASE).code == 4


def test_a_last_day_that_is_over_is_a_mistake(cli: Cli, subject: str) -> None:
    given = ("--ground", "claim", "--until", "2020-01-01")
    assert cli("hold", "place", subject, *given, "--json").code == 2


def _of(cli: Cli, subject: str) -> list[dict[str, Any]]:
    return [one for one in do(cli, "hold", "list").document["holds"] if one["subject"] == subject]
