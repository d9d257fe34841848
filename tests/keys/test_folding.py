"""Spellings that must meet at a pointer, and what is no address at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keyring import Contact, ContactKind
from infra.keys.folding import folded_of
from infra.keys.normalise import normal_of


def wide(text: str) -> str:
    """Write a text in full-width forms, as an East Asian keyboard does."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def folded(kind: ContactKind, value: str) -> str | None:
    contact = Contact(kind, value)
    return folded_of(contact, normal_of(contact))


@pytest.mark.parametrize(
    "written",
    [
        "kari@blabaer.test",
        " KARI@Blabaer.TEST ",
        "kari+jobb@blabaer.test",
        "Kari Nordmann <kari@blabaer.test>",
        "mailto:kari@blabaer.test",
        wide("kari@blabaer.test"),
        "kari\u200b@blabaer.test",
        '"kari"@blabaer.test.',
    ],
)
def test_a_mailbox_is_one_however_it_is_written(written: str) -> None:
    assert folded(ContactKind.EMAIL, written) == "kari@blabaer.test"


@pytest.mark.parametrize(
    ("local", "domain"),
    [("kari.n", "gmail.com"), ("k.a.r.i.n", "GoogleMail.com"), ("karin+x", "googlemail.com")],
)
def test_google_knows_no_dots_and_one_domain(local: str, domain: str) -> None:
    plain = folded(ContactKind.EMAIL, "karin@" + "gmail.com")
    assert plain is not None
    assert folded(ContactKind.EMAIL, f"{local}@{domain}") == plain
    assert plain.startswith("karin@")


def test_elsewhere_a_dot_is_another_mailbox() -> None:
    assert folded(ContactKind.EMAIL, "kari.n@example.test") == "kari.n@example.test"


@pytest.mark.parametrize("written", ["ola@BLÅBÆR.test", "ola@xn--blbr-roah.test"])
def test_an_international_domain_is_its_ascii_form(written: str) -> None:
    assert folded(ContactKind.EMAIL, written) == "ola@xn--blbr-roah.test"


@pytest.mark.parametrize(
    "written",
    [
        "11234567",
        "+47 112 34 567",
        "+47 (0) 112 34 567",
        "+47 0112 34 567",
        "0047 011234567",
        "(+47) 11234567",
        "4711234567",
        "tel:+4711234567",
        wide("+47 112 34 567"),
        "٤٧١١٢٣٤٥٦٧",
    ],
)
def test_a_number_is_one_however_it_is_written(written: str) -> None:
    assert folded(ContactKind.PHONE, written) == "4711234567"


@pytest.mark.parametrize(
    "written",
    ["+46 70 174 06 05", "+46 (0)70-174 06 05", "0046701740605", f"+46 70 174 06 0{wide('5')}"],
)
def test_a_foreign_number_loses_its_trunk_zero(written: str) -> None:
    assert folded(ContactKind.PHONE, written) == "46701740605"


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/kåre-n/",
        "https://no.linkedin.com/in/K%C3%85RE-N?trk=x",
        "https://www.linkedin.com/in/k%25C3%25A5re-n",
        "linkedin.com/in/kåre-n/nb/details/skills",
        "https://www.linkedin.com/mwlite/in/kåre-n#about",
        "in/kåre-n",
        "@kåre-n",
        "kåre-n",
    ],
)
def test_a_profile_is_its_public_name(written: str) -> None:
    assert folded(ContactKind.LINKEDIN, written) == "/in/kåre-n"


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (ContactKind.EMAIL, ""),
        (ContactKind.EMAIL, "n/a"),
        (ContactKind.EMAIL, "@"),
        (ContactKind.PHONE, "-"),
        (ContactKind.PHONE, "0"),
        (ContactKind.LINKEDIN, "https://www.linkedin.com/"),
        (ContactKind.LINKEDIN, "-"),
    ],
)
def test_what_is_no_address_leads_to_no_pointer(kind: ContactKind, written: str) -> None:
    assert folded(kind, written) is None


_LOCAL = st.text("abcæ.+-_", min_size=1, max_size=12)
_ADDRESSES = {
    ContactKind.EMAIL: st.builds(
        "{}@{}".format, _LOCAL, st.sampled_from(["gmail.com", "example.test", "blåbær.test"])
    ),
    ContactKind.PHONE: st.text("0123456789 ()+-", min_size=7, max_size=18),
    ContactKind.LINKEDIN: st.builds(
        "https://{}.linkedin.com/in/{}".format,
        st.sampled_from(["www", "no"]),
        st.text("abcå%3-", min_size=3, max_size=10),
    ),
}


@given(st.data())
def test_addresses_that_a_look_up_takes_for_one_share_their_pointer(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(ContactKind))
    written = data.draw(_ADDRESSES[kind])
    other = data.draw(st.sampled_from([written.upper(), f"  {written} ", written.lower()]))
    assert normal_of(Contact(kind, written)) == normal_of(Contact(kind, other))
    assert folded(kind, written) == folded(kind, other)


@given(st.text(), st.sampled_from(ContactKind))
def test_any_text_folds(text: str, kind: ContactKind) -> None:
    assert folded(kind, text) == folded(kind, text)
