"""The canary: search every byte of a directory for plaintext, in each disguise it may wear.

A value is looked for in UTF-8, UTF-16 (both orders), hexadecimal (both cases) and base64 (each of
the three alignments). Files are searched as they lie on disk: heap, indexes, write-ahead log,
dumps, logs, sockets excepted. Symbolic links are followed once, because root's cluster lies
behind one.
"""

import base64
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SHORTEST = 5
"""Characters a value needs to be searched for: shorter ones are in any file by chance."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a search saw: files and bytes read, and where a needle was found (paths, no values)."""

    files: int
    size_bytes: int
    found: tuple[Path, ...]


def needles_of(values: Iterable[str]) -> tuple[bytes, ...]:
    """Write each value in every disguise.

    Raises:
        ValueError: a value is too short to mean anything when found.
    """
    needles: set[bytes] = set()
    for value in values:
        if len(value) < SHORTEST:
            message = f"a canary of {len(value)} characters would be found anywhere"
            raise ValueError(message)
        needles.update(_disguises(value))
    return tuple(sorted(needles))


def key_needles(keys: Iterable[bytes]) -> tuple[bytes, ...]:
    """Write each key as it is, in hexadecimal, and in base64."""
    return tuple(sorted({needle for key in keys for needle in _written(key)}))


def _encoded(value: str) -> Iterator[bytes]:
    """Yield the value in UTF-8 and UTF-16; one needle does for both orders where they overlap."""
    little, big = value.encode("utf-16-le"), value.encode("utf-16-be")
    yield value.encode()
    if little[:-1] == big[1:]:
        yield little[:-1]
    else:
        yield from (little, big)


def _disguises(value: str) -> Iterator[bytes]:
    for raw in _encoded(value):
        yield from _written(raw)


def _written(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield from _base64_cores(raw)


def _base64_cores(raw: bytes) -> Iterator[bytes]:
    """Yield what base64 of ``raw`` must contain wherever ``raw`` begins in a longer text."""
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + raw)
        first = -(-lead * 8 // 6)
        whole = (lead + len(raw)) * 8 // 6
        yield encoded[first:whole]


def scan(root: Path, needles: Iterable[bytes], clean: set[bytes] | None = None) -> Scan:
    """Search every regular file under ``root``.

    ``clean`` holds SHA-256 digests of contents that were searched for the same needles and held
    none of them; this search adds to it. Every file is read; known content is not searched again.
    """
    wanted = tuple(needles)
    known = set() if clean is None else clean
    files, size, found = 0, 0, []
    for path in walk(root):
        length, hit = _search(path, wanted, known)
        files, size = files + 1, size + length
        if hit:
            found.append(path)
    return Scan(files, size, tuple(found))


def walk(root: Path) -> Iterator[Path]:
    """Yield every regular file under ``root``, following links to directories once."""
    seen: set[str] = set()
    for directory, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(directory)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        for name in sorted(names):
            path = Path(directory, name)
            if path.is_file():
                yield path


def _search(path: Path, needles: tuple[bytes, ...], clean: set[bytes]) -> tuple[int, bool]:
    """Search one file; a file the server removed meanwhile counts as empty.

    The server may write while a file is searched, so it is searched and digested as one copy.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return 0, False
    digest = sha256(content).digest()
    if digest in clean:
        return len(content), False
    hit = any(needle in content for needle in needles)
    if not hit:
        clean.add(digest)
    return len(content), hit
