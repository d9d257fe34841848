"""The repository as the house tests see it: every file that belongs to it, by kind.

Found by walking and by ``.gitignore``, not by asking git: the tests also run where git is missing
or refuses a tree of another owner.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "projections", "consumers", "schemas", "infra")
_TEXT = {".py", ".md", ".toml", ".sql", ".html", ".css", ".js", ".sh", ".json", ".avsc", ".yml", ""}


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the repository, sorted."""
    lines = (ROOT / ".gitignore").read_text().split()
    ignored = (".git", *(line.strip("/") for line in lines))
    return tuple(sorted(_walk(ROOT, ignored)))


def _walk(directory: Path, ignored: tuple[str, ...]) -> Iterator[Path]:
    for path in directory.iterdir():
        if any(fnmatch(path.name, pattern) for pattern in ignored):
            continue
        if path.is_dir():
            yield from _walk(path, ignored)
        else:
            yield path


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name (relative to the root) and the text of every text file but the licence."""
    for path in files():
        if path.suffix in _TEXT and path.name != "LICENSE":
            yield str(path.relative_to(ROOT)), path.read_text()


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the parsed text of every Python file, or of those under ``rooms``."""
    for path in files():
        name = path.relative_to(ROOT)
        if path.suffix == ".py" and (not rooms or name.parts[0] in rooms):
            yield str(name), _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def dotted(node: ast.expr) -> str:
    """Write ``a.b.c`` for the expression of that shape, else nothing."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
        case _:
            return ""


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every imported name: what it is called here, and in full."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((alias.asname or alias.name, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                for alias in names:
                    yield alias.asname or alias.name, f"{module}.{alias.name}"
            case _:
                pass


def used_names(tree: ast.Module) -> Iterator[str]:
    """Yield every imported or used name in full: ``from os import environ`` yields os.environ."""
    called = dict(imports(tree))
    yield from called.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = dotted(node).partition(".")
            if first in called:
                yield f"{called[first]}.{rest}"
