"""The part of ``docs/reliability.md`` about Kafka, from the places and the matrix of its tests."""

from collections import Counter
from collections.abc import Iterator

from tests.kafka.crashes.judging import CHECKS
from tests.kafka.crashes.matrix import CELLS, OTHERS, UNTRIED, Cell, Fault, same_as
from tests.kafka.crashes.places import PLACES, POINTS, Place, Point, Side
from tests.kafka.crashes.plans import SEEDS, plan

_HEAD = f"""## Consume

A member of a group reads a topic of a real Kafka. In each of {SEEDS} seeds processes die one after
the other, by `kill -9`, at every point below, in an order that is drawn; the next one takes the
dead one's place or joins another group, while more is told. The numbers say how many processes die
there; where none does, the words say which point is the same. A failure is repeated by
`pytest tests/kafka/crashes -k seed-17`.
"""
_MATRIX = """### Every fault at every step

`T` is a test, `R` a reason why there is none; both are listed below. The first four faults are
tried at every point of the step that the table above tries.
"""
_OTHERS = """### Faults that belong to no step

| fault | shown by |
|---|---|"""


def section() -> str:
    """Write the section."""
    return "\n".join([_HEAD, *_points(), *_afterwards(), _MATRIX, *_matrix(), *_others()]) + "\n"


def holes() -> list[str]:
    """Name the steps and faults that have neither a test nor a reason, and sides nobody tries."""
    found = [
        f"{place}: {fault.value}"
        for (place, fault), cell in CELLS.items()
        if cell is None or not (cell.tests or cell.reason)
    ]
    sides = [Point(place.name, side) for place in PLACES for side in Side]
    untried = [p for p in sides if p not in POINTS and same_as(p.place, p.side) is None]
    return found + [f"nobody is killed {point}" for point in untried]


def named_tests() -> frozenset[str]:
    """Name every test that the section leans on."""
    cells = {test for cell in CELLS.values() if cell is not None for test in cell.tests}
    return frozenset(cells | {test for tests in OTHERS.values() for test in tests})


def _points() -> Iterator[str]:
    deaths = Counter(kill.point for seed in range(SEEDS) for kill in plan(seed).kills)
    yield "| step | what happens | | killed before | killed after |"
    yield "|---|---|---|---|---|"
    for place in PLACES:
        cells = [_deaths(place, side, deaths) for side in Side]
        inside = "*open*" if place.inside else ""
        yield f"| `{place.name}` | {place.words} | {inside} | {' | '.join(cells)} |"
    yield ""


def _deaths(place: Place, side: Side, deaths: Counter[Point]) -> str:
    point = Point(place.name, side)
    return str(deaths[point]) if point in POINTS else str(same_as(place.name, side))


def _afterwards() -> Iterator[str]:
    yield "Afterwards:"
    yield ""
    for check in CHECKS:
        words = str(check.__doc__).rstrip(".")
        yield f"- {words[0].lower()}{words[1:]}"
    yield ""


def _matrix() -> Iterator[str]:
    tests, reasons = _numbered("T", named_in_cells()), _numbered("R", reasons_in_cells())
    yield "| step | " + " | ".join(Fault) + " |"
    yield "|---" * (len(Fault) + 1) + "|"
    for place in PLACES:
        cells = [_cell(CELLS[place.name, fault], tests, reasons) for fault in Fault]
        yield f"| `{place.name}` | {' | '.join(cells)} |"
    yield ""
    yield from (f"- {mark}: `{test}`" for test, mark in tests.items())
    yield from (f"- {mark}: {reason}" for reason, mark in reasons.items())
    yield ""


def named_in_cells() -> list[str]:
    """Name the matrix's tests in the order of its cells."""
    return [test for cell in CELLS.values() if cell is not None for test in cell.tests]


def reasons_in_cells() -> list[str]:
    """Give the matrix's reasons in the order of its cells."""
    return [cell.reason for cell in CELLS.values() if cell is not None and cell.reason]


def _numbered(mark: str, found: list[str]) -> dict[str, str]:
    return {one: f"{mark}{number}" for number, one in enumerate(dict.fromkeys(found), 1)}


def _cell(cell: Cell | None, tests: dict[str, str], reasons: dict[str, str]) -> str:
    if cell is None:
        return "**hole**"
    return ", ".join([tests[test] for test in cell.tests]) or reasons[cell.reason]


def _others() -> Iterator[str]:
    yield _OTHERS
    for fault, tests in OTHERS.items():
        yield f"| {fault} | {'<br>'.join(f'`{test}`' for test in tests)} |"
    yield ""
    yield "### What is not tried"
    yield ""
    yield from (f"- {limit}" for limit in UNTRIED)
