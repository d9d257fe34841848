"""``outreach``: may this person be approached? And her own word on it."""

from typing import Annotated

import typer

from consumers.outreach import Asked, Whose
from consumers.rights import Recorded, RightRefused
from domain.decisions import Refused
from domain.fact import HOUSE
from domain.outreach import ContactField
from domain.precontact import Intent, Verdict
from domain.suppression import Use
from domain.values import iso_of
from infra.cli.addresses import Email, Phone
from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsJson, AsUser, ControllerName, Purpose
from infra.cli.rendering import minute, sentence
from infra.cli.rights import Officer, officer
from infra.cli.session import Session, asker, begin, entered
from infra.cli.whom import Linkedin, SomeSubject, Whom, whom_of
from infra.house import House
from infra.outreach import outreach_of, profile_url

_Use = Annotated[
    Use, typer.Option("--for", metavar="USE", help=f"For what. One of: {', '.join(Use)}.")
]
_Recipient = Annotated[
    str,
    typer.Option("--recipient", metavar="SLUG", help="The service, by its name in the policy."),
]
_Field = Annotated[
    ContactField,
    typer.Option("--field", metavar="KIND", help="The address asked for: email or phone."),
]


def check(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: SomeSubject = None,
    email: Email = None,
    phone: Phone = None,
    linkedin: Linkedin = None,
    use: _Use = Use.OUTREACH,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Ask before approaching: all that stands against it, or that nothing does.

    An address need not be anybody's here: a suppression pointer is met in any spelling. Exit code 0
    means that it may be done, 4 that a duty forbids it.

    Example: glemmebok outreach check --email someone@example.com --for sourcing -c miles
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        whom = whom_of(house, (subject, email, phone, linkedin), controller)
        intent = Intent(use, house.clock.now())
        verdict = outreach_of(house).check(whom.controller, whom.streams, whom.contacts, intent)
        _tell(session, house, whom, intent, verdict)
    if not verdict.allowed:
        raise typer.Exit(Exit.REFUSED)


def enrich(
    *,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="The person's id, a UUID.")],
    recipient: _Recipient,
    field: _Field,
    controller: ControllerName = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Ask a service for one address of one person: the check first, then the request is recorded.

    Prints what may leave, her LinkedIn url and nothing else; opening it is audited. Where something
    stands against it, that is recorded instead, nothing leaves, and the exit code is 4.

    Example: glemmebok outreach enrich 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    --recipient rocketreach --field email
    """
    with officer(subject, controller, as_json=as_json) as at:
        asking = asker(at.house, at.controller, as_user, Purpose.SOURCING)
        process = outreach_of(at.house)
        whose = Whose(at.controller, at.house.slug_of(at.controller))
        intent = Intent(Use.ENRICHMENT, at.house.clock.now(), recipient, field)
        verdict = process.check(at.controller, at.streams, (), intent)
        if not verdict.allowed:
            process.blocked(whose, at.subject, intent, verdict)
            _tell(at.session, at.house, Whom(at.controller, at.streams, ()), intent, verdict)
            raise typer.Exit(Exit.REFUSED)
        url = profile_url(at.house, asking, at.streams)
        if url is None:
            message = "nothing is known that may be sent: no LinkedIn profile of hers"
            raise UsageMistake(message)
        recorded = process.enrich(whose, Asked(at.subject, url, recipient, field))
        _tell_leaving(at, recipient, url, recorded)


def opt_out(
    *,
    subject: SomeSubject = None,
    email: Email = None,
    phone: Phone = None,
    linkedin: Linkedin = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody out of all approaches, at once and without a reason.

    Leaves pointers to all her addresses and records her word; an address that nobody here has gets
    its pointer too. Everybody who has the address is meant.

    Example: glemmebok outreach opt-out --email someone@example.com --controller miles
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        whom = whom_of(house, (subject, email, phone, linkedin), controller)
        process = outreach_of(house)
        _tell_said(session, whom, process.opt_out(whom.controller, whom.streams, whom.contacts))


def opt_in(
    *,
    subject: SomeSubject = None,
    email: Email = None,
    phone: Phone = None,
    linkedin: Linkedin = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody be approached again, by her own will.

    What her opting out or deleting herself left is lifted; registering and applying lift nothing.

    Example: glemmebok outreach opt-in 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        whom = whom_of(house, (subject, email, phone, linkedin), controller)
        if len(whom.people) > 1:
            message = f"{len(whom.people)} people have this address: name one by her id"
            raise UsageMistake(message)
        process = outreach_of(house)
        _tell_said(session, whom, process.opt_in(whom.controller, whom.streams, whom.contacts))


def _tell(session: Session, house: House, whom: Whom, intent: Intent, verdict: Verdict) -> None:
    due, last = verdict.notice_due_on, verdict.last_contact_at
    if session.out.as_json:
        document = {
            "controller": house.slug_of(whom.controller),
            "subjects": list(whom.streams),
            "for": intent.use.value,
            "recipient": intent.recipient,
            "allowed": verdict.allowed,
            "reasons": [reason.value for reason in verdict.reasons],
            "pointers": [reason.value for reason in verdict.pointers],
            "notice_due_on": None if due is None else due.isoformat(),
            "last_contact_at": None if last is None else iso_of(last),
            "recent": verdict.recent,
        }
        session.out.result(document)
        return
    words, line = session.words, session.out.line
    line(words.text("outreach", "may" if verdict.allowed else "may_not"))
    for reason in verdict.reasons:
        line(f"  {words.word('refusal', reason.value)}")
    for pointer in verdict.pointers:
        line(f"  {words.text('outreach', 'pointer', reason=words.word('pointer', pointer.value))}")
    if verdict.allowed and due is not None:
        line(words.text("outreach", "notice", day=due))
    if verdict.allowed and last is not None:
        line(words.text("outreach", "recent" if verdict.recent else "last", when=minute(last)))


def _tell_leaving(at: Officer, recipient: str, url: str, recorded: Recorded) -> None:
    if isinstance(recorded, Refused):
        raise RightRefused(at.subject, recorded.reason)
    out = at.session.out
    if out.as_json:
        leaves = {"linkedin_url": url}
        out.result({"subject": at.subject, "recipient": recipient, "leaves": leaves})
    else:
        out.line(at.session.words.text("outreach", "leaves", recipient=recipient, url=url))


def _tell_said(session: Session, whom: Whom, recorded: Recorded) -> None:
    if isinstance(recorded, Refused):
        raise RightRefused(whom.streams[0], recorded.reason)
    told = [{"subject": subject, "fact": fact.TOPIC} for subject, fact in recorded]
    if session.out.as_json:
        session.out.result({"subjects": list(whom.streams), "recorded": told})
        return
    for subject, fact in recorded:
        words = session.words
        session.out.line(f"{subject}  {sentence(words, fact.TOPIC, HOUSE, {})}")
    session.out.line(session.words.text("outreach", "heard"))
