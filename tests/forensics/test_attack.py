"""What opens for whoever has every byte that was ever written, and every root that survives.

Two attackers: one carves the raw bytes, one restores the oldest base backup and replays the log.
Each is seen to win first, with the root that finalisation destroys: an attack that cannot win shows
nothing.
"""

from collections.abc import Callable, Sequence

import pytest

from domain.values import ControllerId, SubjectId
from infra.keys.wrapping import KEY_BYTES
from infra.random_ids import random_bytes
from tests.forensics.carving import Carver, carved, contents
from tests.forensics.evidence import ERASED, FINAL, KNOWN, Evidence
from tests.keys.attacker import Attacker, Copy

Attack = Callable[[Sequence[bytes]], Attacker]


@pytest.fixture(params=["carving", "replaying"])
def attack(request: pytest.FixtureRequest, evidence: Evidence) -> Attack:
    """Give an attacker who lacks the roots alone.

    The carver is told the names of all places, which stand in clear in every copy.
    """
    if request.param == "carving":
        candidates, copies = carved(evidence.kept), list(evidence.copies.values())
        return lambda roots: Carver(copies, roots, candidates=candidates).attack()
    replays: dict[str, Copy] = request.getfixturevalue("replays")
    return lambda roots: Attacker(list(replays.values()), roots).attack()


def opened(evidence: Evidence, attacker: Attacker, person: SubjectId) -> set[bool]:
    (controller,) = {row["controller"] for row in evidence.copies[KNOWN]["subject"]}
    tokens = evidence.tokens[person]
    return {attacker.opens(ControllerId(controller), token) for token in tokens}


def test_before_finalisation_what_was_kept_opens_her(evidence: Evidence, attack: Attack) -> None:
    attacker = attack(evidence.roots[ERASED])
    assert opened(evidence, attacker, evidence.her) == {True}
    assert evidence.her in attacker.looked_up


@pytest.mark.requirement("A117")
def test_after_it_nothing_of_hers_opens_and_everything_of_the_other(
    evidence: Evidence, attack: Attack
) -> None:
    attacker = attack(evidence.roots[FINAL])
    assert opened(evidence, attacker, evidence.her) == {False}
    assert evidence.her not in attacker.looked_up
    assert opened(evidence, attacker, evidence.other) == {True}
    assert evidence.other in attacker.looked_up


def test_without_a_root_nobody_opens_whatever_else_is_in_hand(
    evidence: Evidence, attack: Attack
) -> None:
    attacker = attack([random_bytes(KEY_BYTES)])
    assert attacker.controller_keys == []
    assert opened(evidence, attacker, evidence.her) == {False}
    assert opened(evidence, attacker, evidence.other) == {False}


@pytest.mark.parametrize(("moment", "opens"), [(ERASED, True), (FINAL, False)])
def test_a_stolen_home_opens_the_erased_until_it_is_final(
    evidence: Evidence, moment: str, *, opens: bool
) -> None:
    """A cluster's dead rows and a root key lie in one home: the names of the dead do too."""
    candidates, copies = carved(evidence.kept / moment), list(evidence.copies.values())
    attacker = Carver(copies, evidence.roots[moment], candidates=candidates).attack()
    assert opened(evidence, attacker, evidence.her) == {opens}
    assert opened(evidence, attacker, evidence.other) == {True}


def test_the_log_alone_brings_every_key_row_back_to_each_moment(
    evidence: Evidence, replays: dict[str, Copy]
) -> None:
    """Or the attacks above had less in hand than a thief."""
    assert replays == {moment: evidence.copies[moment] for moment in replays}


def test_her_tokens_are_among_what_was_kept(evidence: Evidence) -> None:
    tokens = {token.token for token in evidence.tokens[evidence.her]}
    found = {token for content in contents(evidence.kept) for token in tokens if token in content}
    assert found == tokens
