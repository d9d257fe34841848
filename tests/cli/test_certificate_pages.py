"""A certificate as a page, and the closing letter: whole, in both languages, and hers alone."""

from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest

from domain.values import ErasureId, SubjectId
from infra.clock import SystemClock
from infra.house import open_house
from infra.keys.journal import record_of
from infra.settings import read_process_settings
from tests.cli.certificates import erase
from tests.cli.conftest import Answer, Cli, World, somebody_of, subject_of


@pytest.fixture
def erased(cli: Cli, world: World) -> dict[str, Any]:
    """Erase somebody; return the receipt."""
    return erase(cli, subject_of(cli, world.somebody()))


class _Outline(HTMLParser):
    """Collects the language, what stands open, and what would be fetched or run."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.language = dict(attrs).get("lang") or self.language
        self.fetched += [name for name, _ in attrs if name in {"src", "href", "onload"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("lang", "title", "option"),
    [
        ("nb", "Slettebevis", "--html"),
        ("en", "Certificate of erasure", "--html"),
        ("nb", "Opplysningene dine er slettet", "--letter"),
        ("en", "Your data are erased", "--letter"),
    ],
)
def test_a_page_is_whole_in_its_language_and_fetches_nothing(
    cli: Cli, erased: dict[str, Any], lang: str, title: str, option: str
) -> None:
    page = cli("certificate", erased["erasure_id"], "--html", option, "--lang", lang).out
    outline = _Outline()
    outline.feed(page)
    assert (outline.language, outline.open, outline.fetched) == (lang, [], [])
    assert f"<h1>{title}</h1>" in page
    assert erased["erasure_id"] in page


def letter_of(cli: Cli, receipt: str, *options: str) -> Answer:
    return cli("certificate", receipt, "--letter", "--lang", "nb", "--as", "account-7", *options)


@pytest.fixture
def wrote(cli: Cli, world: World) -> tuple[str, str]:
    """Erase somebody who gave her address for the letter; return it with the receipt."""
    person = world.somebody()
    receipt = erase(cli, "--email", person["email"], "--controller", person["controller"])
    return person["email"], receipt["erasure_id"]


def test_the_letter_has_her_address_until_it_is_delivered(cli: Cli, wrote: tuple[str, str]) -> None:
    email, receipt = wrote
    first = letter_of(cli, receipt)
    assert first.out.startswith(f"Til: {email}\n")
    assert receipt in first.out
    assert cli("certificate", receipt, "--delivered").code == 0
    second = letter_of(cli, receipt, "--json").document
    assert second["letter"]["to"] is None
    assert email not in second["letter"]["text"]
    remains = {one["what"] for one in second["certificate"]["residuals"]}
    assert "letter_address" not in remains


def test_opening_the_address_is_in_the_access_audit(cli: Cli, wrote: tuple[str, str]) -> None:
    letter_of(cli, wrote[1])
    with open_house(read_process_settings(), SystemClock()) as house:
        record = record_of(house.keyring.vault, ErasureId(UUID(wrote[1])))
        assert record is not None
        looks = house.audit.of(SubjectId(record[1].decoded().subject))
    assert ("account-7", "closing_letter") in [(look.who, look.view) for look in looks]


def test_a_letter_in_production_names_who_opens_her_address(
    fed: Cli,
) -> None:
    receipt = erase(fed, somebody_of(fed))["erasure_id"]
    assert fed("certificate", receipt, "--letter").code == 2
