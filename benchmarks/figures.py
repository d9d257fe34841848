"""What is measured, what was wanted, and whether it was met."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Want(StrEnum):
    """The side of a goal on which a figure is good."""

    AT_LEAST = ">="
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound, and the side of it that is good."""

    want: Want
    bound: float

    def met(self, value: float) -> bool:
        """Say whether a value is on the good side."""
        return value >= self.bound if self.want is Want.AT_LEAST else value <= self.bound


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line; ``goal`` is None for what is printed to be read beside the others."""

    row: str
    what: str
    value: float
    unit: str
    goal: Goal | None = None

    def as_json(self) -> dict[str, object]:
        """Give the figure's documented shape."""
        return {
            "row": self.row,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "goal": None if self.goal is None else f"{self.goal.want} {self.goal.bound:g}",
            "met": None if self.goal is None else self.goal.met(self.value),
        }


class Samples:
    """Values of several rounds by name."""

    def __init__(self) -> None:
        self._values: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, name: str, value: float) -> None:
        """Add one round's value."""
        self._values[name].append(value)

    def has(self, name: str) -> bool:
        """Say whether any round had this value."""
        return name in self._values

    def median(self, name: str) -> float:
        """Return the median over the rounds."""
        return median(self._values[name])

    def ratio(self, above: str, below: str) -> float:
        """Return the median over the rounds of one value divided by another of the same round."""
        pairs = zip(self._values[above], self._values[below], strict=True)
        return median([one / other for one, other in pairs])


def rounds_of(count: int, one: Callable[[int, Samples], None]) -> Samples:
    """Do a round once to warm up, then ``count`` times; rounds are numbered from 0."""
    one(0, Samples())
    samples = Samples()
    for number in range(1, count + 1):
        one(number, samples)
    return samples


def at_least(bound: float) -> Goal:
    """Want a value of ``bound`` or more."""
    return Goal(Want.AT_LEAST, bound)


def at_most(bound: float) -> Goal:
    """Want a value of ``bound`` or less."""
    return Goal(Want.AT_MOST, bound)


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """Lay the figures out, a line each, under a heading for each row of the design."""
    row = ""
    for figure in figures:
        if figure.row != row:
            row = figure.row
            yield f"\n{row}"
        yield f"  {figure.what:<66} {_number(figure):>14}  {_verdict(figure)}".rstrip()


def _number(figure: Figure) -> str:
    digits = 0 if figure.value >= 1_000 else 2
    return f"{figure.value:,.{digits}f} {figure.unit}"


def _verdict(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    met = "met" if figure.goal.met(figure.value) else "NOT MET"
    return f"goal {figure.goal.want} {figure.goal.bound:,g}: {met}"
