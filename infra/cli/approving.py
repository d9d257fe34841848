"""``erasures approve`` and ``erasures decline``: the second person of an erasure."""

from typing import Annotated
from uuid import UUID

import typer

from consumers.erasure import Receipt
from consumers.erasure_ports import Request
from consumers.groups import Person, person_of
from consumers.second_person import Waiting, waiting_of
from domain.erasure import ErasureReason
from domain.values import ControllerId, ErasureId, SubjectId
from infra.cli import documents
from infra.cli.erasing import print_receipt
from infra.cli.exits import UsageMistake
from infra.cli.options import AsApprover, AsJson
from infra.cli.session import approver, begin, entered
from infra.house import House
from infra.upkeep import resume_erasures
from infra.views.queries.desk import Asker
from infra.views.queries.erasures import erasure_of
from projections.erasures import ErasureProgress, ErasureRow

_Erasure = Annotated[
    str, typer.Argument(metavar="ERASURE", help="The erasure's id, as erase and duties tell it.")
]
_NOBODY = "register"


def approve(*, erasure: _Erasure, as_user: AsApprover = None, as_json: AsJson = False) -> None:
    """Approve an erasure that waits for a second person, and carry it out.

    Takes an active officer of the controller's who did not ask for it: see users register. Streams
    merged with hers that wait as well go too. Refused, with exit code 4, to who asked.

    Example: glemmebok erasures approve 48a25d8c-2b1f-4c61-9b0e-5f1d4c3a2b10 --as k.officer
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        who = approver(house, as_user)
        found = _found(house, erasure)
        done = {one.erasure_id: one for one in resume_erasures(house)}
        category, reason = found.category, found.reason or ErasureReason.REQUEST
        ended = found.progress is ErasureProgress.ERASED or found.erasure_id in done
        requests = [
            Request(subject, category, reason, who, answers=erasure_id)
            for subject, erasure_id in ({} if ended else _waiting(house, found)).items()
        ]
        erased = house.erasure().erase(found.controller, requests)
    receipts: list[Receipt] = [*erased, *[one for k, one in done.items() if k == found.erasure_id]]
    if as_json:
        session.out.result({"erased": [documents.receipt(one) for one in receipts]})
        return
    for receipt in receipts:
        print_receipt(session, receipt)
    if not receipts:
        session.out.line(session.words.text("erase", "already"))


def decline(*, erasure: _Erasure, as_user: AsApprover = None, as_json: AsJson = False) -> None:
    """End a request that waits for a second person, and erase nothing.

    Who asked takes it back, or an active officer refuses it; a letter's address that was kept for
    it is destroyed with its period. She is to be told why within a month of her request.

    Example: glemmebok erasures decline 48a25d8c-2b1f-4c61-9b0e-5f1d4c3a2b10 --as k.officer
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        who = approver(house, as_user)
        found = _found(house, erasure)
        people = list(_waiting(house, found))
        ended = house.second_person().decline(found.controller, people, who)
    if as_json:
        session.out.result({"declined": [_document(one) for one in ended]})
        return
    for one in ended:
        session.out.line(session.words.text("erase", "declined", erasure=one.erasure_id))


def _found(house: House, erasure: str) -> ErasureRow:
    """Find an erasure in the register, fed to the log's end when it is not there yet.

    Raises:
        UsageMistake: nobody knows it.
        ViewUnavailable, LogUnavailable: a database is away.
    """
    try:
        wanted = ErasureId(UUID(erasure))
    except ValueError:
        message = "an erasure is named by its id, a UUID: glemmebok erasures lists them"
        raise UsageMistake(message) from None
    found = _in_register(house, wanted)
    if found is None:
        with house.runner() as runner:
            runner.run_once()
        found = _in_register(house, wanted)
    if found is None:
        message = f"nobody here knows an erasure {wanted}"
        raise UsageMistake(message)
    return found


def _in_register(house: House, wanted: ErasureId) -> ErasureRow | None:
    desk = house.desk()
    rows = (erasure_of(desk, Asker(c, _NOBODY, _NOBODY), wanted) for c in _controllers(house))
    return next((row for row in rows if row is not None), None)


def _controllers(house: House) -> list[ControllerId]:
    return list(house.controllers.values())


def _waiting(house: House, found: ErasureRow) -> dict[SubjectId, ErasureId]:
    """Name the person's stream, and those merged with it that wait for the same, with their ids."""
    person: Person = person_of(house.store, found.controller, found.subject)
    others = {
        subject: known.erasure_id
        for subject, head in person.items()
        if (known := waiting_of(head)) is not None and known.category == found.category
    }
    return {**others, found.subject: found.erasure_id}


def _document(one: Waiting) -> dict[str, object]:
    return {"erasure_id": one.erasure_id, "subject": one.subject, "category": one.category}
