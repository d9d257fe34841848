"""Every fact class, by its stored name. A stored name is never reused or renamed."""

from collections.abc import Mapping
from typing import get_args

from domain import (
    application,
    assignment,
    client,
    controller,
    documents,
    erasure,
    life,
    profile,
)
from domain.fact import Fact

PERSON_FACTS: tuple[type[Fact], ...] = (
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
    erasure.ErasureDeclined,
    erasure.ErasureOrdered,
    erasure.SubjectErased,
    erasure.SubjectAbandoned,
    *life.FACTS,
)
"""What may stand in a person's stream: what :mod:`domain.subject` folds and decides."""

OTHER_FACTS: tuple[type[Fact], ...] = (
    *get_args(assignment.AssignmentFact),
    *get_args(client.ClientFact),
    *get_args(controller.ControllerFact),
)
"""What stands in the streams of assignments, clients and controllers (:mod:`domain.streams`)."""

FACTS = PERSON_FACTS + OTHER_FACTS

BY_TOPIC: Mapping[str, type[Fact]] = {fact.TOPIC: fact for fact in FACTS}
