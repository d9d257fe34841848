"""The persons of a feed: who they are, the same whichever source tells of them.

E-mail addresses and urls stand in domains reserved by RFC 2606. Norway sets no telephone numbers
aside for fiction; the series 01 of its numbering plan is kept back for changes to the plan, and
no operator was given it, so nobody is reached under these numbers.
"""

from dataclasses import dataclass
from random import Random

from domain.keyring import Contact, ContactKind
from infra.feeds.dice import Lane, dice
from infra.feeds.pools import Pools
from infra.feeds.words import TOWNS

MAIL_DOMAINS = ("example.com", "example.org", "example.net", "post.example", "epost.example")
"""RFC 2606: reserved, and resolved by nobody."""

PROFILE_SITE = "https://www.linkedin.example/in"

PHONE_NUMBERS = 1_000_000
"""Six digits are free behind 01; beyond a million persons numbers repeat."""

_PHONE_STRIDE = 611_953
"""Coprime to the count, so neighbours in the feed are no neighbours in the series."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. ``town`` is an index into the vocabulary's towns. Never printed."""

    given: str
    family: str
    email: str
    phone: str
    linkedin: str
    street: str
    town: int

    def __repr__(self) -> str:
        """Hide the person, invented or not."""
        return "<Person>"

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"

    def contacts(self, *kinds: ContactKind) -> tuple[Contact, ...]:
        """Return her addresses of these kinds as hints for an envelope."""
        values = {
            ContactKind.EMAIL: self.email,
            ContactKind.PHONE: self.phone,
            ContactKind.LINKEDIN: self.linkedin,
        }
        return tuple([Contact(kind, values[kind]) for kind in kinds])


def person(seed: int, number: int, pools: Pools) -> Person:
    """Draw the person of a number; the number makes her addresses hers alone."""
    draw = dice(seed, Lane.PERSON, number)
    given, given_ascii = pools.given[_below(draw, len(pools.given))]
    family, family_ascii = pools.family[_below(draw, len(pools.family))]
    handle = f"{given_ascii}.{family_ascii}.{number}"
    return Person(
        given=given,
        family=family,
        email=f"{handle}@{MAIL_DOMAINS[_below(draw, len(MAIL_DOMAINS))]}",
        phone=_phone(seed, number),
        linkedin=f"{PROFILE_SITE}/{handle.replace('.', '-')}",
        street=f"{pools.streets[_below(draw, len(pools.streets))]} {_below(draw, 80) + 1}",
        town=_below(draw, len(TOWNS)),
    )


def retyped(one: Person) -> Person:
    """Return her as another source writes her: a capital letter, no spaces in the number."""
    return Person(
        given=one.given,
        family=one.family,
        email=one.email.capitalize(),
        phone=one.phone.replace(" ", ""),
        linkedin=one.linkedin,
        street=one.street,
        town=one.town,
    )


def another(draw: Random, pools: Pools, number: int, place: int) -> Person:
    """Draw somebody a subject names; the two numbers make her address hers alone.

    Of her only the name and the e-mail address are told.
    """
    given, given_ascii = pools.given[_below(draw, len(pools.given))]
    family, family_ascii = pools.family[_below(draw, len(pools.family))]
    handle = f"{given_ascii}.{family_ascii}.{number}-{place}"
    email = f"{handle}@{MAIL_DOMAINS[_below(draw, len(MAIL_DOMAINS))]}"
    return Person(given, family, email, "", "", "", 0)


def _phone(seed: int, number: int) -> str:
    digits = f"01{(number * _PHONE_STRIDE + seed) % PHONE_NUMBERS:06d}"
    return f"+47 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}"


def _below(draw: Random, count: int) -> int:
    """Draw below a count; one multiplication is several times faster than ``randrange``."""
    return int(draw.random() * count)
