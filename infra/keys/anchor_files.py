"""The files of an anchor: written whole, synced and renamed, by one process at a time."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from domain.answers import GateClosed, GateVerdict
from infra.keys.provider import sync_directory
from infra.keys.record_file import RecordFile


class AnchorFiles:
    """A directory of small JSON files, and of records copied line by line."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; the first write makes it."""
        self._directory = directory

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Take turns with other processes: the directory's own lock, freed with its descriptor."""
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def head(self, name: str, count: str) -> tuple[int, bytes] | None:
        """Read a head: the number under ``count``, and the chain; None when there is no file.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        try:
            stored = json.loads((self._directory / name).read_bytes())
            return int(stored[count]), bytes.fromhex(stored["chain"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise _unreadable(name) from None

    def note(self, name: str) -> dict[str, str] | None:
        """Read a note; None when there is no file.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        try:
            stored = json.loads((self._directory / name).read_bytes())
            return {str(key): str(value) for key, value in dict(stored).items()}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            raise _unreadable(name) from None

    def write(self, name: str, stored: Mapping[str, int | str]) -> None:
        """Write a file, durably before it returns; the caller holds the turn.

        Raises:
            OSError: the directory cannot be written.
        """
        beside = self._directory / (name + ".new")
        with beside.open("w") as file:
            file.write(json.dumps(stored))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._directory / name)
        sync_directory(self._directory)

    def remove(self, *names: str) -> None:
        """Remove files that may be there, durably before it returns."""
        for name in names:
            (self._directory / name).unlink(missing_ok=True)
        sync_directory(self._directory)

    def records(self, name: str) -> RecordFile:
        """Name a file of copied records."""
        return RecordFile(self._directory / name)


def _unreadable(name: str) -> GateClosed:
    return GateClosed(GateVerdict.ANCHOR_LOST, f"{name} is unreadable")
