"""Timing: the garbage that lay about before is not paid for inside."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Took:
    """How long a block took; ``seconds`` is set when it ends."""

    seconds = 0.0


@contextmanager
def timed() -> Iterator[Took]:
    """Time the block.

    What was made before it (the round's input above all) is put out of the collector's sight, for
    a real reader does not hold ten thousand messages; the collector itself runs as usual.
    """
    gc.collect()
    gc.freeze()
    took = Took()
    began = perf_counter()
    yield took
    took.seconds = perf_counter() - began
    gc.unfreeze()
