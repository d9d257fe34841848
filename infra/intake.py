"""A file through the write side: named by its content, resumable, readable again.

A file's position is named by the SHA-256 of its bytes and by the pass: a reading that was cut
short goes on where it was, and a file that was read to its end is read again from its start, so
that whoever asks sees each fact counted as duplicate or refused instead of nothing at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from consumers.ingest import Ingest
from consumers.ports import Advance, Batch
from consumers.reading import Place, read_all
from consumers.tally import Tally
from infra.codec.container import read_container
from infra.random_ids import random_id


@dataclass(frozen=True, slots=True)
class FileReading:
    """One file's outcome: which pass it was, where this run took it up, and the counts."""

    path: Path
    digest: str
    reading: int
    resumed_at: int
    tally: Tally

    def as_json(self) -> dict[str, object]:
        """Give the documented shape; the file name is the caller's own."""
        return {
            "file": str(self.path),
            "sha256": self.digest,
            "reading": self.reading,
            "resumed_at": self.resumed_at,
            **self.tally.as_json(),
        }


def ingest_file(ingest: Ingest, path: Path, report: Callable[[Tally, int], None]) -> FileReading:
    """Take a container file in.

    Raises:
        NotAFeed: it is not a container of envelopes.
        OSError: it cannot be read.
        PositionFenced: another process is reading the same file.
        LogUnavailable, KeyUnavailable: a database is away; calling again goes on from there.
    """
    log = ingest.desk.log
    digest = _digest(path)
    origin = f"file/{digest}"
    passes = f"{origin}/passes"
    done = log.position(passes)
    place = Place(f"{origin}/{done + 1}", origin, log.position(f"{origin}/{done + 1}"))
    tally = read_all(ingest, read_container(path, place.start), place, report)
    log.append(Batch(advance=Advance(passes, done, done + 1, random_id())))
    return FileReading(path, digest, done + 1, place.start, tally)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
