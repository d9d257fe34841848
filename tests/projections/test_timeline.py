"""What the timeline keeps of a fact."""

import msgspec
import pytest

from domain.fact import Fact
from projections.parts import unpack_parts
from projections.timeline import TIMELINE, TimelineRow
from tests.examples import erased, every_fact, numbered, ordered, registered, submitted, uploaded
from tests.projections.logs import folded, log_of, only


def row_of(fact: Fact) -> TimelineRow:
    return only(folded(TIMELINE, log_of(fact)))


@pytest.mark.parametrize("fact", every_fact(), ids=lambda fact: fact.TOPIC)
def test_every_fact_is_a_row(fact: Fact) -> None:
    assert row_of(fact).topic == fact.TOPIC


def test_a_row_keeps_the_clear_fields() -> None:
    assert msgspec.msgpack.decode(row_of(submitted(assignment=None)).clear) == {
        "application_id": str(numbered("application", 1)),
        "assignment_id": None,
        "kind": "applied",
    }


def test_a_row_keeps_a_token_for_each_category() -> None:
    categories = [category for category, _ in unpack_parts(row_of(submitted()).parts)]
    assert categories == ["profile", "communications"]


def test_a_recipients_notice_does_not_enter_the_timeline() -> None:
    assert unpack_parts(row_of(ordered()).parts) == ()


def test_an_erasure_takes_the_tokens_of_rows_before_it() -> None:
    rows = folded(TIMELINE, log_of(registered(), uploaded(), erased()))
    assert not any(row.purgeable for row in rows.values())


def test_an_erasure_leaves_every_row() -> None:
    assert len(folded(TIMELINE, log_of(registered(), uploaded(), erased()))) == 3


def test_an_erased_category_leaves_later_tokens() -> None:
    rows = folded(TIMELINE, log_of(registered(), erased(category="profile"), registered()))
    assert [row.purgeable for row in rows.values()] == [False, False, True]
