"""The domain rests on the standard library alone."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import domain

ALLOWED = sys.stdlib_module_names | {"domain"}


def imported(source: str) -> Iterator[str]:
    """Name the top-level packages a module imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from [name.name.partition(".")[0] for name in names]
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]
            case _:
                pass


def test_the_domain_imports_the_standard_library_alone() -> None:
    modules = list(Path(*domain.__path__).glob("**/*.py"))
    foreign = {name for path in modules for name in imported(path.read_text("utf-8"))} - ALLOWED
    assert modules != []
    assert foreign == set()


def test_a_foreign_import_would_be_found() -> None:
    assert set(imported("import msgspec\nfrom psycopg.rows import row")) - ALLOWED == {
        "msgspec",
        "psycopg",
    }
