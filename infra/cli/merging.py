"""``merge`` and ``unmerge``: two streams found to be one person's, and two after all."""

from typing import Annotated

import typer

from consumers.merging import Merging
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.rights import Officer, Subject, officer
from infra.cli.session import owner_of, subject_of
from infra.random_ids import random_id


def merge(
    *,
    subject: Subject,
    into: Annotated[
        str, typer.Argument(metavar="INTO", help="The id that shall stand for both, a UUID.")
    ],
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Record that two ids are one person's: she is shown, held, restricted and erased as one.

    Nothing is moved, and her keys stay apart: unmerge undoes it. Refused, with exit code 4, when
    one of the two is merged into another already.

    Example: glemmebok merge 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    8a1c2b3d-1111-4c1f-9d0e-2b8f4f0c9a11
    """
    survivor = subject_of(into)
    with officer(subject, controller, as_json=as_json) as at:
        if survivor == at.subject:
            message = "give two ids"
            raise UsageMistake(message)
        owner_of(at.house, survivor, at.house.slug_of(at.controller))
        at.tell(_merging(at).merge(at.controller, at.subject, survivor))


def unmerge(
    *, subject: Subject, controller: ControllerName = None, as_json: AsJson = False
) -> None:
    """Record that an id merged into another is another person's after all.

    Example: glemmebok unmerge 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    with officer(subject, controller, as_json=as_json) as at:
        merging = _merging(at)
        if merging.tie_of(at.controller, at.subject) is None and len(at.streams) > 1:
            others = ", ".join(str(one) for one in at.streams[1:])
            message = f"subject {at.subject} stands for itself; name one merged into it: {others}"
            raise UsageMistake(message)
        at.tell(merging.unmerge(at.controller, at.subject))


def _merging(at: Officer) -> Merging:
    return Merging(at.house.store, at.house.rights(), random_id)
