"""What a controller writes down of its own house: who answers, where data lie, what was weighed.

The register of GDPR Art. 30 beside the policy. None of it is a promise with a first day, so it is
no part of a policy and of no policy's digest. No person is named: a contact is a role, and whoever
fills it is a reference into the controller's own list of staff.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.values import Category


class ContactRole(StrEnum):
    """For what somebody answers."""

    CONTROLLER = "controller"
    REPRESENTATIVE = "representative"
    PRIVACY_ADVISER = "privacy_adviser"
    NOTICE_CONTACT = "notice_contact"


class StoreKind(StrEnum):
    """What lies in a store."""

    LOG = "log"
    """The facts; every personal value in them is sealed."""
    KEYS = "keys"
    BACKUP = "backup"
    FILES = "files"
    """A file area outside of the log."""
    MAILBOX = "mailbox"
    DATABASE = "database"
    """A database outside of the log, a website's or an upstream system's."""


class MeasureKind(StrEnum):
    """GDPR Art. 32(1)."""

    TECHNICAL = "technical"
    ORGANISATIONAL = "organisational"


class SharedData(StrEnum):
    """What a vendor gets from a site or a campaign; each of them is personal data."""

    IP_ADDRESS = "ip_address"
    DEVICE = "device"
    BROWSER = "browser"
    COOKIE = "cookie"
    INTERACTION = "interaction"
    SEARCHES = "searches"
    LOCATION = "location"
    NAME = "name"
    POSTAL_ADDRESS = "postal_address"
    PHONE = "phone"
    EMAIL = "email"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Contact:
    """A role and its days; ``until`` is its last day. ``holder`` refers to the list of staff."""

    role: ContactRole
    title: str
    address: str | None
    holder: str | None
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Say whether the contact stands on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Store:
    """Where data lie. ``run_by`` is a recipient's slug, or the controller's own.

    ``country`` (ISO 3166-1 alpha-2) and ``outside_eea`` are None where nobody said.
    """

    slug: str
    holds: StoreKind
    title: str
    run_by: str
    responsible: str
    country: str | None
    outside_eea: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A legitimate interest, weighed (GDPR Art. 6(1)(f)); ``reviewer`` is a role."""

    slug: str
    activity: str
    interest: str
    necessity: str
    balancing: str
    reviewer: str
    reviewed_on: date
    review_again_on: date


@dataclass(frozen=True, slots=True)
class Measure:
    """What keeps data safe (GDPR Art. 30(1)(g), 32)."""

    slug: str
    kind: MeasureKind
    what: str


@dataclass(frozen=True, slots=True)
class Risk:
    """What may go wrong, and the slug of the measure against it."""

    slug: str
    what: str
    measure: str
    reviewed_on: date
    review_again_on: date


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with a processor (Art. 28(3)); the days to object to a change of its own."""

    recipient: str
    reference: str
    since: date
    until: date | None
    objection_days: int

    def holds_on(self, day: date) -> bool:
        """Say whether the agreement is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """A processor told that it will use, or use no more, a processor of its own (Art. 28(2))."""

    slug: str
    processor: str
    what: str
    announced_on: date
    object_until: date


@dataclass(frozen=True, slots=True)
class Share:
    """What one vendor gets, by kind and by the house's category; its own label counts nothing."""

    recipient: str
    category: Category
    data: tuple[SharedData, ...]


@dataclass(frozen=True, slots=True)
class Registers:
    """All that one controller wrote down; an empty part is a gap to be found, not an error."""

    contacts: tuple[Contact, ...] = ()
    stores: tuple[Store, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    measures: tuple[Measure, ...] = ()
    risks: tuple[Risk, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    changes: tuple[Change, ...] = ()
    shares: tuple[Share, ...] = ()

    def contacts_on(self, day: date) -> tuple[Contact, ...]:
        """Return who answers on a day."""
        return tuple([one for one in self.contacts if one.holds_on(day)])

    def agreement_with(self, recipient: str, day: date) -> Agreement | None:
        """Return the agreement in force with a processor on a day, or None."""
        held = [one for one in self.agreements if one.recipient == recipient]
        return next((one for one in held if one.holds_on(day)), None)

    def assessed(self) -> Iterator[tuple[str, Assessment]]:
        """Yield each activity with the latest assessment of its interest."""
        latest: dict[str, Assessment] = {}
        for one in sorted(self.assessments, key=lambda made: made.reviewed_on):
            latest[one.activity] = one
        yield from latest.items()


def last_day_to_object(agreements: Sequence[Agreement], processor: str, told: date) -> date | None:
    """Return until when a change may be objected to; None without an agreement in force."""
    held = [one for one in agreements if one.recipient == processor and one.holds_on(told)]
    return told + timedelta(days=held[0].objection_days) if held else None
