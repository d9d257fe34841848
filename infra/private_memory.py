"""Keeps what a process holds in memory from being written to disk or read by others.

Rules. A program that opens people's values dumps no core and cannot be attached to by another
process of the same user: both would write keys and plaintext where no erasure reaches. Freed
memory may still hold a key until it is used again or the process ends; nothing here undoes that.
"""

import ctypes
import os
import resource

_PR_SET_DUMPABLE = 4
"""prctl(2): with 0 the kernel dumps no core and lets only root trace the process."""


def keep_memory_private() -> None:
    """Forbid core dumps and tracing, for this process alone: a program it starts is its own.

    Raises:
        OSError: the kernel refused.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
