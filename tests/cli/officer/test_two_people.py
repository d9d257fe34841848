"""``erase`` waits where a controller wants two people; ``erasures approve`` and ``decline``."""

from dataclasses import replace
from uuid import UUID

import pytest

from consumers.erasure_ports import Request
from consumers.policies import policies
from domain.answers import Present
from domain.erasure import ErasureOrdered, ErasureReason
from domain.keyring import OpenRequest
from domain.policy import Policy
from domain.values import SubjectId
from infra.cli.session import account_id
from infra.house import House
from tests.cli.conftest import Cli
from tests.cli.officer.conftest import Newcomers
from tests.cli.officer.doing import do, shown, states

WHY = ("--reason", "request", "--yes")
SLUG = "toptemp"
ADDRESS = "kari.eksempel@example.com"


@pytest.fixture(autouse=True)
def two_people(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Let a controller want two people for an erasure."""
    promised = {
        slug: tuple([_with_second(one) if slug == SLUG else one for one in versions])
        for slug, versions in policies().items()
    }
    monkeypatch.setattr("infra.house.policies", lambda: promised)
    return house


def _with_second(one: Policy) -> Policy:
    return replace(one, settings=replace(one.settings, second_approver=True))


@pytest.fixture
def officers(cli: Cli) -> tuple[str, str]:
    """Register two officers."""
    for account in ("j.first", "k.second"):
        asked = ("register", account, "-c", SLUG, "--role", "officer", "--as", "j.first")
        do(cli, "users", *asked)
    return "j.first", "k.second"


def waits(cli: Cli, subject: str, who: str) -> str:
    (waiting,) = do(cli, "erase", subject, *WHY, "--as", who).document["waiting"]
    assert waiting["subject"] == subject
    return str(waiting["erasure_id"])


@pytest.mark.requirement("A23", "A168")
def test_an_erasure_waits_and_another_officer_ends_it(
    cli: Cli, subject: str, officers: tuple[str, str]
) -> None:
    first, second = officers
    erasure = waits(cli, subject, first)
    assert states(shown(cli, subject)) == {"present"}
    same = cli("erasures", "approve", erasure, "--as", first, "--json")
    assert (same.code, "same_person" in same.error["message"]) == (4, True)
    (receipt,) = do(cli, "erasures", "approve", erasure, "--as", second).document["erased"]
    assert receipt["erasure_id"] == erasure
    assert states(shown(cli, subject)) == {"shredded"}


def test_erasing_what_waits_names_the_same_request(
    cli: Cli, subject: str, officers: tuple[str, str]
) -> None:
    assert waits(cli, subject, officers[0]) == waits(cli, subject, officers[1])
    assert states(shown(cli, subject)) == {"present"}


@pytest.mark.requirement("A28")
def test_what_waits_is_a_duty_with_its_day(
    cli: Cli, subject: str, officers: tuple[str, str]
) -> None:
    erasure = waits(cli, subject, officers[0])
    asked = ("duties", "--kind", "erasure_request", "--limit", "1000", "-c", SLUG)
    (duty,) = [one for one in do(cli, *asked).document["duties"] if one["about"] == erasure]
    assert (duty["subject"], duty["state"], duty["grounds"]) == (
        subject,
        "unanswered",
        ["requested"],
    )
    assert duty["due_on"] > duty["since"]


def test_the_terminal_says_what_comes_next(
    cli: Cli, subject: str, officers: tuple[str, str]
) -> None:
    printed = cli("erase", subject, *WHY, "--as", officers[0]).out
    assert "Nothing is erased yet" in printed
    assert "glemmebok erasures approve" in printed


def test_a_declined_request_is_told_in_the_register(
    cli: Cli, subject: str, officers: tuple[str, str]
) -> None:
    erasure = waits(cli, subject, officers[0])
    do(cli, "erasures", "decline", erasure, "--as", officers[1])
    assert cli("erasures", "approve", erasure, "--as", officers[1]).code == 4
    assert states(shown(cli, subject)) == {"present"}
    rows = do(cli, "erasures", "-c", SLUG).document["controllers"][SLUG]["erasures"]
    assert [row["progress"] for row in rows if row["erasure_id"] == erasure] == ["declined"]


def test_the_letters_address_is_kept_until_the_approval(
    cli: Cli, house: House, subject: str, officers: tuple[str, str]
) -> None:
    controller, person = house.controllers[SLUG], SubjectId(UUID(subject))
    request = Request(person, None, ErasureReason.REQUEST, account_id(officers[0]), ADDRESS)
    (waiting,) = house.second_person().ask(controller, [request])
    do(cli, "erasures", "approve", str(waiting.erasure_id), "--as", officers[1])
    orders = [e for e in house.store.stream(person) if isinstance(e.fact, ErasureOrdered)]
    kept = [
        OpenRequest(person, e.stamp.fact_id, part.category, e.fact.TOPIC, part.sealed.token)
        for e in orders
        for part in e.fact.sealed
        if part.category.startswith("request/")
    ]
    assert house.keyring.open(controller, kept) == [Present(ADDRESS.encode())]


def test_merged_streams_wait_and_go_together(
    cli: Cli, two: tuple[str, str], officers: tuple[str, str]
) -> None:
    first, second = two
    do(cli, "merge", first, second)
    waiting = do(cli, "erase", first, *WHY, "--as", officers[0]).document["waiting"]
    assert {one["subject"] for one in waiting} == set(two)
    asked = ("erasures", "approve", waiting[0]["erasure_id"], "--as", officers[1])
    assert {one["subject"] for one in do(cli, *asked).document["erased"]} == set(two)


def test_approving_what_was_approved_is_told_and_no_failure(
    cli: Cli, subject: str, officers: tuple[str, str]
) -> None:
    asked = ("erasures", "approve", waits(cli, subject, officers[0]), "--as", officers[1])
    assert cli(*asked).code == 0
    assert cli("project", "--once").code == 0
    assert (cli(*asked).code, cli(*asked).out) == (0, "That is erased already.\n")


@pytest.mark.parametrize("erasure", ["not-an-id", f"{UUID(int=7)}"])
def test_an_unknown_erasure_is_a_mistake(cli: Cli, erasure: str) -> None:
    assert cli("erasures", "approve", erasure).code == 2


def test_a_controller_that_wants_one_person_erases_at_once(cli: Cli, newcomers: Newcomers) -> None:
    (subject,) = newcomers(1, "miles")
    assert do(cli, "erase", subject, *WHY).document["erased"]


def test_only_an_officer_registers_another(cli: Cli, officers: tuple[str, str]) -> None:
    asked = ("users", "register", "l.third", "-c", SLUG, "--role", "officer", "--as", "nobody")
    assert (cli(*asked).code, len(officers)) == (4, 2)


def test_accounts_are_listed_by_id(cli: Cli, officers: tuple[str, str]) -> None:
    found = do(cli, "users", "list", "-c", SLUG)
    assert len(found.document["users"]) >= len(officers)
    assert "k.second" not in found.out


def test_an_account_that_is_not_there_is_not_deactivated(
    cli: Cli, officers: tuple[str, str]
) -> None:
    first, _ = officers
    assert cli("users", "deactivate", "m.nobody", "-c", SLUG, "--as", first).code == 2


def test_a_deactivated_account_is_told(cli: Cli, officers: tuple[str, str]) -> None:
    first, _ = officers
    asked = ("--role", "recruiter", "-c", SLUG, "--as", first)
    do(cli, "users", "register", "n.leaver", *asked)
    changed = do(cli, "users", "deactivate", "n.leaver", "-c", SLUG, "--as", first).document
    users = do(cli, "users", "list", "-c", SLUG).document["users"]
    assert [one["active"] for one in users if one["user"] == changed["user"]] == [False]
