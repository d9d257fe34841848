"""Running PostgreSQL's own programs against a database that is named by a URL.

The URL's parts, its password among them, go through the environment, which other users of the
machine cannot read, and never over the command line, which they can. What a program says on
standard error may quote values, so of it only the SQLSTATE is kept.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

from infra.embedded.server import ENVIRONMENT

_LOOK_SECONDS = 0.2
"""How often the caller is asked to look how far a program has come."""

_BLOCK = 1 << 20
"""Bytes handed on at once."""

_SQLSTATE = re.compile(rb"\b([0-9A-Z]{5})\s*$", re.MULTILINE)


class ProgramFailed(Exception):  # noqa: N818 - what happened to it
    """A program of PostgreSQL ended badly, or its database is away; the message quotes no value."""


def run_program(programs: Path, command: Sequence[str], url: str, look: Callable[[], None]) -> None:
    """Run a program to its end, asking ``look`` now and then.

    Raises:
        ProgramFailed: it ended badly.
    """
    with _started(programs, command, url) as (program, said):
        while program.poll() is None:
            try:
                program.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                look()
        _require_ended(program, said)


def run_into(
    programs: Path,
    source: Sequence[str],
    sink: Sequence[str],
    url: str,
    moved: Callable[[int], None],
) -> None:
    """Run two programs, the second reading what the first writes; ``moved`` is told the bytes.

    The second sees an end of its input only after the first has ended well; otherwise it is
    killed, and its transaction with it.

    Raises:
        ProgramFailed: one of them ended badly.
    """
    with (
        _started(programs, source, url) as (first, first_said),
        _started(programs, sink, url) as (second, second_said),
    ):
        try:
            _hand_on(first, second, moved)
        except BrokenPipeError:
            _require_ended(second, second_said)
            raise
        _require_ended(first, first_said)
        assert second.stdin is not None
        second.stdin.close()
        _require_ended(second, second_said)


def _hand_on(
    first: "subprocess.Popen[bytes]",
    second: "subprocess.Popen[bytes]",
    moved: Callable[[int], None],
) -> None:
    assert first.stdout is not None
    assert second.stdin is not None
    count = 0
    while block := first.stdout.read(_BLOCK):
        second.stdin.write(block)
        count += len(block)
        moved(count)
    second.stdin.flush()


@contextmanager
def _started(
    programs: Path, command: Sequence[str], url: str
) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
    """Start a program; it is killed if the block ends before it does."""
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603 - our own programs, no shell
            [str(programs / command[0]), *command[1:]],
            env={**ENVIRONMENT, **environment_of(url)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            umask=0o077,
        )
        try:
            yield program, said
        finally:
            if program.poll() is None:
                program.kill()
            program.wait()
            for stream in (program.stdin, program.stdout):
                assert stream is not None
                with suppress(BrokenPipeError):
                    stream.close()


def _require_ended(program: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
    status = program.wait()
    if status:
        said.seek(0)
        found = _SQLSTATE.search(said.read(_BLOCK))
        told = f" (SQLSTATE {found[1].decode()})" if found else ""
        assert isinstance(program.args, list)
        message = f"{Path(program.args[0]).name} ended with status {status}{told}"
        raise ProgramFailed(message)


def environment_of(url: str) -> Mapping[str, str]:
    """Return libpq's variables for a URL.

    Raises:
        ProgramFailed: a part of it has no variable.
    """
    variables = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    unknown = sorted(given.keys() - variables.keys())
    if unknown:
        message = f"the database URL's {', '.join(unknown)} cannot be handed to PostgreSQL's tools"
        raise ProgramFailed(message)
    return {variables[name]: value for name, value in given.items()}
