"""Merging two streams that are one person's, and undoing it: a fact in each, in one transaction.

Nothing is moved. A stream is absorbed by one that stands for itself; keys and look-ups stay apart,
so un-merging appends and is real.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from consumers.ports import Head, Log
from consumers.rights import Act, Recorded, Rights
from domain.merging import Absorbed, MergedInto, Released, Tie, UnmergedFrom
from domain.values import ControllerId, SubjectId


@dataclass(frozen=True, slots=True)
class Merging:
    """Merges and un-merges streams of one controller."""

    log: Log
    rights: Rights
    new_id: Callable[[], UUID]

    def merge(self, controller: ControllerId, subject: SubjectId, survivor: SubjectId) -> Recorded:
        """Let ``survivor`` stand for ``subject`` too; nothing when it does already.

        Refused as MERGED when either is absorbed by another, also by ``subject`` itself.

        Raises:
            ValueError: a stream cannot absorb itself.
            VersionConflict, LogUnavailable: as :meth:`Rights.record_together`.
        """
        if subject == survivor:
            message = "a stream is not merged into itself"
            raise ValueError(message)
        tie = self.tie_of(controller, subject)
        if tie is not None and tie[1].other == survivor:
            return []
        merge_id = self.new_id()
        acts = [
            Act(subject, MergedInto(merge_id, survivor)),
            Act(survivor, Absorbed(merge_id, subject)),
        ]
        return self.rights.record_together(controller, acts)

    def unmerge(self, controller: ControllerId, subject: SubjectId) -> Recorded:
        """Let ``subject`` stand for itself again; nothing when it does.

        A survivor that was erased meanwhile is told nothing.

        Raises:
            VersionConflict, LogUnavailable: as :meth:`Rights.record_together`.
        """
        tie = self.tie_of(controller, subject)
        if tie is None:
            return []
        merge_id, other = tie[0], tie[1].other
        acts = [Act(subject, UnmergedFrom(merge_id, other))]
        if self._head(controller, other).state.erasure.end is None:
            acts.append(Act(other, Released(merge_id, subject)))
        return self.rights.record_together(controller, acts)

    def tie_of(self, controller: ControllerId, subject: SubjectId) -> tuple[UUID, Tie] | None:
        """Return the merge by which another stream stands for this one; None when it stands."""
        life = self._head(controller, subject).state.life
        for merge_id, tie in ((life.ties if life else None) or {}).items():
            if tie.tied and not tie.undone and not tie.survives:
                return merge_id, tie
        return None

    def _head(self, controller: ControllerId, subject: SubjectId) -> Head:
        return self.log.load(controller, [subject], []).heads[subject]
