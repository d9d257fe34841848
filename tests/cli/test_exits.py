"""Each exit code has a real cause, and one clear line says what it was."""

import shutil
from pathlib import Path
from uuid import UUID

import pytest

from consumers.ports import Batch, Recording
from domain.erasure import ErasureReason, ErasureRequested
from domain.fact import Fact, Stamp, house_stamp
from domain.subject import evolve
from domain.values import ErasureId, FactId, SubjectId
from infra.clock import SystemClock
from infra.house import open_house
from infra.random_ids import random_id
from infra.settings import read_process_settings
from tests.cli.conftest import ASKED, CONTROLLER, NOBODY, Answer, Cli, World, somebody_of, sql

CUT = """
    ALTER TABLE log_chain DISABLE TRIGGER append_only;
    DELETE FROM log_chain WHERE last_position = (SELECT max(last_position) FROM log_chain)
"""
EDITED_LOG = """
    ALTER TABLE fact_log DISABLE TRIGGER append_only;
    UPDATE fact_log SET state = state || 'x' WHERE notification_id = 5
"""
EDITED_AUDIT = """
    ALTER TABLE access_audit DISABLE TRIGGER append_only;
    UPDATE access_audit SET who = 'somebody-else' WHERE sequence = 1
"""
EDITED_JOURNAL = "UPDATE journal SET encoded = set_byte(encoded, 90, get_byte(encoded, 90) # 1)"
MOVED_TOKENS = """
    UPDATE views.dossier SET parts = (SELECT parts FROM views.dossier
        WHERE subject <> '{subject}' AND slot LIKE 'registered/%' LIMIT 1)
    WHERE subject = '{subject}' AND slot LIKE 'registered/%'
"""


def request_erasure(subject: SubjectId, category: str) -> None:
    """Record that somebody asked for an erasure, which nobody has approved yet."""
    with open_house(read_process_settings(), SystemClock()) as house:
        controller = house.controllers[CONTROLLER]
        head = house.store.load(controller, [subject], []).heads[subject]
        claim = ErasureRequested(ErasureId(random_id()), category, ErasureReason.REQUEST)
        stamp = house_stamp(controller, FactId(random_id()), house.clock.now())
        state = evolve(head.state, stamp, claim)
        facts: tuple[tuple[Stamp, Fact], ...] = ((stamp, claim),)
        recording = Recording(controller, subject, head.version, facts, state)
        house.store.append(Batch((recording,)))


def one_line(answer: Answer) -> bool:
    """Say whether a failure is told in one line, with at most a hint below it."""
    first, *rest = answer.err.splitlines()
    return first.startswith("glemmebok: ") and all(line.startswith("  ") for line in rest)


@pytest.mark.parametrize("command", ["doctor", "parked list", "project --once", f"show {NOBODY}"])
def test_without_a_house_a_command_says_how_to_make_one(anywhere: Cli, command: str) -> None:
    answer = anywhere(*command.split())
    assert answer.code == 2
    assert "glemmebok init" in answer.err
    assert one_line(answer)


def test_without_a_house_nothing_is_made(anywhere: Cli, tmp_path: Path) -> None:
    anywhere("doctor")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        "show kari",
        f"show {NOBODY}",
        f"timeline {NOBODY}",
        "board -c nosuch",
        "board -c miles --assignment 7",
        "rebuild nosuch",
        "find",
        "find --source toptemp.mail",
        "find --email a@example.org --phone 1",
        "ingest nosuch.avro",
        "show",
        "nosuch",
        "board -c miles --limit 0",
        "board -c miles --nosuch",
        f"erase {NOBODY} --yes --reason request",
        f"erase {NOBODY} --yes --reason whim",
        "erase --email nobody@example.org --yes --reason request",
    ],
)
def test_a_wrong_question_is_a_usage_mistake(cli: Cli, command: str) -> None:
    answer = cli(*command.split())
    assert answer.code == 2
    assert answer.out == ""
    assert one_line(answer)


def test_a_file_that_is_no_feed_is_named_while_the_others_go_in(
    cli: Cli, world: World, tmp_path: Path
) -> None:
    stray = tmp_path / "stray.avro"
    stray.write_bytes(b"not an Avro file")
    answer = cli("ingest", str(stray), world.files[0], "--json")
    assert answer.code == 3
    assert [file["file"] for file in answer.document["files"]] == [world.files[0]]
    assert [file["file"] for file in answer.document["no_feeds"]] == [str(stray)]
    assert str(stray) in answer.error["message"]


def test_what_is_wrong_with_a_file_is_told_to_people_too(
    cli: Cli, world: World, tmp_path: Path
) -> None:
    stray = tmp_path / "stray.avro"
    stray.write_bytes(b"")
    answer = cli("ingest", world.files[0], str(stray))
    assert answer.code == 3
    assert "Duplicate" in answer.out
    assert "stray.avro is no feed: not an Avro container" in answer.err


def test_a_wrong_setting_is_bad_input(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", "sv")
    answer = cli("doctor", "--json")
    assert answer.code == 3
    assert "GLEMMEBOK_LANG" in answer.error["message"]


def test_a_folder_that_cannot_be_made_is_unavailable(anywhere: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = anywhere("feeds", "--candidates", "1", "--out", str(tmp_path / "file" / "feeds"))
    assert answer.code == 5
    assert one_line(answer)


def test_a_log_cut_behind_its_anchor_closes_the_gate(fed: Cli, events_dsn: str) -> None:
    subject = somebody_of(fed)
    sql(events_dsn, CUT)
    answer = fed("show", subject, *ASKED, "--json")
    assert answer.code == 4
    assert answer.error["code"] == "refused"
    assert "restore" in answer.error["hint"]


def test_doctor_sees_a_closed_gate(fed: Cli, tmp_path: Path) -> None:
    subject = somebody_of(fed)
    assert fed("erase", subject, "--yes", "--reason", "request", "--as", "account-7").code == 0
    shutil.rmtree(tmp_path / "house.anchor")
    answer = fed("doctor", "--json")
    assert answer.code == 4
    assert {c["name"] for c in answer.document["checks"] if c["verdict"] == "closed"} == {
        "restore_gate"
    }


def test_an_erasure_of_another_scope_refuses(fed: Cli) -> None:
    subject = somebody_of(fed)
    request_erasure(SubjectId(UUID(subject)), "profile")
    answer = fed("erase", subject, "--yes", "--reason", "request", "--as", "account-7", "--json")
    assert answer.code == 4
    assert "erasure_under_way" in answer.error["message"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("away", ["DATABASE_URL", "KEYS_DATABASE_URL"])
def test_a_database_that_is_away_is_unavailable(
    production: Cli, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    monkeypatch.setenv(f"GLEMMEBOK_{away}", "postgresql://somebody:secret@127.0.0.1:1/nosuch")
    answer = production("board", "-c", CONTROLLER, *ASKED, "--json")
    assert answer.code == 5
    assert answer.error["code"] == "unavailable"
    assert "secret" not in answer.err


def test_a_lost_root_key_is_not_replaced(production: Cli, tmp_path: Path) -> None:
    key = tmp_path / "house" / "root.key"
    key.unlink()
    answer = production("init", "--json")
    assert answer.code == 5
    assert "restore" in answer.error["message"]
    assert not key.exists()


def test_a_moved_token_is_tampering(fed: Cli, events_dsn: str) -> None:
    subject = somebody_of(fed)
    sql(events_dsn, MOVED_TOKENS.format(subject=subject))
    answer = fed("show", subject, *ASKED, "--json")
    assert answer.code == 6
    assert answer.error["code"] == "tampering"


def test_doctor_sees_an_edited_log(fed: Cli, events_dsn: str) -> None:
    sql(events_dsn, EDITED_LOG)
    assert _tampered(fed) == {"log_chain"}


def test_doctor_sees_an_edited_audit(fed: Cli, events_dsn: str) -> None:
    somebody_of(fed)
    sql(events_dsn, EDITED_AUDIT)
    assert _tampered(fed) == {"access_audit"}


def test_doctor_sees_an_edited_erasure_journal(fed: Cli, keys_dsn: str) -> None:
    subject = somebody_of(fed)
    assert fed("erase", subject, "--yes", "--reason", "request", "--as", "account-7").code == 0
    sql(keys_dsn, EDITED_JOURNAL)
    assert "erasure_journals" in _tampered(fed)


def _tampered(fed: Cli) -> set[str]:
    answer = fed("doctor", "--json")
    assert answer.code == 6
    return {c["name"] for c in answer.document["checks"] if c["verdict"] == "tampered"}


@pytest.mark.parametrize("asked", [("--seed", "99999999999"), ("--candidates", "9000000")])
def test_a_number_out_of_range_is_a_mistake_of_usage(
    cli: Cli, tmp_path: Path, asked: tuple[str, str]
) -> None:
    assert cli("feeds", *asked, "--out", str(tmp_path)).code == 2
