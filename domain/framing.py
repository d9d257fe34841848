"""Length-prefixed framing: how several byte strings become one without ambiguity.

Every keyed hash, chain and AAD in the house frames its parts with :func:`lp`, so that no two
different lists of parts give the same bytes.
"""


def lp(part: bytes) -> bytes:
    """Prefix ``part`` with its length: four bytes, big-endian."""
    return len(part).to_bytes(4, "big") + part


def frame(*parts: bytes) -> bytes:
    """Join length-prefixed parts."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])
