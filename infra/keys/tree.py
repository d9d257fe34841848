"""The key tree: root (at the provider), controller key, cohort key; DEKs hang off the last.

Rules. One provider call per process and root version of a controller. Every wrapped key's AAD names
its kind and place. A cohort key is cached by (cohort, generation): a rekeyed cohort is another key.
What is held here unwraps and never decides whether something is alive.
"""

import hmac
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from domain.answers import KeyUnavailable
from domain.framing import lp
from domain.values import ControllerId
from infra.keys.database import Connection, KeyDatabase
from infra.keys.provider import KekProvider
from infra.keys.ring import ControllerRing
from infra.keys.wrapping import KeyedHash, WrappingKey

_COHORTS_HELD = 8_192
"""How many cohort keys a process keeps: two million people's, about 8 MB."""

MARK_LABEL = b"glemmebok/1/lookup-mark"
"""Derives the key of look-up marks from a cohort's key."""


class CohortMoved(KeyUnavailable):
    """A cohort was rekeyed between two reads."""


@dataclass(frozen=True, slots=True)
class CohortKey:
    """A cohort's present key, and the HMAC that marks one person's repeated contact."""

    cohort: int
    generation: int
    key: WrappingKey
    mark: KeyedHash


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort as stored."""

    cohort: int
    number: int
    generation: int
    root_version: int
    wrapped: bytes


COHORT_COLUMNS = "cohort, number, generation, root_version, wrapped"


def controller_key_aad(controller: UUID, version: int) -> bytes:
    """Name a controller key's place."""
    return b"controller-key" + controller.bytes + version.to_bytes(4, "big")


def secret_aad(controller: ControllerId, purpose: str) -> bytes:
    """Name an HMAC secret's place."""
    return b"secret" + controller.bytes + lp(purpose.encode())


def pepper_aad(controller: ControllerId, epoch: int) -> bytes:
    """Name a pepper's place."""
    return b"pepper" + controller.bytes + epoch.to_bytes(4, "big")


def cohort_aad(controller: ControllerId, number: int, generation: int) -> bytes:
    """Name a cohort key's place."""
    place = number.to_bytes(8, "big") + generation.to_bytes(4, "big")
    return b"cohort" + controller.bytes + place


class KeyTree:
    """Unwraps from the root down, and remembers what it unwrapped."""

    def __init__(self, database: KeyDatabase, provider: KekProvider) -> None:
        self._database = database
        self._provider = provider
        self._rings: dict[ControllerId, ControllerRing] = {}
        self._cohorts: OrderedDict[tuple[int, int], CohortKey] = OrderedDict()
        self._lock = Lock()

    def ring(self, controller: ControllerId) -> ControllerRing:
        """Return a controller's secrets, loading them once.

        Raises:
            KeyUnavailable: no such controller, or the database or provider is away.
        """
        found = self._rings.get(controller)
        if found is None:
            with self._lock:
                found = self._rings.get(controller) or self._load(controller)
                self._rings[controller] = found
        return found

    def renew(self, held: ControllerRing) -> ControllerRing:
        """Return a controller's secrets, loaded again unless that was done since ``held`` was.

        Raises:
            KeyUnavailable: as :meth:`ring`.
        """
        with self._lock:
            if self._rings.get(held.controller) is held:
                self._rings[held.controller] = self._load(held.controller)
        return self.ring(held.controller)

    def clear(self) -> None:
        """Forget everything unwrapped."""
        with self._lock:
            self._rings.clear()
            self._cohorts.clear()

    def _load(self, controller: ControllerId) -> ControllerRing:
        with self._database.reading() as connection:
            rows = _ring_rows(connection, controller)
        keys = [row for row in rows if row.what == _KEY]
        if not keys:
            message = f"controller {controller} is unknown to the key database"
            raise KeyUnavailable(message)
        unwrapped = {
            row.version: self.controller_key(controller, row.version, row.wrapped) for row in keys
        }
        return ControllerRing(
            controller,
            unwrapped,
            {
                row.name: KeyedHash(
                    unwrapped[row.version].unwrap(row.wrapped, secret_aad(controller, row.name))
                )
                for row in rows
                if row.what == _SECRET
            },
            {
                row.epoch: KeyedHash(
                    unwrapped[row.version].unwrap(row.wrapped, pepper_aad(controller, row.epoch))
                )
                for row in rows
                if row.what == _PEPPER
            },
        )

    def ring_with(self, controller: ControllerId, version: int) -> ControllerRing:
        """Return a controller's secrets with the controller key of a version among its keys.

        A ring loaded before the last finalisation does not hold it and is loaded again.

        Raises:
            CohortMoved: the version is not there any more; what named it was read before.
            KeyUnavailable: as :meth:`ring`.
        """
        held = self.ring(controller)
        if version in held.keys:
            return held
        renewed = self.renew(held)
        if version not in renewed.keys:
            message = f"controller {controller}: root version {version} is not held"
            raise CohortMoved(message)
        return renewed

    def controller_key(self, controller: UUID, version: int, wrapped: bytes) -> WrappingKey:
        """Unwrap a controller key at the provider."""
        aad = controller_key_aad(controller, version)
        return WrappingKey(self._provider.unwrap(version, wrapped, aad))

    def cohort_key(self, controller: ControllerId, row: CohortRow) -> CohortKey:
        """Unwrap a cohort row, or remember it."""
        place = (row.cohort, row.generation)
        with self._lock:
            found = self._cohorts.get(place)
            if found is not None:
                self._cohorts.move_to_end(place)
                return found
        wrapping = self.ring_with(controller, row.root_version).keys[row.root_version]
        aad = cohort_aad(controller, row.number, row.generation)
        return self._hold(row, wrapping.unwrap(row.wrapped, aad))

    def cohort_keys(
        self, controller: ControllerId, places: Iterable[tuple[int, int]]
    ) -> Mapping[tuple[int, int], CohortKey]:
        """Return keys by (cohort, generation), fetching those not held in one read.

        Raises:
            CohortMoved: a cohort was rekeyed since its generation was read; read again.
        """
        wanted = set(places)
        with self._lock:
            found = {place: held for place in wanted if (held := self._cohorts.get(place))}
        missing = wanted - found.keys()
        if missing:
            for row in self._fetch(controller, [cohort for cohort, _ in missing]):
                found[row.cohort, row.generation] = self.cohort_key(controller, row)
        if wanted - found.keys():
            message = "a cohort was rekeyed while it was read"
            raise CohortMoved(message)
        return found

    def _fetch(self, controller: ControllerId, cohorts: list[int]) -> list[CohortRow]:
        statement = (
            f"SELECT {COHORT_COLUMNS} FROM cohort WHERE controller = %b AND cohort = ANY(%b)"  # noqa: S608 - a constant
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement, (controller, cohorts), binary=True)
            return [CohortRow(*row) for row in rows]

    def _hold(self, row: CohortRow, secret: bytes) -> CohortKey:
        mark = KeyedHash(hmac.digest(secret, MARK_LABEL, sha256))
        made = CohortKey(row.cohort, row.generation, WrappingKey(secret), mark)
        with self._lock:
            self._cohorts[row.cohort, row.generation] = made
            if len(self._cohorts) > _COHORTS_HELD:
                self._cohorts.popitem(last=False)
        return made


class _RingRow(NamedTuple):
    what: int
    name: str
    epoch: int
    version: int
    wrapped: bytes


_KEY, _SECRET, _PEPPER = range(3)
_RING = (
    "SELECT 0, '', 0, root_version, wrapped FROM controller_key WHERE controller = %b"
    " UNION ALL SELECT 1, purpose, 0, root_version, wrapped FROM controller_secret"
    " WHERE controller = %b"
    " UNION ALL SELECT 2, '', epoch, root_version, wrapped FROM pepper WHERE controller = %b"
    " ORDER BY 1, 3"
)
"""One statement, one snapshot: a finalisation between two would part a secret from its key."""


def _ring_rows(connection: Connection, controller: ControllerId) -> list[_RingRow]:
    asked = (controller, controller, controller)
    return [_RingRow(*row) for row in connection.execute(_RING, asked, binary=True)]
