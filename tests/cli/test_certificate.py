"""``certificate`` proves an erasure to whoever holds it, and tells nobody who was erased."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from consumers.erasure_order import Request
from consumers.erasure_ports import Step
from domain.erasure import ErasureReason
from domain.values import SubjectId
from infra.clock import SystemClock
from infra.house import open_house
from infra.random_ids import random_id
from infra.settings import read_process_settings
from tests.cli.certificates import erase, issued, key_file, verified
from tests.cli.conftest import CONTROLLER, NOBODY, Cli, World, somebody_of, sql, subject_of

EDITED_JOURNAL = "UPDATE journal SET encoded = set_byte(encoded, 0, 255)"
NEVER_A_SIGNER = "DELETE FROM controller_secret WHERE purpose = 'signer'"


@pytest.fixture
def erased(cli: Cli, world: World) -> dict[str, Any]:
    """Erase somebody in the house of the room; return the receipt."""
    return erase(cli, subject_of(cli, world.somebody()))


@pytest.fixture
def alone(fed: Cli) -> dict[str, Any]:
    """Erase somebody in a house of the test's own; return the receipt."""
    return erase(fed, somebody_of(fed))


def test_a_certificate_is_verified_and_tells_what_the_receipt_told(
    cli: Cli, erased: dict[str, Any], tmp_path: Path
) -> None:
    told = issued(cli, erased, tmp_path / "c.jws")
    assert verified(cli, tmp_path / "c.jws") == (0, "valid")
    assert told["statement"] == "erased by key destruction"
    assert told["unreadable_since"] == erased["unreadable_since"]
    assert len(told["erasure"]["keys"]) == erased["keys_destroyed"]
    assert told["erasure"]["lookups_cleared"] == erased["lookups_cleared"]
    assert (told["tokens_tried"], told["tokens_opened"]) == (erased["tokens_tried"], 0)
    assert told["journal"]["chain"] == erased["journal"]["chain"]
    assert [one["name"] for one in told["recipients"]] == erased["recipients"]
    assert told["applied_again_at"] == []


def test_a_certificate_names_what_remains_and_until_when(
    cli: Cli, erased: dict[str, Any], tmp_path: Path
) -> None:
    told = issued(cli, erased, tmp_path / "c.jws")
    remains = {one["what"]: one for one in told["residuals"]}
    assert {"log_tokens", "clear_facts", "journal_record", "key_backups"} <= remains.keys()
    assert remains["notice_keys"]["count"] == len(erased["recipients"])
    assert all(remains[one]["until"] for one in ("late_fact_guard", "notice_keys", "leases"))
    assert "letter_address" not in remains


def test_a_certificate_and_its_page_hold_no_id_of_hers_and_no_value(
    cli: Cli, world: World, tmp_path: Path
) -> None:
    person = world.somebody()
    subject = subject_of(cli, person)
    dossier = cli("show", subject, "--json").document
    keys = cli("erase", subject, "--dry-run", "--reason", "request", "--json").document["footprint"]
    receipt = erase(cli, subject)
    told = json.dumps(issued(cli, receipt, tmp_path / "c.jws"))
    page = cli("certificate", receipt["erasure_id"], "--html").out
    ids = {category.partition("/")[2] for category in keys["keys"]} - {""}
    hers = {subject, receipt["controller"], person["email"], *ids, *_words(dossier)}
    assert len(hers) > 4
    assert [one for one in hers if one in told or one in page] == []


def _words(dossier: dict[str, Any]) -> set[str]:
    """Pick the texts out of a dossier; what is shorter than six letters could stand anywhere."""
    waiting: list[Any] = [v["value"] for slot in dossier["slots"] for v in slot["values"]]
    found = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and len(value) >= 6:
            found.add(value)
        elif isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
    return found


def test_a_certificate_becomes_final_and_its_signer_stays(
    fed: Cli, alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody else holds a lease on this house's keys.
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    before = issued(fed, alone, tmp_path / "before.jws")
    assert fed("keys", "finalise").code == 0
    after = issued(fed, alone, tmp_path / "after.jws")
    assert not before["backups"]["final"]
    assert after["backups"]["final"]
    assert after["backups"]["promise"] == "file-rewritten"
    assert "key_backups" not in {one["what"] for one in after["residuals"]}
    assert len(list((tmp_path / "house" / "signers").iterdir())) == 1
    for name in ("before.jws", "after.jws"):
        assert verified(fed, tmp_path / name) == (0, "valid")


def test_the_public_key_is_a_file_for_everybody_and_names_its_controller(
    cli: Cli, erased: dict[str, Any], world: World
) -> None:
    file = key_file(cli, erased)
    named = json.loads(file.read_text())
    assert file == world.home / "signers" / f"{named['controller']}-{named['kid']}.pub"
    assert file.stat().st_mode & 0o777 == 0o644
    assert named.keys() == {"crv", "kty", "x", "kid", "use", "alg", "controller"}


def test_another_place_for_public_keys_can_be_named(
    cli: Cli, erased: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(cli, erased, tmp_path / "c.jws")
    file = key_file(cli, erased)
    monkeypatch.setenv("GLEMMEBOK_HOME", str(tmp_path / "elsewhere"))
    assert verified(cli, tmp_path / "c.jws") == (7, "unknown_signer")
    assert verified(cli, tmp_path / "c.jws", "--signers", str(file)) == (0, "valid")
    assert verified(cli, tmp_path / "c.jws", "--signers", str(file.parent)) == (0, "valid")


def test_a_changed_certificate_is_altered(cli: Cli, erased: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "c.jws"
    issued(cli, erased, file)
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(bytes(changed))
    assert verified(cli, file) == (6, "altered")


@pytest.mark.parametrize(
    ("name", "code", "answer"), [("feed", 3, "not_a_certificate"), ("none", 5, "bad_file")]
)
def test_what_is_no_certificate_is_told_from_what_cannot_be_read(
    anywhere: Cli, tmp_path: Path, name: str, code: int, answer: str
) -> None:
    (tmp_path / "feed").write_bytes(b"Obj\x01")
    assert verified(anywhere, tmp_path / name) == (code, answer)


def test_a_file_that_is_no_public_key_is_named(anywhere: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.pub").write_text("{}")
    answer = anywhere("certificate", "verify", "x", "--signers", str(tmp_path), "--json")
    assert answer.code == 3
    assert "x.pub" in answer.error["message"]


@pytest.mark.parametrize("receipt", [NOBODY, "nosuch"])
def test_a_receipt_that_nobody_was_given_is_a_mistake_of_usage(cli: Cli, receipt: str) -> None:
    assert cli("certificate", receipt).code == 2


def test_an_erasure_that_has_not_ended_is_not_certified(fed: Cli) -> None:
    """Guard: keys that are destroyed and not yet tried are no proof."""
    subject = SubjectId(UUID(somebody_of(fed)))
    with suppress(InterruptedError), open_house(read_process_settings(), SystemClock()) as house:
        request = Request(subject, None, ErasureReason.REQUEST, random_id())
        house.erasure(_stop).erase(house.controllers[CONTROLLER], [request])
    with open_house(read_process_settings(), SystemClock()) as house:
        (pending,) = house.store.pending_erasures()
    answer = fed("certificate", str(pending.erasure_id), "--json")
    assert (answer.code, answer.error["code"]) == (4, "refused")


def _stop(step: Step) -> None:
    if step is Step.ANCHORED:
        raise InterruptedError


def test_an_edited_journal_certifies_nothing(
    fed: Cli, alone: dict[str, Any], keys_dsn: str
) -> None:
    sql(keys_dsn, EDITED_JOURNAL)
    assert fed("certificate", alone["erasure_id"]).code == 6


def test_a_house_behind_its_anchor_certifies_nothing(
    fed: Cli, alone: dict[str, Any], keys_dsn: str
) -> None:
    sql(keys_dsn, "DELETE FROM journal")
    sql(keys_dsn, "UPDATE journal_head SET sequence = 0, chain = decode(repeat('00', 32), 'hex')")
    assert fed("certificate", alone["erasure_id"]).code == 4


def test_a_certificate_kept_elsewhere_tells_that_the_whole_house_was_put_back(
    fed: Cli, alone: dict[str, Any], keys_dsn: str, tmp_path: Path
) -> None:
    file = tmp_path / "kept.jws"
    issued(fed, alone, file)
    assert fed("certificate", "witness", str(file)).code == 0
    sql(keys_dsn, "DELETE FROM journal")
    sql(keys_dsn, "UPDATE journal_head SET sequence = 0, chain = decode(repeat('00', 32), 'hex')")
    answer = fed("certificate", "witness", str(file), "--json")
    assert (answer.code, answer.document["answer"]) == (6, "behind")


def test_a_house_from_before_certificates_gets_its_signer(
    fed: Cli, alone: dict[str, Any], keys_dsn: str, tmp_path: Path
) -> None:
    sql(keys_dsn, NEVER_A_SIGNER)
    issued(fed, alone, tmp_path / "c.jws")
    assert verified(fed, tmp_path / "c.jws") == (0, "valid")


def test_a_recipient_that_acknowledged_is_told_and_its_notices_key_is_gone(
    cli: Cli, erased: dict[str, Any], tmp_path: Path
) -> None:
    before = issued(cli, erased, tmp_path / "c.jws")
    waiting = cli("notices", "list", "--json", "--limit", "1000").document["notices"]
    hers = [n["notice_id"] for n in waiting if n["erasure_id"] == erased["erasure_id"]]
    assert cli("notices", "acknowledge", *hers).code == 0
    after = issued(cli, erased, tmp_path / "c.jws")
    told = [[one["acknowledged"] for one in each["recipients"]] for each in (before, after)]
    assert told == [[False] * len(hers), [True] * len(hers)]
    assert "notice_keys" not in {one["what"] for one in after["residuals"]}


def test_what_is_parked_and_nobodys_is_counted_as_what_remains(
    cli: Cli, erased: dict[str, Any], tmp_path: Path
) -> None:
    told = issued(cli, erased, tmp_path / "c.jws")
    parked = cli("parked", "list", "--json", "--limit", "1000").document["items"]
    nobodys = [item for item in parked if item.get("subject") is None]
    (counted,) = [one for one in told["residuals"] if one["what"] == "unattributed_items"]
    assert 0 < counted["count"] <= len(nobodys)
    assert counted["until"]
