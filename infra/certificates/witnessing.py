"""Holds a certificate against the journal of the house it came from.

Why: a snapshot of a whole machine, anchor included, that is put back fools the restore gate. A
certificate that somebody keeps names the journal's end of its day, and does not go back with it.
"""

from enum import StrEnum

from domain.values import ControllerId
from infra.certificates.contents import Certificate
from infra.certificates.journal import Journal, leaves_of
from infra.certificates.tree import levels_of


class Witnessed(StrEnum):
    """How the journal of today stands to the one that a certificate names."""

    AGREES = "agrees"
    BEHIND = "behind"
    """It ends before: the house was put back."""
    DIFFERS = "differs"
    """It is another: the journal was forked or rewritten."""
    GAP = "gap"
    """Records in between are declared lost, so that it cannot be said."""


def witness(journal: Journal, controller: ControllerId, one: Certificate) -> Witnessed:
    """Compare the journal, as far as the certificate reaches.

    Raises:
        JournalBroken: the journal's chain does not hold.
        KeyUnavailable: the key database or the provider is away.
    """
    found, named = leaves_of(journal, controller), one.journal.head
    if found.head.sequence < named.sequence:
        return Witnessed.BEHIND
    if levels_of(found.leaves[: named.sequence])[-1][0].hex() == named.root:
        return Witnessed.AGREES
    lost = found.lost_from is not None and found.lost_from <= named.sequence
    return Witnessed.GAP if lost else Witnessed.DIFFERS
