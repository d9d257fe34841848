"""Signers' public keys as files: written where a certificate is made, read where one is checked.

``<controller>-<thumbprint>.pub`` holds a JWK (RFC 7517, 8037) with the controller's slug beside it.
A key vouches for that controller alone. Whoever checks certificates of a house he does not run gets
the file from the controller by a way he trusts.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from infra.keys.signing import ALGORITHM, NotSigned, Signer, thumbprint_of

FOLDER = "signers"
"""The folder in a house's home."""

_SUFFIX = ".pub"
_SIGNERS_MAX = 10_000
_READABLE = 0o644


class SignerFileError(Exception):
    """A file is no public key of a signer; the message names it."""


def export_signer(folder: Path, slug: str, signer: Signer) -> Path:
    """Write a signer's public key, readable for everybody; one that is there stays.

    Raises:
        OSError: it cannot be written.
    """
    file = folder / f"{slug}-{signer.thumbprint}{_SUFFIX}"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        members = {"kid": signer.thumbprint, "use": "sig", "alg": ALGORITHM, "controller": slug}
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        beside.write_text(json.dumps({**signer.public, **members}) + "\n", encoding="ascii")
        beside.chmod(_READABLE)
        beside.replace(file)
    return file


def read_signers(place: Path) -> Mapping[str, str]:
    """Read a file, or every ``.pub`` file of a folder: controllers' slugs by thumbprint.

    Raises:
        SignerFileError: a file is no public key.
        OSError: a file cannot be read.
    """
    files = sorted(place.glob(f"[!.]*{_SUFFIX}"))[:_SIGNERS_MAX] if place.is_dir() else [place]
    return dict([_read(file) for file in files])


def _read(file: Path) -> tuple[str, str]:
    try:
        members = json.loads(file.read_bytes())
        thumbprint, slug = thumbprint_of(members), members["controller"]
    except (NotSigned, ValueError, TypeError, KeyError):
        thumbprint, slug = "", None
    if not thumbprint or not isinstance(slug, str):
        message = f"{file} is no public key of a signer"
        raise SignerFileError(message)
    return thumbprint, slug
