"""Every fact class, by its stored name. A stored name is never reused or renamed."""

from collections.abc import Mapping

from domain import application, documents, erasure, profile
from domain.fact import Fact

FACTS: tuple[type[Fact], ...] = (
    profile.SourceLinked,
    profile.CandidateSourced,
    profile.CandidateRegistered,
    profile.ProfileSectionStated,
    profile.ProfileSectionCorrected,
    profile.CandidateDeactivated,
    profile.CandidateReactivated,
    application.ApplicationSubmitted,
    application.ApplicationStageChanged,
    application.ApplicationRejected,
    application.ApplicationWithdrawn,
    application.CandidateHired,
    application.ApplicationReopened,
    documents.DocumentUploaded,
    documents.DocumentDeleted,
    erasure.ErasureRequested,
    erasure.ErasureApproved,
    erasure.ErasureOrdered,
    erasure.SubjectErased,
    erasure.SubjectAbandoned,
)

BY_TOPIC: Mapping[str, type[Fact]] = {fact.TOPIC: fact for fact in FACTS}
