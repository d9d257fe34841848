"""Five flat packages travel as one: nothing left out, nothing of another distribution mixed in."""

import importlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, files


def _directory(package: str) -> Path:
    found = importlib.import_module(package).__file__
    assert found
    return Path(found).parent


def test_the_five_packages_share_one_parent() -> None:
    assert {_directory(package).parent for package in PACKAGES} == {ROOT}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_typed(package: str) -> None:
    assert (_directory(package) / "py.typed").exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the backend that is installed: no download."""
    pytest.importorskip("hatchling", reason="hatchling is missing; enable with: make test")
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - fixed command
    return next(directory.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_five_packages(wheel: Path) -> None:
    ours = {str(path.relative_to(ROOT)) for path in files()}
    ours = {name for name in ours if name.split("/")[0] in PACKAGES}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == ours


def test_the_command_runs_from_the_wheel_in_another_directory(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    script = "import infra.cli; print(infra.cli.__file__); infra.cli.main(['--help'])"
    started = subprocess.run(  # noqa: S603 - our own environment, no shell
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.startswith(str(tmp_path / "site"))
