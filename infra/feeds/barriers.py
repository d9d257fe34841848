"""What a source tells although a person's rights or the controller's policy forbid it.

Each kind is told by the sources whose policy makes it wrong, a few times each, and the manifest
foretells it as parked with its reason. Nothing of it is repeated, and none of it is a beginning.
"""

from consumers.ports import ParkReason
from domain.assessment import AssessmentInvited
from domain.communication import MessageSent
from domain.consent import ConsentGiven, ConsentRefused
from domain.disclosure import CandidatePresentedToClient, Disclosed, PersonalDataDisclosed
from domain.objection import ObjectionRaised
from domain.outreach import ContactEnriched, OutreachOptedOut
from domain.portal import JobAdViewed
from domain.purposes import Purpose
from domain.relations import MarketingUnsubscribed
from infra.feeds import letters
from infra.feeds.approaches import enrichment
from infra.feeds.dealings import message
from infra.feeds.habits import Chapter
from infra.feeds.life import Life
from infra.feeds.placing import presentation
from infra.feeds.portal import advertisement

_PRESENTED_SHARE = 0.08
_SEEN_SHARE = 0.5
_WRITTEN_SHARE = 0.5
_ADVERTISED_SHARE = 0.04
_CLIENT = "ny-kunde"
_VENDOR = "assessio"

_WRONG_TO_PRESENT = {
    "aktiv-bemanning": ParkReason.FIELD_NOT_ALLOWED,
    "backerskeie": ParkReason.UNKNOWN_RECIPIENT,
    "express": ParkReason.FIELD_NOT_ALLOWED,
    "miles": ParkReason.NOT_ALLOWED,
    "toptemp": ParkReason.NO_CONSENT,
}
"""Why a presentation is wrong: telling clients an address, having none, or not having asked."""

_WITHOUT_NEWSLETTERS = ("aktiv-bemanning", "express", "miles")
"""Whose policies have no activity that newsletters serve."""


def tell_in_vain(life: Life, *, enriched: bool) -> None:
    """Add what must be set aside, behind all that is told of her."""
    owner = life.subject.source.partition(".")[0]
    if enriched and not any(step.topic == OutreachOptedOut.TOPIC for step in life.steps):
        _after(life, ContactEnriched.TOPIC, enrichment(life), ParkReason.NO_MECHANISM)
    if any(step.topic == AssessmentInvited.TOPIC for step in life.steps):
        _after(life, PersonalDataDisclosed.TOPIC, _handed_on(life), ParkReason.NO_MECHANISM)
    if life.tells(Chapter.SELECTION) and life.chance(_PRESENTED_SHARE):
        _present(life, owner)
    if life.tells(Chapter.SITE) and life.chance(_SEEN_SHARE):
        _look(life)
    if life.tells(Chapter.DEALINGS):
        _write(life, owner)


def _after(life: Life, topic: str, values: dict[str, object], reason: ParkReason) -> None:
    life.say_in_vain(life.end() + life.gap(3.0), topic, values, reason)


def _present(life: Life, owner: str) -> None:
    values = presentation(life, f"{_CLIENT}-{life.voice.number(9)}", None, None)
    objected = _objected(life, Purpose.EVERYTHING)
    reason = ParkReason.OBJECTED if objected else _WRONG_TO_PRESENT[owner]
    if reason is ParkReason.FIELD_NOT_ALLOWED:
        values["disclosed"] = [Disclosed.NAME.value, Disclosed.CONTACT.value]
    _after(life, CandidatePresentedToClient.TOPIC, values, reason)


def _handed_on(life: Life) -> dict[str, object]:
    """Hand a test to its vendor, of whom the policy does not say where it is."""
    return {
        "remote_disclosure_id": life.named("v"),
        "remote_recipient_id": _VENDOR,
        "remote_transfer_id": None,
        "purpose": Purpose.ASSESSMENT.value,
        "disclosed": [Disclosed.ASSESSMENT.value],
    }


def _look(life: Life) -> None:
    """Let who refused to be seen be seen."""
    refused = {s.values["purpose"] for s in life.steps if s.topic == ConsentRefused.TOPIC}
    given = {s.values["purpose"] for s in life.steps if s.topic == ConsentGiven.TOPIC}
    if Purpose.TELEMETRY.value in refused - given:
        _after(life, JobAdViewed.TOPIC, advertisement(life), ParkReason.NO_CONSENT)


def _write(life: Life, owner: str) -> None:
    """Send a newsletter to who wants none, or under a policy that knows of none."""
    unsubscribed = any(step.topic == MarketingUnsubscribed.TOPIC for step in life.steps)
    objected = _objected(life, Purpose.MARKETING, Purpose.EVERYTHING)
    if unsubscribed:
        reason = ParkReason.OPTED_OUT
    elif objected:
        reason = ParkReason.OBJECTED
    elif owner in _WITHOUT_NEWSLETTERS:
        reason = ParkReason.NO_BASIS
    else:
        return
    if life.chance(_WRITTEN_SHARE if unsubscribed or objected else _ADVERTISED_SHARE):
        values = message(life, Purpose.MARKETING, letters.NEWSLETTERS)
        _after(life, MessageSent.TOPIC, values, reason)


def _objected(life: Life, *purposes: Purpose) -> bool:
    """Say whether she objected to one of these purposes."""
    raised = [s.values["purpose"] for s in life.steps if s.topic == ObjectionRaised.TOPIC]
    return any(purpose.value in raised for purpose in purposes)
