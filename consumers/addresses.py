"""The addresses a draft carries: its contact hints, and the one the fact itself names.

An address that a house found, bought or wrote to belongs to the person as much as one she gave:
she is looked up by it, and suppressed at it when she wants no approaches.
"""

from collections.abc import Callable, Mapping

from consumers.translate import Draft
from domain.communication import Medium
from domain.keyring import Contact, ContactKind
from domain.outreach import ContactEnriched, EnrichmentRequested, OutreachSent
from domain.profile import CandidateSourced

BEGUN = frozenset(
    {
        CandidateSourced.TOPIC,
        EnrichmentRequested.TOPIC,
        ContactEnriched.TOPIC,
        OutreachSent.TOPIC,
    }
)
"""The kinds of facts by which a house begins something with a person, and pointers bar."""

_MEDIA: Mapping[object, ContactKind] = {
    Medium.EMAIL: ContactKind.EMAIL,
    Medium.SMS: ContactKind.PHONE,
    Medium.PHONE: ContactKind.PHONE,
    Medium.LINKEDIN: ContactKind.LINKEDIN,
}


def contacts_of(draft: Draft) -> tuple[Contact, ...]:
    """Return a draft's contact hints, and the address that the fact itself names."""
    read = _OWN.get(draft.topic)
    own = None if read is None else read(draft)
    return draft.contacts if own is None else (*draft.contacts, own)


def _url(draft: Draft) -> Contact | None:
    url = draft.personal.get("profile", {}).get("url")
    ours = isinstance(url, str) and "linkedin." in url.lower()
    return Contact(ContactKind.LINKEDIN, str(url)) if ours else None


def _enriched(draft: Draft) -> Contact | None:
    value = draft.personal.get("profile", {}).get("value")
    if not isinstance(value, str):
        return None
    return Contact(ContactKind(str(draft.clear["asked_for"])), value)


def _written_to(draft: Draft) -> Contact | None:
    address = draft.personal.get("communications", {}).get("address")
    kind = _MEDIA.get(draft.clear["medium"])
    return Contact(kind, address) if kind and isinstance(address, str) else None


_OWN: Mapping[str, Callable[[Draft], Contact | None]] = {
    CandidateSourced.TOPIC: _url,
    EnrichmentRequested.TOPIC: _url,
    ContactEnriched.TOPIC: _enriched,
    OutreachSent.TOPIC: _written_to,
}
