"""Presented to a client, with the consent its policy asks for, and placed there."""

from domain.consent import ConsentRequested
from domain.disclosure import (
    CandidatePresentedToClient,
    Disclosed,
    PresentationExpired,
    PresentationViewed,
    PresentationWithdrawn,
)
from domain.purposes import Purpose
from domain.staffing import (
    ContractFulfilled,
    PlacementEnded,
    PlacementEnding,
    PlacementExtended,
    PlacementStarted,
)
from infra.feeds import letters
from infra.feeds.consents import give, scope_of
from infra.feeds.life import DAY, Candidacy, Ending, Life, Mention

_CLIENTS = 12
_CONSENT_DAYS = 90.0
_PRESENTED_DAYS = 60.0
_SOON_DAYS = 10.0
_VIEWED_SHARE = 0.6
_WITHDRAWN_SHARE = 0.15
_NAMED_SHARE = 0.1
_EXTENDED_SHARE = 0.3
_ENDED_SHARE = 0.55
_FULFILLED_SHARE = 0.5
_OPEN_SHOWN = (Disclosed.NAME, Disclosed.EMPLOYMENT, Disclosed.EDUCATION, Disclosed.SKILLS)


def client_of(life: Life, candidacy: Candidacy) -> str:
    """Name the client behind an assignment, the same for everybody who applies to it."""
    source = life.subject.source.partition(".")[2][:2]
    digits = (candidacy.assignment or "0").rpartition("-")[2]
    return f"{source}-kunde-{int(digits) % _CLIENTS}"


def present(life: Life, candidacy: Candidacy, at: float) -> float:
    """Present her to the client once, after her consent where nobody is presented without one."""
    if candidacy.assignment is None or _presented(life, candidacy.assignment):
        return at
    client, consent = client_of(life, candidacy), None
    if life.habit.asks_to_present:
        scope = scope_of(life, Purpose.PRESENTATION, client, candidacy.assignment)
        consent = str(scope["remote_consent_id"])
        at += life.gap(0.3)
        life.say(at, ConsentRequested.TOPIC, scope | {"notice_version": 1})
        at += min(life.gap(1.0), _SOON_DAYS * DAY)
        give(life, at, scope, _CONSENT_DAYS)
    at += min(life.gap(0.5), _SOON_DAYS * DAY)
    values = presentation(life, client, candidacy.assignment, consent)
    known = {"remote_presentation_id": values["remote_presentation_id"]}
    withdrawn = life.chance(_WITHDRAWN_SHARE)
    told = "" if withdrawn else PresentationExpired.TOPIC
    ending = Ending(_PRESENTED_DAYS, told, known)
    step = life.say(at, CandidatePresentedToClient.TOPIC, values, ending=ending)
    if life.chance(_NAMED_SHARE):
        title = life.voice.pick(letters.TITLES)
        life.mentions.append(Mention(step, life.named("r"), life.other(), title))
    if life.chance(_VIEWED_SHARE):
        at += life.gap(1.0)
        life.say(at, PresentationViewed.TOPIC, known)
    if withdrawn:
        life.say(at + life.gap(5.0), PresentationWithdrawn.TOPIC, known)
    return at


def presentation(
    life: Life, client: str, assignment: str | None, consent: str | None
) -> dict[str, object]:
    """Return the record of a presentation; what may be shown is what every policy lists."""
    shown = _OPEN_SHOWN[: 1 + life.voice.number(len(_OPEN_SHOWN))]
    return {
        "remote_presentation_id": life.named("p"),
        "remote_client_id": client,
        "remote_assignment_id": assignment,
        "remote_consent_id": consent,
        "remote_document_ids": [],
        "disclosed": [one.value for one in shown],
        "requires_consent": life.habit.asks_to_present,
        "body": life.words(letters.PRESENTED),
    }


def _presented(life: Life, assignment: str) -> bool:
    shown = [s.values for s in life.steps if s.topic == CandidatePresentedToClient.TOPIC]
    return any(values["remote_assignment_id"] == assignment for values in shown)


def place(life: Life, candidacy: Candidacy, at: float, rate: int) -> None:
    """Let her work for the client; half of those whose work ends have nothing left to settle."""
    known: dict[str, object] = {"remote_placement_id": life.named("l")}
    begun = {
        "remote_assignment_id": candidacy.assignment,
        "remote_client_id": client_of(life, candidacy),
        "rate": f"{rate} kr/t",
        "starts_on": "Etter avtale",
        "contract_ref": f"blob:{life.named('b')}",
    }
    at += life.gap(5.0)
    life.say(at, PlacementStarted.TOPIC, known | begun)
    if life.chance(_EXTENDED_SHARE):
        at += life.gap(50.0)
        life.say(at, PlacementExtended.TOPIC, known | {"rate": f"{rate + 5} kr/t"})
    if not life.chance(_ENDED_SHARE):
        return
    at += life.gap(40.0)
    ending = tuple(PlacementEnding)[life.voice.number(len(PlacementEnding))]
    life.say(at, PlacementEnded.TOPIC, known | {"ending": ending.value})
    if life.chance(_FULFILLED_SHARE):
        life.say(at + life.gap(30.0), ContractFulfilled.TOPIC, known)
