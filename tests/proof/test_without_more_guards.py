"""More probes of the whole house that fail when their guards are taken away."""

from collections.abc import Sequence
from hashlib import sha256
from types import SimpleNamespace

import pytest

from consumers import sealing
from consumers.erasure_ports import ErasureFailed
from consumers.translate import Draft
from domain.keyring import SealRequest
from domain.values import SubjectId
from infra.clock import FixedClock
from infra.keys.restoring import Restorer
from infra.keys.ring import ControllerRing
from infra.settings import Settings
from tests.guardless import Guardless, Probe, cases_of, see_it_fail
from tests.proof import test_coming_back as coming_back
from tests.proof import test_reconciling as reconciling
from tests.proof import test_several_people as several
from tests.proof import test_without_guards as guards
from tests.proof.houses import Backups, Proof, open_proof
from tests.proof.restored import mend, put_back


@pytest.fixture
def told(proof: Proof) -> Proof:
    return several.take_a_reference(proof)


def the_first_ones_key_seals_all(patch: pytest.MonkeyPatch) -> None:
    requests = sealing._requests  # noqa: SLF001 - the guard

    def of_the_first(placed: Sequence[tuple[Draft, SubjectId]]) -> list[SealRequest]:
        return [each._replace(subject=placed[0][1]) for each in requests(placed)]

    patch.setattr(sealing, "_requests", of_the_first)
    guards.whose_a_key_is_and_its_place_are_not_asked(patch)


def a_reconciliation_destroys_nothing_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Restorer, "_shred", lambda *_: ((), {}))


def agencies_share_their_peppers(patch: pytest.MonkeyPatch) -> None:
    for name in ("inner", "token"):
        patch.setattr(ControllerRing, name, lambda _self, told: sha256(told).digest())
    patch.setattr(ControllerRing, "tokens", lambda self, inner: [self.token(inner)])


def the_erased_after_a_reconciliation(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = put_back(settled, clock, backups, "keys")
    mend(restored.settings, clock)
    with open_proof(restored.settings, clock) as proof:
        drill = SimpleNamespace(restored=restored, proof=proof)
        reconciling.test_the_erased_is_shredded(drill)  # type: ignore[arg-type]  # what it uses of a drill


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    the_first_ones_key_seals_all: (several.test_erasing_the_candidate_leaves_the_referees_values,),
    a_reconciliation_destroys_nothing_again: (the_erased_after_a_reconciliation,),
    agencies_share_their_peppers: (
        coming_back.test_two_controllers_with_one_address_cannot_be_joined,
    ),
}


@cases_of(PROBES)
def test_without_its_guard_a_probe_fails(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    remove: Guardless,
    probe: Probe,
) -> None:
    remove(monkeypatch)
    see_it_fail(request, probe)


def test_a_referee_sealed_with_the_candidates_key_fails_her_own_erasure(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_first_ones_key_seals_all(monkeypatch)
    with pytest.raises(ErasureFailed):
        several.test_erasing_the_referee_leaves_what_was_said_of_the_candidate(
            request.getfixturevalue("told")
        )
