"""A certificate as a house would make it, over a journal of a few records."""

from dataclasses import replace
from uuid import UUID

from infra.certificates.contents import (
    FORM,
    KIND,
    STATEMENT,
    Backups,
    Certificate,
    Controller,
    Erased,
    Head,
    Inclusion,
    Key,
    Remains,
    Residual,
)
from infra.certificates.tree import leaf_of, levels_of, path_of
from infra.keys.signing import Signer

SLUG = "toptemp"
SIGNER = Signer(bytes(range(32)))
KNOWN = {SIGNER.thumbprint: SLUG}
CHAIN = "5a" * 32
ERASED = Erased(
    sequence=3,
    erasure_id=UUID("1b2b0004-6a5e-4f0e-9c57-1d2c0c8f6e11"),
    scope="person",
    keys=(Key("profile", 1, "11" * 32), Key("documents", 2, "22" * 32)),
    lookups_cleared=4,
    destroyed_at="2026-06-01T12:00:00Z",
)


def inclusion(erased: Erased, others: int = 4) -> Inclusion:
    """Put a record at its place among others that say nothing."""
    leaves = [leaf_of(bytes([n])) for n in range(others)]
    leaves.insert(erased.sequence - 1, erased.leaf(CHAIN))
    levels = levels_of(leaves)
    path = tuple([each.hex() for each in path_of(levels, erased.sequence - 1)])
    return Inclusion(CHAIN, path, Head(len(leaves), "6b" * 32, levels[-1][0].hex()))


CERTIFICATE = Certificate(
    form=FORM,
    statement=STATEMENT,
    issued_at="2026-06-02T08:00:00Z",
    controller=Controller(SLUG, "Toptemp"),
    erasure=ERASED,
    unreadable_since="2026-06-01T12:00:00Z",
    unreadable_everywhere_since="2026-06-01T12:01:00Z",
    tokens_tried=9,
    tokens_opened=0,
    journal=inclusion(ERASED),
    applied_again_at=(),
    backups=Backups(final=False, final_at=None, promise="file-rewritten", destroyed=()),
    recipients=(),
    residuals=(
        Residual(Remains.LOG_TOKENS),
        Residual(Remains.NOTICE_KEYS, 2, "2026-07-01T12:00:00Z"),
    ),
)


def signed(certificate: Certificate = CERTIFICATE, signer: Signer = SIGNER) -> bytes:
    """Sign a certificate as it is printed."""
    return signer.sign(KIND, certificate.encoded()).encode()


def retold(erased: Erased) -> Certificate:
    """Tell another thing of the record, and leave its place in the journal."""
    return replace(CERTIFICATE, erasure=erased)
