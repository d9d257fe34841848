"""``register``: the record of processing a controller must keep (GDPR Art. 30), and its gaps."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from consumers.policies import policies
from consumers.registers import registers
from domain import register_findings as gaps
from domain.calendar import civil_date
from domain.findings import Finding, FindingKind, examine
from domain.policy import Policy, in_force
from domain.policy_terms import KEPT_CATEGORIES
from domain.registers import Registers
from infra.cli import register_documents as documents
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.output import Document
from infra.cli.policies import AsOf
from infra.cli.policy_tables import print_found
from infra.cli.session import Session, begin
from infra.clock import SystemClock

_Rows = Callable[[Policy, Registers, date], list[Document]]
_Gaps = Callable[[Policy, Registers, date], Iterator[Finding] | Sequence[Finding]]

_OF_RECIPIENTS = (FindingKind.COUNTRY_UNKNOWN, FindingKind.TRANSFER_WITHOUT_MECHANISM)


def activities(
    *, controller: ControllerName = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Show what is done with people's data: why, on which basis, which data, and how long.

    With --json it is the whole record of Art. 30(1): contacts, purposes, kinds of people and data,
    recipients, transfers, time limits and measures.

    Example: glemmebok register activities --controller miles
    """
    columns = ("activity", "why", "basis", "categories", "time_limits")
    _show("activities", (documents.activities, _all), columns, controller, as_of, as_json=as_json)


def recipients_(
    *, controller: ControllerName = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Show who gets data: role, country, safeguard, kinds, agreement, and announced changes.

    Example: glemmebok register recipients --controller backerskeie
    """
    columns = ("recipient", "role", "country", "safeguard", "categories", "agreement", "erasure")
    told = (documents.recipients, _of_recipients)
    _show("recipients", told, columns, controller, as_of, as_json=as_json)


def contacts(
    *, controller: ControllerName = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Show which roles answer on a day. No person is named.

    Example: glemmebok register contacts --controller aktiv-bemanning
    """
    told = (documents.contacts, lambda _policy, known, day: gaps.of_contacts(known, day))
    columns = ("role", "title", "address", "since", "until")
    _show("contacts", told, columns, controller, as_of, as_json=as_json)


def stores(
    *, controller: ControllerName = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Show where data lie, who runs each store, and in which country.

    Example: glemmebok register stores --controller backerskeie
    """
    told = (documents.stores, lambda policy, known, _day: gaps.of_stores(policy, known))
    columns = ("store", "holds", "run_by", "responsible", "country")
    _show("stores", told, columns, controller, as_of, as_json=as_json)


def assessments(
    *, controller: ControllerName = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Show which legitimate interests were weighed, by which role, and when again.

    Example: glemmebok register assessments --controller miles
    """
    columns = ("assessment", "activity", "interest", "reviewed_on", "review_again_on")
    told = (documents.assessments, gaps.of_assessments)
    _show("assessments", told, columns, controller, as_of, as_json=as_json)


def measures(
    *, controller: ControllerName = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Show what keeps data safe, and the risks each measure is against.

    Example: glemmebok register measures --controller express --json
    """
    told = (documents.measures, lambda _policy, known, day: gaps.of_measures(known, day))
    _show("measures", told, ("measure", "kind", "what"), controller, as_of, as_json=as_json)


def _all(policy: Policy, known: Registers, day: date) -> Sequence[Finding]:
    return (*examine(policy, day), *gaps.examine_registers(policy, known, day))


def _of_recipients(policy: Policy, known: Registers, day: date) -> Iterator[Finding]:
    yield from [one for one in examine(policy, day) if one.kind in _OF_RECIPIENTS]
    yield from gaps.of_agreements(policy, known, day)


def _show(
    name: str,
    told: tuple[_Rows, _Gaps],
    columns: Sequence[str],
    controller: str | None,
    as_of: AsOf,
    *,
    as_json: bool,
) -> None:
    session = begin(as_json=as_json)
    day = civil_date(SystemClock().now()) if as_of is None else as_of.date()
    made = []
    for slug, policy in _asked(controller, day):
        known = registers()[slug]
        rows, found = told[0](policy, known, day), tuple(told[1](policy, known, day))
        full = documents.whole(policy, known, day) if name == "activities" else {name: rows}
        made.append({"controller": slug, **full, "findings": documents.findings(found)})
        if not as_json:
            _print(session, slug, columns, rows, found)
    if as_json:
        session.out.result({"as_of": day.isoformat(), "controllers": made})


def _asked(controller: str | None, day: date) -> list[tuple[str, Policy]]:
    known = policies()
    if controller is not None and controller not in known:
        message = f"there is no controller {controller}: {', '.join(known)}"
        raise UsageMistake(message)
    found = [(slug, in_force(made, day)) for slug, made in known.items()]
    return [
        (slug, policy)
        for slug, policy in found
        if policy is not None and controller in (None, slug)
    ]


def _print(
    session: Session,
    slug: str,
    columns: Sequence[str],
    rows: Sequence[Document],
    found: Sequence[Finding],
) -> None:
    words = session.words
    if rows:
        headings = [words.text("register_column", name) for name in columns]
        table = [[_cell(row[name]) for name in columns] for row in rows]
        session.out.table(headings, table, slug)
    else:
        session.out.heading(slug)
        session.out.line(words.text("empty", "register"))
    print_found(session, found)


def _cell(value: object) -> object:
    """Write a value on one line; of records, what each is about; every kind of data is ``*``."""
    if not isinstance(value, list):
        return value
    named = tuple([str(_named(one)) for one in value])
    return "*" if named == KEPT_CATEGORIES else ", ".join(named) or None


def _named(one: object) -> object:
    return next(iter(one.values())) if isinstance(one, dict) else one
