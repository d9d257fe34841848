"""Consents through the program: purpose by purpose, in a text's words, until a day."""

from typing import Any

import pytest

from consumers.packing import unpack
from consumers.ports import NoticeKind
from consumers.recipients import open_request_of
from domain.answers import Present
from infra.house import House
from tests.cli.conftest import Cli
from tests.cli.officer.doing import do, recorded, shown, states

CLIENT = "8a1c2b3d-1111-4c1f-9d0e-2b8f4f0c9a11"
POOL = ("--purpose", "pool")
TEXT = ("--notice-version", "3")


def ledger(cli: Cli, subject: str) -> dict[str, dict[str, Any]]:
    consents = do(cli, "consent", "list", subject).document["consents"]
    return {str(one["client_id"] or one["purpose"]): one for one in consents}


@pytest.mark.requirement("A39", "A194")
def test_the_ledger_names_the_text_the_channel_and_the_last_day(cli: Cli, subject: str) -> None:
    do(cli, "consent", "request", subject, *POOL, *TEXT)
    given = ("--expires", "2099-12-31", "--channel", "phone", "--evidence", "call of 3 March")
    do(cli, "consent", "give", subject, *POOL, *TEXT, *given)
    one = ledger(cli, subject)["pool"]
    assert (one["status"], one["notice_version"], one["expires"]) == ("given", 3, "2099-12-31")
    asked, answered = one["history"]
    assert [value["value"] for value in answered["values"]] == ["phone", "call of 3 March"]
    assert asked["clear"]["consent_id"] == answered["clear"]["consent_id"]
    printed = cli("consent", "list", subject).out
    assert "text version 3" in printed
    assert "call of 3 March" in printed


@pytest.mark.requirement("A69", "A164", "A112", "A149", "A212", "T1")
def test_withdrawal_ends_one_purpose_and_erases_nothing(cli: Cli, subject: str) -> None:
    do(cli, "consent", "give", subject, *POOL, *TEXT)
    do(cli, "consent", "give", subject, "--purpose", "matching", *TEXT)
    told = do(cli, "consent", "withdraw", subject, *POOL)
    assert recorded(told) == [(subject, "candidate.consent-withdrawn")]
    standing = ledger(cli, subject)
    assert (standing["pool"]["lasts"], standing["matching"]["lasts"]) == (False, True)
    assert states(shown(cli, subject)) == {"present"}


def test_her_sources_are_told_which_purpose_she_took_back(
    cli: Cli, subject: str, house: House
) -> None:
    do(cli, "consent", "give", subject, *POOL, *TEXT)
    do(cli, "consent", "withdraw", subject, *POOL)
    (notice,) = [one for one in house.outbox.waiting(1_000) if str(one.subject) == subject]
    assert notice.kind is NoticeKind.CONSENT_WITHDRAWN
    (answer,) = house.keyring.open(notice.controller, [open_request_of(notice)])
    assert isinstance(answer, Present)
    assert unpack(answer.plaintext)["purpose"] == "pool"


def test_a_consent_to_one_client_is_none_to_another(cli: Cli, subject: str) -> None:
    given = ("--purpose", "presentation", "--client", CLIENT)
    do(cli, "consent", "give", subject, *given, *TEXT)
    assert list(ledger(cli, subject)) == [CLIENT]


def test_a_consent_that_was_taken_back_is_not_renewed_silently(cli: Cli, subject: str) -> None:
    do(cli, "consent", "give", subject, *POOL, *TEXT)
    do(cli, "consent", "withdraw", subject, *POOL)
    answer = cli("consent", "renew", subject, *POOL, *TEXT, "--json")
    assert (answer.code, "no_consent" in answer.error["message"]) == (4, True)
    do(cli, "consent", "give", subject, *POOL, "--notice-version", "4")
    assert ledger(cli, subject)["pool"]["notice_version"] == 4


def test_a_renewal_goes_on_under_the_consents_id(cli: Cli, subject: str) -> None:
    do(cli, "consent", "give", subject, *POOL, *TEXT, "--expires", "2098-01-01")
    do(cli, "consent", "renew", subject, *POOL, *TEXT, "--expires", "2099-01-01")
    one = ledger(cli, subject)["pool"]
    ids = {told["clear"]["consent_id"] for told in one["history"]}
    assert (one["expires"], len(ids)) == ("2099-01-01", 1)


def test_a_refusal_is_told_as_one(cli: Cli, subject: str) -> None:
    do(cli, "consent", "refuse", subject, *POOL)
    assert ledger(cli, subject)["pool"]["status"] == "refused"


def test_nobody_was_asked_is_told_plainly(cli: Cli, subject: str) -> None:
    assert "never asked" in cli("consent", "list", subject).out


@pytest.mark.requirement("A219")
def test_what_came_by_letter_is_dated_by_the_day_it_came(cli: Cli, subject: str) -> None:
    do(cli, "consent", "refuse", subject, *POOL, "--received", "2026-03-02")
    (told,) = ledger(cli, subject)["pool"]["history"]
    assert told["occurred_at"] == "2026-03-01T23:00:00Z"
    assert told["recorded_at"] > told["occurred_at"]


def test_a_day_to_come_is_no_day_it_was_received(cli: Cli, subject: str) -> None:
    assert cli("consent", "refuse", subject, *POOL, "--received", "2199-01-01", "--json").code == 2
