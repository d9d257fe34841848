"""Each command's JSON has the documented keys, and none other."""

from pathlib import Path

from infra.cli.viewing import VIEWS
from tests.cli.conftest import CONTROLLER, Cli, World, subject_of

TALLY = {"read", "recorded", "duplicate", "unchanged", "people", "refused", "parked"}
PARKED = {
    *("parked_id", "controller", "position", "index", "reason", "fact", "subject", "parked_at"),
}
FOOTPRINT = {
    *("subject", "category", "already_erased", "facts", "keys", "tokens", "lookups", "views"),
    *("parked", "recipients"),
    "group",
}


def test_init_names_the_house_and_its_controllers(cli: Cli, world: World) -> None:
    document = cli("init", "--json").document
    assert document.keys() == {"home", "anchor", "new", "controllers"}
    assert document["home"] == str(world.home)
    assert document["new"] is False


def test_feeds_print_their_manifest(cli: Cli, tmp_path: Path) -> None:
    document = cli("feeds", "--candidates", "3", "--out", str(tmp_path / "f"), "--json").document
    assert document.keys() >= {"candidates", "seed", "total", "files", "people"}


def test_ingest_counts_in_all_and_by_file(cli: Cli, world: World) -> None:
    document = cli("ingest", world.files[-1], "--json").document
    assert document.keys() == TALLY | {"files", "no_feeds"}
    (file,) = document["files"]
    assert file.keys() == TALLY | {"file", "sha256", "reading", "resumed_at"}


def test_project_tells_where_each_view_is(cli: Cli) -> None:
    views = cli("project", "--once", "--json").document["views"]
    assert [view["view"] for view in views] == list(VIEWS)
    for view in views:
        assert view.keys() == {"view", "state", "position", "lag", "folded", "failure"}
        assert view["lag"] == 0


def test_rebuild_tells_what_was_folded(cli: Cli) -> None:
    (view,) = cli("rebuild", "board", "--json").document["views"]
    assert view.keys() == {"view", "position", "folded"}
    assert view["folded"] > 0


def test_find_gives_a_line_a_person(cli: Cli, world: World) -> None:
    somebody = world.somebody()
    asked = ("-c", somebody["controller"], "--purpose", "support", "--json")
    answer = cli("find", "--email", somebody["email"], *asked)
    (person,) = answer.document["people"]
    assert person.keys() == {
        *("subject", "controller", "name", "headline", "status", "applications")
    }
    assert person["name"]["value"] == somebody["name"]


def test_find_takes_a_sources_own_id(cli: Cli, world: World) -> None:
    somebody = world.somebody()
    asked = ("--source", somebody["source"], "--remote-id", somebody["remote_id"])
    (person,) = cli("find", *asked, "--json").document["people"]
    assert person["subject"] == subject_of(cli, somebody)


def test_show_gives_every_slot_with_its_values(cli: Cli, world: World) -> None:
    document = cli("show", subject_of(cli, world.somebody()), "--json").document
    assert document.keys() == {
        *("subject", "status", "erased_at", "erased_categories", "sources", "name", "slots"),
        *("applications", "complete", "streams", "restricted"),
    }
    for slot in document["slots"]:
        told = {"subject", "slot", "fact", "occurred_at", "source", "clear", "values"}
        assert slot.keys() == told
        assert all(value.keys() == {"name", "state", "value"} for value in slot["values"])
    for application in document["applications"]:
        assert application.keys() == {
            *("application_id", "assignment_id", "kind", "stage", "status", "since")
        }


def test_the_board_counts_all_and_lists_a_page(cli: Cli) -> None:
    document = cli("board", "-c", CONTROLLER, "--limit", "1", "--json").document
    assert document.keys() == {"total", "columns"}
    assert document["total"] == sum(column["count"] for column in document["columns"]) > 0
    for column in document["columns"]:
        assert column.keys() == {"name", "count", "cards"}
        assert len(column["cards"]) <= 1
        for card in column["cards"]:
            assert card.keys() == {
                *("application_id", "assignment_id", "subject", "since", "name", "title")
            }


def test_the_timeline_goes_on_where_a_page_ended(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    first = cli("timeline", subject, "--limit", "1", "--json").document
    assert first.keys() == {"subject", "facts", "after"}
    (fact,) = first["facts"]
    assert fact.keys() == {
        *("version", "fact", "fact_id", "occurred_at", "recorded_at", "source", "actor"),
        *("clear", "values"),
    }
    after = str(first["after"])
    (second,) = cli("timeline", subject, "--limit", "1", "--after", after, "--json").document[
        "facts"
    ]
    assert second["version"] == fact["version"] + 1


def test_a_dry_run_gives_the_footprint_and_no_receipt(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    document = cli("erase", subject, "--reason", "request", "--dry-run", "--json").document
    assert document.keys() == {"erased", "waiting", "dry_run", "footprint"}
    assert (document["erased"], document["waiting"], document["dry_run"]) == ([], [], True)
    assert document["footprint"].keys() == FOOTPRINT


def test_an_erasure_gives_its_receipt(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    document = cli("erase", subject, "--reason", "request", "--yes", "--json").document
    (receipt,) = document["erased"]
    assert receipt.keys() == {
        *("erasure_id", "subject", "controller", "category", "unreadable_since", "journal"),
        *("keys_destroyed", "lookups_cleared", "tokens_tried", "tokens_opened", "recipients"),
    }
    assert receipt["subject"] == subject
    assert document["footprint"].keys() == FOOTPRINT


def test_parked_items_are_counted_and_placed(cli: Cli, world: World) -> None:
    document = cli("parked", "list", "--limit", "3", "--json").document
    waiting = sum(count["waiting"] for count in document["counts"])
    # An erasure discards what was parked about her: other tests of this house erase.
    assert 3 < waiting <= sum(world.manifest["total"]["parked"].values())
    assert len(document["items"]) == 3
    for item in document["items"]:
        assert item.keys() == PARKED


def test_parked_items_of_a_controller_are_hers_alone(cli: Cli) -> None:
    document = cli("parked", "list", "-c", "miles", "--limit", "1000", "--json").document
    assert {item["controller"] for item in document["items"]} == {"miles"}
    assert {count["controller"] for count in document["counts"]} == {"miles"}
    assert len(document["items"]) == sum(count["waiting"] for count in document["counts"])


def test_doctor_gives_a_verdict_a_part(cli: Cli) -> None:
    checks = cli("doctor", "--json").document["checks"]
    assert {check["name"] for check in checks} >= {"log_chain", "restore_gate", "access_audit"}
    for check in checks:
        assert check.keys() == {"name", "verdict", "count", "fault", "names"}
        assert check["verdict"] in {"well", "attention"}
