"""How an address or remote id is written before it is hashed for a look-up.

Rules, deliberately few, because two spellings that meet here propose one person:

- e-mail: surrounding white space away, case folded. Dots and ``+`` tags are kept: they are
  different mailboxes at most providers.
- phone: digits in E.164 (country code and number, no ``+``). ``+`` or ``00`` begins a country code;
  without one the number is Norwegian (47), after a leading trunk ``0`` is dropped.
- LinkedIn: the path alone, lower case, without query, fragment and trailing slash; so the country
  host (``no.linkedin.com``) does not matter.
- (source, remote id): both as written; a source's ids are its own affair.
"""

import re

from domain.framing import lp
from domain.keyring import Contact, ContactKind, SourceRef

SOURCE_KIND = 0
"""The look-up kind of (source, remote id): the only one that attaches a fact to a person."""

KIND_CODES = {ContactKind.EMAIL: 1, ContactKind.PHONE: 2, ContactKind.LINKEDIN: 3}
KIND_NAMES = {SOURCE_KIND: "source", **{code: kind.value for kind, code in KIND_CODES.items()}}
"""Look-up kinds as stored (never renumber) and as people read them."""

_NORWAY = "47"
_NOT_DIGIT = re.compile(r"[^0-9]")
_HOST = re.compile(r"^(?:[a-z]+://)?[^/]*")
_END_OF_PATH = re.compile(r"[?#]")
_FRAMED_KINDS = {code: lp(bytes([code])) for code in KIND_NAMES}


def normal_email(value: str) -> str:
    """Trim and fold the case."""
    return value.strip().casefold()


def normal_phone(value: str) -> str:
    """Reduce to E.164 digits, Norwegian unless a country code is given."""
    written = value.strip()
    digits = _NOT_DIGIT.sub("", written)
    if written.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return _NORWAY + digits.removeprefix("0")


def normal_linkedin(value: str) -> str:
    """Reduce to the lower-case path."""
    path = _HOST.sub("", _END_OF_PATH.split(value.strip().lower(), maxsplit=1)[0], count=1)
    return path.rstrip("/")


_RULES = {
    ContactKind.EMAIL: normal_email,
    ContactKind.PHONE: normal_phone,
    ContactKind.LINKEDIN: normal_linkedin,
}


def contact_identity(contact: Contact) -> tuple[int, bytes]:
    """Return the look-up kind and the framed, normalised bytes that are hashed for a contact."""
    return framed_contact(contact.kind, normal_of(contact))


def normal_of(contact: Contact) -> str:
    """Return an address as it is looked up."""
    return _RULES[contact.kind](contact.value)


def framed_contact(kind: ContactKind, normal: str) -> tuple[int, bytes]:
    """Return the look-up kind and the framed bytes of a normalised address."""
    code = KIND_CODES[kind]
    return code, _FRAMED_KINDS[code] + lp(normal.encode())


def source_identity(ref: SourceRef) -> bytes:
    """Return the framed bytes that are hashed for a (source, remote id)."""
    return _FRAMED_KINDS[SOURCE_KIND] + lp(ref.source.encode()) + lp(ref.remote_id.encode())
