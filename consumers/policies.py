"""Policies: what the controllers' files say, as the domain's values.

One ``[[policy]]`` a version in ``schemas/controllers/<slug>.toml``, oldest first. Rules: every
field is known and every name that is referred to is declared, otherwise the file is refused with
its line; only a period, a country and a number of days to answer may be left unsaid.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from consumers.policy_parts import activity, entity, rule, settings, suppression
from consumers.policy_recipients import recipient
from domain.policy import Policy
from domain.policy_terms import DataRegion, Kind, Mechanism
from schemas.controllers import SLUG, read_controller
from schemas.located import Table, read_file

VERSION_MAX = 10_000
"""A version a day for twenty-seven years."""

REGISTER_TABLES = (
    "contacts",
    "stores",
    "assessments",
    "measures",
    "risks",
    "agreements",
    "changes",
    "shares",
)
"""What stands beside the policies and is no promise (:mod:`consumers.registers`)."""

_ROOT = ("slug", "name", "kind", "sources", "policy", *REGISTER_TABLES)
_POLICY = (
    "version",
    "effective_from",
    "data_region",
    "mechanisms",
    "settings",
    "entities",
    "activities",
    "rules",
    "recipients",
    "suppression",
)

T = TypeVar("T")


@cache
def policies() -> Mapping[str, tuple[Policy, ...]]:
    """Read every controller's policies once, by slug.

    Raises:
        ControllerFileError: a file is wrong; the message names file, line and field.
    """
    return read_policies(files("schemas") / "controllers")


def read_policies(folder: Traversable) -> Mapping[str, tuple[Policy, ...]]:
    """Read the policies of a folder's files, by slug, in order of slug.

    Raises:
        ControllerFileError: a file is wrong; the message names file, line and field.
    """
    found = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return {name.removesuffix(".toml"): read_policy_file(folder / name) for name in found}


def read_policy_file(file: Traversable) -> tuple[Policy, ...]:
    """Read one controller's policies, oldest first.

    Raises:
        ControllerFileError: the file is wrong; the message names file, line and field.
    """
    owner = read_controller(file)
    root = read_file(file)
    root.only(_ROOT)
    tables = root.tables("policy")
    made = [_policy(table, owner.slug, Kind(owner.kind.value)) for table in tables]
    for table, earlier, later in zip(tables[1:], made, made[1:], strict=False):
        if later.version <= earlier.version:
            table.refuse("version", "must be greater than that of the policy before it")
        if later.effective_from <= earlier.effective_from:
            table.refuse("effective_from", "must be after that of the policy before it")
    return tuple(made)


def _policy(table: Table, controller: str, kind: Kind) -> Policy:
    table.only(_POLICY)
    activities = _named(table, "activities", activity)
    declared = {one.slug: one for one in activities}
    recipients = _named(table, "recipients", recipient)
    _check_parents(table, [one.slug for one in recipients])
    return Policy(
        controller=controller,
        version=table.number("version", 1, VERSION_MAX),
        effective_from=table.day("effective_from"),
        kind=kind,
        data_region=table.word("data_region", DataRegion),
        mechanisms=table.words("mechanisms", Mechanism),
        entities=_named(table, "entities", entity),
        settings=settings(table.table("settings"), kind),
        activities=activities,
        rules=_named(table, "rules", lambda row: rule(row, declared)),
        recipients=recipients,
        suppression=suppression(table.table("suppression")) if table.has("suppression") else (),
    )


def _named(table: Table, field: str, make: Callable[[Table], T]) -> tuple[T, ...]:
    """Read a list of tables that each have a slug of their own."""
    rows = table.tables(field)
    seen: set[str] = set()
    for row in rows:
        slug = row.text("slug")
        if SLUG.fullmatch(slug) is None:
            row.refuse("slug", "must be a name in a-z, 0-9 and -")
        if slug in seen:
            row.refuse("slug", "is used twice")
        seen.add(slug)
    return tuple([make(row) for row in rows])


def _check_parents(table: Table, declared: Collection[str]) -> None:
    for row in table.tables("recipients"):
        if row.has("parent") and row.text("parent") not in declared:
            row.refuse("parent", "must be the slug of another recipient")
