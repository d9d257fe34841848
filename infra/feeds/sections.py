"""What a profile section says, in the fields of ``candidate.profile-section-*``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from domain.profile import Provenance, Section
from infra.feeds import words
from infra.feeds.people import Person
from infra.feeds.words import TOWNS, Trade

Values = dict[str, object]

_THIS_YEAR = 2026
_CAREER_YEARS = 18
_PAY_MIN_NOK = 380_000
_PAY_STEPS = 60
_PAY_STEP_NOK = 10_000
_PAY_STATED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks of whom: the person, her trade, and the dice of her life. Never printed."""

    person: Person
    trade: Trade
    draw: Random

    def __repr__(self) -> str:
        """Hide the person."""
        return "<Voice>"

    def pick(self, options: tuple[str, ...]) -> str:
        """Draw one of several texts."""
        return options[int(self.draw.random() * len(options))]

    def number(self, below: int) -> int:
        """Draw a number below a bound."""
        return int(self.draw.random() * below)


def section_values(voice: Voice, section: Section, provenance: Provenance) -> Values:
    """Return the record of a statement or correction of one section."""
    head: Values = {"section": section.value, "provenance": provenance.value}
    return head | _SECTIONS[section](voice)


def address_values(one: Person) -> Values:
    """Return the fields a registration and a contact section have in common."""
    postal_code, town = TOWNS[one.town]
    return {
        "given_name": one.given,
        "family_name": one.family,
        "emails": [one.email],
        "phones": [one.phone],
        "postal_address": f"{one.street}, {postal_code} {town}",
        "city": town,
        "country": "NO",
    }


def _contact(voice: Voice) -> Values:
    return {"contact": address_values(voice.person) | {"linkedin_url": voice.person.linkedin}}


def _employment(voice: Voice) -> Values:
    begun = _THIS_YEAR - 1 - voice.number(_CAREER_YEARS)
    town = TOWNS[voice.number(len(TOWNS))][1]
    now: Values = {
        "employer": voice.pick(words.EMPLOYERS),
        "title": voice.trade.title,
        "workplace": town,
        "from": f"{begun}-{voice.number(12) + 1:02d}",
        "description": f"Arbeidet som {voice.trade.title.lower()} i {town}.",
    }
    earlier: Values = {
        "employer": voice.pick(words.EMPLOYERS),
        "title": voice.trade.title,
        "from": str(begun - 4),
        "to": str(begun),
    }
    return {"employment": [now, earlier]}


def _education(voice: Voice) -> Values:
    ended = _THIS_YEAR - 2 - voice.number(_CAREER_YEARS)
    degree: Values = {
        "institution": voice.pick(words.SCHOOLS),
        "degree": voice.trade.degree,
        "from": str(ended - 3),
        "to": str(ended),
    }
    return {"education": [degree]}


def _certification(voice: Voice) -> Values:
    certificate: Values = {
        "name": voice.trade.certificate,
        "issuer": voice.pick(words.SCHOOLS),
        "valid_to": str(_THIS_YEAR + voice.number(6)),
    }
    return {"certifications": [certificate]}


def _skills(voice: Voice) -> Values:
    return {
        "skills": [
            {"name": skill, "level": voice.pick(words.LEVELS)} for skill in voice.trade.skills
        ]
    }


def _languages(voice: Voice) -> Values:
    first = voice.number(len(words.LANGUAGES))
    known = (words.LANGUAGES[0], words.LANGUAGES[first]) if first else words.LANGUAGES[:1]
    return {"languages": [{"name": name, "level": voice.pick(words.LEVELS)} for name in known]}


def _preferences(voice: Voice) -> Values:
    wishes: Values = {
        "roles": [voice.trade.title],
        "places": [TOWNS[voice.person.town][1], TOWNS[voice.number(len(TOWNS))][1]],
        "notice_period": voice.pick(words.NOTICE_PERIODS),
        "shifts": voice.pick(words.SHIFTS),
    }
    if voice.draw.random() > _PAY_STATED_SHARE:
        return {"preferences": wishes}
    amount = _PAY_MIN_NOK + _PAY_STEP_NOK * voice.number(_PAY_STEPS)
    pay: Values = {"amount": amount, "currency": "NOK", "period": "year"}
    return {"preferences": wishes, "pay_expectation": pay}


def _links(voice: Voice) -> Values:
    return {"links": [{"label": "Profil", "url": voice.person.linkedin}]}


_SECTIONS: Mapping[Section, Callable[[Voice], Values]] = {
    Section.CONTACT: _contact,
    Section.EMPLOYMENT: _employment,
    Section.EDUCATION: _education,
    Section.CERTIFICATION: _certification,
    Section.SKILLS: _skills,
    Section.LANGUAGES: _languages,
    Section.PREFERENCES: _preferences,
    Section.LINKS: _links,
}
