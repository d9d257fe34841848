"""References, tests and background checks; a referee is a person of her own, with a stream."""

from domain.assessment import (
    AssessmentCompleted,
    AssessmentDeleted,
    AssessmentInvited,
    BackgroundCheckCompleted,
    BackgroundCheckDeleted,
    BackgroundCheckRequested,
    Checked,
)
from domain.documents import DeletionGround
from domain.references import ReferenceDeclined, ReferenceGiven, ReferenceRequested
from infra.feeds import letters
from infra.feeds.habits import Chapter
from infra.feeds.life import Life

_REFERENCE_SHARE = 0.45
_GIVEN_SHARE = 0.75
_SILENT_SHARE = 0.4
_CHECKED_SHARE = 0.2
_TESTED_SHARE = 0.7
_COMPLETED_SHARE = 0.85
_DELETED_SHARE = 0.4
_CHECKS = (Checked.EDUCATION, Checked.EMPLOYMENT, Checked.IDENTITY, Checked.CREDIT)


def vet(life: Life, at: float) -> float:
    """Tell what is found out about her after an interview; return when it was."""
    if life.tells(Chapter.ASSESSMENTS) and life.chance(_TESTED_SHARE):
        at = _test(life, at)
    if not life.tells(Chapter.VETTING):
        return at
    if life.chance(_REFERENCE_SHARE):
        at = _reference(life, at)
    if life.chance(_CHECKED_SHARE):
        at = _check(life, at)
    return at


def _reference(life: Life, at: float) -> float:
    referee, one = life.named("r"), life.other()
    known: dict[str, object] = {
        "remote_reference_id": life.named("f"),
        "remote_referee_id": referee,
    }
    hers = {
        "relation": life.voice.pick(letters.RELATIONS),
        "remote_referee_person_id": referee,
        "referee_name": one.name,
        "referee_emails": [one.email],
        "referee_title": life.voice.pick(letters.TITLES),
    }
    at += life.gap(0.5)
    life.say(at, ReferenceRequested.TOPIC, known | hers)
    at += life.gap(2.0)
    if life.chance(_GIVEN_SHARE):
        said = {"statement": life.words(letters.STATEMENTS)}
        life.say(at, ReferenceGiven.TOPIC, known | said)
    elif not life.chance(_SILENT_SHARE):
        life.say(at, ReferenceDeclined.TOPIC, known)
    return at


def _test(life: Life, at: float) -> float:
    known: dict[str, object] = {"remote_assessment_id": life.named("a")}
    vendor, instrument = letters.INSTRUMENTS[life.voice.number(len(letters.INSTRUMENTS))]
    at += life.gap(0.5)
    life.say(at, AssessmentInvited.TOPIC, known | {"vendor": vendor, "instrument": instrument})
    if not life.chance(_COMPLETED_SHARE):
        return at
    at += life.gap(2.0)
    result = {"result": life.voice.pick(letters.RESULTS), "report_ref": f"blob:{life.named('b')}"}
    life.say(at, AssessmentCompleted.TOPIC, known | result)
    if life.chance(_DELETED_SHARE):
        gone = {"ground": DeletionGround.EXPIRED.value}
        life.say(at + life.gap(60.0), AssessmentDeleted.TOPIC, known | gone)
    return at


def _check(life: Life, at: float) -> float:
    checked = {"checked": _CHECKS[life.voice.number(len(_CHECKS))].value}
    known: dict[str, object] = {"remote_check_id": life.named("h")}
    at += life.gap(0.5)
    life.say(at, BackgroundCheckRequested.TOPIC, known | checked | {"notice_copy_sent": True})
    at += life.gap(2.0)
    found = {"result": life.voice.pick(letters.CHECK_RESULTS)}
    life.say(at, BackgroundCheckCompleted.TOPIC, known | checked | found)
    if life.chance(_DELETED_SHARE):
        gone = {"ground": DeletionGround.EXPIRED.value}
        life.say(at + life.gap(20.0), BackgroundCheckDeleted.TOPIC, known | gone)
    return at
