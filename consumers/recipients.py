"""Telling the systems that know a person: each by its own id for her, under a key of its own.

A source's id for her stands sealed in her stream (``SourceLinked``). What is told to a source is
sealed anew under ``notice/<uuid>``, which outlives her keys until it is acknowledged, at most 30
days (GDPR Art. 17(2), 19). Recipients are told although she is restricted: her ids open then
through the :class:`RightsOpener`, and only those that are withheld.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from consumers.packing import pack, unpack
from consumers.ports import Notice, NoticeKind
from domain.answers import Answer, Present, Withheld
from domain.erasure import ErasureOrdered
from domain.keyring import Opener, OpenRequest, RightsOpener, Sealer, SealRequest
from domain.profile import LinkedSource, SourceLinked
from domain.subject import SubjectState
from domain.values import ControllerId, FactId, Instant, SubjectId

SLOT = "notice"
"""What the notices of no erasure are sealed as: their fact is the notice itself."""

Known = tuple[SubjectId, str, LinkedSource]
"""A person, a source that knows her, and what it calls her, sealed."""


@dataclass(frozen=True, slots=True)
class SourceIds:
    """Opens what the sources call people."""

    opener: Opener
    rights: RightsOpener

    def open(self, controller: ControllerId, known: Sequence[Known]) -> list[Answer]:
        """Answer for each, in order: ``Present``, or ``Shredded`` when it cannot be told any more.

        Raises:
            KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
        """
        requests = [
            OpenRequest(subject, link.fact_id, link.category, SourceLinked.TOPIC, link.token)
            for subject, _, link in known
        ]
        answers = self.opener.open(controller, requests) if requests else []
        places = [n for n, answer in enumerate(answers) if isinstance(answer, Withheld)]
        if places:
            despite = self.rights.open_for_rights(controller, [requests[n] for n in places])
            for n, answer in zip(places, despite, strict=True):
                answers[n] = answer
        return answers


@dataclass(frozen=True, slots=True)
class Recipients:
    """Makes the notices to every source of some people."""

    ids: SourceIds
    sealer: Sealer
    new_id: Callable[[], UUID]

    def notices(
        self,
        controller: ControllerId,
        kind: NoticeKind,
        people: Mapping[SubjectId, SubjectState],
        now: Instant,
        told: Mapping[str, object] | None = None,
        but: tuple[SubjectId, str] | None = None,
    ) -> dict[SubjectId, tuple[Notice, ...]]:
        """Seal one notice a person and source; ``told`` is what it says besides the id.

        ``but`` is a source that knows already, of one of their streams.

        Raises:
            SubjectErased: a person is erased: her erasure told her recipients.
            KeyUnavailable, SealBroken, GateClosed: as the keyring raises them.
        """
        known = [one for one in _known(people) if one[:2] != but]
        opened = [
            (subject, source, answer.plaintext)
            for (subject, source, _), answer in zip(
                known, self.ids.open(controller, known), strict=True
            )
            if isinstance(answer, Present)
        ]
        ids = [self.new_id() for _ in opened]
        requests = [
            SealRequest(subject, FactId(one), f"notice/{one}", SLOT, _with(plaintext, told))
            for one, (subject, _, plaintext) in zip(ids, opened, strict=True)
        ]
        tokens = self.sealer.seal(controller, requests) if requests else []
        made: dict[SubjectId, tuple[Notice, ...]] = dict.fromkeys(people, ())
        for one, (subject, source, _), token in zip(ids, opened, tokens, strict=True):
            notice = Notice(one, controller, kind, source, subject, None, token.token, now)
            made[subject] += (notice,)
        return made


def open_request_of(notice: Notice) -> OpenRequest:
    """Say how a notice about a person is opened: by its sender, when it is sent.

    Raises:
        ValueError: a late fact's notice, which names nobody and is a loose key's.
    """
    if notice.subject is None or notice.token is None:
        message = f"notice {notice.notice_id} names nobody"
        raise ValueError(message)
    erasure = notice.erasure_id
    return OpenRequest(
        subject=notice.subject,
        fact_id=FactId(notice.notice_id if erasure is None else erasure),
        category=f"notice/{notice.notice_id}",
        slot=SLOT if erasure is None else ErasureOrdered.TOPIC,
        token=notice.token,
    )


def _known(people: Mapping[SubjectId, SubjectState]) -> Iterator[Known]:
    for subject, state in people.items():
        for source, link in state.sources.items():
            yield subject, source, link


def _with(plaintext: bytes, told: Mapping[str, object] | None) -> bytes:
    return plaintext if told is None else pack({**unpack(plaintext), **told})
