"""The words of a policy, as they stand in controllers' files and in machines' answers."""

from enum import StrEnum

KEPT_CATEGORIES = (
    "profile",
    "communications",
    "documents",
    "assessment",
    "special",
    "telemetry",
    "reference",
)
"""What a rule may cover. ``documents`` covers every ``documents/<id>``, and so on."""


class Kind(StrEnum):
    """An agency presents people to clients; an employer hires for itself and has no clients."""

    AGENCY = "agency"
    EMPLOYER = "employer"


class DataRegion(StrEnum):
    """Where stores, backups and keys may be. Transfers to recipients are a rule of their own."""

    EEA = "eea"
    ANYWHERE = "anywhere"


class Trigger(StrEnum):
    """From which moment of a person's story a rule counts (:mod:`domain.situation`)."""

    REGISTERED = "registered"
    FIRST_CONTACT = "first_contact"
    """Follow-ups do not move it."""
    REPLIED = "replied"
    LAST_USED = "last_used"
    """By the whitelist of :mod:`domain.anchors`, in which looking at a person is not."""
    LAST_LOGIN = "last_login"
    APPLICATIONS_CLOSED = "applications_closed"
    ENQUIRY_RECEIVED = "enquiry_received"
    """The oldest that is open."""
    ENQUIRIES_RESOLVED = "enquiries_resolved"
    """The last of them, once none is open."""
    CUSTOMER_RELATION = "customer_relation"
    CONTRACT_FULFILLED = "contract_fulfilled"
    CONSENT_ENDED = "consent_ended"
    """The consent to the activity's purpose was withdrawn, or its time is over."""
    LAST_TELEMETRY = "last_telemetry"
    ACCOUNT_BLOCKED = "account_blocked"


class Condition(StrEnum):
    """What must hold for a rule to apply."""

    NOT_CANDIDATE = "not_candidate"
    """The person asked something and neither registered nor applied."""
    NO_ACTIVE_APPLICATION = "no_active_application"
    NO_STANDING_CONSENT = "no_standing_consent"
    """No consent to the purpose of another activity of the policy stands."""


class Stop(StrEnum):
    """What ends a rule for good."""

    REPLIED = "replied"
    CUSTOMER_RELATION = "customer_relation"


class Exemption(StrEnum):
    """What the rule itself lets move its date; holds and restriction always do."""

    CONSENT_TO_LONGER = "consent_to_longer"
    OPEN_DUTIES = "open_duties"


class Action(StrEnum):
    """What is done when the time has come."""

    ERASE = "erase"
    REVIEW = "review"
    """A person decides."""


class IdentityCheck(StrEnum):
    """When somebody who asks must show who she is (GDPR Art. 12(6))."""

    ALWAYS = "always"
    IN_DOUBT = "in_doubt"


class RecipientRole(StrEnum):
    """What somebody who gets personal data is to the controller."""

    PROCESSOR = "processor"
    SUB_PROCESSOR = "sub_processor"
    INDEPENDENT_CONTROLLER = "independent_controller"
    JOINT_CONTROLLER = "joint_controller"


class ErasureChannel(StrEnum):
    """How a recipient is told to erase (GDPR Art. 17(2), 19)."""

    API = "api"
    EMAIL = "email"
    MANUAL = "manual"


class Mechanism(StrEnum):
    """What makes a transfer out of the EEA lawful (GDPR Art. 45-49)."""

    ADEQUACY = "adequacy"
    SCC = "scc"
    BCR = "bcr"
    DEROGATION = "derogation"


class SuppressionReason(StrEnum):
    """Why a pointer was left to an address; each bars the same uses and may last its own time."""

    OPTED_OUT = "opted_out"
    """She wants no approaches."""
    IN_DIALOGUE = "in_dialogue"
    """She answered an approach: no new cold one."""
    SELF_DELETED = "self_deleted"
    """She had herself erased."""
    ABUSE = "abuse"
    """Her account was blocked."""
