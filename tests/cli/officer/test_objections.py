"""Objections through the program: a use closed at once, weighed unless it is advertising."""

import pytest

from tests.cli.conftest import Cli
from tests.cli.officer.doing import do, recorded, shown, states


@pytest.mark.requirement("A70", "A158")
def test_an_objection_is_raised_and_decided(cli: Cli, subject: str) -> None:
    raised = do(cli, "object", subject, "--purpose", "pool", "--reason", "she has left the trade")
    assert recorded(raised) == [(subject, "subject.objection-raised")]
    decided = do(cli, "objection", "decide", subject, "--uphold")
    assert recorded(decided) == [(subject, "subject.objection-upheld")]
    assert "she has left the trade" in str(shown(cli, subject))


@pytest.mark.requirement("A72", "T5")
def test_an_objection_to_advertising_needs_no_reason_and_is_not_weighed(
    cli: Cli, subject: str
) -> None:
    do(cli, "object", subject, "--purpose", "marketing")
    answer = cli("objection", "decide", subject, "--reject", "--json")
    assert (answer.code, "not_weighed" in answer.error["message"]) == (4, True)


@pytest.mark.requirement("A70")
def test_what_is_weighed_may_be_restricted_meanwhile(cli: Cli, subject: str) -> None:
    told = do(cli, "object", subject, "--purpose", "everything", "--restrict")
    assert recorded(told) == [
        (subject, "subject.objection-raised"),
        (subject, "subject.processing-restricted"),
    ]
    assert states(shown(cli, subject)) == {"withheld"}


def test_nothing_is_restricted_for_an_objection_to_advertising(cli: Cli, subject: str) -> None:
    given = ("--purpose", "job_alerts", "--restrict", "--json")
    assert cli("object", subject, *given).code == 2


def test_a_decided_objection_is_not_decided_again(cli: Cli, subject: str) -> None:
    do(cli, "object", subject, "--purpose", "pool")
    do(cli, "objection", "decide", subject, "--reject", "--reason", "a claim is pending")
    assert cli("objection", "decide", subject, "--uphold", "--json").code == 2


@pytest.mark.requirement("A71")
def test_an_objection_by_letter_is_dated_by_the_day_it_came(cli: Cli, subject: str) -> None:
    do(cli, "object", subject, "--purpose", "pool", "--received", "2026-03-02")
    assert cli("project", "--once").code == 0
    told = do(cli, "timeline", subject).document["facts"][-1]
    assert told["fact"] == "subject.objection-raised"
    assert told["occurred_at"] == "2026-03-01T23:00:00Z"
    assert told["recorded_at"] > told["occurred_at"]
