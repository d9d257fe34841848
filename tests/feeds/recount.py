"""A recount of written feeds that shares no code with what wrote them: fastavro and rules alone."""

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

from tests.feeds.forbidden import Ledger

UPSTREAM = Path(__file__).parents[2] / "schemas" / "upstream"
CONTROLLERS = Path(__file__).parents[2] / "schemas" / "controllers"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_2100 = 4_102_444_800_000_000
FACT_BYTES_MAX = 256 * 1024
CORRECTED = "candidate.profile-section-corrected"


@dataclass
class Recount:
    items: int = 0
    recorded: int = 0
    duplicate: int = 0
    parked: Counter[str] = field(default_factory=Counter)
    out_of_order: int = 0
    corrections: int = 0
    people: set[tuple[str, str]] = field(default_factory=set)

    def shape(self) -> dict[str, object]:
        return {
            "items": self.items,
            "recorded": self.recorded,
            "duplicate": self.duplicate,
            "refused": {},
            "parked": dict(sorted(self.parked.items())),
            "people": len(self.people),
            "out_of_order": self.out_of_order,
            "corrections": self.corrections,
        }


class Recounter:
    def __init__(self) -> None:
        self.schemas = {head: (name, schema) for head, name, schema in _schemas()}
        self.sources = set(_sources())
        self.seen: set[tuple[str, str]] = set()
        self.people: set[tuple[str, str]] = set()
        self.remote_ids: dict[str, set[str]] = defaultdict(set)
        self.hints: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.parked: set[tuple[str, str]] = set()
        self.texts: set[str] = set()
        self.facts: Counter[str] = Counter()
        self.ledger = Ledger()

    def file(self, path: Path) -> Recount:
        count = Recount()
        latest: dict[str, int] = {}
        for record in records(path):
            count.items += 1
            verdict = self.verdict(record)
            if record is not None and verdict == "recorded":
                self._recorded(record, count, latest)
            elif verdict == "duplicate":
                count.duplicate += 1
            else:
                count.parked[verdict] += 1
                if record is not None:
                    self.parked.add((record["source"], record["remote_event_id"]))
        return count

    def verdict(self, record: dict[str, Any] | None) -> str:
        if record is None:
            return "truncated"
        flaw = self._misaddressed(record) or self._flaw(record["fact"])
        if flaw is not None:
            return flaw
        known = (record["source"], record["remote_event_id"]) in self.seen
        return "duplicate" if known else self._decided(record)

    def _misaddressed(self, record: dict[str, Any]) -> str | None:
        if record["source"] not in self.sources:
            return "unknown_source"
        if not record["remote_event_id"] or not record["remote_candidate_id"]:
            return "missing_id"
        return "future_dated" if record["occurred_at"] > YEAR_2100 else None

    def _flaw(self, fact: bytes) -> str | None:
        if len(fact) > FACT_BYTES_MAX:
            return "oversize"
        if fact[:2] != b"\xc3\x01":
            return "malformed"
        if fact[:10] not in self.schemas:
            return "unknown_schema"
        stream = io.BytesIO(fact[10:])
        try:
            value = fastavro.schemaless_reader(stream, self.schemas[fact[:10]][1], None)
        except (EOFError, IndexError):
            return "truncated"
        self.texts.update(_texts(value))
        return "trailing_bytes" if stream.read() else None

    def _decided(self, record: dict[str, Any]) -> str:
        topic, schema = self.schemas[record["fact"][:10]]
        value = fastavro.schemaless_reader(io.BytesIO(record["fact"][10:]), schema, None)
        assert isinstance(value, dict)
        who = (record["source"], record["remote_candidate_id"])
        at = EPOCH + timedelta(microseconds=record["occurred_at"])
        barrier = self.ledger.barrier(who, topic, value, at)
        if barrier is None:
            self.ledger.record(who, topic, value)
            self.seen.add((record["source"], record["remote_event_id"]))
        return barrier or "recorded"

    def _recorded(self, record: dict[str, Any], count: Recount, latest: dict[str, int]) -> None:
        topic = self.schemas[record["fact"][:10]][0]
        who = record["remote_candidate_id"]
        count.recorded += 1
        count.corrections += topic == CORRECTED
        count.out_of_order += record["occurred_at"] < latest.get(who, 0)
        latest[who] = max(latest.get(who, 0), record["occurred_at"])
        count.people.add((record["source"], who))
        self.people.add((record["source"], who))
        self.remote_ids[record["source"].partition(".")[0]].add(who)
        self.facts[topic] += 1
        self._other(record, count)
        for contact in record["contacts"]:
            self.texts.add(contact["value"])
            if contact["kind"] == "email":
                self.hints[contact["value"].casefold()].add((record["source"], who))

    def _other(self, record: dict[str, Any], count: Recount) -> None:
        """Count the referee that a reference names: she is a person of the source too."""
        topic, schema = self.schemas[record["fact"][:10]]
        if topic.startswith("candidate.reference-"):
            value = fastavro.schemaless_reader(io.BytesIO(record["fact"][10:]), schema, None)
            assert isinstance(value, dict)
            if value.get("remote_referee_person_id"):
                who = (record["source"], value["remote_referee_person_id"])
                count.people.add(who)
                self.people.add(who)
                self.remote_ids[who[0].partition(".")[0]].add(who[1])


def records(path: Path) -> Iterator[dict[str, Any] | None]:
    """Yield a container's records, then None if it broke off."""
    with path.open("rb") as file:
        blocks = fastavro.block_reader(file)
        while True:
            try:
                block = next(blocks)
            except StopIteration:
                return
            except EOFError:
                yield None
                return
            for record in cast("Iterator[dict[str, Any]]", block):
                micros = (record["occurred_at"] - EPOCH) // timedelta(microseconds=1)
                yield {**record, "occurred_at": micros}


def _schemas() -> Iterator[tuple[bytes, str, Any]]:
    for path in sorted(UPSTREAM.glob("*.*.v?.avsc")):
        schema = fastavro.parse_schema(json.loads(path.read_text()))
        crc = bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))
        yield b"\xc3\x01" + crc, path.name.rpartition(".v")[0], schema


def _sources() -> Iterator[str]:
    for path in CONTROLLERS.glob("*.toml"):
        for line in path.read_text().splitlines():
            if line.startswith('slug = "') and "." in line:
                yield line.split('"')[1]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
