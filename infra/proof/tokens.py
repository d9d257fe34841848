"""Trying every token of the log: what opens, and to what, before and after an erasure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from domain.answers import Answer, Present
from domain.erasure import OUTLIVING
from domain.framing import lp
from domain.keyring import Opener, OpenRequest
from domain.values import ControllerId, SubjectId
from infra.store.store import EventStore

PAGE = 2_000
"""Facts read and tokens tried at a time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What trying tokens gave: how many were tried, how many opened, and a digest of the rest.

    ``digest`` covers every opened plaintext in order, so two trials that opened the same values
    have the same digest. No value is kept.
    """

    tried: int
    opened: int
    digest: bytes


def tokens_by_controller(
    store: EventStore,
) -> Iterator[tuple[ControllerId, Sequence[OpenRequest]]]:
    """Yield every token of the log with its context, page by page, but what outlives the person.

    The keys of notices and letters are destroyed when these are acknowledged, at most 30 days on.
    """
    after = 0
    while entries := store.entries(after, PAGE):
        after = entries[-1].position
        page: dict[ControllerId, list[OpenRequest]] = {}
        for entry in entries:
            for part in entry.fact.sealed:
                if not part.category.startswith(OUTLIVING):
                    request = OpenRequest(
                        entry.subject,
                        entry.stamp.fact_id,
                        part.category,
                        entry.fact.TOPIC,
                        part.sealed.token,
                    )
                    page.setdefault(entry.stamp.controller, []).append(request)
        yield from page.items()


@dataclass(frozen=True, slots=True)
class Trials:
    """The person's tokens, and everybody else's."""

    hers: Trial
    others: Trial


class _Counting:
    """A trial under way."""

    def __init__(self) -> None:
        self.tried = self.opened = 0
        self._digest = sha256()

    def count(self, answer: Answer) -> None:
        """Count one answer; of an opened value only the running digest remains."""
        self.tried += 1
        if isinstance(answer, Present):
            self.opened += 1
            self._digest.update(lp(answer.plaintext))

    def trial(self) -> Trial:
        """Return what was counted."""
        return Trial(self.tried, self.opened, self._digest.digest())


def try_all(store: EventStore, opener: Opener, person: SubjectId) -> Trials:
    """Try every token of the log, the person's and everybody else's apart.

    Raises:
        KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
    """
    hers, others = _Counting(), _Counting()
    for controller, requests in tokens_by_controller(store):
        answers = opener.open(controller, requests)
        for request, answer in zip(requests, answers, strict=True):
            (hers if request.subject == person else others).count(answer)
    return Trials(hers.trial(), others.trial())
