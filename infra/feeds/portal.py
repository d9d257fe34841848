"""Her own page and the site: signing in, what she looked at, what looked wrong, and matching."""

from domain.consent import ConsentRefused
from domain.matching import MatchingOptedIn, MatchingOptedOut
from domain.notices import NoticeCommented, NoticeReviewed
from domain.portal import CandidatePortalLoggedIn, JobAdViewed, Signal, SuspiciousActivityFlagged
from domain.purposes import Purpose
from infra.feeds import letters
from infra.feeds.consents import give, scope_of
from infra.feeds.habits import Chapter
from infra.feeds.life import DAY, Life
from infra.feeds.words import TOWNS

_LOGINS = (0, 4)
_VIEWS = (1, 4)
_FLAGGED_SHARE = 0.04
_READ_SHARE = 0.15
_COMMENTED_SHARE = 0.3
_AGREED_SHARE = 0.6
_TELEMETRY_DAYS = 365.0
_VIEWS_WITHIN_DAYS = 200.0
_MATCHING_OUT_SHARE = 0.12
_MATCHING_IN_SHARE = 0.25
_HOSTS = 254
_TOWN = "Innlogging fra {town}"


def use_pages(life: Life) -> None:
    """Tell those of these chapters that the source has."""
    if life.tells(Chapter.PORTAL):
        _sign_in(life)
    if life.tells(Chapter.SITE):
        _browse(life)
    if life.tells(Chapter.MATCHING):
        _wish(life)


def address(life: Life) -> str:
    """Draw an address out of the block that RFC 5737 reserves for documentation."""
    return f"192.0.2.{1 + life.voice.number(_HOSTS)}"


def _sign_in(life: Life) -> None:
    at = life.gap(1.0)
    for _ in range(life.between(_LOGINS)):
        device = {
            "ip": address(life),
            "user_agent": life.voice.pick(letters.BROWSERS),
            "geo": TOWNS[life.voice.person.town][1],
        }
        life.say(at, CandidatePortalLoggedIn.TOPIC, device)
        at += life.gap(35.0)
    if life.chance(_READ_SHARE):
        _read_notice(life, at)
    if life.chance(_FLAGGED_SHARE):
        signal = tuple(Signal)[life.voice.number(len(Signal))]
        flag = {
            "remote_flag_id": life.named("g"),
            "signal": signal.value,
            "automated": True,
            "ip": address(life),
            "seen": life.worded(_TOWN),
        }
        life.say(at, SuspiciousActivityFlagged.TOPIC, flag)


def _read_notice(life: Life, at: float) -> None:
    """Let her read the privacy notice, and some people comment on it."""
    life.say(at, NoticeReviewed.TOPIC, {"notice_version": 1})
    if life.chance(_COMMENTED_SHARE):
        comment = {"notice_version": 1, "body": life.words(letters.COMMENTS_ON_NOTICES)}
        life.say(at + life.gap(1.0), NoticeCommented.TOPIC, comment)


def _browse(life: Life) -> None:
    """Let those who agree be seen looking at advertisements; nobody else is."""
    at = life.gap(0.5)
    scope = scope_of(life, Purpose.TELEMETRY)
    if not life.chance(_AGREED_SHARE):
        life.say(at, ConsentRefused.TOPIC, scope)
        return
    give(life, at, scope, _TELEMETRY_DAYS)
    last = at + _VIEWS_WITHIN_DAYS * DAY
    for _ in range(life.between(_VIEWS)):
        at = min(at + life.gap(12.0), last)
        life.say(at, JobAdViewed.TOPIC, advertisement(life))


def advertisement(life: Life) -> dict[str, object]:
    """Return the record of an advertisement looked at."""
    number = life.voice.number(life.assignments)
    return {
        "remote_assignment_id": f"{life.subject.source.partition('.')[2][:2]}-oppdrag-{number}",
        "title": life.voice.trade.title,
        "ip": address(life),
    }


def _wish(life: Life) -> None:
    """Let a few people want no automated matching, and some of them want it again."""
    if not life.chance(_MATCHING_OUT_SHARE):
        return
    at = life.gap(30.0)
    life.say(at, MatchingOptedOut.TOPIC, {})
    if life.chance(_MATCHING_IN_SHARE):
        life.say(at + life.gap(40.0), MatchingOptedIn.TOPIC, {})
