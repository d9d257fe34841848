"""The manners no linter knows: sizes, names, words, and nothing left lying about."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import PACKAGES, ROOT, files, imports, modules, texts

_WEAK_NAME = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager|base|stuff)(_|$)")
_EMPTY_PRAISE = re.compile(
    r"\b(robust|comprehensive|enterprise[- ]grade|production[- ]ready|seamless|cutting[- ]edge"
    r"|blazing|state[- ]of[- ]the[- ]art|battle[- ]tested)\b",
    re.IGNORECASE,
)
_LEFT_FOR_LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
_WRONG_CLAIM = re.compile(r"anonymi[sz]ed", re.IGNORECASE)
_MACHINE_PATH = re.compile(
    rf"{re.escape(str(ROOT))}|/home/\w+/|/Users/\w+|/root/\w|[A-Z]:\\\\Users"
    r"|index-url|trusted-host|https?://\S*(registry|mirror|proxy)\b"
)
_SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma)")
_REASONED = re.compile(
    r"# noqa: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \S|# type: ignore\[[a-z, -]+\]( -|  #) \S"
)
_ENABLE = "enable with: "
_THIS = "tests/house/test_tidy.py"


def _lines(pattern: re.Pattern[str], *, suffixes: tuple[str, ...] = ("",)) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in texts()
        if name != _THIS and name.endswith(suffixes)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_module_says_why_it_exists() -> None:
    silent = [
        name for name, tree in modules(*PACKAGES, "benchmarks") if not ast.get_docstring(tree)
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name for name, _ in modules() if _WEAK_NAME.search(name[:-3].split("/")[-1])] == []


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        f"{name}:{function.lineno} {function.name}"
        for name, tree in modules()
        for function in _functions(tree)
        if (function.end_lineno or function.lineno) - function.lineno >= 40
    ]
    assert long == []


def test_no_module_is_longer_than_300_lines() -> None:
    sizes = {path: path.read_text().count("\n") for path in files() if path.suffix == ".py"}
    assert [str(path) for path, lines in sizes.items() if lines > 300] == []


def test_no_word_praises_without_saying_anything() -> None:
    assert _lines(_EMPTY_PRAISE) == []


def test_nothing_is_left_for_later() -> None:
    assert _lines(_LEFT_FOR_LATER) == []


def test_no_code_calls_erased_data_what_it_is_not() -> None:
    assert _lines(_WRONG_CLAIM, suffixes=(".py", ".avsc", ".sql", ".html")) == []


def test_no_file_names_a_path_or_host_of_somebodys_machine() -> None:
    assert _lines(_MACHINE_PATH) == []


def test_every_suppressed_warning_has_a_code_and_a_reason() -> None:
    bare = [
        place
        for place in _lines(_SUPPRESSION, suffixes=(".py",))
        if not _REASONED.search(_line_at(place))
    ]
    assert bare == []


def _line_at(place: str) -> str:
    name, number = place.split(":")
    return (ROOT / name).read_text().splitlines()[int(number) - 1]


def test_no_test_sleeps() -> None:
    sleeping = re.compile(r"\bsleep\(")
    assert [place for place in _lines(sleeping) if place.startswith("tests/")] == []


def test_every_skip_says_how_to_enable_the_test() -> None:
    silent = [
        f"{name}:{node.lineno}"
        for name, tree in modules("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and re.search(r"\b(skip|skipif|importorskip)$", ast.unparse(node.func))
        and _ENABLE not in ast.unparse(node)
    ]
    assert silent == []


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in files() if path.suffix == ".py" and "tests" in path.parts}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_test_name_is_a_sentence() -> None:
    short = [
        f"{name}:{function.name}"
        for name, tree in modules("tests")
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        and function.name.startswith("test_")
        and function.name.count("_") < 3
    ]
    assert short == []


def _module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_started(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body
    )


def test_every_module_is_imported_by_another_or_can_be_started() -> None:
    imported = {
        target
        for name, tree in modules(*PACKAGES, "benchmarks")
        for _, full in imports(tree)
        for target in (full, full.rpartition(".")[0])
        if target != _module_of(name)
    }
    dead = [
        name
        for name, tree in modules(*PACKAGES, "benchmarks")
        if not name.endswith(("__init__.py", "__main__.py"))
        and _module_of(name) not in imported
        and not _is_started(tree)
    ]
    assert dead == []
