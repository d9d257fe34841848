"""Spellings that must meet, and spellings that must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keyring import Contact, ContactKind, SourceRef
from infra.keys.normalise import (
    contact_identity,
    normal_email,
    normal_linkedin,
    normal_phone,
    source_identity,
)


@pytest.mark.parametrize(
    "written",
    ["11234567", "112 34 567", "+47 112 34 567", "0047 11234567", "+4711234567", "11-23-45-67"],
)
def test_a_norwegian_number_is_one_number(written: str) -> None:
    assert normal_phone(written) == "4711234567"


def test_a_swedish_number_keeps_its_country() -> None:
    assert normal_phone("+46 70 174 06 05") == "46701740605"


def test_a_trunk_zero_is_dropped() -> None:
    assert normal_phone("011234567") == "4711234567"


def test_an_address_is_folded_and_trimmed() -> None:
    assert normal_email("  Kari.NORDMANN@Example.Test ") == "kari.nordmann@example.test"


def test_a_tagged_mailbox_is_another() -> None:
    assert normal_email("kari+jobs@example.test") != normal_email("kari@example.test")


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/Kari-N/",
        "https://no.linkedin.com/in/kari-n?trk=x",
        "linkedin.com/in/kari-n#about",
        " http://linkedin.com/in/kari-n ",
    ],
)
def test_a_profile_is_its_path(written: str) -> None:
    assert normal_linkedin(written) == "/in/kari-n"


@given(st.text(), st.sampled_from(ContactKind))
def test_any_text_normalises_once_and_for_all(text: str, kind: ContactKind) -> None:
    identity = contact_identity(Contact(kind, text))
    assert contact_identity(Contact(kind, text)) == identity


def test_kinds_do_not_meet() -> None:
    email = contact_identity(Contact(ContactKind.EMAIL, "4711234567"))
    assert email[1] != contact_identity(Contact(ContactKind.PHONE, "11234567"))[1]


def test_the_border_between_source_and_remote_id_counts() -> None:
    assert source_identity(SourceRef("at", "s1")) != source_identity(SourceRef("ats", "1"))
