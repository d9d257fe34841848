"""``policy check``, ``policy simulate`` and ``due``, as their user runs them."""

import json
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from domain.findings import FindingKind, Severity
from domain.postponing import Postponed
from domain.simulation import Change, Nearness
from infra.cli.app import run
from infra.cli.exits import Exit
from infra.clock import FixedClock
from infra.foundation import found_house
from tests.consumers.feed import Feed, email
from tests.proof.commands import use
from tests.proof.houses import SOURCE, open_proof, settings_of

PEOPLE = ("r-1", "r-2", "r-3")
TOPTEMP = (files("schemas") / "controllers" / "toptemp.toml").read_text(encoding="utf-8")


@pytest.fixture
def peopled(
    events_dsn: str,
    keys_dsn: str,
    tmp_path: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found a house; three people registered on New Year's Day 2026, one of them was erased."""
    settings = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(settings, clock)
    feed = Feed(SOURCE)
    for remote_id in PEOPLE:
        feed.tell(remote_id, contacts=email(f"{remote_id}@example.org"))
    with open_proof(settings, clock) as proof:
        proof.take(feed.items)
        proof.project()
        proof.erase(proof.person("r-3"))
        proof.anchor_log()
    use(monkeypatch, settings)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:  # noqa: ANN401 - JSON
    capsys.readouterr()
    assert run([*arguments, "--json"]) == Exit.DONE
    return json.loads(capsys.readouterr().out)


def draft(folder: Path, old: str, new: str) -> str:
    assert old in TOPTEMP
    file = folder / "toptemp.toml"
    file.write_text(TOPTEMP.replace(old, new, 1), encoding="utf-8")
    return str(file)


def test_check_shows_each_controllers_findings(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "policy", "check", "--as-of", "2026-06-01")
    kinds = {one["controller"]: {f["kind"] for f in one["findings"]} for one in told["controllers"]}
    assert len(kinds) == 5
    assert "period_missing" in kinds["aktiv-bemanning"]
    assert "period_unjustified" in kinds["backerskeie"]


def test_check_before_the_first_policy_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "policy", "check", "--as-of", "2018-01-01")
    assert {one["policy"] for one in told["controllers"]} == {None}


@pytest.mark.parametrize("language", ["en", "nb"])
def test_check_is_told_to_people_in_their_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    assert run(["policy", "check", "--as-of", "2026-06-01"]) == Exit.DONE
    assert "as-long-as-needed" in capsys.readouterr().out


@pytest.mark.usefixtures("peopled")
def test_due_lists_who_is_to_be_warned_and_never_the_erased(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (told,) = answer(capsys, "due", "-c", "toptemp", "--as-of", "2029-12-15")["controllers"]
    assert (told["people"], told["counts"]["warned"]) == (2, 2)
    assert {one["due_on"] for one in told["due"]} == {"2030-01-01"}
    assert {one["trigger"] for one in told["due"]} == {"registered"}


@pytest.mark.usefixtures("peopled")
def test_due_counts_everybody_and_lists_as_many_as_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("due", "-c", "toptemp", "--as-of", "2030-01-02", "--limit", "1")
    (told,) = answer(capsys, *asked)["controllers"]
    assert (told["counts"]["overdue"], len(told["due"])) == (2, 1)


@pytest.mark.usefixtures("peopled")
def test_due_before_the_first_policy_is_asked_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["due", "-c", "toptemp", "--as-of", "2018-01-01"]) == Exit.USAGE
    assert "no policy of toptemp is in force" in capsys.readouterr().err


@pytest.mark.usefixtures("peopled")
def test_a_shorter_period_is_simulated_before_it_is_switched_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = draft(tmp_path, "months = 48", "months = 3")
    told = answer(capsys, "policy", "simulate", file, "--as-of", "2026-06-01")
    assert (told["people"], told["at_once"], told["changes"]["sooner"]) == (2, 2, 2)
    assert told["months"] == {"2026-04": 2}
    assert [one["proposed"]["erase_on"] for one in told["subjects"]] == ["2026-04-01"] * 2
    assert [one["present"]["erase_on"] for one in told["subjects"]] == ["2030-01-01"] * 2


@pytest.mark.usefixtures("peopled")
def test_a_period_taken_away_is_simulated_as_a_finding_of_everybody(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = draft(tmp_path, "months = 48\n", "")
    told = answer(capsys, "policy", "simulate", file, "--as-of", "2026-06-01")
    assert told["changes"]["undated"] == 2
    (finding,) = told["findings"]
    assert (finding["kind"], finding["people"]) == ("period_missing", 2)


@pytest.mark.usefixtures("peopled")
def test_simulating_changes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = ("due", "-c", "toptemp", "--as-of", "2026-06-01")
    before = answer(capsys, *asked)
    answer(capsys, "policy", "simulate", draft(tmp_path, "months = 48", "months = 3"))
    assert answer(capsys, *asked) == before


@pytest.mark.usefixtures("peopled")
@pytest.mark.parametrize("language", ["en", "nb"])
def test_dates_are_told_to_people_whole(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    language: str,
) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    file = draft(tmp_path, "months = 48", "months = 3")
    assert run(["policy", "simulate", file, "--as-of", "2026-06-01"]) == Exit.DONE
    assert run(["due", "--as-of", "2030-02-01"]) == Exit.DONE
    told = capsys.readouterr().out
    assert "2026-04-01" in told
    assert "2030-01-01" in told


def test_a_draft_that_is_wrong_is_named_with_line_and_field(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = draft(tmp_path, "months = 48", "months = 0")
    line = Path(file).read_text(encoding="utf-8").split("\n").index("months = 0") + 1
    assert run(["policy", "simulate", file]) == Exit.BAD_INPUT
    assert f"toptemp.toml:{line}: policy[0].rules[0].months" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("finding", FindingKind),
        ("severity", Severity),
        ("postponed", Postponed),
        ("nearness", Nearness),
        ("change", Change),
    ],
)
def test_every_word_a_policy_answers_with_is_told(
    language: str, group: str, words: Iterable[StrEnum]
) -> None:
    text = (files("infra.cli") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)[group]) == {word.value for word in words}
