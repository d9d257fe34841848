"""``funnel``: statistics of applications that name nobody; no key is used."""

from typing import Annotated

import typer

from infra.cli.options import AsJson, ControllerName
from infra.cli.printing import column_name
from infra.cli.session import begin, chosen, entered
from infra.views.queries.board import COLUMNS
from infra.views.queries.desk import Asker
from infra.views.queries.funnel import MONTHS_MAX, SMALLEST_CELL, Month
from infra.views.queries.funnel import funnel as funnel_query

_NOBODY = "statistics"


def funnel(
    *,
    controller: ControllerName = None,
    months: Annotated[
        int, typer.Option("--months", metavar="N", min=1, max=MONTHS_MAX, help="Months shown.")
    ] = 12,
    as_json: AsJson = False,
) -> None:
    """Count applications by the month they were sent and where they stand now; nobody is named.

    An erasure changes no count. Fewer than five are told as "<5", and there are no sums.

    Example: glemmebok funnel --controller toptemp --months 6
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        found = {
            house.slug_of(one): funnel_query(house.desk(), Asker(one, _NOBODY, _NOBODY), months)
            for one in chosen(house, controller)
        }
    if as_json:
        session.out.result(
            {
                "smallest_cell": SMALLEST_CELL,
                "controllers": [
                    {"controller": slug, "months": [_document(one) for one in told]}
                    for slug, told in found.items()
                ],
            }
        )
        return
    words = session.words
    headings = [words.text("column", "month"), *[column_name(session, c) for c in COLUMNS]]
    for slug, told in found.items():
        rows = [[one.month, *[_cell(one, column) for column in COLUMNS]] for one in told]
        if rows:
            session.out.table(headings, rows, slug)
        else:
            session.out.line(f"{slug}: {words.text('empty', 'board')}")


def _cell(month: Month, column: str) -> str:
    count = month.counts.get(column, 0)
    return f"<{SMALLEST_CELL}" if count is None else str(count)


def _document(month: Month) -> dict[str, object]:
    return {"month": month.month, "counts": {c: _cell(month, c) for c in COLUMNS}}
