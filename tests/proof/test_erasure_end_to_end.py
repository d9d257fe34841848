"""An erasure in a whole house: hers is gone from every place, everybody else's is there."""

import pytest

from domain.answers import Present, Shredded
from tests.proof.houses import Proof


@pytest.mark.requirement("A33", "A114", "A211")
def test_her_tokens_opened_before_and_open_nowhere_after(known: Proof) -> None:
    person = known.person("r-1")
    tokens = known.tokens(person)
    assert all(isinstance(answer, Present) for answer in known.answers(tokens))
    known.erase(person)
    assert known.answers(tokens) == {Shredded()}


@pytest.mark.requirement("A76")
def test_everybody_elses_tokens_open_after(known: Proof) -> None:
    known.erase(known.person("r-1"))
    answers = known.answers(known.tokens(known.person("r-2")))
    assert answers
    assert all(isinstance(answer, Present) for answer in answers)


def test_her_address_finds_nobody_after(known: Proof) -> None:
    person = known.person("r-1")
    assert known.found("ane@example.org") == [person]
    known.erase(person)
    assert known.found("ane@example.org") == []
