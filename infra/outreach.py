"""Outreach over a house: its parts put together, and the one profile an enrichment may send."""

from collections.abc import Sequence

from consumers.outreach import Outreach
from consumers.packing import unpack
from domain.answers import Present
from domain.fact import Entry
from domain.keyring import OpenRequest
from domain.profile import CandidateSourced, ProfileSectionStated, Section
from domain.values import SubjectId
from infra.house import House
from infra.random_ids import random_id
from infra.store.audit import Opening
from infra.views.queries.desk import Asker

VIEW = "enrichment"
PROFILE = "profile"

OPENED_MAX = 5
"""Facts opened in search of a profile's address, the newest first: older ones are stale."""


def outreach_of(house: House) -> Outreach:
    """Make what checks, records and refuses what is begun with people."""
    return Outreach(
        log=house.store,
        rights=house.rights(),
        suppressor=house.keyring,
        identifier=house.keyring,
        sealer=house.keyring,
        promises=house.promises(),
        now=house.clock.now,
        new_id=random_id,
    )


def profile_url(house: House, asker: Asker, streams: Sequence[SubjectId]) -> str | None:
    """Open the newest address of a person's LinkedIn profile, audited; None when there is none.

    Raises:
        KeyUnavailable, LogUnavailable, SealBroken, GateClosed: nothing is opened.
    """
    entries = [entry for stream in streams for entry in house.store.stream(stream)]
    carrying = [entry for entry in entries if _carries(entry)]
    for entry in sorted(carrying, key=lambda one: one.position, reverse=True)[:OPENED_MAX]:
        url = _opened(house, asker, entry)
        if url:
            return url
    return None


def _carries(entry: Entry) -> bool:
    fact = entry.fact
    stated = isinstance(fact, ProfileSectionStated) and fact.section is Section.CONTACT
    named = stated or isinstance(fact, CandidateSourced)
    return named and any(part.category == PROFILE for part in fact.sealed)


def _opened(house: House, asker: Asker, entry: Entry) -> str | None:
    (token,) = [part.sealed.token for part in entry.fact.sealed if part.category == PROFILE]
    look = Opening(asker.who, asker.purpose, asker.controller, VIEW, (entry.subject,), (1,))
    house.audit.record(look, house.clock.now())
    request = OpenRequest(entry.subject, entry.stamp.fact_id, PROFILE, entry.fact.TOPIC, token)
    (answer,) = house.keyring.open(asker.controller, [request])
    return _linkedin(unpack(answer.plaintext)) if isinstance(answer, Present) else None


def _linkedin(values: dict[str, object]) -> str | None:
    contact = values.get("contact")
    stated = contact.get("linkedin_url") if isinstance(contact, dict) else None
    found = values.get("url") or stated
    return found if isinstance(found, str) and "linkedin." in found.lower() else None
