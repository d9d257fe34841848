"""A wish that outlives its person: she opts out, is erased, is found again, and comes by herself.

Another system of the same house finds her under another spelling of her address. The pointer her
opt-out left refuses it before a key is made; her own application begins her anew.
"""

from dataclasses import dataclass
from pathlib import Path

from consumers.erasure_order import Request
from consumers.tally import Tally
from consumers.upstream import Envelope
from domain.application import ApplicationKind, ApplicationSubmitted
from domain.erasure import ErasureReason
from domain.keyring import Contact, ContactKind
from domain.profile import CandidateRegistered, CandidateSourced, Channel
from domain.values import SubjectId
from infra.clock import FixedClock
from infra.codec.container import sync_marker_of, write_container
from infra.codec.upstream import UpstreamCodec
from infra.demo.silence import EMPLOYER, try_person
from infra.feeds.manifest import Known, Manifest
from infra.house import House
from infra.intake import ingest_file
from infra.outreach import outreach_of
from infra.proof.tokens import Trial
from infra.random_ids import random_id

FINDER = f"{EMPLOYER}.linkedin"
DOOR = f"{EMPLOYER}.mail"
_SECOND = 1_000_000


class NobodyToOptOut(Exception):  # noqa: N818 - what the feeds lack
    """The feeds hold nobody whose address is hers alone in that house."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What became of her: her tokens before and after, found again, and come by herself.

    ``nobody`` counts the people her address leads to after she was found again, ``herself`` after
    she applied.
    """

    before: Trial
    after: Trial
    found_again: Tally
    nobody: int
    applied: Tally
    herself: int


def keep_wish(house: House, clock: FixedClock, manifest: Manifest, folder: Path) -> Wish:
    """Let her opt out and be erased, and tell the house of her twice more.

    Raises:
        NobodyToOptOut: there is nobody to choose.
    """
    controller = house.controllers[EMPLOYER]
    known, email, subject = _choose(house, manifest)
    before = try_person(house, controller, subject)
    outreach_of(house).opt_out(controller, [subject], ())
    request = Request(subject, None, ErasureReason.OPT_OUT, random_id())
    house.erasure().erase(controller, [request])
    after = try_person(house, controller, subject)
    folder.mkdir(parents=True, exist_ok=True)
    now = clock.now()
    found_again = _tell(house, folder / "found.avro", [_found(known, respelt(email), now)])
    nobody = len(_carriers(house, email))
    applied = _tell(house, folder / "applied.avro", _own_application(known, email, now))
    return Wish(before, after, found_again, nobody, applied, len(_carriers(house, email)))


def respelt(email: str) -> str:
    """Write an address as another system would: loud, and with a tag."""
    local, _, domain = email.upper().rpartition("@")
    return f"{local}+JOBB@{domain}"


def _choose(house: House, manifest: Manifest) -> tuple[Known, str, SubjectId]:
    for known in manifest.people:
        if known.source == DOOR and known.email is not None:
            found = _carriers(house, known.email)
            if len(found) == 1:
                return known, known.email, found[0]
    message = f"the feeds hold nobody of {DOOR} whose address is hers alone"
    raise NobodyToOptOut(message)


def _carriers(house: House, email: str) -> list[SubjectId]:
    contact = Contact(ContactKind.EMAIL, email)
    return house.keyring.find_contact(house.controllers[EMPLOYER], contact)


def _found(known: Known, address: str, now: int) -> Envelope:
    values = {
        "channel": Channel.LINKEDIN.value,
        "publicly_accessible": True,
        "name": known.name,
        "url": "https://www.example.com/profil",
    }
    return _envelope(FINDER, "found-again", now, address, (CandidateSourced.TOPIC, values))


def _own_application(known: Known, email: str, now: int) -> list[Envelope]:
    given, _, family = known.name.rpartition(" ")
    registered: dict[str, object] = {
        "channel": Channel.EMAIL.value,
        "given_name": given,
        "family_name": family,
        "emails": [email],
        "phones": [],
    }
    applied: dict[str, object] = {
        "remote_application_id": "her-own-application",
        "kind": ApplicationKind.OPEN.value,
        "assignment_title": "Åpen søknad",
    }
    return [
        _envelope(DOOR, "her-own", now, email, (CandidateRegistered.TOPIC, registered)),
        _envelope(DOOR, "her-own", now + _SECOND, email, (ApplicationSubmitted.TOPIC, applied)),
    ]


def _envelope(
    source: str, remote_id: str, at: int, email: str, said: tuple[str, dict[str, object]]
) -> Envelope:
    return Envelope(
        source=source,
        remote_event_id=f"{remote_id}-{said[0]}",
        remote_candidate_id=remote_id,
        occurred_at=at,
        contacts=(Contact(ContactKind.EMAIL, email),),
        fact=UpstreamCodec().encode_fact(*said),
    )


def _tell(house: House, path: Path, envelopes: list[Envelope]) -> Tally:
    write_container(path, envelopes, sync_marker_of(path.name.encode()))
    return ingest_file(house.ingest(), path, lambda _tally, _index: None).tally
