"""Registers: what the controllers' files say beside their policies, as the domain's values.

Tables at the root of ``schemas/controllers/<slug>.toml``; each may be left out, and what is missing
is then found (:mod:`domain.register_findings`). Rules: every field is known, every name that is
referred to is declared by the newest policy or by the file, otherwise the file is refused with its
line.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from consumers import register_rows as rows
from consumers.policies import read_policy_file
from domain.policy import Policy
from domain.registers import Agreement, Change, Registers, last_day_to_object
from schemas.controllers import SLUG
from schemas.located import Table, read_file

T = TypeVar("T")


@cache
def registers() -> Mapping[str, Registers]:
    """Read every controller's registers once, by slug.

    Raises:
        ControllerFileError: a file is wrong; the message names file, line and field.
    """
    return read_registers(files("schemas") / "controllers")


def read_registers(folder: Traversable) -> Mapping[str, Registers]:
    """Read the registers of a folder's files, by slug, in order of slug.

    Raises:
        ControllerFileError: a file is wrong; the message names file, line and field.
    """
    found = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return {name.removesuffix(".toml"): read_register_file(folder / name) for name in found}


def read_register_file(file: Traversable) -> Registers:
    """Read one controller's registers.

    Raises:
        ControllerFileError: the file is wrong; the message names file, line and field.
    """
    policy = read_policy_file(file)[-1]
    reading = _Reading(read_file(file), policy)
    measures = reading.named("measures", rows.measure)
    agreements = reading.of("agreements", rows.agreement)
    reading.refer("assessments", "activity", [one.slug for one in policy.activities])
    reading.refer("stores", "run_by", [policy.controller, *reading.recipients])
    reading.refer("risks", "measure", [one.slug for one in measures])
    for table, field in (("agreements", "recipient"), ("changes", "processor")):
        reading.refer(table, field, reading.recipients)
    reading.refer("shares", "recipient", reading.recipients)
    return Registers(
        contacts=reading.of("contacts", rows.contact),
        stores=reading.named("stores", rows.store),
        assessments=reading.named("assessments", rows.assessment),
        measures=measures,
        risks=reading.named("risks", rows.risk),
        agreements=agreements,
        changes=reading.named("changes", lambda row: _change(row, agreements)),
        shares=reading.of("shares", rows.share),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file's root, and the policy whose names it may refer to."""

    root: Table
    policy: Policy

    @property
    def recipients(self) -> list[str]:
        return [one.slug for one in self.policy.recipients]

    def of(self, field: str, make: Callable[[Table], T]) -> tuple[T, ...]:
        """Read a list of tables, which may be left out."""
        return tuple(map(make, self.root.tables(field))) if self.root.has(field) else ()

    def named(self, field: str, make: Callable[[Table], T]) -> tuple[T, ...]:
        """Read a list of tables that each have a slug of their own."""
        seen: set[str] = set()
        for row in self.root.tables(field) if self.root.has(field) else ():
            slug = row.text("slug")
            if SLUG.fullmatch(slug) is None:
                row.refuse("slug", "must be a name in a-z, 0-9 and -")
            if slug in seen:
                row.refuse("slug", "is used twice")
            seen.add(slug)
        return self.of(field, make)

    def refer(self, table: str, field: str, declared: Collection[str]) -> None:
        """Refuse a row that refers to what nobody declared."""
        for row in self.root.tables(table) if self.root.has(table) else ():
            if row.text(field) not in declared:
                row.refuse(field, "is not declared in this file's newest policy or registers")


def _change(row: Table, agreements: Collection[Agreement]) -> Change:
    row.only(("slug", "processor", "what", "announced_on"))
    processor, told = row.text("processor"), row.day("announced_on")
    until = last_day_to_object(tuple(agreements), processor, told)
    if until is None:
        row.refuse("processor", "must have an agreement in force on the day of the change")
    return Change(row.text("slug"), processor, row.text("what"), told, until)
