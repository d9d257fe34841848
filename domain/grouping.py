"""What retention asks about one person who has several streams: their situations joined. Pure.

Rules: first moments are the earliest of any stream, last moments the latest, what is active is
added up; of the consents to one purpose the latest answer stands; a hold, an override or a
restriction of any stream binds all of them. What nobody has left is joined to nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from domain.anchors import FIRST, Anchors
from domain.consent import Consent, ConsentStatus
from domain.fact import Mark
from domain.merging import group
from domain.purposes import Purpose
from domain.situation import Keeping, Situation
from domain.subject import SubjectState
from domain.values import Instant, SubjectId

NOBODY = Situation(kept=False)


def tied(state: SubjectState) -> tuple[SubjectId, ...]:
    """Return the streams merged with this one directly; an erased stream tells of none."""
    life = state.life
    return () if life is None or not life.ties else group(life.ties)


def joined(situations: Sequence[Situation]) -> Situation:
    """Join the situations of one person's streams; one alone stays as it is."""
    kept = [one for one in situations if one.kept]
    if len(kept) > 1:
        return _joined(kept)
    return kept[0] if kept else NOBODY


def _joined(kept: Sequence[Situation]) -> Situation:
    enquiry_received_at = _first([one.enquiry_received_at for one in kept])
    resolved = _last([one.enquiries_resolved_at for one in kept])
    return Situation(
        anchors=_anchors([one.anchors for one in kept]),
        applications=sum(one.applications for one in kept),
        applications_active=sum(one.applications_active for one in kept),
        applications_closed_at=_closed_at([one for one in kept if one.applications]),
        enquiry_received_at=enquiry_received_at,
        enquiries_resolved_at=resolved if enquiry_received_at is None else None,
        customer=any(one.customer for one in kept),
        customer_at=_last([one.customer_at for one in kept]),
        contract_open=any(one.contract_open for one in kept),
        telemetry_at=_last([one.telemetry_at for one in kept]),
        blocked_at=_last([one.blocked_at for one in kept]),
        consents=_consents([one.consents for one in kept]),
        held=_all([one.held for one in kept]),
        overridden=_all([one.overridden for one in kept]),
        restricted=any(one.restricted for one in kept),
    )


def _anchors(known: Sequence[Anchors]) -> Anchors:
    columns = zip(Anchors._fields, zip(*known, strict=True), strict=True)
    return Anchors._make([(_first if name in FIRST else _last)(column) for name, column in columns])


def _closed_at(applied: Sequence[Situation]) -> Instant | None:
    """Return when the last of all applications was settled; None while one is not."""
    moments = [one.applications_closed_at for one in applied]
    return None if None in moments else _last(moments)


def _consents(known: Iterable[Mapping[Purpose, Consent]]) -> Mapping[Purpose, Consent]:
    latest: dict[Purpose, Consent] = {}
    for consents in known:
        for purpose, one in consents.items():
            standing = latest.get(purpose)
            if standing is None or _rank(standing) < _rank(one):
                latest[purpose] = one
    return latest


def _rank(consent: Consent) -> tuple[bool, Mark]:
    """Order statements: a mere request yields to any answer, an older one to a later."""
    return (consent.status is not ConsentStatus.REQUESTED, consent.mark)


def _first(moments: Collection[Instant | None]) -> Instant | None:
    return min([one for one in moments if one is not None], default=None)


def _last(moments: Collection[Instant | None]) -> Instant | None:
    return max([one for one in moments if one is not None], default=None)


def _all(keepings: Iterable[tuple[Keeping, ...]]) -> tuple[Keeping, ...]:
    return tuple([one for some in keepings for one in some])
