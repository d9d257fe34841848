"""Outdating consents: a changed purpose needs new consent, from the day its notice binds.

Everybody whose standing consent to the purpose is in the words of an older notice gets a
``ConsentOutdated``, so that she is asked anew. Page by page, in the order of ids; what was done is
not done again, so whoever is cut short begins anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from consumers.ports import Head
from consumers.rights import Act, Rights
from domain.consent import Consent, ConsentOutdated, ConsentStatus
from domain.controller import ControllerState, outdated_by
from domain.fact import HOUSE, Actor
from domain.keyring import Identifier
from domain.purposes import Purpose
from domain.values import ControllerId, FactId, Instant, SubjectId

PAGE = 500
"""People looked at together."""

_KIND = "consent-outdated"
"""The kind of id that the fact is keyed as."""


class People(Protocol):
    """A controller's people, page after page."""

    def heads_after(
        self, controller: ControllerId, after: SubjectId | None, limit: int
    ) -> list[tuple[SubjectId, Head]]:
        """Return a page of a controller's people in the order of their ids; None begins."""
        ...


@dataclass(frozen=True, slots=True)
class Outdating:
    """Outdates what a controller's published notices leave behind."""

    people: People
    rights: Rights
    identifier: Identifier

    def outdate(self, controller: ControllerId, state: ControllerState, at: Instant) -> int:
        """Outdate the consents that notices in force at a time leave behind; return how many.

        Raises:
            VersionConflict: streams kept moving; the pages before are done.
            LogUnavailable, KeyUnavailable: a database is away; likewise.
        """
        changed = outdated_by(state, at)
        if not changed:
            return 0
        count, after = 0, None
        while page := self.people.heads_after(controller, after, PAGE):
            acts = [
                self._act(controller, subject, claim, max(mark, _binds(state, claim)))
                for subject, head in page
                for claim, mark in _outdated(head, changed)
            ]
            answers = self.rights.record_all(controller, acts) if acts else []
            count += sum(isinstance(answer, tuple) and bool(answer) for answer in answers)
            after = page[-1][0]
        return count

    def _act(
        self, controller: ControllerId, subject: SubjectId, claim: ConsentOutdated, at: Instant
    ) -> Act:
        """Name the fact by the consent and the notice: one consent is outdated once by each.

        It occurred when the notice began to bind, so a consent renewed since then stands.
        """
        key = f"{subject}/{claim.consent_id}/{claim.notice_version}/{at}"
        fact_id = FactId(self.identifier.keyed_id(controller, _KIND, HOUSE, key))
        return Act(subject, claim, fact_id, Actor.SYSTEM, at)


def _binds(state: ControllerState, claim: ConsentOutdated) -> Instant:
    return state.published[claim.notice_version].effective_at


def _outdated(
    head: Head, changed: Mapping[Purpose, int]
) -> Iterator[tuple[ConsentOutdated, Instant]]:
    """Yield what outdates each consent left behind, and the first moment after it was given."""
    known = None if head.state.life is None else head.state.life.consent
    for scope, consent in (known or {}).items():
        purpose = Purpose(scope.partition("/")[0])
        version = changed.get(purpose)
        if version is not None and _is_older(consent, version) and consent.consent_id is not None:
            claim = ConsentOutdated(
                consent.consent_id, purpose, consent.client_id, consent.assignment_id, version
            )
            yield claim, consent.mark[0] + 1


def _is_older(consent: Consent, version: int) -> bool:
    given = consent.status is ConsentStatus.GIVEN
    return given and consent.notice_version is not None and consent.notice_version < version
