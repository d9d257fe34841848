"""Writes ``docs/reliability.md`` from the places of the crash tests: ``make reliability``."""

import sys
from collections import Counter
from collections.abc import Iterable

from tests.crashes.judging import CHECKS, GIVEN_UP, Check
from tests.crashes.places import PLACES, Place, Point, Side, Work
from tests.crashes.plans import SEEDS, plan
from tests.house.consumption_page import section
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reliability.md"

_HEAD = f"""# Reliability

What comes of work whose process dies in the middle of it. This page is made by `make reliability`
from the points at which [the crash tests](../tests/crashes) kill: it can list none that is not
tried.

A process of its own opens a house on a real PostgreSQL, works, and is ended with `kill -9` at one
passing of one point: before a step, or after it, when nobody has been told yet. Then the same
command is given again, as an operator would, until it goes through; up to two more processes die
on the way. {SEEDS} seeds for each kind of work choose the point (each in its turn), the passing,
the people and the size of their pages, the minute or the day that goes by between the attempts,
and where it dies again. In the end the house is compared with one in which nobody was killed.

A failure names its seed: `pytest tests/crashes -k "ingest and seed-17"` repeats that one.

The numbers say how many seeds kill there first. Steps marked *open* lie inside a transaction: what
was done there was never committed.
"""
_WORKS = {
    Work.INGEST: "Ingest: a house looks after itself, then takes feeds in.",
    Work.PROJECTION: "Projection: the views follow the log, then each is rebuilt beside itself.",
    Work.ERASURE: "Erasure: whole persons and single categories, some with a closing letter.",
    Work.SWEEP: "Sweep: warnings, and the erasures that retention asks for.",
}


def page() -> str:
    """Write the whole page."""
    blocks = [_HEAD, *[_work(work) for work in Work]]
    given_up = _list("## Never begun again", GIVEN_UP)
    about = "An ingest is killed while people have keys and no facts yet, and its file given up."
    given_up = given_up.replace("\n\n", f"\n\n{about}\n\n", 1)
    return "\n".join([*blocks, given_up, section()])


def _work(work: Work) -> str:
    firsts = Counter(plan(work, seed).first.point for seed in range(SEEDS))
    title, _, what = _WORKS[work].partition(": ")
    lines = [f"## {title}", "", what[0].upper() + what[1:], ""]
    lines += ["| step | | killed before | killed after |", "|---|---|---|---|"]
    lines += [_row(place, firsts) for place in PLACES[work]]
    return "\n".join(lines) + "\n\n" + _list("Afterwards:", CHECKS[work])


def _row(place: Place, firsts: Counter[Point]) -> str:
    counts = [str(firsts[Point(place.name, side)]) for side in Side]
    return "| " + " | ".join([place.words, "*open*" if place.inside else "", *counts]) + " |"


def _list(heading: str, checks: Iterable[Check]) -> str:
    return "\n".join([heading, "", *(f"- {check.words}" for check in checks)]) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())
    sys.stdout.write(f"Wrote {PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
