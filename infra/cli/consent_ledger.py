"""``consent list``: the ledger of what a person was asked and answered, purpose by purpose."""

from collections.abc import Mapping

from domain.consent import ConsentStatus
from domain.values import FactId, iso_of
from infra.cli.documents import value
from infra.cli.options import AsJson, AsUser, ControllerName, ForPurpose
from infra.cli.rendering import day, sentence, value_rows
from infra.cli.rights import Json, Officer, Subject, clear_of, last_day, officer
from infra.cli.session import asker
from infra.consents import Ledgered, Told, ledger
from infra.views.queries.answers import Value

_VIEW = "consents"

_Values = Mapping[FactId, tuple[Value, ...]]
"""What was sealed with each fact, opened."""


def list_(
    *,
    subject: Subject,
    controller: ControllerName = None,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Show a person's consents: to what, in which text's words, until when, and their history.

    How she said it is sealed: showing it is an opening, and audited.

    Example: glemmebok consent list 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    with officer(subject, controller, as_json=as_json) as at:
        one = asker(at.house, at.controller, as_user, purpose)
        found = ledger(at.house, at.streams, at.house.clock.now())
        told = [told for consent in found for told in consent.history]
        opened = at.house.desk().open(one, _VIEW, told)
        values = {
            told.fact_id: tuple(v for part in parts for v in part.values())
            for told, parts in zip(told, opened, strict=True)
        }
    if as_json:
        consents = [_document(consent, values) for consent in found]
        at.session.out.result({"subject": at.subject, "consents": consents})
    else:
        _print(at, found, values)


def _status(one: Ledgered) -> str:
    """Tell how a consent stands; given and past its date is expired, whoever recorded it."""
    if one.standing is None:
        return ConsentStatus.REQUESTED.value
    given = one.standing.status is ConsentStatus.GIVEN
    return (ConsentStatus.EXPIRED if given and not one.lasts else one.standing.status).value


def _print(at: Officer, found: list[Ledgered], values: _Values) -> None:
    words, out = at.session.words, at.session.out
    if not found:
        out.line(words.text("empty", "consents"))
    for one in found:
        narrowed = one.assignment_id or one.client_id
        named = str(words.word("purpose", one.purpose.value))
        where = named if narrowed is None else f"{named} {narrowed}"
        out.heading(f"{where}: {words.text('consent', _status(one))}")
        for told in one.history:
            stamp = told.entry.stamp
            line = sentence(words, told.topic, stamp.source, clear_of(told.fact))
            out.line(f"  {day(stamp.occurred_at)}  {line}{_terms(at, told)}")
            for name, shown in value_rows(words, values[told.fact_id]):
                out.line(f"              {name}: {shown}")


def _terms(at: Officer, told: Told) -> str:
    clear = clear_of(told.fact)
    parts = []
    if "notice_version" in clear:
        parts.append(at.session.words.text("consent", "text", version=clear["notice_version"]))
    until = last_day(getattr(told.fact, "expires_at", None))
    if until is not None:
        parts.append(at.session.words.text("consent", "until", when=until))
    return "".join(f"; {part}" for part in parts)


def _document(one: Ledgered, values: _Values) -> Json:
    until = None if one.standing is None else last_day(one.standing.expires_at)
    return {
        "subject": one.subject,
        "purpose": one.purpose.value,
        "client_id": one.client_id,
        "assignment_id": one.assignment_id,
        "status": _status(one),
        "lasts": one.lasts,
        "notice_version": one.standing.notice_version if one.standing else None,
        "expires": None if until is None else until.isoformat(),
        "history": [
            {
                "fact": told.topic,
                "occurred_at": iso_of(told.entry.stamp.occurred_at),
                "recorded_at": iso_of(told.entry.stamp.recorded_at),
                "source": told.entry.stamp.source,
                "actor": told.entry.stamp.actor.value,
                "clear": clear_of(told.fact),
                "values": [value(v) for v in values[told.fact_id]],
            }
            for told in one.history
        ],
    }
