"""Policies become facts once, and a file that says otherwise afterwards is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, make_dataclass, replace
from datetime import date

import pytest

from consumers.adoption import Adopting, PolicyEdited, digest_of
from consumers.controller_stream import read_controller
from consumers.policies import policies
from domain.calendar import Period
from domain.controller import PolicyAdopted
from domain.policy import Policy, Settings
from infra.random_ids import random_id
from tests.domain.promises import RULE, SETTINGS, policy
from tests.examples import START, controller
from tests.fakes.log import MemoryLog

FIRST = policy()
SECOND = policy(version=2, effective_from=date(2026, 1, 1), rules=(replace(RULE, grace_days=7),))
EDITED = replace(FIRST, rules=(replace(RULE, period=Period(months=2)),))


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def adopt(log: MemoryLog, *versions: Policy) -> tuple[PolicyAdopted, ...]:
    return Adopting(log, lambda: START, random_id).adopt(controller(), "prove", versions)


def known(log: MemoryLog) -> Sequence[int]:
    return sorted(read_controller(log, controller())[1].policies)


def test_versions_are_adopted_in_order_and_once(log: MemoryLog) -> None:
    assert [claim.version for claim in adopt(log, FIRST, SECOND)] == [1, 2]
    assert adopt(log, FIRST, SECOND) == ()
    assert log.last_position() == 2


def test_a_version_added_later_is_adopted_then(log: MemoryLog) -> None:
    adopt(log, FIRST)
    assert [claim.version for claim in adopt(log, FIRST, SECOND)] == [2]
    assert known(log) == [1, 2]


@pytest.mark.parametrize(
    ("versions", "version", "told"),
    [
        ((EDITED,), 1, "what it says is not what was adopted"),
        ((replace(FIRST, effective_from=date(2019, 1, 1)),), 1, "effective_from was 2018-07-20"),
        ((SECOND,), 1, "it was adopted and is not in the file"),
    ],
    ids=["edited", "moved", "removed"],
)
def test_a_file_that_says_otherwise_is_refused(
    log: MemoryLog, versions: tuple[Policy, ...], version: int, told: str
) -> None:
    adopt(log, FIRST)
    with pytest.raises(PolicyEdited, match=rf"prove\.toml, policy version {version}: {told}"):
        adopt(log, *versions)
    assert known(log) == [1]


def test_a_version_put_between_two_that_were_adopted_is_refused(log: MemoryLog) -> None:
    third = replace(SECOND, version=3)
    adopt(log, FIRST, third)
    between = replace(SECOND, effective_from=date(2020, 1, 1))
    with pytest.raises(PolicyEdited, match="version 2: a later version"):
        adopt(log, FIRST, between, third)


def test_another_controllers_policies_are_another_stream(log: MemoryLog) -> None:
    adopt(log, FIRST)
    assert read_controller(log, controller(2))[1].policies == {}


def test_the_digest_of_a_policy_is_the_same_for_ever() -> None:
    golden = "2a5bf62f798ad1b69cc984723301322b23f470cb06bd1bf380ba9d0cda287743"
    assert digest_of(FIRST).hex() == golden


def test_the_order_of_fields_does_not_change_a_digest() -> None:
    names = [(name, getattr(SETTINGS, name)) for name in Settings.__dataclass_fields__]
    turned = make_dataclass("Turned", [(name, type(value)) for name, value in reversed(names)])
    assert digest_of(replace(FIRST, settings=turned(**dict(names)))) == digest_of(FIRST)


def test_a_field_added_with_a_default_does_not_change_a_digest() -> None:
    @dataclass(frozen=True)
    class Grown(Settings):
        later: bool = field(default=False)

    values = {name: getattr(SETTINGS, name) for name in Settings.__dataclass_fields__}
    assert digest_of(replace(FIRST, settings=Grown(**values))) == digest_of(FIRST)
    assert digest_of(replace(FIRST, settings=Grown(**values, later=True))) != digest_of(FIRST)


def test_whatever_a_policy_says_is_in_its_digest() -> None:
    digests = {digest_of(one) for versions in policies().values() for one in versions}
    assert len(digests) == sum(map(len, policies().values()))
    assert digest_of(FIRST) != digest_of(EDITED)
