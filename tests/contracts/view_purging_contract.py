"""A purge removes the tokens it is asked for, and a probe names those left."""

from typing import Any

import pytest

from domain.erasure import Scope
from domain.keyring import OpenRequest
from projections.board import BOARD
from projections.disclosures import DISCLOSURES
from projections.erasures import ERASURES
from projections.projection import Projection
from tests import examples
from tests.contracts.view_feeding import END, LIFE, Make, feed, rows_of
from tests.examples import erased, part, registered, section_stated
from tests.projections.every import with_tokens
from tests.projections.logs import folded, log_of


class PurgingContract:
    """The cases of purging and probing."""

    @with_tokens
    def test_a_probe_names_each_token_with_its_context(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        entry = LIFE[1]
        (sealed,) = entry.fact.sealed
        assert feed(make(projection), LIFE[:1], [entry]).probe(entry.subject)[-1] == OpenRequest(
            entry.subject,
            entry.stamp.fact_id,
            sealed.category,
            entry.fact.TOPIC,
            sealed.sealed.token,
        )

    @with_tokens
    def test_a_purge_of_a_person_leaves_no_token(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE)
        view.purge(examples.subject(), None)
        assert view.probe(examples.subject()) == []

    @with_tokens
    def test_a_purge_of_a_category_leaves_the_others(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE)
        view.purge(examples.subject(), "profile")
        left = {request.category for request in view.probe(examples.subject())}
        assert left == {"communications", examples.document_category()}

    @with_tokens
    def test_a_purge_leaves_every_row(self, make: Make, projection: Projection[Any]) -> None:
        view = feed(make(projection), LIFE)
        view.purge(examples.subject(), None)
        assert view.count() == len(folded(projection, LIFE))

    @with_tokens
    def test_a_purge_counts_the_tokens_it_removed(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        assert feed(make(projection), LIFE).purge(examples.subject(), None) == 5

    @with_tokens
    def test_a_purge_names_the_tokens_it_removed(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE)
        held = view.probe(examples.subject())
        scope = Scope(examples.subject(), "profile")
        named = {request.token for request in view.purge_all([scope])}
        assert named == {request.token for request in held if request.category == "profile"}

    @with_tokens
    def test_a_purge_repeated_removes_nothing(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE)
        view.purge(examples.subject(), None)
        assert view.purge(examples.subject(), None) == 0

    @with_tokens
    def test_a_purge_leaves_other_people(self, make: Make, projection: Projection[Any]) -> None:
        view = feed(make(projection), LIFE, log_of(registered(), person=2, start=5))
        view.purge(examples.subject(1), None)
        assert len(view.probe(examples.subject(2))) == 1

    @with_tokens
    def test_many_are_purged_at_once(self, make: Make, projection: Projection[Any]) -> None:
        people = [examples.subject(1), examples.subject(2)]
        view = feed(make(projection), LIFE, log_of(registered(), person=2, start=5))
        view.purge_all([Scope(person, None) for person in people])
        assert view.probe_all(people) == []

    @with_tokens
    def test_a_purge_before_the_end_of_an_erasure_changes_nothing_after_it(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE, END[:1])
        view.purge(examples.subject(), None)
        assert rows_of(feed(view, END[1:])) == folded(projection, LIFE + END)

    @with_tokens
    def test_tokens_of_a_category_used_again_stand(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        again = log_of(section_stated(sealed=(part(token=b"a new key's"),)), start=6)
        view = feed(make(projection), LIFE, log_of(erased(category="profile"), start=5), again)
        found = [r.token for r in view.probe(examples.subject()) if r.category == "profile"]
        assert found == [b"a new key's"]

    @pytest.mark.parametrize("projection", [BOARD, ERASURES, DISCLOSURES], ids=lambda p: p.name)
    def test_a_view_of_clear_facts_holds_no_token(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE + END)
        assert (view.probe(examples.subject()), view.purge(examples.subject(), None)) == ([], 0)
