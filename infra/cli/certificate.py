"""``certificate``: of an erasure, signed; and ``certificate verify``, which needs no house."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
import typer

from domain.values import ErasureId
from infra.certificates.checking import Answer, Checked, check
from infra.certificates.contents import Certificate
from infra.certificates.issuing import Issued
from infra.certificates.issuing import issue as issue_certificate
from infra.certificates.letters import delivered as note_delivery
from infra.certificates.letters import open_address
from infra.certificates.signers import FOLDER, read_signers
from infra.certificates.witnessing import Witnessed
from infra.certificates.witnessing import witness as hold_against
from infra.cli.certificate_letter import as_html, as_text, letter_of
from infra.cli.certificate_page import page_of, when_of
from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsJson, AsUser, Purpose
from infra.cli.session import Session, asker, begin, controller_of, entered
from infra.cli.wording import Wording, wording
from infra.clock import SystemClock
from infra.house import House, open_house
from infra.settings import Language

FILE_MAX = 16 << 20
"""Bytes of a file at most: more than a certificate of the most keys there is room for."""

_CODES = {
    Answer.VALID: Exit.DONE,
    Answer.ALTERED: Exit.TAMPERING,
    Answer.WRONG_CHAIN: Exit.WRONG_CHAIN,
    Answer.UNKNOWN_SIGNER: Exit.UNKNOWN_SIGNER,
    Answer.NOT_A_CERTIFICATE: Exit.BAD_INPUT,
    Answer.BAD_FILE: Exit.UNAVAILABLE,
}

_WITNESSED = {
    Witnessed.AGREES: Exit.DONE,
    Witnessed.BEHIND: Exit.TAMPERING,
    Witnessed.DIFFERS: Exit.TAMPERING,
    Witnessed.GAP: Exit.REFUSED,
}

_Receipt = Annotated[
    str, typer.Argument(metavar="RECEIPT", help="The receipt that `erase` printed, a UUID.")
]
_Lang = Annotated[
    Language | None,
    typer.Option("--lang", metavar="LANG", help="nb or en; default: GLEMMEBOK_LANG."),
]


def issue(  # noqa: PLR0913 - each is an option of the command
    *,
    receipt: _Receipt,
    html: Annotated[bool, typer.Option("--html", help="As a page to read or print.")] = False,
    letter: Annotated[
        bool,
        typer.Option(
            "--letter", help="The closing letter to the person, with her address while it lives."
        ),
    ] = False,
    delivered: Annotated[
        bool,
        typer.Option(
            "--delivered", help="The letter has reached her: destroy the key of its address."
        ),
    ] = False,
    lang: _Lang = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Print the signed certificate of an erasure: `certificate RECEIPT` does the same.

    It says since when the data are unreadable, in backups too once the keys are finalised, what
    remains, and where the erasure stands in the journal. Nothing in it is personal. It may be
    printed again: a later one says more.

    Example: glemmebok certificate 1b2b0004-6a5e-4f0e-9c57-1d2c0c8f6e11 > certificate.jws
    """
    session = begin(as_json=as_json)
    words = wording(lang.value) if lang else session.words
    with entered(session) as house:
        issued = issue_certificate(house, _receipt_of(receipt))
        if letter:
            _tell_letter(session, house, (issued, words, as_user), html=html)
        elif not delivered:
            _tell(session, issued, words, html=html)
        if delivered:
            _tell_delivery(session, house, issued)


def verify(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A certificate, as it was printed.")],
    signers: Annotated[
        Path | None,
        typer.Option(
            "--signers",
            metavar="PATH",
            help="A public key, or a folder of them; default: signers in the home.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a certificate offline: no database, no network, no account.

    Exits 0 valid, 3 not a certificate, 5 the file cannot be read, 6 altered, 7 signed by nobody
    whose public key is known, 8 its record does not lead to the journal's head.

    Example: glemmebok certificate verify certificate.jws --signers keys/
    """
    session = begin(as_json=as_json)
    place = signers or session.settings.home / FOLDER
    known = read_signers(place) if signers or place.is_dir() else {}
    text = _read(file)
    found = Checked(Answer.BAD_FILE) if text is None else check(text, known)
    if as_json:
        session.out.result(_checked_document(file, found))
    else:
        session.out.line(_verdict(session.words, found, place))
    raise typer.Exit(_CODES[found.answer])


def witness(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A certificate of this house.")],
    as_json: AsJson = False,
) -> None:
    """Hold a certificate against the house's journal: whether the house was put back since.

    A snapshot of a whole machine that is put back is seen by nothing in it; a certificate kept
    elsewhere tells it. Exits 6 when the journal ends before the certificate's or is another, 4
    when records in between are declared lost.

    Example: glemmebok certificate witness certificate.jws
    """
    session = begin(as_json=as_json)
    place = session.settings.home / FOLDER
    text = _read(file)
    found = Checked(Answer.BAD_FILE) if text is None else _checked(text, place)
    if found.certificate is None or found.answer is not Answer.VALID:
        session.out.note(_verdict(session.words, found, place))
        raise typer.Exit(_CODES[found.answer])
    with open_house(session.settings, SystemClock()) as house:
        one = found.certificate
        controller = controller_of(house, one.controller.slug)
        seen = hold_against(house.keyring, controller, one)
    if as_json:
        head = one.journal.head
        session.out.result({"file": str(file), "answer": seen.value, "sequence": head.sequence})
    else:
        told = {"sequence": one.journal.head.sequence, "when": when_of(one.issued_at)}
        session.out.line(session.words.text("witnessed", seen.value, **told))
    raise typer.Exit(_WITNESSED[seen])


def _checked(text: bytes, place: Path) -> Checked:
    return check(text, read_signers(place) if place.is_dir() else {})


def _receipt_of(text: str) -> ErasureId:
    """Read a receipt.

    Raises:
        UsageMistake: it is no UUID; what was given is not repeated.
    """
    try:
        return ErasureId(UUID(text))
    except ValueError:
        message = "a receipt is a UUID, as `erase` and `erasures` print it"
        raise UsageMistake(message) from None


def _tell(session: Session, issued: Issued, words: Wording, *, html: bool) -> None:
    if session.out.as_json:
        session.out.result(_document(issued))
    elif html:
        session.out.raw(page_of(words, issued.certificate, issued.text, issued.thumbprint))
    else:
        session.out.raw(issued.text + "\n")
        session.out.note(words.text("certificate", "key_file", file=issued.signer))


def _tell_letter(
    session: Session, house: House, asked: tuple[Issued, Wording, str | None], *, html: bool
) -> None:
    issued, words, as_user = asked
    one = issued.certificate
    controller = house.controllers[one.controller.slug]
    who = asker(house, controller, as_user, Purpose.PRIVACY_REQUEST)
    address = open_address(house, ErasureId(one.erasure.erasure_id), who.who, who.purpose)
    letter = letter_of(words, one, address)
    if session.out.as_json:
        to = None if address is None else address.written
        told = {"to": to, "subject": letter.subject, "text": as_text(letter)}
        session.out.result({**_document(issued), "letter": told})
    else:
        session.out.raw(as_html(words, letter) if html else as_text(letter))


def _tell_delivery(session: Session, house: House, issued: Issued) -> None:
    lived = note_delivery(house, ErasureId(issued.certificate.erasure.erasure_id))
    if not session.out.as_json:
        key = "delivered" if lived else "delivered_before"
        session.out.note(session.words.text("certificate", key))


def _read(file: Path) -> bytes | None:
    """Read a file; None when it cannot be read or is too large."""
    try:
        with file.open("rb") as opened:
            text = opened.read(FILE_MAX + 1)
    except OSError:
        return None
    return text if len(text) <= FILE_MAX else None


def _verdict(words: Wording, found: Checked, place: Path) -> str:
    values: dict[str, object] = {"place": place, "thumbprint": found.thumbprint}
    if found.certificate is not None:
        one = found.certificate
        values |= {"name": one.controller.name, "receipt": one.erasure.erasure_id}
        values["when"] = when_of(one.unreadable_since)
    return words.text("certificate_answer", found.answer.value, **values)


def _document(issued: Issued) -> dict[str, object]:
    return {
        "certificate": _contents(issued.certificate),
        "jws": issued.text,
        "signer": {"thumbprint": issued.thumbprint, "file": str(issued.signer)},
    }


def _checked_document(file: Path, found: Checked) -> dict[str, object]:
    contents = None if found.certificate is None else _contents(found.certificate)
    return {
        "file": str(file),
        "answer": found.answer.value,
        "signer": found.thumbprint,
        "certificate": contents,
    }


def _contents(one: Certificate) -> object:
    return msgspec.to_builtins(one)
