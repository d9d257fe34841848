"""Where publishers' schemas are found: in a directory, or in a registry with Confluent's API.

A directory holds ``<number>.avsc`` for the wire format's numbers; every ``*.avsc`` in it is also
found by its fingerprint. A registry is asked ``GET /schemas/ids/<number>`` once for each number; an
unknown number is asked for again after :data:`UNKNOWN_SECONDS`, since it may have been registered.
"""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from infra.codec.avro import fingerprint_of
from infra.kafka.wire import Fault, SchemasUnavailable, WriterSchemas
from schemas.shape_rules import SCHEMA_BYTES_MAX, SchemaNotAdmitted, read_shape

UNKNOWN_SECONDS = 30.0
TIMEOUT_SECONDS = 5.0
FILES_MAX = 1_000
"""Files read in a directory: more is not a directory of schemas."""

_ANSWER_BYTES_MAX = 2 * SCHEMA_BYTES_MAX + 4096
"""A schema as a JSON string: each of its quotes is escaped."""


class NoSchemas:
    """Knows none but those that are published here."""

    def by_number(self, _number: int) -> str | None:
        """Return None."""
        return None

    def by_fingerprint(self, _fingerprint: bytes) -> str | None:
        """Return None."""
        return None


class SchemaDirectory:
    """Schemas of a directory; it is read again when a schema is not known."""

    def __init__(self, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._numbered: dict[int, str] = {}
        self._marked: dict[bytes, str] = {}
        self._read_at: float | None = None

    def by_number(self, number: int) -> str | None:
        """Return ``<number>.avsc``, or None.

        Raises:
            SchemasUnavailable: the directory cannot be read.
        """
        if number not in self._numbered:
            self._read()
        return self._numbered.get(number)

    def by_fingerprint(self, fingerprint: bytes) -> str | None:
        """Return the file of a fingerprint, or None.

        Raises:
            SchemasUnavailable: the directory cannot be read.
        """
        if fingerprint not in self._marked:
            self._read()
        return self._marked.get(fingerprint)

    def _read(self) -> None:
        now = self._monotonic()
        if self._read_at is not None and now - self._read_at < UNKNOWN_SECONDS:
            return
        try:
            for file in sorted(self._folder.glob("*.avsc"))[:FILES_MAX]:
                self._keep(file.stem, file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise SchemasUnavailable(Fault.UNREADABLE) from None
        self._read_at = now

    def _keep(self, stem: str, text: str) -> None:
        """Keep a file that is a schema; another kind of file is nobody's."""
        try:
            mark = fingerprint_of(read_shape(text))
        except (SchemaNotAdmitted, TypeError):
            return
        self._marked[mark] = text
        if stem.isdecimal():
            self._numbered[int(stem)] = text


class SchemaRegistry:
    """Schemas of a registry. ``url`` may carry a user and password; it is never printed."""

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url.rstrip("/")
        self._monotonic = monotonic
        self._known: dict[int, str] = {}
        self._missed: dict[int, float] = {}

    def by_number(self, number: int) -> str | None:
        """Ask for a number that is not known yet.

        Raises:
            SchemasUnavailable: the registry is away, or answers with something else.
        """
        if number in self._known:
            return self._known[number]
        missed = self._missed.get(number)
        if missed is not None and self._monotonic() - missed < UNKNOWN_SECONDS:
            return None
        text = self._ask(number)
        if text is None:
            self._missed[number] = self._monotonic()
        else:
            self._known[number] = text
        return text

    def by_fingerprint(self, _fingerprint: bytes) -> str | None:
        """Return None: a registry knows numbers alone."""
        return None

    def _ask(self, number: int) -> str | None:
        asked = Request(f"{self._url}/schemas/ids/{number}", headers={"Accept": "application/json"})  # noqa: S310 - the operator's own address
        try:
            with urlopen(asked, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - likewise
                told = json.loads(answer.read(_ANSWER_BYTES_MAX))
        except HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise SchemasUnavailable(Fault.REFUSING) from None
        except (URLError, TimeoutError, ConnectionError):
            raise SchemasUnavailable(Fault.SILENT) from None
        except ValueError:
            raise SchemasUnavailable(Fault.STRANGE) from None
        schema = told.get("schema") if isinstance(told, dict) else None
        if not isinstance(schema, str) or told.get("schemaType", "AVRO") != "AVRO":
            return None
        return schema


def writer_schemas(place: str | None) -> WriterSchemas:
    """Choose by what was set: nothing, a registry's URL, or a directory."""
    if place is None:
        return NoSchemas()
    if place.startswith(("http://", "https://")):
        return SchemaRegistry(place)
    return SchemaDirectory(Path(place))
