"""Rotates keys and kills itself after N durable things: ``DSN ROOT WHAT INSTANT N``."""

import os
import signal
import sys
from pathlib import Path

from infra.clock import FixedClock
from infra.keys import rotating
from infra.keys.provider import LocalFileProvider
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating
from tests.keys.houses import open_keyring


def main(dsn: str, root: str, what: str, instant: str, last: str) -> None:
    """Rotate, a cohort a page, until the so manyth thing is durable."""
    left = int(last)

    def reached() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    rotating.PAGES.update(dict.fromkeys(rotating.PAGES, 1))
    clock, provider = FixedClock(int(instant)), LocalFileProvider(Path(root))
    with open_keyring(dsn, provider, clock) as keyring:
        rotating.rotate(keyring.vault, Rotating(what), RootDoors(provider), reached=reached)


if __name__ == "__main__":
    main(*sys.argv[1:])
