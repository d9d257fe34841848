"""The layers hold, and a breach would be seen; surroundings, time and chance have one door each."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, modules, used_names

_LINT = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
_BREACHES = {
    "infra is outermost": ("consumers/breach.py", "import infra.clock"),
    "only the key modules import cryptography": ("infra/store/breach.py", "import cryptography"),
    "only infra imports the libraries": ("projections/breach.py", "import psycopg"),
    "the domain imports the standard library": ("domain/breach.py", "import msgspec"),
}
_ALONE = {
    "infra/settings.py": ("os.environ", "os.environb", "os.getenv"),
    "infra/clock.py": (
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
    ),
    "infra/random_ids.py": ("uuid.uuid1", "uuid.uuid4", "secrets", "os.urandom", "os.getrandom"),
}
_DOMAIN_MAY_IMPORT = {
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "typing",
    "types",
    "unicodedata",
    "uuid",
    "zoneinfo",
}


def _lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own environment, no shell
        [sys.executable, "-c", _LINT, "--no-cache"],
        cwd=directory,
        env={"PYTHONPATH": str(directory), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_hold() -> None:
    checked = _lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Check a copy of the packages with one forbidden import for each contract."""
    copy = tmp_path_factory.mktemp("breached")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, copy / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, line in _BREACHES.values():
        (copy / name).write_text(line + "\n")
    return _lint_imports(copy).stdout


@pytest.mark.parametrize("contract", _BREACHES)
def test_a_breach_of_the_layers_is_seen(breached: str, contract: str) -> None:
    assert re.search(rf"^{contract}.* BROKEN$", breached, re.MULTILINE), breached


def test_every_contract_is_tried_with_a_breach(breached: str) -> None:
    assert len(re.findall(r" BROKEN$", breached, re.MULTILINE)) == len(_BREACHES)
    assert " KEPT" not in breached


@pytest.mark.parametrize("alone", _ALONE)
def test_surroundings_time_and_chance_have_one_module_each(alone: str) -> None:
    others = {
        (name, used)
        for name, tree in modules(*PACKAGES)
        for used in used_names(tree)
        if name != alone
        and any(used == banned or used.startswith(banned + ".") for banned in _ALONE[alone])
    }
    assert others == set()


def test_each_of_these_modules_is_where_it_is_looked_for() -> None:
    used = {name: set(used_names(tree)) for name, tree in modules("infra") if name in _ALONE}
    assert [name for name in _ALONE if not used[name] & set(_ALONE[name])] == []


def test_random_numbers_come_from_a_named_seed() -> None:
    seeded = {"random", "random.Random"}
    loose = {
        (name, used)
        for name, tree in modules(*PACKAGES)
        for used in used_names(tree)
        if used.split(".")[0] == "random"
        and not used.startswith("random.Random")
        and used not in seeded
    }
    assert loose == set()


def test_no_statement_takes_the_time_or_an_id_from_the_database() -> None:
    own = re.compile(
        r"\b(now\(\)|current_timestamp|clock_timestamp|gen_random_uuid)", re.IGNORECASE
    )
    statements = {
        (name, constant.value)
        for name, tree in modules(*PACKAGES)
        for constant in ast.walk(tree)
        if isinstance(constant, ast.Constant)
        and isinstance(constant.value, str)
        and own.search(constant.value)
    }
    files = {str(path) for path in ROOT.glob("infra/**/*.sql") if own.search(path.read_text())}
    assert (statements, files) == (set(), set())


def test_only_the_key_room_imports_cryptography() -> None:
    importing = {
        name
        for name, tree in modules(*PACKAGES)
        if any(used.split(".")[0] == "cryptography" for used in used_names(tree))
    }
    assert {name for name in importing if not name.startswith("infra/keys/")} == set()


def test_the_domain_imports_value_types_alone() -> None:
    roots = {
        (name, used.split(".")[0])
        for name, tree in modules("domain")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for used in [node.module if isinstance(node, ast.ImportFrom) else node.names[0].name]
        if used
    }
    assert {pair for pair in roots if pair[1] not in _DOMAIN_MAY_IMPORT | {"domain"}} == set()
