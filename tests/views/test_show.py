"""What a dossier answers: each value present, shredded or withheld, or nobody by this id."""

import pytest

from domain.application import Stage
from domain.profile import Section
from domain.values import SubjectId
from infra.views.queries.answers import Value, ValueState
from infra.views.queries.desk import SubjectUnknown
from infra.views.queries.show import show
from infra.views.queries.slots import PersonStatus
from tests.examples import (
    SOURCE,
    deactivated,
    numbered,
    registered,
    section_stated,
    sourced,
    stage_changed,
)
from tests.views.applicants import ADA, SHREDDED_NAME
from tests.views.house import House


@pytest.mark.requirement("A42", "A185")
def test_a_dossier_shows_a_value_by_its_name(house: House, ada: SubjectId) -> None:
    dossier = show(house.desk(), house.asker(), ada)
    (slot,) = [slot for slot in dossier.slots if slot.slot == f"registered/{SOURCE}"]
    assert slot.values[0] == Value("given_name", ValueState.PRESENT, "Ada")


def test_a_dossier_shows_the_name(house: House, ada: SubjectId) -> None:
    assert show(house.desk(), house.asker(), ada).name.value == "Ada Berg"


def test_a_preferred_name_is_shown(house: House, ada: SubjectId) -> None:
    house.tell(ada, registered(), {"profile": {**ADA["profile"], "preferred_name": "Addie"}})
    assert show(house.desk(), house.asker(), ada).name.value == "Addie Berg"


@pytest.mark.requirement("A174")
def test_a_later_contact_section_names_the_person(house: House, ada: SubjectId) -> None:
    contact = {"contact": {"given_name": "Ada", "family_name": "Dahl"}}
    house.tell(ada, section_stated(Section.CONTACT), {"profile": contact})
    assert show(house.desk(), house.asker(), ada).name.value == "Ada Dahl"


def test_a_contact_section_without_a_name_leaves_the_registered_one(
    house: House, ada: SubjectId
) -> None:
    house.tell(ada, section_stated(Section.CONTACT), {"profile": {"contact": {"emails": []}}})
    assert show(house.desk(), house.asker(), ada).name.value == "Ada Berg"


@pytest.mark.requirement("A8")
def test_a_sourced_person_has_the_sourced_name(house: House) -> None:
    person = house.person()
    house.tell(person, sourced(), {"profile": {"name": "Kari Lund", "url": "https://x.test"}})
    assert show(house.desk(), house.asker(), person).name.value == "Kari Lund"


def test_a_dossier_shows_clear_fields(house: House, ada: SubjectId) -> None:
    dossier = show(house.desk(), house.asker(), ada)
    assert [slot.clear for slot in dossier.slots][1] == {"channel": "website"}


@pytest.mark.requirement("A7", "A185")
def test_a_dossier_shows_where_each_application_stands(house: House, ada: SubjectId) -> None:
    house.tell(ada, stage_changed(stage=Stage.OFFER))
    dossier = show(house.desk(), house.asker(), ada)
    assert [application.stage for application in dossier.applications] == [Stage.OFFER]


@pytest.mark.requirement("A213")
def test_an_inactive_person_is_told_so(house: House, ada: SubjectId) -> None:
    house.tell(ada, deactivated())
    assert show(house.desk(), house.asker(), ada).standing.status is PersonStatus.INACTIVE


def test_an_erased_person_is_a_tombstone(house: House, ada: SubjectId) -> None:
    house.erase(ada)
    dossier = show(house.desk(), house.asker(), ada)
    states = {value.state for slot in dossier.slots for value in slot.values}
    assert (dossier.standing.status, states) == (PersonStatus.ERASED, {ValueState.SHREDDED})


def test_a_destroyed_key_is_shredded_though_the_view_still_holds_the_token(
    house: House, ada: SubjectId
) -> None:
    house.destroy(ada)
    assert show(house.desk(), house.asker(), ada).name == SHREDDED_NAME


def test_an_erased_category_is_told(house: House, ada: SubjectId) -> None:
    house.erase(ada, "communications")
    standing = show(house.desk(), house.asker(), ada).standing
    assert (standing.status, standing.erased_categories) == (
        PersonStatus.ACTIVE,
        ("communications",),
    )


@pytest.mark.requirement("A33", "A157")
def test_a_restricted_person_is_withheld(house: House, ada: SubjectId) -> None:
    house.keyring.suspend(house.controller, [ada])
    assert show(house.desk(), house.asker(), ada).name == Value("name", ValueState.WITHHELD)


@pytest.mark.usefixtures("ada")
def test_an_unknown_person_is_unknown(house: House) -> None:
    with pytest.raises(SubjectUnknown):
        show(house.desk(), house.asker(), SubjectId(numbered("subject", 99)))


@pytest.mark.requirement("A102")
def test_another_controllers_person_is_unknown(house: House, ada: SubjectId) -> None:
    other = house.keyring.add_controller("nord")
    with pytest.raises(SubjectUnknown):
        show(house.desk(), house.asker(other), ada)


def test_a_value_is_not_printed(house: House, ada: SubjectId) -> None:
    assert "Ada" not in repr(show(house.desk(), house.asker(), ada))
