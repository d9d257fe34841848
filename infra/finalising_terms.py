"""When a house finalises, as its settings say it in words."""

GRACE_HOURS_MAX = 90 * 24
"""An erasure is to be final in backups within three months at the latest."""

FINALISE_HOUR = 4
"""After the night's sweep, so that what it erased is final by the morning."""

_HOUR_MAX = 23
_NEVER = "never"


class BadTerm(ValueError):  # noqa: N818 - what was given
    """The text says no such thing; the message says what it should."""


def read_grace_hours(given: str) -> int:
    """Read the hours between carrying the keys and destroying the old root.

    Raises:
        BadTerm: it is no such number.
    """
    if not given.isdecimal() or int(given) > GRACE_HOURS_MAX:
        message = f"is not a whole number of hours from 0 to {GRACE_HOURS_MAX}"
        raise BadTerm(message)
    return int(given)


def read_finalise_hour(given: str | None, *, token: bool) -> int | None:
    """Read the hour of the daily finalisation; None for never.

    Without a word it is done where a ``token`` holds the root: a file is rewritten as well as can
    be, which is no promise to make every older backup dead for, unasked.

    Raises:
        BadTerm: it is no hour of a day.
    """
    if given is None:
        return FINALISE_HOUR if token else None
    if given == _NEVER:
        return None
    if not given.isdecimal() or int(given) > _HOUR_MAX:
        message = f"is not an hour from 0 to {_HOUR_MAX}, or {_NEVER}"
        raise BadTerm(message)
    return int(given)
