"""The warm parent: a process that has imported everything and parsed every schema, and forks.

A fresh process spends a second on that, a forked one nothing. It has no thread and no connection
when it forks. It is one process more than the standard library's fork server, which imports what
the first of its users in a process named, and no other.
"""

import multiprocessing
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import TypeVar
from unittest.mock import patch

from infra.codec.envelopes import EnvelopeCodec
from infra.codec.facts import FactCodec
from infra.codec.upstream import UpstreamCodec
from infra.store.heads import HeadCodec
from schemas.controllers import controllers
from tests.kafka.crashes.working import Order, work

_PATIENCE_SECONDS = 60.0

T = TypeVar("T")


class Warm:
    """The warm parent, seen from the tests; one child at a time."""

    def __init__(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._line, far = spawning.Pipe()
        self._process = spawning.Process(target=_fork_on_demand, args=(far,), daemon=True)
        self._process.start()
        far.close()

    def start(self, order: Order) -> int:
        """Fork a process that does an order; return its id."""
        self._line.send(order)
        pid: int = self._heard()
        return pid

    def end(self) -> int:
        """Wait for its end; return what ``os.waitstatus_to_exitcode`` makes of it.

        Raises:
            AssertionError: it hangs.
        """
        exit_code: int = self._heard()
        return exit_code

    def close(self) -> None:
        self._line.close()
        self._process.join(_PATIENCE_SECONDS)

    def _heard(self) -> int:
        if not self._line.poll(_PATIENCE_SECONDS):
            message = f"no word after {_PATIENCE_SECONDS} seconds"
            raise AssertionError(message)
        return int(self._line.recv())


def _fork_on_demand(line: Connection) -> None:
    with _parsed():
        while True:
            try:
                order = line.recv()
            except EOFError:
                return
            pid = os.fork()
            if pid == 0:
                _child(order)
            line.send(pid)
            line.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _child(order: Order) -> None:
    try:
        work(order)
    except BaseException:  # noqa: BLE001 - the parent is told of whatever it was
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


@contextmanager
def _parsed() -> Iterator[None]:
    """Read schemas and controllers once; they are the same in every process, and never change."""
    made = {
        "infra.house.FactCodec": FactCodec(),
        "infra.house.UpstreamCodec": UpstreamCodec(),
        "infra.house.declared_controllers": controllers(),
        "infra.kafka.wire.EnvelopeCodec": EnvelopeCodec(),
        "infra.store.reading.HeadCodec": HeadCodec(),
    }
    with ExitStack() as stack:
        for name, value in made.items():
            stack.enter_context(patch(name, partial(_same, value)))
        yield


def _same(value: T) -> T:
    return value
