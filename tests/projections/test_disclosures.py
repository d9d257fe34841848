"""The list of recipients: what left the house, in whatever order it was told, and what did not."""

from domain.disclosure import (
    CandidatePresentedToClient,
    Disclosed,
    LegalDisclosureMade,
    PersonalDataDisclosed,
    PresentationExpired,
    PresentationViewed,
    PresentationWithdrawn,
    TransferBlocked,
)
from domain.fact import Fact
from domain.outreach import ContactEnriched, EnrichmentBlocked, EnrichmentRequested
from projections.disclosures import DISCLOSURES, DisclosureKind, DisclosureRow
from tests.examples import START, erased, stamp
from tests.life_examples import example, known_as
from tests.projections.logs import folded, log_of, only

KINDS = (Disclosed.NAME, Disclosed.SKILLS)
PRESENTED = example(CandidatePresentedToClient, disclosed=KINDS, expires_at=START + 9)
VIEWED = example(PresentationViewed)


def row(*facts: Fact) -> DisclosureRow:
    return only(folded(DISCLOSURES, log_of(*facts)))


def test_a_presentation_tells_kinds_and_documents_and_until_when() -> None:
    told = row(PRESENTED)
    assert (told.kind, told.recipient) == (DisclosureKind.PRESENTED, known_as("client_id"))
    assert (told.disclosed, told.documents) == (("name", "skills"), 1)
    assert (told.told_at, told.expires_at) == (stamp(1).occurred_at, START + 9)


def test_a_presentation_is_one_row_to_its_end() -> None:
    told = row(PRESENTED, VIEWED, example(PresentationExpired), example(PresentationWithdrawn))
    ends = (told.viewed_at, told.expired_at, told.withdrawn_at)
    assert ends == tuple(stamp(n).occurred_at for n in (2, 3, 4))


def test_a_client_looked_at_its_earliest() -> None:
    assert row(PRESENTED, VIEWED, VIEWED).viewed_at == stamp(2).occurred_at


def test_a_look_told_before_its_presentation_finds_it() -> None:
    told = row(VIEWED, PRESENTED)
    assert (told.viewed_at, told.told_at) == (stamp(1).occurred_at, stamp(2).occurred_at)
    assert told.disclosed == ("name", "skills")


def test_a_look_alone_says_that_a_presentation_is_missing() -> None:
    told = row(VIEWED)
    assert (told.kind, told.told_at, told.recipient) == (DisclosureKind.PRESENTED, None, None)


def test_a_disclosure_tells_its_purpose_and_transfer() -> None:
    told = row(example(PersonalDataDisclosed, disclosed=KINDS))
    assert (told.kind, told.why) == (DisclosureKind.DISCLOSED, "presentation")
    assert (told.recipient, told.transfer_id) == (known_as("recipient_id"), known_as("transfer_id"))


def test_a_disclosure_and_one_to_an_authority_are_two_rows() -> None:
    log = log_of(example(PersonalDataDisclosed), example(LegalDisclosureMade))
    kinds = {told.kind for told in folded(DISCLOSURES, log).values()}
    assert kinds == {DisclosureKind.DISCLOSED, DisclosureKind.LEGAL}


def test_an_enrichment_tells_that_the_profiles_address_left() -> None:
    for kind in (EnrichmentRequested, ContactEnriched):
        assert (row(example(kind)).disclosed, row(example(kind)).why) == (
            ("linkedin_url",),
            "email",
        )


def test_what_was_held_back_tells_why_and_discloses_nothing() -> None:
    for kind, why in ((EnrichmentBlocked, "suppressed"), (TransferBlocked, "no_mechanism")):
        told = row(example(kind))
        assert (told.recipient, told.disclosed) == (known_as("recipient_id"), ())
        assert told.why == why


def test_two_blocked_transfers_are_two_rows() -> None:
    log = log_of(example(TransferBlocked), example(TransferBlocked))
    assert len(folded(DISCLOSURES, log)) == 2


def test_an_erasure_leaves_the_list_as_it_is() -> None:
    log = log_of(PRESENTED, VIEWED)
    end = log_of(erased(), start=3)
    assert folded(DISCLOSURES, log, end) == folded(DISCLOSURES, log)
