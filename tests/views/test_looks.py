"""What stands between a question and a value: the record of the look, and errors of its own."""

from collections.abc import Sequence

import pytest
from psycopg_pool import ConnectionPool

from domain.answers import Answer, GateClosed, GateVerdict, KeyUnavailable, SealBroken
from domain.keyring import OpenRequest
from domain.values import ControllerId, SubjectId
from infra.views.queries import desk
from infra.views.queries.answers import ValueState
from infra.views.queries.show import show
from tests.projections.every import PROJECTIONS
from tests.views.applicants import other_applicant
from tests.views.house import House


def test_a_look_is_recorded_with_how_much_is_opened(house: House, ada: SubjectId) -> None:
    show(house.desk(), house.asker(), ada)
    (look,) = house.audit.looks
    assert (look.view, look.subjects, look.counts) == ("dossier", (ada,), (3,))


@pytest.mark.requirement("A16", "A77")
def test_a_look_names_who_and_why(house: House, ada: SubjectId) -> None:
    show(house.desk(), house.asker(), ada)
    (look,) = house.audit.looks
    assert (look.who, look.purpose) == ("account-7", "recruiting")


@pytest.mark.requirement("A22")
def test_without_a_record_nothing_is_opened(
    house: House, ada: SubjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_desk, opened, opens = house.desk(), list[OpenRequest](), house.keyring.open

    def seen(controller: ControllerId, requests: Sequence[OpenRequest]) -> list[Answer]:
        opened.extend(requests)
        return opens(controller, requests)

    house.audit.away = True
    monkeypatch.setattr(house.keyring, "open", seen)
    with pytest.raises(ConnectionError):
        show(open_desk, house.asker(), ada)
    assert opened == []


def test_nothing_to_open_is_nothing_to_record(house: House, ada: SubjectId) -> None:
    house.erase(ada)
    show(house.desk(), house.asker(), ada)
    assert house.audit.looks == []


def test_an_outage_of_the_keys_is_not_told_as_an_erasure(
    house: House, ada: SubjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise KeyUnavailable

    monkeypatch.setattr(house.keyring, "open", away)
    with pytest.raises(KeyUnavailable):
        show(house.desk(), house.asker(), ada)


def test_a_closed_gate_passes_through(house: House, ada: SubjectId) -> None:
    def closed() -> None:
        raise GateClosed(GateVerdict.ROLLED_BACK, "sequence 3 of 5")

    house.keyring.set_gate(closed)
    with pytest.raises(GateClosed):
        show(house.desk(), house.asker(), ada)


def test_a_token_moved_to_another_person_is_tampering(
    house: House, ada: SubjectId, pool: ConnectionPool
) -> None:
    other = other_applicant(house, 2)
    desk = house.desk()
    with pool.connection() as connection:
        connection.execute(
            "UPDATE views.dossier SET parts = (SELECT parts FROM views.dossier"
            " WHERE subject = %s AND slot LIKE 'registered%%')"
            " WHERE subject = %s AND slot LIKE 'registered%%'",
            [other, ada],
        )
    with pytest.raises(SealBroken):
        show(desk, house.asker(), ada)


def test_more_tokens_than_a_call_takes_are_opened_in_several(
    house: House, ada: SubjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "OPENS_MAX", 1)
    values = [v for s in show(house.desk(), house.asker(), ada).slots for v in s.values]
    assert {value.state for value in values} == {ValueState.PRESENT}


@pytest.mark.requirement("A26")
@pytest.mark.usefixtures("ada")
def test_no_view_holds_a_value_in_clear(house: House, pool: ConnectionPool) -> None:
    house.desk()
    with pool.connection() as connection:
        stored = [
            row
            for view in (projection.name for projection in PROJECTIONS)
            for row in connection.execute(f"SELECT t::text FROM views.{view} t").fetchall()  # noqa: S608 - the house's own names
        ]
    words = [word.encode().hex() for word in ("Ada", "Berg", "Welder", "ada@example.test")]
    assert not any(word in text for (text,) in stored for word in words)
