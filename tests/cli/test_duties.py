"""``duties`` over a fed house tells what a recount of the very same streams tells."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from consumers.policies import policies
from domain.calendar import add_months, civil_date
from domain.duties import DutyKind
from domain.outreach import Art14NoticeSent
from domain.policy import in_force
from domain.profile import CandidateRegistered, CandidateSourced
from domain.relations import EnquiryReceived, EnquiryResolved
from domain.situation import situation_of
from domain.subject import SubjectState
from domain.sweeping import dues_of
from domain.values import SubjectId
from infra.cli.app import run
from infra.cli.exits import Exit
from infra.clock import SystemClock
from infra.house import House, open_house
from infra.settings import read_process_settings
from tests.cli.conftest import CONTROLLER, Cli

DAY = date(2027, 1, 1)
AS_OF = ("--as-of", DAY.isoformat())


def counts(told: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(one["kind"], one["state"]): one["count"] for one in told["counts"]}


def heads(house: House) -> dict[str, list[SubjectState]]:
    return {
        slug: [head.state for _, head in house.store.heads_after(controller, None, 10_000)]
        for slug, controller in house.controllers.items()
    }


def overdue_erasures(house: House) -> int:
    """Count the dates before the day, straight from the rules and the states."""
    count = 0
    for slug, states in heads(house).items():
        policy = in_force(policies()[slug], DAY)
        assert policy is not None
        for state in states:
            dues = dues_of(policy, situation_of(state), state.tokens).dues
            count += sum(one.erase_on is not None and one.erase_on < DAY for one in dues)
    return count


def found_and_never_told(house: House) -> int:
    """Count people found more than a month before the day, straight from the log."""
    told: dict[object, set[type]] = {}
    first: dict[object, date] = {}
    for entry in house.store.entries(0, 100_000):
        told.setdefault(entry.subject, set()).add(type(entry.fact))
        if isinstance(entry.fact, CandidateSourced):
            on = civil_date(entry.stamp.occurred_at)
            first[entry.subject] = min(first.get(entry.subject, on), on)
    return sum(
        not {Art14NoticeSent, CandidateRegistered} & told[subject] and add_months(on, 1) < DAY
        for subject, on in first.items()
    )


def unanswered(house: House) -> int:
    open_ = Counter[object]()
    for entry in house.store.entries(0, 100_000):
        if isinstance(entry.fact, EnquiryReceived):
            open_[entry.fact.enquiry_id] |= 1
        if isinstance(entry.fact, EnquiryResolved):
            open_[entry.fact.enquiry_id] = -1
    return sum(count == 1 for count in open_.values())


@pytest.fixture
def house(cli: Cli) -> Any:  # noqa: ANN401 - a fixture's generator
    assert cli
    with open_house(read_process_settings(), SystemClock()) as opened:
        yield opened


def test_overdue_erasures_are_those_the_rules_give(cli: Cli, house: House) -> None:
    told = counts(cli("duties", *AS_OF, "--kind", "erasure", "--json").document)
    assert told.get(("erasure", "overdue"), 0) == overdue_erasures(house) > 0


def test_who_was_found_and_never_told_is_counted(cli: Cli, house: House) -> None:
    told = cli("duties", *AS_OF, "--kind", "collection_notice", "--limit", "1000", "--json")
    sourced = [
        one
        for one in told.document["duties"]
        if any(name.startswith(CandidateSourced.TOPIC) for name in arrivals(house, one["subject"]))
        and not any(
            name.startswith(CandidateRegistered.TOPIC) for name in arrivals(house, one["subject"])
        )
    ]
    assert len(sourced) == found_and_never_told(house) > 0


def arrivals(house: House, subject: str) -> list[str]:
    (head,) = house.store.heads_of([SubjectId(UUID(subject))]).values()
    return list(head.state.profile.arrivals)


def test_open_enquiries_are_counted(cli: Cli, house: House) -> None:
    told = counts(cli("duties", *AS_OF, "--kind", "enquiry", "--json").document)
    assert sum(told.values()) == unanswered(house)


def test_what_is_listed_is_bounded_and_what_is_counted_is_not(cli: Cli) -> None:
    few, none = [cli("duties", *AS_OF, "--limit", n, "--json").document for n in ("3", "0")]
    assert (len(few["duties"]), len(none["duties"])) == (3, 0)
    assert few["counts"] == none["counts"]
    assert few["total"] == sum(one["count"] for one in few["counts"])


def test_the_most_pressing_are_listed_first(cli: Cli) -> None:
    listed = cli("duties", *AS_OF, "--limit", "5", "--json").document["duties"]
    assert {one["state"] for one in listed} == {"overdue"}
    assert [one["due_on"] for one in listed] == sorted(one["due_on"] for one in listed)


def test_one_controllers_duties_are_its_own(cli: Cli) -> None:
    told = cli("duties", "-c", CONTROLLER, *AS_OF, "--limit", "1000", "--json").document
    assert {one["controller"] for one in told["duties"]} == {CONTROLLER}


def test_the_policies_gaps_are_told_without_looking_at_people(cli: Cli) -> None:
    told = cli("duties", *AS_OF, "--kind", DutyKind.PERIOD_UNSET, "--json").document
    assert told["people"] == 0
    assert {one["controller"] for one in told["duties"]} >= {"aktiv-bemanning", "miles"}


def test_parked_items_are_told(cli: Cli, house: House) -> None:
    told = cli("duties", "--kind", "parked", "--json").document
    assert told["total"] == sum(count.waiting for count in house.parking.counts()) > 0


@pytest.mark.parametrize("language", ["en", "nb"])
def test_duties_are_told_to_people_in_their_language(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    told = cli("duties", *AS_OF, "--limit", "1000")
    assert (told.code, run(["duties", "--help"])) == (Exit.DONE, Exit.DONE)
    assert "aktiv-bemanning" in told.out
