"""Inside the process that dies: what it needs is away for a while, or an answer is lost."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

from consumers.ports import LogUnavailable
from domain.answers import KeyUnavailable
from infra.kafka.places import Places
from infra.kafka.wire import Fault, SchemasUnavailable, Wire
from infra.keys.keyring import Keyring
from infra.store.store import EventStore

_Door = tuple[Any, str, Exception]

DOORS: Mapping[str, _Door] = {
    "places": (Places, "find", LogUnavailable("away")),
    "schemas": (Wire, "incoming", SchemasUnavailable(Fault.SILENT)),
    "people": (Keyring, "admit", KeyUnavailable("away")),
    "keys": (Keyring, "seal", KeyUnavailable("away")),
    "heads": (EventStore, "load", LogUnavailable("away")),
}
"""What may be away, by name; each is asked once a page at least, the places once an assignment."""


@contextmanager
def away(door: str | None, times: int) -> Iterator[None]:
    """Let a door be shut so many times."""
    if door is None:
        yield
        return
    owner, attribute, fault = DOORS[door]
    left = iter(range(times))

    def shut(inner: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(inner)
        def asked(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - any function of the product
            for _ in left:
                raise fault
            return inner(*args, **named)

        return asked

    with patch.object(owner, attribute, shut(getattr(owner, attribute))):
        yield


@contextmanager
def answer_lost(number: int | None) -> Iterator[None]:
    """Lose the answer of one append that was committed."""
    with ExitStack() as stack:
        if number is not None:
            append = EventStore.append
            calls = iter(range(1, number + 1))

            @wraps(append)
            def losing(*args: Any) -> Any:  # noqa: ANN401 - the product's own answer
                answer = append(*args)
                if next(calls, None) == number:
                    message = "away"
                    raise LogUnavailable(message)
                return answer

            stack.enter_context(patch.object(EventStore, "append", losing))
        yield
