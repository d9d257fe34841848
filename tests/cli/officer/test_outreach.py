"""Asking before approaching, and her own word, through the program."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from consumers.ingest import Span
from consumers.policies import policies
from consumers.promises import recipient_id
from domain.keyring import SourceRef
from domain.outreach import EnrichmentRequested
from domain.policy import Transfer
from domain.policy_terms import Mechanism
from domain.values import SubjectId
from infra.house import House
from infra.store.audit import Access
from tests.cli.conftest import Cli
from tests.cli.officer.conftest import Newcomers
from tests.cli.officer.doing import do, recorded, shown
from tests.consumers.feed import Feed

NOBODYS = ("--email", "nobody.here@example.test", "--controller", "miles")
SPELT = ("--email", "Nobody <Nobody.Here+tag@EXAMPLE.test>", "--controller", "miles")


def pointers(cli: Cli) -> dict[tuple[str, str], int]:
    """Count what stands at Miles, by reason and kind: the feeds leave some too."""
    counted = do(cli, "suppressions", "list", "-c", "miles").document["suppressions"]
    return {(one["reason"], one["kind"]): one["pointers"] for one in counted}


def test_an_address_nobody_has_may_be_sourced_and_must_be_told_within_a_month(cli: Cli) -> None:
    told = do(cli, "outreach", "check", *NOBODYS, "--for", "sourcing").document
    assert (told["allowed"], told["reasons"], told["subjects"]) == (True, [], [])
    assert told["notice_due_on"] is not None


@pytest.mark.requirement("A34")
def test_an_address_nobody_has_opts_out_and_is_barred_in_another_spelling(cli: Cli) -> None:
    before = pointers(cli).get(("opted_out", "email"), 0)
    try:
        assert do(cli, "outreach", "opt-out", *NOBODYS).document["recorded"] == []
        answer = cli("outreach", "check", *SPELT, "--for", "enrichment", "--json")
        assert answer.code == 4
        assert answer.document["reasons"] == ["suppressed"]
        assert answer.document["pointers"] == ["opted_out"]
        elsewhere = (*SPELT[:2], "--controller", "toptemp")
        assert cli("outreach", "check", *elsewhere, "--json").document["pointers"] == []
        assert pointers(cli)["opted_out", "email"] == before + 1
    finally:
        lifted = do(cli, "suppressions", "lift", *SPELT, "--reason", "opted_out").document
    assert lifted == {"lifted": 1}
    assert do(cli, "outreach", "check", *NOBODYS).document["allowed"]


@pytest.mark.requirement("A34")
def test_a_person_who_opts_out_is_refused_for_both_reasons_until_she_opts_in(
    cli: Cli, newcomers: Newcomers
) -> None:
    (subject,) = newcomers(1, "miles")
    said = recorded(do(cli, "outreach", "opt-out", subject))
    assert said == [(subject, "candidate.outreach-opted-out")]
    answer = cli("outreach", "check", subject, "--json")
    assert (answer.code, answer.document["reasons"]) == (4, ["opted_out"])
    do(cli, "outreach", "opt-in", subject)
    assert do(cli, "outreach", "check", subject).document["allowed"]


def test_an_officers_restriction_is_among_the_reasons(cli: Cli, newcomers: Newcomers) -> None:
    (subject,) = newcomers(1, "miles")
    do(cli, "restrict", subject, "--ground", "unlawful")
    do(cli, "object", subject, "--purpose", "sourcing")
    answer = cli("outreach", "check", subject, "--json")
    assert set(answer.document["reasons"]) == {"restricted", "objected"}


@pytest.mark.requirement("A11")
def test_an_enrichment_without_a_mechanism_is_recorded_as_blocked_and_sends_nothing(
    cli: Cli, newcomers: Newcomers
) -> None:
    (subject,) = newcomers(1, "miles")
    asked = ("--recipient", "rocketreach", "--field", "email")
    answer = cli("outreach", "enrich", subject, *asked, "--json")
    assert (answer.code, answer.document["reasons"]) == (4, ["no_mechanism"])
    slots = {slot["fact"] for slot in shown(cli, subject)["slots"]}
    timeline = {fact["fact"] for fact in do(cli, "timeline", subject).document["facts"]}
    assert "candidate.enrichment-blocked" in timeline
    assert "candidate.enrichment-requested" not in slots | timeline


def test_a_service_the_policy_does_not_name_gets_nothing(cli: Cli, newcomers: Newcomers) -> None:
    (subject,) = newcomers(1, "miles")
    asked = ("--recipient", "somebody", "--field", "phone")
    answer = cli("outreach", "enrich", subject, *asked, "--json")
    assert (answer.code, answer.document["reasons"]) == (4, ["unknown_recipient"])


def test_an_address_needs_its_controller(cli: Cli) -> None:
    assert cli("outreach", "check", *NOBODYS[:2]).code == 2


def test_a_person_welcome_again_leaves_no_pointer(cli: Cli, newcomers: Newcomers) -> None:
    (subject,) = newcomers(1, "miles")
    before = pointers(cli)
    do(cli, "outreach", "opt-out", subject)
    why = ("--reason", "request", "--yes", "--no-suppression")
    assert do(cli, "erase", subject, *why).document["erased"]
    assert pointers(cli) == before
    assert cli("erase", subject, *why, "--category", "profile").code == 2


URL = "https://www.linkedin.com/in/newcomer"


@pytest.fixture
def sourced(house: House, numbers: Iterator[int]) -> SubjectId:
    """Take in somebody who was found on LinkedIn, and only there."""
    ref = SourceRef("miles.linkedin", f"found-{next(numbers)}")
    feed = Feed(ref.source)
    values = {"url": f"{URL}-{ref.remote_id}", "name": "Ny Funnet"}
    feed.tell(ref.remote_id, "candidate.sourced", event=ref.remote_id, values=values)
    ingest = house.ingest()
    ingest.commit(ingest.prepare(feed.items), Span(ref.remote_id, ref.remote_id, 0, 1))
    found = house.keyring.find_source(house.controllers["miles"], ref)
    assert found is not None
    return found


def looks(house: House, subject: SubjectId) -> list[Access]:
    """Return who looked at her, the first look first."""
    return house.audit.of(subject)[::-1]


@pytest.fixture
def lawful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Miles' enrichment service stand under a mechanism, as it does not yet."""
    (miles,) = policies()["miles"]
    transfer = Transfer(Mechanism.SCC, "TIA-1", date(2020, 1, 1), None)
    recipients = [
        replace(one, transfers=(transfer,)) if one.slug == "rocketreach" else one
        for one in miles.recipients
    ]
    promised = {**policies(), "miles": (replace(miles, recipients=tuple(recipients)),)}
    monkeypatch.setattr("infra.house.policies", lambda: promised)


@pytest.mark.usefixtures("lawful")
@pytest.mark.requirement("A10", "A13", "A19")
def test_an_enrichment_lets_the_url_leave_and_nothing_else(
    cli: Cli, house: House, sourced: SubjectId
) -> None:
    asked = ("--recipient", "rocketreach", "--field", "email")
    told = do(cli, "outreach", "enrich", str(sourced), *asked)
    assert list(told.document) == ["subject", "recipient", "leaves"]
    (left,) = told.document["leaves"].items()
    assert left[0] == "linkedin_url"
    assert left[1].startswith(URL)
    assert "Funnet" not in told.out
    requested = [one.fact for one in house.store.stream(sourced)][-1]
    assert isinstance(requested, EnrichmentRequested)
    miles = house.controllers["miles"]
    assert requested.recipient_id == recipient_id(house.keyring, miles, "miles", "rocketreach")


@pytest.mark.usefixtures("lawful")
@pytest.mark.requirement("A10", "A22")
def test_opening_her_profile_for_a_service_is_audited(
    cli: Cli, house: House, sourced: SubjectId
) -> None:
    before = len(looks(house, sourced))
    asked = ("--recipient", "rocketreach", "--field", "phone", "--as", "account-9")
    do(cli, "outreach", "enrich", str(sourced), *asked)
    new = looks(house, sourced)[before:]
    assert [(one.who, one.purpose, one.view) for one in new] == [
        ("account-9", "sourcing", "enrichment")
    ]


@pytest.mark.usefixtures("lawful")
@pytest.mark.requirement("A10")
def test_suppression_is_checked_before_anything_is_opened(
    cli: Cli, house: House, sourced: SubjectId
) -> None:
    do(cli, "outreach", "opt-out", str(sourced))
    before = len(looks(house, sourced))
    asked = ("--recipient", "rocketreach", "--field", "email")
    answer = cli("outreach", "enrich", str(sourced), *asked, "--json")
    assert (answer.code, answer.document["pointers"]) == (4, ["opted_out"])
    assert looks(house, sourced)[before:] == []
    do(cli, "outreach", "opt-in", str(sourced))
