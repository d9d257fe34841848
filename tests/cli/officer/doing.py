"""What the tests of the officer's commands share."""

from typing import Any

from tests.cli.conftest import Answer, Cli


def recorded(answer: Answer) -> list[tuple[str, str]]:
    """Return what was recorded about whom."""
    assert answer.code == 0, answer.err
    return [(one["subject"], one["fact"]) for one in answer.document["recorded"]]


def do(cli: Cli, *arguments: str) -> Answer:
    """Run a command that must end well, and read its document."""
    answer = cli(*arguments, "--json")
    assert answer.code == 0, answer.err
    return answer


def shown(cli: Cli, subject: str) -> dict[str, Any]:
    """Open a dossier once the views have followed."""
    assert cli("project", "--once").code == 0
    return do(cli, "show", subject).document


def states(dossier: dict[str, Any]) -> set[str]:
    return {value["state"] for slot in dossier["slots"] for value in slot["values"]}
