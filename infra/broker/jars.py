"""The broker's jars: fetched once by Maven, kept in the user's cache, checked by their digests.

``python -m infra.broker.jars`` fetches them and prints the digests that ``jars.sha256`` pins.
"""

import shutil
import subprocess
import tempfile
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path

from infra.broker.unavailable import BrokerUnavailable

VERSION = "4.1.2"
ENABLE = "make deps"
FETCH_SECONDS = 600.0
"""A slow line; 43 MB take five seconds on a good one."""

_MAVEN = ("--quiet", "--batch-mode", "dependency:copy-dependencies", "-DincludeScope=runtime")


def jars(cache: Path) -> Path:
    """Return the directory of the jars below ``cache``, fetching them if they are not there.

    Raises:
        BrokerUnavailable: Maven is missing or failed, or a jar is not the one that was pinned.
    """
    kept = cache / f"kafka-{VERSION}"
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="kafka-", dir=cache))
        try:
            fetch(unfinished)
            check(unfinished)
            _publish(unfinished, kept)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    else:
        check(kept)
    return kept


def fetch(folder: Path) -> None:
    """Have Maven copy the jars into a folder.

    Raises:
        BrokerUnavailable: Maven is missing or failed.
    """
    maven = shutil.which("mvn")
    if maven is None:
        message = f"Maven is missing, which fetches the broker's jars; enable with: {ENABLE}"
        raise BrokerUnavailable(message)
    with tempfile.TemporaryDirectory() as place:
        project = Path(place) / "pom.xml"
        project.write_bytes((files("infra.broker") / "pom.xml").read_bytes())
        ended = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [maven, "--file", project, *_MAVEN, f"-DoutputDirectory={folder}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
    if ended.returncode != 0:
        message = f"Maven could not fetch the broker's jars (status {ended.returncode})"
        raise BrokerUnavailable(message)


def check(folder: Path) -> None:
    """Compare the jars of a folder with the pinned digests.

    Raises:
        BrokerUnavailable: one is missing, strange or another than was pinned.
    """
    pinned = (files("infra.broker") / "jars.sha256").read_text().splitlines()
    found = digests(folder)
    if found != pinned:
        strange = sorted(line.split()[1] for line in set(found) ^ set(pinned))
        message = f"the broker's jars are not those pinned: {', '.join(dict.fromkeys(strange))}"
        raise BrokerUnavailable(message)


def digests(folder: Path) -> list[str]:
    """Return a line a jar, its SHA-256 and its name, in order of name."""
    return [f"{_digest(jar)}  {jar.name}" for jar in sorted(folder.glob("*.jar"))]


def _digest(jar: Path) -> str:
    with jar.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _publish(unfinished: Path, kept: Path) -> None:
    unfinished.chmod(0o755)
    try:
        unfinished.rename(kept)
    except OSError:
        if not kept.is_dir():  # else another process was first with the same jars
            raise


def main() -> None:
    """Print the digests of freshly fetched jars."""
    with tempfile.TemporaryDirectory() as folder:
        fetch(Path(folder))
        print("\n".join(digests(Path(folder))))  # noqa: T201 - its output is its purpose


if __name__ == "__main__":
    main()
