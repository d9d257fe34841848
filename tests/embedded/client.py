"""A client process for the tests: opens a home's cluster, says so, and waits for its stdin to end.

Usage: ``python -m tests.embedded.client HOME [fork|spawn]``; with the second word it first makes a
child that outlives it, forked or executed with its descriptors left open.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.embedded.cluster import open_cluster
from infra.embedded.pidfile import Trace, read_trace
from infra.embedded.place import Sync


def main() -> None:
    """Open, report as one line of JSON, wait."""
    home, *child = sys.argv[1:]
    with open_cluster(Path(home), Sync.OFF) as cluster:
        trace = read_trace(cluster.data)
        assert isinstance(trace, Trace)
        says = {"events": cluster.events_dsn, "server": trace.pid, "euid": os.geteuid()}
        if child == ["fork"] and os.fork() == 0:
            sys.stdin.read()
            os._exit(0)
        if child == ["spawn"]:
            subprocess.Popen(["/bin/cat"], close_fds=False, stdout=subprocess.DEVNULL)
        print(json.dumps(says), flush=True)  # noqa: T201 - how it reports
        sys.stdin.read()


if __name__ == "__main__":
    main()
