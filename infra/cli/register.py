"""``erasures``: the register a privacy officer keeps; clear facts only, nothing is opened."""

from typing import Annotated

import typer

from domain.values import Instant, iso_of
from infra.cli.options import AsJson, ControllerName
from infra.cli.rendering import minute
from infra.cli.session import Session, begin, chosen, entered
from infra.views.queries.desk import Asker
from infra.views.queries.erasures import ErasuresPage
from infra.views.queries.erasures import erasures as register
from projections.erasures import ErasureProgress, ErasureRow

_NOBODY = "register"


def erasures(
    context: typer.Context,
    *,
    controller: ControllerName = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="Erasures of a controller shown.")
    ] = 20,
    before: Annotated[
        int | None, typer.Option("--before", min=1, help="Go on before this log position.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List who was erased, when and how far: by id, the latest first.

    Counts and times only; nothing of the erased can be told. An erasure under way shows the step
    it has reached. What waits for a second person is answered by: approve, decline.

    Example: glemmebok erasures --controller toptemp
    """
    if context.invoked_subcommand is not None:
        return
    session = begin(as_json=as_json)
    with entered(session) as house:
        pages = {
            house.slug_of(one): register(house.desk(), Asker(one, _NOBODY, _NOBODY), limit, before)
            for one in chosen(house, controller)
        }
    if as_json:
        session.out.result({"controllers": {slug: _document(p) for slug, p in pages.items()}})
    else:
        _print(session, pages)


def _print(session: Session, pages: dict[str, ErasuresPage]) -> None:
    out = session.out
    if not any(page.erasures for page in pages.values()):
        out.line(session.words.text("empty", "erasures"))
    for slug, page in pages.items():
        for row in page.erasures:
            out.heading(f"{row.subject}  {slug}")
            out.line(f"  {_told(session, row)}")
        if page.before is not None:
            out.note(f"--controller {slug} --before {page.before}")


def _told(session: Session, row: ErasureRow) -> str:
    """Tell in a line how far an erasure is, and its scope when that is one category."""
    words = session.words
    if row.progress is ErasureProgress.DECLINED:
        told = words.text("register", "declined")
    elif row.destroyed_at is None:
        told = words.text("register", "under_way", progress=row.progress.value)
    else:
        when = minute(row.destroyed_at)
        told = words.text("register", "erased", when=when, keys=row.keys_destroyed)
    if row.category is None:
        return told
    return f"{told}, {words.text('register', 'category', category=words.category(row.category))}"


def _document(page: ErasuresPage) -> dict[str, object]:
    return {"erasures": [_row(row) for row in page.erasures], "before": page.before}


def _row(row: ErasureRow) -> dict[str, object]:
    return {
        "erasure_id": row.erasure_id,
        "subject": row.subject,
        "progress": row.progress.value,
        "category": row.category,
        "reason": row.reason.value if row.reason else None,
        "recipients": list(row.recipients),
        "requested_at": _when(row.requested_at),
        "ordered_at": _when(row.ordered_at),
        "unreadable_since": _when(row.destroyed_at),
        "erased_at": _when(row.erased_at),
        "keys_destroyed": row.keys_destroyed,
        "tokens_tried": row.tokens_probed,
        "tokens_opened": row.tokens_opened,
        "journal_sequence": row.journal_sequence,
    }


def _when(instant: Instant | None) -> str | None:
    return None if instant is None else iso_of(instant)
