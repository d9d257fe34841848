"""What a process has in memory of somebody whose keys were destroyed."""

import gc
import subprocess
import sys

from domain.keyring import SourceRef
from domain.values import ControllerId
from infra.keys.keyring import Keyring
from infra.keys.token import DataKey, key_id_of
from tests.contracts.whole_keyring import admit_one, claim, erase, sealed
from tests.house.tree import ROOT

_ASKED = """
import ctypes, resource, sys
from infra.cli.app import main
try:
    main(["--version"])
except SystemExit:
    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
    print(resource.getrlimit(resource.RLIMIT_CORE)[0], dumpable)
"""


def held(key_id: bytes) -> int:
    """Count the keys of this id that anything in this process still holds."""
    gc.collect()
    return sum(isinstance(one, DataKey) and one.key_id == key_id for one in gc.get_objects())


def test_a_process_that_heard_of_a_destruction_holds_none_of_its_keys(
    keyring: Keyring, controller: ControllerId
) -> None:
    """Guard: eviction drops the material itself, and no table but the cache's holds it."""
    subject = admit_one(keyring, controller, claim(SourceRef("ats", "1")))
    asked = sealed(keyring, controller, subject, "profile")
    keyring.open(controller, [asked])
    key_id = key_id_of(asked.token, asked.fact_id)
    assert held(key_id) > 0
    erase(keyring, controller, subject)
    assert held(key_id) == 0


def test_the_program_dumps_no_core_and_cannot_be_attached_to() -> None:
    told = subprocess.run(  # noqa: S603 - ourselves, no shell
        [sys.executable, "-c", _ASKED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "0 0"
