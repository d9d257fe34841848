"""``python -m infra.broker``: a broker in the foreground, until it is interrupted."""

import signal
import sys
from pathlib import Path

from infra.broker.broker import open_broker
from infra.broker.unavailable import BrokerUnavailable

CACHE = Path.home() / ".cache" / "glemmebok"
PORT = 9092
_ENDS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Run a broker on the usual port; its data are kept below the user's cache."""
    try:
        with open_broker(CACHE / "broker", CACHE, PORT) as broker:
            told = f"Kafka listens on {broker.address}; Ctrl-C ends it"
            print(told, flush=True)  # noqa: T201 - a program of its own
            # Not before the broker was started: it would inherit the mask.
            signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
            signal.sigwait(_ENDS)
    except BrokerUnavailable as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main()
