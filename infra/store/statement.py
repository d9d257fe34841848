"""A statement of a transaction, and how many rows it must touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters; ``expected`` is the row count it must have, if any.

    Another count means that the database is not what the transaction was decided on, and nothing
    of it is committed.
    """

    sql: LiteralString
    params: Sequence[object]
    expected: int | None = None
