"""``suppressions``: the pointers that stand, in counts, and lifting one by its address."""

from typing import Annotated

import typer

from domain.suppression import LiftOrder, SuppressionCount, SuppressionReason
from domain.values import iso_of
from infra.cli.addresses import Email, Phone
from infra.cli.options import AsJson, ControllerName
from infra.cli.rendering import day
from infra.cli.session import begin, chosen, controller_of, entered
from infra.cli.whom import Linkedin, contact_of

_Reasons = Annotated[
    list[SuppressionReason],
    typer.Option(
        "--reason",
        metavar="WHY",
        help=f"Which pointers; may be given again. One of: {', '.join(SuppressionReason)}.",
    ),
]
_Controller = Annotated[
    str, typer.Option("--controller", "-c", metavar="SLUG", help="Whose pointers.")
]


def list_(*, controller: ControllerName = None, as_json: AsJson = False) -> None:
    """Count the suppression pointers that stand, by reason and kind of address; never whose.

    Example: glemmebok suppressions list --controller miles
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        told = [
            (house.slug_of(one), count)
            for one in chosen(house, controller)
            for count in house.keyring.suppressions(one)
        ]
    words, out = session.words, session.out
    if as_json:
        out.result({"suppressions": [_document(slug, count) for slug, count in told]})
        return
    if not told:
        out.line(words.text("empty", "suppressions"))
        return
    names = ("controller", "reason", "kind_of_address", "count", "since", "until")
    rows = [
        (
            slug,
            words.word("pointer", one.reason.value),
            words.word("contact", one.kind.value),
            one.pointers,
            day(one.oldest_at),
            None if one.next_until is None else day(one.next_until),
        )
        for slug, one in told
    ]
    out.table([words.text("column", name) for name in names], rows)


def lift(
    *,
    email: Email = None,
    phone: Phone = None,
    linkedin: Linkedin = None,
    reason: _Reasons,
    controller: _Controller,
    as_json: AsJson = False,
) -> None:
    """Lift the pointers of one address, in whatever spelling, because a mistake was made.

    A person's own wish to be approached again is `glemmebok outreach opt-in`.

    Example: glemmebok suppressions lift --email someone@example.com --reason abuse -c miles
    """
    session = begin(as_json=as_json)
    contact = contact_of(email, phone, linkedin)
    with entered(session) as house:
        order = LiftOrder(None, (contact,), frozenset(reason))
        lifted = house.keyring.lift(controller_of(house, controller), [order])
    if as_json:
        session.out.result({"lifted": lifted})
    else:
        session.out.line(session.words.text("outreach", "lifted", count=lifted))


def _document(slug: str, one: SuppressionCount) -> dict[str, object]:
    return {
        "controller": slug,
        "reason": one.reason.value,
        "kind": one.kind.value,
        "pointers": one.pointers,
        "oldest_at": iso_of(one.oldest_at),
        "next_until": None if one.next_until is None else iso_of(one.next_until),
    }
