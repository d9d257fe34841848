"""Each probe fails when its guard is taken away: a check that cannot fail is a defect.

A guard is replaced in this process before the house is made, then the probe runs as it stands.
Guards that are locks of the database are not here: without them a probe fails in some rounds only.
"""

import inspect
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from domain import erasure
from domain.answers import Answer, Shredded
from domain.keyring import OpenRequest
from domain.values import ControllerId
from infra.keys import fetching, listening, opening, planning
from infra.keys.cache import HeldKey, KeyCache
from infra.keys.gate import RestoreGate
from infra.keys.token import DataKey
from infra.settings import Settings
from infra.store import statements
from tests.proof import test_coming_back as coming_back
from tests.proof import test_moved_tokens as moved_tokens
from tests.proof import test_outages as outages
from tests.proof import test_restores as restores
from tests.proof.houses import Proof

Guardless = Callable[[pytest.MonkeyPatch], None]
Probe = Callable[..., None]


def a_key_row_counts_beside_its_tombstone(patch: pytest.MonkeyPatch) -> None:
    alone = fetching._BY_ID.replace(fetching._NOT_DESTROYED, "true")  # noqa: SLF001 - the guard
    asked = "WHERE t.key_id = ANY(%(key_ids)b)"
    assert asked in alone
    beaten = " AND NOT EXISTS (SELECT 1 FROM dek WHERE dek.key_id = t.key_id)"
    patch.setattr(fetching, "_BY_ID", alone.replace(asked, asked + beaten))


def a_token_names_no_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DataKey, "_aad", lambda _self, _fact_id, _slot: b"")


def nobody_asks_whose_a_key_is(patch: pytest.MonkeyPatch) -> None:
    answer = opening.answer

    def of_its_owner(_controller: ControllerId, asked: OpenRequest, held: HeldKey | None) -> Answer:
        assert held is not None
        theirs = replace(asked, subject=held.subject, category=held.category)
        return answer(held.controller, theirs, held)

    patch.setattr(opening, "answer", of_its_owner)


def whose_a_key_is_and_its_place_are_not_asked(patch: pytest.MonkeyPatch) -> None:
    a_token_names_no_place(patch)
    nobody_asks_whose_a_key_is(patch)


def a_missing_key_is_an_erased_one(patch: pytest.MonkeyPatch) -> None:
    answer = opening.answer
    patch.setattr(
        opening, "answer", lambda *asked: Shredded() if asked[2] is None else answer(*asked)
    )


def nobody_says_what_was_destroyed(patch: pytest.MonkeyPatch) -> None:
    def hear_only(cache: KeyCache, _forget: object, payload: str) -> None:
        cache._evicted[UUID(payload).int] = 0  # noqa: SLF001 - so that the probe goes on

    patch.setattr(listening, "evict", hear_only)


def the_gate_stands_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RestoreGate, "__call__", lambda _self: None)


def a_position_is_taken_from_whoever_has_it(patch: pytest.MonkeyPatch) -> None:
    compared = "WHERE held.pos = %b::bigint"
    assert compared in statements._ADVANCE  # noqa: SLF001 - the guard
    taken = statements._ADVANCE.replace(compared, "WHERE held.pos >= %b::bigint OR true")  # noqa: SLF001 - likewise
    patch.setattr(statements, "_ADVANCE", taken)


def nobody_sees_that_she_is_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(erasure, "bar", lambda _state: None)


def nothing_is_late(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "is_late", lambda *_asked, **_known: False)


def move(how: moved_tokens.Move) -> Probe:
    """Fix the parameter of a probe that has one."""

    def probe(known: Proof, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        moved_tokens.test_a_moved_token_is_tampering(known, settings, monkeypatch, how)

    probe.__name__ = how.__name__
    return probe


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    a_key_row_counts_beside_its_tombstone: (restores.test_a_key_row_put_back_does_not_open,),
    a_token_names_no_place: (move(moved_tokens.to_another_fact),),
    nobody_asks_whose_a_key_is: (
        move(moved_tokens.to_another_category),
        moved_tokens.test_an_erased_persons_token_moved_to_another_is_tampering_and_not_erased,
        moved_tokens.test_a_token_of_another_controller_is_tampering,
    ),
    whose_a_key_is_and_its_place_are_not_asked: (move(moved_tokens.to_another_person),),
    a_missing_key_is_an_erased_one: (outages.test_a_lost_key_row_is_unavailable_and_not_erased,),
    nobody_says_what_was_destroyed: (
        coming_back.test_a_cached_key_does_not_open_after_destruction_elsewhere,
    ),
    the_gate_stands_open: (
        restores.test_both_databases_put_back_open_nothing,
        restores.test_a_key_database_put_back_alone_is_rolled_back,
        restores.test_an_event_database_put_back_alone_is_behind,
        restores.test_a_lost_anchor_opens_nothing,
        restores.test_a_put_back_log_takes_nothing_in,
    ),
    a_position_is_taken_from_whoever_has_it: (coming_back.test_a_zombie_reader_is_fenced,),
    nobody_sees_that_she_is_gone: (
        coming_back.test_a_page_in_flight_during_her_erasure_records_nothing_of_her,
    ),
    nothing_is_late: (coming_back.test_a_late_fact_does_not_make_her_again,),
}
CASES = [(remove, probe) for remove, probes in PROBES.items() for probe in probes]


@pytest.mark.parametrize(
    ("remove", "probe"), CASES, ids=[f"{r.__name__}-{p.__name__}" for r, p in CASES]
)
def test_without_its_guard_a_probe_fails(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    remove: Guardless,
    probe: Probe,
) -> None:
    remove(monkeypatch)
    wanted = inspect.signature(probe).parameters
    given = {name: request.getfixturevalue(name) for name in wanted}
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        probe(**given)
