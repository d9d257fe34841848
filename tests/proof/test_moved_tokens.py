"""A token moved by SQL opens nowhere: it is tampering, and never an answer.

Guard: the additional data of a token names controller, subject, key, fact, category and kind of
fact, all taken from the caller's scope; without it a token copied to another row would show one
person's values as another's.
"""

from collections.abc import Callable

import msgspec
import pytest

from domain.answers import SealBroken
from domain.values import SubjectId
from infra.cli.exits import Exit
from infra.settings import Settings
from projections.parts import unpack_parts
from tests.consumers.feed import REGISTERED, SUBMITTED
from tests.proof.commands import show, use
from tests.proof.houses import Proof

Move = Callable[[Proof, SubjectId, SubjectId], None]


def parts_of(proof: Proof, person: SubjectId, topic: str) -> dict[str, bytes | None]:
    ((parts,),) = proof.events(
        "SELECT parts FROM views.dossier WHERE subject = %s AND topic = %s", person, topic
    )
    return dict(unpack_parts(parts))


def put(proof: Proof, person: SubjectId, topic: str, parts: object) -> None:
    assert proof.events(
        "UPDATE views.dossier SET parts = %s WHERE subject = %s AND topic = %s RETURNING slot",
        msgspec.msgpack.encode(parts),
        person,
        topic,
    )


def to_another_person(proof: Proof, person: SubjectId, other: SubjectId) -> None:
    put(proof, person, REGISTERED, list(parts_of(proof, other, REGISTERED).items()))


def to_another_fact(proof: Proof, person: SubjectId, _other: SubjectId) -> None:
    token = parts_of(proof, person, SUBMITTED)["profile"]
    put(proof, person, REGISTERED, [("profile", token)])


def to_another_category(proof: Proof, person: SubjectId, _other: SubjectId) -> None:
    token = parts_of(proof, person, REGISTERED)["profile"]
    put(proof, person, REGISTERED, [("communications", token)])


def to_another_kind_of_fact(proof: Proof, person: SubjectId, _other: SubjectId) -> None:
    proof.events(
        "UPDATE views.dossier SET topic = 'candidate.sourced' WHERE subject = %s AND topic = %s",
        person,
        REGISTERED,
    )


def with_a_bit_flipped(proof: Proof, person: SubjectId, _other: SubjectId) -> None:
    token = parts_of(proof, person, REGISTERED)["profile"]
    assert token is not None
    put(proof, person, REGISTERED, [("profile", token[:-1] + bytes([token[-1] ^ 1]))])


MOVES: list[Move] = [
    to_another_person,
    to_another_fact,
    to_another_category,
    to_another_kind_of_fact,
    with_a_bit_flipped,
]


@pytest.mark.parametrize("move", MOVES)
def test_a_moved_token_is_tampering(
    known: Proof, settings: Settings, monkeypatch: pytest.MonkeyPatch, move: Move
) -> None:
    person, other = known.person("r-1"), known.person("r-2")
    use(monkeypatch, settings)
    assert show(person) == Exit.DONE
    move(known, person, other)
    with pytest.raises(SealBroken):
        known.answers(known.tokens(person))
    assert show(person) == Exit.TAMPERING


def test_an_erased_persons_token_moved_to_another_is_tampering_and_not_erased(
    known: Proof,
) -> None:
    """Guard: a tombstone answers for its own person and category alone."""
    person, other = known.person("r-1"), known.person("r-2")
    hers = list(parts_of(known, person, REGISTERED).items())
    known.erase(person)
    put(known, other, REGISTERED, hers)
    with pytest.raises(SealBroken):
        known.answers(known.tokens(other))


def test_a_token_of_another_controller_is_tampering(known: Proof) -> None:
    token = known.tokens(known.person("r-1"))[0]
    other = known.house.controllers["miles"]
    with pytest.raises(SealBroken):
        known.house.keyring.open(other, [token])
