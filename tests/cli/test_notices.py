"""``notices``: what a recipient is to be told is listed, opened with an audit, and acknowledged."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from consumers.ports import Notice, NoticeKind
from domain.answers import Present, Shredded
from domain.values import SubjectId
from infra.cli.app import run
from infra.cli.exits import Exit
from infra.clock import FixedClock
from infra.foundation import found_house
from infra.notices import acknowledge, deliver, open_notice, settle, waiting
from tests.consumers.feed import STATED, Feed, email
from tests.proof.commands import ASKED, use
from tests.proof.houses import SOURCE, Proof, open_proof, settings_of

NOBODY = "6a1e7a52-5f3c-4c1f-9d0e-2b8f4f0c9a11"

Ask = Callable[..., Any]


def never() -> bool:
    return False


@pytest.fixture
def proof(
    events_dsn: str,
    keys_dsn: str,
    tmp_path: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Proof]:
    """Erase r-1, and have her source tell of her once more: a notice of each."""
    settings = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(settings, clock)
    feed = Feed(SOURCE)
    feed.tell("r-1", contacts=email("r-1@example.org"))
    feed.tell("r-1", STATED)
    with open_proof(settings, clock) as opened:
        opened.take(feed.items[:1])
        opened.erase(opened.person("r-1"))
        opened.take(feed.items[1:])
        opened.anchor_log()
        use(monkeypatch, settings)
        yield opened


@pytest.fixture
def ask(proof: Proof, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in that house; return its document."""
    assert proof.controller

    def asked(*arguments: str) -> Any:  # noqa: ANN401 - JSON
        capsys.readouterr()
        assert run([*arguments, "--json"]) == Exit.DONE
        return json.loads(capsys.readouterr().out)

    return asked


def noticed(proof: Proof) -> dict[NoticeKind, UUID]:
    return {notice.kind: notice.notice_id for notice in waiting(proof.house)}


def opened(proof: Proof, notice_id: UUID) -> object:
    (notice,) = proof.house.outbox.named([notice_id])
    return open_notice(proof.house, notice, "account-7", "support")


def test_what_waits_is_listed_and_nothing_is_opened(proof: Proof, ask: Ask) -> None:
    told = ask("notices", "list")
    assert told["waiting"] == 2
    assert {one["kind"] for one in told["notices"]} == {"erased", "late_fact"}
    assert {one["overdue_on"] for one in told["notices"]} == {"2026-06-15"}
    assert proof.events("SELECT * FROM access_audit WHERE view = 'notice'") == []


def test_the_list_is_narrowed_to_a_recipient(ask: Ask) -> None:
    assert ask("notices", "list", "--recipient", "somebody.else")["notices"] == []


@pytest.mark.parametrize("kind", [NoticeKind.ERASED, NoticeKind.LATE_FACT])
def test_a_notice_opens_to_the_recipients_own_id(proof: Proof, ask: Ask, kind: NoticeKind) -> None:
    told = ask("notices", "show", str(noticed(proof)[kind]), *ASKED)
    assert (told["state"], told["values"]) == ("present", {"remote_id": "r-1"})


def test_opening_a_notice_is_audited(proof: Proof, ask: Ask) -> None:
    notice_id = noticed(proof)[NoticeKind.LATE_FACT]
    ask("notices", "show", str(notice_id), *ASKED)
    (access,) = proof.house.audit.of(SubjectId(notice_id))
    assert (access.who, access.view) == ("account-7", "notice")


def test_acknowledging_destroys_the_keys(proof: Proof, ask: Ask) -> None:
    ids = list(noticed(proof).values())
    told = ask("notices", "acknowledge", *map(str, ids))
    assert (len(told["acknowledged"]), told["unknown"], told["keys_destroyed"]) == (2, [], 2)
    assert [opened(proof, one) for one in ids] == [Shredded(), Shredded()]
    assert noticed(proof) == {}


def test_acknowledging_again_is_harmless(proof: Proof) -> None:
    ids = list(noticed(proof).values())
    first, again = acknowledge(proof.house, ids), acknowledge(proof.house, ids)
    assert set(again.notices) == set(first.notices) == set(ids)
    assert again.keys_destroyed == 0


def test_an_unknown_notice_is_named_and_the_others_are_done(proof: Proof, ask: Ask) -> None:
    known = str(noticed(proof)[NoticeKind.ERASED])
    told = ask("notices", "acknowledge", NOBODY, known)
    assert (told["unknown"], told["acknowledged"]) == ([NOBODY], [known])


def test_an_acknowledgement_that_was_cut_short_is_finished(proof: Proof) -> None:
    ids = list(noticed(proof).values())
    proof.house.outbox.acknowledge(ids, proof.house.clock.now())
    assert isinstance(opened(proof, ids[0]), Present)
    assert (settle(proof.house, never), settle(proof.house, never)) == (2, 0)
    assert [opened(proof, one) for one in ids] == [Shredded(), Shredded()]


@dataclass
class Postman:
    """A courier that reaches some recipients and remembers what it brought."""

    recipients: tuple[str, ...]
    brought: list[UUID] = field(default_factory=list)

    def deliver(self, notices: Sequence[Notice]) -> Sequence[UUID]:
        self.brought += [notice.notice_id for notice in notices]
        return self.brought[-1:]


def test_what_a_courier_delivered_is_acknowledged_and_the_rest_waits(proof: Proof) -> None:
    postman = Postman((SOURCE,))
    assert deliver(proof.house, postman, never) == 1
    assert len(postman.brought) == 2
    assert len(noticed(proof)) == 1


def test_a_courier_is_given_its_own_recipients_notices(proof: Proof) -> None:
    postman = Postman(("somebody.else",))
    assert (deliver(proof.house, postman, never), postman.brought) == (0, [])


@pytest.mark.usefixtures("proof")
@pytest.mark.parametrize("language", ["en", "nb"])
def test_notices_are_told_to_people_in_their_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("GLEMMEBOK_LANG", language)
    assert run(["notices", "list"]) == Exit.DONE
    assert SOURCE in capsys.readouterr().out


@pytest.mark.usefixtures("proof")
def test_a_notice_nobody_knows_is_a_mistake() -> None:
    assert run(["notices", "show", NOBODY, *ASKED]) == Exit.USAGE
    assert run(["notices", "show", "r-1", *ASKED]) == Exit.USAGE
