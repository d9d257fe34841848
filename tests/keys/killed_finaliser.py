"""Finalises a key database and kills itself with SIGKILL at a step: ``DSN ROOT STEP``."""

import os
import signal
import sys
from pathlib import Path

from infra.clock import FixedClock
from infra.keys.finalisation_run import Step
from infra.keys.provider import LocalFileProvider
from tests.keys.finalising_houses import finalise_now
from tests.keys.houses import KeyHouse, open_keyring


def main(dsn: str, root: str, last: str, instant: str) -> None:
    """Finalise until the step is reached."""

    def reached(step: Step) -> None:
        if step == last:
            os.kill(os.getpid(), signal.SIGKILL)

    clock, provider = FixedClock(int(instant)), LocalFileProvider(Path(root))
    with open_keyring(dsn, provider, clock) as keyring:
        finalise_now(KeyHouse(dsn, keyring, provider, clock), reached=reached)


if __name__ == "__main__":
    main(*sys.argv[1:])
