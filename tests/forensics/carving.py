"""An attacker who needs no database: it carves wrapped keys out of raw bytes.

In a heap page and in the write-ahead log a short value stands behind one byte that tells its
length, in a dump in hexadecimal. Whatever has the length of a wrapped key and looks random is tried
in the place of every key whose name was ever known, under every key that was found so far.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from infra.proof.scan import walk
from tests.keys.attacker import Attacker, Row

KEY, ENTRY, FOLDED_ENTRY = 60, 76, 108
"""The lengths of a wrapped key, and of a look-up without and with a folded form."""

_NAMES = {
    "controller_key": ("controller", "root_version"),
    "pepper": ("controller", "epoch"),
    "cohort": ("controller", "number", "generation"),
    "dek": ("subject", "key_id", "category", "epoch"),
    "lookup": ("controller", "kind", "token"),
    "loose_bucket": ("controller", "bucket", "purpose"),
    "loose_key": ("bucket", "key_id", "item"),
}
"""What names a key's place: the clear columns its AAD is made of."""

_BYTES = {
    size: re.compile(b"%b(?=(.{%d}))" % (re.escape(bytes([(size + 1) * 2 + 1])), size), re.DOTALL)
    for size in (KEY, ENTRY, FOLDED_ENTRY)
}
_TEXT = {size: re.compile(rb"\\x([0-9a-f]{%d})\b" % (size * 2)) for size in _BYTES}


def carved(root: Path) -> dict[int, set[bytes]]:
    """Return what could be a wrapped key, by length, out of every file below a directory."""
    found: dict[int, set[bytes]] = {size: set() for size in _BYTES}
    for content in contents(root):
        for size, into in found.items():
            into.update(_candidates(content, size))
    return found


def contents(root: Path) -> Iterator[bytes]:
    """Read every file, each content once: base backups are alike for the greater part."""
    seen = set()
    for path in walk(root):
        content = path.read_bytes()
        digest = sha256(content).digest()
        if digest not in seen:
            seen.add(digest)
            yield content


def _candidates(content: bytes, size: int) -> Iterator[bytes]:
    for match in _BYTES[size].finditer(content):
        # Random bytes repeat seldom: 60 of them hold 53 different ones on the average.
        if len(set(match[1])) >= size * 2 // 3:
            yield match[1]
    for match in _TEXT[size].finditer(content):
        yield bytes.fromhex(match[1].decode())


@dataclass
class Carver(Attacker):
    """Tries every candidate in every place that had a name in any copy of the rows."""

    candidates: dict[int, set[bytes]] | None = None

    def _all(self, table: str) -> Iterator[Row]:
        assert self.candidates is not None
        if table == "subject":
            return super()._all(table)
        sizes = (ENTRY, FOLDED_ENTRY) if table == "lookup" else (KEY,)
        tried = [each for size in sizes for each in self.candidates[size]]
        named = {tuple(row[name] for name in _NAMES[table]): row for row in super()._all(table)}
        return ({**row, "wrapped": each} for row in named.values() for each in tried)
