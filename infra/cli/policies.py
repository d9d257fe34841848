"""``policy check``, ``policy simulate`` and ``due``: the controllers' promises and their dates."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from consumers.policies import policies, read_policy_file
from consumers.registers import registers
from domain.calendar import civil_date
from domain.findings import examine
from domain.policy import Policy, in_force
from infra.cli import policy_documents as documents
from infra.cli.adopting import document, print_waiting, versions_known
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.policy_tables import print_due, print_policy, print_simulation
from infra.cli.session import begin, chosen, controller_of, entered
from infra.clock import SystemClock
from infra.retention import due_list
from infra.retention import simulate as simulate_policies

AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The day it is asked for, in Norway; today if not given.",
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", min=0, max=10_000, help="People listed; all are counted.")
]


def check(*, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Read every controller's policies and show what is wrong or missing in those in force.

    A file that cannot be read is named with its line and field, and ends the command with 3. So
    does, where there is a house, a file that says something else than what was adopted.
    """
    session = begin(as_json=as_json)
    day = _day(as_of)
    registers()  # a wrong register is named as a wrong policy is
    known = versions_known(session, day)
    found = {slug: in_force(versions, day) for slug, versions in policies().items()}
    told = [
        (slug, policy, examine(policy, day) if policy else ()) for slug, policy in found.items()
    ]
    if as_json:
        session.out.result(
            {
                "as_of": day.isoformat(),
                "controllers": [documents.checked(*one) for one in told],
                "adopted": [document(one, day) for one in known],
            }
        )
    else:
        for one in told:
            print_policy(session, *one)
        print_waiting(session, known)


def simulate(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.toml",
            exists=True,
            dir_okay=False,
            readable=True,
            help="A controller's file under its own name; its newest policy is tried.",
        ),
    ],
    as_of: AsOf = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show who would be erased when under a policy that is not switched on. Changes nothing.

    Example: glemmebok policy simulate drafts/toptemp.toml
    """
    session = begin(as_json=as_json)
    day, proposed = _day(as_of), read_policy_file(file)[-1]
    with entered(session) as house:
        controller = controller_of(house, proposed.controller)
        pair = (_present(proposed.controller, day), proposed)
        made = simulate_policies(house.store, controller, pair, day, limit)
    if as_json:
        session.out.result(documents.simulation(pair, day, made))
    else:
        print_simulation(session, pair, made)


def due(
    *,
    controller: ControllerName = None,
    as_of: AsOf = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show whose data are to be erased, or warned of, by a day, and what postpones it.

    Erases nothing. Example: glemmebok due --controller miles --as-of 2026-12-31
    """
    session = begin(as_json=as_json)
    day = _day(as_of)
    with entered(session) as house:
        asked = [(house.slug_of(one), one) for one in chosen(house, controller)]
        found = [
            (policy, due_list(house.store, one, policy, day, limit))
            for slug, one in sorted(asked)
            for policy in [_present(slug, day)]
        ]
    if as_json:
        lists = [documents.due_list(policy, day, made) for policy, made in found]
        session.out.result({"as_of": day.isoformat(), "controllers": lists})
    else:
        for policy, made in found:
            print_due(session, policy, day, made)


def _day(as_of: datetime | None) -> date:
    return civil_date(SystemClock().now()) if as_of is None else as_of.date()


def _present(slug: str, day: date) -> Policy:
    policy = in_force(policies().get(slug, ()), day)
    if policy is None:
        message = f"no policy of {slug} is in force on {day}"
        raise UsageMistake(message)
    return policy
