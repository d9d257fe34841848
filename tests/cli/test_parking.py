"""``parked``: each item told without its values, taken up again, discarded; and ``recipients``."""

from typing import Any

import pytest

from tests.cli.conftest import CONTROLLER, NOBODY, Cli, World, subject_of

SHOWN = {
    *("parked_id", "controller", "position", "index", "reason", "fact", "subject", "parked_at"),
    *("until", "outcome", "settled_at"),
}
REPLAYED = {
    *("asked", "recorded", "duplicate", "waiting", "refused", "expired", "settled_before"),
}
ROW = {
    *("kind", "at", "recipient", "disclosed", "documents", "purpose", "authority", "asked_for"),
    *("barrier", "obstacle", "transfer_id", "assignment_id", "consent_id", "needed_consent"),
    *("expires_at", "viewed_at", "expired_at", "withdrawn_at"),
}


def waiting(cli: Cli, reason: str) -> list[dict[str, Any]]:
    items = cli("parked", "list", "--limit", "1000", "--json").document["items"]
    return [item for item in items if item["reason"] == reason]


def test_an_item_is_shown_with_its_place_and_period(cli: Cli) -> None:
    item = waiting(cli, "no_mechanism")[0]
    document = cli("parked", "show", item["parked_id"], "--json").document
    assert document.keys() == SHOWN
    assert (document["outcome"], document["fact"]) == (None, item["fact"])
    assert document["fact"].startswith("candidate.")


@pytest.mark.parametrize("reason", ["no_mechanism", "trailing_bytes"])
def test_an_item_is_shown_on_the_terminal_and_nothing_of_what_it_says(
    cli: Cli, world: World, reason: str
) -> None:
    printed = cli("parked", "show", waiting(cli, reason)[0]["parked_id"]).out
    assert max(map(len, printed.splitlines())) <= 80
    told = [p[key] for p in world.manifest["people"] for key in ("name", "email", "phone")]
    assert not [value for value in told if value and value in printed]


def test_a_replay_of_what_is_refused_still_leaves_it_waiting(cli: Cli) -> None:
    before = waiting(cli, "field_not_allowed")
    document = cli("parked", "replay", "--reason", "field_not_allowed", "--json").document
    assert document.keys() == REPLAYED
    assert document["asked"] == len(before) > 0
    assert document["waiting"] == {"field_not_allowed": len(before)}
    assert waiting(cli, "field_not_allowed") == before


def test_named_items_are_replayed_and_counted_in_words(cli: Cli) -> None:
    item = waiting(cli, "no_mechanism")[0]
    printed = cli("parked", "replay", item["parked_id"]).out
    assert printed.startswith("Taken up again: 1. Recorded: 0")
    assert "no lawful way of transfer 1" in printed


def test_a_discarded_item_waits_no_longer(cli: Cli) -> None:
    item = waiting(cli, "oversize")[0]["parked_id"]
    document = cli("parked", "discard", item, "--json").document
    assert document == {"discarded": [item], "settled_before": []}
    assert item not in [one["parked_id"] for one in waiting(cli, "oversize")]
    assert cli("parked", "show", item, "--json").document["outcome"] == "discarded"
    again = cli("parked", "replay", item, "--json").document
    assert (again["asked"], again["recorded"]) == (1, 0)


@pytest.mark.parametrize(
    "asked", [("replay",), ("replay", NOBODY, "--reason", "malformed"), ("show", NOBODY)]
)
def test_what_cannot_be_meant_is_told(cli: Cli, asked: tuple[str, ...]) -> None:
    assert cli("parked", *asked).code == 2


def test_an_address_for_an_id_is_not_repeated(cli: Cli) -> None:
    answer = cli("parked", "discard", "kari.probe@example.org")
    assert answer.code == 2
    assert "kari.probe" not in answer.err


def test_a_footprint_counts_what_is_parked_about_her(cli: Cli) -> None:
    item = waiting(cli, "no_mechanism")[0]
    asked = ("erase", item["subject"], "--reason", "request", "--dry-run")
    assert cli(*asked, "--json").document["footprint"]["parked"] > 0
    assert "Parked items about her" in cli(*asked).out


@pytest.mark.requirement("A11", "A106")
def test_who_got_what_is_told_by_the_policys_names(cli: Cli) -> None:
    found = waiting(cli, "no_mechanism")
    item = next(one for one in found if one["fact"] == "candidate.contact-enriched")
    document = cli("recipients", item["subject"], "--json").document
    assert document.keys() == {
        *("subject", "streams", "controller", "disclosures", "held_back", "complete"),
    }
    (held,) = document["held_back"]
    assert held.keys() == ROW
    assert held["recipient"]["title"] == "RocketReach"
    assert held["barrier"] == "no_transfer_mechanism"
    assert "RocketReach" in cli("recipients", item["subject"]).out


@pytest.mark.requirement("A106")
def test_a_presentation_is_told_with_its_kinds(cli: Cli) -> None:
    presented = next(_presented(cli))
    (first, *_) = presented["disclosures"]
    assert first.keys() == ROW
    assert (first["kind"], first["recipient"]["title"]) == ("presented", "Clients")
    assert "name" in first["disclosed"]
    printed = cli("recipients", presented["subject"]).out
    assert "Presented to Clients" in printed
    assert max(map(len, printed.splitlines())) <= 80


def _presented(cli: Cli) -> Any:  # noqa: ANN401 - documents as a machine reads them
    board = cli("board", "-c", CONTROLLER, "--limit", "200", "--json").document
    for column in board["columns"]:
        for card in column["cards"]:
            document = cli("recipients", card["subject"], "--json").document
            if document["disclosures"]:
                yield document


@pytest.mark.requirement("A106")
def test_an_erased_persons_list_stays(cli: Cli) -> None:
    subject = next(_presented(cli))["subject"]
    before = cli("recipients", subject, "--json").document
    assert cli("erase", subject, "--reason", "request", "--yes").code == 0
    assert cli("project", "--once").code == 0
    assert cli("recipients", subject, "--json").document == before


def test_nobodys_recipients_are_nothing_yet(cli: Cli, world: World) -> None:
    silent = next(
        p for p in world.manifest["people"] if p["source"] == "backerskeie.easycruit" and p["email"]
    )
    answer = cli("recipients", subject_of(cli, silent))
    assert "went to anybody" in answer.out
