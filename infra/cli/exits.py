"""How a command ends: one exit code a kind of failure, one clear line, never a traceback of data.

::

    0  done
    1  defect           ours: its class and where it came up are shown, never its message
    2  usage            the command was asked wrongly, or more than one person matches
    3  bad input        a file is no feed, a setting is wrong, a record cannot be read
    4  refused by duty  the restore gate, a hold, a restriction, an erasure under way
    5  unavailable      a database or a key provider is away; try again
    6  tampering        a token was moved, a chain is broken, an erased token opened
    7  unknown signer   a certificate is whole, and signed by nobody whose public key is known
    8  wrong chain      a certificate is signed, and its record is not in the journal it names
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from consumers.accounts import AccountRefused
from consumers.adoption import PolicyEdited
from consumers.announcing import NoticeRefused
from consumers.erasure_ports import ErasureFailed, ErasureRefused
from consumers.ports import LogError
from consumers.rights import RightRefused
from domain.answers import GateClosed, KeyUnavailable, SealBroken, SubjectErased
from infra.auditing import ChainsBroken
from infra.backup import BackupRefused
from infra.certificates.issuing import NoSuchReceipt, NotEnded
from infra.certificates.signers import SignerFileError
from infra.codec.messages import MessageError
from infra.embedded.locks import LockHeld
from infra.embedded.unavailable import EmbeddedUnavailable
from infra.house import NotInitialised
from infra.kafka.faults import ClusterUnavailable, NotDelivered, TopicMissing
from infra.kafka.options import ClientFileError
from infra.kafka.places import OffsetsLost
from infra.kafka.recipient_keys import RecipientKeyError
from infra.kafka.wire import SchemasUnavailable
from infra.keys.finalised import FinalisedBroken
from infra.keys.finalising import FinalisationUnderWay
from infra.keys.record import JournalBroken
from infra.keys.stragglers import StillReferred
from infra.postgres_programs import ProgramFailed
from infra.restore import InUse
from infra.settings import SettingsError
from infra.store.records import LogTampered
from projections.view import ViewError
from schemas.located import ControllerFileError


class Exit(IntEnum):
    """The exit codes."""

    DONE = 0
    DEFECT = 1
    USAGE = 2
    BAD_INPUT = 3
    REFUSED = 4
    UNAVAILABLE = 5
    TAMPERING = 6
    UNKNOWN_SIGNER = 7
    WRONG_CHAIN = 8


class UsageMistake(Exception):  # noqa: N818 - what the caller made
    """The command was asked wrongly; the message says how to ask."""


class NoFeeds(Exception):  # noqa: N818 - what the files are
    """Some files are no feeds; the others were taken in."""

    def __init__(self, refused: Mapping[Path, str]) -> None:
        super().__init__("; ".join(f"{path} is no feed: {why}" for path, why in refused.items()))


class PromiseBroken(Exception):  # noqa: N818 - what happened to it
    """The demonstration counted something else than it promises; the message names the promises."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What to print and how to exit."""

    code: Exit
    message: str
    hint: str = ""


_GATE_HINT = (
    "nothing opens until the databases and the anchor outside them agree: restore the newer ones, "
    "or apply the erasures since then again with: glemmebok keys reconcile (--dry-run looks first)"
)
_TAMPERING_HINT = "keep everything as it is for whoever investigates; nothing was changed"
_RETRY_HINT = "nothing is lost; when the part is back, the same command goes on from where it was"

_GAP_HINT = (
    "records were deleted before they were read: have the source send them again, or accept the "
    "loss for good with --accept-gap; a topic that was made anew needs a new name"
)

_TOPIC_HINT = (
    "topics are made on purpose, those this house uses by: glemmebok topics --make; another one "
    "where the cluster is kept"
)

_CODES: tuple[tuple[type[Exception], Exit, str], ...] = (
    (UsageMistake, Exit.USAGE, ""),
    (NotInitialised, Exit.USAGE, ""),
    (SettingsError, Exit.BAD_INPUT, ""),
    (NoFeeds, Exit.BAD_INPUT, ""),
    (ControllerFileError, Exit.BAD_INPUT, ""),
    (PolicyEdited, Exit.BAD_INPUT, ""),
    (MessageError, Exit.BAD_INPUT, ""),
    (ClientFileError, Exit.BAD_INPUT, ""),
    (RecipientKeyError, Exit.BAD_INPUT, ""),
    (BackupRefused, Exit.BAD_INPUT, ""),
    (NoSuchReceipt, Exit.USAGE, "`glemmebok erasures` lists them"),
    (NotEnded, Exit.REFUSED, ""),
    (SignerFileError, Exit.BAD_INPUT, ""),
    (GateClosed, Exit.REFUSED, _GATE_HINT),
    (ErasureRefused, Exit.REFUSED, ""),
    (SubjectErased, Exit.REFUSED, ""),
    (RightRefused, Exit.REFUSED, ""),
    (AccountRefused, Exit.REFUSED, ""),
    (NoticeRefused, Exit.REFUSED, ""),
    (JournalBroken, Exit.TAMPERING, _TAMPERING_HINT),
    (FinalisedBroken, Exit.TAMPERING, ""),
    (StillReferred, Exit.REFUSED, "the old root is not destroyed; nothing is lost"),
    (FinalisationUnderWay, Exit.UNAVAILABLE, _RETRY_HINT),
    (KeyUnavailable, Exit.UNAVAILABLE, _RETRY_HINT),
    (LogError, Exit.UNAVAILABLE, _RETRY_HINT),
    (ViewError, Exit.UNAVAILABLE, _RETRY_HINT),
    (EmbeddedUnavailable, Exit.UNAVAILABLE, ""),
    (SealBroken, Exit.TAMPERING, ""),
    (ErasureFailed, Exit.TAMPERING, "the erasure is not recorded as ended"),
    (LogTampered, Exit.TAMPERING, _TAMPERING_HINT),
    (PromiseBroken, Exit.TAMPERING, ""),
    (ClusterUnavailable, Exit.UNAVAILABLE, _RETRY_HINT),
    (SchemasUnavailable, Exit.UNAVAILABLE, _RETRY_HINT),
    (TopicMissing, Exit.UNAVAILABLE, _TOPIC_HINT),
    (NotDelivered, Exit.UNAVAILABLE, "publish the same files again: each fact is taken once"),
    (OffsetsLost, Exit.UNAVAILABLE, _GAP_HINT),
    (ChainsBroken, Exit.TAMPERING, _TAMPERING_HINT),
    (InUse, Exit.UNAVAILABLE, ""),
    (LockHeld, Exit.UNAVAILABLE, "another reconciliation is at work"),
    (ProgramFailed, Exit.UNAVAILABLE, "the databases are as they were"),
    (OSError, Exit.UNAVAILABLE, ""),
)

KNOWN: tuple[type[Exception], ...] = tuple(kind for kind, _, _ in _CODES)
"""The failures a command may end with; anything else is a defect and shows its traceback."""


def failure_of(error: Exception) -> Failure:
    """Say how a known failure ends the command. Its message holds ids and numbers only."""
    for kind, code, hint in _CODES:
        if isinstance(error, kind):
            return Failure(code, _told(error), hint)
    raise error


def _told(error: Exception) -> str:
    """Tell an error of the system by its reason and file; ours say it themselves."""
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    return str(error)
