"""Erasing somebody, and the certificate of it, as they are typed."""

import base64
import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Cli

ERASE = ("--yes", "--reason", "request", "--as", "account-7", "--json")


def erase(somewhere: Cli, *whom: str) -> dict[str, Any]:
    (receipt,) = somewhere("erase", *whom, *ERASE).document["erased"]
    found: dict[str, Any] = receipt
    return found


def issued(fed: Cli, receipt: dict[str, Any], file: Path) -> dict[str, Any]:
    """Print a certificate into a file, and return what it says."""
    answer = fed("certificate", receipt["erasure_id"])
    assert answer.code == 0
    file.write_text(answer.out)
    payload = answer.out.split(".")[1]
    found: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return found


def verified(anybody: Cli, file: Path, *options: str) -> tuple[int, str]:
    answer = anybody("certificate", "verify", str(file), *options, "--json")
    return answer.code, answer.document["answer"]


def key_file(cli: Cli, receipt: dict[str, Any]) -> Path:
    return Path(cli("certificate", receipt["erasure_id"], "--json").document["signer"]["file"])
