"""``init`` and ``doctor``: making a house, and asking how it is."""

import typer

from infra.checks import Check, Verdict, examine
from infra.cli.exits import Exit
from infra.cli.options import AsJson
from infra.cli.session import Session, begin
from infra.cli.wording import Wording
from infra.clock import SystemClock
from infra.foundation import found_house
from infra.house import open_house


def init(*, as_json: AsJson = False) -> None:
    """Make a house: its databases, its root key, and the five controllers' secrets.

    Without GLEMMEBOK_DATABASE_URL and GLEMMEBOK_KEYS_DATABASE_URL a PostgreSQL of its own is kept
    in GLEMMEBOK_HOME. Doing it again adds what is missing and changes nothing else.

    Example: GLEMMEBOK_HOME=/srv/glemmebok glemmebok init
    """
    session = begin(as_json=as_json)
    founded = found_house(session.settings, SystemClock())
    if as_json:
        session.out.result(
            {
                "home": str(founded.home),
                "anchor": str(founded.anchor),
                "new": founded.new,
                "controllers": founded.controllers,
            }
        )
        return
    words, out = session.words, session.out
    out.line(words.text("init", "made" if founded.new else "found", home=founded.home))
    out.line(words.text("init", "anchor", anchor=founded.anchor))
    out.line(words.text("init", "controllers", controllers=", ".join(founded.controllers)))
    out.line(words.text("init", "next"))


def doctor(*, as_json: AsJson = False) -> None:
    """Examine the house: databases, keys, the restore gate, chains, views, parked items.

    Opens no value and finishes nothing. Exits 5 when a part is away, 4 when the gate is closed, 6
    when a chain is broken.

    Example: glemmebok doctor --json
    """
    session = begin(as_json=as_json)
    with open_house(session.settings, SystemClock()) as house:
        checks = examine(house)
    if as_json:
        session.out.result({"checks": [check.as_json() for check in checks]})
    else:
        headings = [session.words.text("column", name) for name in ("check", "verdict", "detail")]
        session.out.table(headings, [_row(session, check) for check in checks])
    raise typer.Exit(_worst(checks))


def _row(session: Session, check: Check) -> tuple[str, str, str]:
    words = session.words
    group = "attention" if check.verdict is Verdict.ATTENTION else "detail"
    return (
        words.text("check", check.name),
        words.text("verdict", check.verdict.value),
        check.fault or words.text(group, check.name, count=check.count) + _named(words, check),
    )


def _named(words: Wording, check: Check) -> str:
    """Name what wants attention, or remark on what does not."""
    names = ", ".join(check.names)
    if names and check.verdict is Verdict.WELL:
        names = words.text("remark", check.name, names=names)
    return f" ({names})" if names else ""


def _worst(checks: list[Check]) -> Exit:
    verdicts = {check.verdict for check in checks}
    if Verdict.TAMPERED in verdicts:
        return Exit.TAMPERING
    if Verdict.CLOSED in verdicts:
        return Exit.REFUSED
    return Exit.UNAVAILABLE if Verdict.AWAY in verdicts else Exit.DONE
