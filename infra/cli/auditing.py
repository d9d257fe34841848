"""``audit verify``: whether anything that must only grow was edited, cut or reordered."""

from infra.auditing import ChainsBroken, Verified, verify_all
from infra.cli.options import AsJson
from infra.cli.session import Session, begin
from infra.clock import SystemClock
from infra.house import open_house


def verify(*, as_json: AsJson = False) -> None:
    """Walk the log, the erasure journals and the access audits, and compare them with the anchor.

    The first record that does not follow is named, and a chain that was cut at its end. Opens no
    value and changes nothing. Exits 6 when something is wrong.

    Example: glemmebok audit verify --json
    """
    session = begin(as_json=as_json)
    with open_house(session.settings, SystemClock()) as house:
        verified = verify_all(house)
    if as_json:
        session.out.result({"chains": [_document(one) for one in verified]})
    else:
        names = ("chain", "controller", "position", "verdict")
        headings = [session.words.text("column", name) for name in names]
        session.out.table(headings, [_row(session, one) for one in verified])
    broken = [one for one in verified if one.fault is not None]
    if broken:
        raise ChainsBroken(broken)


def _row(session: Session, one: Verified) -> tuple[object, ...]:
    words = session.words
    if one.fault is None:
        told = words.text("chain", "follows")
    else:
        told = words.text("chain", one.fault.value, first=one.first_bad)
    return (words.text("chain", one.kind.value), one.controller, one.records, told)


def _document(one: Verified) -> dict[str, object]:
    return {
        "chain": one.kind.value,
        "controller": one.controller,
        "records": one.records,
        "anchored": one.anchored,
        "first_bad": one.first_bad,
        "fault": one.fault.value if one.fault else None,
    }
