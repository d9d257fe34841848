"""How a KEK provider is named in a setting: ``file``, or a PKCS#11 URI (RFC 7512).

::

    file                    the root key file of GLEMMEBOK_ROOT_KEY
    pkcs11:token=glemmebok;object=root?module-path=/usr/lib/x.so&pin-source=file:/etc/pin

``token`` is the token's label; ``object`` begins the labels of the keys (``root`` if not given), so
two houses can share a token. The PIN is in a file of its own and never in the URI: ``pin-value`` is
refused.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

FILE = "file"
_SCHEME = "pkcs11:"
_ROOT = "root"
_PATH = {"token", "object"}
_QUERY = {"module-path", "pin-source"}


class BadKek(ValueError):  # noqa: N818 - what was given
    """The text names no provider; the message says what is wrong and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Pkcs11Place:
    """Where a token is, and the file of its PIN."""

    module: Path
    token: str
    pin_file: Path
    prefix: str


Kek = Pkcs11Place | None
"""A place, or None for the root key file."""


def read_kek(text: str) -> Kek:
    """Read one provider's name.

    Raises:
        BadKek: it names none.
    """
    if text == FILE:
        return None
    if not text.startswith(_SCHEME):
        message = "names a provider that is not: file, or pkcs11:token=...?module-path=..."
        raise BadKek(message)
    path, _, query = text.removeprefix(_SCHEME).partition("?")
    given = _attributes(path, ";", _PATH) | _attributes(query, "&", _QUERY)
    missing = sorted({"token", *_QUERY} - given.keys())
    if missing:
        message = f"is a PKCS#11 URI without {', '.join(missing)}"
        raise BadKek(message)
    pin = given["pin-source"].removeprefix("file:")
    return Pkcs11Place(
        Path(given["module-path"]), given["token"], Path(pin), given.get("object", _ROOT)
    )


def _attributes(text: str, separator: str, known: set[str]) -> dict[str, str]:
    found = {}
    for part in filter(None, text.split(separator)):
        name, _, value = part.partition("=")
        if name not in known:
            message = f"is a PKCS#11 URI with an attribute other than {', '.join(sorted(known))}"
            raise BadKek(message)
        found[name] = unquote(value)
    return found
