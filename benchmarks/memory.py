"""Row 7: peak memory of ``ingest`` and ``rebuild``, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, at_most
from infra.embedded.cluster import remove_cluster
from infra.feeds.write import write_feeds

FEW, MANY = 10_000, 100_000
"""Candidates in the feeds that are compared."""

MEMORY = "7 peak memory of a process"

_MEGABYTE_KB = 1_024.0
_SEED = 7


class CommandFailed(Exception):  # noqa: N818 - what happened
    """A command of the house did not end well; its own messages were printed."""


def measure_memory(few: int = FEW, many: int = MANY) -> list[Figure]:
    """Measure row 7: minutes."""
    small, large = _peaks(few), _peaks(many)
    figures = []
    for command in small:
        figures += [
            Figure(MEMORY, f"{command}, {few:,} candidates", small[command], "MB"),
            Figure(MEMORY, f"{command}, {many:,} candidates", large[command], "MB"),
            Figure(MEMORY, f"ratio, {command}", large[command] / small[command], "x", at_most(1.2)),
        ]
    return figures


def _peaks(candidates: int) -> dict[str, float]:
    """Run the commands over feeds of so many candidates; return each one's peak in megabytes."""
    with TemporaryDirectory(prefix="glemmebok-bench-") as parent:
        home, feeds = Path(parent) / "home", Path(parent) / "feeds"
        files = write_feeds(candidates, _SEED, feeds, lambda _name, _count: None).files
        paths = [str(feeds / file.file) for file in files]
        try:
            _run(home, "init")
            return {
                "ingest": _run(home, "ingest", *paths),
                "rebuild": _run(home, "rebuild"),
            }
        finally:
            remove_cluster(home)


def _run(home: Path, *arguments: str) -> float:
    """Run a command in a process of its own; return its peak resident memory in megabytes."""
    program = Path(sys.executable).with_name("glemmebok")
    child = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [str(program), *arguments],
        env={"GLEMMEBOK_HOME": str(home), "PATH": os.defpath},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        message = f"glemmebok {arguments[0]} ended with {child.returncode}"
        raise CommandFailed(message)
    return usage.ru_maxrss / _MEGABYTE_KB
