"""What fails says nothing personal: not what was typed, not what was read."""

import sys
from pathlib import Path

import pytest

from infra.cli.app import main
from infra.cli.defects import defect_hook
from tests.cli.conftest import ASKED, Cli, World, subject_of

ADDRESS = "kari.probe@example.org"
SHORT_OPTIONS = (
    "find",
    "show",
    "erase",
    "board",
    "timeline",
    "parked",
    "recipients",
    "rebuild",
    "ingest",
)


@pytest.mark.parametrize("command", SHORT_OPTIONS)
def test_an_address_in_the_wrong_place_is_not_repeated(cli: Cli, command: str) -> None:
    answer = cli(command, ADDRESS, ADDRESS)
    assert answer.code == 2
    assert ADDRESS not in answer.err.replace(f"there is no file {ADDRESS}", "")


@pytest.mark.parametrize("option", ["--controller", "--purpose", "--as", "--limit", "--emial"])
def test_an_address_given_to_another_option_is_not_repeated(cli: Cli, option: str) -> None:
    answer = cli("board", "-c", "miles", f"{option}={ADDRESS}", "--json")
    assert answer.code == 2
    assert ADDRESS not in answer.err + answer.out


def test_an_address_nobody_has_is_not_repeated(cli: Cli) -> None:
    answer = cli("erase", "--email", ADDRESS, "--reason", "request", "--yes", "--json")
    assert answer.code == 2
    assert ADDRESS not in answer.err + answer.out


def test_an_account_that_could_be_a_name_is_refused(cli: Cli, world: World) -> None:
    subject = subject_of(cli, world.somebody())
    answer = cli("show", subject, "--as", "Kari Probe")
    assert answer.code == 2
    assert "Kari" not in answer.err


def test_an_erasure_prints_nothing_of_hers(cli: Cli, world: World) -> None:
    person = world.somebody()
    asked = ("--email", person["email"], "--reason", "request")
    shown = [cli("erase", *asked, "--dry-run"), cli("erase", *asked, "--yes")]
    for answer in shown:
        for value in (person["name"], person["email"], person["phone"], person["remote_id"]):
            assert value not in answer.out + answer.err


def test_an_erased_person_leaves_nothing_in_what_is_shown(cli: Cli, world: World) -> None:
    person = world.somebody()
    subject = subject_of(cli, person)
    assert cli("erase", subject, "--reason", "request", "--yes").code == 0
    shown = [
        cli(command, subject, *json)
        for command in ("show", "timeline")
        for json in ((), ("--json",))
    ]
    for answer in shown:
        assert answer.code == 0
        for value in (person["name"], person["email"], person["phone"], person["remote_id"]):
            assert value not in answer.out


@pytest.mark.parametrize("as_json", [False, True])
def test_a_defect_shows_its_class_and_place_and_no_value(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    table: dict[str, int] = {}
    try:
        table[ADDRESS] += 1
    except KeyError as error:
        defect_hook(as_json=as_json)(KeyError, error, error.__traceback__)
    told = capsys.readouterr().err
    assert "KeyError" in told
    assert Path(__file__).name in told
    assert ADDRESS not in told


def test_the_program_takes_care_of_its_defects(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit):
        main(["--version"])
    with pytest.raises(SystemExit) as ended:
        main(["nosuch", "--json"])
    assert ended.value.code == 2
    assert sys.excepthook is not sys.__excepthook__
    assert "error" in capsys.readouterr().err


def test_a_production_house_is_told_who_opens_and_why(fed: Cli) -> None:
    for asked in ((), ASKED[:2], ASKED[2:]):
        answer = fed("board", "-c", "toptemp", *asked)
        assert answer.code == 2
        assert "--as USER --purpose WHY" in answer.err
