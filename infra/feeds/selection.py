"""What goes with an application's stages: interviews, scorecards, offers, and what follows a hire.

Each function is given the time at which the stage was reached and returns when it was over.
"""

from domain.application import Stage
from domain.selection import (
    InterviewCancelled,
    InterviewHeld,
    InterviewRescheduled,
    InterviewScheduled,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    OfferWithdrawn,
    ScorecardSubmitted,
    Setting,
    Side,
)
from infra.feeds import letters
from infra.feeds.habits import Chapter
from infra.feeds.life import Candidacy, Life
from infra.feeds.placing import place, present
from infra.feeds.vetting import vet

_MOVED_SHARE = 0.2
_CANCELLED_SHARE = 0.1
_RATED_SHARE = 0.6
_RATINGS_MAX = 3
_DECLINED_SHARE = 0.6
_HOURS = (8, 15)
_THIS_YEAR = 2026
_RATE_MIN_NOK = 190
_RATE_STEPS = 200


def accompany(life: Life, candidacy: Candidacy, at: float) -> float:
    """Tell what goes with the stage an application has just reached."""
    if candidacy.stage is Stage.SUBMITTED_TO_CLIENT and life.tells(Chapter.PRESENTATIONS):
        return present(life, candidacy, at)
    if candidacy.stage is Stage.INTERVIEW and life.tells(Chapter.SELECTION):
        return vet(life, _interview(life, candidacy, at))
    if candidacy.stage is Stage.OFFER and life.tells(Chapter.SELECTION):
        return _offer(life, candidacy, at)
    return at


def settle(life: Life, at: float, *, hired: bool) -> float:
    """Let her accept the last offer, and start to work; or see it declined or withdrawn."""
    offer = next((s.values for s in reversed(life.steps) if s.topic == OfferMade.TOPIC), None)
    if offer is None:
        return at
    known = {"remote_offer_id": offer["remote_offer_id"]}
    if hired:
        life.say(at, OfferAccepted.TOPIC, known)
    elif life.chance(_DECLINED_SHARE):
        life.say(at, OfferDeclined.TOPIC, known | {"message": life.words(letters.DECLINED)})
    else:
        life.say(at, OfferWithdrawn.TOPIC, known)
    return at + life.gap(0.2)


def start_work(life: Life, candidacy: Candidacy, at: float) -> None:
    """Begin the placement that a hire leads to, where the source keeps placements."""
    if life.tells(Chapter.PLACEMENTS):
        place(life, candidacy, at, _rate(life))


def _interview(life: Life, candidacy: Candidacy, at: float) -> float:
    known: dict[str, object] = {"remote_interview_id": life.named("i")}
    about = known | {"remote_application_id": candidacy.remote_id}
    life.say(at + life.gap(0.2), InterviewScheduled.TOPIC, about | _meeting(life))
    at += life.gap(2.0)
    if life.chance(_MOVED_SHARE):
        life.say(at, InterviewRescheduled.TOPIC, known | _meeting(life))
        at += life.gap(2.0)
    if life.chance(_CANCELLED_SHARE):
        by = tuple(Side)[life.voice.number(len(Side))]
        called_off = {"called_off_by": by.value, "message": life.words(letters.CANCELLED)}
        life.say(at, InterviewCancelled.TOPIC, known | called_off)
        return at
    life.say(at, InterviewHeld.TOPIC, known)
    if life.chance(_RATED_SHARE):
        at += life.gap(0.5)
        life.say(at, ScorecardSubmitted.TOPIC, about | _scorecard(life))
    return at


def _meeting(life: Life) -> dict[str, object]:
    setting = tuple(Setting)[life.voice.number(len(Setting))]
    day, hour = 1 + life.voice.number(28), life.between(_HOURS)
    return {
        "setting": setting.value,
        "starts": f"{_THIS_YEAR}-{1 + life.voice.number(12):02d}-{day:02d} kl. {hour:02d}.00",
        "place": life.words(letters.PLACES),
    }


def _scorecard(life: Life) -> dict[str, object]:
    count = 1 + life.voice.number(_RATINGS_MAX)
    return {
        "remote_scorecard_id": life.named("s"),
        "ratings": list(letters.RATINGS[:count]),
        "recommendation": life.voice.pick(letters.RECOMMENDATIONS),
        "comment": life.words(letters.COMMENTS),
    }


def _offer(life: Life, candidacy: Candidacy, at: float) -> float:
    at += life.gap(0.5)
    offer = {
        "remote_offer_id": life.named("o"),
        "remote_application_id": candidacy.remote_id,
        "pay": f"{_rate(life)} kr/t",
        "starts_on": f"{_THIS_YEAR}-{1 + life.voice.number(12):02d}-01",
        "terms": "Fast stilling, seks måneders prøvetid",
    }
    life.say(at, OfferMade.TOPIC, offer)
    return at


def _rate(life: Life) -> int:
    return _RATE_MIN_NOK + life.voice.number(_RATE_STEPS)
