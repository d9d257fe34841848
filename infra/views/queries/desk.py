"""The window: who asks is recorded and committed, then a page's tokens are opened in one call."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from psycopg_pool import ConnectionPool

from domain.answers import Answer, Shredded
from domain.keyring import Finder, Opener, OpenRequest
from domain.values import ControllerId, FactId, SubjectId
from infra.views.queries.answers import Part, part_of
from infra.views.transaction import Cursor, transaction
from projections.parts import unpack_parts

OPENS_MAX = 5_000
"""Tokens a call of the opener: one round trip to the key database, some 25 ms of opening."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is about to be opened: ``counts`` tokens of each of the ``subjects``, in order."""

    view: str
    controller: ControllerId
    subjects: tuple[SubjectId, ...]
    counts: tuple[int, ...]
    who: str
    purpose: str


class Audit(Protocol):
    """Records who looked at whom."""

    def record(self, look: Look) -> None:
        """Commit one look; raises, and nothing is opened, when it cannot be committed."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for which controller and to what purpose. ``who`` is an account's id, no name."""

    controller: ControllerId
    who: str
    purpose: str


class SubjectUnknown(LookupError):  # noqa: N818 - an answer: nobody by this id is in the view
    """The controller has no such person in the view."""

    def __init__(self, subject: SubjectId) -> None:
        """Name the subject."""
        super().__init__(f"subject {subject} is not in the view")


class Carrier(Protocol):
    """A row that carries tokens."""

    @property
    def subject(self) -> SubjectId:
        """The person."""
        ...

    @property
    def fact_id(self) -> FactId:
        """The fact the tokens were sealed in."""
        ...

    @property
    def topic(self) -> str:
        """The fact's stored name."""
        ...

    @property
    def parts(self) -> bytes:
        """The tokens, as :mod:`projections.parts` packs them."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a question needs: the views, the two read doors of the keyring, and the audit."""

    pool: ConnectionPool
    opener: Opener
    finder: Finder
    audit: Audit

    @contextmanager
    def reading(self, asker: Asker, view: str) -> Iterator[Cursor]:
        """Read in one snapshot, held by row-level security to the asker's controller."""
        with transaction(self.pool, view) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(
                "SELECT set_config('glemmebok.controller', %s, true)", [str(asker.controller)]
            )
            yield cursor

    def open(self, asker: Asker, view: str, rows: Sequence[Carrier]) -> list[tuple[Part, ...]]:
        """Open the tokens of a page of rows; one tuple of parts a row, in order.

        A purged token is shredded without asking. Nothing to open is nothing to record.

        Raises:
            KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
        """
        held = [unpack_parts(row.parts) for row in rows]
        requests = [
            OpenRequest(row.subject, row.fact_id, category, row.topic, token)
            for row, parts in zip(rows, held, strict=True)
            for category, token in parts
            if token is not None
        ]
        answers = iter(self._answers(asker, view, requests))
        return [
            tuple(
                part_of(category, Shredded() if token is None else next(answers))
                for category, token in parts
            )
            for parts in held
        ]

    def _answers(self, asker: Asker, view: str, requests: Sequence[OpenRequest]) -> list[Answer]:
        if not requests:
            return []
        counts = Counter(request.subject for request in requests)
        subjects, opened = tuple(counts), tuple(counts.values())
        self.audit.record(Look(view, asker.controller, subjects, opened, asker.who, asker.purpose))
        return [
            answer
            for first in range(0, len(requests), OPENS_MAX)
            for answer in self.opener.open(asker.controller, requests[first : first + OPENS_MAX])
        ]


def page_size(limit: int, largest: int) -> int:
    """Return ``limit``.

    Raises:
        ValueError: it is not between 1 and ``largest``.
    """
    if not 1 <= limit <= largest:
        message = f"a page holds 1 to {largest} items, not {limit}"
        raise ValueError(message)
    return limit
