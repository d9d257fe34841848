"""Probes of the command line fail when their guards are taken away."""

from pathlib import Path
from typing import Any

import pytest

from infra.certificates import issuing
from infra.certificates.witnessing import Witnessed
from infra.cli import certificate as command
from infra.store.audit import AccessAudit
from tests.cli import test_audit as audits
from tests.cli import test_certificate as certificates
from tests.cli.certificates import erase
from tests.cli.conftest import Cli, World, somebody_of, subject_of
from tests.guardless import RED


def test_a_certificate_that_promises_too_much_is_seen(
    cli: Cli, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "residuals", lambda *_, **__: ())
    erased: dict[str, Any] = erase(cli, subject_of(cli, world.somebody()))
    with pytest.raises(RED):
        certificates.test_a_certificate_names_what_remains_and_until_when(cli, erased, tmp_path)


def test_a_witness_that_always_agrees_is_seen(
    fed: Cli, keys_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "hold_against", lambda *_: Witnessed.AGREES)
    erased: dict[str, Any] = erase(fed, somebody_of(fed))
    with pytest.raises(RED):
        certificates.test_a_certificate_kept_elsewhere_tells_that_the_whole_house_was_put_back(
            fed, erased, keys_dsn, tmp_path
        )


def test_an_opening_that_nobody_records_is_seen(
    fed: Cli, events_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccessAudit, "record", lambda *_: None)
    with pytest.raises(RED):
        audits.test_what_cannot_be_recorded_is_not_opened(fed, events_dsn)
