"""One upstream record of each kind, with every field given; the people are invented."""

from collections.abc import Mapping
from functools import cache

from consumers.upstream import Envelope
from domain.keyring import Contact, ContactKind
from infra.codec.upstream import UpstreamCodec
from tests.codec.life_messages import messages
from tests.examples import SOURCE, START

CONTACT = {
    "given_name": "Probe",
    "family_name": "Testrup",
    "preferred_name": "Prøve",
    "birth_date": "1990-02-28",
    "emails": ["probe@example.org", "testrup@example.org"],
    "phones": ["+47 00 00 00 00"],
    "postal_address": "Eksempelveien 1, 0000 Ingensteds",
    "city": "Ingensteds",
    "country": "NO",
    "linkedin_url": "https://www.example.org/in/probe-testrup",
}
SECTIONS: Mapping[str, object] = {
    "section": "employment",
    "provenance": "parsed",
    "contact": CONTACT,
    "employment": [
        {
            "employer": "Eksempel AS",
            "title": "Sveiser",
            "workplace": "Ingensteds",
            "from": "2019",
            "to": None,
            "description": "Sveiset eksempler.",
        }
    ],
    "education": [
        {"institution": "Eksempelskolen", "degree": "Fagbrev", "from": "2015", "to": "2018"}
    ],
    "certifications": [{"name": "Varme arbeider", "issuer": None, "valid_to": "2027-05"}],
    "skills": [{"name": "TIG", "level": "øvet"}],
    "languages": [{"name": "norsk", "level": None}],
    "preferences": {
        "roles": ["sveiser"],
        "places": ["Ingensteds", "Andresteds"],
        "notice_period": "1 måned",
        "available_from": "2026-09",
        "shifts": "dag",
    },
    "pay_expectation": {"amount": 612_000, "currency": "NOK", "period": "år"},
    "links": [{"label": None, "url": "https://www.example.org/mappe"}],
}
SPELT_OUT: Mapping[str, Mapping[str, object]] = {
    "candidate.sourced": {
        "channel": "linkedin",
        "publicly_accessible": True,
        "name": "Probe Testrup",
        "url": "https://www.example.org/in/probe-testrup",
        "reason": "Søkt etter sveisere.",
    },
    "candidate.registered": {"channel": "website", **CONTACT},
    "candidate.profile-section-stated": SECTIONS,
    "candidate.profile-section-corrected": SECTIONS,
    "candidate.deactivated": {},
    "candidate.reactivated": {},
    "candidate.application-submitted": {
        "remote_application_id": "A-17",
        "remote_assignment_id": "J-4",
        "kind": "applied",
        "assignment_title": "Sveiser til eksempelverft",
        "answers": [{"question": "Har du førerkort?", "answer": "Ja, klasse B."}],
    },
    "candidate.application-stage-changed": {
        "remote_application_id": "A-17",
        "stage": "interview",
        "stage_label": "Førstegangssamtale",
    },
    "candidate.application-rejected": {
        "remote_application_id": "A-17",
        "reason": "another_chosen",
        "message": "Vi valgte en annen.",
    },
    "candidate.application-withdrawn": {
        "remote_application_id": "A-17",
        "message": "Jeg har fått en annen jobb.",
    },
    "candidate.hired": {"remote_application_id": "A-17"},
    "candidate.application-reopened": {
        "remote_application_id": "A-17",
        "stage": "screening",
        "stage_label": "Ny vurdering",
    },
    "candidate.document-uploaded": {
        "remote_document_id": "D-3",
        "kind": "resume",
        "size_bytes": 48_211,
        "filename": "CV Probe Testrup.pdf",
        "content_ref": "blob/D-3",
    },
    "candidate.document-deleted": {"remote_document_id": "D-3", "ground": "replaced"},
}
MESSAGES: Mapping[str, Mapping[str, object]] = {**SPELT_OUT, **messages(SPELT_OUT)}
"""By topic, each as the newest version of its schema has it."""

SENT: Mapping[str, Mapping[str, object]] = {
    "subject-rights": {
        "notice_id": bytes(range(16)),
        "kind": "erased",
        "recipient": SOURCE,
        "created_at": START,
        "sealed": bytes(range(64)),
    },
    "acknowledgement": {"notice_id": bytes(range(16)), "proof": bytes(range(16, 32))},
}
"""By name, what goes out and comes back."""


def envelope(n: int = 1, fact: bytes | None = None) -> Envelope:
    """Return the n-th message of a feed: a hire unless another fact is given."""
    return Envelope(
        source=SOURCE,
        remote_event_id=f"E-{n}",
        remote_candidate_id=f"C-{n % 7}",
        occurred_at=START + n,
        contacts=(
            Contact(ContactKind.EMAIL, "probe@example.org"),
            Contact(ContactKind.PHONE, "+47 00 00 00 00"),
        ),
        fact=_hired() if fact is None else fact,
    )


@cache
def _hired() -> bytes:
    return UpstreamCodec().encode_fact("candidate.hired", MESSAGES["candidate.hired"])
