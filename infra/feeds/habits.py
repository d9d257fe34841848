"""What each upstream system tells: how a person enters it, how often, and what it knows of her."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.application import ApplicationKind
from domain.keyring import ContactKind
from domain.profile import Channel, Provenance
from domain.purposes import Purpose
from infra.feeds import words
from infra.feeds.words import Trade
from schemas.controllers import controllers

DOOR = (ContactKind.EMAIL, ContactKind.PHONE)
PROFILE = (*DOOR, ContactKind.LINKEDIN)


class Opening(StrEnum):
    """The first thing a source says of a person."""

    REGISTERED = "registered"
    SOURCED = "sourced"
    ENRICHED = "enriched"


class Chapter(StrEnum):
    """What a source can tell of a life besides profile, documents and applications."""

    DEALINGS = "dealings"
    """Messages, calls, meetings, notes and tags."""
    ENQUIRIES = "enquiries"
    PORTAL = "portal"
    SITE = "site"
    """Advertisements looked at, by those who agreed to be seen."""
    SELECTION = "selection"
    """Interviews, scorecards and offers."""
    VETTING = "vetting"
    """References and background checks."""
    ASSESSMENTS = "assessments"
    PRESENTATIONS = "presentations"
    PLACEMENTS = "placements"
    POOLS = "pools"
    NEWSLETTERS = "newsletters"
    MATCHING = "matching"


@dataclass(frozen=True, slots=True)
class Habit:
    """A source's ways. ``weight`` is its share of people; 0: it only knows people from elsewhere.

    ``sections``, ``documents`` and ``applications`` are the least and the most a life has.
    ``consents`` are the purposes it asks consent for, the one every other use needs first.
    ``archived`` is the share of people it brought along from before the feed's window.
    """

    weight: int
    channel: Channel
    trades: tuple[Trade, ...]
    opening: Opening = Opening.REGISTERED
    contacts: tuple[ContactKind, ...] = DOOR
    provenance: Provenance = Provenance.STATED
    kind: ApplicationKind = ApplicationKind.APPLIED
    clients: bool = True
    sections: tuple[int, int] = (2, 5)
    documents: tuple[int, int] = (0, 3)
    applications: tuple[int, int] = (0, 3)
    chapters: frozenset[Chapter] = frozenset()
    consents: tuple[Purpose, ...] = ()
    archived: float = 0.0

    @property
    def asks_to_present(self) -> bool:
        """Say whether nobody is presented without a consent of her own to it."""
        return Purpose.PRESENTATION in self.consents


_IMPORTED = Provenance.IMPORTED
_NONE = (0, 0)
_WORK = words.OFFICE + words.SITE
_HIRING = frozenset({Chapter.DEALINGS, Chapter.SELECTION})
_STAFFING = _HIRING | {Chapter.PRESENTATIONS, Chapter.PLACEMENTS, Chapter.VETTING}
_AKTIV = (Purpose.RECRUITMENT, Purpose.POOL)
_TOPTEMP = (Purpose.RECRUITMENT, Purpose.STAFFING, Purpose.MATCHING, Purpose.PRESENTATION)

HABITS: Mapping[str, Habit] = {
    "aktiv-bemanning.recman": Habit(
        14,
        Channel.PORTAL,
        words.SITE,
        applications=(1, 3),
        chapters=_STAFFING | {Chapter.PORTAL, Chapter.POOLS},
        consents=_AKTIV,
    ),
    "aktiv-bemanning.jobreg": Habit(
        7, Channel.JOBREG, words.SITE, provenance=_IMPORTED, chapters=_HIRING, consents=_AKTIV
    ),
    "aktiv-bemanning.linkedin": Habit(
        4,
        Channel.LINKEDIN,
        words.SITE,
        contacts=PROFILE,
        provenance=_IMPORTED,
        chapters=frozenset({Chapter.POOLS}),
        consents=_AKTIV,
    ),
    "backerskeie.easycruit": Habit(
        7, Channel.ATS, words.LEADERSHIP, applications=(1, 2), chapters=_HIRING
    ),
    "backerskeie.webcruiter": Habit(
        6, Channel.ATS, words.LEADERSHIP, applications=(1, 2), chapters=_HIRING
    ),
    "backerskeie.invenias": Habit(
        5,
        Channel.MEETING,
        words.LEADERSHIP,
        contacts=PROFILE,
        provenance=Provenance.RECRUITER,
        kind=ApplicationKind.SOURCED,
        sections=(4, 8),
        chapters=_HIRING
        | {Chapter.VETTING, Chapter.ASSESSMENTS, Chapter.POOLS, Chapter.NEWSLETTERS},
        archived=0.35,
    ),
    "express.wordpress": Habit(
        6,
        Channel.WEBSITE,
        _WORK,
        sections=(0, 2),
        documents=(0, 1),
        chapters=frozenset({Chapter.ENQUIRIES, Chapter.SITE}),
        consents=(Purpose.RECRUITMENT, Purpose.TELEMETRY),
    ),
    "express.jobreg": Habit(
        6,
        Channel.JOBREG,
        _WORK,
        provenance=_IMPORTED,
        applications=(1, 3),
        chapters=_HIRING | {Chapter.PRESENTATIONS},
        consents=(Purpose.RECRUITMENT,),
    ),
    "express.linkedin": Habit(
        4,
        Channel.LINKEDIN,
        _WORK,
        contacts=PROFILE,
        provenance=_IMPORTED,
        consents=(Purpose.RECRUITMENT,),
    ),
    "express.mail": Habit(
        3,
        Channel.EMAIL,
        _WORK,
        sections=(0, 1),
        kind=ApplicationKind.OPEN,
        applications=(0, 1),
        chapters=frozenset({Chapter.ENQUIRIES, Chapter.DEALINGS}),
    ),
    "miles.linkedin": Habit(
        9,
        Channel.LINKEDIN,
        words.TECHNOLOGY,
        opening=Opening.SOURCED,
        contacts=(ContactKind.LINKEDIN,),
        provenance=Provenance.RECRUITER,
        kind=ApplicationKind.SOURCED,
        clients=False,
        chapters=_HIRING | {Chapter.VETTING},
    ),
    "miles.rocketreach": Habit(
        0,
        Channel.OTHER,
        words.TECHNOLOGY,
        opening=Opening.ENRICHED,
        contacts=(ContactKind.EMAIL, ContactKind.LINKEDIN),
        provenance=_IMPORTED,
        sections=_NONE,
        documents=_NONE,
        applications=_NONE,
    ),
    "miles.mail": Habit(
        3, Channel.EMAIL, words.TECHNOLOGY, clients=False, documents=(1, 2), chapters=_HIRING
    ),
    "toptemp.min-side": Habit(
        16,
        Channel.PORTAL,
        _WORK,
        applications=(1, 3),
        sections=(3, 7),
        chapters=_STAFFING | {Chapter.PORTAL, Chapter.MATCHING, Chapter.NEWSLETTERS},
        consents=_TOPTEMP,
        archived=0.1,
    ),
    "toptemp.cv-scanner": Habit(
        6,
        Channel.PORTAL,
        _WORK,
        provenance=Provenance.PARSED,
        sections=(2, 4),
        documents=(1, 2),
        applications=_NONE,
        archived=0.25,
    ),
    "toptemp.mail": Habit(
        4,
        Channel.EMAIL,
        _WORK,
        sections=(0, 2),
        kind=ApplicationKind.REFERRED,
        chapters=frozenset({Chapter.DEALINGS}),
        consents=(Purpose.RECRUITMENT, Purpose.PRESENTATION),
    ),
}
"""By source slug; a test holds it equal to the controllers' files."""


@cache
def source_slugs() -> tuple[str, ...]:
    """Return every controller's sources, in order of controller and file."""
    return tuple([source.slug for owner in controllers() for source in owner.sources])
