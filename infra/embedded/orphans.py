"""Root's clusters whose home was deleted without them.

As root a home holds only a link to its cluster, so deleting the home leaves the data behind, keys
included. Nothing is removed unasked: a home that is not where it was may be on a disk that is not
mounted, or may have been moved and not been opened since.

Usage: ``python -m infra.embedded.orphans [CLUSTER...]`` lists them, and removes those named.
"""

import shutil
import sys
from pathlib import Path

from infra.embedded.pidfile import read_trace, serves
from infra.embedded.place import home_record
from infra.embedded.programs import ROOT_STORE
from infra.embedded.unavailable import EmbeddedUnavailable


def orphaned_clusters() -> dict[Path, Path]:
    """Return the clusters that no home links to, each with the home it was made for."""
    recorded = sorted((ROOT_STORE / "clusters").glob("*.home"))
    homes = {path.with_suffix(""): Path(path.read_text()) for path in recorded}
    return {cluster: home for cluster, home in homes.items() if not _links(home, cluster)}


def _links(home: Path, cluster: Path) -> bool:
    link = home / "cluster"
    return link.is_symlink() and link.readlink() == cluster


def remove_orphan(cluster: Path) -> None:
    """Delete an orphaned cluster.

    Raises:
        EmbeddedUnavailable: a home links to it, or its server still runs.
    """
    if cluster not in orphaned_clusters():
        message = f"{cluster} is no orphaned cluster"
        raise EmbeddedUnavailable(message)
    trace = read_trace(cluster / "data")
    if trace is not None and serves(trace.pid, cluster / "data"):
        message = f"{cluster} still has a server, process {trace.pid}"
        raise EmbeddedUnavailable(message)
    shutil.rmtree(cluster, ignore_errors=not cluster.exists())
    home_record(cluster).unlink()


def main() -> None:
    """Remove the clusters named, list those that are left."""
    try:
        for name in sys.argv[1:]:
            remove_orphan(Path(name))
        for cluster, home in orphaned_clusters().items():
            sys.stdout.write(f"{cluster}\tmade for {home}\n")
    except EmbeddedUnavailable as refused:
        sys.exit(str(refused))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
