"""The image of the program: an ordinary user, nothing to build with, nothing it can write to."""

import subprocess

import docker
import pytest

from tests.engine import PROGRAM

pytestmark = pytest.mark.usefixtures("images")


def container(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the program's image, hardened as infra/compose.yaml has it."""
    hardened = ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=none"]
    return subprocess.run(  # noqa: S603 - our own image
        ["docker", "run", "--rm", *hardened, PROGRAM, *command],  # noqa: S607 - found on the path
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_answers_in_a_hardened_container() -> None:
    ran = container("glemmebok", "--version")
    assert (ran.returncode, ran.stdout.split()[0]) == (0, "glemmebok")


def test_the_container_is_of_an_ordinary_user() -> None:
    assert container("id", "-u").stdout.strip() == "10001"


@pytest.mark.parametrize("tool", ["pip", "gcc", "make"])
def test_the_image_holds_nothing_to_build_with(tool: str) -> None:
    assert container("sh", "-c", f"command -v {tool}").returncode != 0


def test_the_program_cannot_be_changed_by_who_runs_it() -> None:
    found = container("find", "/opt/glemmebok", "-writable", "-not", "-type", "l")
    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_says_how_it_is() -> None:
    client = docker.from_env()
    told = client.images.get(PROGRAM).attrs["Config"]
    client.close()
    assert told["Healthcheck"]["Test"] == ["CMD", "glemmebok", "run", "--status"]
    assert [one for one in told["Env"] if "PASSWORD" in one or "URL" in one] == []
