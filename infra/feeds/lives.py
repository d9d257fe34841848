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
    Channel,
    ProfileSectionCorrected,
    ProfileSectionStated,
    Provenance,
    Section,
)
from domain.traits import ExternalProfileImported, ImportProvider, ResumeParsed
from infra.feeds import words
from infra.feeds.applications import apply_often
from infra.feeds.approaches import approach
from infra.feeds.barriers import tell_in_vain
from infra.feeds.consents import consent_at_first, object_at_last, take_back
from infra.feeds.dealings import ask, told_day_by_day
from infra.feeds.dice import Lane, dice
from infra.feeds.habits import DOOR, HABITS, Chapter, Opening
from infra.feeds.life import Life
from infra.feeds.people import person, retyped
from infra.feeds.pools import Pools
from infra.feeds.portal import use_pages
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
_PARSER_VERSION = 3

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
        if life.tells(Chapter.ENQUIRIES) and ask(life):
            return life
        _open(life)
        found = life.habit.opening is Opening.SOURCED
        if found:
            approach(life)
        if not life.silent:
            _live(life)
        tell_in_vain(life, enriched=life.silent and self.roster.enriched(subject.person))
        return life

    def _begun(self, subject: Subject) -> Life:
        habit = HABITS[subject.source]
        draw = dice(self.seed, Lane.LIFE, subject.number)
        one = person(self.seed, subject.person, self.pools)
        trade = habit.trades[int(draw.random() * len(habit.trades))]
        people, found = self.roster.candidates, habit.opening is Opening.SOURCED
        return Life(
            subject=subject,
            habit=habit,
            voice=Voice(retyped(one) if subject.slot else one, trade, draw),
            pools=self.pools,
            place=(subject.person + draw.random()) / people,
            assignments=1 + people * habit.weight // (100 * _PEOPLE_AN_ASSIGNMENT),
            archived=draw.random() < habit.archived,
            silent=found and not self.roster.replies(subject.person),
        )


def _live(life: Life) -> None:
    """Draw the chapters of somebody the source deals with."""
    long = life.habit.applications[1] > 0 and life.chance(LONG_SHARE)
    if life.habit.consents:
        consent_at_first(life)
    _state(life, _LONG_STATEMENTS if long else _ONCE)
    _upload(life)
    use_pages(life)
    told_day_by_day(life)
    apply_often(life, life.between(_LONG_APPLICATIONS if long else life.habit.applications))
    _end(life)


def _end(life: Life) -> None:
    """Draw what a person does at last, each a little later than all before it."""
    take_back(life)
    object_at_last(life)
    _pause(life)


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
    if life.habit.channel is Channel.LINKEDIN:
        _import(life)


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
        if kind is DocumentKind.RESUME and life.habit.provenance is Provenance.PARSED:
            _parse(life, remote_id, at + life.gap(0.1))
        if life.chance(_DELETED_SHARE):
            ground = _GROUNDS[life.voice.number(len(_GROUNDS))]
            gone = {"remote_document_id": remote_id, "ground": ground.value}
            life.say(at + life.gap(90.0), DocumentDeleted.TOPIC, gone)


def _parse(life: Life, remote_id: str, at: float) -> None:
    """Tell what the source's parser made of a résumé."""
    trade = life.voice.trade
    found = {
        "remote_document_id": remote_id,
        "parser_version": _PARSER_VERSION,
        "headline": trade.title,
        "positions": [f"{trade.title}, {life.voice.pick(words.EMPLOYERS)}"],
        "skills": list(trade.skills),
    }
    life.say(at, ResumeParsed.TOPIC, found)


def _import(life: Life) -> None:
    """Tell what she let the source take from her LinkedIn profile."""
    one, trade = life.voice.person, life.voice.trade
    brought = {
        "provider": ImportProvider.LINKEDIN.value,
        "profile_url": one.linkedin,
        "headline": trade.title,
        "positions": [f"{trade.title}, {life.voice.pick(words.EMPLOYERS)}"],
        "skills": list(trade.skills),
    }
    life.say(life.gap(0.1), ExternalProfileImported.TOPIC, brought)


def _pause(life: Life) -> None:
    """Set some people inactive at last, and let half of them come back."""
    if not life.chance(_PAUSED_SHARE):
        return
    at = life.end() + life.gap(20.0)
    life.say(at, CandidateDeactivated.TOPIC, {})
    if life.chance(_RETURNS_SHARE):
        life.say(at + life.gap(30.0), CandidateReactivated.TOPIC, {})
