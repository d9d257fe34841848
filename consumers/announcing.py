"""Announcing and publishing a privacy notice, under what the policy says of comments."""

from dataclasses import dataclass

from consumers.controller_stream import ControllerStream
from domain.controller import NoticeAnnounced, NoticePublished, comments_end
from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import Actor, Fact
from domain.purposes import Purpose
from domain.values import Instant

_WHY = {
    RefusalReason.UNANNOUNCED: "it was not announced, or not so: announce it first",
    RefusalReason.COMMENT_PERIOD: "it would bind before its comment period is over",
    RefusalReason.SUPERSEDED: "it, or a later version, is published already",
}


class NoticeRefused(Exception):  # noqa: N818 - an outcome, not a fault
    """A notice may not be announced or published so; the message says why."""

    def __init__(self, version: int, reason: RefusalReason) -> None:
        super().__init__(f"notice version {version}: {_WHY.get(reason, reason.value)}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Words:
    """A notice: its version, from when it binds, whose consents it changes, its text's hash."""

    version: int
    effective_at: Instant
    purposes_changed: tuple[Purpose, ...]
    digest: bytes | None


def announce(stream: ControllerStream, words: Words, comment_days: int) -> tuple[Fact, ...]:
    """Announce a notice from now on; ``()`` when it was announced so already.

    Raises:
        NoticeRefused: it is published, or its comment period would not be over in time.
        VersionConflict, LogUnavailable: it is not known to be announced; ask again.
    """
    until = comments_end(stream.now(), comment_days)
    claim = NoticeAnnounced(
        words.version, words.effective_at, until, words.purposes_changed, words.digest
    )
    return _recorded(words, stream.record(claim, Actor.USER))


def publish(stream: ControllerStream, words: Words, comment_days: int) -> tuple[Fact, ...]:
    """Publish a notice; ``()`` when it was published so already.

    Raises:
        NoticeRefused: it was not announced so, or its comment period is not over in time.
        VersionConflict, LogUnavailable: it is not known to be published; ask again.
    """
    claim = NoticePublished(
        words.version, words.effective_at, comment_days, words.purposes_changed, words.digest
    )
    return _recorded(words, stream.record(claim, Actor.USER))


def _recorded(words: Words, decision: Decision) -> tuple[Fact, ...]:
    if isinstance(decision, Refused):
        raise NoticeRefused(words.version, decision.reason)
    return decision
