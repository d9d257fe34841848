"""Opening despite a restriction: who, whom and why is committed to the access audit first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.answers import Answer
from domain.fact import HOUSE
from domain.keyring import OpenRequest, RightsOpener
from domain.values import ControllerId
from infra.clock import Clock
from infra.store.audit import AccessAudit, Opening

PURPOSE = "telling_recipients"
VIEW = "source_ids"


@dataclass(frozen=True, slots=True)
class AuditedRightsOpener:
    """A :class:`RightsOpener` whose every opening the person can be told of.

    ``purpose`` and ``view`` are what the audit says of it; the house itself is who opens.
    """

    keyring: RightsOpener
    audit: AccessAudit
    clock: Clock
    purpose: str = PURPOSE
    view: str = VIEW

    def open_for_rights(
        self, controller: ControllerId, requests: Sequence[OpenRequest]
    ) -> list[Answer]:
        """Record the opening, then open.

        Raises:
            LogUnavailable: the audit is away, and nothing is opened.
            KeyUnavailable, SealBroken, GateClosed: as the keyring raises them.
        """
        counts = Counter(request.subject for request in requests)
        people, opened = tuple(counts), tuple(counts.values())
        looked = Opening(HOUSE, self.purpose, controller, self.view, people, opened)
        self.audit.record(looked, self.clock.now())
        return self.keyring.open_for_rights(controller, requests)
