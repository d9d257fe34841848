"""``erase`` destroys what it was told to, asks before, and never guesses whom."""

import io
from contextlib import suppress
from uuid import UUID

import pytest

from consumers.erasure_order import Request
from consumers.erasure_ports import Step
from domain.erasure import ErasureReason
from domain.values import SubjectId
from infra.clock import SystemClock
from infra.house import open_house
from infra.random_ids import random_id
from infra.settings import read_process_settings
from tests.cli.conftest import ASKED, CONTROLLER, Cli, World, somebody_of, subject_of

REQUEST = ("--reason", ErasureReason.REQUEST.value)


def _states(cli: Cli, subject: str) -> set[str]:
    slots = cli("show", subject, "--json").document["slots"]
    return {value["state"] for slot in slots for value in slot["values"]}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_dry_run_erases_nothing(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    assert cli("erase", subject, *REQUEST, "--dry-run").code == 0
    assert _states(cli, subject) == {"present"}


def test_a_dry_run_shows_where_her_values_are(cli: Cli, world: World) -> None:
    printed = cli("erase", subject_of(cli, world.somebody()), *REQUEST, "--dry-run").out
    for told in ("Keys: profile", "Look-ups: e-mail", "Tokens in the view dossier", "To be told: "):
        assert told in printed


def test_an_erased_person_is_shredded_at_once(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    assert cli("erase", subject, *REQUEST, "--yes").code == 0
    assert _states(cli, subject) == {"shredded"}


def test_erasing_twice_is_told_and_no_failure(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    cli("erase", subject, *REQUEST, "--yes")
    again = cli("erase", subject, *REQUEST, "--yes")
    assert (again.code, again.out) == (0, "That is erased already.\n")


def test_a_category_is_erased_alone(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    (receipt,) = cli(
        "erase", subject, *REQUEST, "--category", "profile", "--yes", "--json"
    ).document["erased"]
    assert receipt["category"] == "profile"
    assert cli("project", "--once").code == 0
    dossier = cli("show", subject, "--json").document
    assert (dossier["status"], dossier["erased_categories"]) == ("active", ["profile"])
    profile = {v["state"] for s in dossier["slots"] for v in s["values"] if v["name"] == "profile"}
    assert profile == {"shredded"}


def test_a_category_that_was_never_hers_is_a_mistake(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    answer = cli("erase", subject, *REQUEST, "--category", "prifile", "--yes", "--json")
    assert answer.code == 2
    assert "profile" in answer.error["message"]
    assert _states(cli, subject) == {"present"}


def test_an_address_of_one_person_erases_her(cli: Cli, world: World) -> None:
    person = world.somebody()
    subject = subject_of(cli, person)
    answer = cli("erase", "--email", person["email"], *REQUEST, "--yes", "--json")
    assert [receipt["subject"] for receipt in answer.document["erased"]] == [subject]


@pytest.mark.parametrize("kind", ["within_controller", "across_controllers"])
def test_an_address_of_several_lists_their_ids_and_erases_none(
    cli: Cli, world: World, kind: str
) -> None:
    address = world.manifest["ambiguous_emails"][kind]["emails"][0]
    answer = cli("erase", "--email", address, *REQUEST, "--yes", "--json")
    matches = answer.document["matches"]
    assert answer.code == 2
    assert answer.error["code"] == "usage"
    assert len(matches) > 1
    for match in matches:
        assert _states(cli, match["subject"]) == {"present"}


def test_the_ids_of_several_are_listed_for_people(cli: Cli, world: World) -> None:
    address = world.manifest["ambiguous_emails"]["across_controllers"]["emails"][0]
    answer = cli("erase", "--email", address, *REQUEST, "--yes")
    assert len(answer.out.splitlines()) > 1
    assert "nothing is erased" in answer.err


def test_nobody_there_to_ask_erases_nothing(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    answer = cli("erase", subject, *REQUEST)
    assert answer.code == 2
    assert "--yes" in answer.err
    assert _states(cli, subject) == {"present"}


def test_machines_are_not_asked(cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = subject_of(cli, world.somebody())
    monkeypatch.setattr("sys.stdin", _Terminal("y\n"))
    assert cli("erase", subject, *REQUEST, "--json").code == 2


def test_a_no_erases_nothing(cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = subject_of(cli, world.somebody())
    monkeypatch.setattr("sys.stdin", _Terminal("n\n"))
    answer = cli("erase", subject, *REQUEST)
    assert answer.code == 0
    assert "Nothing was erased." in answer.out
    assert _states(cli, subject) == {"present"}


def test_a_yes_erases_after_the_footprint(
    cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subject_of(cli, world.somebody())
    monkeypatch.setattr("sys.stdin", _Terminal("y\n"))
    answer = cli("erase", subject, *REQUEST)
    assert answer.code == 0
    assert answer.out.index("Keys: profile") < answer.out.index("Unreadable since")


def test_an_id_and_an_address_together_are_a_mistake(cli: Cli, world: World) -> None:
    person = world.somebody()
    asked = ("erase", subject_of(cli, person), "--email", person["email"], *REQUEST, "--yes")
    assert cli(*asked).code == 2


def test_a_person_of_another_controller_is_a_mistake(cli: Cli, world: World) -> None:
    person = world.somebody()
    other = next(slug for slug in ("miles", "express") if slug != person["controller"])
    asked = ("erase", subject_of(cli, person), "-c", other, *REQUEST, "--yes")
    assert cli(*asked).code == 2


def test_an_erasure_needs_a_reason(cli: Cli, world: World) -> None:
    answer = cli("erase", subject_of(cli, world.somebody()), "--yes", "--json")
    assert answer.code == 2
    assert "--reason" in answer.error["message"]


def _cut_short(subject: str) -> None:
    """Order an erasure as a process does that dies before it destroys anything."""

    def die(_step: Step) -> None:
        raise InterruptedError

    with open_house(read_process_settings(), SystemClock()) as house, suppress(InterruptedError):
        request = Request(SubjectId(UUID(subject)), None, ErasureReason.REQUEST, random_id())
        house.erasure(die).erase(house.controllers[CONTROLLER], [request])


def test_a_dry_run_finishes_no_erasure_that_was_cut_short(fed: Cli) -> None:
    subject = somebody_of(fed)
    _cut_short(subject)
    assert fed("erase", subject, *REQUEST, "--dry-run").code == 0
    checks = fed("doctor", "--json").document["checks"]
    assert [c["count"] for c in checks if c["name"] == "erasures_under_way"] == [1]


def test_an_erasure_that_was_cut_short_is_finished_with_its_receipt(fed: Cli) -> None:
    subject = somebody_of(fed)
    _cut_short(subject)
    document = fed("erase", subject, *REQUEST, "--yes", "--json").document
    assert [receipt["subject"] for receipt in document["erased"]] == [subject]


def test_projecting_finishes_an_erasure_that_was_cut_short(fed: Cli) -> None:
    subject = somebody_of(fed)
    _cut_short(subject)
    assert fed("project", "--once").code == 0
    assert fed("show", subject, *ASKED, "--json").document["status"] == "erased"
