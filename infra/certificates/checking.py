"""Checks a certificate with nothing but its text and the signers one believes.

Rules. The answers keep different faults apart. Whether the text is whole is asked of the key that
the text itself names, so that a changed byte is never taken for a stranger's signature. Only then
is asked who signed, and last whether the record leads to the journal's head. What was no
certificate to begin with is told from a damaged one by two marks, one in each half of the text: no
single change destroys both.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra.certificates.contents import FORM, KIND, Certificate, read_certificate
from infra.certificates.tree import root_over
from infra.keys.signing import NotSigned, Signed, opened


class Answer(StrEnum):
    """What was found."""

    VALID = "valid"
    ALTERED = "altered"
    """It is not what was signed."""
    WRONG_CHAIN = "wrong_chain"
    """It was signed so, and its record does not lead to the head it names."""
    UNKNOWN_SIGNER = "unknown_signer"
    """It is whole, and signed by nobody one believes for that controller."""
    NOT_A_CERTIFICATE = "not_a_certificate"
    BAD_FILE = "bad_file"
    """It cannot be read, or is larger than any certificate."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer; the certificate where the text is whole, and who signed it."""

    answer: Answer
    certificate: Certificate | None = None
    thumbprint: str | None = None


def _mark(beginning: str) -> bytes:
    """Encode how a part begins, cut to whole groups of characters."""
    encoded = beginning.encode()
    return base64.urlsafe_b64encode(encoded[: len(encoded) // 3 * 3])


_MARKS = (_mark(f'{{"typ":"{KIND}"'), _mark(f'{{"form":"{FORM}"'))


def check(text: bytes, known: Mapping[str, str]) -> Checked:
    """Check a certificate's text; ``known`` names the controllers that thumbprints sign for."""
    if not any(mark in text for mark in _MARKS):
        return Checked(Answer.NOT_A_CERTIFICATE)
    try:
        signed = opened(_without_line_end(text), KIND)
    except NotSigned:
        return Checked(Answer.ALTERED)
    try:
        certificate = read_certificate(signed.payload)
    except ValueError:
        return Checked(Answer.NOT_A_CERTIFICATE)
    return Checked(_answer(certificate, signed, known), certificate, signed.thumbprint)


def _without_line_end(text: bytes) -> bytes:
    """Take off the one line end that a shell or an editor adds."""
    return text.removesuffix(b"\r\n" if text.endswith(b"\r\n") else b"\n")


def _answer(certificate: Certificate, signed: Signed, known: Mapping[str, str]) -> Answer:
    if known.get(signed.thumbprint) != certificate.controller.slug:
        return Answer.UNKNOWN_SIGNER
    return Answer.VALID if leads_to_head(certificate) else Answer.WRONG_CHAIN


def leads_to_head(certificate: Certificate) -> bool:
    """Say whether what the certificate tells of its record is in the journal it names."""
    journal, erased = certificate.journal, certificate.erasure
    try:
        leaf = erased.leaf(journal.chain)
        path = [bytes.fromhex(each) for each in journal.path]
        root = bytes.fromhex(journal.head.root)
    except ValueError:
        return False
    return root_over(leaf, erased.sequence - 1, journal.head.sequence, path) == root
