"""How someone found in public is approached: written to, reminded, and what she answers.

A follow-up comes only while she is silent. Who opts out is left alone from that moment on.
"""

from domain.communication import Medium
from domain.outreach import (
    CandidateReplied,
    ContactField,
    OutreachOptedOut,
    OutreachSent,
    Sentiment,
)
from infra.feeds import letters
from infra.feeds.life import Life

_APPROACHED_SHARE = 0.92
_FOLLOWED_UP_SHARE = 0.5
_INTERESTED_SHARE = 0.7
_OPTED_OUT_SHARE = 0.15
_TEMPLATES = 3
_ATTEMPTS_MAX = 3
_DAYS_TO_ANSWER = 3.0
_DAYS_TO_FOLLOW_UP = 6.0

_RECIPIENT = "rocketreach"
_OTHER_ANSWERS = (Sentiment.LATER, Sentiment.QUESTION)


def approach(life: Life) -> None:
    """Write to her, again while she is silent, and let her answer if she does."""
    if life.silent and not life.chance(_APPROACHED_SHARE):
        return
    at = life.gap(2.0)
    message = send(life, at, 1)
    for attempt in range(2, _ATTEMPTS_MAX + 1):
        if not life.chance(_FOLLOWED_UP_SHARE):
            break
        at += life.gap(_DAYS_TO_FOLLOW_UP)
        message = send(life, at, attempt)
    if life.silent and life.chance(_OPTED_OUT_SHARE):
        life.say(at + life.gap(_DAYS_TO_ANSWER), OutreachOptedOut.TOPIC, {})
    if not life.silent:
        _answer(life, at + life.gap(_DAYS_TO_ANSWER), message)


def send(life: Life, at: float, attempt: int) -> str:
    """Write to her; return the message's id."""
    values = outreach(life, attempt)
    life.say(at, OutreachSent.TOPIC, values)
    return str(values["remote_message_id"])


def outreach(life: Life, attempt: int) -> dict[str, object]:
    """Return the record of an approach."""
    return {
        "remote_message_id": life.named("o"),
        "medium": Medium.LINKEDIN.value,
        "attempt": attempt,
        "template_version": 1 + life.voice.number(_TEMPLATES),
        "body": life.words(letters.OUTREACH if attempt == 1 else letters.FOLLOW_UPS),
        "address": life.voice.person.linkedin,
    }


def enrichment(life: Life) -> dict[str, object]:
    """Return the record of an address that a service told."""
    return {
        "remote_recipient_id": _RECIPIENT,
        "remote_transfer_id": None,
        "asked_for": ContactField.EMAIL.value,
        "value": life.voice.person.email,
        "origin": "Oppslag på profilens adresse",
    }


def _answer(life: Life, at: float, message: str) -> None:
    other = _OTHER_ANSWERS[life.voice.number(len(_OTHER_ANSWERS))]
    sentiment = Sentiment.INTERESTED if life.chance(_INTERESTED_SHARE) else other
    values = {
        "remote_message_id": message,
        "sentiment": sentiment.value,
        "body": life.worded(letters.REPLIES[sentiment.value]),
    }
    life.say(at, CandidateReplied.TOPIC, values)
