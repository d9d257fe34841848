"""Another process that erases and opens until it is told to stop; started by a test of the gate."""

import json
import sys
from pathlib import Path

from domain.keyring import SourceRef
from infra.clock import SystemClock
from infra.gate import anchor_audit, anchor_log
from tests.proof.houses import SLUG, SOURCE, open_proof, settings_of


def main() -> None:
    """Erase people ``<name>-0``, ``<name>-1``, ... and open one of the others in between."""
    told = json.loads(sys.stdin.readline())
    settings = settings_of(told["events"], told["keys"], Path(told["folder"]))
    with open_proof(settings, SystemClock()) as proof:
        controller = proof.house.controllers[SLUG]
        for n in range(told["people"]):
            person = proof.house.keyring.find_source(
                controller, SourceRef(SOURCE, f"{told['name']}-{n}")
            )
            assert person is not None
            proof.answers(proof.tokens(person))
            proof.erase(person)
            anchor_log(proof.house)
            anchor_audit(proof.house, controller)
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
