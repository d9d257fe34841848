"""Recipients' public keys: one file a recipient, in a directory that an operator keeps.

``<recipient>.pub`` holds the 32 bytes of an X25519 key in hexadecimal, ``<recipient>.key`` the
private one, which the recipient keeps and this house never needs. A recipient without a file is
told by a person instead: its notices wait in the outbox.
"""

from collections.abc import Mapping
from pathlib import Path

from infra.keys.recipients import PUBLIC_BYTES, new_pair

RECIPIENTS_MAX = 1_000
_OWNER_ONLY = 0o600


class RecipientKeyError(Exception):
    """A file is no key; the message names the file."""


def read_keys(folder: Path) -> Mapping[str, bytes]:
    """Read every recipient's public key, by the recipient's name.

    Raises:
        RecipientKeyError: a file does not hold a key.
        OSError: the directory cannot be read.
    """
    files = sorted(folder.glob("*.pub"))[:RECIPIENTS_MAX]
    return {file.stem: _read(file) for file in files}


def write_pair(folder: Path, recipient: str) -> tuple[Path, Path]:
    """Make a recipient's key pair; return the private key's file and the public one's.

    Raises:
        FileExistsError: the recipient has a key already; it is not written over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    private, public = new_pair()
    kept, told = folder / f"{recipient}.key", folder / f"{recipient}.pub"
    kept.touch(_OWNER_ONLY, exist_ok=False)
    kept.write_text(private.hex() + "\n", encoding="ascii")
    told.write_text(public.hex() + "\n", encoding="ascii")
    return kept, told


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) != PUBLIC_BYTES:
        message = f"{file} does not hold a public key of {PUBLIC_BYTES} bytes in hexadecimal"
        raise RecipientKeyError(message)
    return key
