"""What recruiters do with a person day by day: messages, calls, notes, tags, pools, enquiries."""

from domain.communication import (
    CallNoteRecorded,
    Medium,
    MeetingHeld,
    MessageReceived,
    MessageSent,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    Visibility,
)
from domain.keyring import ContactKind
from domain.purposes import Purpose
from domain.relations import (
    CustomerRelationCreated,
    CustomerRelationEnded,
    EnquiryReceived,
    EnquiryResolved,
    MarketingSubscribed,
    MarketingUnsubscribed,
)
from domain.staffing import CandidateAddedToPool, CandidateRemovedFromPool
from domain.traits import AvailabilityStated, TagAdded, TagRemoved
from infra.feeds import letters, words
from infra.feeds.habits import DOOR, Chapter
from infra.feeds.life import Life

_ROUNDS = (0, 2)
_ANSWERED_SHARE = 0.5
_CALLED_SHARE = 0.4
_MET_SHARE = 0.25
_NOTED_SHARE = 0.5
_REWRITTEN_SHARE = 0.2
_TAGGED_SHARE = 0.4
_AVAILABLE_SHARE = 0.4
_UNDONE_SHARE = 0.2
_POOLED_SHARE = 0.5
_SUBSCRIBED_SHARE = 0.35
_UNSUBSCRIBED_SHARE = 0.3
_ASKED_SHARE = 0.5
_RESOLVED_SHARE = 0.6
_CUSTOMER_SHARE = 0.2
_LEAVES_SHARE = 0.25
_POOLS = 3
_TAG_IDS = len(letters.TAGS)
_FORMS = 2


def deal(life: Life) -> None:
    """Tell of messages, calls, meetings, notes, tags and when she can work."""
    at = life.gap(6.0)
    for _ in range(life.between(_ROUNDS)):
        at = _round(life, at)
    if life.chance(_NOTED_SHARE):
        _note(life, at)
    if life.chance(_TAGGED_SHARE):
        _tag(life, at)
    if life.chance(_AVAILABLE_SHARE):
        _available(life, life.gap(8.0))


def ask(life: Life) -> bool:
    """Tell of an enquiry, mostly resolved; true when the person did nothing but ask."""
    only = life.chance(_ASKED_SHARE)
    at = 0.0 if only else life.gap(15.0)
    known = {"remote_enquiry_id": life.named("e")}
    values = {"channel": life.habit.channel.value, "body": life.words(letters.ENQUIRIES)}
    life.say(at, EnquiryReceived.TOPIC, known | values, life.voice.person.contacts(*DOOR))
    if life.chance(_RESOLVED_SHARE):
        at += life.gap(6.0)
        life.say(at, EnquiryResolved.TOPIC, known)
    if life.chance(_CUSTOMER_SHARE):
        _buy(life, at + life.gap(20.0))
    return only


def pool(life: Life) -> None:
    """Put some people in a pool, and take some of them out again."""
    if not life.chance(_POOLED_SHARE):
        return
    number = life.voice.number(_POOLS)
    at = life.gap(25.0)
    known = {"remote_pool_id": f"{life.subject.source.partition('.')[2][:2]}-pool-{number}"}
    name = life.worded(letters.POOLS[number])
    life.say(at, CandidateAddedToPool.TOPIC, known | {"pool": name})
    if life.chance(_UNDONE_SHARE):
        life.say(at + life.gap(60.0), CandidateRemovedFromPool.TOPIC, known)


def subscribe(life: Life) -> None:
    """Send newsletters to those who ask for them, until they want no more."""
    if not life.chance(_SUBSCRIBED_SHARE):
        return
    at = life.gap(10.0)
    form = {"form_version": 1 + life.voice.number(_FORMS), "form": "Bunnen av siden"}
    life.say(at, MarketingSubscribed.TOPIC, form)
    at += life.gap(20.0)
    write(life, at, Purpose.MARKETING, letters.NEWSLETTERS)
    if life.chance(_UNSUBSCRIBED_SHARE):
        life.say(at + life.gap(30.0), MarketingUnsubscribed.TOPIC, {})


def write(
    life: Life, at: float, purpose: Purpose, texts: tuple[tuple[str, str], ...] = letters.SENT
) -> None:
    """Send her a message."""
    life.say(at, MessageSent.TOPIC, message(life, purpose, texts))


def message(
    life: Life, purpose: Purpose, texts: tuple[tuple[str, str], ...] = letters.SENT
) -> dict[str, object]:
    """Return the record of a message to her."""
    subject_line, body = texts[life.voice.number(len(texts))]
    return {
        "remote_message_id": life.named("m"),
        "medium": Medium.EMAIL.value,
        "purpose": purpose.value,
        "subject_line": life.worded(subject_line),
        "body": life.worded(body),
        "addresses": [life.voice.person.email],
    }


def _round(life: Life, at: float) -> float:
    """Write to her, perhaps hear from her, ring her or meet her; return when it was over."""
    write(life, at, Purpose.RECRUITMENT)
    if life.chance(_ANSWERED_SHARE):
        at += life.gap(2.0)
        subject_line, body = letters.RECEIVED[life.voice.number(len(letters.RECEIVED))]
        answer = {
            "remote_message_id": life.named("m"),
            "medium": Medium.EMAIL.value,
            "subject_line": subject_line,
            "body": life.worded(body),
            "addresses": [life.voice.person.contacts(ContactKind.EMAIL)[0].value],
        }
        life.say(at, MessageReceived.TOPIC, answer)
    if life.chance(_CALLED_SHARE):
        call = {"remote_call_id": life.named("c"), "body": life.words(letters.CALLS)}
        life.say(at + life.gap(1.0), CallNoteRecorded.TOPIC, call)
    if life.chance(_MET_SHARE):
        met = {
            "remote_meeting_id": life.named("t"),
            "place": life.words(letters.PLACES),
            "body": life.words(letters.MEETINGS),
        }
        life.say(at + life.gap(4.0), MeetingHeld.TOPIC, met)
    return at + life.gap(30.0)


def _note(life: Life, at: float) -> None:
    own = life.voice.number(len(Visibility))
    known: dict[str, object] = {"remote_note_id": life.named("n")}
    seen: dict[str, object] = {"visibility": tuple(Visibility)[own].value}
    life.say(at, NoteAdded.TOPIC, known | seen | {"body": life.words(letters.NOTES)})
    if life.chance(_REWRITTEN_SHARE):
        at += life.gap(3.0)
        life.say(at, NoteEdited.TOPIC, known | seen | {"body": life.words(letters.NOTES)})
    if life.chance(_UNDONE_SHARE):
        life.say(at + life.gap(20.0), NoteDeleted.TOPIC, known)


def _tag(life: Life, at: float) -> None:
    number = life.voice.number(_TAG_IDS)
    known: dict[str, object] = {"remote_tag_id": f"{life.subject.source}-tag-{number}"}
    life.say(at, TagAdded.TOPIC, known | {"tag": letters.TAGS[number]})
    if life.chance(_UNDONE_SHARE):
        life.say(at + life.gap(40.0), TagRemoved.TOPIC, known)


def _available(life: Life, at: float) -> None:
    free = {"hours": f"{20 + life.voice.number(18)} t/uke", "shifts": life.voice.pick(words.SHIFTS)}
    life.say(at, AvailabilityStated.TOPIC, free)


def _buy(life: Life, at: float) -> None:
    known = {"remote_client_id": f"{life.subject.remote_id}-kunde"}
    life.say(at, CustomerRelationCreated.TOPIC, known)
    if life.chance(_LEAVES_SHARE):
        life.say(at + life.gap(90.0), CustomerRelationEnded.TOPIC, known)


def told_day_by_day(life: Life) -> None:
    """Tell those of these chapters that the source has."""
    if life.tells(Chapter.DEALINGS):
        deal(life)
    if life.tells(Chapter.POOLS):
        pool(life)
    if life.tells(Chapter.NEWSLETTERS):
        subscribe(life)
