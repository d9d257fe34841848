"""How answers look on a terminal of 80 columns: people, a dossier, a board, a timeline."""

from collections.abc import Sequence

from domain.application import Status
from infra.cli.rendering import Row, day, minute, sentence, shown, value_rows
from infra.cli.session import Session
from infra.views.queries.answers import ValueState
from infra.views.queries.board import Board
from infra.views.queries.cards import Card
from infra.views.queries.find import Summary
from infra.views.queries.show import Application, Dossier, Slot
from infra.views.queries.timeline import Happening, TimelinePage

_APPLICATION_SLOTS = "application/"


def print_people(session: Session, people: Sequence[tuple[str, Summary]]) -> None:
    """Print people, three lines each: who, where they stand, and their id."""
    words, out = session.words, session.out
    for slug, one in people:
        title = shown(words, one.name)
        if one.headline.state is not ValueState.PRESENT or one.headline.value is not None:
            title = f"{title}, {shown(words, one.headline)}"
        out.heading(title)
        status = words.text("state", one.status.value)
        counted = words.text("found", "applications", count=one.applications)
        out.line(f"  {slug}  {status}  {counted}")
        out.line(f"  {one.subject}")
    if len(people) == 1:
        out.line(words.text("found", "next", subject=people[0][1].subject))


def print_dossier(session: Session, dossier: Dossier) -> None:
    """Print a dossier: who and where she stands, her applications, then slot by slot."""
    words, out = session.words, session.out
    standing = dossier.standing
    out.heading(f"{shown(words, dossier.name)}  ({words.text('state', standing.status.value)})")
    out.line(str(dossier.subject))
    out.line(words.text("dossier", "sources", sources=", ".join(standing.sources)))
    if standing.erased_at is not None:
        out.line(words.text("dossier", "erased_at", when=minute(standing.erased_at)))
    if standing.restricted:
        out.line(words.text("dossier", "restricted"))
    if len(dossier.streams) > 1:
        others = ", ".join(str(one) for one in dossier.streams[1:])
        out.line(words.text("dossier", "merged", others=others))
    if standing.erased_at is None and standing.erased_categories:
        named = ", ".join(words.category(name) for name in standing.erased_categories)
        out.line(words.text("dossier", "erased_categories", categories=named))
    _print_applications(session, dossier)
    for slot in dossier.slots:
        if not slot.slot.startswith(_APPLICATION_SLOTS):
            _print_slot(session, slot)
    if not dossier.complete:
        out.line(words.text("dossier", "more"))


def _print_slot(session: Session, slot: Slot) -> None:
    rows = value_rows(session.words, slot.values)
    if rows:
        told = sentence(session.words, slot.topic, slot.source, slot.clear)
        session.out.entry(f"{told}, {day(slot.occurred_at)}", rows)


def _print_applications(session: Session, dossier: Dossier) -> None:
    words = session.words
    slots = {slot.slot.removeprefix(_APPLICATION_SLOTS): slot for slot in dossier.slots}
    rows = []
    for one in dossier.applications:
        slot = slots.get(str(one.application_id))
        told = [shown(words, value) for value in slot.values] if slot else []
        since = words.text("dossier", "since", when=day(one.since))
        kind = f" ({words.text('kind', one.kind.value)})" if one.kind else ""
        rows.append((lane(session, one), "\n".join([*told, f"{since}{kind}"])))
    if rows:
        session.out.entry(words.text("dossier", "applications"), rows)


def lane(session: Session, one: Application) -> str:
    """Name the column an application stands in: its stage while active, else its status."""
    if one.status is Status.ACTIVE:
        return session.words.text("stage", one.stage.value)
    return session.words.text("state", one.status.value)


def print_board(session: Session, result: Board) -> None:
    """Print a board column by column; empty ones by their name and count alone."""
    for column in result.columns:
        session.out.heading(f"{column_name(session, column.name)}  {column.count}")
        rows = [_card(session, card) for card in column.cards]
        if rows:
            session.out.cards(rows)
        left = column.count - len(rows)
        if left > 0:
            session.out.line("  " + session.words.text("board", "more", count=left))


def column_name(session: Session, name: str) -> str:
    """Name a board's column in the language of the session."""
    group = "stage" if name in session.words.texts["stage"] else "state"
    return session.words.text(group, name)


def _card(session: Session, card: Card) -> tuple[str, str, str]:
    words = session.words
    return shown(words, card.name), shown(words, card.title), str(card.subject)


def print_timeline(session: Session, page: TimelinePage) -> None:
    """Print a person's facts, a sentence each, its values under it."""
    words, out = session.words, session.out
    out.line(str(page.subject))
    out.story(words.text("timeline", "when"), [_told(session, one) for one in page.happenings])
    if page.after is not None:
        out.line(words.text("timeline", "more", subject=page.subject, after=page.after))


def _told(session: Session, one: Happening) -> tuple[str, str, list[Row]]:
    words = session.words
    told = sentence(words, one.topic, one.source, one.clear)
    return minute(one.occurred_at), told, value_rows(words, one.values)
