"""The plaintext of one category of one fact, before sealing: a msgpack map of field to value.

Rules: a value that was not given is not there (no nulls at the top), and what was packed unpacks to
equal values, so a sealed blob says exactly what its source said.
"""

from collections.abc import Mapping

import msgspec

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[str, object])


def pack(values: Mapping[str, object]) -> bytes:
    """Pack the values that were given: texts, numbers, booleans, lists and records of such."""
    return _ENCODER.encode({name: value for name, value in values.items() if value is not None})


def unpack(packed: bytes) -> dict[str, object]:
    """Unpack what :func:`pack` made.

    Raises:
        msgspec.DecodeError: these bytes were not packed here; its text repeats no value.
    """
    return _DECODER.decode(packed)
