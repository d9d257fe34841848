"""``sweep`` as its user runs it, over real databases: two policies, and what each promised."""

import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from consumers.rights import Act
from consumers.sweep_report import Outcome
from domain.keyring import SourceRef
from domain.merging import Absorbed, MergedInto
from domain.values import Instant, SubjectId
from infra.cli.app import run
from infra.cli.exits import Exit
from infra.clock import FixedClock, SystemClock
from infra.foundation import found_house
from tests.cli.conftest import CONTROLLER, Cli
from tests.consumers.feed import Feed
from tests.proof.commands import use
from tests.proof.houses import Proof, open_proof, settings_of

LONG_AGO: Instant = 1_704_888_000_000_000
"""2024-01-10: the approach without an answer and the enquiry are over since."""

DAY: Instant = 86_400_000_000


def tell(proof: Proof) -> None:
    """Let Miles have approached two people and Express been asked something, and one come now."""
    now = proof.house.clock.now()
    miles, express, toptemp = (
        Feed("miles.linkedin"),
        Feed("express.wordpress"),
        Feed("toptemp.mail"),
    )
    for n, remote_id in enumerate(("m-1", "m-2")):
        miles.tell(remote_id, "candidate.sourced", at=LONG_AGO + n * DAY)
        miles.tell(remote_id, "candidate.outreach-sent", at=LONG_AGO + n * DAY)
    express.tell("e-1", "candidate.enquiry-received", at=LONG_AGO)
    toptemp.tell("t-1", "candidate.registered", at=now - DAY)
    for feed in (miles, express, toptemp):
        tally = proof.take(feed.items, feed.source)
        assert tally.recorded >= len(feed.items)
    proof.project()


@pytest.fixture
def proof(
    events_dsn: str, keys_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proof]:
    """Found a house with people of three controllers, and let the program find it."""
    settings = settings_of(events_dsn, keys_dsn, tmp_path)
    clock = FixedClock(SystemClock().now())
    found_house(settings, clock)
    with open_proof(settings, clock) as made:
        tell(made)
        made.anchor_log()
        use(monkeypatch, settings)
        yield made


def person(proof: Proof, source: str, remote_id: str) -> SubjectId:
    controller = proof.house.controllers[source.partition(".")[0]]
    ref = SourceRef(source, remote_id)
    found = proof.house.keyring.find_source(controller, ref)
    assert found is not None
    return found


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:  # noqa: ANN401 - JSON
    capsys.readouterr()
    assert run([*arguments, "--json"]) == Exit.DONE
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(list(arguments)) == Exit.USAGE
    return capsys.readouterr().err


def erased(proof: Proof) -> int:
    return len(proof.events("SELECT topic FROM fact_log WHERE topic = 'subject.erased'"))


def facts(proof: Proof) -> int:
    return proof.house.store.last_position()


@pytest.mark.requirement("A29", "A152")
def test_each_is_erased_under_her_own_policy(
    proof: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "sweep", "--yes")
    by = {one["controller"]: one for one in told["controllers"]}
    assert {slug: one["erased"]["persons"] for slug, one in by.items()} == {
        "aktiv-bemanning": 0, "backerskeie": 0, "express": 1, "miles": 2, "toptemp": 0,
    }  # fmt: skip
    assert [rule["rule"] for rule in by["miles"]["rules"]] == ["unanswered"]
    assert (told["erased"], told["left"], erased(proof)) == (3, 0, 3)
    before = facts(proof)
    assert answer(capsys, "sweep", "--yes")["erased"] == 0
    assert facts(proof) == before


def positions(cli: Cli) -> int:
    count: int = next(c["count"] for c in cli("doctor", "--json").document["checks"])
    return count


def test_a_dry_run_of_a_day_to_come_tells_and_changes_nothing(cli: Cli) -> None:
    before = positions(cli)
    told = cli("sweep", "--as-of", "2095-01-01", "--dry-run", "--json").document
    assert told["dry_run"] is True
    assert {one["controller"] for one in told["controllers"] if one["first"]} >= {CONTROLLER}
    assert positions(cli) == before


def test_a_day_to_come_is_not_swept(cli: Cli) -> None:
    before = positions(cli)
    answered = cli("sweep", "--as-of", "2095-01-01", "--yes")
    assert (answered.code, positions(cli)) == (Exit.USAGE, before)
    assert "--dry-run" in answered.err


def test_before_the_first_policy_there_is_nothing_to_do(cli: Cli) -> None:
    told = cli("sweep", "--as-of", "2018-01-01", "--dry-run", "--json").document
    assert {one["policy"] for one in told["controllers"]} == {None}


def test_nobody_is_erased_unasked(proof: Proof, capsys: pytest.CaptureFixture[str]) -> None:
    before = facts(proof)
    assert "3 would be erased" in refused(capsys, "sweep")
    assert answer(capsys, "sweep", "-c", "toptemp")["erased"] == 0
    assert facts(proof) == before


def test_a_limit_holds_for_the_whole_run_and_says_what_is_left(
    proof: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "sweep", "--yes", "--limit", "2")
    assert (told["erased"], told["left"], erased(proof)) == (2, 1, 2)
    assert answer(capsys, "sweep", "--yes")["left"] == 0


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("day", ["2018-01-01", "2020-01-01", "2095-01-01"])
def test_it_is_told_to_people_in_their_language(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, language: str, day: str
) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    answered = cli("sweep", "--as-of", day, "--dry-run")
    assert answered.code == Exit.DONE
    assert CONTROLLER in answered.out


def merge(proof: Proof) -> tuple[SubjectId, SubjectId]:
    """Find the two people Miles approached to be one."""
    one, other = [person(proof, "miles.linkedin", remote_id) for remote_id in ("m-1", "m-2")]
    merge_id = proof.house.keyring.keyed_id(proof.house.controllers["miles"], "m", "s", "r")
    acts = [Act(one, MergedInto(merge_id, other)), Act(other, Absorbed(merge_id, one))]
    proof.house.rights().record_together(proof.house.controllers["miles"], acts)
    return one, other


def test_merged_streams_are_one_person_due_and_swept(
    proof: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(proof)
    (told,) = answer(capsys, "due", "-c", "miles")["controllers"]
    assert (told["people"], [one["streams"] for one in told["due"]]) == (1, [2])
    assert answer(capsys, "sweep", "-c", "miles", "--yes")["erased"] == 1
    assert erased(proof) == 2


REQUEST = ("--reason", "request", "--as", "account-7", "--yes")


def test_merged_streams_are_erased_together(
    proof: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = merge(proof)
    told = answer(capsys, "erase", str(one), *REQUEST)
    assert told["footprint"]["group"] == [str(other)]
    assert {receipt["subject"] for receipt in told["erased"]} == {str(one), str(other)}


def test_a_stream_may_be_erased_alone(proof: Proof, capsys: pytest.CaptureFixture[str]) -> None:
    one, _ = merge(proof)
    told = answer(capsys, "erase", str(one), *REQUEST, "--alone")
    assert (told["footprint"]["group"], len(told["erased"])) == ([], 1)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_outcome_is_told(language: str) -> None:
    text = (files("infra.cli") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)["outcome_of_date"]) == {outcome.value for outcome in Outcome}
