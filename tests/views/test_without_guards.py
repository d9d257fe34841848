"""Probes of the views fail when their guards are taken away."""

from collections.abc import Sequence

import pytest

from domain.answers import Answer
from domain.keyring import OpenRequest, SealRequest
from domain.values import ControllerId, Sealed
from infra.views.queries.desk import Asker, Desk
from tests.fakes import key_shredding
from tests.fakes.keyring import FakeKeyring
from tests.guardless import Guardless, Probe, cases_of, see_it_fail
from tests.views import test_find as finding
from tests.views import test_looks as looks


def nobody_records_a_look(patch: pytest.MonkeyPatch) -> None:
    def opened(
        self: Desk, asker: Asker, _view: str, requests: Sequence[OpenRequest]
    ) -> list[Answer]:
        return self.opener.open(asker.controller, requests)

    patch.setattr(Desk, "_answers", opened)


def a_value_is_kept_as_it_is(patch: pytest.MonkeyPatch) -> None:
    def plain(
        _self: FakeKeyring, _controller: ControllerId, requests: Sequence[SealRequest]
    ) -> list[Sealed]:
        return [Sealed(request.plaintext) for request in requests]

    patch.setattr(FakeKeyring, "seal", plain)


def look_ups_outlive_her(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(key_shredding, "_forget", lambda *_, **_guarded: 0)


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    nobody_records_a_look: (looks.test_without_a_record_nothing_is_opened,),
    a_value_is_kept_as_it_is: (looks.test_no_view_holds_a_value_in_clear,),
    look_ups_outlive_her: (finding.test_an_erased_person_is_not_found,),
}


@cases_of(PROBES)
def test_without_its_guard_a_probe_fails(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    remove: Guardless,
    probe: Probe,
) -> None:
    remove(monkeypatch)
    request.getfixturevalue("ada")
    see_it_fail(request, probe)
