"""Every opening is in the access audit before a value is printed, with who and why."""

from uuid import UUID

import pytest

from domain.values import SubjectId
from infra.clock import SystemClock
from infra.house import open_house
from infra.settings import read_process_settings
from infra.store.audit import Access
from tests.cli.conftest import ASKED, CONTROLLER, Answer, Cli, somebody_of, sql


def accesses(subject: str) -> list[Access]:
    """Read a person's accesses, the latest first."""
    with open_house(read_process_settings(), SystemClock()) as house:
        return house.audit.of(SubjectId(UUID(subject)))


@pytest.mark.parametrize(("command", "view"), [("show", "dossier"), ("timeline", "timeline")])
def test_opening_a_person_is_recorded(fed: Cli, command: str, view: str) -> None:
    subject = somebody_of(fed)
    before = accesses(subject)
    assert fed(command, subject, *ASKED).code == 0
    latest, *earlier = accesses(subject)
    assert earlier == before
    assert (latest.who, latest.purpose, latest.view) == ("account-7", "support", view)
    assert latest.opened > 0


def test_a_board_records_everybody_on_it(fed: Cli) -> None:
    subject = somebody_of(fed)
    latest = accesses(subject)[0]
    assert (latest.who, latest.purpose, latest.view) == ("account-7", "support", "board")


def test_finding_somebody_is_recorded(fed: Cli) -> None:
    subject = somebody_of(fed)
    hers = next(
        value["value"][0]
        for slot in fed("show", subject, *ASKED, "--json").document["slots"]
        for value in slot["values"]
        if value["name"] == "emails"
    )
    assert fed("find", "--email", hers, "-c", CONTROLLER, *ASKED).code == 0
    assert accesses(subject)[0].view == "find"


def test_what_cannot_be_recorded_is_not_opened(fed: Cli, events_dsn: str) -> None:
    """The audit can be read, for its end is anchored when a command ends; it takes no row."""
    subject = somebody_of(fed)
    sql(events_dsn, "ALTER TABLE access_audit ADD CONSTRAINT is_full CHECK (false) NOT VALID")
    with pytest.raises(Exception, match="is_full"):
        fed("show", subject, *ASKED)
    sql(events_dsn, "ALTER TABLE access_audit DROP CONSTRAINT is_full")


def test_an_erased_persons_tombstones_are_opened_by_nobody(fed: Cli) -> None:
    subject = somebody_of(fed)
    asked = ("erase", subject, "--reason", "request", "--yes", "--as", "account-7")
    assert fed(*asked).code == 0
    before = accesses(subject)
    answer: Answer = fed("show", subject, *ASKED)
    assert answer.code == 0
    assert accesses(subject) == before


def test_the_embedded_house_has_defaults(cli: Cli) -> None:
    document = cli("board", "-c", CONTROLLER, "--limit", "1", "--json").document
    subject = next(card["subject"] for c in document["columns"] for card in c["cards"])
    latest = accesses(subject)[0]
    assert (latest.who, latest.purpose) == ("demo", "recruitment")


def test_an_erasure_in_production_names_its_approver(fed: Cli) -> None:
    subject = somebody_of(fed)
    answer = fed("erase", subject, "--reason", "request", "--yes")
    assert answer.code == 2
    assert "--as USER" in answer.err
