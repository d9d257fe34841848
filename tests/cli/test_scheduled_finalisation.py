"""``run`` finalises each day where it is asked to; ``doctor`` tells what is not final yet."""

from dataclasses import dataclass, replace

import pytest

from domain.erasure import ErasureReason
from infra.clock import FixedClock, SystemClock
from infra.house import House, open_house
from infra.keys.finality import key_status
from infra.scheduled_finalisation import Waiting, finalise_due, finality_of
from infra.settings import read_process_settings
from infra.timetable import DAY
from tests.cli.conftest import CONTROLLER, Cli, somebody_of

ONCE = ("run", "--once", "--jobs", "finalise", "--json")


@pytest.fixture
def erased(fed: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Erase somebody in a house of the test's own that finalises at four."""
    monkeypatch.setenv("GLEMMEBOK_FINALISE_AT", "4")
    subject = somebody_of(fed)
    done = fed(
        "erase", subject, "--reason", ErasureReason.REQUEST.value, "--yes", "--as", "account-7"
    )
    assert done.code == 0
    return fed


@dataclass
class Service:
    """A service whose time passes at once, or that is told to stop as soon as a job waits."""

    told: bool
    waited: float = 0.0

    def is_set(self) -> bool:
        return self.told and self.waited > 0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waited += timeout
        return self.told


def opened(house: House, days: int) -> House:
    """Give a house as it sees itself so many days later."""
    return replace(house, clock=FixedClock(house.clock.now() + days * DAY))


@pytest.mark.usefixtures("erased")
def test_what_was_erased_is_final_by_the_morning() -> None:
    with open_house(read_process_settings(), SystemClock()) as house:
        assert finalise_due(house, Service(told=False)) == 1
        assert finalise_due(house, Service(told=False)) == 0
        assert len(house.provider.versions()) == 1


def test_where_a_file_holds_the_root_nothing_is_finalised_by_itself(
    erased: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GLEMMEBOK_FINALISE_AT")
    assert erased(*ONCE).document["jobs"] == []
    assert erased("keys", "status", "--json").document["controllers"][CONTROLLER]["open"] == 1


@pytest.mark.usefixtures("erased")
def test_a_service_told_to_stop_destroys_no_root_before_leases_have_passed() -> None:
    with open_house(read_process_settings(), SystemClock()) as house:
        told = Service(told=True)
        assert finalise_due(house, told) == 0
        assert told.waited > 0
        assert key_status(house.keyring.vault).run is not None
        assert len(house.provider.versions()) == 2
        assert finalise_due(house, Service(told=False)) == 1


def test_with_nothing_to_make_final_the_root_stays(
    fed: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLEMMEBOK_FINALISE_AT", "4")
    (job,) = fed(*ONCE).document["jobs"]
    assert (job["outcome"], job["processed"]) == ("ok", 0)
    assert list(fed("keys", "status", "--json").document["root_versions"]) == ["1"]


def test_doctor_points_at_an_erasure_that_is_not_final_in_time(
    erased: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = [c for c in erased("doctor", "--json").document["checks"] if c["name"] == "finality"]
    assert (check["verdict"], check["count"]) == ("well", 1)
    with open_house(read_process_settings(), SystemClock()) as house:
        assert finality_of(opened(house, 2)) == Waiting(1, late=False)
        assert finality_of(opened(house, 4)) == Waiting(1, late=True)
    monkeypatch.setenv("GLEMMEBOK_FINALISE_AT", "never")
    with open_house(read_process_settings(), SystemClock()) as house:
        assert finality_of(opened(house, 89)) == Waiting(1, late=False)
        assert finality_of(opened(house, 91)) == Waiting(1, late=True)
