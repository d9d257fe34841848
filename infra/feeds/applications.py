"""The applications of a life: submitted, moved stage by stage, ended, and sometimes reopened.

Only what an applicant tracking system can say follows what it said before: no stage twice running,
nothing after an end but a reopening.
"""

from collections.abc import Mapping

from domain.application import (
    ApplicationKind,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationStageChanged,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CandidateHired,
    RejectReason,
    Stage,
    Status,
)
from infra.feeds import words
from infra.feeds.life import DAY, Candidacy, Life
from infra.feeds.selection import accompany, settle, start_work
from infra.feeds.words import TOWNS

_PATH = (Stage.SCREENING, Stage.SUBMITTED_TO_CLIENT, Stage.INTERVIEW, Stage.OFFER)
_PATH_WITHOUT_CLIENTS = (Stage.SCREENING, Stage.INTERVIEW, Stage.OFFER)
_REASONS = tuple(RejectReason)

_DAYS_TO_APPLY = 20.0
_DAYS_A_STAGE = 6.0
_OPEN_SHARE = 0.12
_REFERRED_SHARE = 0.06
_ANSWERED_SHARE = 0.6
_LABELLED_SHARE = 0.7
_MESSAGE_SHARE = 0.5
_STOPS_A_STAGE = 0.28
_REJECTED_SHARE = 0.62
_WITHDRAWN_SHARE = 0.84
_HIRED_SHARE = 0.75
_REOPENED_SHARE = 0.07


def apply_often(life: Life, count: int) -> None:
    """Draw a number of applications, one after another."""
    at = life.gap(2.0)
    for number in range(count):
        _apply(life, number, at)
        at += life.gap(_DAYS_TO_APPLY)


def _apply(life: Life, number: int, at: float) -> None:
    candidacy = _candidacy(life, number)
    life.candidacies.append(candidacy)
    values: dict[str, object] = {
        "remote_application_id": candidacy.remote_id,
        "remote_assignment_id": candidacy.assignment,
        "kind": candidacy.kind.value,
        "assignment_title": candidacy.title,
    }
    if life.chance(_ANSWERED_SHARE):
        values["answers"] = [_answer(life)]
    life.say(at, ApplicationSubmitted.TOPIC, values)
    at = _walk(life, candidacy, at, _path(life))
    if candidacy.status is not Status.ACTIVE and life.chance(_REOPENED_SHARE):
        _reopen(life, candidacy, at + life.gap(_DAYS_TO_APPLY))


def _candidacy(life: Life, number: int) -> Candidacy:
    remote_id = f"{life.subject.remote_id}-s{number}"
    kind = _kind(life)
    if kind is ApplicationKind.OPEN:
        return Candidacy(remote_id, None, "Åpen søknad", kind)
    chosen = _assignment(life, number)
    trade, town = life.voice.trade.title, TOWNS[chosen % len(TOWNS)][1]
    assignment = f"{life.subject.source.partition('.')[2][:2]}-oppdrag-{chosen}"
    return Candidacy(remote_id, assignment, f"{trade}, {town}", kind)


def _kind(life: Life) -> ApplicationKind:
    drawn = life.voice.draw.random()
    if drawn < _OPEN_SHARE:
        return ApplicationKind.OPEN
    return ApplicationKind.REFERRED if drawn < _OPEN_SHARE + _REFERRED_SHARE else life.habit.kind


def _assignment(life: Life, number: int) -> int:
    """Choose an assignment of her trade, open about when she came; never the same one twice."""
    trades = life.habit.trades
    near = int(life.place * life.assignments) + 2 * number + life.voice.number(2)
    return near * len(trades) + trades.index(life.voice.trade)


def _path(life: Life) -> tuple[Stage, ...]:
    return _PATH if life.habit.clients else _PATH_WITHOUT_CLIENTS


def _walk(life: Life, candidacy: Candidacy, at: float, path: tuple[Stage, ...]) -> float:
    """Move through the stages until it stops; return when."""
    for stage in path:
        at += life.gap(_DAYS_A_STAGE)
        if life.chance(_STOPS_A_STAGE):
            return _stop(life, candidacy, at)
        candidacy.stage = stage
        life.say(at, ApplicationStageChanged.TOPIC, _staged(life, candidacy))
        at = accompany(life, candidacy, at)
    at += life.gap(_DAYS_A_STAGE)
    hired = life.chance(_HIRED_SHARE)
    at = settle(life, at, hired=hired)
    if not hired:
        return _stop(life, candidacy, at)
    candidacy.status = Status.HIRED
    life.say(at, CandidateHired.TOPIC, {"remote_application_id": candidacy.remote_id})
    start_work(life, candidacy, at)
    return at


def _stop(life: Life, candidacy: Candidacy, at: float) -> float:
    """Reject, withdraw, or leave the application where it stands."""
    drawn = life.voice.draw.random()
    if drawn < _REJECTED_SHARE:
        reason = _REASONS[life.voice.number(len(_REASONS))]
        candidacy.status = Status.REJECTED
        values = _letter(life, candidacy, words.REJECTIONS) | {"reason": reason.value}
        life.say(at, ApplicationRejected.TOPIC, values)
    elif drawn < _WITHDRAWN_SHARE:
        candidacy.status = Status.WITHDRAWN
        values = _letter(life, candidacy, words.WITHDRAWALS)
        life.say(at, ApplicationWithdrawn.TOPIC, values)
    return at


def _reopen(life: Life, candidacy: Candidacy, at: float) -> None:
    """Reopen at screening, and walk on from there."""
    path = _path(life)
    candidacy.stage, candidacy.status = path[0], Status.ACTIVE
    life.say(at, ApplicationReopened.TOPIC, _staged(life, candidacy))
    _walk(life, candidacy, at + DAY, path[1:])


def _staged(life: Life, candidacy: Candidacy) -> Mapping[str, object]:
    values: dict[str, object] = {
        "remote_application_id": candidacy.remote_id,
        "stage": candidacy.stage.value,
    }
    if life.chance(_LABELLED_SHARE):
        values["stage_label"] = life.voice.pick(words.STAGE_LABELS[candidacy.stage])
    return values


def _letter(life: Life, candidacy: Candidacy, letters: tuple[str, ...]) -> dict[str, object]:
    values: dict[str, object] = {"remote_application_id": candidacy.remote_id}
    if life.chance(_MESSAGE_SHARE):
        values["message"] = life.voice.pick(letters).format(name=life.voice.person.name)
    return values


def _answer(life: Life) -> Mapping[str, object]:
    asked = life.voice.number(len(words.QUESTIONS))
    town = TOWNS[life.voice.person.town][1]
    answer = words.ANSWERS[asked].format(name=life.voice.person.name, town=town)
    return {"question": words.QUESTIONS[asked], "answer": answer}
