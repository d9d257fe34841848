"""``register``, as its user runs it; it needs no house."""

import json
from typing import Any

import pytest

from consumers.policies import policies
from domain.registers import Registers
from infra.cli import registers as shown
from infra.cli.app import run
from infra.cli.exits import Exit
from tests.cli.conftest import CONTROLLER, Cli

VERBS = ("activities", "recipients", "contacts", "stores", "assessments", "measures")
DAY = ("--as-of", "2026-06-01")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - JSON
    def ask(verb: str, controller: str) -> Any:  # noqa: ANN401 - JSON
        assert run(["register", verb, "-c", controller, *DAY, "--json"]) == Exit.DONE
        (one,) = json.loads(capsys.readouterr().out)["controllers"]
        return one

    return ask


@pytest.mark.requirement("A167")
def test_the_whole_record_of_processing_is_exported(told: Any) -> None:  # noqa: ANN401 - JSON
    one = told("activities", "miles")
    assert set(one) == {
        "controller", "entities", "contacts", "activities", "recipients", "measures", "findings",
    }  # fmt: skip
    assert all(part for name, part in one.items())


def test_an_activity_tells_its_data_field_by_field_and_its_limits(told: Any) -> None:  # noqa: ANN401 - JSON
    (one,) = [a for a in told("activities", "miles")["activities"] if a["activity"] == "outreach"]
    assert (one["purpose"], one["basis"]) == ("sourcing", ["legitimate_interests"])
    assert [limit["months"] for limit in one["time_limits"]] == [1]
    profile = {part["category"]: part["fields"] for part in one["categories"]}["profile"]
    assert {"given_name", "family_name"} <= set(profile)
    assert "referee" in one["people"]


@pytest.mark.requirement("A58")
def test_each_of_six_processors_stands_with_role_data_and_what_is_missing(told: Any) -> None:  # noqa: ANN401 - JSON
    one = told("recipients", "backerskeie")
    assert len(one["recipients"]) == 6
    for row in one["recipients"]:
        assert {"role", "categories", "country", "agreement", "erasure"} <= set(row)
        assert {"country_unknown", "agreement_missing"} <= {
            gap["kind"] for gap in one["findings"] if gap["where"] == row["recipient"]
        }


@pytest.mark.requirement("A104")
def test_sub_processors_hang_below_theirs_with_announced_changes(told: Any) -> None:  # noqa: ANN401 - JSON
    rows = {row["recipient"]: row for row in told("recipients", "aktiv-bemanning")["recipients"]}
    assert rows["recruitment-manager-subs"]["parent"] == "recruitment-manager"
    (change,) = rows["recruitment-manager"]["changes"]
    assert change["object_until"] == "2026-06-19"


@pytest.mark.requirement("A102")
def test_a_store_tells_its_controller_and_who_runs_it(told: Any) -> None:  # noqa: ANN401 - JSON
    row = told("stores", "aktiv-bemanning")["stores"][0]
    assert (row["controller"], row["run_by"]) == ("aktiv-bemanning", "recruitment-manager")


@pytest.mark.parametrize("verb", VERBS)
def test_every_register_is_shown_to_people(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["register", verb, *DAY]) == Exit.DONE
    out = capsys.readouterr().out
    assert all(slug in out for slug in policies())


def test_an_empty_register_says_so_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shown, "registers", lambda: dict.fromkeys(policies(), Registers()))
    assert run(["register", "measures", "-c", "miles", *DAY]) == Exit.DONE
    out = capsys.readouterr().out
    assert "Nothing is written down here." in out
    assert "no security measure is written down" in out


def test_a_controller_nobody_knows_is_a_mistake() -> None:
    assert run(["register", "contacts", "-c", "nord"]) == Exit.USAGE


def test_statistics_hold_no_count_below_the_smallest_cell(cli: Cli) -> None:
    (one,) = cli("funnel", "--controller", CONTROLLER, "--json").document["controllers"]
    told = {count for month in one["months"] for count in month["counts"].values()}
    assert told
    assert not told & {"1", "2", "3", "4"}
