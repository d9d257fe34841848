"""Writes ``docs/requirements.md`` from the requirement table: ``make requirements``."""

import sys
from collections.abc import Iterator, Sequence

from schemas.controllers import controllers
from tests.house.requirements import CONTROLLERS, Mark, Row, State, Table, read_table
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "requirements.md"

_HEAD = """# Requirements

What five controllers promise the people in their files, in the words of this project, and what
each promise has come to. This page is made by `make requirements` from the files in
[`requirements/`](requirements) and from the tests that carry a row's number.

A row is kept in three steps: mark the test that shows it with
`@pytest.mark.requirement("A111")`, set the row's state and the place in the code, and make this
page anew. A row that nothing shows cannot be called kept, and no promise can be left out.

| state | means |
|---|---|
| kept | the software does it, and a test shows it |
| offered | the software offers it, and a test shows that; the agency must use it |
| organisational | not for software to do; the reason stands beside it |
| planned | not there yet; the part it waits for stands beside it |
| *begun* | planned, and a test shows the part that is there |
"""
_TRAPS_HEAD = """## Traps

Where the promises contradict each other, or mislead whoever builds by them.

| | trap | what is done about it | state | shown by, or waits for |
|---|---|---|---|---|"""
_ROWS_HEAD = """| | promise | state | shown by, or waits for |
|---|---|---|---|"""


def page(table: Table) -> str:
    """Write the whole page."""
    blocks = [_HEAD, _counts(table), _parts(table)]
    blocks += [_section(table, slug) for slug in CONTROLLERS]
    blocks.append("\n".join([_TRAPS_HEAD, *(_trap(table, row) for row in table.traps)]))
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks)


def _counts(table: Table) -> str:
    names = {controller.slug: controller.name for controller in controllers()}
    lines = ["## How far it is", "", "| controller | rows | kept | offered | organisational |"]
    lines[-1] += " planned | of these begun |"
    lines.append("|---|---|---|---|---|---|---|")
    for slug in CONTROLLERS:
        heading = f"[{names[slug]}](#{slug})"
        lines.append(_count(table, heading, [r for r in table.rows if r.controllers[0] == slug]))
    lines.append(_count(table, "all", table.rows))
    lines.append(_count(table, "[traps](#traps)", table.traps))
    return "\n".join(lines)


def _count(table: Table, heading: str, rows: Sequence[Row]) -> str:
    counts = [sum(row.state is state for row in rows) for state in State]
    begun = sum(row.state is State.PLANNED and bool(table.shown_by(row)) for row in rows)
    return "| " + " | ".join(map(str, [heading, len(rows), *counts, begun])) + " |"


def _parts(table: Table) -> str:
    lines = ["## What the planned rows wait for", "", "| part | what it is | rows | traps |"]
    lines.append("|---|---|---|---|")
    for part, meaning in sorted(table.parts.items()):
        waiting = [sum(part in r.waits_for for r in rows) for rows in (table.rows, table.traps)]
        lines.append(f"| {part} | {meaning} | {waiting[0]} | {waiting[1]} |")
    return "\n".join(lines)


def _section(table: Table, slug: str) -> str:
    rows = [row for row in table.rows if row.controllers[0] == slug]
    return "\n".join([f"## {slug}", "", _ROWS_HEAD, *(_row(table, row) for row in rows)])


def _row(table: Table, row: Row) -> str:
    return f"| {row.number} | {row.promise} | {_state(table, row)} | {_evidence(table, row)} |"


def _trap(table: Table, row: Row) -> str:
    state, evidence = _state(table, row), _evidence(table, row)
    return f"| {row.number} | {row.trap} | {row.answer} | {state} | {evidence} |"


def _state(table: Table, row: Row) -> str:
    begun = row.state is State.PLANNED and table.shown_by(row)
    return "*begun*" if begun else row.state.value


def _evidence(table: Table, row: Row) -> str:
    return "<br>".join(_told(table, row))


def _told(table: Table, row: Row) -> Iterator[str]:
    if row.so_far or row.reason:
        yield row.so_far or row.reason
    if row.waits_for:
        yield "Waits for " + ", ".join(row.waits_for) + "."
    yield from map(_link, table.shown_by(row))
    if row.place:
        yield "In " + ", ".join(f"[`{place}`](../{place})" for place in row.place) + "."


def _link(mark: Mark) -> str:
    return f"[{mark.test.removeprefix('test_').replace('_', ' ')}](../{mark.path})"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(read_table()))
    sys.stdout.write(f"Wrote {PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
