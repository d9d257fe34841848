"""What the requirement table must be, as rules that name each fault.

A row is kept or offered only if a test that runs carries its number. A planned one says what it
waits for, and what is there already if a test shows that. Nothing is quoted: the promises are the
controllers' own notices, told in other words.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house.requirements import CONTROLLERS, Row, State, Table, inherited_classes
from tests.house.tree import ROOT

ROWS = tuple(f"A{n}" for n in range(1, 220))
TRAPS = tuple(f"T{n}" for n in range(1, 19))
ORGANISATIONAL_MAX = 25
"""More would hide behind the agencies what the software owes."""

QUOTED_WORDS_MAX = 5

_SHOWN = {State.KEPT, State.OFFERED}
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.;:!?]")
_NORWEGIAN = re.compile(
    "og|av|som|til|med|på|ikke|vi|deg|din|ditt|dine|oss|vår|våre|eller|er|blir|ble|fra|ved|når|hvis"
    "|kan|skal|vil|har|hvor|hva|hvordan|også|etter|før|slik|dette|disse|denne|du|den|det|meg|seg"
    "|sin|sine|å|en|et|de|hos|mellom|uten|gjennom|samt|bare|alle|noen|hver|opplysninger|\\w*[æøå]\\w*"
)
_ENGLISH = re.compile(
    "an|the|of|are|was|were|been|and|or|in|with|from|that|this|it|its|she|who|whom|which|what|when"
    "|where|not|no|nobody|as|than|then|each|every|has|have|does|may|must|will|would|can|cannot"
)
"""Words that are English and not Norwegian: her, to, by, so and is are both."""
_FOREIGN_MARK = re.compile(r"[«»“”„]|\b00[0-4]([_:]|\b)")
"""Quotation marks, and the numbers that files of sources begin with."""


def faults(table: Table) -> list[str]:
    """Return what is wrong, a short sentence each; nothing if the table is as it must be."""
    return [fault for rule in RULES for fault in rule(table)]


def _numbering(table: Table) -> Iterator[str]:
    for found, wanted in ((table.rows, ROWS), (table.traps, TRAPS)):
        if tuple(row.number for row in found) != wanted:
            yield f"{wanted[0]} to {wanted[-1]} are not there once each, in order"


def _owners(table: Table) -> Iterator[str]:
    for row in table.entries:
        if not row.controllers or not set(row.controllers) <= set(CONTROLLERS):
            yield f"{row.number} concerns no known controller"


def _wording(table: Table) -> Iterator[str]:
    for row in table.rows:
        if not row.promise or row.trap or row.answer:
            yield f"{row.number} is a promise and nothing else"
    for row in table.traps:
        if not row.trap or not row.answer or row.promise:
            yield f"{row.number} is a trap and what is done about it"


def _shown(table: Table) -> Iterator[str]:
    for row in table.entries:
        if row.state in _SHOWN and not table.shown_by(row):
            yield f"{row.number} is {row.state} and no test shows it"
        if row.state in _SHOWN and not row.place:
            yield f"{row.number} is {row.state} and names no place"
        if row.state is State.ORGANISATIONAL and table.shown_by(row):
            yield f"{row.number} is organisational and a test shows it"


def _waiting(table: Table) -> Iterator[str]:
    for row in table.entries:
        if (row.state is State.PLANNED) != bool(row.waits_for):
            yield f"{row.number} is {row.state}: only what is planned waits for a part"
        if row.state is not State.PLANNED and row.so_far:
            yield f"{row.number} is {row.state} and tells what is there so far"
        if row.state is State.PLANNED and table.shown_by(row) and not row.place:
            yield f"{row.number} is begun and names no place"
        if row.state is State.PLANNED and table.shown_by(row) and not (row.so_far or row.answer):
            yield f"{row.number} is begun and does not tell what is there"


def _parts(table: Table) -> Iterator[str]:
    waited = {part for row in table.entries for part in row.waits_for}
    yield from (f"{part} is no part" for part in sorted(waited - set(table.parts)))
    yield from (f"nothing waits for {part}" for part in sorted(set(table.parts) - waited))


def _organisational(table: Table) -> Iterator[str]:
    if len(table.in_state(State.ORGANISATIONAL)) > ORGANISATIONAL_MAX:
        yield f"more than {ORGANISATIONAL_MAX} rows are organisational"
    for row in table.entries:
        if (row.state is State.ORGANISATIONAL) != bool(row.reason):
            yield f"{row.number} is {row.state}: what is organisational has a reason"


def _places(table: Table) -> Iterator[str]:
    for row in table.entries:
        yield from (f"{row.number}: {p} is not there" for p in row.place if not _is_there(p))


def _is_there(place: str) -> bool:
    return (ROOT / place).exists()


def _marks(table: Table) -> Iterator[str]:
    known = {row.number for row in table.entries}
    run = inherited_classes()
    for mark in table.marks:
        if mark.number not in known:
            yield f"{mark.test} shows {mark.number}, which is no row"
        if not mark.test.startswith("test_"):
            yield f"{mark.test} is marked and no test"
        if not Path(mark.path).name.startswith("test_") and mark.owner not in run:
            yield f"{mark.test} is marked and never run"
    pairs = Counter((mark.number, mark.path, mark.owner, mark.test) for mark in table.marks)
    yield from (f"{key[3]} shows {key[0]} twice" for key, count in pairs.items() if count > 1)


def _quotes(table: Table) -> Iterator[str]:
    for row in table.entries:
        yield from (f"{row.number} quotes" for text in row.texts if quotes(text))


def quotes(text: str) -> bool:
    """Tell whether a text has quotation marks, or more than five Norwegian words on end.

    A run is Norwegian if it has two words that are Norwegian alone and none that is English
    alone. Names of things in another language stay below that.
    """
    if _FOREIGN_MARK.search(text):
        return True
    return any(map(_is_norwegian, _runs(text)))


def _runs(text: str) -> Iterator[list[str]]:
    window = QUOTED_WORDS_MAX + 1
    for sentence in _SENTENCE.split(text.casefold()):
        words = _WORD.findall(sentence)
        yield from (words[start : start + window] for start in range(len(words) - window + 1))


def _is_norwegian(run: list[str]) -> bool:
    norwegian = [word for word in run if _NORWEGIAN.fullmatch(word)]
    return len(norwegian) > 1 and not any(map(_ENGLISH.fullmatch, run))


RULES: tuple[Callable[[Table], Iterator[str]], ...] = (
    _numbering,
    _owners,
    _wording,
    _shown,
    _waiting,
    _parts,
    _organisational,
    _places,
    _marks,
    _quotes,
)


def find(table: Table, number: str) -> Row:
    """Return the row or trap of a number."""
    return next(row for row in table.entries if row.number == number)
