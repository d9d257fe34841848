"""What people read fits 80 columns, is in their language, and says what to do next."""

import pytest

from tests.cli.conftest import CONTROLLER, Cli, World, subject_of


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize(
    "command", ["board", "find", "show", "timeline", "recipients", "parked list", "doctor"]
)
def test_nothing_is_wider_than_the_terminal(
    cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch, command: str, language: str
) -> None:
    person = world.manifest["people"][0]
    subject = subject_of(cli, person)
    asked = {
        "board": ["-c", CONTROLLER],
        "find": ["--email", person["email"]],
        "show": [subject],
        "timeline": [subject],
        "recipients": [subject],
    }
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    answer = cli(*command.split(), *asked.get(command, []))
    assert answer.code == 0
    assert max(len(line) for line in answer.out.splitlines()) <= 80


def test_a_dossier_is_told_in_the_language_asked_for(
    cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subject_of(cli, world.manifest["people"][0])
    monkeypatch.setenv("GLEMMEBOK_LANG", "nb")
    printed = cli("show", subject).out
    assert "Kjent hos" in printed
    assert "fornavn" in printed


def test_enums_are_shown_in_words(cli: Cli) -> None:
    printed = cli("parked", "list").out
    assert "trailing bytes" in printed
    assert "trailing_bytes" not in printed


def test_machines_get_enums_in_every_language(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    english = cli("parked", "list", "--json").out
    monkeypatch.setenv("GLEMMEBOK_LANG", "nb")
    assert cli("parked", "list", "--json").out == english


def test_no_progress_is_drawn_into_a_pipe(cli: Cli, world: World) -> None:
    assert cli("ingest", world.files[0]).err == ""
    assert cli("rebuild").err == ""


def test_an_empty_house_says_to_ingest(production: Cli) -> None:
    asked = ("-c", CONTROLLER, "--as", "account-7", "--purpose", "audit")
    for command in (("board", *asked), ("find", "--email", "a@example.org", *asked)):
        answer = production(*command)
        assert answer.code == 0
        assert "glemmebok ingest" in answer.out


def test_what_is_not_in_the_views_yet_says_to_project(production: Cli, world: World) -> None:
    production("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro"))
    asked = ("-c", CONTROLLER, "--as", "account-7", "--purpose", "audit")
    for command in (("board", *asked), ("find", "--email", "a@example.org", *asked)):
        assert "glemmebok project --once" in production(*command).out


def test_a_person_who_is_not_in_the_views_yet_is_no_defect(production: Cli, world: World) -> None:
    production("ingest", str(world.feeds / f"{CONTROLLER}.min-side.avro"))
    known = next(p for p in world.manifest["people"] if p["source"] == f"{CONTROLLER}.min-side")
    ref = ("--source", known["source"], "--remote-id", known["remote_id"])
    erasure = production("erase", *ref, "--reason", "request", "--dry-run", "--json")
    subject = erasure.document["footprint"]["subject"]
    for command in ("show", "timeline"):
        answer = production(command, subject, "--as", "account-7", "--purpose", "audit")
        assert answer.code == 2
        assert "glemmebok project --once" in answer.err


def test_nothing_parked_is_said(production: Cli) -> None:
    assert production("parked", "list").out == "Nothing is parked.\n"


def test_each_step_names_the_next(production: Cli, world: World) -> None:
    assert "glemmebok feeds" in production("init").out
    assert "glemmebok project --once" in production("ingest", world.files[0]).out


def test_a_folder_with_a_space_is_named_as_a_shell_takes_it(cli: Cli, world: World) -> None:
    out = world.feeds.parent / "a folder"
    printed = cli("feeds", "--candidates", "2", "--out", str(out)).out
    assert f'glemmebok ingest "{out}"/*.avro' in printed
