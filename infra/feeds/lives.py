"""The chapters of a life besides its applications, and the life as a whole."""

from dataclasses import dataclass

from domain.documents import (
    DeletionGround,
    DocumentDeleted,
    DocumentKind,
    DocumentUploaded,
)
from domain.keyring import ContactKind
from domain.profile import (
    CandidateDeactivated,
    CandidateReactivated,
    CandidateRegistered,
    CandidateSourced,
    ProfileSectionCorrected,
    ProfileSectionStated,
    Provenance,
    Section,
)
from infra.feeds import words
from infra.feeds.applications import apply_often
from infra.feeds.dice import Lane, dice
from infra.feeds.habits import DOOR, HABITS, Opening
from infra.feeds.life import Life
from infra.feeds.people import person, retyped
from infra.feeds.pools import Pools
from infra.feeds.roster import Roster, Subject
from infra.feeds.sections import Voice, address_values, section_values
from infra.feeds.words import TOWNS

LONG_SHARE = 0.01
"""The share of lives that go on for years: many applications, every section stated again."""

_LONG_APPLICATIONS = (8, 20)
_LONG_STATEMENTS = (3, 8)
_ONCE = (1, 1)
_PEOPLE_AN_ASSIGNMENT = 15
_CORRECTED_SHARE = 0.09
_DELETED_SHARE = 0.2
_PAUSED_SHARE = 0.07
_RETURNS_SHARE = 0.5
_KIBIBYTE = 1_024
_SIZE_MAX_KIBIBYTES = 900

_SECTIONS = tuple(Section)
_DOCUMENTS = (
    (DocumentKind.RESUME, "CV {name}.pdf"),
    (DocumentKind.COVER_LETTER, "Søknad {name}.docx"),
    (DocumentKind.CERTIFICATE, "Attest {name}.pdf"),
    (DocumentKind.REFERENCE_LETTER, "Referanse {name}.pdf"),
)
_GROUNDS = tuple(DeletionGround)


@dataclass(frozen=True, slots=True)
class World:
    """What every life of a feed shares."""

    roster: Roster
    pools: Pools
    seed: int

    def life(self, subject: Subject) -> Life:
        """Draw the whole life of a subject, the same whenever it is drawn."""
        life = self._begun(subject)
        _open(life)
        if life.habit.opening is Opening.SOURCED and not self.roster.replies(subject.person):
            return life
        long = life.habit.applications[1] > 0 and life.chance(LONG_SHARE)
        _state(life, _LONG_STATEMENTS if long else _ONCE)
        _upload(life)
        bounds = _LONG_APPLICATIONS if long else life.habit.applications
        apply_often(life, life.between(bounds))
        _pause(life)
        return life

    def _begun(self, subject: Subject) -> Life:
        habit = HABITS[subject.source]
        draw = dice(self.seed, Lane.LIFE, subject.number)
        one = person(self.seed, subject.person, self.pools)
        trade = habit.trades[int(draw.random() * len(habit.trades))]
        people = self.roster.candidates
        return Life(
            subject=subject,
            habit=habit,
            voice=Voice(retyped(one) if subject.slot else one, trade, draw),
            place=(subject.person + draw.random()) / people,
            assignments=1 + people * habit.weight // (100 * _PEOPLE_AN_ASSIGNMENT),
        )


def _open(life: Life) -> None:
    match life.habit.opening:
        case Opening.REGISTERED:
            _register(life)
        case Opening.SOURCED:
            _find(life)
        case Opening.ENRICHED:
            _speak(life, 0.0, ProfileSectionStated.TOPIC, Section.CONTACT)


def _register(life: Life) -> None:
    one = life.voice.person
    values = address_values(one) | {"channel": life.habit.channel.value}
    if ContactKind.LINKEDIN in life.habit.contacts:
        values["linkedin_url"] = one.linkedin
    life.say(0.0, CandidateRegistered.TOPIC, values, one.contacts(*life.habit.contacts))


def _find(life: Life) -> None:
    one, trade = life.voice.person, life.voice.trade.title
    reason = life.voice.pick(words.SOURCING_REASONS)
    values = {
        "channel": life.habit.channel.value,
        "publicly_accessible": True,
        "name": one.name,
        "url": one.linkedin,
        "reason": reason.format(trade=trade.lower(), town=TOWNS[one.town][1]),
    }
    life.say(0.0, CandidateSourced.TOPIC, values, one.contacts(*life.habit.contacts))


def _state(life: Life, statements: tuple[int, int]) -> None:
    """State sections, correct a few; someone found on LinkedIn first states her address."""
    if life.habit.opening is Opening.SOURCED:
        _speak(life, life.gap(3.0), ProfileSectionStated.TOPIC, Section.CONTACT)
    for section in life.voice.draw.sample(_SECTIONS, life.between(life.habit.sections)):
        at = life.gap(10.0)
        for _ in range(life.between(statements)):
            _speak(life, at, ProfileSectionStated.TOPIC, section)
            if life.chance(_CORRECTED_SHARE):
                _speak(life, at + life.gap(15.0), ProfileSectionCorrected.TOPIC, section)
            at += life.gap(40.0)


def _speak(life: Life, at: float, topic: str, section: Section) -> None:
    corrected = topic == ProfileSectionCorrected.TOPIC
    provenance = Provenance.STATED if corrected else life.habit.provenance
    values = section_values(life.voice, section, provenance)
    hints: tuple[ContactKind, ...] = ()
    if section is Section.CONTACT:
        enriched = life.habit.opening is Opening.ENRICHED
        hints = life.habit.contacts if enriched else DOOR
    life.say(at, topic, values, life.voice.person.contacts(*hints))


def _upload(life: Life) -> None:
    for number in range(life.between(life.habit.documents)):
        kind, filename = _DOCUMENTS[number % len(_DOCUMENTS)]
        remote_id = f"{life.subject.remote_id}-d{number}"
        at = life.gap(12.0)
        values = {
            "remote_document_id": remote_id,
            "kind": kind.value,
            "size_bytes": (1 + life.voice.number(_SIZE_MAX_KIBIBYTES)) * _KIBIBYTE - 17,
            "filename": filename.format(name=life.voice.person.name),
            "content_ref": f"blob:{remote_id}",
        }
        life.say(at, DocumentUploaded.TOPIC, values)
        if life.chance(_DELETED_SHARE):
            ground = _GROUNDS[life.voice.number(len(_GROUNDS))]
            gone = {"remote_document_id": remote_id, "ground": ground.value}
            life.say(at + life.gap(90.0), DocumentDeleted.TOPIC, gone)


def _pause(life: Life) -> None:
    """Set some people inactive at last, and let half of them come back."""
    if not life.chance(_PAUSED_SHARE):
        return
    at = life.end() + life.gap(20.0)
    life.say(at, CandidateDeactivated.TOPIC, {})
    if life.chance(_RETURNS_SHARE):
        life.say(at + life.gap(30.0), CandidateReactivated.TOPIC, {})
