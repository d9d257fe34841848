"""``policy adopted`` and ``notice``: what the log says a controller promised, and announced."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from consumers.policies import policies
from domain.policy import Policy
from infra.cli.app import run
from infra.cli.exits import Exit
from infra.clock import SystemClock
from infra.foundation import found_house
from infra.settings import Settings
from tests.consumers.feed import Feed
from tests.proof.commands import use
from tests.proof.houses import SOURCE, open_proof, settings_of

TOPTEMP = ("--controller", "toptemp")
TODAY = date.today()  # noqa: DTZ011 - the commands ask the machine's own clock
SOON, LATER = (str(TODAY + timedelta(days=days)) for days in (10, 60))
CONSENTED: Mapping[str, object] = {
    "purpose": "recruitment",
    "notice_version": 1,
    "remote_client_id": None,
    "remote_assignment_id": None,
    "expires_at": None,
}


@pytest.fixture
def settings(
    events_dsn: str, keys_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Found a house in which one person consented in the words of the first notice."""
    made = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(made, SystemClock())
    feed = Feed(SOURCE)
    feed.tell()
    feed.tell(topic="candidate.consent-given", values=CONSENTED)
    with open_proof(made, SystemClock()) as proof:
        proof.take(feed.items)
    use(monkeypatch, made)
    return made


class Asked:
    """Runs commands and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def code(self, *arguments: str) -> int:
        self._capsys.readouterr()
        return run([*arguments])

    def told(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        assert self.code(*arguments, "--json") == Exit.DONE
        return json.loads(self._capsys.readouterr().out)

    def error(self, *arguments: str) -> tuple[int, str]:
        code = self.code(*arguments, "--json")
        return code, json.loads(self._capsys.readouterr().err)["error"]["message"]


@pytest.fixture
def asked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Asked:
    del settings
    return Asked(capsys)


def notice(verb: str, version: int, since: str, *more: str) -> tuple[str, ...]:
    return ("notice", verb, *TOPTEMP, "--version", str(version), "--effective-from", since, *more)


def edited(monkeypatch: pytest.MonkeyPatch, *extra: Policy) -> None:
    """Let the files say that toptemp's first policy has no rules, or has a version more."""
    (first,) = policies()["toptemp"]
    told = {**policies(), "toptemp": (first, *extra) if extra else (replace(first, rules=()),)}
    monkeypatch.setattr("infra.adoption.policies", lambda: told)


def test_every_policy_of_a_founded_house_is_adopted(asked: Asked) -> None:
    found = asked.told("policy", "adopted")["policies"]
    assert {one["controller"] for one in found} == set(policies())
    assert {one["state"] for one in found} == {"in_force"}
    assert all(one["adopted_at"] and len(bytes.fromhex(one["digest"])) == 32 for one in found)


def test_without_a_house_nothing_is_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLEMMEBOK_HOME", str(tmp_path / "nowhere"))
    assert Asked(capsys).told("policy", "check")["adopted"] == []


@pytest.mark.parametrize(
    "command", [("policy", "check"), ("policy", "adopted"), ("init",), ("sweep", "--dry-run")]
)
def test_an_edited_policy_ends_a_command_with_3(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    edited(monkeypatch)
    code, message = asked.error(*command)
    assert code == Exit.BAD_INPUT
    assert "toptemp.toml, policy version 1" in message


def test_a_new_version_waits_until_the_house_acts_on_it(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = policies()["toptemp"]
    edited(monkeypatch, replace(first, version=2, effective_from=date(2090, 1, 1)))

    def states() -> list[str]:
        found = asked.told("policy", "adopted")["policies"]
        return [one["state"] for one in found if one["controller"] == "toptemp"]

    assert states() == ["in_force", "waiting"]
    assert asked.code("sweep", "--yes") == Exit.DONE
    assert states() == ["in_force", "to_come"]


def test_a_controllers_own_stream_is_nobodys_file(asked: Asked, settings: Settings) -> None:
    with open_proof(settings, SystemClock()) as proof:
        stream = str(proof.controller)
    code, message = asked.error("erase", stream, "--reason", "request", "--yes")
    assert code == Exit.USAGE
    assert "nobody here" in message


@pytest.mark.requirement("A217")
def test_a_notice_is_announced_before_it_is_published(asked: Asked) -> None:
    assert asked.told(*notice("publish", 1, "2018-07-20"))["recorded"]
    assert asked.error(*notice("publish", 2, LATER))[0] == Exit.REFUSED
    assert asked.error(*notice("announce", 2, SOON))[0] == Exit.REFUSED
    assert asked.told(*notice("announce", 2, LATER))["comment_until"] == str(
        TODAY + timedelta(days=30)
    )
    assert asked.told(*notice("publish", 2, LATER))["recorded"]
    assert not asked.told(*notice("publish", 2, LATER))["recorded"]
    listed = asked.told("notice", "list", *TOPTEMP)["notices"]
    assert [(one["version"], one["effective_from"]) for one in listed] == [
        (1, "2018-07-20"),
        (2, LATER),
    ]


@pytest.mark.requirement("A39")
def test_the_text_that_was_announced_is_the_text_that_is_published(
    asked: Asked, tmp_path: Path
) -> None:
    texts = [tmp_path / name for name in ("announced.md", "another.md")]
    for text in texts:
        text.write_text(text.name)
    asked.told(*notice("publish", 1, "2018-07-20"))
    asked.told(*notice("announce", 2, LATER, "--text", str(texts[0])))
    assert asked.error(*notice("publish", 2, LATER, "--text", str(texts[1])))[0] == Exit.REFUSED
    assert asked.told(*notice("publish", 2, LATER, "--text", str(texts[0])))["recorded"]


@pytest.mark.requirement("A82")
def test_a_changed_purpose_outdates_the_consents_of_older_words(asked: Asked) -> None:
    changed = ("--purpose-changed", "recruitment")
    first = asked.told(*notice("publish", 2, str(TODAY), *changed))
    assert (first["recorded"], first["consents_outdated"]) == (True, 1)
    again = asked.told(*notice("publish", 2, str(TODAY), *changed))
    assert (again["recorded"], again["consents_outdated"]) == (False, 0)


def test_a_purpose_nobody_knows_is_a_mistake_of_asking(asked: Asked) -> None:
    code, message = asked.error(*notice("publish", 1, LATER, "--purpose-changed", "whatever"))
    assert code == Exit.USAGE
    assert "whatever" not in message


@pytest.mark.parametrize("language", ["en", "nb"])
def test_notices_are_told_to_people(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    for arguments in (
        ("notice", "list"),
        notice("publish", 1, str(TODAY), "--purpose-changed", "recruitment,pool"),
        notice("announce", 2, LATER),
        notice("publish", 2, LATER),
        ("notice", "list"),
        ("policy", "adopted"),
        ("policy", "check"),
    ):
        assert asked.code(*arguments) == Exit.DONE
