"""Who the questions are asked about."""

from domain.keyring import Contact, ContactKind
from domain.values import SubjectId
from infra.views.queries.answers import Value, ValueState
from tests.examples import registered, submitted
from tests.views.house import House, Values

ADA = {"profile": {"given_name": "Ada", "family_name": "Berg", "emails": ["ada@example.test"]}}
WELDER: Values = {
    "profile": {"assignment_title": "Welder"},
    "communications": {"answers": [{"question": "When?", "answer": "Now"}]},
}
MAIL = Contact(ContactKind.EMAIL, "ada@example.test")

SHREDDED_NAME = Value("name", ValueState.SHREDDED)


def other_applicant(house: House, n: int) -> SubjectId:
    person = house.person(f"r-{n}", f"p{n}@example.test")
    house.tell(person, registered(), {"profile": {"given_name": "Person", "family_name": str(n)}})
    house.tell(person, submitted(n), WELDER)
    return person
