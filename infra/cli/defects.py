"""How a defect is shown: its class and the lines it came through, never its message or locals.

The message of an unexpected error may quote a value; a line of our source cannot.
"""

import json
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def defect_hook(*, as_json: bool) -> Hook:
    """Make what the interpreter calls for an error nobody expected; it exits 1 after that."""

    def tell(kind: type[BaseException], _error: BaseException, at: TracebackType | None) -> None:
        frames = traceback.extract_tb(at)
        if as_json:
            where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            error = {"code": "defect", "message": kind.__name__, "trace": where}
            sys.stderr.write(json.dumps({"error": error}) + "\n")
            return
        sys.stderr.writelines(traceback.format_list(frames))
        sys.stderr.write(f"glemmebok: a defect: {kind.__module__}.{kind.__qualname__}\n")

    return tell
