"""Canonical examples for every room's tests: ids, stamps, tokens and one maker a fact class.

Everything is synthetic and deterministic. Each maker takes the fact's own fields, all with
defaults, so a test states only what it is about. ``every_fact()`` is one of each class.
"""

from uuid import UUID

from domain import documents, profile
from domain.application import (
    ApplicationKind,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationStageChanged,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CandidateHired,
    RejectReason,
    Stage,
)
from domain.erasure import (
    ErasureApproved,
    ErasureDeclined,
    ErasureOrdered,
    ErasureReason,
    ErasureRequested,
    SubjectAbandoned,
    SubjectErased,
)
from domain.fact import Actor, Entry, Fact, Stamp
from domain.values import (
    Category,
    ControllerId,
    ErasureId,
    FactId,
    Instant,
    Sealed,
    SealedPart,
    SubjectId,
)
from tests.life_examples import every_life_fact

Parts = tuple[SealedPart, ...]

SOURCE = "fjordtalent"
OTHER_SOURCE = "northdesk"
START: Instant = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""
MINUTE: Instant = 60_000_000

_KINDS = ("controller", "subject", "fact", "erasure", "application", "assignment", "document")
_OTHERS = ("user", "key", "notice")


def numbered(kind: str, n: int) -> UUID:
    """Return the n-th example id of a kind: the same each time, version 4 in form."""
    return UUID(int=((_KINDS + _OTHERS).index(kind) + 1) << 112 | n, version=4)


def controller(n: int = 1) -> ControllerId:
    return ControllerId(numbered("controller", n))


def subject(n: int = 1) -> SubjectId:
    return SubjectId(numbered("subject", n))


def fact_id(n: int = 1) -> FactId:
    return FactId(numbered("fact", n))


def erasure_id(n: int = 1) -> ErasureId:
    return ErasureId(numbered("erasure", n))


def stamp(
    n: int = 1,
    *,
    occurred_at: Instant | None = None,
    recorded_at: Instant | None = None,
    source: str = SOURCE,
    actor: Actor = Actor.INTEGRATION,
) -> Stamp:
    """Return the n-th stamp: fact id n, occurred n minutes after START, recorded a minute later."""
    occurred = START + n * MINUTE if occurred_at is None else occurred_at
    recorded = occurred + MINUTE if recorded_at is None else recorded_at
    return Stamp(fact_id(n), controller(), occurred, recorded, source, actor)


def part(category: Category = "profile", token: bytes = b"\x01\x01 example token") -> SealedPart:
    return SealedPart(category, Sealed(token))


PROFILE: Parts = (part(),)
MESSAGE: Parts = (part("communications"),)


def entry(fact: Fact, n: int = 1, *, person: SubjectId | None = None) -> Entry:
    """Place a fact at version and position n of a person's stream."""
    return Entry(n, subject() if person is None else person, n, stamp(n), fact)


def source_linked(sealed: Parts = PROFILE) -> profile.SourceLinked:
    return profile.SourceLinked(sealed)


def sourced(
    channel: profile.Channel = profile.Channel.LINKEDIN,
    *,
    publicly_accessible: bool = True,
    sealed: Parts = PROFILE,
) -> profile.CandidateSourced:
    return profile.CandidateSourced(channel, publicly_accessible, sealed)


def registered(
    channel: profile.Channel = profile.Channel.WEBSITE, sealed: Parts = PROFILE
) -> profile.CandidateRegistered:
    return profile.CandidateRegistered(channel, sealed)


def section_stated(
    section: profile.Section = profile.Section.CONTACT,
    provenance: profile.Provenance = profile.Provenance.STATED,
    sealed: Parts = PROFILE,
) -> profile.ProfileSectionStated:
    return profile.ProfileSectionStated(section, provenance, sealed)


def section_corrected(
    section: profile.Section = profile.Section.CONTACT,
    provenance: profile.Provenance = profile.Provenance.RECRUITER,
    sealed: Parts = PROFILE,
) -> profile.ProfileSectionCorrected:
    return profile.ProfileSectionCorrected(section, provenance, sealed)


def deactivated(sealed: Parts = ()) -> profile.CandidateDeactivated:
    return profile.CandidateDeactivated(sealed)


def reactivated(sealed: Parts = ()) -> profile.CandidateReactivated:
    return profile.CandidateReactivated(sealed)


def submitted(
    application: int = 1,
    *,
    assignment: int | None = 1,
    kind: ApplicationKind = ApplicationKind.APPLIED,
    sealed: Parts = PROFILE + MESSAGE,
) -> ApplicationSubmitted:
    """Return an application to assignment n; None for an open one."""
    return ApplicationSubmitted(
        numbered("application", application),
        None if assignment is None else numbered("assignment", assignment),
        kind,
        sealed,
    )


def stage_changed(
    application: int = 1, stage: Stage = Stage.SCREENING, sealed: Parts = MESSAGE
) -> ApplicationStageChanged:
    return ApplicationStageChanged(numbered("application", application), stage, sealed)


def rejected(
    application: int = 1, reason: RejectReason = RejectReason.EXPERIENCE, sealed: Parts = MESSAGE
) -> ApplicationRejected:
    return ApplicationRejected(numbered("application", application), reason, sealed)


def withdrawn(application: int = 1, sealed: Parts = MESSAGE) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(numbered("application", application), sealed)


def hired(application: int = 1, sealed: Parts = ()) -> CandidateHired:
    return CandidateHired(numbered("application", application), sealed)


def reopened(
    application: int = 1, stage: Stage = Stage.INTERVIEW, sealed: Parts = ()
) -> ApplicationReopened:
    return ApplicationReopened(numbered("application", application), stage, sealed)


def document_category(document: int = 1) -> Category:
    """Name the category of document n."""
    return documents.category_of(numbered("document", document))


def uploaded(
    document: int = 1,
    *,
    kind: documents.DocumentKind = documents.DocumentKind.RESUME,
    size_bytes: int = 48 * 1024,
    sealed: Parts | None = None,
) -> documents.DocumentUploaded:
    return documents.DocumentUploaded(
        numbered("document", document),
        kind,
        size_bytes,
        (part(document_category(document)),) if sealed is None else sealed,
    )


def deleted(
    document: int = 1,
    ground: documents.DeletionGround = documents.DeletionGround.REPLACED,
    sealed: Parts = (),
) -> documents.DocumentDeleted:
    return documents.DocumentDeleted(numbered("document", document), ground, sealed)


def requested(
    erasure: int = 1,
    category: Category | None = None,
    reason: ErasureReason = ErasureReason.REQUEST,
    sealed: Parts = (),
) -> ErasureRequested:
    return ErasureRequested(erasure_id(erasure), category, reason, sealed=sealed)


def approved(erasure: int = 1, user: int = 1, sealed: Parts = ()) -> ErasureApproved:
    return ErasureApproved(erasure_id(erasure), numbered("user", user), sealed)


def ordered(
    erasure: int = 1,
    category: Category | None = None,
    *,
    recipients: tuple[str, ...] = (SOURCE,),
    sealed: Parts | None = None,
) -> ErasureOrdered:
    """Return a fence naming one key: of the category, or of the profile for a person."""
    notices = tuple([part(f"notice/{numbered('notice', n)}") for n in range(len(recipients))])
    return ErasureOrdered(
        erasure_id(erasure),
        category,
        ("profile" if category is None else category,),
        (1,),
        (numbered("key", erasure),),
        recipients,
        notices if sealed is None else sealed,
    )


def erased(
    erasure: int = 1,
    category: Category | None = None,
    *,
    destroyed_at: Instant = START + 60 * MINUTE,
    tokens_opened: int = 0,
    sealed: Parts = (),
) -> SubjectErased:
    return SubjectErased(
        erasure_id=erasure_id(erasure),
        category=category,
        destroyed_at=destroyed_at,
        journal_sequence=erasure,
        journal_chain=bytes(range(32)),
        keys_destroyed=1,
        tokens_probed=12,
        tokens_opened=tokens_opened,
        sealed=sealed,
    )


def abandoned(erasure: int = 1, sealed: Parts = ()) -> SubjectAbandoned:
    return SubjectAbandoned(erasure_id(erasure), sealed)


def every_fact() -> tuple[Fact, ...]:
    """Return one fact of each class in the catalogue, in its order."""
    return (
        source_linked(),
        sourced(),
        registered(),
        section_stated(),
        section_corrected(),
        deactivated(),
        reactivated(),
        submitted(),
        stage_changed(),
        rejected(),
        withdrawn(),
        hired(),
        reopened(),
        uploaded(),
        deleted(),
        requested(),
        approved(),
        ErasureDeclined(erasure_id(1), numbered("user", 1)),
        ordered(),
        erased(),
        abandoned(),
        *every_life_fact(),
    )
