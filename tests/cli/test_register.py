"""``erasures``: the register tells who was erased and how far, and nothing of them."""

from typing import Any

from domain.erasure import ErasureReason
from tests.cli.conftest import Cli, World, subject_of

REQUEST = ("--reason", ErasureReason.REQUEST.value, "--yes")


def _erased(cli: Cli, world: World) -> tuple[str, str]:
    """Erase somebody; return her controller and her id."""
    person = world.somebody()
    subject = subject_of(cli, person)
    assert cli("erase", subject, *REQUEST).code == 0
    assert cli("project", "--once").code == 0
    return person["controller"], subject


def _latest(cli: Cli, controller: str) -> dict[str, Any]:
    document = cli("erasures", "--controller", controller, "--json").document
    first: dict[str, Any] = document["controllers"][controller]["erasures"][0]
    return first


def test_the_latest_erasure_is_the_first_of_the_register(cli: Cli, world: World) -> None:
    controller, subject = _erased(cli, world)
    latest = _latest(cli, controller)
    assert (latest["subject"], latest["progress"]) == (subject, "erased")


def test_no_token_of_an_erased_person_opened(cli: Cli, world: World) -> None:
    controller, _ = _erased(cli, world)
    latest = _latest(cli, controller)
    assert latest["tokens_opened"] == 0 < latest["tokens_tried"]


def test_the_register_fits_the_terminal(cli: Cli, world: World) -> None:
    controller, subject = _erased(cli, world)
    printed = cli("erasures", "--controller", controller).out
    assert subject in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_the_register_goes_on_before_a_position(cli: Cli, world: World) -> None:
    controller, subject = _erased(cli, world)
    asked = ("erasures", "--controller", controller, "--json")
    first = cli(*asked, "--limit", "1").document["controllers"][controller]
    later = cli(*asked, "--before", str(first["before"])).document["controllers"][controller]
    assert subject not in [row["subject"] for row in later["erasures"]]
