"""How the demonstration tells what time and a wish did: its lines, its table, its document."""

from infra.cli.session import Session
from infra.demo.silence import AGENCY, EMPLOYER, Silence, Silent, Tried
from infra.demo.wish import Wish
from infra.proof.tokens import Trial

Document = dict[str, object]


def say(session: Session, key: str, **values: object) -> None:
    """Tell a line of the story; what belongs to a numbered line stands under it."""
    if not session.out.as_json:
        told = session.words.text("demo", key, **values)
        session.out.told(told if told[0].isdigit() or key == "kept" else f"   {told}")


def tell_silence(session: Session, silence: Silence) -> None:
    """Tell the two nights, and what they left to open."""
    approached, signed_in = silence.approached, silence.signed_in
    say(
        session,
        "silent",
        employer=EMPLOYER,
        agency=AGENCY,
        approached=approached.since,
        signed_in=signed_in.since,
    )
    say(session, "eve", count=silence.overdue)
    say(session, "expired", day=approached.erase_on, employer=EMPLOYER)
    say(session, "waits", agency=AGENCY, day=signed_in.erase_on)
    if not session.out.as_json:
        _print_silence(session, silence)


def tell_wish(session: Session, wish: Wish) -> None:
    """Tell of the opt-out, and of the two who came after."""
    say(session, "wish", tried=wish.before.tried, opened=wish.after.opened, employer=EMPLOYER)
    say(session, "found", count=wish.found_again.refused["suppressed"])
    say(session, "welcome", count=wish.applied.recorded)


def silence_of(silence: Silence) -> Document:
    """Give the documented shape."""
    return {
        "approached": _silent(silence.approached),
        "signed_in": _silent(silence.signed_in),
        "before": _tried(silence.before),
        "eve": _tried(silence.eve),
        "after": _tried(silence.after),
        "overdue": silence.overdue,
        "expired": silence.expired,
        "again": silence.again,
    }


def wish_of(wish: Wish) -> Document:
    """Give the documented shape."""
    return {
        "before": _counted(wish.before),
        "after": _counted(wish.after),
        "found_again": wish.found_again.as_json(),
        "applied": wish.applied.as_json(),
    }


def trial_of(trial: Trial) -> Document:
    """Give the documented shape of a trial of the whole log."""
    return {**_counted(trial), "digest": trial.digest}


def _print_silence(session: Session, silence: Silence) -> None:
    words = session.words
    moments = {"before": silence.before, "eve_of": silence.eve, "after": silence.after}
    rows = [
        (
            words.text("demo", when),
            *[
                words.text("demo", "opened", opened=trial.opened, tried=trial.tried)
                for trial in (tried.approached, tried.signed_in)
            ],
        )
        for when, tried in moments.items()
    ]
    session.out.table(["", EMPLOYER, AGENCY], rows)


def _silent(one: Silent) -> Document:
    return {
        "subject": one.subject,
        "since": one.since.isoformat(),
        "erase_on": one.erase_on.isoformat(),
    }


def _tried(tried: Tried) -> Document:
    return {"approached": _counted(tried.approached), "signed_in": _counted(tried.signed_in)}


def _counted(trial: Trial) -> Document:
    return {"tried": trial.tried, "opened": trial.opened}
