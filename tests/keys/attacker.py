"""An attacker with every copy of the key database ever made, and whatever roots survive.

It unwraps from the roots down, trying every key it has on every wrapped row of every copy, until
nothing more gives way; then it tries every key on every token. It knows the house's formats and
obeys none of its rules: no tombstone, no generation, no version stops it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from domain.answers import SealBroken
from domain.keyring import OpenRequest
from domain.values import ControllerId, SubjectId
from infra.keys.buckets import bucket_aad
from infra.keys.fetching import dek_aad
from infra.keys.lookups import lookup_aad
from infra.keys.loose import loose_aad
from infra.keys.token import DataKey
from infra.keys.tree import cohort_aad, controller_key_aad, pepper_aad
from infra.keys.wrapping import WrappingKey

Row = dict[str, Any]
Copy = dict[str, list[Row]]
_TABLES = (
    "controller_key",
    "pepper",
    "cohort",
    "subject",
    "dek",
    "lookup",
    "loose_bucket",
    "loose_key",
)


class Asked(Protocol):
    """A key database that answers behind everybody's back."""

    def sql(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...


def copy_of(house: Asked) -> Copy:
    """Keep a copy of everything that is wrapped."""
    return {table: list(_rows(house, table)) for table in _TABLES}


def _rows(house: Asked, table: str) -> Iterator[Row]:
    names = [
        name
        for (name,) in house.sql(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public' ORDER BY ordinal_position",
            table,
        )
    ]
    for row in house.sql(f"SELECT * FROM {table}"):  # noqa: S608 - our own tables
        yield dict(zip(names, row, strict=True))


def roots_of(path: Path) -> list[bytes]:
    """Read the root versions out of a root key file."""
    return [bytes.fromhex(key) for key in json.loads(path.read_text())["keys"].values()]


@dataclass
class Attacker:
    """What it has, and what it got out of it."""

    copies: Sequence[Copy]
    roots: Sequence[bytes]
    controller_keys: list[bytes] = field(default_factory=list)
    cohort_keys: list[bytes] = field(default_factory=list)
    bucket_keys: list[bytes] = field(default_factory=list)
    peppers: list[bytes] = field(default_factory=list)
    deks: dict[UUID, bytes] = field(default_factory=dict)
    loose: dict[UUID, bytes] = field(default_factory=dict)
    looked_up: set[UUID] = field(default_factory=set)

    def attack(self) -> "Attacker":
        """Unwrap whatever gives way."""
        self.controller_keys = _tried(
            self.roots,
            [
                (row["wrapped"], controller_key_aad(row["controller"], row["root_version"]))
                for row in self._all("controller_key")
            ],
        )
        self.peppers = _tried(
            self.controller_keys,
            [
                (row["wrapped"], pepper_aad(ControllerId(row["controller"]), row["epoch"]))
                for row in self._all("pepper")
            ],
        )
        self.cohort_keys = _tried(
            self.controller_keys,
            [
                (
                    row["wrapped"],
                    cohort_aad(ControllerId(row["controller"]), row["number"], row["generation"]),
                )
                for row in self._all("cohort")
            ],
        )
        self.bucket_keys = _tried(
            self.controller_keys,
            [
                (row["wrapped"], bucket_aad(row["controller"], row["bucket"], row["purpose"]))
                for row in self._all("loose_bucket")
            ],
        )
        self._unwrap_leaves()
        return self

    def opens(self, controller: ControllerId, request: OpenRequest) -> bool:
        """Try every key on a token."""
        for key_id, dek in self.deks.items():
            place = (controller, request.subject, request.category)
            key = DataKey(dek, key_id.bytes, *place)
            try:
                key.open(request.fact_id, request.slot, request.token)
            except SealBroken:
                continue
            return True
        return False

    def _unwrap_leaves(self) -> None:
        owners = {row["subject"]: row["controller"] for row in self._all("subject")}
        for row in self._all("dek"):
            owner, subject, key_id = owners[row["subject"]], row["subject"], row["key_id"]
            aad = dek_aad(owner, subject, key_id.bytes, row["category"], row["epoch"])
            for dek in _tried(self.cohort_keys, [(row["wrapped"], aad)]):
                self.deks[key_id] = dek
        for row in self._all("lookup"):
            aad = lookup_aad(ControllerId(row["controller"]), row["kind"], row["token"])
            for opened in _tried(self.cohort_keys, [(row["wrapped"], aad)]):
                self.looked_up.add(SubjectId(UUID(bytes=opened[:16])))
        for row in self._all("loose_key"):
            aad = loose_aad(row["bucket"], row["key_id"], row["item"])
            for dek in _tried(self.bucket_keys, [(row["wrapped"], aad)]):
                self.loose[row["item"]] = dek

    def _all(self, table: str) -> Iterator[Row]:
        rows = chain.from_iterable(copy[table] for copy in self.copies)
        return (row for row in rows if row.get("wrapped", b"") is not None)


def _tried(keys: Sequence[bytes], wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """Try every key on every wrapped value; return what opened, each once."""
    found: dict[bytes, None] = {}
    for key in map(WrappingKey, keys):
        for value, aad in wrapped:
            try:
                found[key.unwrap(value, aad)] = None
            except SealBroken:
                continue
    return list(found)
