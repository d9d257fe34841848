"""A hash tree over a controller's erasure journal, so that one record's place can be shown alone.

The journal's own chain is an HMAC, which nobody outside can check. This tree (RFC 9162, section
2.1, over SHA-256) stands beside it: whoever has a leaf's content and some twenty hashes reckons the
root, and learns nothing of the other records. It is stored nowhere; it follows from the journal.
"""

from collections.abc import Sequence
from hashlib import sha256

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_of(content: bytes) -> bytes:
    """Hash a leaf."""
    return sha256(_LEAF + content).digest()


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Build the tree: the leaves, then each level of nodes, up to the root alone.

    A node without a neighbour rises as it is.
    """
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        nodes = [
            sha256(_NODE + left + right).digest()
            for left, right in zip(below[::2], below[1::2], strict=False)
        ]
        levels.append(nodes + below[len(nodes) * 2 :])
    return levels


def path_of(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """Name the neighbours on a leaf's way up to the root, from below."""
    path = []
    for level in levels[:-1]:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        index >>= 1
    return path


def root_over(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Reckon the root of a tree of ``size`` leaves from one leaf; None when the path is none."""
    reached, last, waiting = leaf, size - 1, list(path)
    if not 0 <= index < size:
        return None
    while last:
        if index ^ 1 <= last:
            if not waiting:
                return None
            beside = waiting.pop(0)
            pair = beside + reached if index & 1 else reached + beside
            reached = sha256(_NODE + pair).digest()
        index, last = index >> 1, last >> 1
    return None if waiting else reached
