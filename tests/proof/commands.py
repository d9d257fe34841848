"""The program, run in this process as its user runs it."""

import pytest

from domain.values import SubjectId
from infra.cli.app import run
from infra.settings import Settings

ASKED = ["--as", "account-7", "--purpose", "recruitment"]


def use(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Let the program find the house of these settings."""
    assert settings.databases is not None
    monkeypatch.setenv("GLEMMEBOK_HOME", str(settings.home))
    monkeypatch.setenv("GLEMMEBOK_DATABASE_URL", settings.databases.events)
    monkeypatch.setenv("GLEMMEBOK_KEYS_DATABASE_URL", settings.databases.keys)
    monkeypatch.setenv("GLEMMEBOK_ROOT_KEY", str(settings.root_key))
    monkeypatch.setenv("GLEMMEBOK_ANCHOR", str(settings.anchor))


def show(person: SubjectId) -> int:
    """Show a person; return the exit code."""
    return run(["show", str(person), *ASKED, "--json"])
