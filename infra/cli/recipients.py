"""``recipients``: who got what of a person (GDPR Art. 15(1)(c), 19); audited, and no values."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from consumers.groups import person_of
from consumers.promises import Promise
from domain.policy_gate import CLIENTS
from domain.values import ControllerId, Instant, iso_of
from infra.cli.options import AsJson, AsUser, ControllerName, ForPurpose
from infra.cli.reading import Subject
from infra.cli.rendering import Row, minute
from infra.cli.session import Session, asker, begin, entered, owner_of, subject_of
from infra.house import House
from infra.views.queries.recipients import RecipientList
from infra.views.queries.recipients import recipients as recipients_query
from projections.disclosures import HELD_BACK, DisclosureKind, DisclosureRow

_WHY: Mapping[DisclosureKind, str] = {
    DisclosureKind.DISCLOSED: "purpose",
    DisclosureKind.LEGAL: "authority",
    DisclosureKind.ENRICHMENT_REQUESTED: "asked_for",
    DisclosureKind.ENRICHED: "asked_for",
    DisclosureKind.ENRICHMENT_BLOCKED: "barrier",
    DisclosureKind.TRANSFER_BLOCKED: "obstacle",
}
"""What a row's ``why`` is, by its kind: the name of a clear field and of its words."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A recipient as a policy names it; a client by its id under the policy's word for clients."""

    slug: str | None
    title: str | None


class _Names:
    """Names recipients by the newest policy that has them."""

    def __init__(self, promise: Promise) -> None:
        self._slugs = promise.recipients
        self._titles = {r.slug: r.title for policy in promise.versions for r in policy.recipients}

    def of(self, row: DisclosureRow) -> _Named:
        if row.kind is DisclosureKind.PRESENTED:
            return _Named(CLIENTS, self._titles.get(CLIENTS))
        slug = None if row.recipient is None else self._slugs.get(row.recipient)
        return _Named(slug, None if slug is None else self._titles.get(slug))


def recipients(
    *,
    subject: Subject,
    controller: ControllerName = None,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Tell who got which kinds of a person's data, and what was held back; no values.

    Streams merged with hers are told too. Of an erased person the list stays. That somebody asked
    goes into the access audit.

    Example: glemmebok recipients 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    session = begin(as_json=as_json)
    person = subject_of(subject)
    with entered(session) as house:
        owner = owner_of(house, person, controller)
        one = asker(house, owner, as_user, purpose)
        streams = list(person_of(house.store, owner, person))
        found = recipients_query(house.desk(), one, streams)
        names, slug = _names(house, owner), house.slug_of(owner)
    if as_json:
        session.out.result(_document(slug, found, names))
    else:
        _print(session, found, names)


def _names(house: House, controller: ControllerId) -> _Names:
    return _Names(house.promises()(controller))


def _document(slug: str, found: RecipientList, names: _Names) -> dict[str, object]:
    told = [(row.kind in HELD_BACK, _row(row, names.of(row))) for row in found.rows]
    return {
        "subject": found.streams[0],
        "streams": list(found.streams),
        "controller": slug,
        "disclosures": [document for held, document in told if not held],
        "held_back": [document for held, document in told if held],
        "complete": found.complete,
    }


def _row(row: DisclosureRow, named: _Named) -> dict[str, object]:
    return {
        "kind": row.kind.value,
        "at": _when(row.told_at),
        "recipient": {"id": row.recipient, "slug": named.slug, "title": named.title},
        "disclosed": list(row.disclosed),
        "documents": row.documents,
        **{name: row.why if _WHY.get(row.kind) == name else None for name in _WHY.values()},
        "transfer_id": row.transfer_id,
        "assignment_id": row.assignment_id,
        "consent_id": row.consent_id,
        "needed_consent": row.needed_consent,
        "expires_at": _when(row.expires_at),
        "viewed_at": _when(row.viewed_at),
        "expired_at": _when(row.expired_at),
        "withdrawn_at": _when(row.withdrawn_at),
    }


def _when(instant: Instant | None) -> str | None:
    return None if instant is None else iso_of(instant)


def _print(session: Session, found: RecipientList, names: _Names) -> None:
    words, out = session.words, session.out
    out.line(str(found.streams[0]))
    if not found.rows:
        out.line(words.text("empty", "recipients"))
        return
    rows = [_told(session, row, names.of(row)) for row in found.rows]
    out.story(words.text("timeline", "when"), rows)
    if not found.complete:
        out.line(words.text("dossier", "more"))


def _told(session: Session, row: DisclosureRow, named: _Named) -> tuple[str, str, list[Row]]:
    words = session.words
    who = named.title or words.text("recipients", "unnamed")
    why = words.word(_WHY.get(row.kind, ""), row.why)
    what = words.text("recipients", row.kind.value, recipient=_with_id(who, row, named), why=why)
    values = [(words.text("recipients", name), value) for name, value in _values(session, row)]
    return minute(row.told_at) if row.told_at is not None else "-", what, values


def _with_id(who: str, row: DisclosureRow, named: _Named) -> str:
    """Add the id where the name is not one recipient's alone."""
    alone = named.title is not None and row.kind is not DisclosureKind.PRESENTED
    return who if alone else f"{who} {_short(row.recipient)}"


def _short(recipient: UUID | None) -> str:
    return "" if recipient is None else str(recipient)


def _values(session: Session, row: DisclosureRow) -> list[Row]:
    words = session.words
    kinds = ", ".join(str(words.word("disclosed", kind)) for kind in row.disclosed)
    told: dict[str, str | None] = {
        "kinds": kinds or None,
        "documents": str(row.documents) if row.documents else None,
        "consent": None if row.consent_id is None else str(row.consent_id),
        "transfer": None if row.transfer_id is None else str(row.transfer_id),
        "expires": _minute(row.expires_at),
        "viewed": _minute(row.viewed_at),
        "expired": _minute(row.expired_at),
        "withdrawn": _minute(row.withdrawn_at),
    }
    return [(name, value) for name, value in told.items() if value is not None]


def _minute(instant: Instant | None) -> str | None:
    return None if instant is None else minute(instant)
