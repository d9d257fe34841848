"""How an address is folded before a suppression pointer is made of it.

Rules. More generous than a look-up: what that takes for one address is one here too, and besides:

- e-mail: compatibility forms (full-width and so on) are the plain ones; a display name and
  ``mailto:`` are not part of it; ``+`` tags are dropped, dots too at Google's two domains, which
  are one; an international domain is its ASCII form.
- phone: any script's digits; ``(0)`` and a trunk zero behind a country code are dropped; ``47``
  written without ``+`` before eight digits is Norway.
- LinkedIn: percent-decoded, the public name alone: no host, no language or section behind it.

Two people who meet here by mistake cost a look by somebody; a spelling that is missed costs a
promise.
"""

import re
from unicodedata import decimal, normalize
from urllib.parse import unquote

from domain.keyring import Contact, ContactKind
from infra.keys.normalise import normal_phone

_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
_IN_BRACKETS = re.compile(r"<([^<>]*)>\s*$")
_SCHEME_AND_HOST = re.compile(r"^(?:[a-z]+:/*)?(?:[^/]*\.[^/]*)?/?")
_BEFORE_A_NUMBER = re.compile(r"^[^+0-9]*")
_TRUNK = re.compile(r"\(\s*0\s*\)")
_NORWAY = "47"
_NATIONAL_DIGITS = 8
_DECODINGS_MAX = 3
"""A link copied through two systems is encoded twice; more is not seen."""

_TWO_DIGIT_CODES = frozenset(
    (
        *("20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46"),
        *("47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63"),
        *("64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"),
    )
)
"""E.164 country codes of two digits; 1 and 7 have one, all others three."""


def folded_email(value: str) -> str:
    """Reduce to the mailbox as its owner thinks of it."""
    plain = normalize("NFKC", value.translate(_INVISIBLE)).casefold().strip()
    bracketed = _IN_BRACKETS.search(plain)
    plain = (bracketed[1] if bracketed else plain).strip().removeprefix("mailto:")
    local, at, domain = plain.rpartition("@")
    if not at:
        return plain
    domain = _ascii_domain(domain.strip().rstrip("."))
    local = local.strip().strip('"')
    local = local.split("+", maxsplit=1)[0] or local
    if domain in _GOOGLE:
        domain, local = "gmail.com", local.replace(".", "")
    return f"{local}@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def folded_phone(value: str) -> str:
    """Reduce to E.164 digits without a trunk zero."""
    if not value.isascii():
        value = "".join(map(_digit, normalize("NFKC", value)))
    if "(" in value:
        value = _TRUNK.sub("", value)
    code, rest = _split(normal_phone(_BEFORE_A_NUMBER.sub("", value)))
    rest = rest.lstrip("0")
    if code == _NORWAY and len(rest) == len(code) + _NATIONAL_DIGITS:
        rest = rest.removeprefix(code)
    return code + rest


def _digit(character: str) -> str:
    return character if character.isascii() else str(decimal(character, character))


def _split(digits: str) -> tuple[str, str]:
    one, two = digits[:1] in {"1", "7"}, digits[:2] in _TWO_DIGIT_CODES
    length = 1 if one else 3 - two
    return digits[:length], digits[length:]


def folded_linkedin(value: str) -> str:
    """Reduce to ``/in/`` and the public name; another path stays whole."""
    plain = normalize("NFKC", _decoded(value.strip()).translate(_INVISIBLE)).casefold()
    plain = re.split(r"[?#]", plain, maxsplit=1)[0].strip()
    path = [part for part in _SCHEME_AND_HOST.sub("", plain).split("/") if part.strip()]
    if "in" in path[:-1]:
        return f"/in/{path[path.index('in') + 1].strip()}"
    if len(path) == 1 and "/" not in plain:
        return f"/in/{path[0].removeprefix('@')}"
    return "".join(f"/{part}" for part in path)


def _decoded(value: str) -> str:
    for _ in range(_DECODINGS_MAX):
        decoded = unquote(value)
        if decoded == value:
            break
        value = decoded
    return value


_RULES = {
    ContactKind.EMAIL: folded_email,
    ContactKind.PHONE: folded_phone,
    ContactKind.LINKEDIN: folded_linkedin,
}
_FOLDED_ALREADY = {
    ContactKind.EMAIL: re.compile(
        r"(?!.*@(?:gmail|googlemail)\.com$)[a-z0-9._-]+@(?:[a-z0-9-]+\.)+[a-z]+"
    ),
    ContactKind.PHONE: re.compile(r"47[1-9][0-9]{7}|46[1-9][0-9]{6,8}|45[1-9][0-9]{7}"),
    ContactKind.LINKEDIN: re.compile(r"/in/[a-z0-9-]{3,}"),
}
"""Looked-up forms that folding leaves as they are: nearly all, and folding costs more than this."""

_ADDRESSES = {
    ContactKind.EMAIL: re.compile(r"[^@]+@[^@]{2,}", re.DOTALL),
    ContactKind.PHONE: re.compile(r"[0-9]{7,}"),
    ContactKind.LINKEDIN: re.compile(r"/.{2,}/.{3,}", re.DOTALL),
}
"""What an address has at least; public names have three characters or more, numbers seven digits
with their country code."""


def folded_of(contact: Contact, normal: str) -> str | None:
    """Return an address as a pointer is made of it; ``normal`` is its form for look-ups.

    None for what is no address (``n/a``, a dash): a pointer made of it would bar everybody who has
    none.
    """
    if _FOLDED_ALREADY[contact.kind].fullmatch(normal) and contact.value.isascii():
        return normal
    folded = _RULES[contact.kind](contact.value)
    return folded if _ADDRESSES[contact.kind].fullmatch(folded) else None
