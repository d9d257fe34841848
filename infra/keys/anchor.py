"""The anchor: the last known end of each journal and of the log, kept outside both databases.

Rules. One small JSON file a controller, ``<controller>.json`` with sequence and chain, and
``log.json`` with position and chain. Written whole, synced and renamed, so a crash leaves the old
or the new. It must live outside the home directory and its backups: an anchor restored together
with the databases witnesses nothing. A file that is there and unreadable closes the gate.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.provider import sync_directory


@dataclass(frozen=True, slots=True)
class LogHead:
    """The end of the log as anchored: its highest position and the chain's hash there."""

    position: int
    chain: bytes


class FileAnchor:
    """Anchors in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        """Name the directory; the first write makes it."""
        self._directory = directory

    def journal(self, controller: ControllerId) -> JournalHead | None:
        """Read a controller's anchored journal head; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._read(f"{controller}.json", "sequence")
        return JournalHead(*stored) if stored else None

    def push(self, controller: ControllerId, head: JournalHead) -> None:
        """Anchor a journal's head, durably before it returns; one further on stays.

        Erasures of two processes push in any order, and a journal that was put back must not put
        back its witness.

        Raises:
            GateClosed: the file is there and unreadable.
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            held = self.journal(controller)
            if held is None or held.sequence < head.sequence:
                name = f"{controller}.json"
                self._write(name, {"sequence": head.sequence, "chain": head.chain.hex()})

    def log(self) -> LogHead | None:
        """Read the anchored end of the log; None when none was ever written.

        Raises:
            GateClosed: the file is there and unreadable.
        """
        stored = self._read("log.json", "position")
        return LogHead(*stored) if stored else None

    def write_log(self, head: LogHead) -> None:
        """Anchor the log's end, durably before it returns.

        Raises:
            OSError: the directory cannot be written.
        """
        with self._exclusive():
            self._write("log.json", {"position": head.position, "chain": head.chain.hex()})

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Take turns with other processes: the directory's own lock, freed with its descriptor."""
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self, name: str, count: str) -> tuple[int, bytes] | None:
        try:
            stored = json.loads((self._directory / name).read_bytes())
            return int(stored[count]), bytes.fromhex(stored["chain"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise GateClosed(GateVerdict.ANCHOR_LOST, f"{name} is unreadable") from None

    def _write(self, name: str, stored: dict[str, int | str]) -> None:
        beside = self._directory / (name + ".new")
        with beside.open("w") as file:
            file.write(json.dumps(stored))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._directory / name)
        sync_directory(self._directory)
