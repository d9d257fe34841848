"""What each upstream system tells: how a person enters it, how often, and what it knows of her."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.application import ApplicationKind
from domain.keyring import ContactKind
from domain.profile import Channel, Provenance
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


@dataclass(frozen=True, slots=True)
class Habit:
    """A source's ways. ``weight`` is its share of people; 0: it only knows people from elsewhere.

    ``sections``, ``documents`` and ``applications`` are the least and the most a life has.
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


_IMPORTED = Provenance.IMPORTED
_NONE = (0, 0)
_WORK = words.OFFICE + words.SITE

HABITS: Mapping[str, Habit] = {
    "aktiv-bemanning.recman": Habit(14, Channel.PORTAL, words.SITE, applications=(1, 4)),
    "aktiv-bemanning.jobreg": Habit(7, Channel.JOBREG, words.SITE, provenance=_IMPORTED),
    "aktiv-bemanning.linkedin": Habit(
        4, Channel.LINKEDIN, words.SITE, contacts=PROFILE, provenance=_IMPORTED
    ),
    "backerskeie.easycruit": Habit(7, Channel.ATS, words.LEADERSHIP, applications=(1, 2)),
    "backerskeie.webcruiter": Habit(6, Channel.ATS, words.LEADERSHIP, applications=(1, 2)),
    "backerskeie.invenias": Habit(
        5,
        Channel.MEETING,
        words.LEADERSHIP,
        contacts=PROFILE,
        provenance=Provenance.RECRUITER,
        kind=ApplicationKind.SOURCED,
        sections=(4, 8),
    ),
    "express.wordpress": Habit(6, Channel.WEBSITE, _WORK, sections=(0, 2), documents=(0, 1)),
    "express.jobreg": Habit(6, Channel.JOBREG, _WORK, provenance=_IMPORTED, applications=(1, 3)),
    "express.linkedin": Habit(4, Channel.LINKEDIN, _WORK, contacts=PROFILE, provenance=_IMPORTED),
    "express.mail": Habit(
        3, Channel.EMAIL, _WORK, sections=(0, 1), kind=ApplicationKind.OPEN, applications=(0, 1)
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
    "miles.mail": Habit(3, Channel.EMAIL, words.TECHNOLOGY, clients=False, documents=(1, 2)),
    "toptemp.min-side": Habit(16, Channel.PORTAL, _WORK, applications=(1, 4), sections=(3, 7)),
    "toptemp.cv-scanner": Habit(
        6,
        Channel.PORTAL,
        _WORK,
        provenance=Provenance.PARSED,
        sections=(2, 4),
        documents=(1, 2),
        applications=_NONE,
    ),
    "toptemp.mail": Habit(4, Channel.EMAIL, _WORK, sections=(0, 2), kind=ApplicationKind.REFERRED),
}
"""By source slug; a test holds it equal to the controllers' files."""


@cache
def source_slugs() -> tuple[str, ...]:
    """Return every controller's sources, in order of controller and file."""
    return tuple([source.slug for owner in controllers() for source in owner.sources])
