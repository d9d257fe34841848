"""No file of the repository holds what could be a real person's.

Addresses are of the domains that RFC 2606 and RFC 6761 reserve. Norwegian telephone numbers begin
with 2-9, those made up here with 0 or 1. A Norwegian identity number has two check digits.
"""

import re
from datetime import date

from tests.house.tree import texts

_ADDRESS = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
_RESERVED = re.compile(
    r"(^|\.)(example\.(com|net|org|no)|test|invalid|example|localhost)$", re.IGNORECASE
)
_TELEPHONE = re.compile(r"(?:\+|\b00)47[ -]?([2-9](?:[ -]?\d){7})\b")
_ELEVEN_DIGITS = re.compile(r"(?<![\w.-])(\d{6})[ ]?(\d{5})(?![\w.-])")
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _is_identity_number(digits: str) -> bool:
    """Check day, month and both check digits (Skatteetaten's modulus 11)."""
    numbers = [int(digit) for digit in digits]
    day, month = int(digits[:2]) % 40, int(digits[2:4]) % 40
    try:
        date(2000, month, day)
    except ValueError:
        return False
    first = -sum(w * n for w, n in zip(_FIRST_WEIGHTS, numbers, strict=False)) % 11
    second = -sum(w * n for w, n in zip(_SECOND_WEIGHTS, numbers, strict=False)) % 11
    return (first, second) == (numbers[9], numbers[10])


def test_every_mail_address_is_of_a_reserved_domain() -> None:
    foreign = {
        (name, found.group())
        for name, text in texts()
        for found in _ADDRESS.finditer(text)
        if not _RESERVED.search(found.group(1))
    }
    assert foreign == set()


def test_no_telephone_number_can_be_called() -> None:
    callable_ = {(name, hit) for name, text in texts() for hit in _TELEPHONE.findall(text)}
    assert callable_ == set()


def test_no_eleven_digits_are_an_identity_number() -> None:
    identity = {
        (name, "".join(hit))
        for name, text in texts()
        for hit in _ELEVEN_DIGITS.findall(text)
        if _is_identity_number("".join(hit))
    }
    assert identity == set()


def test_an_identity_number_is_recognised() -> None:
    born = "010190"
    serials = [f"{serial:05d}" for serial in range(100_000)]
    assert any(_is_identity_number(born + serial) for serial in serials)
    assert not _is_identity_number("99" + born[2:] + serials[0])
