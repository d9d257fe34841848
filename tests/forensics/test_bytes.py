"""Every kept byte is searched: for her plaintext, for keys without a wrapping, for what remains."""

from pathlib import Path

from infra.proof.scan import Scan, key_needles, needles_of, scan
from tests.forensics.evidence import FINAL, KNOWN, Evidence
from tests.keys.attacker import Row
from tests.proof.canaries import HER, OTHER

_PLENTY = 50_000_000
"""Three base backups with a write-ahead log are not smaller, in bytes."""


def searched(root: Path, needles: tuple[bytes, ...]) -> Scan:
    """Search, and see the search find a needle that was put there for it."""
    planted = root / "planted"
    planted.write_bytes(b"before" + needles[0] + b"after")
    found = scan(root, needles)
    planted.unlink()
    assert planted in found.found
    return Scan(found.files, found.size_bytes, tuple(p for p in found.found if p != planted))


def test_her_plaintext_is_in_no_kept_byte(evidence: Evidence) -> None:
    marks = [form for mark in (HER, OTHER) for form in (mark, mark.lower())]
    found = searched(evidence.kept, needles_of(marks))
    assert found.found == ()
    assert found.size_bytes > _PLENTY


def test_no_key_stands_unwrapped_in_any_kept_byte(
    evidence: Evidence, keys: frozenset[bytes]
) -> None:
    assert searched(evidence.kept, key_needles(keys)).found == ()


def test_a_root_stands_in_its_file_alone_and_an_old_one_nowhere(evidence: Evidence) -> None:
    (old,), (new,) = evidence.roots[KNOWN], evidence.roots[FINAL]
    home = evidence.settings.home
    assert searched(home, key_needles([old])).found == ()
    assert searched(home, key_needles([new])).found == (evidence.settings.root_key,)


def test_her_wrapped_keys_remain_in_old_copies_dead_rows_and_the_log(evidence: Evidence) -> None:
    """Nothing opens them, and nobody promises that they are gone."""
    wrapped = {row["wrapped"] for row in hers(evidence)}
    needles = (*wrapped, *(key.hex().encode() for key in wrapped))
    found = {path.relative_to(evidence.kept) for path in scan(evidence.kept, needles).found}
    assert {place_of(path) for path in found} == {
        ("known", "base"), ("known", "backup"), ("erased", "base"), ("final", "base"), ("wal",),
    }  # fmt: skip


def hers(evidence: Evidence) -> list[Row]:
    mine = {token.category for token in evidence.tokens[evidence.her]}
    rows = evidence.copies[KNOWN]["dek"]
    return [row for row in rows if row["subject"] == evidence.her and row["category"] in mine]


def place_of(path: Path) -> tuple[str, ...]:
    """Name a file by its moment and kind: the log is of no moment."""
    return path.parts[: 1 if path.parts[0] == "wal" else 2]
