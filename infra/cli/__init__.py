"""The command line: thin commands over the house, one file a room of work.

Commands parse, call, and print. Results go to standard output, everything else to standard error;
``--json`` prints one document. How a command fails is decided in ``infra.cli.exits`` alone.
"""

from infra.cli.app import main

__all__ = ["main"]
