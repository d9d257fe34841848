"""``keys rotate``: keys made anew that may have been seen, or have served long enough."""

from typing import Annotated

import typer

from infra.cli.options import AsJson
from infra.cli.session import Session, approver, begin, entered
from infra.house import House
from infra.keys.finalisation_shapes import Progress
from infra.keys.rotating import Rotated
from infra.keys.rotation_run import Rotating
from infra.rotation import Planned, plan_rotation, rotate_house

_DEMO_USER = "demo"


def rotate(
    what: Annotated[
        Rotating, typer.Argument(metavar="WHAT", help="root, cohorts, keys or peppers.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be carried, and do nothing.")
    ] = False,
    as_user: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="USER",
            help="The user account that rotates, for the access audit. Embedded default: demo.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make keys anew while the house is in use: the log is not rewritten and everybody still opens.

    root: a new root version above everything; older ones stay with the provider, for backups.
    cohorts: another key for each cohort; data keys and look-ups are wrapped under it.
    keys: what is sealed from now on gets a new data key; the older ones open what they sealed.
    peppers: the tokens of look-ups are made again, without any address.

    Nothing dies in a backup by this: keys finalise does that. One that was interrupted is taken up.

    Example: glemmebok keys rotate peppers --dry-run
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        if dry_run:
            _print_planned(session, plan_rotation(house, what))
        else:
            approver(house, as_user)
            _print_rotated(session, _run(session, house, what, as_user or _DEMO_USER))


def _run(session: Session, house: House, what: Rotating, account: str) -> Rotated:
    with session.out.progress(session.words.text("keys", "carrying"), None) as move_bar:

        def report(progress: Progress) -> None:
            move_bar(progress.done, f"/ {progress.total}")

        return rotate_house(house, what, account, report)


def _print_planned(session: Session, planned: Planned) -> None:
    counts = {"cohorts": planned.cohorts, "keys": planned.keys, "lookups": planned.lookups}
    if session.out.as_json:
        begun = planned.under_way
        session.out.result(
            {"what": planned.what.value, "dry_run": True, "under_way": begun, **counts}
        )
        return
    session.out.line(session.words.text("rotation", "planned", **counts))
    if planned.under_way:
        session.out.line(session.words.text("rotation", "under_way"))


def _print_rotated(session: Session, ended: Rotated) -> None:
    carried, root = ended.progress, ended.root
    counts = {"cohorts": carried.done, "keys": carried.keys, "lookups": carried.lookups}
    if session.out.as_json:
        session.out.result(
            {
                "what": ended.what.value,
                "resumed": ended.resumed,
                **counts,
                "root_version": None if root is None else root.version,
                "held_versions": None if root is None else list(root.held),
            }
        )
        return
    out, words = session.out, session.words
    if root is None:
        out.line(words.text("rotation", ended.what.value, **counts))
    else:
        older = ", ".join(str(version) for version in root.held if version != root.version)
        told = {"version": root.version, "older": older or "-"}
        out.line(words.text("rotation", "root", **told, **counts))
