"""``python -m tests.codec.write_golden`` keeps bytes of schema versions that have none yet.

What is kept is never written again: bytes in somebody's log do not change either.
"""

import json
import sys
from collections.abc import Mapping

from domain.catalogue import BY_TOPIC
from infra.codec.avro import layouts, newest_layouts, write_object
from infra.codec.envelopes import value_of
from infra.codec.facts import FactCodec
from infra.codec.upstream import UpstreamCodec
from schemas.published import ENVELOPE, Published, Room, newest, published
from tests.codec.golden_bytes import FOLDER, Golden, flat, golden, plain
from tests.codec.messages import MESSAGES, SENT, envelope
from tests.examples import every_fact, stamp


def main() -> None:
    """Add what is missing and name it."""
    written = {Room.FACTS: _facts(), Room.UPSTREAM: _upstream(), Room.OUTBOUND: _outbound()}
    for room, examples in written.items():
        known = golden(room)
        current = newest(published(room)).values()
        new = {
            item.file_name: examples[item.stored_name] for item in current if _lacks(known, item)
        }
        text = json.dumps(known | new, indent=2, sort_keys=True, ensure_ascii=False)
        (FOLDER / f"{room.value}.json").write_text(text + "\n", "utf-8")
        sys.stdout.writelines(f"kept: {name}\n" for name in new)


def _lacks(known: Mapping[str, Golden], item: Published) -> bool:
    return item.file_name not in known


def _facts() -> dict[str, Golden]:
    examples = {fact.TOPIC: fact for fact in every_fact()}
    codec = FactCodec()
    return {
        topic: {
            "hex": codec.encode(stamp(), examples[topic]).hex(),
            "value": flat(stamp(), examples[topic]),
        }
        for topic in BY_TOPIC
    }


def _upstream() -> dict[str, Golden]:
    codec = UpstreamCodec()
    kept = {
        topic: _kept(codec.encode_fact(topic, value), value) for topic, value in MESSAGES.items()
    }
    layout = newest_layouts(layouts(published(Room.UPSTREAM)))[ENVELOPE]
    value = value_of(envelope())
    return kept | {ENVELOPE: _kept(write_object(value, layout), value)}


def _outbound() -> dict[str, Golden]:
    written = newest_layouts(layouts(published(Room.OUTBOUND)))
    return {name: _kept(write_object(value, written[name]), value) for name, value in SENT.items()}


def _kept(encoded: bytes, value: Mapping[str, object]) -> Golden:
    return {"hex": encoded.hex(), "value": {name: plain(inner) for name, inner in value.items()}}


if __name__ == "__main__":
    main()
