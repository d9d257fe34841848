"""Who an address or a source's id finds, and the summary of each."""

import pytest

from domain.keyring import Contact, ContactKind, SourceRef
from domain.profile import Section
from domain.values import SubjectId
from infra.views.queries import find
from infra.views.queries.answers import Value, ValueState
from infra.views.queries.find import find_contact, find_source, summaries
from infra.views.queries.slots import PersonStatus
from tests.examples import SOURCE, deactivated, reactivated, registered, section_stated
from tests.views.applicants import ADA, MAIL
from tests.views.house import House


def test_a_contact_finds_the_person(house: House, ada: SubjectId) -> None:
    (found,) = find_contact(house.desk(), house.asker(), MAIL)
    assert (found.subject, found.name.value, found.applications) == (ada, "Ada Berg", 1)


def test_a_source_finds_the_person(house: House, ada: SubjectId) -> None:
    (found,) = find_source(house.desk(), house.asker(), SourceRef(SOURCE, "r-1"))
    assert found.subject == ada


@pytest.mark.usefixtures("ada")
def test_an_unknown_address_finds_nobody(house: House) -> None:
    unknown = Contact(ContactKind.EMAIL, "nobody@example.test")
    assert find_contact(house.desk(), house.asker(), unknown) == ()


def test_an_erased_person_is_not_found(house: House, ada: SubjectId) -> None:
    house.erase(ada)
    assert find_contact(house.desk(), house.asker(), MAIL) == ()


@pytest.mark.requirement("A213")
@pytest.mark.parametrize("purpose", sorted(find.HIDING))
def test_the_inactive_are_not_there_for_who_fills_a_vacancy(
    house: House, ada: SubjectId, purpose: str
) -> None:
    house.tell(ada, deactivated())
    assert find_contact(house.desk(), house.asker(purpose=purpose), MAIL) == ()
    house.tell(ada, reactivated())
    (found,) = find_contact(house.desk(), house.asker(purpose=purpose), MAIL)
    assert found.subject == ada


@pytest.mark.requirement("A213")
def test_the_inactive_are_there_for_their_rights(house: House, ada: SubjectId) -> None:
    house.tell(ada, deactivated())
    (found,) = find_contact(house.desk(), house.asker(purpose="privacy_request"), MAIL)
    assert (found.subject, found.status) == (ada, PersonStatus.INACTIVE)


@pytest.mark.requirement("A43")
def test_a_headline_is_the_latest_employments_title(house: House, ada: SubjectId) -> None:
    jobs = {"employment": [{"employer": "Yard", "title": "Foreman"}, {"title": "Welder"}]}
    house.tell(ada, section_stated(Section.EMPLOYMENT), {"profile": jobs})
    (found,) = find_contact(house.desk(), house.asker(), MAIL)
    assert found.headline == Value("headline", ValueState.PRESENT, "Foreman")


def test_without_employment_a_headline_is_the_role_wanted(house: House, ada: SubjectId) -> None:
    wanted = {"preferences": {"roles": ["Driver"], "places": []}}
    house.tell(ada, section_stated(Section.PREFERENCES), {"profile": wanted})
    (found,) = find_contact(house.desk(), house.asker(), MAIL)
    assert found.headline.value == "Driver"


@pytest.mark.usefixtures("ada")
def test_a_person_who_stated_no_work_has_no_headline(house: House) -> None:
    (found,) = find_contact(house.desk(), house.asker(), MAIL)
    assert found.headline == Value("headline", ValueState.PRESENT, None)


def test_another_controllers_person_has_no_summary(house: House, ada: SubjectId) -> None:
    other = house.keyring.add_controller("nord")
    assert summaries(house.desk(), house.asker(other), [ada]) == ()


def test_no_more_people_are_found_than_the_limit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "FOUND_MAX", 2)
    for n in range(3):
        house.tell(house.person(f"r-{n}"), registered(), ADA)
    assert len(find_contact(house.desk(), house.asker(), MAIL)) == 2
