"""Sees the erasure journal go backwards while the process runs, and shuts.

Rules. What a fetch must reach is taken before its statement is sent: a statement's snapshot is
never older than what was seen before it, unless the key database was put back. One step backwards
refuses everything from then on, for every controller.
"""

from threading import Lock

from domain.answers import GateClosed, GateVerdict
from domain.values import ControllerId


class Witness:
    """The highest journal sequence seen of each controller."""

    def __init__(self) -> None:
        self._seen: dict[ControllerId, int] = {}
        self._shut: GateClosed | None = None
        self._lock = Lock()

    def expect(self, controller: ControllerId) -> int:
        """Say what a fetch begun now must reach.

        Raises:
            GateClosed: the journal went backwards before.
        """
        if self._shut is not None:
            raise self._shut
        return self._seen.get(controller, 0)

    def saw(self, controller: ControllerId, expected: int, sequence: int) -> None:
        """Record what a fetch reached.

        Raises:
            GateClosed: it is behind what was expected; the process is shut from now on.
        """
        with self._lock:
            if sequence < expected:
                self._shut = GateClosed(
                    GateVerdict.ROLLED_BACK,
                    f"journal of controller {controller} went from {expected} to {sequence}",
                )
            else:
                self._seen[controller] = max(sequence, self._seen.get(controller, 0))
        if self._shut is not None:
            raise self._shut
