"""Memory does not grow with the feed."""

import subprocess
import sys
from pathlib import Path

PEAK = """
import sys
from pathlib import Path
import psutil
from infra.feeds.write import write_feeds
process, seen = psutil.Process(), [0]
def watch(file, items):
    seen[0] = max(seen[0], process.memory_info().rss)
write_feeds(int(sys.argv[1]), 3, Path(sys.argv[2]), watch)
print(seen[0])
"""
"""The kernel's own peak would not do: a child inherits its parent's through fork."""


def peak(candidates: int, out: Path) -> int:
    """Write a feed in a process of its own; return its largest resident memory at any chunk."""
    arguments = [sys.executable, "-c", PEAK, str(candidates), str(out)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)  # noqa: S603 - our own interpreter and text
    return int(done.stdout)


def test_three_times_the_people_take_hardly_more_memory(tmp_path: Path) -> None:
    assert peak(6_000, tmp_path / "large") < 1.3 * peak(2_000, tmp_path / "small")
